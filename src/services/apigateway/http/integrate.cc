// SPDX-License-Identifier: Apache-2.0
// What answers a route: a Lambda function, an operation of a service, an HTTP endpoint (Developer
// Guide "Create integrations for HTTP APIs").
#include <algorithm>
#include <utility>

#include "services/apigateway/http/gateway_call.h"
#include "services/apigateway/http/http_gateway.h"
#include "services/apigateway/proxy_event.h"

namespace pawl::apigateway {
namespace {

using Action = ParameterMapping::Action;
using Place = ParameterMapping::Place;

/// "Header names that begin with these, and these, cannot be mapped."
bool is_reserved_header(std::string_view name) {
  const std::string lower = aws::lower_ascii(name);
  return is_connection_header(lower) || lower.starts_with("x-amzn-") ||
         lower.starts_with("x-amz-") || lower.starts_with("apigw-") || lower == "authorization" ||
         lower == "via" || lower == "www-authenticate" || lower == "forwarded";
}

bool is_clean(std::string_view text) {
  return std::none_of(text.begin(), text.end(),
                      [](char c) { return c == '\r' || c == '\n' || c == '\0'; });
}

void map_header(const ParameterMapping& mapping, const std::optional<std::string>& value,
                aws::Headers& headers) {
  if (is_reserved_header(mapping.name) || !is_clean(mapping.name)) return;
  if (mapping.action == Action::Remove) return headers.remove(mapping.name);
  if (!value || !is_clean(*value)) return;
  if (mapping.action == Action::Append) {
    const std::string before(headers.get(mapping.name));
    headers.set(mapping.name, before.empty() ? *value : before + "," + *value);
  } else {
    headers.set(mapping.name, *value);
  }
}

void map_query(const ParameterMapping& mapping, const std::optional<std::string>& value,
               aws::QueryParameters& query) {
  if (mapping.action != Action::Append) {
    std::erase_if(query, [&](const auto& each) { return each.first == mapping.name; });
  }
  if (mapping.action != Action::Remove && value) query.emplace_back(mapping.name, *value);
}

/// "{name}" and "{name+}" of a URI by the path's variables, as the client encoded them if it did.
std::string fill_uri(const std::string& uri, const GatewayExchange& exchange) {
  std::string out;
  std::string_view rest = uri;
  while (true) {
    const size_t begin = rest.find('{');
    const size_t end = begin == std::string_view::npos ? begin : rest.find('}', begin);
    if (end == std::string_view::npos) return out.append(rest);
    out.append(rest.substr(0, begin));
    std::string_view name = rest.substr(begin + 1, end - begin - 1);
    if (name.ends_with('+')) name.remove_suffix(1);
    if (const std::string* value = exchange.path_parameter(name)) {
      out += aws::uri_encode(*value, "/:@!$&'()*+,;=");
    } else {
      out.append(rest.substr(begin, end + 1 - begin));
    }
    rest.remove_prefix(end + 1);
  }
}

}  // namespace

void HttpGateway::integrate(const CallPointer& call) {
  if (!call->route->integration) return refuse(call, 500, "Internal Server Error");
  const HttpIntegration& integration = call->stage->table->integrations[*call->route->integration];
  call->integration_began = ports_.loop.now();
  call->timer =
      ports_.loop.run_at({call->integration_began.ms + integration.timeout_ms}, [this, call] {
        integration_failed(call, 503, "Service Unavailable",
                           "Network error communicating with endpoint: time-out");
      });
  if (integration.first_class != nullptr) return integrate_action(call, integration);
  if (integration.is_lambda) return integrate_function(call, integration);
  integrate_url(call, integration);
}

void HttpGateway::integration_failed(const CallPointer& call, int status, std::string_view message,
                                     std::string why) {
  if (call->is_answered) return;
  call->exchange.integration_error = std::move(why);
  call->exchange.integration_ms = ports_.loop.now().ms - call->integration_began.ms;
  refuse(call, status, message);
}

void HttpGateway::integrate_function(const CallPointer& call, const HttpIntegration& integration) {
  const GatewayExchange& exchange = call->exchange;
  const std::string function = function_of_uri(integration.uri, exchange.stage_variables);
  const bool is_format_2 = integration.is_format_2;
  invoke_function(
      ports_.caller, exchange.scope, function, is_format_2 ? event_2(exchange) : event_1(exchange),
      /*as_event=*/false, [this, call, is_format_2](const FunctionResult& result) {
        if (call->is_answered) return;
        using Outcome = FunctionResult::Outcome;
        if (result.outcome == Outcome::Throttled) {
          return integration_failed(call, 503, "Service Unavailable", result.error);
        }
        if (result.outcome != Outcome::Answered) {
          return integration_failed(call, 500, "Internal Server Error", result.error);
        }
        std::optional<aws::HttpResponse> response =
            is_format_2 ? response_2(result.payload) : response_1(result.payload);
        if (!response) {
          return integration_failed(call, 500, "Internal Server Error",
                                    "The response from the Lambda function is malformed");
        }
        integrated(call, *std::move(response));
      });
}

void HttpGateway::integrate_action(const CallPointer& call, const HttpIntegration& integration) {
  const FirstClassAction& action = *integration.first_class;
  TextMap values;
  for (const auto& [name, expression] : integration.parameters) {
    if (std::optional<std::string> value = expression.evaluate(call->exchange)) {
      values.emplace(name, *std::move(value));
    }
  }
  aws::ApiResult<aws::Call> made = first_class_call(action, call->exchange.scope, values);
  if (!made) {
    return integration_failed(call, 400, "Bad Request", made.error().message.value_or(""));
  }
  ports_.caller.call(*std::move(made), [this, call,
                                        &action](const aws::ApiResult<json::Value>& answer) {
    if (call->is_answered) return;
    if (!answer && (answer.error().status == 0 && answer.error().code == "SdkClientException")) {
      return integration_failed(call, 503, "Service Unavailable",
                                answer.error().message.value_or(""));
    }
    if (!answer) {
      call->exchange.integration_error = answer.error().message.value_or(answer.error().code);
    }
    integrated(call, first_class_response(action, answer));
  });
}

void HttpGateway::integrate_url(const CallPointer& call, const HttpIntegration& integration) {
  const GatewayExchange& exchange = call->exchange;
  const aws::HttpRequest& request = *exchange.http;
  const std::optional<HttpPlace> place =
      read_url(fill_uri(with_stage_variables(integration.uri, exchange.stage_variables), exchange));
  if (!place) {
    return integration_failed(call, 500, "Internal Server Error", "Invalid integration URI");
  }
  aws::HttpRequest sent;
  sent.method = integration.method.empty() || integration.method == "ANY" ? request.method
                                                                          : integration.method;
  sent.path = place->path;
  aws::QueryParameters query = aws::parse_query(place->query);
  query.insert(query.end(), exchange.query.begin(), exchange.query.end());
  for (const auto& [name, value] : request.headers) {
    if (!is_connection_header(name)) sent.headers.add(name, value);
  }
  for (const ParameterMapping& mapping : integration.request) {
    const std::optional<std::string> value = mapping.value.evaluate(exchange);
    if (mapping.place == Place::Header) map_header(mapping, value, sent.headers);
    if (mapping.place == Place::Query) map_query(mapping, value, query);
    if (mapping.place == Place::Path && value) {
      sent.path =
          aws::uri_encode(value->starts_with('/') ? *value : "/" + *value, "/:@!$&'()*+,;=%");
    }
  }
  sent.query = aws::write_query(query);
  sent.headers.set("Forwarded", "by=127.0.0.1;for=" + source_ip(request) +
                                    ";host=" + exchange.domain_name + ";proto=http");
  sent.headers.set("Via", "HTTP/1.1 AmazonAPIGateway");
  sent.body = request.body;
  ports_.transport.send(
      place->origin, std::move(sent), [this, call](base::Result<aws::HttpResponse> answer) {
        if (call->is_answered) return;
        if (!answer) {
          return integration_failed(call, 503, "Service Unavailable", answer.error().message);
        }
        aws::Headers kept;
        for (const auto& [name, value] : answer->headers) {
          if (!is_connection_header(name)) kept.add(name, value);
        }
        answer->headers = std::move(kept);
        integrated(call, *std::move(answer));
      });
}

void HttpGateway::integrated(const CallPointer& call, aws::HttpResponse response) {
  GatewayExchange& exchange = call->exchange;
  exchange.integration_status = response.status;
  exchange.integration_ms = ports_.loop.now().ms - call->integration_began.ms;
  const HttpIntegration& integration = call->stage->table->integrations[*call->route->integration];
  const auto mappings = integration.responses.find(response.status);
  if (mappings != integration.responses.end()) {
    const aws::HttpResponse original = response;
    for (const ParameterMapping& mapping : mappings->second) {
      const std::optional<std::string> value = mapping.value.evaluate(exchange, &original);
      if (mapping.place == Place::Header) map_header(mapping, value, response.headers);
      if (mapping.place == Place::StatusCode && value) {
        const long status = std::strtol(value->c_str(), nullptr, 10);
        if (status >= 100 && status <= 599) response.status = static_cast<int>(status);
      }
    }
  }
  finish(call, std::move(response));
}

}  // namespace pawl::apigateway
