// SPDX-License-Identifier: Apache-2.0
// What answers a method: nothing (MOCK), a function, an operation of a service, an HTTP endpoint;
// and how requests and responses are mapped (Developer Guide "Integrations for REST APIs").
#include <algorithm>
#include <utility>

#include "base/bytes.h"
#include "json/members.h"
#include "json/parse.h"
#include "services/apigateway/proxy_event.h"
#include "services/apigateway/rest/gateway_call.h"
#include "services/apigateway/rest/rest_gateway.h"
#include "text/wildcard.h"

namespace pawl::apigateway {
namespace {

using Type = RestIntegration::Type;
using json::Value;

constexpr const char* kServerError = "Internal server error";

bool is_clean(std::string_view text) {
  return std::none_of(text.begin(), text.end(),
                      [](char c) { return c == '\r' || c == '\n' || c == '\0'; });
}

/// "application/json" of "application/json; charset=utf-8".
std::string media_type(std::string_view content_type) {
  std::string type = aws::lower_ascii(content_type.substr(0, content_type.find(';')));
  while (type.ends_with(' ')) type.pop_back();
  return type.empty() ? "application/json" : type;
}

const BodyTemplate* template_for(const std::vector<BodyTemplate>& templates,
                                 const std::string& type) {
  for (const std::string_view wanted : {std::string_view(type), std::string_view("$default")}) {
    for (const BodyTemplate& each : templates) {
      if (aws::equals_ignoring_case(each.content_type, wanted)) return &each;
    }
  }
  return nullptr;
}

bool is_binary(const std::vector<std::string>& binary_types, std::string_view content_type) {
  if (content_type.empty()) return false;
  const std::string type = media_type(content_type);
  return std::any_of(binary_types.begin(), binary_types.end(), [&](const std::string& each) {
    return text::matches_wildcard(aws::lower_ascii(each), type, {.question_mark = true});
  });
}

std::string fill_path(const std::string& uri, const TextMap& values) {
  std::string out;
  std::string_view rest = uri;
  while (true) {
    const size_t begin = rest.find('{');
    const size_t end = begin == std::string_view::npos ? begin : rest.find('}', begin);
    if (end == std::string_view::npos) return out.append(rest);
    out.append(rest.substr(0, begin));
    std::string_view name = rest.substr(begin + 1, end - begin - 1);
    if (name.ends_with('+')) name.remove_suffix(1);
    const auto value = values.find(name);
    if (value != values.end()) {
      out += aws::uri_encode(value->second, "/:@!$&'()*+,;=");
    } else {
      out.append(rest.substr(begin, end + 1 - begin));
    }
    rest.remove_prefix(end + 1);
  }
}

/// The message of a function's error, which selection patterns are for.
std::string error_message(const std::string& payload) {
  const base::Result<Value> error = json::parse(payload);
  return error && error->is_object() ? text_member(*error, "errorMessage") : payload;
}

}  // namespace

void RestGateway::integration_failed(const CallPointer& call, int status, const char* type,
                                     std::string_view message, std::string why) {
  if (call->is_answered) return;
  call->exchange.integration_error = std::move(why);
  call->exchange.integration_ms = ports_.loop.now().ms - call->integration_began.ms;
  refuse(call, type, message, status);
}

void RestGateway::timed_out(const CallPointer& call) {
  integration_failed(call, 504, "INTEGRATION_TIMEOUT", "Endpoint request timed out", "time-out");
}

void RestGateway::integrate(const CallPointer& call) {
  if (!call->method->integration) {
    return refuse(call, "API_CONFIGURATION_ERROR", kServerError);
  }
  const RestIntegration& integration = call->integration();
  call->integration_began = ports_.loop.now();
  if (integration.type == Type::AwsProxy) return integrate_proxy(call);
  std::optional<aws::HttpRequest> sent = mapped_request(call);
  if (!sent) return;
  if (integration.type == Type::Mock) {
    call->exchange.integration_error.clear();
    const base::Result<Value> body = json::parse(sent->body);
    const int64_t status = body && body->is_object() ? integer_member(*body, "statusCode") : 0;
    if (status == 0) {
      return integration_failed(call, 500, "DEFAULT_5XX", kServerError,
                                "Unable to parse statusCode. It should be an integer and should "
                                "be defined in request template.");
    }
    aws::HttpResponse response;
    response.status = static_cast<int>(status);
    return integrated(call, std::move(response), std::to_string(status));
  }
  call->timer = ports_.loop.run_at({call->integration_began.ms + integration.timeout_ms},
                                   [this, call] { timed_out(call); });
  const bool is_function = integration.action && integration.action->service == "lambda";
  if (integration.type == Type::Aws) {
    if (is_function) return integrate_function(call, *sent);
    return integrate_action(call, *std::move(sent));
  }
  integrate_url(call, *std::move(sent));
}

std::optional<aws::HttpRequest> RestGateway::mapped_request(const CallPointer& call) {
  const GatewayExchange& exchange = call->exchange;
  const RestIntegration& integration = call->integration();
  const aws::HttpRequest& request = *exchange.http;
  const bool passes_all = integration.type == Type::HttpProxy;
  aws::HttpRequest sent;
  aws::QueryParameters query;
  TextMap path;
  if (passes_all) {
    for (const auto& [name, value] : request.headers) {
      if (!is_connection_header(name)) sent.headers.add(name, value);
    }
    query = exchange.query;
  }
  for (const auto& [name, value] : exchange.path_parameters) path[name] = value;
  for (const RestMapping& mapping : integration.parameters) {
    const std::optional<std::string> value = mapping.value.evaluate(exchange);
    if (!value) continue;
    if (mapping.place == "header" && is_clean(*value)) sent.headers.set(mapping.name, *value);
    if (mapping.place == "querystring") {
      std::erase_if(query, [&](const auto& each) { return each.first == mapping.name; });
      query.emplace_back(mapping.name, *value);
    }
    if (mapping.place == "path") path[mapping.name] = *value;
  }
  sent.body = request.body;
  if (!passes_all) {
    const std::string type = media_type(request.headers.get("Content-Type"));
    const BodyTemplate* made = template_for(integration.templates, type);
    if (made != nullptr) {
      auto rendered = made->made ? render_template(*made->made, exchange, request.body, false)
                                 : base::Result<RenderedTemplate>(made->made.error());
      if (!rendered) {
        integration_failed(call, 500, "DEFAULT_5XX", kServerError, rendered.error().message);
        return std::nullopt;
      }
      sent.body = std::move(rendered->text);
      for (const auto& [name, value] : rendered->headers) {
        if (is_clean(value)) sent.headers.set(name, value);
      }
      for (const auto& [name, value] : rendered->query) query.emplace_back(name, value);
      for (const auto& [name, value] : rendered->path) path[name] = value;
    } else if (integration.passthrough == "NEVER" ||
               (integration.passthrough == "WHEN_NO_TEMPLATES" && !integration.templates.empty())) {
      refuse(call, "UNSUPPORTED_MEDIA_TYPE", "Unsupported Media Type");
      return std::nullopt;
    }
    if (!sent.headers.has("Content-Type")) sent.headers.set("Content-Type", type);
  }
  sent.method = integration.method.empty() || integration.method == "ANY" ? request.method
                                                                          : integration.method;
  sent.path = fill_path(with_stage_variables(integration.uri, exchange.stage_variables), path);
  sent.query = aws::write_query(query);
  return sent;
}

void RestGateway::integrate_proxy(const CallPointer& call) {
  const RestIntegration& integration = call->integration();
  GatewayExchange& exchange = call->exchange;
  call->timer = ports_.loop.run_at({call->integration_began.ms + integration.timeout_ms},
                                   [this, call] { timed_out(call); });
  const bool binary =
      is_binary(call->deployment->binary_types, exchange.http->headers.get("Content-Type"));
  invoke_function(
      ports_.caller, exchange.scope, function_of_uri(integration.uri, exchange.stage_variables),
      rest_event(exchange, binary), /*as_event=*/false, [this, call](const FunctionResult& result) {
        if (call->is_answered) return;
        if (result.outcome != FunctionResult::Outcome::Answered) {
          const bool is_gone = result.outcome == FunctionResult::Outcome::NotThere;
          return integration_failed(call, is_gone ? 500 : 502, "DEFAULT_5XX", kServerError,
                                    result.error);
        }
        std::optional<aws::HttpResponse> response = response_1(result.payload);
        if (!response) {
          return integration_failed(
              call, 502, "DEFAULT_5XX", kServerError,
              "Execution failed due to configuration error: Malformed Lambda proxy "
              "response");
        }
        if (!response->headers.has("Content-Type")) {
          response->headers.set("Content-Type", "application/json");
        }
        passed_on(call, *std::move(response));
      });
}

void RestGateway::integrate_function(const CallPointer& call, const aws::HttpRequest& sent) {
  const GatewayExchange& exchange = call->exchange;
  const bool as_event =
      aws::equals_ignoring_case(sent.headers.get("X-Amz-Invocation-Type"), "Event");
  invoke_function(
      ports_.caller, exchange.scope,
      function_of_uri(call->integration().uri, exchange.stage_variables),
      sent.body.empty() ? "{}" : sent.body, as_event, [this, call](const FunctionResult& result) {
        if (call->is_answered) return;
        using Outcome = FunctionResult::Outcome;
        if (result.outcome == Outcome::NotThere || result.outcome == Outcome::Throttled) {
          return integration_failed(call, 500, "DEFAULT_5XX", kServerError, result.error);
        }
        aws::HttpResponse response;
        response.headers.set("Content-Type", "application/json");
        response.body = result.payload;
        integrated(call, std::move(response),
                   result.outcome == Outcome::Failed ? error_message(result.payload) : "");
      });
}

void RestGateway::integrate_action(const CallPointer& call, aws::HttpRequest sent) {
  const RestIntegration& integration = call->integration();
  if (!integration.action) {
    return integration_failed(call, 500, "API_CONFIGURATION_ERROR", kServerError,
                              "the integration's URI names no operation");
  }
  IntegrationUri uri = *integration.action;
  if (const auto filled = parse_integration_uri(sent.path)) uri = *filled;
  aws::ApiResult<aws::Call> made =
      integration_call(uri, call->exchange.scope, sent, ports_.endpoint_url());
  if (!made) {
    return integrated(call, integration_answer(uri, "", made.error()), "400");
  }
  const std::string operation = made->operation;
  ports_.caller.call(*std::move(made),
                     [this, call, uri, operation](const aws::ApiResult<Value>& answer) {
                       if (call->is_answered) return;
                       aws::HttpResponse response = integration_answer(uri, operation, answer);
                       const std::string status = std::to_string(response.status);
                       integrated(call, std::move(response), status);
                     });
}

void RestGateway::integrate_url(const CallPointer& call, aws::HttpRequest sent) {
  const std::optional<HttpPlace> place = read_url(sent.path);
  if (!place) {
    return integration_failed(call, 500, "API_CONFIGURATION_ERROR", kServerError,
                              "Invalid endpoint address");
  }
  sent.path = place->path;
  if (!place->query.empty()) {
    sent.query = place->query + (sent.query.empty() ? "" : "&" + sent.query);
  }
  const bool is_proxy = call->integration().type == Type::HttpProxy;
  ports_.transport.send(place->origin, std::move(sent),
                        [this, call, is_proxy](base::Result<aws::HttpResponse> answer) {
                          if (call->is_answered) return;
                          if (!answer) {
                            return integration_failed(call, 500, "INTEGRATION_FAILURE",
                                                      kServerError, answer.error().message);
                          }
                          aws::Headers kept;
                          for (const auto& [name, value] : answer->headers) {
                            if (!is_connection_header(name)) kept.add(name, value);
                          }
                          answer->headers = std::move(kept);
                          if (is_proxy) return passed_on(call, *std::move(answer));
                          const std::string status = std::to_string(answer->status);
                          integrated(call, *std::move(answer), status);
                        });
}

void RestGateway::passed_on(const CallPointer& call, aws::HttpResponse response) {
  call->exchange.integration_status = response.status;
  call->exchange.integration_ms = ports_.loop.now().ms - call->integration_began.ms;
  finish(call, std::move(response));
}

void RestGateway::integrated(const CallPointer& call, aws::HttpResponse response,
                             const std::string& selected) {
  GatewayExchange& exchange = call->exchange;
  exchange.integration_status = response.status;
  exchange.integration_ms = ports_.loop.now().ms - call->integration_began.ms;
  const RestIntegrationResponse* chosen = nullptr;
  for (const RestIntegrationResponse& each : call->integration().responses) {
    if (each.is_default) {
      if (chosen == nullptr) chosen = &each;
    } else if (!selected.empty() && each.pattern && each.pattern->matches_whole(selected)) {
      chosen = &each;
      break;
    }
  }
  if (chosen == nullptr) {
    return integration_failed(call, 500, "API_CONFIGURATION_ERROR", kServerError,
                              "No match for output mapping and no default output mapping "
                              "configured. Endpoint Response Status Code: " +
                                  std::to_string(response.status));
  }
  aws::HttpResponse made;
  made.status = chosen->status;
  const std::string type = media_type(response.headers.get("Content-Type"));
  const BodyTemplate* body = template_for(chosen->templates, type);
  if (body == nullptr && !chosen->templates.empty()) body = &chosen->templates.front();
  made.headers.set("Content-Type", body != nullptr ? body->content_type : type);
  made.body = response.body;
  if (body != nullptr) {
    auto rendered = body->made ? render_template(*body->made, exchange, response.body, true)
                               : base::Result<RenderedTemplate>(body->made.error());
    if (!rendered) {
      return integration_failed(call, 500, "DEFAULT_5XX", kServerError, rendered.error().message);
    }
    made.body = std::move(rendered->text);
    for (const auto& [name, value] : rendered->headers) {
      if (is_clean(name) && is_clean(value)) made.headers.set(name, value);
    }
    if (rendered->status) made.status = *rendered->status;
  }
  for (const RestMapping& mapping : chosen->parameters) {
    const std::optional<std::string> value = mapping.value.evaluate(exchange, &response);
    if (value && is_clean(*value)) made.headers.set(mapping.name, *value);
  }
  if (chosen->content_handling == "CONVERT_TO_BINARY") {
    if (auto bytes = base::base64_decode(made.body)) made.body = *std::move(bytes);
  } else if (chosen->content_handling == "CONVERT_TO_TEXT") {
    made.body = base::base64_encode(made.body);
  }
  finish(call, std::move(made));
}

}  // namespace pawl::apigateway
