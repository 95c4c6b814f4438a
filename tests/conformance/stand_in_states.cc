// SPDX-License-Identifier: Apache-2.0
#include "stand_in_states.h"

#include <utility>

#include "asl/compile.h"
#include "base/random.h"
#include "interpreter/history_json.h"
#include "json/parse.h"

namespace pawl::conformance {
namespace {

using integration::ServiceError;

constexpr const char* kArnPrefix = "arn:aws:states:us-east-1:000000000000:";

std::string text_of(const json::Value& input, std::string_view name, std::string fallback = {}) {
  const json::Value* value = input.find(name);
  return value != nullptr && value->is_string() ? std::string(value->as_string()) : fallback;
}

json::Value seconds(base::Timestamp time) {
  return json::Value(static_cast<double>(time.ms) / 1000.0);
}

asl::CompileOptions options_for(const json::Value& input) {
  asl::CompileOptions options;
  options.unknown_resource = asl::Severity::Error;
  if (text_of(input, "type") == "EXPRESS") options.type = asl::StateMachineType::Express;
  return options;
}

json::Value diagnostic_json(const asl::Diagnostic& diagnostic) {
  json::ObjectBuilder out;
  out.set("severity",
          json::Value(diagnostic.severity == asl::Severity::Error ? "ERROR" : "WARNING"))
      .set("code", json::Value(diagnostic.code))
      .set("message", json::Value(diagnostic.message));
  if (!diagnostic.location.empty()) out.set("location", json::Value(diagnostic.location));
  return std::move(out).build();
}

json::Value details_included() {
  json::ObjectBuilder out;
  out.set("included", json::Value(true));
  return std::move(out).build();
}

}  // namespace

std::optional<ApiResult> StandInStates::call(std::string_view operation, const json::Value& input) {
  if (input.find("publish") != nullptr) return std::nullopt;  // versions are the service's
  if (operation == "CreateStateMachine") return create_state_machine(input);
  if (operation == "ValidateStateMachineDefinition") return validate(input);
  if (operation == "StartExecution") return start(input);
  if (operation == "DescribeExecution") return describe(input);
  if (operation == "GetExecutionHistory") return history(input);
  return std::nullopt;
}

ApiResult StandInStates::create_state_machine(const json::Value& input) {
  const asl::Compilation compilation =
      asl::compile(text_of(input, "definition"), options_for(input));
  if (!compilation.program) {
    return tl::unexpected(ServiceError{"InvalidDefinition",
                                       asl::invalid_definition_message(compilation.diagnostics)});
  }
  const std::string name = text_of(input, "name");
  Machine machine{kArnPrefix + ("stateMachine:" + name), name, text_of(input, "roleArn"),
                  compilation.program};
  json::ObjectBuilder out;
  out.set("stateMachineArn", json::Value(machine.arn)).set("creationDate", seconds(clock_.now()));
  machines_[machine.arn] = std::move(machine);
  return std::move(out).build();
}

ApiResult StandInStates::validate(const json::Value& input) const {
  const asl::Compilation compilation =
      asl::compile(text_of(input, "definition"), options_for(input));
  std::vector<json::Value> diagnostics;
  for (const asl::Diagnostic& diagnostic : compilation.diagnostics)
    diagnostics.push_back(diagnostic_json(diagnostic));
  json::ObjectBuilder out;
  out.set("result", json::Value(compilation.program ? "OK" : "FAIL"))
      .set("diagnostics", json::Value::array(std::move(diagnostics)))
      .set("truncated", json::Value(false));
  return std::move(out).build();
}

void StandInStates::start_execution(integration::StartExecutionRequest request,
                                    Done<integration::StartedExecution> done, Ended ended) {
  done(begin_execution(std::move(request), std::move(ended)));
}

integration::ServiceResult<integration::StartedExecution> StandInStates::begin_execution(
    integration::StartExecutionRequest request, Ended ended) {
  const auto machine = machines_.find(request.state_machine_arn);
  if (machine == machines_.end()) {
    return tl::unexpected(
        ServiceError{"StateMachineDoesNotExist",
                     "State Machine Does Not Exist: '" + request.state_machine_arn + "'"});
  }
  base::Result<json::Payload> input = json::Payload::from_text(request.input);
  if (!input) {
    return tl::unexpected(
        ServiceError{"InvalidExecutionInput",
                     "Invalid State Machine Execution Input: '" + input.error().message + "'"});
  }
  base::Random random(entropy_.next());
  Execution execution;
  execution.name = request.name.value_or(base::make_uuid(random));
  execution.machine = machine->second;
  execution.arn = kArnPrefix + ("execution:" + execution.machine.name + ":" + execution.name);
  execution.input = request.input;
  execution.start_date = clock_.now();
  interpreter::ExecutionInfo info;
  info.execution_arn = execution.arn;
  info.execution_name = execution.name;
  info.state_machine_arn = execution.machine.arn;
  info.state_machine_name = execution.machine.name;
  info.role_arn = execution.machine.role_arn;
  engine::LocalEngine::EndedCallback on_ended;
  if (ended) {
    on_ended = [this, ended = std::move(ended), arn = execution.arn](engine::ExecutionId) {
      ended(description_of(executions_.at(arn)));
    };
  }
  execution.id = engine_->start(execution.machine.program, std::move(info), *std::move(input),
                                std::move(on_ended));
  integration::StartedExecution started{execution.arn, execution.start_date};
  executions_[execution.arn] = std::move(execution);
  return started;
}

ApiResult StandInStates::start(const json::Value& input) {
  integration::StartExecutionRequest request;
  request.state_machine_arn = text_of(input, "stateMachineArn");
  if (input.find("name") != nullptr) request.name = text_of(input, "name");
  request.input = text_of(input, "input", "{}");
  auto started = begin_execution(std::move(request), {});
  if (!started) return tl::unexpected(started.error());
  json::ObjectBuilder out;
  out.set("executionArn", json::Value(started->execution_arn))
      .set("startDate", seconds(started->start_date));
  return std::move(out).build();
}

integration::ServiceResult<const StandInStates::Execution*> StandInStates::find(
    const std::string& arn) const {
  const auto found = executions_.find(arn);
  if (found != executions_.end()) return &found->second;
  if (!arn.starts_with("arn:")) {
    return tl::unexpected(
        ServiceError{"InvalidArn", "Invalid Arn: 'Invalid ARN prefix: " + arn + "'"});
  }
  return tl::unexpected(
      ServiceError{"ExecutionDoesNotExist", "Execution Does Not Exist: '" + arn + "'"});
}

integration::ExecutionDescription StandInStates::description_of(const Execution& execution) const {
  const interpreter::ExecutionState& state = *engine_->state(execution.id);
  integration::ExecutionDescription out;
  out.execution_arn = execution.arn;
  out.state_machine_arn = execution.machine.arn;
  out.name = execution.name;
  out.status = state.status;
  out.start_date = execution.start_date;
  if (state.status != interpreter::ExecutionStatus::Running) out.stop_date = state.stopped_at;
  out.input = execution.input;
  if (state.status == interpreter::ExecutionStatus::Succeeded) out.output = state.output.text();
  // A time-out of the machine shows no error (recorded).
  if (state.status != interpreter::ExecutionStatus::TimedOut) out.error = state.error;
  return out;
}

void StandInStates::describe_execution(const std::string& arn,
                                       Done<integration::ExecutionDescription> done) {
  const auto execution = find(arn);
  if (!execution) return done(tl::unexpected(execution.error()));
  done(description_of(**execution));
}

ApiResult StandInStates::describe(const json::Value& input) {
  const auto execution = find(text_of(input, "executionArn"));
  if (!execution) return tl::unexpected(execution.error());
  const integration::ExecutionDescription description = description_of(**execution);
  const integration::ExecutionDescription* found = &description;
  const std::string status(interpreter::execution_status_name(found->status));
  const bool redrivable = found->status != interpreter::ExecutionStatus::Running &&
                          found->status != interpreter::ExecutionStatus::Succeeded;
  json::ObjectBuilder out;
  out.set("executionArn", json::Value(found->execution_arn))
      .set("stateMachineArn", json::Value(found->state_machine_arn))
      .set("name", json::Value(found->name))
      .set("status", json::Value(status))
      .set("startDate", seconds(found->start_date))
      .set("input", json::Value(found->input))
      .set("inputDetails", details_included())
      .set("redriveCount", json::Value(found->redrive_count))
      .set("redriveStatus", json::Value(redrivable ? "REDRIVABLE" : "NOT_REDRIVABLE"));
  if (!redrivable) {
    out.set("redriveStatusReason",
            json::Value("Execution is " + status + " and cannot be redriven"));
  }
  if (found->stop_date) out.set("stopDate", seconds(*found->stop_date));
  if (found->output) {
    out.set("output", json::Value(*found->output)).set("outputDetails", details_included());
  }
  if (found->error.error) out.set("error", json::Value(*found->error.error));
  if (found->error.cause) out.set("cause", json::Value(*found->error.cause));
  return std::move(out).build();
}

ApiResult StandInStates::history(const json::Value& input) {
  const auto execution = find(text_of(input, "executionArn"));
  if (!execution) return tl::unexpected(execution.error());
  const interpreter::ExecutionState& state = *engine_->state((*execution)->id);
  std::vector<json::Value> events;
  for (const interpreter::HistoryEvent& event : engine_->history((*execution)->id)) {
    events.push_back(interpreter::render(event, *(*execution)->machine.program, *state.info));
  }
  const json::Value* reverse = input.find("reverseOrder");
  if (reverse != nullptr && reverse->is_boolean() && reverse->as_boolean()) {
    events = {events.rbegin(), events.rend()};
  }
  json::ObjectBuilder out;
  out.set("events", json::Value::array(std::move(events)));
  return std::move(out).build();
}

void StandInStates::stop_execution(const std::string& arn) {
  if (const auto execution = find(arn)) engine_->stop((*execution)->id, {});
}

void StandInStates::send_task_success(const std::string& token, const std::string& output,
                                      Done<void> done) {
  done(tokens_->success(token, output));
}

void StandInStates::send_task_failure(const std::string& token, asl::ExecutionError error,
                                      Done<void> done) {
  done(tokens_->failure(token, std::move(error)));
}

void StandInStates::send_task_heartbeat(const std::string& token, Done<void> done) {
  done(tokens_->heartbeat(token));
}

}  // namespace pawl::conformance
