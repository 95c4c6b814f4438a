// SPDX-License-Identifier: Apache-2.0
#include "engine/status_watch.h"

#include "engine/partition_fixture_for_test.h"

namespace pawl::engine {
namespace {

using interpreter::ExecutionStatus;

/// Keeps a record of each change in the store, as EventBridge's queue does.
class Noting final : public StatusWatch {
 public:
  explicit Noting(store::Store& store)
      : store_(store), notes_(*store.keyspace("notes", store::Shape::Records)) {}

  bool is_interested(const ExecutionRecord& record) override { return record.name != "dull"; }
  std::function<void()> changed(const ExecutionRecord& record,
                                const interpreter::ExecutionState& state, ExecutionStatus status,
                                store::Batch& batch) override {
    const std::string text = record.name + " " +
                             std::string(interpreter::execution_status_name(status)) + " " +
                             std::string(status == ExecutionStatus::Succeeded ? state.output.text()
                                                                              : state.input.text());
    const std::string key = std::to_string(count_++);
    batch.put(notes_, key, text);
    EXPECT_FALSE(*store_.get(notes_, key));
    return [this, key, text] {
      EXPECT_EQ(**store_.get(notes_, key), text);
      ++stored_;
    };
  }

  std::vector<std::string> all() {
    std::vector<std::string> texts;
    for (int i = 0; i < count_; ++i) texts.push_back(**store_.get(notes_, std::to_string(i)));
    return texts;
  }
  int stored_ = 0;

 private:
  store::Store& store_;
  store::Keyspace notes_;
  int count_ = 0;
};

class StatusWatchTest : public PartitionFixture {
 protected:
  StatusWatchTest() {
    watch_ = &noting_;
    partition_.reset();
    executions_.reset();
    boot();
  }
  Noting noting_{store_};
};

TEST_F(StatusWatchTest, HearsOfTheBeginningAndTheEndInOneBatchOrInTwo) {
  start(revisions_.add(ProgramBuilder().scope().pass().build()), "short", "[1]");
  const auto waits = revisions_.add(ProgramBuilder().scope().wait_seconds(5).build());
  start(waits, "long", "[2]");
  EXPECT_EQ(noting_.all(), (std::vector<std::string>{"short RUNNING [1]", "short SUCCEEDED [1]",
                                                     "long RUNNING [2]"}));
  crash();
  advance_ms(5'000);
  EXPECT_EQ(noting_.all().back(), "long SUCCEEDED [2]");
  EXPECT_EQ(noting_.all().size(), 4U);
  EXPECT_EQ(noting_.stored_, 4);
}

TEST_F(StatusWatchTest, HearsOfARedriveAndNothingThatItDoesNotCareFor) {
  const ExecutionId id =
      start(revisions_.add(ProgramBuilder().scope().fail("Broken").build()), "broken");
  start(revisions_.add(ProgramBuilder().scope().pass().build()), "dull");
  EXPECT_EQ(noting_.all(), (std::vector<std::string>{"broken RUNNING {}", "broken FAILED {}"}));
  RedriveMessage message;
  message.execution = id;
  message.done = [](const RedriveOutcome&) {};
  partition_->post(std::move(message));
  run();
  EXPECT_EQ(noting_.all(), (std::vector<std::string>{"broken RUNNING {}", "broken FAILED {}",
                                                     "broken RUNNING {}", "broken FAILED {}"}));
}

}  // namespace
}  // namespace pawl::engine
