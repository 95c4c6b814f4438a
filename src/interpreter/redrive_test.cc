// SPDX-License-Identifier: Apache-2.0
// Redrive: event chains as AWS was recorded to write them, and who may be redriven.
#include "interpreter/redrive.h"

#include <gtest/gtest.h>

#include "interpreter/execution_test_fixture.h"
#include "interpreter/history_json.h"
#include "json/write.h"

namespace pawl::interpreter {
namespace {

using Lines = std::vector<std::string>;

#define PAWL_ACTIVITY \
  R"("Type":"Task","Resource":"arn:aws:states:us-east-1:000000000000:activity:a")"

/// The chain from event `first` on.
Lines chain_from(const TestExecution& run, size_t first) {
  Lines lines = run.chain();
  lines.erase(lines.begin(), lines.begin() + static_cast<std::ptrdiff_t>(first - 1));
  return lines;
}

void start_worker(TestExecution& run, size_t index) {
  run.send(TaskStarted{run.tasks().at(index).task, "worker"});
}

// Recorded: an execution that timed out while its Activity ran.
TEST(Redrive, AfterTheMachineTimedOut) {
  TestExecution run(R"({"StartAt":"T","TimeoutSeconds":8,"States":{"T":{)" PAWL_ACTIVITY
                    R"(,"Parameters":{"redrive.$":"$$.Execution.RedriveCount"},"End":true}}})");
  run.start();
  start_worker(run, 0);
  const TimerId first_timer = run.timers().at(0).timer;
  run.fire_next_timer();
  EXPECT_EQ(run.status(), ExecutionStatus::TimedOut);
  EXPECT_TRUE(run.tasks().empty());
  run.send(RedriveRequested{});
  EXPECT_EQ(run.status(), ExecutionStatus::Running);
  EXPECT_EQ(run.state().redrive_count, 1);
  EXPECT_EQ(run.state().redriven_at, run.now());
  // TimeoutSeconds starts anew, and the old alarm means nothing.
  ASSERT_EQ(run.timers().size(), 1U);
  EXPECT_EQ(run.timers()[0].due.ms, run.now().ms + 8'000);
  run.send(TimerFired{first_timer});
  EXPECT_EQ(run.status(), ExecutionStatus::Running);
  EXPECT_EQ(run.tasks().at(0).parameters.text(), R"({"redrive":1})");
  start_worker(run, 0);
  run.succeed_task(0, R"({"recovered":1})");
  EXPECT_EQ(run.chain(),
            (Lines{"1<-0 ExecutionStarted", "2<-0 TaskStateEntered", "3<-2 ActivityScheduled",
                   "4<-3 ActivityStarted", "5<-0 ExecutionTimedOut", "6<-5 ExecutionRedriven",
                   "7<-2 ActivityScheduled", "8<-7 ActivityStarted", "9<-8 ActivitySucceeded",
                   "10<-9 TaskStateExited", "11<-10 ExecutionSucceeded"}));
  EXPECT_EQ(run.output(), R"({"recovered":1})");
  EXPECT_TRUE(run.state().frames.empty());
}

TEST(Redrive, AfterAnAbortWithATaskThatNobodyHadTaken) {
  TestExecution run(R"({"StartAt":"T","States":{"T":{)" PAWL_ACTIVITY R"(,"End":true}}})");
  run.start();
  const TaskId old_task = run.tasks().at(0).task;
  const std::string old_token = run.tasks().at(0).task_token;
  run.send(StopRequested{{"Probe.Abort", "owned explicit abort"}});
  EXPECT_EQ(run.state().stopped_at, run.now());
  run.send(RedriveRequested{});
  EXPECT_EQ(run.state().stopped_at.ms, 0);
  EXPECT_FALSE(run.state().error.error);
  EXPECT_EQ(chain_from(run, 4),
            (Lines{"4<-0 ExecutionAborted", "5<-4 ExecutionRedriven", "6<-2 ActivityScheduled"}));
  EXPECT_NE(run.tasks().at(0).task_token, old_token);
  run.send(TaskSucceeded{old_task, json::Payload()});  // closed for ever
  EXPECT_EQ(run.status(), ExecutionStatus::Running);
}

// Recorded: retries are counted anew in each redrive.
TEST(Redrive, RetriesStartAgain) {
  TestExecution run(
      R"({"StartAt":"A","States":{"A":{"Type":"Pass","Result":1,"ResultPath":"$.a","Next":"T"},
      "T":{)" PAWL_ACTIVITY R"(,"Retry":[{"ErrorEquals":["E"],"IntervalSeconds":1,"MaxAttempts":1}],
      "ResultPath":"$.t","End":true}}})",
      R"({"in":1})");
  run.start();
  for (int redrive = 0; redrive < 2; ++redrive) {
    run.fail_task(0, "E", "c");
    run.fire_next_timer();
    run.fail_task(0, "E", "c");
    EXPECT_EQ(run.status(), ExecutionStatus::Failed);
    run.send(RedriveRequested{});
  }
  run.succeed_task(0, "2");
  EXPECT_EQ(run.output(), R"({"in":1,"a":1,"t":2})");
  EXPECT_EQ(run.count(HistoryEventType::PassStateEntered), 1U);
  EXPECT_EQ(run.count(HistoryEventType::TaskStateEntered), 1U);
  EXPECT_EQ(run.count(HistoryEventType::ActivityScheduled), 5U);
}

constexpr std::string_view kParallel =
    R"({"StartAt":"P","States":{"P":{"Type":"Parallel","End":true,"Branches":[
    {"StartAt":"Good","States":{"Good":{)" PAWL_ACTIVITY R"(,"End":true}}},
    {"StartAt":"Bad","States":{"Bad":{)" PAWL_ACTIVITY R"(,"End":true}}},
    {"StartAt":"Slow","States":{"Slow":{)" PAWL_ACTIVITY R"(,"End":true}}}]}}})";

// Recorded: the successful branch keeps its result, the failed and the aborted one run again; the
// Parallel is not started again.
TEST(Redrive, OfAParallel) {
  TestExecution run(kParallel);
  run.start();
  ASSERT_EQ(run.tasks().size(), 3U);
  run.succeed_task(0, R"("kept")");
  run.fail_task(0, "E", "c");
  EXPECT_EQ(run.status(), ExecutionStatus::Failed);
  const size_t before = run.history().size();
  run.send(RedriveRequested{});
  ASSERT_EQ(run.tasks().size(), 2U);
  run.succeed_task(1, R"("slow")");
  run.succeed_task(0, R"("fixed")");
  EXPECT_EQ(run.output(), R"(["kept","fixed","slow"])");
  const auto id = [&](size_t n) { return std::to_string(before + n); };
  EXPECT_EQ(
      chain_from(run, before + 1),
      (Lines{id(1) + "<-" + id(0) + " ExecutionRedriven", id(2) + "<-5 ActivityScheduled",
             id(3) + "<-6 ActivityScheduled", id(4) + "<-" + id(3) + " ActivityStarted",
             id(5) + "<-" + id(4) + " ActivitySucceeded", id(6) + "<-" + id(5) + " TaskStateExited",
             id(7) + "<-" + id(2) + " ActivityStarted", id(8) + "<-" + id(7) + " ActivitySucceeded",
             id(9) + "<-" + id(8) + " TaskStateExited",
             id(10) + "<-" + id(9) + " ParallelStateSucceeded",
             id(11) + "<-" + id(9) + " ParallelStateExited",
             id(12) + "<-" + id(11) + " ExecutionSucceeded"}));
}

// Recorded: MaxConcurrency 1, the second of three iterations failed.
TEST(Redrive, OfAnInlineMap) {
  TestExecution run(R"({"StartAt":"M","States":{"M":{"Type":"Map","MaxConcurrency":1,"End":true,
      "ItemProcessor":{"StartAt":"I","States":{"I":{)" PAWL_ACTIVITY R"(,"End":true}}}}}})",
                    "[0,1,2]");
  run.start();
  run.succeed_task(0, R"("kept")");
  run.fail_task(0, "E", "c");
  const size_t before = run.history().size();
  run.send(RedriveRequested{});
  ASSERT_EQ(run.tasks().size(), 1U);
  EXPECT_EQ(run.tasks()[0].parameters.text(), "1");
  run.succeed_task(0, R"("fixed")");
  run.succeed_task(0, R"("third")");
  EXPECT_EQ(run.output(), R"(["kept","fixed","third"])");
  const auto id = [&](size_t n) { return std::to_string(before + n); };
  Lines expected{id(1) + "<-" + id(0) + " ExecutionRedriven",
                 id(2) + "<-12 ActivityScheduled",
                 id(3) + "<-" + id(2) + " ActivityStarted",
                 id(4) + "<-" + id(3) + " ActivitySucceeded",
                 id(5) + "<-" + id(4) + " TaskStateExited",
                 id(6) + "<-" + id(5) + " MapIterationSucceeded",
                 id(7) + "<-" + id(5) + " MapIterationStarted",
                 id(8) + "<-" + id(7) + " TaskStateEntered"};
  Lines actual = chain_from(run, before + 1);
  actual.resize(expected.size());
  EXPECT_EQ(actual, expected);
  EXPECT_EQ(run.chain().at(11), "12<-11 TaskStateEntered");
}

// Recorded: a Fail state fails again, behind the ExecutionRedriven and without being entered again.
TEST(Redrive, OfAFailState) {
  TestExecution run(R"({"StartAt":"F","States":{"F":{"Type":"Fail","Error":"E","Cause":"c"}}})");
  run.start();
  run.send(RedriveRequested{});
  EXPECT_EQ(run.chain(),
            (Lines{"1<-0 ExecutionStarted", "2<-0 FailStateEntered", "3<-2 ExecutionFailed",
                   "4<-3 ExecutionRedriven", "5<-4 ExecutionFailed"}));
  EXPECT_EQ(run.error(), "E");
  EXPECT_EQ(run.completions(), 2U);
}

TEST(Redrive, AWaitForATimeThatIsPastIsLeft) {
  TestExecution run(R"({"StartAt":"W","TimeoutSeconds":60,"States":{"W":{"Type":"Wait",
      "Timestamp":"2023-11-14T22:14:30Z","End":true}}})");
  run.start();
  run.fire_next_timer();
  ASSERT_EQ(run.status(), ExecutionStatus::TimedOut);
  run.send(StopRequested{});  // nothing
  run.send(RedriveRequested{});
  run.fire_next_timer();
  EXPECT_EQ(run.status(), ExecutionStatus::Succeeded);
  EXPECT_EQ(run.count(HistoryEventType::WaitStateEntered), 1U);
}

TEST(Redrive, AParallelWhoseResultWasTooLargeRunsAsAWhole) {
  base::Limits limits;
  limits.payload_bytes_max = 100;
  TestExecution run(kParallel, "{}", limits);
  run.start();
  const std::string large = "\"" + std::string(60, 'x') + "\"";
  run.succeed_task(0, large);
  run.succeed_task(0, large);
  run.succeed_task(0, large);
  EXPECT_EQ(run.error(), "States.DataLimitExceeded");
  run.send(RedriveRequested{});
  ASSERT_EQ(run.tasks().size(), 3U);
  for (int i = 0; i < 3; ++i) run.succeed_task(0, "1");
  EXPECT_EQ(run.output(), "[1,1,1]");
  EXPECT_EQ(run.count(HistoryEventType::ParallelStateStarted), 2U);
}

TEST(Redrive, VariablesOfFailedBranchesAreThereAgain) {
  TestExecution run(R"({"StartAt":"P","States":{"P":{"Type":"Parallel","End":true,"Branches":[
      {"StartAt":"A","States":{"A":{"Type":"Pass","Assign":{"x":[1,2]},"Next":"T"},
      "T":{)" PAWL_ACTIVITY R"(,"Parameters":{"x.$":"$x"},"End":true}}}]}}})");
  run.start();
  const int64_t bytes = run.state().variable_bytes;
  EXPECT_EQ(bytes, 5);
  run.fail_task(0, "E", "c");
  EXPECT_EQ(run.state().variable_bytes, 0);
  run.send(RedriveRequested{});
  EXPECT_EQ(run.state().variable_bytes, bytes);
  EXPECT_EQ(run.tasks().at(0).parameters.text(), R"({"x":[1,2]})");
}

TEST(Redrive, ACaughtParallelLeavesNoFramesBehind) {
  TestExecution run(R"({"StartAt":"P","States":{"P":{"Type":"Parallel","Next":"T","Branches":[
      {"StartAt":"A","States":{"A":{"Type":"Fail","Error":"E"}}},
      {"StartAt":"B","States":{"B":{"Type":"Wait","Seconds":9,"End":true}}}],
      "Catch":[{"ErrorEquals":["E"],"Next":"T"}]},"T":{)" PAWL_ACTIVITY R"(,"End":true}}})");
  run.start();
  EXPECT_EQ(run.status(), ExecutionStatus::Running);
  EXPECT_EQ(run.state().frames.size(), 1U);
}

constexpr std::string_view kDistributed = R"({"StartAt":"M","States":{"M":{"Type":"Map","End":true,
    "ItemProcessor":{"ProcessorConfig":{"Mode":"DISTRIBUTED","ExecutionType":"STANDARD"},
    "StartAt":"I","States":{"I":{"Type":"Pass","End":true}}}}}})";

TEST(Redrive, OfADistributedMapRedrivesItsMapRun) {
  TestExecution run(kDistributed, "[1,2]");
  run.start();
  const TaskId first = run.map_runs().at(0);
  run.send(MapRunStarted{first, "arn:run"});
  run.send(MapRunEnded{first, {}, asl::ExecutionError{"E", "c"}});
  EXPECT_EQ(run.status(), ExecutionStatus::Failed);
  const size_t before = run.history().size();
  run.send(RedriveRequested{});
  ASSERT_EQ(run.redriven_map_runs().size(), 1U);
  EXPECT_EQ(run.redriven_map_runs()[0].map_run_arn, "arn:run");
  // It follows what the MapRunStarted had followed, the MapStateStarted.
  EXPECT_EQ(run.chain().at(before + 1), std::to_string(before + 2) + "<-3 MapRunRedriven");
  EXPECT_EQ(run.chain().at(2), "3<-2 MapStateStarted");
  const json::Value event = render(run.history().back(), run.program(), *run.state().info);
  EXPECT_EQ(json::write(*event.find("mapRunRedrivenEventDetails")),
            R"({"mapRunArn":"arn:run","redriveCount":1})");
  run.send(MapRunEnded{run.redriven_map_runs()[0].task, json::Payload::from_text("[1,2]").value(),
                       std::nullopt});
  EXPECT_EQ(run.output(), "[1,2]");
}

TEST(Redrive, OfADistributedMapThatHadNoMapRunStartsOne) {
  TestExecution run(kDistributed, "[1,2]");
  run.start();
  run.send(MapRunEnded{run.map_runs().at(0), {}, asl::ExecutionError{"E", "c"}});
  EXPECT_EQ(run.status(), ExecutionStatus::Failed);
  run.send(RedriveRequested{});
  EXPECT_EQ(run.map_runs().size(), 2U);
  EXPECT_TRUE(run.redriven_map_runs().empty());
}

TEST(Redrive, IsNotForARunningOrSuccessfulExecution) {
  TestExecution run(R"({"StartAt":"T","States":{"T":{)" PAWL_ACTIVITY R"(,"End":true}}})");
  run.start();
  const size_t events = run.history().size();
  run.send(RedriveRequested{});
  EXPECT_EQ(run.history().size(), events);
  run.succeed_task(0, "1");
  const size_t all = run.history().size();
  run.send(RedriveRequested{});
  EXPECT_EQ(run.history().size(), all);
  EXPECT_EQ(run.status(), ExecutionStatus::Succeeded);
}

TEST(Redrive, ExecutionRedrivenHasItsCount) {
  TestExecution run(R"({"StartAt":"F","States":{"F":{"Type":"Fail"}}})");
  run.start();
  run.send(RedriveRequested{});
  const json::Value event = render(run.history().at(3), run.program(), *run.state().info);
  EXPECT_EQ(json::write(*event.find("executionRedrivenEventDetails")), R"({"redriveCount":1})");
}

TEST(JudgeRedrive, GivesAwsReasons) {
  constexpr int64_t kDay = 86'400'000;
  const base::Timestamp now{1'700'000'000'000};
  const RedriveFacts good{.status = ExecutionStatus::Failed,
                          .started_at = {now.ms - 20 * kDay},
                          .stopped_at = {now.ms - 14 * kDay},
                          .event_count = 24'998};
  const auto reason = [&](auto change) {
    RedriveFacts facts = good;
    change(facts);
    const RedriveJudgement judgement = judge_redrive(facts, now);
    return std::string(redrive_status_name(judgement.status)) + " " + std::string(judgement.reason);
  };
  EXPECT_EQ(reason([](RedriveFacts&) {}), "REDRIVABLE ");
  EXPECT_EQ(reason([](RedriveFacts& facts) { facts.status = ExecutionStatus::TimedOut; }),
            "REDRIVABLE ");
  EXPECT_EQ(reason([](RedriveFacts& facts) { facts.is_map_run_child = true; }),
            "REDRIVABLE_BY_MAP_RUN ");
  EXPECT_EQ(reason([](RedriveFacts& facts) { facts.status = ExecutionStatus::Running; }),
            "NOT_REDRIVABLE Execution is RUNNING and cannot be redriven");
  EXPECT_EQ(reason([](RedriveFacts& facts) { facts.status = ExecutionStatus::Succeeded; }),
            "NOT_REDRIVABLE Execution is SUCCEEDED and cannot be redriven");
  EXPECT_EQ(reason([](RedriveFacts& facts) { facts.event_count = 24'999; }),
            "NOT_REDRIVABLE Execution history event limit exceeded");
  EXPECT_EQ(reason([&](RedriveFacts& facts) { facts.started_at.ms = now.ms - 366 * kDay; }),
            "NOT_REDRIVABLE Execution has exceeded the max execution time");
  EXPECT_EQ(reason([&](RedriveFacts& facts) { facts.stopped_at.ms -= 1; }),
            "NOT_REDRIVABLE Execution redrivable period exceeded");
  EXPECT_EQ(reason([](RedriveFacts& facts) { facts.machine_is_deleting = true; }),
            "NOT_REDRIVABLE State machine is in DELETING status");
}

}  // namespace
}  // namespace pawl::interpreter
