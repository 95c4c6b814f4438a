// SPDX-License-Identifier: Apache-2.0
#include "integration/http_task.h"

#include <memory>
#include <string>
#include <utility>

#include "base/bytes.h"
#include "integration/http_exchange.h"
#include "integration/service_call.h"
#include "json/parse.h"
#include "json/write.h"

namespace pawl::integration {
namespace {

using asl::ExecutionError;
using base::Error;
using base::ErrorKind;
using base::Result;
using json::Value;

constexpr std::string_view kJsonType = "application/json";
constexpr std::string_view kFormType = "application/x-www-form-urlencoded;charset=utf-8";

Error missing(std::string_view field) {
  return Error(ErrorKind::InvalidSyntax,
               "The field '" + std::string(field) + "' is required but was missing");
}

Error invalid(std::string_view field) {
  return Error(ErrorKind::InvalidSyntax,
               "The value of the field '" + std::string(field) + "' has an invalid format");
}

const Value* present(const Value& parameters, std::string_view name) {
  const Value* value = parameters.find(name);
  return value == nullptr || value->is_null() ? nullptr : value;
}

Result<std::string> text_of(const Value& parameters, std::string_view name) {
  const Value* value = present(parameters, name);
  if (value == nullptr) return missing(name);
  if (!value->is_string()) return invalid(name);
  return std::string(value->as_string());
}

/// What both kinds of task ask for. Texts only: it goes to other threads.
struct HttpInvocation {
  std::string url;
  aws::HttpRequest request;
  std::string json_body;  ///< of http:invoke, until the connection's parameters are in; "": none
  bool is_form = false;
  ArrayFormat array_format = ArrayFormat::Indices;
  std::string connection_arn;
  std::string region;
  std::shared_ptr<engine::HttpTrace> trace;  ///< may be null
};

Result<void> read_common(const Value& parameters, HttpInvocation& invocation) {
  const std::string method = PAWL_TRY(text_of(parameters, "Method"));
  if (!is_http_method(method)) return invalid("Method");
  invocation.request.method = method;
  if (const Value* headers = present(parameters, "Headers"))
    invocation.request.headers = PAWL_TRY(headers_of(*headers));
  if (const Value* query = present(parameters, "QueryParameters"))
    invocation.url =
        with_query(std::move(invocation.url), PAWL_TRY(encode_query_parameters(*query)));
  return {};
}

/// "Transform": {"RequestBodyEncoding": "URL_ENCODED", "RequestEncodingOptions": {"ArrayFormat":
/// …}}
Result<void> read_transform(const Value& parameters, HttpInvocation& invocation) {
  const Value* transform = present(parameters, "Transform");
  if (transform == nullptr) return {};
  const Value* encoding = present(*transform, "RequestBodyEncoding");
  if (encoding != nullptr && plain_text(*encoding) == "URL_ENCODED") {
    invocation.is_form = true;
  } else if (encoding != nullptr && plain_text(*encoding) != "NONE") {
    return invalid("RequestBodyEncoding");
  }
  const Value* options = present(*transform, "RequestEncodingOptions");
  const Value* format = options == nullptr ? nullptr : present(*options, "ArrayFormat");
  if (format == nullptr) return {};
  const auto named = array_format_named(plain_text(*format));
  if (!named) return invalid("ArrayFormat");
  invocation.array_format = *named;
  return {};
}

Result<HttpInvocation> read_http_invocation(const Value& parameters, const std::string& region) {
  HttpInvocation invocation;
  invocation.url = PAWL_TRY(text_of(parameters, "ApiEndpoint"));
  if (!invocation.url.starts_with("https://") && !invocation.url.starts_with("http://"))
    return invalid("ApiEndpoint");
  invocation.region = region;
  PAWL_TRY_VOID(read_common(parameters, invocation));
  for (const auto& [name, text] : invocation.request.headers) {
    if (is_forbidden_http_header(name)) {
      return Error(ErrorKind::InvalidSyntax,
                   "The header '" + name + "' is not supported by Step Functions");
    }
  }
  PAWL_TRY_VOID(read_transform(parameters, invocation));
  // Private APIs say it in InvocationConfig.
  for (const std::string_view member : {"Authentication", "InvocationConfig"}) {
    const Value* config = present(parameters, member);
    if (config != nullptr && present(*config, "ConnectionArn") != nullptr)
      invocation.connection_arn = PAWL_TRY(text_of(*config, "ConnectionArn"));
  }
  if (invocation.connection_arn.empty()) return missing("Authentication");
  if (const Value* body = present(parameters, "RequestBody"))
    invocation.json_body = json::write(*body);
  return invocation;
}

/// RequestBody with the connection's body parameters, encoded, and its type if none is given.
void finish_body(HttpInvocation& invocation, const NamedTexts& added) {
  if (invocation.json_body.empty() && added.empty()) return;
  Value body = Value::object();
  if (!invocation.json_body.empty()) {
    Result<Value> parsed = json::parse(invocation.json_body);
    if (parsed) body = *std::move(parsed);
  }
  if (body.is_object()) {
    for (const auto& [name, text] : added) body = body.with_member(name, Value(text));
  }
  aws::HttpRequest& request = invocation.request;
  const bool as_form = invocation.is_form && body.is_object();
  request.body = as_form ? encode_form(body, invocation.array_format) : plain_text(body);
  if (!request.headers.has("content-type"))
    request.headers.set("Content-Type", as_form ? kFormType : kJsonType);
}

void authorize(aws::Headers& headers, const EventConnection& connection, const std::string& token) {
  switch (connection.authorization) {
    case EventConnection::Authorization::Basic:
      headers.set("Authorization",
                  "Basic " + base::base64_encode(connection.name + ":" + connection.secret));
      break;
    case EventConnection::Authorization::ApiKey:
      headers.set(connection.name, connection.secret);
      break;
    case EventConnection::Authorization::OAuth:
      headers.set("Authorization", "Bearer " + token);
      break;
  }
}

/// The connection's own values replace the task's.
void add_parameters(HttpInvocation& invocation, const HttpParameters& parameters) {
  aws::Headers& headers = invocation.request.headers;
  finish_body(invocation, parameters.body);
  headers.set("User-Agent", "Amazon|StepFunctions|HttpInvoke|" + invocation.region);
  if (!headers.has("range")) headers.set("Range", "bytes=0-262144");
  add_headers(headers, parameters.headers);
  invocation.url = with_query(std::move(invocation.url), encode_pairs(parameters.query));
}

void answer_http(const TaskAnswer& answer, const std::string& url, engine::HttpTrace* trace,
                 const Result<aws::HttpResponse>& response) {
  if (trace != nullptr && response) trace->received(traced_response(url, *response));
  if (!response) {
    return answer.failed({.error = "States.Http.Socket", .cause = response.error().message});
  }
  const Value result = http_result(*response, /*lower_case_headers=*/true);
  if (response->status >= 200 && response->status < 300)
    return answer.succeeded(text_payload(result));
  answer.failed({.error = "States.Http.StatusCode." + std::to_string(response->status),
                 .cause = json::write(result)});
}

void send_http(aws::HttpTransport& transport, HttpInvocation invocation,
               const EventConnection& connection, const std::string& token,
               const TaskAnswer& answer) {
  engine::HttpTrace* trace = invocation.trace.get();
  if (trace != nullptr && !trace->with_secrets()) {
    HttpInvocation bare = invocation;
    add_parameters(bare, {});
    trace->sent(traced_request(bare.url, bare.request));
  }
  add_parameters(invocation, connection.invocation_parameters);
  authorize(invocation.request.headers, connection, token);
  const std::string url = invocation.url;
  if (trace != nullptr && trace->with_secrets())
    trace->sent(traced_request(url, invocation.request));
  std::string origin = take_target(std::move(invocation.url), invocation.request);
  transport.send(std::move(origin), std::move(invocation.request),
                 [answer, url, held = invocation.trace](const Result<aws::HttpResponse>& response) {
                   answer_http(answer, url, held.get(), response);
                 });
}

/// RFC 6749 section 4.4: client credentials, as EventBridge sends them.
aws::HttpRequest token_request(const EventConnection& connection) {
  aws::HttpRequest request;
  request.method = connection.token_method;
  NamedTexts body = connection.token_parameters.body;
  const auto add = [&body](const char* name, const std::string& text) {
    for (const auto& [given, value] : body) {
      if (given == name) return;
    }
    body.emplace_back(name, text);
  };
  add("grant_type", "client_credentials");
  add("client_id", connection.name);
  add("client_secret", connection.secret);
  request.body = encode_pairs(body);
  request.headers.set("Content-Type", kFormType);
  add_headers(request.headers, connection.token_parameters.headers);
  return request;
}

ExecutionError no_token(const std::string& why) {
  return {.error = "Events.ConnectionResource.InvalidConnectionState",
          .cause = "The authorization endpoint of the connection gave no token: " + why};
}

void send_with_token(aws::HttpTransport& transport, HttpInvocation invocation,
                     const EventConnection& connection, const TaskAnswer& answer) {
  aws::HttpRequest request = token_request(connection);
  std::string origin = take_target(
      with_query(connection.token_url, encode_pairs(connection.token_parameters.query)), request);
  transport.send(std::move(origin), std::move(request),
                 [&transport, invocation = std::move(invocation), connection,
                  answer](const Result<aws::HttpResponse>& response) {
                   if (!response) return answer.failed(no_token(response.error().message));
                   const Result<Value> parsed = json::parse(response->body);
                   const Value* token = parsed ? parsed->find("access_token") : nullptr;
                   if (response->status >= 300 || token == nullptr || !token->is_string())
                     return answer.failed(no_token("status " + std::to_string(response->status)));
                   send_http(transport, invocation, connection, std::string(token->as_string()),
                             answer);
                 });
}

/// "API-ID.execute-api.REGION.amazonaws.com", "prod", "/pets"; a URL is taken as it is.
Result<HttpInvocation> read_gateway_invocation(const Value& parameters) {
  HttpInvocation invocation;
  const std::string endpoint = PAWL_TRY(text_of(parameters, "ApiEndpoint"));
  invocation.url = endpoint.find("://") == std::string::npos ? "https://" + endpoint : endpoint;
  while (invocation.url.ends_with('/')) invocation.url.pop_back();
  if (const Value* stage = present(parameters, "Stage"))
    invocation.url += "/" + aws::uri_encode(plain_text(*stage), "$");
  if (const Value* path = present(parameters, "Path")) {
    const std::string text = plain_text(*path);
    if (!text.empty()) invocation.url += (text.front() == '/' ? "" : "/") + text;
  }
  PAWL_TRY_VOID(read_common(parameters, invocation));
  if (const Value* body = present(parameters, "RequestBody")) {
    invocation.request.body = plain_text(*body);
    if (!invocation.request.headers.has("content-type"))
      invocation.request.headers.set("Content-Type", kJsonType);
  }
  return invocation;
}

}  // namespace

void HttpTask::call_http(const engine::TaskRequest& request, const TaskAnswer& answer) {
  Result<HttpInvocation> read =
      read_http_invocation(request.command.parameters.value(), request.info->region);
  if (!read) return answer.failed(unusable_parameters(request, read.error().message));
  read->trace = request.http_trace;
  const std::string connection_arn = read->connection_arn;
  connections_.read(connection_arn, make_call(request),
                    [&transport = transport_, invocation = *std::move(read),
                     answer](const tl::expected<EventConnection, ExecutionError>& connection) {
                      if (!connection) return answer.failed(connection.error());
                      if (connection->authorization == EventConnection::Authorization::OAuth)
                        return send_with_token(transport, invocation, *connection, answer);
                      send_http(transport, invocation, *connection, {}, answer);
                    });
}

void HttpTask::call_api_gateway(const engine::TaskRequest& request, const TaskAnswer& answer) {
  Result<HttpInvocation> read = read_gateway_invocation(request.command.parameters.value());
  if (!read) return answer.failed(unusable_parameters(request, read.error().message));
  const bool waits =
      request.task_state().resource.pattern == asl::IntegrationPattern::WaitForTaskToken;
  std::string origin = take_target(std::move(read->url), read->request);
  transport_.send(
      std::move(origin), std::move(read->request),
      [answer, waits](const Result<aws::HttpResponse>& response) {
        if (!response) {
          return answer.failed({.error = std::string(asl::error_name::kTaskFailed),
                                .cause = response.error().message});
        }
        const Value result = http_result(*response, /*lower_case_headers=*/false);
        if (response->status >= 400) {
          return answer.failed(
              {.error = "ApiGateway." + std::to_string(response->status), .cause = response->body});
        }
        if (waits) return answer.submitted(text_payload(result));
        answer.succeeded(text_payload(result));
      });
}

}  // namespace pawl::integration
