// SPDX-License-Identifier: Apache-2.0
// Counts in the store, and what the feed is told.
#include "engine/status_counts.h"

#include <algorithm>
#include <map>

#include "engine/partition_fixture_for_test.h"
#include "engine/retention.h"

namespace pawl::engine {
namespace {

using interpreter::ExecutionStatus;

constexpr const char* kScope = "us-east-1:000000000000:machine";
constexpr int64_t kDayMs = 86'400'000;

/// Adds up what it is told, as the console does.
class Listening final : public ExecutionFeed {
 public:
  void count(const StatusCountsByScope& counts, bool) override {
    for (const auto& [scope, of] : counts) {
      for (size_t i = 0; i < of.size(); ++i) sums_[scope][i] += of[i];
    }
  }
  void changed(std::span<const StatusChange> changes) override {
    for (const StatusChange& change : changes) {
      StatusCounts& counts = sums_[change.record->scope];
      if (change.from) --counts[static_cast<size_t>(*change.from)];
      if (change.to) ++counts[static_cast<size_t>(*change.to)];
      std::string line = change.record->name + ":";
      for (const auto& status : {change.from, change.to})
        line += " " + (status ? std::string(execution_status_name(*status)) : "-");
      if (change.error != nullptr && change.error->error) line += " " + *change.error->error;
      lines_.push_back(line);
    }
  }
  void moved(std::span<const ExecutionId> executions) override {
    moved_.insert(moved_.end(), executions.begin(), executions.end());
  }
  void express_ended(const interpreter::ExecutionState&) override {}
  void watch(ExecutionId id) { set_watched(uint64_t{1} << bit_of(id)); }
  void watch_nobody() { set_watched(0); }

  std::map<std::string, StatusCounts> sums_;
  std::vector<std::string> lines_;
  std::vector<ExecutionId> moved_;
};

class StatusCountsTest : public PartitionFixture {
 protected:
  StatusCountsTest() {
    feed_ = &feed;
    partition_.reset();
    executions_.reset();
    boot();
  }

  /// As stored, "" if nothing is.
  std::string stored() {
    const auto sums = read_status_counts(*executions_);
    EXPECT_TRUE(sums);
    std::string text;
    for (const auto& [scope, counts] : *sums) {
      EXPECT_EQ(scope, kScope);
      for (const int64_t count : counts) text += std::to_string(count) + " ";
    }
    return text;
  }
  std::string told() {
    std::string text;
    for (const int64_t count : feed.sums_[kScope]) text += std::to_string(count) + " ";
    return text;
  }

  std::shared_ptr<const MachineRevision> ends_ =
      revisions_.add(ProgramBuilder().scope().pass().build());
  std::shared_ptr<const MachineRevision> waits_ =
      revisions_.add(ProgramBuilder().scope().wait_seconds(60).build());
  Listening feed;
};

TEST_F(StatusCountsTest, FollowBeginningEndStopAndCrash) {
  EXPECT_EQ(stored(), "");
  start(ends_, "short");
  EXPECT_EQ(stored(), "0 1 0 0 0 ");
  const ExecutionId slow = start(waits_, "slow");
  start(waits_, "slower");
  EXPECT_EQ(stored(), "2 1 0 0 0 ");
  crash();
  EXPECT_EQ(stored(), "2 1 0 0 0 ");
  partition_->post(StopMessage{slow, {.error = "Enough", .cause = {}}, {}});
  run();
  EXPECT_EQ(stored(), "1 1 0 0 1 ");
  advance_ms(60'000);
  EXPECT_EQ(stored(), "0 2 0 0 1 ");
  EXPECT_EQ(told(), stored());
  EXPECT_EQ(feed.lines_, (std::vector<std::string>{
                             "short: - SUCCEEDED", "slow: - RUNNING", "slower: - RUNNING",
                             "slow: RUNNING ABORTED Enough", "slower: RUNNING SUCCEEDED"}));
  partition_->post(RedriveMessage{slow, [](const RedriveOutcome&) {}});
  run();
  EXPECT_EQ(stored(), "1 2 0 0 0 ");
  EXPECT_EQ(feed.lines_.back(), "slow: ABORTED RUNNING");
}

TEST_F(StatusCountsTest, ChildrenOfMapRunsAreTheirRuns) {
  const auto map =
      revisions_.add(ProgramBuilder().scope().distributed_map(1).scope().pass().build());
  start(map, "parent", "[1,2,3]");
  EXPECT_EQ(stored(), "0 1 0 0 0 ");
  for (const std::string& line : feed.lines_) EXPECT_TRUE(line.starts_with("parent:")) << line;
}

TEST_F(StatusCountsTest, RetentionTakesAway) {
  const ExecutionId first = start(ends_, "first");
  start(ends_, "second");
  advance_ms(kDayMs);
  start(ends_, "young");
  advance_ms(89 * kDayMs + 1'000);
  feed.watch(first);
  EXPECT_EQ(*erase_expired_executions(
                *executions_, clock_.now(), {}, [] { return true; }, &feed),
            2U);
  EXPECT_EQ(stored(), "0 1 0 0 0 ");
  EXPECT_EQ(told(), stored());
  EXPECT_EQ(feed.lines_.back(), "second: SUCCEEDED -");
  EXPECT_EQ(std::count(feed.moved_.begin(), feed.moved_.end(), first), 1);
  advance_ms(kDayMs);
  EXPECT_EQ(*erase_expired_executions(
                *executions_, clock_.now(), {}, [] { return true; }, &feed),
            1U);
  EXPECT_EQ(stored(), "0 0 0 0 0 ");  // one writer's plus, another's minus
}

TEST_F(StatusCountsTest, AnOlderStoreIsCountedWhileItRuns) {
  start(ends_, "one");
  start(waits_, "two");
  store::Batch batch;
  batch.erase_range(executions_->keyspaces().counts, store::Range::all());
  ASSERT_TRUE(executions_->store().commit(batch, store::Sync::No));
  crash();
  const auto rebuild = StatusCountRebuild::begin(*executions_);
  ASSERT_TRUE(rebuild && *rebuild);
  start(ends_, "meanwhile");
  advance_ms(60'000);
  EXPECT_EQ(stored(), "-1 2 0 0 0 ");
  const auto counted = (*rebuild)->run([] { return true; });
  ASSERT_TRUE(counted && *counted);
  EXPECT_EQ((**counted).at(kScope), (StatusCounts{1, 1, 0, 0, 0}));
  EXPECT_EQ(stored(), "0 3 0 0 0 ");
  EXPECT_EQ(*StatusCountRebuild::begin(*executions_), nullptr);
  EXPECT_EQ(stored(), "0 3 0 0 0 ");
}

TEST_F(StatusCountsTest, ACrashWhileCountingCountsAnew) {
  start(ends_, "one");
  {
    const auto rebuild = StatusCountRebuild::begin(*executions_);
    ASSERT_TRUE(rebuild && *rebuild);
    start(ends_, "two");
  }
  crash();
  const auto rebuild = StatusCountRebuild::begin(*executions_);
  ASSERT_TRUE(rebuild && *rebuild);
  EXPECT_EQ(stored(), "");
  ASSERT_TRUE((*rebuild)->run([] { return true; }));
  EXPECT_EQ(stored(), "0 2 0 0 0 ");
}

TEST_F(StatusCountsTest, AnEmptyStoreIsCountedAtOnce) {
  EXPECT_EQ(*StatusCountRebuild::begin(*executions_), nullptr);
  start(ends_, "one");
  EXPECT_EQ(*StatusCountRebuild::begin(*executions_), nullptr);
  EXPECT_EQ(stored(), "0 1 0 0 0 ");
}

TEST_F(StatusCountsTest, OnlyWhoIsWatchedIsToldToMove) {
  const ExecutionId slow = start(waits_, "slow");
  EXPECT_TRUE(feed.moved_.empty());
  feed.watch(slow);
  advance_ms(60'000);
  EXPECT_EQ(feed.moved_, std::vector<ExecutionId>{slow});
  const auto map =
      revisions_.add(ProgramBuilder().scope().distributed_map(1).scope().wait_seconds(5).build());
  const ExecutionId parent = start(map, "parent", "[1,2,3]");
  feed.watch(parent);
  feed.moved_.clear();
  advance_ms(5'000);
  // The end of its children is news of it.
  EXPECT_GE(std::count(feed.moved_.begin(), feed.moved_.end(), parent), 1);
  feed.watch_nobody();
  feed.moved_.clear();
  start(waits_, "unseen");
  EXPECT_TRUE(feed.moved_.empty());
}

}  // namespace
}  // namespace pawl::engine
