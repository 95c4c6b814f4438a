// SPDX-License-Identifier: Apache-2.0
#include "services/apigateway/http/first_class.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include "base/bytes.h"
#include "base/time.h"
#include "json/parse.h"
#include "json/write.h"
#include "services/apigateway/outgoing_calls.h"

namespace pawl::apigateway {
namespace {

using aws::ApiError;
using aws::ApiResult;
using json::ObjectBuilder;
using json::Value;
using Kind = FirstClassParameter::Kind;

constexpr std::string_view kJson10 = "application/x-amz-json-1.0";
constexpr std::string_view kJson11 = "application/x-amz-json-1.1";

using Actions = std::vector<FirstClassAction>;

const Actions& queue_actions() {
  static const Actions list = {
      {"SQS-SendMessage",
       "sqs",
       "SendMessage",
       kJson10,
       {{"QueueUrl", true},
        {"MessageBody", true},
        {"DelaySeconds", false, Kind::Integer},
        {"MessageAttributes", false, Kind::Json},
        {"MessageDeduplicationId"},
        {"MessageGroupId"},
        {"MessageSystemAttributes", false, Kind::Json},
        {"Region"}}},
      {"SQS-ReceiveMessage",
       "sqs",
       "ReceiveMessage",
       kJson10,
       {{"QueueUrl", true},
        {"AttributeNames", false, Kind::Texts},
        {"MaxNumberOfMessages", false, Kind::Integer},
        {"MessageAttributeNames", false, Kind::Texts},
        {"ReceiveRequestAttemptId"},
        {"VisibilityTimeout", false, Kind::Integer},
        {"WaitTimeSeconds", false, Kind::Integer},
        {"Region"}}},
      {"SQS-DeleteMessage",
       "sqs",
       "DeleteMessage",
       kJson10,
       {{"ReceiptHandle", true}, {"QueueUrl", true}, {"Region"}}},
      {"SQS-PurgeQueue", "sqs", "PurgeQueue", kJson10, {{"QueueUrl", true}, {"Region"}}}};
  return list;
}

const Actions& other_actions() {
  static const Actions list = {
      {"EventBridge-PutEvents",
       "events",
       "PutEvents",
       kJson11,
       {{"Detail", true},
        {"DetailType", true},
        {"Source", true},
        {"Time", false, Kind::Time},
        {"EventBusName"},
        {"Resources", false, Kind::Texts},
        {"Region"},
        {"TraceHeader"}}},
      {"AppConfig-GetConfiguration",
       "appconfig",
       "GetConfiguration",
       "application/json",
       {{"Application", true},
        {"Environment", true},
        {"Configuration", true},
        {"ClientId", true},
        {"ClientConfigurationVersion"},
        {"Region"}}},
      {"Kinesis-PutRecord",
       "kinesis",
       "PutRecord",
       kJson11,
       {{"StreamName", true},
        {"Data", true, Kind::Bytes},
        {"PartitionKey", true},
        {"SequenceNumberForOrdering"},
        {"ExplicitHashKey"},
        {"Region"}}},
      {"StepFunctions-StartExecution",
       "stepfunctions",
       "StartExecution",
       kJson10,
       {{"StateMachineArn", true}, {"Name"}, {"Input"}, {"Region"}}},
      {"StepFunctions-StartSyncExecution",
       "stepfunctions",
       "StartSyncExecution",
       kJson10,
       {{"StateMachineArn", true}, {"Name"}, {"Input"}, {"Region"}, {"TraceHeader"}}},
      {"StepFunctions-StopExecution",
       "stepfunctions",
       "StopExecution",
       kJson10,
       {{"ExecutionArn", true}, {"Cause"}, {"Error"}, {"Region"}}}};
  return list;
}

ApiError bad_value(std::string_view name) {
  return {"BadRequestException", "Invalid value for parameter " + std::string(name)};
}

ApiResult<Value> texts_of(std::string_view name, const std::string& text) {
  if (!text.starts_with('[')) {
    std::vector<Value> items;
    std::string_view rest = text;
    while (!rest.empty()) {
      const size_t comma = std::min(rest.find(','), rest.size());
      if (comma > 0) items.emplace_back(rest.substr(0, comma));
      rest.remove_prefix(std::min(comma + 1, rest.size()));
    }
    return Value::array(std::move(items));
  }
  base::Result<Value> list = json::parse(text);
  if (!list || !list->is_array()) return bad_value(name);
  return *std::move(list);
}

ApiResult<Value> typed(const FirstClassParameter& parameter, const std::string& text) {
  switch (parameter.kind) {
    case Kind::Text: return Value(text);
    case Kind::Bytes: return Value(base::base64_encode(text));
    case Kind::Texts: return texts_of(parameter.name, text);
    case Kind::Integer: {
      int64_t number = 0;
      const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
      if (error != std::errc() || end != text.data() + text.size()) {
        return bad_value(parameter.name);
      }
      return Value(number);
    }
    case Kind::Json: {
      base::Result<Value> value = json::parse(text);
      if (!value || !value->is_object()) return bad_value(parameter.name);
      return *std::move(value);
    }
    case Kind::Time: {
      if (const auto time = base::parse_iso8601(text)) return Value(time->ms / 1'000);
      base::Result<Value> number = json::parse(text);
      if (!number || !number->is_number()) return bad_value(parameter.name);
      return *std::move(number);
    }
  }
  return bad_value(parameter.name);
}

/// snake-like names of the AppConfig model aside, parameters are the operation's members.
Value input_of(const FirstClassAction& action, ObjectBuilder&& members) {
  // Step Functions alone has members in lower camel case.
  if (action.service == "stepfunctions") {
    const Value upper = std::move(members).build();
    ObjectBuilder lower;
    for (const json::Member& each : upper.members()) {
      std::string name(each.name());
      name[0] = static_cast<char>(name[0] - 'A' + 'a');
      lower.set(name, each.value);
    }
    return std::move(lower).build();
  }
  if (action.service == "events") {
    ObjectBuilder input;
    input.set("Entries", Value::array({std::move(members).build()}));
    return std::move(input).build();
  }
  return std::move(members).build();
}

}  // namespace

const FirstClassAction* find_first_class(std::string_view subtype) {
  for (const Actions* list : {&queue_actions(), &other_actions()}) {
    for (const FirstClassAction& action : *list) {
      if (action.subtype == subtype) return &action;
    }
  }
  return nullptr;
}

ApiResult<void> check_first_class(const FirstClassAction& action,
                                  const std::vector<std::string>& names) {
  std::string missing;
  for (const FirstClassParameter& parameter : action.parameters) {
    if (!parameter.is_required ||
        std::find(names.begin(), names.end(), parameter.name) != names.end()) {
      continue;
    }
    missing += (missing.empty() ? "" : ", ") + std::string(parameter.name);
  }
  if (!missing.empty()) {
    return ApiError("BadRequestException", "Parameters: [" + missing +
                                               "] are required for integration subtype " +
                                               std::string(action.subtype));
  }
  for (const std::string& name : names) {
    const bool is_known =
        std::any_of(action.parameters.begin(), action.parameters.end(),
                    [&](const FirstClassParameter& each) { return each.name == name; });
    if (is_known) continue;
    return ApiError("BadRequestException",
                    "Parameter: " + name +
                        " does not fit schema for Operation: " + std::string(action.subtype));
  }
  return {};
}

ApiResult<aws::Call> first_class_call(const FirstClassAction& action, const Scope& scope,
                                      const TextMap& values) {
  Scope where = scope;
  ObjectBuilder members;
  for (const FirstClassParameter& parameter : action.parameters) {
    const auto found = values.find(parameter.name);
    if (found == values.end()) {
      if (!parameter.is_required) continue;
      return ApiError("BadRequestException",
                      "The parameter " + std::string(parameter.name) + " has no value");
    }
    if (parameter.name == "Region") {
      where.region = found->second;
      continue;
    }
    members.set(parameter.name, PAWL_TRY(typed(parameter, found->second)));
  }
  return call_for(where, std::string(action.service), std::string(action.operation),
                  input_of(action, std::move(members)));
}

aws::HttpResponse first_class_response(const FirstClassAction& action,
                                       const ApiResult<Value>& answer) {
  aws::HttpResponse response;
  response.headers.set("Content-Type", action.content_type);
  if (answer) {
    response.body = json::write(*answer);
    return response;
  }
  const ApiError& error = answer.error();
  response.status = error.status;
  if (response.status < 400) response.status = error.fault == aws::Fault::Sender ? 400 : 500;
  ObjectBuilder body;
  body.set("__type", Value(error.code));
  if (error.message) body.set("message", Value(*error.message));
  response.body = json::write(std::move(body).build());
  return response;
}

}  // namespace pawl::apigateway
