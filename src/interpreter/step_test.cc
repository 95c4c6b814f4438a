// SPDX-License-Identifier: Apache-2.0
// step() as a whole: histories and their chains, tasks, retries, catches, timers, limits.
#include "interpreter/step.h"

#include <gtest/gtest.h>

#include "interpreter/execution_test_fixture.h"

namespace pawl::interpreter {
namespace {

using Lines = std::vector<std::string>;

TEST(Step, PassChain) {
  TestExecution run(R"({"StartAt":"A","States":{
      "A":{"Type":"Pass","Result":{"x":1},"ResultPath":"$.a","Next":"B"},
      "B":{"Type":"Succeed"}}})",
                    R"({"in": 0})");
  run.start();
  EXPECT_EQ(run.status(), ExecutionStatus::Succeeded);
  EXPECT_EQ(run.output(), R"({"in":0,"a":{"x":1}})");
  EXPECT_EQ(run.chain(), (Lines{"1<-0 ExecutionStarted", "2<-0 PassStateEntered",
                                "3<-2 PassStateExited", "4<-3 SucceedStateEntered",
                                "5<-4 SucceedStateExited", "6<-5 ExecutionSucceeded"}));
  EXPECT_EQ(run.completions(), 1U);
}

TEST(Step, InputThatNobodyLooksIntoKeepsItsSpaces) {
  TestExecution run(R"({"StartAt":"A","States":{"A":{"Type":"Pass","End":true}}})", "[ 1,  2 ]");
  run.start();
  EXPECT_EQ(run.output(), "[ 1,  2 ]");
}

TEST(Step, ParallelBranchesInterleaveAndJoinBehindTheLast) {
  TestExecution run(R"({"StartAt":"P","States":{"P":{"Type":"Parallel","End":true,"Branches":[
      {"StartAt":"A","States":{"A":{"Type":"Pass","Result":1,"End":true}}},
      {"StartAt":"B","States":{"B":{"Type":"Pass","Result":2,"End":true}}}]}}})");
  run.start();
  EXPECT_EQ(run.output(), "[1,2]");
  EXPECT_EQ(run.chain(),
            (Lines{"1<-0 ExecutionStarted", "2<-0 ParallelStateEntered",
                   "3<-2 ParallelStateStarted", "4<-3 PassStateEntered", "5<-3 PassStateEntered",
                   "6<-4 PassStateExited", "7<-5 PassStateExited", "8<-7 ParallelStateSucceeded",
                   "9<-7 ParallelStateExited", "10<-9 ExecutionSucceeded"}));
}

TEST(Step, InlineMapOneAtATime) {
  TestExecution run(
      R"({"StartAt":"M","States":{"M":{"Type":"Map","MaxConcurrency":1,"End":true,"ItemProcessor":
      {"StartAt":"I","States":{"I":{"Type":"Pass","End":true}}}}}})",
      R"(["a","b"])");
  run.start();
  EXPECT_EQ(run.output(), R"(["a","b"])");
  EXPECT_EQ(
      run.chain(),
      (Lines{"1<-0 ExecutionStarted", "2<-0 MapStateEntered", "3<-2 MapStateStarted",
             "4<-3 MapIterationStarted", "5<-4 PassStateEntered", "6<-5 PassStateExited",
             "7<-6 MapIterationSucceeded", "8<-6 MapIterationStarted", "9<-8 PassStateEntered",
             "10<-9 PassStateExited", "11<-10 MapIterationSucceeded", "12<-11 MapStateSucceeded",
             "13<-11 MapStateExited", "14<-13 ExecutionSucceeded"}));
}

TEST(Step, EmptyMap) {
  TestExecution run(R"({"StartAt":"M","States":{"M":{"Type":"Map","End":true,"ItemProcessor":
      {"StartAt":"I","States":{"I":{"Type":"Pass","End":true}}}}}})",
                    "[]");
  run.start();
  EXPECT_EQ(run.output(), "[]");
  EXPECT_EQ(run.status(), ExecutionStatus::Succeeded);
}

TEST(Step, MapItemIsInTheContextOfItsIteration) {
  TestExecution run(R"({"StartAt":"M","States":{"M":{"Type":"Map","End":true,
      "ItemSelector":{"i.$":"$$.Map.Item.Index","v.$":"$$.Map.Item.Value","all.$":"$.list"},"ItemsPath":"$.list",
      "ItemProcessor":{"StartAt":"I","States":{"I":{"Type":"Pass","Parameters":
      {"in.$":"$","again.$":"$$.Map.Item.Value"},"End":true}}}}}})",
                    R"({"list":[7,8]})");
  run.start();
  EXPECT_EQ(
      run.output(),
      R"([{"in":{"i":0,"v":7,"all":[7,8]},"again":7},{"in":{"i":1,"v":8,"all":[7,8]},"again":8}])");
}

constexpr std::string_view kTask = R"({"StartAt":"T","States":{"T":{"Type":"Task",
    "Resource":"arn:aws:lambda:us-east-1:000000000000:function:f","ResultSelector":{"r.$":"$.x"},
    "ResultPath":"$.out","Retry":[{"ErrorEquals":["Busy"],"IntervalSeconds":2,"MaxAttempts":2,"BackoffRate":3}],
    "Catch":[{"ErrorEquals":["States.ALL"],"ResultPath":"$.err","Next":"C"}],"End":true},
    "C":{"Type":"Pass","End":true}}})";

TEST(Step, TaskResultGoesThroughSelectorAndResultPath) {
  TestExecution run(kTask, R"({"a":1})");
  run.start();
  ASSERT_EQ(run.tasks().size(), 1U);
  run.succeed_task(0, R"({"x":5,"y":6})");
  EXPECT_EQ(run.output(), R"({"a":1,"out":{"r":5}})");
  EXPECT_EQ(run.chain(),
            (Lines{"1<-0 ExecutionStarted", "2<-0 TaskStateEntered", "3<-2 LambdaFunctionScheduled",
                   "4<-3 LambdaFunctionStarted", "5<-4 LambdaFunctionSucceeded",
                   "6<-5 TaskStateExited", "7<-6 ExecutionSucceeded"}));
}

TEST(Step, RetriesWithBackoffThenCatches) {
  TestExecution run(kTask);
  run.start();
  const base::Timestamp begin = run.now();
  run.fail_task(0, "Busy", "later");
  EXPECT_TRUE(run.tasks().empty());
  run.fire_next_timer();
  EXPECT_EQ(run.now().ms - begin.ms, 2000);
  run.fail_task(0, "Busy", "later");
  run.fire_next_timer();
  EXPECT_EQ(run.now().ms - begin.ms, 8000);
  run.fail_task(0, "Busy", "enough");
  EXPECT_EQ(run.status(), ExecutionStatus::Succeeded);
  EXPECT_EQ(run.output(), R"({"err":{"Error":"Busy","Cause":"enough"}})");
  EXPECT_EQ(run.count(HistoryEventType::TaskStateEntered), 1U);
  EXPECT_EQ(run.count(HistoryEventType::LambdaFunctionScheduled), 3U);
}

TEST(Step, UncaughtErrorOfABranchFailsTheParallelAndAbortsTheOthers) {
  TestExecution run(R"({"StartAt":"P","States":{"P":{"Type":"Parallel","End":true,"Branches":[
      {"StartAt":"A","States":{"A":{"Type":"Task","Resource":"arn:aws:states:::lambda:invoke",
        "Parameters":{"FunctionName":"f"},"End":true}}},
      {"StartAt":"B","States":{"B":{"Type":"Wait","Seconds":60,"End":true}}}]}}})");
  run.start();
  run.fail_task(0, "E", "c");
  EXPECT_EQ(run.status(), ExecutionStatus::Failed);
  EXPECT_EQ(run.error(), "E");
  EXPECT_EQ(
      run.chain(),
      (Lines{"1<-0 ExecutionStarted", "2<-0 ParallelStateEntered", "3<-2 ParallelStateStarted",
             "4<-3 TaskStateEntered", "5<-3 WaitStateEntered", "6<-4 TaskScheduled",
             "7<-6 TaskStarted", "8<-7 TaskFailed", "9<-8 TaskStateAborted",
             "10<-5 WaitStateAborted", "11<-8 ParallelStateFailed", "12<-11 ExecutionFailed"}));
  EXPECT_TRUE(run.timers().empty());
}

TEST(Step, FailedIterationFailsTheMapAndRetryStartsItAgain) {
  TestExecution run(R"({"StartAt":"M","States":{"M":{"Type":"Map","MaxConcurrency":1,"End":true,
      "Retry":[{"ErrorEquals":["X"],"MaxAttempts":1}],
      "ItemProcessor":{"StartAt":"F","States":{"F":{"Type":"Fail","Error":"X","Cause":"because"}}}}}})",
                    "[1]");
  run.start_and_run_timers();
  EXPECT_EQ(run.chain(),
            (Lines{"1<-0 ExecutionStarted", "2<-0 MapStateEntered", "3<-2 MapStateStarted",
                   "4<-3 MapIterationStarted", "5<-4 FailStateEntered", "6<-5 MapIterationFailed",
                   "7<-5 MapStateStarted", "8<-7 MapIterationStarted", "9<-8 FailStateEntered",
                   "10<-9 MapIterationFailed", "11<-9 MapStateFailed", "12<-11 ExecutionFailed"}));
  EXPECT_EQ(run.cause(), "because");
}

TEST(Step, StatesAllLeavesRuntimeErrorsAlone) {
  TestExecution run(R"({"StartAt":"T","States":{"T":{"Type":"Task",
      "Resource":"arn:aws:lambda:us-east-1:000000000000:function:f","OutputPath":"$.no.such",
      "Catch":[{"ErrorEquals":["States.Runtime"],"Next":"C"},{"ErrorEquals":["States.ALL"],"Next":"C"}],"End":true},
      "C":{"Type":"Pass","End":true}}})");
  run.start();
  run.succeed_task(0, "{}");
  EXPECT_EQ(run.status(), ExecutionStatus::Failed);
  EXPECT_EQ(run.error(), "States.Runtime");
  EXPECT_EQ(
      run.cause(),
      "An error occurred while executing the state 'T' (entered at the event id #2). Invalid path "
      "'$.no.such' : Missing property in path $['no']");
}

TEST(Step, TaskTimeoutAndHeartbeat) {
  constexpr std::string_view definition =
      R"({"StartAt":"T","States":{"T":{"Type":"Task","TimeoutSeconds":60,
      "HeartbeatSeconds":10,"Resource":"arn:aws:states:::lambda:invoke.waitForTaskToken",
      "Parameters":{"FunctionName":"f","Payload":{"token.$":"$$.Task.Token"}},"End":true}}})";
  TestExecution run(definition);
  run.start();
  const ScheduleTask& task = run.tasks().at(0);
  EXPECT_FALSE(task.task_token.empty());
  EXPECT_EQ(run.timers().size(), 2U);
  run.send(TaskHeartbeat{task.task});
  run.fire_next_timer();
  EXPECT_EQ(run.error(), "States.HeartbeatTimeout");
  EXPECT_EQ(run.count(HistoryEventType::TaskTimedOut), 1U);
  EXPECT_TRUE(run.timers().empty());
  EXPECT_EQ(run.cancelled().size(), 1U);
}

TEST(Step, MachineTimeout) {
  TestExecution run(
      R"({"StartAt":"W","TimeoutSeconds":5,"States":{"W":{"Type":"Wait","Seconds":60,"End":true}}})");
  run.start();
  const base::Timestamp begin = run.now();
  run.fire_next_timer();
  EXPECT_EQ(run.status(), ExecutionStatus::TimedOut);
  EXPECT_EQ(run.state().stopped_at.ms - begin.ms, 5000);
  EXPECT_EQ(run.history().back().previous_event_id, 0);
  EXPECT_EQ(run.error(), "States.Timeout");
}

TEST(Step, StopAborts) {
  TestExecution run(R"({"StartAt":"W","States":{"W":{"Type":"Wait","Seconds":60,"End":true}}})");
  run.start();
  run.send(StopRequested{});
  EXPECT_EQ(run.status(), ExecutionStatus::Aborted);
  EXPECT_EQ(run.chain().back(), "3<-0 ExecutionAborted");
  EXPECT_TRUE(run.timers().empty());
  run.send(StopRequested{});  // an ended execution takes no more events
  EXPECT_EQ(run.history().size(), 3U);
}

TEST(Step, StaleAnswersChangeNothing) {
  TestExecution run(kTask);
  run.start();
  const TaskId task = run.tasks().at(0).task;
  run.send(TaskSucceeded{{task.frame, task.sequence + 7}, json::Payload()});
  run.send(TaskSucceeded{{99, 1}, json::Payload()});
  run.send(TimerFired{{task.frame, 77}});
  EXPECT_EQ(run.history().size(), 3U);
  EXPECT_EQ(run.status(), ExecutionStatus::Running);
}

TEST(Step, EndlessLoopEndsAtEvent25000) {
  TestExecution run(R"({"StartAt":"A","States":{"A":{"Type":"Choice","Choices":[
      {"Variable":"$.x","IsPresent":true,"Next":"B"}],"Default":"A"},"B":{"Type":"Succeed"}}})");
  run.start();
  EXPECT_EQ(run.status(), ExecutionStatus::Failed);
  ASSERT_EQ(run.history().size(), 25'000U);
  EXPECT_EQ(run.chain().back(), "25000<-24999 ExecutionFailed");
  EXPECT_EQ(run.error(), "States.Runtime");
  EXPECT_EQ(run.cause(), "The execution reached the maximum number of history events (25000).");
}

TEST(Step, PassOutputOverTheLimit) {
  base::Limits limits;
  limits.payload_bytes_max = 100;
  TestExecution run(
      R"({"StartAt":"A","States":{"A":{"Type":"Pass","Parameters":{"a.$":"$.t","b.$":"$.t"},"End":true}}})",
      "{\"t\":\"" + std::string(80, 'x') + "\"}", limits);
  run.start();
  EXPECT_EQ(run.error(), "States.DataLimitExceeded");
  EXPECT_EQ(run.cause(),
            "The state/task 'A' returned a result with a size exceeding the maximum number of "
            "bytes service limit.");
}

TEST(Step, VariablesAreAssignedAtOnceAndSeenByInnerScopes) {
  TestExecution run(R"({"StartAt":"A","States":{
      "A":{"Type":"Pass","Assign":{"x":1,"y":2},"Next":"B"},
      "B":{"Type":"Pass","Assign":{"x.$":"$y","y.$":"$x"},"Next":"M"},
      "M":{"Type":"Parallel","Branches":[{"StartAt":"I","States":{"I":{"Type":"Pass",
          "Assign":{"z.$":"$x"},"Parameters":{"x.$":"$x","y.$":"$y"},"End":true}}}],"End":true}}})");
  run.start();
  EXPECT_EQ(run.output(), R"([{"x":2,"y":1}])");
}

TEST(Step, VariablesAreBoundedTogether) {
  base::Limits limits;
  limits.variables_total_bytes_max = 240;
  const std::string fill = std::string(80, 'x');
  TestExecution run(
      R"({"StartAt":"A","States":{"A":{"Type":"Pass","Assign":{"a.$":"$.t"},"Next":"B"},
      "B":{"Type":"Pass","Assign":{"a.$":"$.t"},"Next":"C"},
      "C":{"Type":"Pass","Assign":{"b.$":"$.t","c.$":"$.t"},"End":true}}})",
      R"({"t":")" + fill + R"("})", limits);
  run.start();
  EXPECT_EQ(run.error(), "States.Runtime");
  EXPECT_EQ(run.state().variable_bytes, 0);
}

TEST(Step, WaitsOfAllForms) {
  TestExecution run(R"({"StartAt":"A","States":{
      "A":{"Type":"Wait","Seconds":5,"Next":"B"},
      "B":{"Type":"Wait","SecondsPath":"$.s","Next":"C"},
      "C":{"Type":"Wait","Timestamp":"2023-11-14T22:14:00Z","Next":"D"},
      "D":{"Type":"Wait","TimestampPath":"$.t","End":true}}})",
                    R"({"s":10,"t":"2023-11-14T22:20:00+00:00"})");
  run.start_and_run_timers();
  EXPECT_EQ(run.status(), ExecutionStatus::Succeeded);
  EXPECT_EQ(base::format_iso8601(run.now()), "2023-11-14T22:20:00.000Z");
}

TEST(Step, WaitTooLong) {
  TestExecution run(
      R"({"StartAt":"A","States":{"A":{"Type":"Wait","SecondsPath":"$.s","End":true}}})",
      R"({"s":2147558400})");
  run.start();
  EXPECT_EQ(run.error(), "States.Runtime");
  EXPECT_NE(run.cause().find("Wait state delay is too long"), std::string::npos);
}

TEST(Step, ChoiceWithoutMatchOrDefault) {
  TestExecution run(R"({"StartAt":"A","States":{"A":{"Type":"Choice","Choices":[
      {"Variable":"$.x","NumericEquals":1,"Next":"B"}]},"B":{"Type":"Succeed"}}})",
                    R"({"x":2})");
  run.start();
  EXPECT_EQ(run.error(), "States.Runtime");
  EXPECT_EQ(run.cause(),
            "An error occurred while executing the state 'A' (entered at the event id #2). Failed "
            "to transition out "
            "of the state. The state does not point to a next state.");
}

TEST(Step, FailInsideParallelIsCaughtByItsName) {
  TestExecution run(
      R"({"StartAt":"P","States":{"P":{"Type":"Parallel","ResultPath":"$.p","Branches":[
      {"StartAt":"F","States":{"F":{"Type":"Fail","ErrorPath":"$.e","Cause":"c"}}}],
      "Catch":[{"ErrorEquals":["Mine"],"ResultPath":"$.caught","Next":"C"}],"End":true},
      "C":{"Type":"Pass","End":true}}})",
      R"({"e":"Mine"})");
  run.start();
  EXPECT_EQ(run.output(), R"({"e":"Mine","caught":{"Error":"Mine","Cause":"c"}})");
}

}  // namespace
}  // namespace pawl::interpreter
