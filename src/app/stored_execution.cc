// SPDX-License-Identifier: Apache-2.0
#include "app/stored_execution.h"

#include <unordered_map>
#include <utility>
#include <vector>

#include "json/members.h"

namespace pawl::app {
namespace {

using base::Error;
using base::ErrorKind;
using base::Result;
using json::Value;

Value named(const char* member, const std::string& arn) {
  json::ObjectBuilder input;
  input.set(member, Value(arn));
  return std::move(input).build();
}

Result<Value> ask(ServiceCalls& calls, const char* operation, const Value& input) {
  aws::ApiResult<Value> answer = calls.call("stepfunctions", operation, input);
  if (answer) return *std::move(answer);
  const aws::ApiError& error = answer.error();
  const ErrorKind kind = error.code == "NoAnswer"               ? ErrorKind::Io
                         : error.code.ends_with("DoesNotExist") ? ErrorKind::NotFound
                                                                : ErrorKind::Unsupported;
  const std::string code = kind == ErrorKind::Io ? "" : error.code + ": ";
  return Error(kind, code + error.message.value_or(operation));
}

Result<std::vector<Value>> read_history(ServiceCalls& calls, const std::string& arn) {
  std::vector<Value> events;
  Value input = named("executionArn", arn)
                    .with_member("maxResults", Value(int64_t{1'000}))
                    .with_member("includeExecutionData", Value(false));
  while (events.size() < kEventsMax) {
    const Value page = PAWL_TRY(ask(calls, "GetExecutionHistory", input));
    for (const Value& event : json::items_member(page, "events")) events.push_back(event);
    const std::string token = json::text_member(page, "nextToken");
    if (token.empty()) break;
    input = input.with_member("nextToken", Value(token));
  }
  return events;
}

/// The ARN of each Map Run, and the state it is of: MapRunStarted follows the state's entry.
Result<std::vector<Value>> read_map_runs(ServiceCalls& calls, const std::vector<Value>& events) {
  std::unordered_map<int64_t, std::string> states;  // by event id
  std::vector<Value> runs;
  for (const Value& event : events) {
    const std::string type = json::text_member(event, "type");
    const int64_t previous = json::integer_member(event, "previousEventId");
    std::string state;
    if (type.ends_with("StateEntered")) {
      state = json::text_member(json::object_member(event, "stateEnteredEventDetails"), "name");
    } else if (const auto found = states.find(previous); found != states.end()) {
      state = found->second;
    }
    states.emplace(json::integer_member(event, "id"), state);
    if (type != "MapRunStarted" || state.empty()) continue;
    const std::string arn =
        json::text_member(json::object_member(event, "mapRunStartedEventDetails"), "mapRunArn");
    const Value run = PAWL_TRY(ask(calls, "DescribeMapRun", named("mapRunArn", arn)));
    runs.push_back(run.with_member("stateName", Value(state)));
  }
  return runs;
}

}  // namespace

Result<StoredExecution> fetch_execution(ServiceCalls& calls, const std::string& arn) {
  const Value machine =
      PAWL_TRY(ask(calls, "DescribeStateMachineForExecution", named("executionArn", arn)));
  StoredExecution execution;
  execution.name = arn.substr(arn.rfind(':') + 1);
  execution.definition = json::text_member(machine, "definition");
  std::vector<Value> events = PAWL_TRY(read_history(calls, arn));
  execution.map_runs = PAWL_TRY(read_map_runs(calls, events));
  execution.history = Value::array(std::move(events));
  return execution;
}

}  // namespace pawl::app
