// SPDX-License-Identifier: Apache-2.0
#include "integration/states_task.h"

#include <cstdio>
#include <optional>

#include "integration/http_metadata.h"
#include "integration/service_call.h"
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

ServiceResult<StartExecutionRequest> start_request(const engine::TaskRequest& request) {
  const Value& parameters = request.command.parameters.value();
  std::optional<std::string> machine = text_member(parameters, "StateMachineArn");
  if (!machine) return tl::unexpected(missing_parameter("stateMachineArn"));
  return StartExecutionRequest{.origin_execution = request.execution,
                               .origin_task = request.command.task,
                               .state_machine_arn = *std::move(machine),
                               .name = text_member(parameters, "Name"),
                               .input = text_member(parameters, "Input").value_or("{}"),
                               .trace_header = text_member(parameters, "TraceHeader"),
                               .principal = principal_of(request)};
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

/// What aws-sdk:sfn:describeExecution gives.
Value described(const ExecutionDescription& found) {
  ObjectBuilder object;
  if (found.error.cause) object.set("Cause", Value(*found.error.cause));
  if (found.error.error) object.set("Error", Value(*found.error.error));
  object.set("ExecutionArn", Value(found.execution_arn))
      .set("Input", Value(found.input))
      .set("InputDetails", included())
      .set("Name", Value(found.name));
  if (found.output) object.set("Output", Value(*found.output)).set("OutputDetails", included());
  object.set("RedriveCount", Value(found.redrive_count))
      .set("StartDate", Value(base::format_iso8601(found.start_date)))
      .set("StateMachineArn", Value(found.state_machine_arn))
      .set("Status", Value(interpreter::execution_status_name(found.status)));
  if (found.stop_date) object.set("StopDate", Value(base::format_iso8601(*found.stop_date)));
  return std::move(object).build();
}

/// Codes that the API's model knows keep their name; ValidationException is none of them and
/// becomes the service's own.
asl::ExecutionError sfn_error(const ServiceError& error, const CallFacts& facts) {
  asl::ExecutionError result = sdk_error("Sfn", error, facts.request_id);
  if (error.code == "ValidationException") result.error = "Sfn.SfnException";
  return result;
}

StatesApi::Done<void> empty_answer(const TaskAnswer& answer, const CallFacts& facts) {
  return [answer, facts](const ServiceResult<void>& result) {
    if (!result) return answer.failed(sfn_error(result.error(), facts));
    answer.succeeded(json::Payload(Value::object()));
  };
}

}  // namespace

StatesTask::TaskKey StatesTask::key_of(engine::ExecutionId execution, interpreter::TaskId task) {
  return {execution, static_cast<uint64_t>(task.frame) << 32 | task.sequence};
}

void StatesTask::start_execution(const engine::TaskRequest& request, TaskAnswer answer,
                                 CallFacts facts) {
  const asl::TaskResource& resource = request.task_state().resource;
  const asl::IntegrationPattern pattern = resource.pattern;
  const bool sync = pattern == asl::IntegrationPattern::RunJob;
  const bool as_json = resource.pattern_suffix == ".sync:2";
  StatesApi::Ended ended;
  if (sync) {
    ended = [this, answer, as_json](const ExecutionDescription& description) {
      take_awaited(answer.execution(), answer.task());
      answer_end(answer, description, as_json);
    };
  }
  const auto done = [this, answer, facts, pattern,
                     sync](const ServiceResult<StartedExecution>& started) {
    if (!started) {
      answer.failed(
          optimized_error("StepFunctions", "AWSStepFunctions", started.error(), facts.request_id));
      return;
    }
    json::Payload result = started_result(*started, facts);
    if (pattern == asl::IntegrationPattern::RequestResponse) {
      answer.succeeded(std::move(result));
      return;
    }
    if (sync) {
      const std::lock_guard lock(mutex_);
      awaited_.insert_or_assign(key_of(answer.execution(), answer.task()), started->execution_arn);
    }
    answer.submitted(std::move(result));
  };
  ServiceResult<StartExecutionRequest> start = start_request(request);
  if (!start) return done(tl::unexpected(std::move(start).error()));
  api_.start_execution(*std::move(start), done, std::move(ended));
}

void StatesTask::cancel(engine::ExecutionId execution, interpreter::TaskId task) {
  if (const auto execution_arn = take_awaited(execution, task)) api_.stop_execution(*execution_arn);
}

std::optional<std::string> StatesTask::take_awaited(engine::ExecutionId execution,
                                                    interpreter::TaskId task) {
  const std::lock_guard lock(mutex_);
  const auto found = awaited_.find(key_of(execution, task));
  if (found == awaited_.end()) return std::nullopt;
  std::string execution_arn = std::move(found->second);
  awaited_.erase(found);
  return execution_arn;
}

void StatesTask::sdk_start_execution(const engine::TaskRequest& request, TaskAnswer answer,
                                     CallFacts facts) {
  const auto done = [answer, facts](const ServiceResult<StartedExecution>& started) {
    if (!started) return answer.failed(sfn_error(started.error(), facts));
    ObjectBuilder object;
    object.set("ExecutionArn", Value(started->execution_arn))
        .set("StartDate", Value(base::format_iso8601(started->start_date)));
    answer.succeeded(json::Payload(std::move(object).build()));
  };
  ServiceResult<StartExecutionRequest> start = start_request(request);
  if (!start) return done(tl::unexpected(std::move(start).error()));
  api_.start_execution(*std::move(start), done, {});
}

void StatesTask::sdk_describe_execution(const engine::TaskRequest& request, TaskAnswer answer,
                                        CallFacts facts) {
  const std::optional<std::string> arn =
      text_member(request.command.parameters.value(), "ExecutionArn");
  if (!arn) {
    answer.failed(sfn_error(missing_parameter("executionArn"), facts));
    return;
  }
  api_.describe_execution(*arn, [answer, facts](const ServiceResult<ExecutionDescription>& found) {
    if (!found) return answer.failed(sfn_error(found.error(), facts));
    answer.succeeded(json::Payload(described(*found)));
  });
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
  api_.send_task_success(*token, *output, empty_answer(answer, facts));
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
  api_.send_task_failure(*token, std::move(error), empty_answer(answer, facts));
}

void StatesTask::sdk_send_task_heartbeat(const engine::TaskRequest& request, TaskAnswer answer,
                                         CallFacts facts) {
  const std::optional<std::string> token =
      text_member(request.command.parameters.value(), "TaskToken");
  if (!token) {
    answer.failed(sfn_error(missing_parameter("taskToken"), facts));
    return;
  }
  api_.send_task_heartbeat(*token, empty_answer(answer, facts));
}

}  // namespace pawl::integration
