// SPDX-License-Identifier: Apache-2.0
#include "services/apigateway/rest/integration_action.h"

#include <algorithm>
#include <utility>

#include "json/parse.h"
#include "json/write.h"
#include "services/apigateway/identifiers.h"
#include "services/apigateway/outgoing_calls.h"

namespace pawl::apigateway {

using aws::ApiError;
using aws::ApiResult;
using json::ObjectBuilder;
using json::Value;

namespace {

/// Services that go by another name in a host than their model has.
std::string model_of(const std::string& service) {
  if (service == "states") return "stepfunctions";
  if (service == "monitoring") return "cloudwatch";
  return service;
}

/// The Query protocol: "Action=SendMessage&MessageBody=…", numbers and flags as text.
Value form_input(const aws::QueryParameters& parameters, std::string& operation) {
  constexpr std::string_view kNumbers[] = {"DelaySeconds", "MaxNumberOfMessages",
                                           "VisibilityTimeout", "WaitTimeSeconds"};
  ObjectBuilder out;
  for (const auto& [name, value] : parameters) {
    if (name == "Action") {
      operation = value;
    } else if (std::find(std::begin(kNumbers), std::end(kNumbers), name) != std::end(kNumbers)) {
      const base::Result<Value> number = json::parse(value);
      out.set(name, number && number->is_number() ? *number : Value(value));
    } else if (name != "Version" && name.find('.') == std::string::npos) {
      out.set(name, Value(value));
    }
  }
  return std::move(out).build();
}

}  // namespace

std::optional<IntegrationUri> parse_integration_uri(std::string_view uri) {
  std::vector<std::string_view> parts;
  for (int i = 0; i < 5; ++i) {
    const size_t colon = uri.find(':');
    if (colon == std::string_view::npos) return std::nullopt;
    parts.push_back(uri.substr(0, colon));
    uri.remove_prefix(colon + 1);
  }
  if (parts[0] != "arn" || parts[2] != "apigateway" || parts[4].empty()) return std::nullopt;
  IntegrationUri made;
  made.region = parts[3];
  const size_t dot = parts[4].rfind('.');
  made.service = parts[4].substr(dot == std::string_view::npos ? 0 : dot + 1);
  made.is_path = uri.starts_with("path/");
  if (!made.is_path && !uri.starts_with("action/")) return std::nullopt;
  made.rest = uri.substr(uri.find('/') + 1);
  if (made.rest.empty()) return std::nullopt;
  return made;
}

ApiResult<aws::Call> integration_call(const IntegrationUri& uri, const Scope& scope,
                                      const aws::HttpRequest& request, const std::string& own_url) {
  std::string operation = uri.is_path ? "" : uri.rest;
  const std::string_view target = request.headers.get("X-Amz-Target");
  if (!target.empty() && operation.empty()) operation = target.substr(target.rfind('.') + 1);
  Value input = Value::object();
  const bool is_form =
      request.headers.get("Content-Type").starts_with("application/x-www-form-urlencoded") ||
      request.body.find("Action=") == 0;
  if (is_form || request.body.empty()) {
    aws::QueryParameters parameters = aws::parse_query(request.query);
    const aws::QueryParameters form = aws::parse_query(request.body);
    parameters.insert(parameters.end(), form.begin(), form.end());
    input = form_input(parameters, operation);
  } else {
    base::Result<Value> body = json::parse(request.body);
    if (!body || !body->is_object()) {
      return ApiError("SerializationException", "The request's body is no JSON object", 400);
    }
    input = *std::move(body);
  }
  if (operation.empty() || operation.find('/') != std::string::npos) {
    return ApiError("UnknownOperationException",
                    "The integration's request names no operation of " + uri.service, 400);
  }
  if (uri.is_path && uri.service == "sqs" && input.find("QueueUrl") == nullptr) {
    input = input.with_member("QueueUrl", Value(own_url + "/" + uri.rest));
  }
  aws::Call call = call_for(scope, model_of(uri.service), std::move(operation), std::move(input));
  if (!uri.region.empty()) call.region = uri.region;
  return call;
}

aws::HttpResponse integration_answer(const IntegrationUri& uri, const std::string& operation,
                                     const ApiResult<Value>& answer) {
  const bool is_query = uri.service == "sqs" || uri.service == "sns";
  aws::HttpResponse response;
  response.headers.set("Content-Type",
                       is_query ? "application/json" : "application/x-amz-json-1.0");
  if (!answer) {
    const ApiError& error = answer.error();
    response.status =
        error.status >= 400 ? error.status : (error.fault == aws::Fault::Sender ? 400 : 500);
    ObjectBuilder body;
    if (is_query) {
      ObjectBuilder inner;
      inner.set("Code", Value(error.code)).set("Message", Value(error.message.value_or("")));
      body.set("Error", std::move(inner).build());
    } else {
      body.set("__type", Value(error.code));
      if (error.message) body.set("message", Value(*error.message));
    }
    response.body = json::write(std::move(body).build());
    return response;
  }
  if (!is_query) {
    response.body = json::write(*answer);
    return response;
  }
  // What the Query protocol has as XML, API Gateway asks for as JSON.
  ObjectBuilder metadata;
  metadata.set("RequestId", Value(new_uuid()));
  ObjectBuilder inner;
  inner.set(operation + "Result", *answer).set("ResponseMetadata", std::move(metadata).build());
  ObjectBuilder body;
  body.set(operation + "Response", std::move(inner).build());
  response.body = json::write(std::move(body).build());
  return response;
}

}  // namespace pawl::apigateway
