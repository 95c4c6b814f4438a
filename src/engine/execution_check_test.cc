// SPDX-License-Identifier: Apache-2.0
#include "engine/execution_check.h"

#include "engine/map_run_record.h"
#include "engine/partition_fixture_for_test.h"
#include "store/key.h"

namespace pawl::engine {
namespace {

using store::Range;

class ExecutionCheckTest : public PartitionFixture {
 protected:
  /// Of each sort one: ended at once, waiting for a timer, for a task, a Map Run with children.
  void fill() {
    ended_ = start(revisions_.add(ProgramBuilder().scope().pass().build()), "ended");
    waiting_ = start(revisions_.add(ProgramBuilder().scope().wait_seconds(50).build()), "waiting");
    task_ = start(revisions_.add(ProgramBuilder().scope().task("sqs:sendMessage").build()), "task");
    start(revisions_.add(ProgramBuilder().scope().distributed_map(1).scope().pass().build()), "map",
          "[1,2]");
  }
  ExecutionCheck check() {
    auto checked = check_executions(*executions_, 100);
    EXPECT_TRUE(checked) << checked.error().message;
    return checked.value_or(ExecutionCheck());
  }
  const ExecutionKeyspaces& spaces() { return executions_->keyspaces(); }
  void erase(store::Keyspace space, const std::string& key) {
    store::Batch batch;
    batch.erase(space, key);
    ASSERT_TRUE(store_.commit(batch, store::Sync::No));
  }
  void put(store::Keyspace space, const std::string& key, const std::string& value) {
    store::Batch batch;
    batch.put(space, key, value);
    ASSERT_TRUE(store_.commit(batch, store::Sync::No));
  }
  /// The first key of a keyspace and its value.
  std::pair<std::string, std::string> first_of(store::Keyspace space, const Range& range) {
    const auto cursor = store_.cursor(space, range);
    EXPECT_TRUE(*cursor->first());
    return {std::string(cursor->key()), std::string(cursor->value())};
  }
  void expect_faults(const std::vector<std::string>& expected) {
    EXPECT_EQ(check().faults, expected);
  }
  static std::string execution(const std::string& name, const std::string& fault) {
    return "execution arn:aws:states:us-east-1:000000000000:execution:machine:" + name + ": " +
           fault;
  }

  ExecutionId ended_ = 0;
  ExecutionId waiting_ = 0;
  ExecutionId task_ = 0;
  const std::string scope_ = "us-east-1:000000000000:machine";
};

TEST_F(ExecutionCheckTest, CountsWhatIsThere) {
  fill();
  const ExecutionCheck checked = check();
  EXPECT_EQ(checked.faults, std::vector<std::string>());
  EXPECT_EQ(checked.executions, 6u);
  EXPECT_EQ(checked.running, 2u);
  EXPECT_EQ(checked.names, 6u);
  EXPECT_EQ(checked.list_entries, 6u);
  EXPECT_EQ(checked.timers, 1u);
  EXPECT_EQ(checked.tasks, 1u);
  EXPECT_EQ(checked.map_runs, 1u);
  EXPECT_GT(checked.events, checked.step_records);
}

TEST_F(ExecutionCheckTest, MissingIndexEntriesAreNamed) {
  fill();
  erase(spaces().names, ExecutionStore::name_key(scope_, "ended"));
  erase(spaces().lists, ExecutionStore::list_key(scope_, ended_));
  erase(spaces().open, ExecutionStore::list_key(scope_, waiting_));
  erase(spaces().timers, first_of(spaces().timers, Range::all()).first);
  erase(spaces().outbox, first_of(spaces().outbox, Range::all()).first);
  expect_faults({execution("ended", "is not found by its name"),
                 execution("ended", "is in no list"),
                 execution("waiting", "waits for a timer that is not set"),
                 execution("waiting", "runs, but is not listed as running"),
                 execution("task", "waits for a task that is not in the outbox")});
}

TEST_F(ExecutionCheckTest, EntriesOfNobodyAreNamed) {
  put(spaces().names, ExecutionStore::name_key(scope_, "ghost"), ExecutionStore::id_key(7));
  put(spaces().lists, ExecutionStore::list_key(scope_, 7), "");
  put(spaces().open, ExecutionStore::list_key(scope_, 7), "");
  put(spaces().timers, ExecutionStore::timer_key({5}, 7, {0, 1}), "");
  put(spaces().outbox, ExecutionStore::outbox_key(7, {0, 1}), "");
  put(spaces().steps, ExecutionStore::step_key(7, 1, 0), "x");
  put(spaces().steps, ExecutionStore::step_key(7, 2, 1), "x");
  const std::string end = " of execution 7, which does not exist";
  expect_faults({"step records" + end, "name " + scope_ + " ghost" + end,
                 "list entry in " + scope_ + end, "entry of running executions in " + scope_ + end,
                 "timer" + end, "task in the outbox" + end});
}

TEST_F(ExecutionCheckTest, DamagedAndMissingRecordsAreNamed) {
  fill();
  put(spaces().executions, ExecutionStore::id_key(ended_), "\x7f");
  const auto [key, value] =
      first_of(spaces().steps, Range::prefix(ExecutionStore::id_key(waiting_)));
  put(spaces().steps, key, value.substr(0, value.size() - 3));
  erase(spaces().steps,
        first_of(spaces().steps, Range::prefix(ExecutionStore::id_key(task_))).first);
  const std::vector<std::string> faults = check().faults;
  ASSERT_EQ(faults.size(), 3u) << testing::PrintToString(faults);
  EXPECT_EQ(faults[0].substr(0, 10 + std::to_string(ended_).size()),
            "execution " + std::to_string(ended_));
  EXPECT_EQ(faults[1].substr(0, execution("waiting", "").size()), execution("waiting", ""));
  EXPECT_EQ(faults[2], execution("task", "has no events"));
}

TEST_F(ExecutionCheckTest, AGapInTheStepsIsNamed) {
  const ExecutionId id = start(
      revisions_.add(ProgramBuilder().scope().wait_seconds(5).wait_seconds(5).build()), "two");
  advance_ms(5'000);
  advance_ms(5'000);
  EXPECT_EQ(check().faults, std::vector<std::string>());
  const auto [key, value] = first_of(spaces().steps, Range::prefix(ExecutionStore::id_key(id)));
  erase(spaces().steps, key);
  const std::vector<std::string> faults = check().faults;
  ASSERT_FALSE(faults.empty());
  EXPECT_NE(faults[0].find("stands where 0 from event 1 should"), std::string::npos) << faults[0];
}

}  // namespace
}  // namespace pawl::engine
