// SPDX-License-Identifier: Apache-2.0
#include "engine/retention.h"

#include "engine/map_run_record.h"
#include "engine/partition_fixture_for_test.h"

namespace pawl::engine {
namespace {

constexpr int64_t kDayMs = 86'400'000;

class RetentionTest : public PartitionFixture {
 protected:
  size_t expire() {
    const auto erased =
        erase_expired_executions(*executions_, clock_.now(), {}, [] { return true; });
    EXPECT_TRUE(erased);
    return erased.value_or(0);
  }
};

TEST_F(RetentionTest, WhatEndedNinetyDaysAgoIsForgottenWithItsName) {
  const auto ends = revisions_.add(ProgramBuilder().scope().pass().build());
  const auto waits = revisions_.add(ProgramBuilder().scope().wait_seconds(50 * 86'400).build());
  const ExecutionId first = start(ends, "first");
  const ExecutionId slow = start(waits, "slow");
  advance_ms(50 * kDayMs);
  advance_ms(40 * kDayMs);
  EXPECT_EQ(expire(), 0u);
  advance_ms(1'000);
  EXPECT_EQ(expire(), 1u);
  EXPECT_FALSE(*executions_->record(first));
  EXPECT_FALSE(*executions_->find("us-east-1:000000000000:machine", "first"));
  EXPECT_TRUE(executions_->history(first, 1, 100, 100, false)->empty());
  // Its ninety days began when it ended, after fifty.
  EXPECT_EQ(status(slow), interpreter::ExecutionStatus::Succeeded);
  const ExecutionId again = start(ends, "first");
  EXPECT_EQ(outcomes_.back().kind, StartOutcome::Kind::Started);
  EXPECT_EQ(expire(), 0u);
  EXPECT_EQ(status(again), interpreter::ExecutionStatus::Succeeded);
  advance_ms(50 * kDayMs);
  EXPECT_EQ(expire(), 1u);
}

TEST_F(RetentionTest, AMapRunGoesWithItsParent) {
  const auto revision =
      revisions_.add(ProgramBuilder().scope().distributed_map(1).scope().pass().build());
  const ExecutionId id = start(revision, "one", "[1,2,3]");
  const auto runs = MapRunStore(*executions_).list(id, UINT64_MAX, 10);
  ASSERT_TRUE(runs);
  ASSERT_EQ(runs->size(), 1u);
  advance_ms(90 * kDayMs + 1'000);
  EXPECT_EQ(expire(), 4u);
  const auto cursor =
      executions_->store().cursor(executions_->keyspaces().map_runs, store::Range::all());
  EXPECT_FALSE(*cursor->first());
}

}  // namespace
}  // namespace pawl::engine
