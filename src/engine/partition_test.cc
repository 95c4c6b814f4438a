// SPDX-License-Identifier: Apache-2.0
#include "engine/partition.h"

#include "asl/compile.h"
#include "engine/partition_fixture_for_test.h"

namespace pawl::engine {
namespace {

using interpreter::ExecutionStatus;

class PartitionTest : public PartitionFixture {
 protected:
  std::shared_ptr<const MachineRevision> compiled(const std::string& definition) {
    const asl::Compilation compilation = asl::compile(definition);
    EXPECT_TRUE(compilation.program);
    return revisions_.add(compilation.program);
  }
};

TEST_F(PartitionTest, WhatEndsAtOnceIsOneBatch) {
  const auto revision = revisions_.add(ProgramBuilder().scope().pass().pass().build());
  const ExecutionId id = start(revision, "one", R"({ "a" : 1 })");
  ASSERT_EQ(outcomes_.size(), 1u);
  EXPECT_EQ(outcomes_[0].execution_arn,
            "arn:aws:states:us-east-1:000000000000:execution:machine:one");
  EXPECT_EQ(status(id), ExecutionStatus::Succeeded);
  EXPECT_EQ(event_types(id), (std::vector<std::string>{"ExecutionStarted", "PassStateEntered",
                                                       "PassStateExited", "PassStateEntered",
                                                       "PassStateExited", "ExecutionSucceeded"}));
  const auto summary = executions_->summary(id);
  ASSERT_TRUE(summary && *summary);
  EXPECT_EQ((*summary)->input, R"({ "a" : 1 })");
  EXPECT_EQ((*summary)->output, R"({ "a" : 1 })");
  EXPECT_EQ(partition_->statistics().batches, 1u);
  EXPECT_EQ(partition_->statistics().live, 0u);
}

TEST_F(PartitionTest, AWaitSurvivesTheProcess) {
  const auto revision = revisions_.add(ProgramBuilder().scope().wait_seconds(3'600).build());
  const ExecutionId id = start(revision, "one");
  crash();
  advance_ms(3'599'999);
  EXPECT_EQ(status(id), ExecutionStatus::Running);
  advance_ms(1);
  EXPECT_EQ(status(id), ExecutionStatus::Succeeded);
  EXPECT_EQ(event_types(id), (std::vector<std::string>{"ExecutionStarted", "WaitStateEntered",
                                                       "WaitStateExited", "ExecutionSucceeded"}));
}

TEST_F(PartitionTest, ATimerOfAYearIsOnlyInTheStore) {
  const auto revision = revisions_.add(ProgramBuilder().scope().wait_seconds(31'536'000).build());
  const ExecutionId id = start(revision, "one");
  EXPECT_EQ(partition_->statistics().timers, 0u);
  advance_ms(31'535'999'000);
  EXPECT_EQ(status(id), ExecutionStatus::Running);
  advance_ms(1'000);
  EXPECT_EQ(status(id), ExecutionStatus::Succeeded);
}

TEST_F(PartitionTest, RunningOnesAreCountedAlsoAfterACrashAndARedrive) {
  const auto waits =
      revisions_.add(ProgramBuilder().scope().wait_seconds(5).fail("Broken").build());
  start(revisions_.add(ProgramBuilder().scope().pass().build()), "ended");
  const ExecutionId id = start(waits, "waits");
  EXPECT_EQ(partition_->statistics().running, 1u);
  crash();
  EXPECT_EQ(partition_->statistics().running, 1u);
  advance_ms(5'000);
  EXPECT_EQ(status(id), ExecutionStatus::Failed);
  EXPECT_EQ(partition_->statistics().running, 0u);
  // It fails again in the batch that redrives it.
  RedriveMessage message;
  message.execution = id;
  std::optional<RedriveOutcome> outcome;
  message.done = [&outcome](const RedriveOutcome& given) { outcome = given; };
  partition_->post(std::move(message));
  run();
  ASSERT_TRUE(outcome);
  EXPECT_EQ(outcome->kind, RedriveOutcome::Kind::Redriven);
  EXPECT_EQ(partition_->statistics().running, 0u);
}

TEST_F(PartitionTest, ATaskIsDispatchedAgainAfterACrashWithTheSameIdAndParameters) {
  const auto revision = revisions_.add(ProgramBuilder().scope().task("work").build());
  const ExecutionId id = start(revision, "one", R"({"size":3})");
  ASSERT_EQ(dispatcher_.requests.size(), 1u);
  const auto task = dispatcher_.requests[0].command.task;
  const std::string parameters = dispatcher_.requests[0].command.parameters.text();
  crash();
  run();
  ASSERT_EQ(dispatcher_.requests.size(), 1u);
  EXPECT_EQ(dispatcher_.requests[0].execution, id);
  EXPECT_EQ(dispatcher_.requests[0].command.task, task);
  EXPECT_EQ(dispatcher_.requests[0].command.parameters.text(), parameters);
  succeed(dispatcher_.requests[0], "7");
  EXPECT_EQ(status(id), ExecutionStatus::Succeeded);
  // A second answer to the same task changes nothing.
  const auto before = event_types(id);
  succeed(dispatcher_.requests[0], "8");
  EXPECT_EQ(event_types(id), before);
  crash();
  run();
  EXPECT_TRUE(dispatcher_.requests.empty());
}

TEST_F(PartitionTest, WhatAServiceAnsweredBeforeTheCrashComesWithTheTask) {
  const auto revision = revisions_.add(ProgramBuilder().scope().task("work").build());
  const ExecutionId id = start(revision, "one");
  ASSERT_EQ(dispatcher_.requests.size(), 1u);
  EXPECT_EQ(dispatcher_.requests[0].completed, "");
  const std::string key = ExecutionStore::outbox_key(id, dispatcher_.requests[0].command.task);
  store::Batch batch;
  batch.put(executions_->keyspaces().outbox, key, R"({"MessageId":"1"})");
  ASSERT_TRUE(store_.commit(batch, store::Sync::Yes));
  crash();
  run();
  ASSERT_EQ(dispatcher_.requests.size(), 1u);
  EXPECT_EQ(dispatcher_.requests[0].completed, R"({"MessageId":"1"})");
  succeed(dispatcher_.requests[0], "7");
  EXPECT_EQ(*store_.get(executions_->keyspaces().outbox, key), std::nullopt);
  // A late answer is cleared away when the process begins anew.
  ASSERT_TRUE(store_.commit(batch, store::Sync::Yes));
  crash();
  run();
  EXPECT_TRUE(dispatcher_.requests.empty());
  EXPECT_EQ(*store_.get(executions_->keyspaces().outbox, key), std::nullopt);
}

TEST_F(PartitionTest, NothingLeavesBeforeItsCauseIsStored) {
  const auto revision = revisions_.add(ProgramBuilder().scope().task("work").build());
  store_.fail_next_sync();
  partition_->post(start_message(revision, "one"));
  EXPECT_FALSE(partition_->run());
  EXPECT_TRUE(outcomes_.empty());
  EXPECT_TRUE(dispatcher_.requests.empty());
}

TEST_F(PartitionTest, StartIsIdempotentForTheSameNameAndInput) {
  const auto revision = revisions_.add(ProgramBuilder().scope().wait_seconds(10).build());
  const ExecutionId id = start(revision, "one", "{}");
  clock_.advance_by_ms(500);
  start(revision, "one", "{}");
  EXPECT_EQ(outcomes_[1].kind, StartOutcome::Kind::AlreadyRunning);
  EXPECT_EQ(outcomes_[1].id, id);
  EXPECT_EQ(outcomes_[1].started_at, outcomes_[0].started_at);
  start(revision, "one", R"({"a":1})");
  EXPECT_EQ(outcomes_[2].kind, StartOutcome::Kind::AlreadyExists);
  advance_ms(10'000);
  ASSERT_EQ(status(id), ExecutionStatus::Succeeded);
  start(revision, "one", "{}");
  EXPECT_EQ(outcomes_[3].kind, StartOutcome::Kind::AlreadyExists);
}

TEST_F(PartitionTest, TwoStartsWithOneNameInOneBatchAreOneExecution) {
  const auto revision = revisions_.add(ProgramBuilder().scope().wait_seconds(10).build());
  partition_->post(start_message(revision, "one"));
  partition_->post(start_message(revision, "one"));
  run();
  ASSERT_EQ(outcomes_.size(), 2u);
  EXPECT_EQ(outcomes_[0].id, outcomes_[1].id);
  EXPECT_EQ(outcomes_[1].kind, StartOutcome::Kind::AlreadyRunning);
}

TEST_F(PartitionTest, ATaskFindsWhatItHasStarted) {
  const auto revision = revisions_.add(ProgramBuilder().scope().pass().build());
  StartMessage message = start_message(revision, "one");
  message.record.started_by = {42, {0, 1}};
  partition_->post(std::move(message));
  run();
  crash();
  message = start_message(revision, "one", "7");
  message.record.started_by = {42, {0, 1}};
  partition_->post(std::move(message));
  run();
  EXPECT_EQ(outcomes_[1].kind, StartOutcome::Kind::AlreadyRunning);
  EXPECT_EQ(outcomes_[1].id, outcomes_[0].id);
}

TEST_F(PartitionTest, StopAborts) {
  const auto revision = revisions_.add(ProgramBuilder().scope().task("work", 60).build());
  const ExecutionId id = start(revision, "one");
  clock_.advance_by_ms(250);
  std::vector<StopOutcome> stopped;
  for (int i = 0; i < 2; ++i) {
    partition_->post(StopMessage{id, {.error = "E", .cause = "C"}, [&](const StopOutcome& outcome) {
                                   stopped.push_back(outcome);
                                 }});
    run();
  }
  ASSERT_EQ(stopped.size(), 2u);
  EXPECT_TRUE(stopped[0].found);
  EXPECT_EQ(stopped[0].stopped_at.ms, 1'700'000'000'250);
  EXPECT_EQ(stopped[1].stopped_at, stopped[0].stopped_at);
  EXPECT_EQ(status(id), ExecutionStatus::Aborted);
  EXPECT_EQ(dispatcher_.cancelled.size(), 1u);
  // Neither the time-out nor the task comes back.
  crash();
  advance_ms(120'000);
  EXPECT_TRUE(dispatcher_.requests.empty());
  EXPECT_EQ(event_types(id).back(), "ExecutionAborted");
}

TEST_F(PartitionTest, StoppingWhatIsNotThereSaysSo) {
  bool found = true;
  partition_->post(
      StopMessage{4711, {}, [&](const StopOutcome& outcome) { found = outcome.found; }});
  run();
  EXPECT_FALSE(found);
}

TEST_F(PartitionTest, ATokenOutlivesTheProcess) {
  const auto revision =
      revisions_.add(ProgramBuilder()
                         .scope()
                         .task("work", std::nullopt, asl::IntegrationPattern::WaitForTaskToken)
                         .build());
  const ExecutionId id = start(revision, "one");
  ASSERT_EQ(dispatcher_.requests.size(), 1u);
  const std::string token = dispatcher_.requests[0].command.task_token;
  sink_.post(
      id, interpreter::TaskSubmitted{dispatcher_.requests[0].command.task, text_payload("{}"), {}});
  run();
  crash();
  run();
  EXPECT_TRUE(dispatcher_.requests.empty()) << "what was submitted is not called again";
  const auto parts = interpreter::parse_task_token(token);
  ASSERT_TRUE(parts);
  EXPECT_EQ(parts->execution_id, id);
  std::vector<TokenMessage::Outcome> answers;
  const auto answer = [&](const std::string& given, uint64_t execution) {
    TokenMessage message;
    message.token = given;
    message.execution = execution;
    message.task = parts->task;
    message.event = interpreter::TaskSucceeded{{}, text_payload("1")};
    message.done = [&](TokenMessage::Outcome outcome) { answers.push_back(outcome); };
    partition_->post(std::move(message));
    run();
  };
  std::string forged = token;
  forged.back() = forged.back() == 'A' ? 'B' : 'A';
  answer(forged, id);
  answer(token, id + 1024);
  answer(token, id);
  answer(token, id);
  using Outcome = TokenMessage::Outcome;
  EXPECT_EQ(answers, (std::vector<Outcome>{Outcome::InvalidToken, Outcome::InvalidToken,
                                           Outcome::Accepted, Outcome::TaskTimedOut}));
  EXPECT_EQ(status(id), ExecutionStatus::Succeeded);
}

TEST_F(PartitionTest, ALongLoopGoesOnWhereItStood) {
  const auto revision = compiled(
      R"asl({"StartAt":"Begin","States":{
        "Begin":{"Type":"Pass","Result":{"n":0},"Next":"Done?"},
        "Done?":{"Type":"Choice","Default":"Count","Choices":[
          {"Variable":"$.n","NumericGreaterThanEquals":1000,"Next":"End"}]},
        "Count":{"Type":"Pass","Parameters":{"n.$":"States.MathAdd($.n, 1)"},"Next":"Done?"},
        "End":{"Type":"Pass","End":true}}})asl");
  limits_.turns_per_batch_max = 2;  // so that a batch ends in the middle of the loop
  crash();
  partition_->post(start_message(revision, "one"));
  ASSERT_TRUE(partition_->run());
  ASSERT_EQ(outcomes_.size(), 1u);
  const ExecutionId id = outcomes_[0].id;
  EXPECT_EQ(status(id), ExecutionStatus::Running);
  crash();
  ASSERT_TRUE(partition_->run());
  crash();
  run();
  EXPECT_EQ(status(id), ExecutionStatus::Succeeded);
  EXPECT_EQ(event_types(id).size(), 4008u);
  EXPECT_EQ((*executions_->summary(id))->output, R"({"n":1000})");
}

TEST_F(PartitionTest, MoreThanFitIntoMemoryAreReadAgain) {
  limits_.live_executions_max = 2;
  crash();
  const auto revision =
      revisions_.add(ProgramBuilder().scope().wait_seconds(10).task("work").build());
  std::vector<ExecutionId> ids;
  for (int i = 0; i < 20; ++i) ids.push_back(start(revision, "run-" + std::to_string(i)));
  EXPECT_LE(partition_->statistics().live, 2u);
  advance_ms(10'000);
  ASSERT_EQ(dispatcher_.requests.size(), 20u);
  for (size_t i = 0; i < 20; ++i) succeed(dispatcher_.requests[i], "1");
  for (const ExecutionId id : ids) EXPECT_EQ(status(id), ExecutionStatus::Succeeded);
}

TEST_F(PartitionTest, WhoAwaitsAnEndIsToldOnceAlsoLate) {
  const auto revision = revisions_.add(ProgramBuilder().scope().wait_seconds(10).build());
  const ExecutionId id = start(revision, "one");
  int told = 0;
  const auto count = [&](const EndedExecution& ended) {
    EXPECT_EQ(ended.record.id, id);
    EXPECT_EQ(ended.state.status, ExecutionStatus::Succeeded);
    ++told;
  };
  partition_->post(AwaitMessage{id, count});
  run();
  EXPECT_EQ(told, 0);
  advance_ms(10'000);
  EXPECT_EQ(told, 1);
  partition_->post(AwaitMessage{id, count});
  run();
  EXPECT_EQ(told, 2);
}

TEST_F(PartitionTest, ListsAreNewestFirstAndKnowWhoRuns) {
  const auto ends = revisions_.add(ProgramBuilder().scope().pass().build());
  const auto waits = revisions_.add(ProgramBuilder().scope().wait_seconds(10).build());
  for (int i = 0; i < 5; ++i) {
    start(i % 2 == 0 ? ends : waits, "run-" + std::to_string(i));
    clock_.advance_by_ms(1);
  }
  const auto names = [&](ExecutionStore::ListQuery query) {
    query.list = "us-east-1:000000000000:machine";
    std::string out;
    const auto page = executions_->list(query);
    EXPECT_TRUE(page);
    for (const ExecutionRecord& record : page->records) out += record.name + " ";
    if (page->next) out += "...";
    return out;
  };
  EXPECT_EQ(names({}), "run-4 run-3 run-2 run-1 run-0 ");
  EXPECT_EQ(names({.status = ExecutionStatus::Running}), "run-3 run-1 ");
  EXPECT_EQ(names({.status = ExecutionStatus::Succeeded}), "run-4 run-2 run-0 ");
  EXPECT_EQ(names({.records_max = 2}), "run-4 run-3 ...");
  EXPECT_EQ(names({.before = outcomes_[3].id, .records_max = 9}), "run-2 run-1 run-0 ");
  EXPECT_TRUE(*executions_->has_open("us-east-1:000000000000:machine"));
  advance_ms(10'000);
  EXPECT_FALSE(*executions_->has_open("us-east-1:000000000000:machine"));
}

TEST_F(PartitionTest, HistoryIsReadInPagesFromBothEnds) {
  const auto revision =
      revisions_.add(ProgramBuilder().scope().wait_seconds(1).wait_seconds(1).pass().build());
  const ExecutionId id = start(revision, "one");
  advance_ms(1'000);
  advance_ms(1'000);
  ASSERT_EQ(status(id), ExecutionStatus::Succeeded);
  const auto ids = [&](int64_t first, int64_t last, size_t max, bool reverse) {
    std::vector<int64_t> out;
    const auto events = executions_->history(id, first, last, max, reverse);
    EXPECT_TRUE(events);
    for (const auto& event : *events) out.push_back(event.id);
    return out;
  };
  EXPECT_EQ(*executions_->last_event_id(id), 8);
  EXPECT_EQ(ids(1, 100, 3, false), (std::vector<int64_t>{1, 2, 3}));
  EXPECT_EQ(ids(4, 100, 2, false), (std::vector<int64_t>{4, 5}));
  EXPECT_EQ(ids(6, 100, 9, false), (std::vector<int64_t>{6, 7, 8}));
  EXPECT_EQ(ids(1, 8, 3, true), (std::vector<int64_t>{8, 7, 6}));
  EXPECT_EQ(ids(1, 5, 9, true), (std::vector<int64_t>{5, 4, 3, 2, 1}));
}

TEST_F(PartitionTest, OneMachinesCrowdDoesNotKeepAnotherWaiting) {
  const auto revision = revisions_.add(ProgramBuilder().scope().pass().build());
  limits_.turns_per_batch_max = 4;
  crash();
  std::vector<std::string> order;
  for (int i = 0; i < 10; ++i) {
    StartMessage message = start_message(revision, "run-" + std::to_string(i));
    if (i == 9) message.record.scope = "us-east-1:000000000000:other";
    message.done = [&order, i](const StartOutcome&) { order.push_back(std::to_string(i)); };
    partition_->post(std::move(message));
  }
  ASSERT_TRUE(partition_->run());
  EXPECT_EQ(order, (std::vector<std::string>{"0", "9", "1", "2"}));
}

}  // namespace
}  // namespace pawl::engine
