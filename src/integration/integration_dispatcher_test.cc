// SPDX-License-Identifier: Apache-2.0
#include "integration/integration_dispatcher.h"

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <utility>
#include <vector>

#include "engine/virtual_clock.h"
#include "json/parse.h"
#include "json/write.h"

namespace pawl::integration {
namespace {

class FixedEntropy final : public engine::Entropy {
 public:
  uint64_t next() override { return 1; }
};

class CollectingSink final : public engine::TaskSink {
 public:
  std::vector<Answer> answers;
  void post(engine::ExecutionId, Answer answer) override { answers.push_back(std::move(answer)); }
};

class FakeLambda final : public LambdaInvoker {
 public:
  std::vector<LambdaInvocation> invocations;
  LambdaResult result;
  void invoke(LambdaInvocation invocation, Done done) override {
    invocations.push_back(std::move(invocation));
    done(result);
  }
};

class FakeStates final : public StatesApi {
 public:
  std::vector<StartExecutionRequest> starts;
  std::vector<Ended> ended;
  std::vector<std::string> stopped;
  std::vector<std::string> outputs;

  void start_execution(StartExecutionRequest request, Done<StartedExecution> done,
                       Ended on_ended) override {
    if (request.state_machine_arn.ends_with("missing")) {
      return done(tl::unexpected(
          ServiceError{"StateMachineDoesNotExist",
                       "State Machine Does Not Exist: '" + request.state_machine_arn + "'", 400}));
    }
    starts.push_back(std::move(request));
    ended.push_back(std::move(on_ended));
    done(StartedExecution{"arn:execution", {1'700'000'000'123}});
  }
  void describe_execution(const std::string& arn, Done<ExecutionDescription> done) override {
    done(tl::unexpected(
        ServiceError{"ExecutionDoesNotExist", "Execution Does Not Exist: '" + arn + "'", 400}));
  }
  void stop_execution(const std::string& arn) override { stopped.push_back(arn); }
  void send_task_success(const std::string& token, const std::string& output,
                         Done<void> done) override {
    if (token != "known")
      return done(
          tl::unexpected(ServiceError{"InvalidToken", "Invalid Token: 'Invalid token'", 400}));
    outputs.push_back(output);
    done({});
  }
  void send_task_failure(const std::string&, asl::ExecutionError, Done<void> done) override {
    done({});
  }
  void send_task_heartbeat(const std::string&, Done<void> done) override { done({}); }
};

class FakeActivities final : public ActivityTasks {
 public:
  std::vector<ActivityTask> scheduled;
  std::vector<engine::ExecutionId> cancelled;
  void schedule(ActivityTask task) override { scheduled.push_back(std::move(task)); }
  void cancel(engine::ExecutionId execution, interpreter::TaskId) override {
    cancelled.push_back(execution);
  }
};

constexpr const char* kFunctionArn = "arn:aws:lambda:us-east-1:000000000000:function:double";

class DispatcherTest : public testing::Test {
 protected:
  IntegrationDispatcher make(bool refuse_other_regions = false) {
    return IntegrationDispatcher({.clock = clock_,
                                  .entropy = entropy_,
                                  .lambda = &lambda_,
                                  .states = &states_,
                                  .activities = &activities_,
                                  .refuse_other_lambda_regions = refuse_other_regions});
  }

  void call(const std::string& arn, const std::string& parameters) {
    call_on(dispatcher_, arn, parameters);
  }
  void call_on(IntegrationDispatcher& dispatcher, const std::string& arn,
               const std::string& parameters) {
    asl::TaskState task;
    task.resource = asl::parse_task_resource(arn).value();
    asl::State state;
    state.name = "S";
    state.type = asl::StateType::Task;
    state.detail = std::move(task);
    auto program = std::make_shared<asl::Program>();
    program->states.push_back(std::move(state));
    program->scopes.push_back({0});
    engine::TaskRequest request;
    request.execution = 1;
    request.program = std::move(program);
    request.info = std::make_shared<interpreter::ExecutionInfo>();
    request.command.task = {0, 1};
    request.command.state = 0;
    request.command.parameters = json::Payload::from_text(parameters).value();
    request.command.task_token = "token";
    dispatcher.dispatch(std::move(request), sink_);
  }

  template <typename T>
  const T* last() {
    return sink_.answers.empty() ? nullptr : std::get_if<T>(&sink_.answers.back());
  }
  std::string output() {
    const auto* succeeded = last<interpreter::TaskSucceeded>();
    return succeeded != nullptr ? succeeded->output.text() : "(none)";
  }
  std::string error() {
    const auto* failed = last<interpreter::TaskFailed>();
    return failed != nullptr ? failed->error.error.value_or("(none)") : "(no failure)";
  }
  std::string cause() {
    const auto* failed = last<interpreter::TaskFailed>();
    return failed != nullptr ? failed->error.cause.value_or("(none)") : "(no failure)";
  }

  engine::VirtualClock clock_{{1'700'000'000'000}};
  FixedEntropy entropy_;
  FakeLambda lambda_;
  FakeStates states_;
  FakeActivities activities_;
  CollectingSink sink_;
  IntegrationDispatcher dispatcher_ = make();
};

TEST_F(DispatcherTest, FunctionArnPassesTextThroughAsWritten) {
  lambda_.result.payload = R"({"Return": "HelloWorld"})";
  call(std::string(kFunctionArn) + ":live", "{ \"n\" : 1.0 }");
  ASSERT_EQ(lambda_.invocations.size(), 1u);
  EXPECT_EQ(lambda_.invocations[0].function_name, "double");
  EXPECT_EQ(lambda_.invocations[0].qualifier, "live");
  EXPECT_EQ(lambda_.invocations[0].payload, "{ \"n\" : 1.0 }");
  ASSERT_EQ(sink_.answers.size(), 2u);
  EXPECT_TRUE(std::holds_alternative<interpreter::TaskStarted>(sink_.answers[0]));
  EXPECT_EQ(output(), R"({"Return": "HelloWorld"})");
}

TEST_F(DispatcherTest, FunctionErrorIsNamedByItsType) {
  lambda_.result.function_error = true;
  lambda_.result.payload = R"({"errorMessage": "x", "errorType": "CustomException"})";
  call(kFunctionArn, "{}");
  EXPECT_EQ(error(), "CustomException");
  EXPECT_EQ(cause(), R"({"errorMessage": "x", "errorType": "CustomException"})");
  call("arn:aws:states:::lambda:invoke", R"({"FunctionName":"double"})");
  EXPECT_EQ(error(), "CustomException");
  EXPECT_EQ(cause(), R"({"errorMessage":"x","errorType":"CustomException"})");
}

TEST_F(DispatcherTest, FunctionErrorWithoutTypeIsUnknown) {
  lambda_.result.function_error = true;
  lambda_.result.payload = R"({"errorMessage":"Task timed out after 3.00 seconds"})";
  call(kFunctionArn, "{}");
  EXPECT_EQ(error(), "Lambda.Unknown");
  EXPECT_EQ(cause(),
            "The cause could not be determined because Lambda did not return an error type. "
            "Returned payload: "
            R"({"errorMessage":"Task timed out after 3.00 seconds"})");
}

TEST_F(DispatcherTest, LargeResultsNameTheResource) {
  lambda_.result.payload = std::string(257 * 1024, 'a');
  call(kFunctionArn, "{}");
  EXPECT_EQ(error(), "States.DataLimitExceeded");
  EXPECT_EQ(
      cause(),
      "The state/task '" + std::string(kFunctionArn) +
          "' returned a result with a size exceeding the maximum number of bytes service limit.");
  call("arn:aws:states:::lambda:invoke", R"({"FunctionName":"double"})");
  EXPECT_EQ(cause(),
            "The state/task 'lambda' returned a result with a size exceeding the maximum number of "
            "bytes service limit.");
}

TEST_F(DispatcherTest, MissingFunction) {
  lambda_.result.refusal =
      ServiceError{"ResourceNotFoundException",
                   "Function not found: " + std::string(kFunctionArn) + ":$LATEST", 404};
  call("arn:aws:states:::lambda:invoke", R"({"FunctionName":"double"})");
  EXPECT_EQ(error(), "Lambda.ResourceNotFoundException");
  const std::string head =
      "Function not found: " + std::string(kFunctionArn) +
      ":$LATEST (Service: AWSLambda; Status Code: 404; Error Code: ResourceNotFoundException; "
      "Request ID: ";
  EXPECT_EQ(cause().substr(0, head.size()), head);
  EXPECT_TRUE(cause().ends_with("; Proxy: null)"));
}

TEST_F(DispatcherTest, InvokePayloadForms) {
  const std::map<std::string, std::string> event_by_payload = {
      {"null", "{}"},
      {R"("0.0")", "0.0"},
      {R"("\"HelloWorld\"")", R"("HelloWorld")"},
      {R"({"a": [1]})", R"({"a":[1]})"},
      {R"("plain")", R"("plain")"},
  };
  lambda_.result.payload = "{}";
  for (const auto& [payload, event] : event_by_payload) {
    call("arn:aws:states:::lambda:invoke",
         R"({"FunctionName":"double","Payload":)" + payload + "}");
    EXPECT_EQ(lambda_.invocations.back().payload, event) << payload;
  }
}

TEST_F(DispatcherTest, InvokeResultShape) {
  lambda_.result.payload = "0.0";
  call("arn:aws:states:::lambda:invoke", R"({"FunctionName":"double","Payload":{}})");
  const base::Result<json::Value> parsed = json::parse(output());
  ASSERT_TRUE(parsed);
  const json::Value& result = *parsed;
  std::vector<std::string> names;
  for (const json::Member& member : result.members()) names.emplace_back(member.name());
  EXPECT_EQ(names, (std::vector<std::string>{"ExecutedVersion", "Payload", "SdkHttpMetadata",
                                             "SdkResponseMetadata", "StatusCode"}));
  EXPECT_EQ(json::write(*result.find("Payload")), "0.0");
  const json::Value& headers = *result.find("SdkHttpMetadata")->find("HttpHeaders");
  EXPECT_EQ(headers.find("Content-Length")->as_string(), "3");
  EXPECT_EQ(headers.find("Date")->as_string(), "Tue, 14 Nov 2023 22:13:20 GMT");
  EXPECT_EQ(headers.find("X-Amz-Executed-Version")->as_string(), "$LATEST");
}

TEST_F(DispatcherTest, FunctionNames) {
  const auto parts = [](std::string_view text) {
    const auto name = parse_function_name(text);
    return name ? name->region + "|" + name->account + "|" + name->name + "|" + name->qualifier
                : "(none)";
  };
  EXPECT_EQ(parts("f"), "||f|");
  EXPECT_EQ(parts("f:3"), "||f|3");
  EXPECT_EQ(parts("123456789012:function:f"), "|123456789012|f|");
  EXPECT_EQ(parts("123456789012:function:f:$LATEST"), "|123456789012|f|$LATEST");
  EXPECT_EQ(parts("function:f"), "||f|");
  EXPECT_EQ(parts("arn:aws:lambda:eu-west-1:123456789012:function:f:live"),
            "eu-west-1|123456789012|f|live");
  for (const char* wrong : {"", ":", "f:", "a:b:c", "arn:aws:s3:::bucket",
                            "arn:aws:lambda:r:a:function:", "arn:aws:lambda:r:a:function:f:1:2"}) {
    EXPECT_EQ(parts(wrong), "(none)") << wrong;
  }
}

TEST_F(DispatcherTest, OtherRegionsAreFoundUnlessRefused) {
  const std::string arn = "arn:aws:lambda:eu-west-1:000000000000:function:double";
  lambda_.result.payload = "1";
  call(arn, "{}");
  EXPECT_EQ(output(), "1");
  IntegrationDispatcher strict = make(/*refuse_other_regions=*/true);
  call_on(strict, arn, "{}");
  EXPECT_EQ(error(), "Lambda.ResourceNotFoundException");
  EXPECT_TRUE(cause().starts_with(
      "Functions from 'eu-west-1' are not reachable in this region ('us-east-1') (Service:"));
}

TEST_F(DispatcherTest, QualifierMustNotContradict) {
  call("arn:aws:states:::lambda:invoke", R"({"FunctionName":"double:1","Qualifier":"2"})");
  EXPECT_EQ(error(), "Lambda.InvalidParameterValueException");
  EXPECT_TRUE(lambda_.invocations.empty());
}

TEST_F(DispatcherTest, TaskTokenWaitsAfterSubmission) {
  lambda_.result.payload = "{}";
  call("arn:aws:states:::lambda:invoke.waitForTaskToken", R"({"FunctionName":"double"})");
  EXPECT_NE(last<interpreter::TaskSubmitted>(), nullptr);
  EXPECT_EQ(dispatcher_.tokens().success("other", "1").error().code, "InvalidToken");
  EXPECT_EQ(dispatcher_.tokens().success("token", "{").error().code, "InvalidOutput");
  EXPECT_TRUE(dispatcher_.tokens().success("token", "{\"a\": 1}"));
  EXPECT_EQ(output(), "{\"a\": 1}");
  EXPECT_EQ(dispatcher_.tokens().success("token", "1").error().code, "TaskTimedOut");
}

TEST_F(DispatcherTest, TokenOfAFailedCallIsClosed) {
  lambda_.result.refusal = ServiceError{"ResourceNotFoundException", "Function not found", 404};
  call("arn:aws:states:::lambda:invoke.waitForTaskToken", R"({"FunctionName":"double"})");
  EXPECT_EQ(dispatcher_.tokens().open_count(), 0u);
}

TEST_F(DispatcherTest, StartExecutionShapes) {
  call("arn:aws:states:::states:startExecution",
       R"({"StateMachineArn":"arn:machine","Input":null,"Name":"N"})");
  EXPECT_EQ(states_.starts[0].input, "{}");
  EXPECT_EQ(states_.starts[0].name, "N");
  EXPECT_NE(output().find(R"({"ExecutionArn":"arn:execution","SdkHttpMetadata":)"),
            std::string::npos);
  call("arn:aws:states:::aws-sdk:sfn:startExecution",
       R"({"StateMachineArn":"arn:machine","Input":{"key": "value"}})");
  EXPECT_EQ(states_.starts[1].input, R"({"key":"value"})");
  EXPECT_EQ(output(), R"({"ExecutionArn":"arn:execution","StartDate":"2023-11-14T22:13:20.123Z"})");
}

TEST_F(DispatcherTest, SyncGivesTextAndSync2Json) {
  ExecutionDescription done;
  done.execution_arn = "arn:execution";
  done.state_machine_arn = "arn:machine";
  done.name = "N";
  done.status = interpreter::ExecutionStatus::Succeeded;
  done.start_date = {1};
  done.stop_date = base::Timestamp{2};
  done.input = "{}";
  done.output = R"({"Arg1":1})";
  call("arn:aws:states:::states:startExecution.sync", R"({"StateMachineArn":"arn:machine"})");
  EXPECT_NE(last<interpreter::TaskSubmitted>(), nullptr);
  states_.ended.back()(done);
  EXPECT_EQ(
      output(),
      R"({"ExecutionArn":"arn:execution","Input":"{}","InputDetails":{"Included":true},"Name":"N",)"
      R"("Output":"{\"Arg1\":1}","OutputDetails":{"Included":true},"StartDate":1,)"
      R"("StateMachineArn":"arn:machine","Status":"SUCCEEDED","StopDate":2})");
  call("arn:aws:states:::states:startExecution.sync:2", R"({"StateMachineArn":"arn:machine"})");
  states_.ended.back()(done);
  EXPECT_NE(output().find(R"("Input":{},)"), std::string::npos);
  EXPECT_NE(output().find(R"("Output":{"Arg1":1},)"), std::string::npos);
  dispatcher_.cancel(1, {0, 1});
  EXPECT_TRUE(states_.stopped.empty());  // it had ended
}

TEST_F(DispatcherTest, FailedChildFailsTheSyncTask) {
  call("arn:aws:states:::states:startExecution.sync", R"({"StateMachineArn":"arn:machine"})");
  ExecutionDescription done;
  done.status = interpreter::ExecutionStatus::Failed;
  done.input = "{}";
  done.error = {"SomeFailure", "why"};
  states_.ended.back()(done);
  EXPECT_EQ(error(), "States.TaskFailed");
  EXPECT_TRUE(cause().starts_with(R"({"Cause":"why","Error":"SomeFailure","ExecutionArn":)"));
  EXPECT_EQ(cause().find("Output"), std::string::npos);
}

TEST_F(DispatcherTest, CancelledSyncTaskStopsItsExecution) {
  call("arn:aws:states:::states:startExecution.sync", R"({"StateMachineArn":"arn:machine"})");
  dispatcher_.cancel(1, {0, 1});
  EXPECT_EQ(states_.stopped, std::vector<std::string>{"arn:execution"});
}

TEST_F(DispatcherTest, StatesErrorsInBothDialects) {
  call("arn:aws:states:::states:startExecution", R"({"StateMachineArn":"arn:missing"})");
  EXPECT_EQ(error(), "StepFunctions.StateMachineDoesNotExistException");
  EXPECT_TRUE(cause().starts_with(
      "State Machine Does Not Exist: 'arn:missing' (Service: AWSStepFunctions; Status Code: "
      "400; Error Code: StateMachineDoesNotExist; Request ID: "));
  call("arn:aws:states:::aws-sdk:sfn:sendTaskSuccess",
       R"({"TaskToken":"unknown","Output":{"a":1}})");
  EXPECT_EQ(error(), "Sfn.InvalidTokenException");
  EXPECT_TRUE(cause().starts_with(
      "Invalid Token: 'Invalid token' (Service: Sfn, Status Code: 400, Request ID: "));
  EXPECT_TRUE(cause().ends_with(") (SDK Attempt Count: 1)"));
  call("arn:aws:states:::aws-sdk:sfn:sendTaskSuccess", R"({"TaskToken":"known","Output":{"a":1}})");
  EXPECT_EQ(output(), "{}");
  EXPECT_EQ(states_.outputs, std::vector<std::string>{R"({"a":1})"});
}

TEST_F(DispatcherTest, ActivitiesWaitForTheirWorker) {
  call("arn:aws:states:us-east-1:000000000000:activity:paint", "{\"a\": 1}");
  EXPECT_TRUE(sink_.answers.empty());
  ASSERT_EQ(activities_.scheduled.size(), 1u);
  EXPECT_EQ(activities_.scheduled[0].input, "{\"a\": 1}");
  EXPECT_TRUE(dispatcher_.tokens().started("token", "worker"));
  EXPECT_EQ(last<interpreter::TaskStarted>()->worker_name, "worker");
  dispatcher_.cancel(1, {0, 1});
  EXPECT_EQ(activities_.cancelled, std::vector<engine::ExecutionId>{1});
  EXPECT_EQ(dispatcher_.tokens().heartbeat("token").error().code, "TaskTimedOut");
}

TEST_F(DispatcherTest, WhatIsNotThereFailsByName) {
  call("arn:aws:states:::sns:publish", "{}");
  EXPECT_EQ(error(), "States.TaskFailed");
  EXPECT_EQ(cause(),
            "The integration arn:aws:states:::sns:publish is not available: no services are "
            "connected here, as they are under pawl serve.");
  EXPECT_FALSE(
      dispatcher_.is_available(asl::parse_task_resource("arn:aws:states:::sns:publish").value()));
  EXPECT_TRUE(
      dispatcher_.is_available(asl::parse_task_resource("arn:aws:states:::lambda:invoke").value()));
}

}  // namespace
}  // namespace pawl::integration
