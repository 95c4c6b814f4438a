// SPDX-License-Identifier: Apache-2.0
#include "interpreter/history_json.h"

#include <gtest/gtest.h>

#include "json/write.h"

namespace pawl::interpreter {
namespace {

/// A machine with one state, "S", that calls lambda:invoke.
asl::Program task_program() {
  asl::TaskState task;
  task.resource.kind = asl::ResourceKind::Integration;
  task.resource.arn = "arn:aws:states:::lambda:invoke.waitForTaskToken";
  task.resource.service = "lambda";
  task.resource.action = "invoke";
  task.resource.pattern = asl::IntegrationPattern::WaitForTaskToken;
  task.resource.pattern_suffix = ".waitForTaskToken";
  asl::State state;
  state.name = "S";
  state.type = asl::StateType::Task;
  state.detail = std::move(task);
  asl::Program program;
  program.states.push_back(std::move(state));
  program.scopes.push_back({0});
  return program;
}

std::string rendered(HistoryEventType type, HistoryEventDetails details,
                     const HistoryRendering& rendering = {}) {
  const asl::Program program = task_program();
  ExecutionInfo info;
  info.role_arn = "arn:aws:iam::000000000000:role/test";
  const HistoryEvent event{7, 6, {1'700'000'000'005}, type, std::move(details)};
  const std::string text = json::write(render(event, program, info, rendering));
  const std::string head = R"({"timestamp":1700000000.005,"type":")" +
                           std::string(history_event_type_name(type)) +
                           R"(","id":7,"previousEventId":6)";
  EXPECT_EQ(text.substr(0, head.size()), head);
  return text.substr(head.size());
}

json::Payload payload(std::string text) {
  return json::Payload::from_text(std::move(text)).value();
}

ErrorDetails error(std::optional<std::string> name, std::optional<std::string> cause) {
  return {std::make_shared<const asl::ExecutionError>(
      asl::ExecutionError{std::move(name), std::move(cause)})};
}

TEST(HistoryJson, InputKeepsItsSpacing) {
  EXPECT_EQ(
      rendered(HistoryEventType::ExecutionStarted, ExecutionStartedDetails{payload("[1, 2]")}),
      R"(,"executionStartedEventDetails":{"input":"[1, 2]","inputDetails":{"truncated":false},)"
      R"("roleArn":"arn:aws:iam::000000000000:role/test"}})");
  EXPECT_EQ(
      rendered(HistoryEventType::PassStateEntered, StateEnteredDetails{0, payload("[1, 2]")}),
      R"(,"stateEnteredEventDetails":{"name":"S","input":"[1, 2]","inputDetails":{"truncated":false}}})");
}

TEST(HistoryJson, AssignedVariablesAreText) {
  const auto assigned = std::make_shared<const AssignedVariables>(
      AssignedVariables{{"a", json::Value("text")}, {"b", json::Value(1)}});
  EXPECT_EQ(
      rendered(HistoryEventType::ChoiceStateExited, StateExitedDetails{0, payload("{}"), assigned}),
      R"(,"stateExitedEventDetails":{"name":"S","output":"{}","outputDetails":{"truncated":false},)"
      R"("assignedVariables":{"a":"\"text\"","b":"1"},"assignedVariablesDetails":{"truncated":false}}})");
}

TEST(HistoryJson, EventsWithoutDetails) {
  EXPECT_EQ(rendered(HistoryEventType::LambdaFunctionStarted, {}), "}");
  EXPECT_EQ(rendered(HistoryEventType::MapRunSucceeded, {}), "}");
}

TEST(HistoryJson, ErrorsLeaveOutWhatIsNotKnown) {
  EXPECT_EQ(rendered(HistoryEventType::ExecutionAborted, error({}, {})),
            R"(,"executionAbortedEventDetails":{}})");
  EXPECT_EQ(rendered(HistoryEventType::LambdaFunctionTimedOut, error("States.Timeout", {})),
            R"(,"lambdaFunctionTimedOutEventDetails":{"error":"States.Timeout"}})");
  EXPECT_EQ(rendered(HistoryEventType::MapRunFailed, error("E", "C")),
            R"(,"mapRunFailedEventDetails":{"error":"E","cause":"C"}})");
}

TEST(HistoryJson, TasksNameResourceAndType) {
  TaskScheduledDetails scheduled{0, "us-east-1",  json::Value::array({json::Value(1)}),
                                 5, std::nullopt, "arn:role"};
  EXPECT_EQ(
      rendered(HistoryEventType::TaskScheduled,
               std::make_shared<const TaskScheduledDetails>(scheduled)),
      R"(,"taskScheduledEventDetails":{"resourceType":"lambda","resource":"invoke.waitForTaskToken",)"
      R"("region":"us-east-1","parameters":"[1]","timeoutInSeconds":5,"taskCredentials":{"roleArn":"arn:role"}}})");
  EXPECT_EQ(
      rendered(HistoryEventType::TaskStarted,
               std::make_shared<const TaskDetails>(TaskDetails{0, {}, {}})),
      R"(,"taskStartedEventDetails":{"resourceType":"lambda","resource":"invoke.waitForTaskToken"}})");
}

TEST(HistoryJson, MapIterations) {
  EXPECT_EQ(rendered(HistoryEventType::MapIterationFailed, MapIterationDetails{0, 3}),
            R"(,"mapIterationFailedEventDetails":{"name":"S","index":3}})");
  EXPECT_EQ(rendered(HistoryEventType::MapStateStarted, MapStateStartedDetails{2}),
            R"(,"mapStateStartedEventDetails":{"length":2}})");
}

TEST(HistoryJson, WithoutExecutionData) {
  EXPECT_EQ(rendered(HistoryEventType::ExecutionSucceeded, OutputDetails{payload("1")},
                     {.include_execution_data = false}),
            R"(,"executionSucceededEventDetails":{"outputDetails":{"truncated":false}}})");
}

TEST(HistoryJson, TimestampsForPeople) {
  const asl::Program program = task_program();
  const HistoryEvent event{1, 0, {1'700'000'000'005}, HistoryEventType::LambdaFunctionStarted, {}};
  const json::Value object = render(event, program, {}, {.iso8601_timestamps = true});
  EXPECT_EQ(object.find("timestamp")->as_string(), "2023-11-14T22:13:20.005Z");
}

TEST(Names, EveryEventTypeHasItsOwnWord) {
  EXPECT_EQ(history_event_type_name(HistoryEventType::ActivityFailed), "ActivityFailed");
  EXPECT_EQ(history_event_type_name(HistoryEventType::EvaluationFailed), "EvaluationFailed");
  EXPECT_EQ(execution_status_name(ExecutionStatus::TimedOut), "TIMED_OUT");
}

}  // namespace
}  // namespace pawl::interpreter
