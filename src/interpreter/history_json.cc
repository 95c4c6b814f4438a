// SPDX-License-Identifier: Apache-2.0
// API GetExecutionHistory, the shape of a HistoryEvent. Members that AWS leaves out when they say
// nothing are left out here too (recorded).
#include "interpreter/history_json.h"

#include <cstdio>
#include <utility>

#include "json/write.h"

namespace pawl::interpreter {
namespace {

using json::ObjectBuilder;
using json::Value;

/// The API's timestamps are seconds with three decimals.
Value epoch_seconds(base::Timestamp time) {
  const bool negative = time.ms < 0;
  const uint64_t ms =
      negative ? 0 - static_cast<uint64_t>(time.ms) : static_cast<uint64_t>(time.ms);
  char text[40];
  std::snprintf(text, sizeof text, "%s%llu.%03llu", negative ? "-" : "",
                static_cast<unsigned long long>(ms / 1000),
                static_cast<unsigned long long>(ms % 1000));
  return Value::number_from_lexeme(text);
}

Value not_truncated() {
  ObjectBuilder details;
  details.set("truncated", Value(false));
  return std::move(details).build();
}

Value credentials(const std::string& role_arn) {
  ObjectBuilder details;
  details.set("roleArn", Value(role_arn));
  return std::move(details).build();
}

/// "TaskSucceeded" has its details in "taskSucceededEventDetails"; entering and leaving have one
/// name for all states.
std::string details_name(HistoryEventType type) {
  std::string name(history_event_type_name(type));
  if (name.ends_with("StateEntered")) return "stateEnteredEventDetails";
  if (name.ends_with("StateExited")) return "stateExitedEventDetails";
  name[0] = static_cast<char>(name[0] - 'A' + 'a');
  return name + "EventDetails";
}

/// Builds the …EventDetails of one event; `builder` is left alone where the event has none.
class DetailsRenderer {
 public:
  DetailsRenderer(const HistoryEvent& event, const asl::Program& program, const ExecutionInfo& info,
                  const HistoryRendering& rendering)
      : event_(event), program_(program), info_(info), rendering_(rendering) {}

  bool render() {
    std::visit([this](const auto& details) { add_any(details); }, event_.details);
    return present_;
  }
  Value take() && { return std::move(builder_).build(); }

 private:
  void add_any(const std::monostate&) { present_ = false; }
  template <typename T>
  void add_any(const std::shared_ptr<const T>& details) {
    add(*details);
  }
  template <typename T>
  void add_any(const T& details) {
    add(details);
  }

  void add(const ExecutionStartedDetails& details) {
    payload("input", details.input);
    builder_.set("roleArn", Value(info_.role_arn));
  }

  void add(const StateEnteredDetails& details) {
    builder_.set("name", Value(state_name(details.state)));
    payload("input", details.input);
  }

  void add(const StateExitedDetails& details) {
    builder_.set("name", Value(state_name(details.state)));
    payload("output", details.output);
    if (!details.assigned) return;
    if (rendering_.include_execution_data) {
      ObjectBuilder variables;
      for (const auto& [name, value] : *details.assigned)
        variables.set(name, Value(json::write(value)));
      builder_.set("assignedVariables", std::move(variables).build());
    }
    builder_.set("assignedVariablesDetails", not_truncated());
  }

  void add(const OutputDetails& details) { payload("output", details.output); }

  // LambdaFunctionFailed …, ExecutionFailed: `{}` if neither is known.
  void add(const ErrorDetails& details) { error(*details.error); }

  void add(const ScheduledDetails& details) {
    builder_.set("resource", Value(details.resource));
    payload("input", details.input);
    integer("timeoutInSeconds", details.timeout_in_seconds);
    integer("heartbeatInSeconds", details.heartbeat_in_seconds);
    if (details.credentials_role_arn)
      builder_.set("taskCredentials", credentials(*details.credentials_role_arn));
  }

  void add(const TaskScheduledDetails& details) {
    resource(details.state);
    builder_.set("region", Value(details.region));
    if (rendering_.include_execution_data)
      builder_.set("parameters", Value(json::write(details.parameters)));
    integer("timeoutInSeconds", details.timeout_in_seconds);
    integer("heartbeatInSeconds", details.heartbeat_in_seconds);
    if (details.credentials_role_arn)
      builder_.set("taskCredentials", credentials(*details.credentials_role_arn));
  }

  void add(const TaskDetails& details) {
    resource(details.state);
    if (details.output) payload("output", *details.output);
    error(details.error);
  }

  void add(const ActivityStartedDetails& details) {
    if (!details.worker_name.empty()) builder_.set("workerName", Value(details.worker_name));
  }

  void add(const MapStateStartedDetails& details) { builder_.set("length", Value(details.length)); }

  void add(const MapIterationDetails& details) {
    builder_.set("name", Value(state_name(details.state))).set("index", Value(details.index));
  }

  void add(const MapRunStartedDetails& details) {
    builder_.set("mapRunArn", Value(details.map_run_arn));
  }

  void add(const ExecutionRedrivenDetails& details) {
    builder_.set("redriveCount", Value(details.redrive_count));
  }

  void add(const MapRunRedrivenDetails& details) {
    builder_.set("mapRunArn", Value(details.map_run_arn))
        .set("redriveCount", Value(details.redrive_count));
  }

  void add(const EvaluationFailedDetails& details) {
    builder_.set("error", Value(details.error)).set("cause", Value(details.cause));
    if (!details.location.empty()) builder_.set("location", Value(details.location));
    builder_.set("state", Value(state_name(details.state)));
  }

  /// "input": JSON as text, "inputDetails".
  void payload(std::string_view name, const json::Payload& payload) {
    if (rendering_.include_execution_data) builder_.set(name, Value(payload.text()));
    builder_.set(std::string(name) + "Details", not_truncated());
  }

  void error(const asl::ExecutionError& error) {
    if (error.error) builder_.set("error", Value(*error.error));
    if (error.cause) builder_.set("cause", Value(*error.cause));
  }

  void integer(std::string_view name, const std::optional<int64_t>& number) {
    if (number) builder_.set(name, Value(*number));
  }

  void resource(asl::StateIndex state) {
    const asl::TaskResource& resource =
        std::get<asl::TaskState>(program_.states[state].detail).resource;
    builder_.set("resourceType", Value(resource.history_resource_type()));
    builder_.set("resource", Value(resource.history_resource()));
  }

  const std::string& state_name(asl::StateIndex state) const { return program_.states[state].name; }

  const HistoryEvent& event_;
  const asl::Program& program_;
  const ExecutionInfo& info_;
  const HistoryRendering& rendering_;
  ObjectBuilder builder_;
  bool present_ = true;
};

}  // namespace

json::Value render(const HistoryEvent& event, const asl::Program& program,
                   const ExecutionInfo& info, const HistoryRendering& rendering) {
  ObjectBuilder object;
  object.set("timestamp", rendering.iso8601_timestamps
                              ? Value(base::format_iso8601(event.timestamp))
                              : epoch_seconds(event.timestamp));
  object.set("type", Value(history_event_type_name(event.type)))
      .set("id", Value(event.id))
      .set("previousEventId", Value(event.previous_event_id));
  DetailsRenderer details(event, program, info, rendering);
  if (details.render()) object.set(details_name(event.type), std::move(details).take());
  return std::move(object).build();
}

}  // namespace pawl::interpreter
