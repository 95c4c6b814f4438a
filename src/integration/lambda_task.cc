// SPDX-License-Identifier: Apache-2.0
#include "integration/lambda_task.h"

#include <utility>
#include <vector>

#include "integration/http_metadata.h"
#include "integration/service_call.h"
#include "json/parse.h"
#include "json/payload.h"
#include "json/value.h"
#include "json/write.h"

namespace pawl::integration {
namespace {

using json::ObjectBuilder;
using json::Value;

std::vector<std::string_view> split_at_colons(std::string_view text) {
  std::vector<std::string_view> parts;
  for (size_t start = 0;;) {
    const size_t end = text.find(':', start);
    parts.push_back(text.substr(start, end - start));
    if (end == std::string_view::npos) return parts;
    start = end + 1;
  }
}

asl::ExecutionError lambda_error(const ServiceError& error, std::string_view request_id) {
  return optimized_error("Lambda", "AWSLambda", error, request_id);
}

asl::ExecutionError too_large(std::string_view named) {
  return {
      .error = std::string(asl::error_name::kDataLimitExceeded),
      .cause =
          "The state/task '" + std::string(named) +
          "' returned a result with a size exceeding the maximum number of bytes service limit."};
}

/// The function's own errorType is the error's name, its whole error object the cause (recorded):
/// as the function wrote it for function ARNs, written anew for lambda:invoke.
asl::ExecutionError function_error(const std::string& payload, bool rewrite) {
  const base::Result<Value> parsed = json::parse(payload);
  if (parsed) {
    const Value& object = *parsed;
    const Value* type = object.find("errorType");
    if (type != nullptr && type->is_string() && !type->as_string().empty()) {
      return {.error = std::string(type->as_string()),
              .cause = rewrite ? json::write(object) : payload};
    }
  }
  return {.error = "Lambda.Unknown",
          .cause =
              "The cause could not be determined because Lambda did not return an error type. "
              "Returned payload: " +
              payload};
}

/// A function may return what is no JSON; then its text is a string. An asynchronous call returns
/// nothing.
Value payload_value(const std::string& payload) {
  base::Result<Value> parsed = json::parse(payload);
  return parsed ? *std::move(parsed) : Value(payload);
}

/// Parameter Payload to event (recorded): nothing is {}, text that is JSON already is sent as it
/// is, all else is written as JSON.
std::string event_text(const Value* payload) {
  if (payload == nullptr || payload->is_null()) return "{}";
  if (payload->is_string() && json::validate(payload->as_string()))
    return std::string(payload->as_string());
  return json::write(*payload);
}

std::string text_parameter(const Value& parameters, std::string_view name) {
  const Value* value = parameters.find(name);
  if (value == nullptr || value->is_null()) return {};
  return value->is_string() ? std::string(value->as_string()) : json::write(*value);
}

/// The result of lambda:invoke: members as AWS prints them.
json::Payload invoke_result(const LambdaResult& result, const CallFacts& facts, bool asynchronous) {
  const int status = asynchronous ? 202 : 200;
  HttpResponseFacts response{facts.date, facts.request_id, "application/json",
                             result.payload.size(), status};
  ObjectBuilder object;
  if (!asynchronous) object.set("ExecutedVersion", Value(result.executed_version));
  if (!result.log_result.empty()) object.set("LogResult", Value(result.log_result));
  object.set("Payload", payload_value(result.payload))
      .set("SdkHttpMetadata",
           lambda_http_metadata(response, result.executed_version, facts.trace_id))
      .set("SdkResponseMetadata", response_metadata(facts.request_id))
      .set("StatusCode", Value(status));
  return json::Payload(std::move(object).build());
}

}  // namespace

std::optional<FunctionName> parse_function_name(std::string_view text) {
  const std::vector<std::string_view> parts = split_at_colons(text);
  FunctionName name;
  size_t at = 0;  // of the name itself
  if (parts[0] == "arn") {
    if (parts.size() < 7 || parts[2] != "lambda" || parts[5] != "function") return std::nullopt;
    name.region = parts[3];
    name.account = parts[4];
    at = 6;
  } else if (parts.size() >= 3 && parts[1] == "function") {
    name.account = parts[0];
    at = 2;
  } else if (parts.size() >= 2 && parts[0] == "function") {
    at = 1;
  }
  const size_t rest = parts.size() - at;
  if (rest > 2 || parts[at].empty()) return std::nullopt;
  name.name = parts[at];
  if (rest == 2) {
    if (parts[at + 1].empty()) return std::nullopt;
    name.qualifier = parts[at + 1];
  }
  return name;
}

ServiceResult<LambdaInvocation> LambdaTask::resolve(const engine::TaskRequest& request,
                                                    std::string_view function_name,
                                                    std::string_view qualifier) const {
  const std::optional<FunctionName> name = parse_function_name(function_name);
  if (!name) {
    return tl::unexpected(ServiceError{"ValidationException",
                                       "1 validation error detected: Value '" +
                                           std::string(function_name) +
                                           "' at 'functionName' failed to satisfy constraint: "
                                           "Member must satisfy regular expression pattern: "
                                           "(arn:(aws[a-zA-Z-]*)?:lambda:)?([a-z]{2}((-gov)|(-iso("
                                           "b?)))?-[a-z]+-\\d{1}:)?(\\d{12}:)?(function:)?"
                                           "([a-zA-Z0-9-_\\.]+)(:(\\$LATEST|[a-zA-Z0-9-_]+))?",
                                       400});
  }
  if (!qualifier.empty() && !name->qualifier.empty() && qualifier != name->qualifier) {
    return tl::unexpected(ServiceError{
        "InvalidParameterValueException",
        "The derived qualifier from the function name does not match the specified qualifier.",
        400});
  }
  if (refuse_other_regions_ && !name->region.empty() && name->region != request.info->region) {
    return tl::unexpected(ServiceError{"ResourceNotFoundException",
                                       "Functions from '" + name->region +
                                           "' are not reachable in this region ('" +
                                           request.info->region + "')",
                                       404});
  }
  LambdaInvocation invocation;
  invocation.function_name = name->name;
  invocation.qualifier = qualifier.empty() ? name->qualifier : std::string(qualifier);
  invocation.region = name->region.empty() ? request.info->region : name->region;
  invocation.account = name->account.empty() ? request.info->account : name->account;
  invocation.home_region = request.info->region;
  invocation.home_account = request.info->account;
  invocation.principal = principal_of(request);
  return invocation;
}

void LambdaTask::call_function(const engine::TaskRequest& request, TaskAnswer answer,
                               const CallFacts& facts) {
  const std::string& arn = request.task_state().resource.arn;
  ServiceResult<LambdaInvocation> invocation = resolve(request, arn, {});
  if (!invocation) {
    answer.failed(lambda_error(invocation.error(), facts.request_id));
    return;
  }
  invocation->payload = request.command.parameters.text();
  const size_t bytes_max = request.info->limits.payload_bytes_max;
  invoker_.invoke(*std::move(invocation), [answer, arn, bytes_max,
                                           request_id = facts.request_id](LambdaResult result) {
    if (result.refusal) {
      answer.failed(lambda_error(*result.refusal, request_id));
    } else if (result.function_error) {
      answer.failed(function_error(result.payload, /*rewrite=*/false));
    } else if (result.payload.size() > bytes_max) {
      answer.failed(too_large(arn));
    } else {
      base::Result<json::Payload> output = json::Payload::from_text(result.payload);
      answer.succeeded(output ? *std::move(output) : json::Payload(Value(result.payload)));
    }
  });
}

void LambdaTask::call_invoke(const engine::TaskRequest& request, TaskAnswer answer,
                             const CallFacts& facts) {
  const Value& parameters = request.command.parameters.value();
  const Value* function_name = parameters.find("FunctionName");
  ServiceResult<LambdaInvocation> invocation =
      function_name != nullptr && function_name->is_string()
          ? resolve(request, function_name->as_string(), text_parameter(parameters, "Qualifier"))
          : ServiceResult<LambdaInvocation>(tl::unexpected(missing_parameter("functionName")));
  if (!invocation) {
    answer.failed(lambda_error(invocation.error(), facts.request_id));
    return;
  }
  invocation->payload = event_text(parameters.find("Payload"));
  invocation->client_context = text_parameter(parameters, "ClientContext");
  invocation->tail_log = text_parameter(parameters, "LogType") == "Tail";
  const bool asynchronous = text_parameter(parameters, "InvocationType") == "Event";
  invocation->asynchronous = asynchronous;
  const size_t bytes_max = request.info->limits.payload_bytes_max;
  const bool token =
      request.task_state().resource.pattern == asl::IntegrationPattern::WaitForTaskToken;
  invoker_.invoke(*std::move(invocation),
                  [answer, facts, bytes_max, token, asynchronous](LambdaResult result) {
                    if (result.refusal) {
                      answer.failed(lambda_error(*result.refusal, facts.request_id));
                    } else if (result.function_error) {
                      answer.failed(function_error(result.payload, /*rewrite=*/true));
                    } else if (result.payload.size() > bytes_max) {
                      answer.failed(too_large("lambda"));
                    } else if (token) {
                      answer.submitted(invoke_result(result, facts, asynchronous));
                    } else {
                      answer.succeeded(invoke_result(result, facts, asynchronous));
                    }
                  });
}

}  // namespace pawl::integration
