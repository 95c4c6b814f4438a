// SPDX-License-Identifier: Apache-2.0
#include "integration/states_task.h"

#include <cstdio>
#include <optional>

#include "integration/http_metadata.h"
#include "json/payload.h"
#include "json/parse.h"
#include "json/value.h"
#include "json/write.h"

namespace pawl::integration {
namespace {

using json::ObjectBuilder;
using json::Value;

const Value* present_member(const Value& parameters, std::string_view name) {
  const Value* value = parameters.find(name);
  return value == nullptr || value->is_null() ? nullptr : value;
}

/// A parameter that the API takes as text: JSON is written into it (recorded for Input).
std::optional<std::string> text_member(const Value& parameters, std::string_view name) {
  const Value* value = present_member(parameters, name);
  if (value == nullptr) return std::nullopt;
  return value->is_string() ? std::string(value->as_string()) : json::write(*value);
}

ServiceResult<StartExecutionRequest> start_request(const Value& parameters) {
  std::optional<std::string> machine = text_member(parameters, "StateMachineArn");
  if (!machine) return tl::unexpected(missing_parameter("stateMachineArn"));
  return StartExecutionRequest{.state_machine_arn = *std::move(machine),
                               .name = text_member(parameters, "Name"),
                               .input = text_member(parameters, "Input").value_or("{}"),
                               .trace_header = text_member(parameters, "TraceHeader")};
}

Value included() {
  ObjectBuilder details;
  details.set("Included", Value(true));
  return std::move(details).build();
}

/// The body that StartExecution would have answered: its length stands in the headers.
size_t start_body_bytes(const StartedExecution& started) {
  char seconds[40];
  std::snprintf(seconds, sizeof seconds, "%.12E",
                static_cast<double>(started.start_date.ms) / 1000);
  // AWS writes 1.730298837723E9: no "+0" in the exponent.
  return std::string_view(R"({"executionArn":"","startDate":})").size() +
         started.execution_arn.size() + std::string_view(seconds).size() - 2;
}

/// Optimized integrations print dates as the Java SDK 1 does, in milliseconds.
Value epoch_ms(base::Timestamp time) { return Value(time.ms); }

json::Payload started_result(const StartedExecution& started, const CallFacts& facts) {
  const HttpResponseFacts response{facts.date, facts.request_id, "application/x-amz-json-1.0",
                                   start_body_bytes(started), 200};
  ObjectBuilder object;
  object.set("ExecutionArn", Value(started.execution_arn))
      .set("SdkHttpMetadata", json_http_metadata(response))
      .set("SdkResponseMetadata", response_metadata(facts.request_id))
      .set("StartDate", epoch_ms(started.start_date));
  return json::Payload(std::move(object).build());
}

/// Text for .sync, the JSON itself for .sync:2.
Value embedded(const std::string& text, bool as_json) {
  if (as_json) {
    if (base::Result<Value> parsed = json::parse(text)) return *std::move(parsed);
  }
  return Value(text);
}

/// What a .sync task gets when the execution has ended.
Value ended_result(const ExecutionDescription& ended, bool as_json) {
  ObjectBuilder object;
  if (ended.error.cause) object.set("Cause", Value(*ended.error.cause));
  if (ended.error.error) object.set("Error", Value(*ended.error.error));
  object.set("ExecutionArn", Value(ended.execution_arn))
      .set("Input", embedded(ended.input, as_json))
      .set("InputDetails", included())
      .set("Name", Value(ended.name));
  if (ended.output)
    object.set("Output", embedded(*ended.output, as_json)).set("OutputDetails", included());
  object.set("StartDate", epoch_ms(ended.start_date))
      .set("StateMachineArn", Value(ended.state_machine_arn))
      .set("Status", Value(interpreter::execution_status_name(ended.status)));
  if (ended.stop_date) object.set("StopDate", epoch_ms(*ended.stop_date));
  return std::move(object).build();
}

void answer_end(const TaskAnswer& answer, const ExecutionDescription& ended, bool as_json) {
  if (ended.status == interpreter::ExecutionStatus::Succeeded) {
    answer.succeeded(json::Payload(ended_result(ended, as_json)));
  } else {
    answer.failed({.error = std::string(asl::error_name::kTaskFailed),
                   .cause = json::write(ended_result(ended, as_json))});
  }
}

/// Codes that the API's model knows keep their name; ValidationException is none of them and
/// becomes the service's own.
asl::ExecutionError sfn_error(const ServiceError& error, const CallFacts& facts) {
  asl::ExecutionError result = sdk_error("Sfn", error, facts.request_id);
  if (error.code == "ValidationException") result.error = "Sfn.SfnException";
  return result;
}

void answer_empty(const ServiceResult<void>& result, const TaskAnswer& answer,
                  const CallFacts& facts) {
  if (result) {
    answer.succeeded(json::Payload(Value::object()));
  } else {
    answer.failed(sfn_error(result.error(), facts));
  }
}

}  // namespace

StatesTask::TaskKey StatesTask::key_of(engine::ExecutionId execution, interpreter::TaskId task) {
  return {execution, static_cast<uint64_t>(task.frame) << 32 | task.sequence};
}

void StatesTask::start_execution(const engine::TaskRequest& request, TaskAnswer answer,
                                 CallFacts facts) {
  const asl::TaskResource& resource = request.task_state().resource;
  const bool sync = resource.pattern == asl::IntegrationPattern::RunJob;
  const bool as_json = resource.pattern_suffix == ".sync:2";
  StatesApi::Ended ended;
  if (sync) {
    ended = [this, answer, as_json](const ExecutionDescription& description) {
      awaited_.erase(key_of(answer.execution(), answer.task()));
      answer_end(answer, description, as_json);
    };
  }
  ServiceResult<StartExecutionRequest> start = start_request(request.command.parameters.value());
  ServiceResult<StartedExecution> started =
      start ? api_.start_execution(*std::move(start), std::move(ended))
            : ServiceResult<StartedExecution>(tl::unexpected(std::move(start).error()));
  if (!started) {
    answer.failed(
        optimized_error("StepFunctions", "AWSStepFunctions", started.error(), facts.request_id));
    return;
  }
  json::Payload result = started_result(*started, facts);
  if (resource.pattern == asl::IntegrationPattern::RequestResponse) {
    answer.succeeded(std::move(result));
    return;
  }
  if (sync)
    awaited_.insert_or_assign(key_of(answer.execution(), answer.task()), started->execution_arn);
  answer.submitted(std::move(result));
}

void StatesTask::cancel(engine::ExecutionId execution, interpreter::TaskId task) {
  const auto found = awaited_.find(key_of(execution, task));
  if (found == awaited_.end()) return;
  const std::string execution_arn = std::move(found->second);
  awaited_.erase(found);
  api_.stop_execution(execution_arn);
}

void StatesTask::sdk_start_execution(const engine::TaskRequest& request, TaskAnswer answer,
                                     CallFacts facts) {
  ServiceResult<StartExecutionRequest> start = start_request(request.command.parameters.value());
  ServiceResult<StartedExecution> started =
      start ? api_.start_execution(*std::move(start), {})
            : ServiceResult<StartedExecution>(tl::unexpected(std::move(start).error()));
  if (!started) {
    answer.failed(sfn_error(started.error(), facts));
    return;
  }
  ObjectBuilder object;
  object.set("ExecutionArn", Value(started->execution_arn))
      .set("StartDate", Value(base::format_iso8601(started->start_date)));
  answer.succeeded(json::Payload(std::move(object).build()));
}

void StatesTask::sdk_describe_execution(const engine::TaskRequest& request, TaskAnswer answer,
                                        CallFacts facts) {
  const std::optional<std::string> arn =
      text_member(request.command.parameters.value(), "ExecutionArn");
  if (!arn) {
    answer.failed(sfn_error(missing_parameter("executionArn"), facts));
    return;
  }
  const ServiceResult<ExecutionDescription> found = api_.describe_execution(*arn);
  if (!found) {
    answer.failed(sfn_error(found.error(), facts));
    return;
  }
  ObjectBuilder object;
  if (found->error.cause) object.set("Cause", Value(*found->error.cause));
  if (found->error.error) object.set("Error", Value(*found->error.error));
  object.set("ExecutionArn", Value(found->execution_arn))
      .set("Input", Value(found->input))
      .set("InputDetails", included())
      .set("Name", Value(found->name));
  if (found->output) object.set("Output", Value(*found->output)).set("OutputDetails", included());
  object.set("RedriveCount", Value(found->redrive_count))
      .set("StartDate", Value(base::format_iso8601(found->start_date)))
      .set("StateMachineArn", Value(found->state_machine_arn))
      .set("Status", Value(interpreter::execution_status_name(found->status)));
  if (found->stop_date) object.set("StopDate", Value(base::format_iso8601(*found->stop_date)));
  answer.succeeded(json::Payload(std::move(object).build()));
}

void StatesTask::sdk_send_task_success(const engine::TaskRequest& request, TaskAnswer answer,
                                       CallFacts facts) {
  const Value& parameters = request.command.parameters.value();
  const std::optional<std::string> token = text_member(parameters, "TaskToken");
  const std::optional<std::string> output = text_member(parameters, "Output");
  if (!token || !output) {
    answer.failed(sfn_error(missing_parameter(token ? "output" : "taskToken"), facts));
    return;
  }
  answer_empty(api_.send_task_success(*token, *output), answer, facts);
}

void StatesTask::sdk_send_task_failure(const engine::TaskRequest& request, TaskAnswer answer,
                                       CallFacts facts) {
  const Value& parameters = request.command.parameters.value();
  const std::optional<std::string> token = text_member(parameters, "TaskToken");
  if (!token) {
    answer.failed(sfn_error(missing_parameter("taskToken"), facts));
    return;
  }
  asl::ExecutionError error{.error = text_member(parameters, "Error"),
                            .cause = text_member(parameters, "Cause")};
  answer_empty(api_.send_task_failure(*token, std::move(error)), answer, facts);
}

void StatesTask::sdk_send_task_heartbeat(const engine::TaskRequest& request, TaskAnswer answer,
                                         CallFacts facts) {
  const std::optional<std::string> token =
      text_member(request.command.parameters.value(), "TaskToken");
  if (!token) {
    answer.failed(sfn_error(missing_parameter("taskToken"), facts));
    return;
  }
  answer_empty(api_.send_task_heartbeat(*token), answer, facts);
}

}  // namespace pawl::integration
