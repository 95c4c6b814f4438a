// SPDX-License-Identifier: Apache-2.0
#include "services/apigateway/proxy_event.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "json/parse.h"
#include "json/write.h"

namespace pawl::apigateway {
namespace {

using json::ObjectBuilder;
using json::Value;
using Pairs = std::vector<std::pair<std::string, std::string>>;

/// {} is null in these events.
Value or_null(ObjectBuilder&& members) {
  return members.empty() ? Value() : std::move(members).build();
}

Value text_or_null(std::string_view text) { return text.empty() ? Value() : Value(text); }

Value parsed_or_null(const std::string& text) {
  if (text.empty()) return {};
  base::Result<Value> value = json::parse(text);
  return value ? *std::move(value) : Value();
}

Pairs headers_of(const aws::HttpRequest& request, bool lower_case) {
  Pairs pairs;
  for (const auto& [name, value] : request.headers) {
    pairs.emplace_back(lower_case ? aws::lower_ascii(name) : name, value);
  }
  return pairs;
}

/// Format 2.0: "Headers and query parameters with several values are combined with commas".
ObjectBuilder joined(const Pairs& pairs) {
  std::vector<std::pair<std::string, std::string>> merged;
  for (const auto& [name, value] : pairs) {
    const auto found = std::find_if(merged.begin(), merged.end(),
                                    [&](const auto& each) { return each.first == name; });
    if (found == merged.end()) {
      merged.emplace_back(name, value);
    } else {
      found->second += "," + value;
    }
  }
  ObjectBuilder out;
  for (const auto& [name, value] : merged) out.set(name, Value(value));
  return out;
}

/// Format 1.0: the last value of each.
ObjectBuilder last_values(const Pairs& pairs) {
  ObjectBuilder out;
  for (const auto& [name, value] : pairs) out.set(name, Value(value));
  return out;
}

ObjectBuilder all_values(const Pairs& pairs) {
  ObjectBuilder out;
  for (size_t i = 0; i < pairs.size(); ++i) {
    const std::string& name = pairs[i].first;
    const auto is_same = [&](const auto& each) { return each.first == name; };
    if (std::any_of(pairs.begin(), pairs.begin() + static_cast<std::ptrdiff_t>(i), is_same)) {
      continue;
    }
    std::vector<Value> values;
    for (const auto& [key, value] : pairs) {
      if (key == name) values.emplace_back(value);
    }
    out.set(name, Value::array(std::move(values)));
  }
  return out;
}

ObjectBuilder path_parameters(const GatewayExchange& exchange) {
  ObjectBuilder out;
  for (const auto& [name, value] : exchange.path_parameters) out.set(name, Value(value));
  return out;
}

ObjectBuilder stage_variables(const GatewayExchange& exchange) {
  ObjectBuilder out;
  for (const auto& [name, value] : exchange.stage_variables) out.set(name, Value(value));
  return out;
}

std::vector<Value> cookies_of(const aws::HttpRequest& request) {
  std::vector<Value> cookies;
  for (const auto& [name, text] : request.headers) {
    if (!aws::equals_ignoring_case(name, "Cookie")) continue;
    std::string_view rest = text;
    while (!rest.empty()) {
      const size_t end = std::min(rest.find(';'), rest.size());
      std::string_view cookie = rest.substr(0, end);
      while (cookie.starts_with(' ')) cookie.remove_prefix(1);
      if (!cookie.empty()) cookies.emplace_back(cookie);
      rest.remove_prefix(std::min(end + 1, rest.size()));
    }
  }
  return cookies;
}

std::string prefix_of(const GatewayExchange& exchange) {
  return exchange.domain_name.substr(0, exchange.domain_name.find('.'));
}

Value context_2(const GatewayExchange& exchange) {
  const aws::HttpRequest& request = *exchange.http;
  ObjectBuilder http;
  http.set("method", Value(request.method))
      .set("path", Value(aws::uri_decode(exchange.path)))
      .set("protocol", Value("HTTP/1.1"))
      .set("sourceIp", Value(source_ip(request)))
      .set("userAgent", Value(request.headers.get("User-Agent")));
  ObjectBuilder out;
  out.set("accountId", Value(exchange.scope.account)).set("apiId", Value(exchange.api_id));
  if (!exchange.authorizer_json.empty()) {
    out.set("authorizer", parsed_or_null(exchange.authorizer_json));
  }
  out.set("domainName", Value(exchange.domain_name))
      .set("domainPrefix", Value(prefix_of(exchange)))
      .set("http", std::move(http).build())
      .set("requestId", Value(exchange.request_id))
      .set("routeKey", Value(exchange.route_key))
      .set("stage", Value(exchange.stage))
      .set("time", Value(common_log_time(exchange.received)))
      .set("timeEpoch", Value(exchange.received.ms));
  return std::move(out).build();
}

/// Members of 1.0 that name a caller; without IAM there is none.
Value identity_1(const GatewayExchange& exchange) {
  ObjectBuilder out;
  out.set("accessKey", Value())
      .set("accountId", Value())
      .set("apiKey", text_or_null(exchange.api_key))
      .set("caller", Value())
      .set("cognitoAuthenticationProvider", Value())
      .set("cognitoAuthenticationType", Value())
      .set("cognitoIdentityId", Value())
      .set("cognitoIdentityPoolId", Value())
      .set("principalOrgId", Value())
      .set("sourceIp", Value(source_ip(*exchange.http)))
      .set("user", Value())
      .set("userAgent", text_or_null(exchange.http->headers.get("User-Agent")))
      .set("userArn", Value());
  return std::move(out).build();
}

Value context_1(const GatewayExchange& exchange, bool is_rest) {
  ObjectBuilder out;
  out.set("accountId", Value(exchange.scope.account)).set("apiId", Value(exchange.api_id));
  if (!exchange.authorizer_json.empty()) {
    out.set("authorizer", parsed_or_null(exchange.authorizer_json));
  } else if (!is_rest) {
    ObjectBuilder nobody;
    nobody.set("claims", Value()).set("scopes", Value());
    out.set("authorizer", std::move(nobody).build());
  }
  out.set("domainName", Value(exchange.domain_name))
      .set("domainPrefix", Value(prefix_of(exchange)))
      .set("extendedRequestId", Value(exchange.request_id))
      .set("httpMethod", Value(exchange.http->method))
      .set("identity", identity_1(exchange))
      .set("path", Value(aws::uri_decode(exchange.path)))
      .set("protocol", Value("HTTP/1.1"))
      .set("requestId", Value(exchange.request_id))
      .set("requestTime", Value(common_log_time(exchange.received)))
      .set("requestTimeEpoch", Value(exchange.received.ms))
      .set("resourceId", text_or_null(is_rest ? exchange.resource_id : exchange.route_key))
      .set("resourcePath", Value(exchange.resource))
      .set("stage", Value(exchange.stage));
  return std::move(out).build();
}

void set_maps_1(const GatewayExchange& exchange, ObjectBuilder& out) {
  const Pairs headers = headers_of(*exchange.http, /*lower_case=*/false);
  out.set("headers", or_null(last_values(headers)))
      .set("multiValueHeaders", or_null(all_values(headers)))
      .set("queryStringParameters", or_null(last_values(exchange.query)))
      .set("multiValueQueryStringParameters", or_null(all_values(exchange.query)))
      .set("pathParameters", or_null(path_parameters(exchange)))
      .set("stageVariables", or_null(stage_variables(exchange)));
}

void set_body(const GatewayExchange& exchange, bool as_base64, ObjectBuilder& out) {
  const std::string& body = exchange.http->body;
  if (body.empty()) {
    out.set("body", Value());
  } else {
    out.set("body", Value(as_base64 ? base::base64_encode(body) : body));
  }
  out.set("isBase64Encoded", Value(as_base64 && !body.empty()));
}

bool is_text_body(const GatewayExchange& exchange) {
  return is_text_type(exchange.http->headers.get("Content-Type"));
}

bool read_status(const Value& result, int& status) {
  const Value* given = result.find("statusCode");
  if (given == nullptr) return false;
  int64_t number = 0;
  if (given->is_string()) {
    number = std::strtol(std::string(given->as_string()).c_str(), nullptr, 10);
  } else if (!given->is_number() || !given->to_int64(number)) {
    return false;
  }
  if (number < 100 || number > 599) return false;
  status = static_cast<int>(number);
  return true;
}

/// A header's value may be a string, a number or a boolean.
bool add_header(std::string_view name, const Value& value, bool replaces, aws::Headers& headers) {
  if (value.is_null()) return true;
  if (value.is_container() || name.empty()) return false;
  const std::string text = value.is_string() ? std::string(value.as_string()) : json::write(value);
  const auto is_break = [](char c) { return c == '\r' || c == '\n' || c == '\0'; };
  if (std::any_of(text.begin(), text.end(), is_break) ||
      std::any_of(name.begin(), name.end(), [&](char c) { return is_break(c) || c == ':'; })) {
    return false;
  }
  if (replaces) {
    headers.set(name, text);
  } else {
    headers.add(name, text);
  }
  return true;
}

bool read_headers(const Value& result, aws::Headers& headers) {
  const Value* single = result.find("headers");
  if (single != nullptr && !single->is_null()) {
    if (!single->is_object()) return false;
    for (const json::Member& each : single->members()) {
      if (!add_header(each.name(), each.value, /*replaces=*/true, headers)) return false;
    }
  }
  const Value* multi = result.find("multiValueHeaders");
  if (multi == nullptr || multi->is_null()) return true;
  if (!multi->is_object()) return false;
  for (const json::Member& each : multi->members()) {
    if (!each.value.is_array()) return false;
    headers.remove(each.name());
    for (const Value& item : each.value.items()) {
      if (!add_header(each.name(), item, /*replaces=*/false, headers)) return false;
    }
  }
  return true;
}

bool read_body(const Value& result, std::string& out) {
  const Value* body = result.find("body");
  if (body == nullptr || body->is_null()) return true;
  if (!body->is_string()) return false;
  out = body->as_string();
  const Value* is_base64 = result.find("isBase64Encoded");
  if (is_base64 == nullptr || !is_base64->is_boolean() || !is_base64->as_boolean()) return true;
  std::optional<std::string> decoded = base::base64_decode(out);
  if (!decoded) return false;
  out = *std::move(decoded);
  return true;
}

std::optional<aws::HttpResponse> structured(const Value& result) {
  aws::HttpResponse response;
  if (!read_status(result, response.status) || !read_headers(result, response.headers) ||
      !read_body(result, response.body)) {
    return std::nullopt;
  }
  const Value* cookies = result.find("cookies");
  if (cookies != nullptr && cookies->is_array()) {
    for (const Value& cookie : cookies->items()) {
      if (!add_header("Set-Cookie", cookie, /*replaces=*/false, response.headers)) {
        return std::nullopt;
      }
    }
  }
  return response;
}

}  // namespace

bool is_text_type(std::string_view content_type) {
  const std::string type = aws::lower_ascii(content_type.substr(0, content_type.find(';')));
  return type.empty() || type.starts_with("text/") || type == "application/json" ||
         type == "application/javascript" || type == "application/xml" ||
         type == "application/x-www-form-urlencoded" || type.ends_with("+json") ||
         type.ends_with("+xml");
}

std::string event_2(const GatewayExchange& exchange) {
  const aws::HttpRequest& request = *exchange.http;
  Pairs headers = headers_of(request, /*lower_case=*/true);
  std::erase_if(headers, [](const auto& each) { return each.first == "cookie"; });
  ObjectBuilder event;
  event.set("version", Value("2.0"))
      .set("routeKey", Value(exchange.route_key))
      .set("rawPath", Value(aws::uri_decode(exchange.path)))
      .set("rawQueryString", Value(request.query));
  if (std::vector<Value> cookies = cookies_of(request); !cookies.empty()) {
    event.set("cookies", Value::array(std::move(cookies)));
  }
  event.set("headers", joined(headers).build());
  if (!exchange.query.empty()) event.set("queryStringParameters", joined(exchange.query).build());
  event.set("requestContext", context_2(exchange));
  if (!exchange.path_parameters.empty()) {
    event.set("pathParameters", path_parameters(exchange).build());
  }
  if (!exchange.stage_variables.empty()) {
    event.set("stageVariables", stage_variables(exchange).build());
  }
  const bool as_base64 = !request.body.empty() && !is_text_body(exchange);
  if (!request.body.empty()) {
    event.set("body", Value(as_base64 ? base::base64_encode(request.body) : request.body));
  }
  event.set("isBase64Encoded", Value(as_base64));
  return json::write(std::move(event).build());
}

std::string event_1(const GatewayExchange& exchange) {
  ObjectBuilder event;
  event.set("version", Value("1.0"))
      .set("resource", Value(exchange.resource))
      .set("path", Value(aws::uri_decode(exchange.path)))
      .set("httpMethod", Value(exchange.http->method));
  set_maps_1(exchange, event);
  event.set("requestContext", context_1(exchange, /*is_rest=*/false));
  set_body(exchange, !is_text_body(exchange), event);
  return json::write(std::move(event).build());
}

std::string rest_event(const GatewayExchange& exchange, bool is_binary) {
  ObjectBuilder event;
  event.set("resource", Value(exchange.resource))
      .set("path", Value(aws::uri_decode(exchange.resource_path)))
      .set("httpMethod", Value(exchange.http->method));
  set_maps_1(exchange, event);
  event.set("requestContext", context_1(exchange, /*is_rest=*/true));
  set_body(exchange, is_binary, event);
  return json::write(std::move(event).build());
}

std::string authorizer_event_2(const GatewayExchange& exchange, const IdentityOfAuthorizer& who) {
  const aws::HttpRequest& request = *exchange.http;
  Pairs headers = headers_of(request, /*lower_case=*/true);
  std::erase_if(headers, [](const auto& each) { return each.first == "cookie"; });
  std::vector<Value> identity;
  for (const std::string& value : who.identity_source) identity.emplace_back(value);
  ObjectBuilder event;
  event.set("version", Value("2.0"))
      .set("type", Value("REQUEST"))
      .set("routeArn", Value(who.resource_arn))
      .set("identitySource", identity.empty() ? Value() : Value::array(std::move(identity)))
      .set("routeKey", Value(exchange.route_key))
      .set("rawPath", Value(aws::uri_decode(exchange.path)))
      .set("rawQueryString", Value(request.query));
  if (std::vector<Value> cookies = cookies_of(request); !cookies.empty()) {
    event.set("cookies", Value::array(std::move(cookies)));
  }
  event.set("headers", joined(headers).build());
  if (!exchange.query.empty()) event.set("queryStringParameters", joined(exchange.query).build());
  event.set("requestContext", context_2(exchange));
  if (!exchange.path_parameters.empty()) {
    event.set("pathParameters", path_parameters(exchange).build());
  }
  if (!exchange.stage_variables.empty()) {
    event.set("stageVariables", stage_variables(exchange).build());
  }
  return json::write(std::move(event).build());
}

std::string authorizer_event_1(const GatewayExchange& exchange, const IdentityOfAuthorizer& who) {
  std::string identity;
  for (const std::string& value : who.identity_source) {
    identity += (identity.empty() ? "" : ",") + value;
  }
  ObjectBuilder event;
  event.set("version", Value("1.0"))
      .set("type", Value("REQUEST"))
      .set("methodArn", Value(who.resource_arn))
      .set("identitySource", text_or_null(identity))
      .set("authorizationToken", text_or_null(identity))
      .set("resource", Value(exchange.resource))
      .set("path", Value(aws::uri_decode(exchange.path)))
      .set("httpMethod", Value(exchange.http->method));
  set_maps_1(exchange, event);
  event.set("requestContext", context_1(exchange, /*is_rest=*/false));
  return json::write(std::move(event).build());
}

std::string rest_authorizer_event(const GatewayExchange& exchange,
                                  const IdentityOfAuthorizer& who) {
  ObjectBuilder event;
  event.set("type", Value("REQUEST"))
      .set("methodArn", Value(who.resource_arn))
      .set("resource", Value(exchange.resource))
      .set("path", Value(aws::uri_decode(exchange.resource_path)))
      .set("httpMethod", Value(exchange.http->method));
  set_maps_1(exchange, event);
  event.set("requestContext", context_1(exchange, /*is_rest=*/true));
  return json::write(std::move(event).build());
}

std::optional<aws::HttpResponse> response_2(std::string_view result) {
  const base::Result<Value> parsed = json::parse(result.empty() ? "null" : result);
  if (!parsed) return std::nullopt;
  if (parsed->is_object() && parsed->find("statusCode") != nullptr) {
    std::optional<aws::HttpResponse> response = structured(*parsed);
    if (response && !response->body.empty() && !response->headers.has("Content-Type")) {
      response->headers.set("Content-Type", "text/plain;charset=UTF-8");
    }
    return response;
  }
  aws::HttpResponse response;
  response.headers.set("Content-Type", "application/json");
  response.body = parsed->is_string() ? std::string(parsed->as_string()) : std::string(result);
  return response;
}

std::optional<aws::HttpResponse> response_1(std::string_view result) {
  const base::Result<Value> parsed = json::parse(result.empty() ? "null" : result);
  if (!parsed || !parsed->is_object()) return std::nullopt;
  return structured(*parsed);
}

}  // namespace pawl::apigateway
