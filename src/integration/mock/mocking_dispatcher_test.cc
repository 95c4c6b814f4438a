// SPDX-License-Identifier: Apache-2.0
#include "integration/mock/mocking_dispatcher.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "asl/compile.h"
#include "engine/local_engine.h"
#include "engine/program_builder_for_test.h"
#include "engine/virtual_clock.h"
#include "integration/mock/mock_file_for_test.h"

namespace pawl::integration {
namespace {

constexpr const char* kFunctionArn = "arn:aws:lambda:us-east-1:000000000000:function:f";

/// A machine M of one state S.
std::string machine_of(const std::string& resource, const std::string& more = {}) {
  return R"({"StartAt":"S","States":{"S":{"Type":"Task","Resource":")" + resource + "\"," + more +
         R"("End":true}}})";
}

/// Test case C of machine M: state S answers as `response` says.
std::string mock_of(const std::string& response) {
  return R"({"StateMachines":{"M":{"TestCases":{"C":{"S":"R"}}}},"MockedResponses":{"R":)" +
         response + "}}";
}

class MockingTest : public testing::Test {
 protected:
  struct Run {
    interpreter::ExecutionStatus status;
    std::string output;  ///< or "ERROR: CAUSE"
    std::vector<std::string> events;
  };

  Run run(const std::string& definition, const std::string& mock_file, const std::string& test_case,
          const std::string& input = "{}", const std::string& machine = "M") {
    const asl::Compilation compiled = asl::compile(definition);
    EXPECT_NE(compiled.program, nullptr);
    dispatcher_ = std::make_unique<MockingDispatcher>(real_, MockConfig::parse(mock_file).value());
    engine::LocalEngine engine({.clock = clock_,
                                .entropy = entropy_,
                                .dispatcher = *dispatcher_,
                                .virtual_clock = &clock_});
    interpreter::ExecutionInfo info = engine::test_info();
    info.state_machine_name = machine;
    info.mock_test_case = test_case;
    const engine::ExecutionId id =
        engine.start(compiled.program, std::move(info), engine::text_payload(input));
    engine.run_until_idle();
    const interpreter::ExecutionState& state = *engine.state(id);
    Run result{state.status, state.output.text(), {}};
    if (state.status != interpreter::ExecutionStatus::Succeeded)
      result.output = state.error.error.value_or("-") + ": " + state.error.cause.value_or("-");
    for (const interpreter::HistoryEvent& event : engine.history(id))
      result.events.emplace_back(interpreter::history_event_type_name(event.type));
    return result;
  }

  void answer_really() {
    real_.on_dispatch = [](engine::TaskRequest& request, engine::TaskSink& sink) {
      sink.post(request.execution,
                interpreter::TaskSucceeded{request.command.task, engine::text_payload("\"real\"")});
    };
  }

  engine::VirtualClock clock_{{1'700'000'000'000}};
  engine::CountingEntropy entropy_;
  engine::ScriptedDispatcher real_;
  std::unique_ptr<MockingDispatcher> dispatcher_;
};

TEST_F(MockingTest, HappyPathOfTheGuide) {
  const Run done =
      run(kMachineOfTheGuide, kMockFileOfTheGuide, "HappyPath", "{}", "LambdaSQSIntegration");
  EXPECT_EQ(done.output, R"({"MD5OfMessageBody":"3bcb6e8e-7h85-4375-b0bc-1a59812c6e51",)"
                         R"("MessageId":"3bcb6e8e-8b51-4375-b0bc-1a59812c6e51"})");
  EXPECT_EQ(done.events,
            (std::vector<std::string>{"ExecutionStarted", "TaskStateEntered", "TaskScheduled",
                                      "TaskStarted", "TaskSucceeded", "TaskStateExited",
                                      "TaskStateEntered", "TaskScheduled", "TaskStarted",
                                      "TaskSucceeded", "TaskStateExited", "ExecutionSucceeded"}));
  EXPECT_TRUE(real_.requests.empty());
}

TEST_F(MockingTest, RetryPathOfTheGuide) {
  const base::Timestamp start = clock_.now();
  const Run done =
      run(kMachineOfTheGuide, kMockFileOfTheGuide, "RetryPath", "{}", "LambdaSQSIntegration");
  EXPECT_EQ(done.status, interpreter::ExecutionStatus::Succeeded);
  EXPECT_EQ(std::count(done.events.begin(), done.events.end(), "TaskFailed"), 3);
  EXPECT_EQ(clock_.now().ms - start.ms, 14'000);  // 2 + 4 + 8 s
}

TEST_F(MockingTest, HybridPathOfTheGuideCallsWhatIsNotMocked) {
  answer_really();
  const Run done =
      run(kMachineOfTheGuide, kMockFileOfTheGuide, "HybridPath", "{}", "LambdaSQSIntegration");
  EXPECT_EQ(done.output, "\"real\"");
  ASSERT_EQ(real_.requests.size(), 1u);
  EXPECT_EQ(real_.requests[0].state().name, "SQSState");
}

TEST_F(MockingTest, WithoutTestCaseEverythingIsReal) {
  answer_really();
  const Run done = run(kMachineOfTheGuide, kMockFileOfTheGuide, "", "{}", "LambdaSQSIntegration");
  EXPECT_EQ(real_.requests.size(), 2u);
  EXPECT_EQ(done.output, "\"real\"");
  EXPECT_EQ(dispatcher_->execution_count(), 0u);
}

TEST_F(MockingTest, UnknownTestCaseCallsNothing) {
  const Run done = run(machine_of(kFunctionArn), mock_of("{}"), "Other");
  EXPECT_EQ(done.output,
            "States.Runtime: The mock configuration has no test case 'Other' of the state machine "
            "'M'.");
  EXPECT_TRUE(real_.requests.empty());
}

TEST_F(MockingTest, MissingResponseFailsTheExecutionPastRetriers) {
  const Run done = run(
      machine_of("arn:aws:states:::lambda:invoke",
                 R"("Parameters":{"FunctionName":"f"},"Retry":[{"ErrorEquals":["States.ALL"]}],)"),
      mock_of(R"({"0":{"Throw":{"Error":"Once","Cause":"c"}}})"), "C");
  EXPECT_EQ(done.output,
            "States.Runtime: The mock configuration has no response for invocation 1 of the state "
            "'S' in the test case 'C'.");
}

TEST_F(MockingTest, FunctionReturnsWhatTheFileSays) {
  const Run done = run(machine_of(kFunctionArn), mock_of(R"({"0":{"Return":[1.0,null]}})"), "C");
  EXPECT_EQ(done.output, "[1.0,null]");
  EXPECT_EQ(done.events[3], "LambdaFunctionStarted");
}

TEST_F(MockingTest, WaitingTasksAreSubmittedAndCompleted) {
  const std::string token_task =
      machine_of("arn:aws:states:::sqs:sendMessage.waitForTaskToken",
                 R"("Parameters":{"QueueUrl":"q","MessageBody":{"T.$":"$$.Task.Token"}},)");
  const Run done = run(token_task, mock_of(R"({"0":{"Return":"approved"}})"), "C");
  EXPECT_EQ(done.output, "\"approved\"");
  EXPECT_EQ(done.events,
            (std::vector<std::string>{"ExecutionStarted", "TaskStateEntered", "TaskScheduled",
                                      "TaskStarted", "TaskSubmitted", "TaskSucceeded",
                                      "TaskStateExited", "ExecutionSucceeded"}));
  const std::string job = machine_of("arn:aws:states:::states:startExecution.sync:2",
                                     R"("Parameters":{"StateMachineArn":"arn:m"},)");
  const Run failed = run(job, mock_of(R"({"0":{"Throw":{"Error":"E","Cause":"why"}}})"), "C");
  EXPECT_EQ(failed.output, "E: why");
  EXPECT_EQ(failed.events[4], "TaskSubmitted");
}

TEST_F(MockingTest, ActivitiesCannotBeMocked) {
  const Run done = run(machine_of("arn:aws:states:us-east-1:000000000000:activity:a"),
                       mock_of(R"({"0":{"Return":1}})"), "C");
  EXPECT_EQ(done.output,
            "States.Runtime: Activity state cannot be mocked. Please remove mocks mapped for all "
            "activity state in the mock config file.");
}

/// Step Functions Local 2.0.0 gives ["idx1","idx2"] (floci-io/floci issue 3254).
TEST_F(MockingTest, IterationsAndRetriesShareOneCount) {
  const std::string map = R"({"StartAt":"Map","States":{"Map":{"Type":"Map","MaxConcurrency":1,
      "ItemProcessor":{"StartAt":"S","States":{"S":{"Type":"Task","Resource":")" +
                          std::string(kFunctionArn) + R"(",
      "Retry":[{"ErrorEquals":["Boom"]}],"End":true}}},"End":true}}})";
  const Run done = run(map, mock_of(R"({"0":{"Throw":{"Error":"Boom","Cause":"attempt0"}},
      "1":{"Return":"idx1"},"2":{"Return":"idx2"},"3":{"Return":"idx3"}})"),
                       "C", "[1,2]");
  EXPECT_EQ(done.output, R"(["idx1","idx2"])");
  dispatcher_->forget(1);
  EXPECT_EQ(dispatcher_->execution_count(), 0u);
}

TEST_F(MockingTest, ChildrenOfADistributedMapBelongToTheMachine) {
  const std::string map = R"({"StartAt":"Map","States":{"Map":{"Type":"Map","Label":"L",
      "ItemProcessor":{"ProcessorConfig":{"Mode":"DISTRIBUTED","ExecutionType":"STANDARD"},
      "StartAt":"S","States":{"S":{"Type":"Task","Resource":")" +
                          std::string(kFunctionArn) + R"(","End":true}}},"End":true}}})";
  const Run done = run(map, mock_of(R"({"0":{"Return":"first"}})"), "C", "[1,2]");
  EXPECT_EQ(done.output, R"(["first","first"])");
}

/// Two iterations at once, both out when the process dies: each gets its own answer again, in
/// whatever order they are dispatched, and later tasks count on.
TEST(MockingDispatcherRestart, GivesTheAnswersThatWereGiven) {
  const std::string definition = R"({"StartAt":"Map","States":{"Map":{"Type":"Map",
      "ItemProcessor":{"StartAt":"S","States":{"S":{"Type":"Task","Resource":")" +
                                 std::string(kFunctionArn) + R"(","Next":"T"},
      "T":{"Type":"Task","Resource":"arn:aws:states:::sqs:sendMessage",
      "Parameters":{"QueueUrl":"q","MessageBody":"m"},"End":true}}},"End":true}}})";
  const asl::Compilation compiled = asl::compile(definition);
  ASSERT_NE(compiled.program, nullptr);
  engine::VirtualClock clock;
  engine::CountingEntropy entropy;
  engine::ScriptedDispatcher before;  // answers nothing: all tasks are out
  engine::LocalEngine engine(
      {.clock = clock, .entropy = entropy, .dispatcher = before, .virtual_clock = &clock});
  interpreter::ExecutionInfo info = engine::test_info();
  info.state_machine_name = "M";
  info.mock_test_case = "C";
  const engine::ExecutionId id =
      engine.start(compiled.program, std::move(info), engine::text_payload("[1,2,3]"));
  size_t answered = 0;
  before.on_dispatch = [&](engine::TaskRequest& request, engine::TaskSink& sink) {
    if (answered++ == 0) {  // the first S; its T and the two other S stay out
      sink.post(request.execution,
                interpreter::TaskSucceeded{request.command.task, engine::text_payload("0")});
    }
  };
  engine.run_until([&] { return before.requests.size() == 4; });
  ASSERT_EQ(before.requests.size(), 4u);

  engine::ScriptedDispatcher real;
  MockingDispatcher restarted(real, MockConfig::parse(R"({"StateMachines":{"M":{"TestCases":{"C":
      {"S":"R","T":"U"}}}},"MockedResponses":{"R":{"0":{"Return":"s0"},"1":{"Return":"s1"},
      "2":{"Return":"s2"},"3":{"Return":"s3"}},"U":{"0":{"Return":"t0"}}}})")
                                        .value());
  restarted.restore(id, *engine.state(id), engine.history(id));
  class Sink final : public engine::TaskSink {
   public:
    std::vector<std::string> outputs;
    void post(engine::ExecutionId, Answer answer) override {
      if (const auto* done = std::get_if<interpreter::TaskSucceeded>(&answer))
        outputs.push_back(done->output.text());
    }
  } sink;
  for (size_t i = 4; i-- > 1;) restarted.dispatch(before.requests[i], sink);
  EXPECT_EQ(sink.outputs, (std::vector<std::string>{"\"t0\"", "\"s2\"", "\"s1\""}));
  engine::TaskRequest later = before.requests[1];
  later.command.task.sequence += 100;
  restarted.dispatch(later, sink);
  EXPECT_EQ(sink.outputs.back(), "\"s3\"");
}

}  // namespace
}  // namespace pawl::integration
