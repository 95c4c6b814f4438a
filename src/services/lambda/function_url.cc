// SPDX-License-Identifier: Apache-2.0
#include "services/lambda/function_url.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <ctime>
#include <vector>

#include "base/bytes.h"
#include "json/members.h"
#include "json/parse.h"
#include "json/write.h"

namespace pawl::lambda {
namespace {

using json::ObjectBuilder;
using json::Value;

constexpr std::string_view kPath = "/_pawl/lambda-url/";
constexpr std::string_view kHostPart = ".lambda-url.";
constexpr std::string_view kStreamMark("\0\0\0\0\0\0\0\0", 8);

std::string_view without_port(std::string_view host) {
  const size_t colon = host.rfind(':');
  return colon == std::string_view::npos || host.ends_with(']') ? host : host.substr(0, colon);
}

bool may_have_names_below(std::string_view host) {
  const std::string_view name = without_port(host);
  if (name.empty() || name.front() == '[' || name == "localhost") return false;
  return std::any_of(name.begin(), name.end(),
                     [](char c) { return c != '.' && (c < '0' || c > '9'); });
}

/// "12/Mar/2020:19:03:58 +0000"
std::string common_log_time(base::Timestamp time) {
  const std::time_t seconds = time.ms / 1'000;
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  constexpr std::array<const char*, 12> kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                   "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  std::array<char, 64> text{};
  std::snprintf(text.data(), text.size(), "%02d/%s/%04d:%02d:%02d:%02d +0000", parts.tm_mday,
                kMonths[static_cast<size_t>(parts.tm_mon)], parts.tm_year + 1'900, parts.tm_hour,
                parts.tm_min, parts.tm_sec);
  return text.data();
}

bool is_text(std::string_view content_type) {
  const std::string type = aws::lower_ascii(content_type.substr(0, content_type.find(';')));
  return type.empty() || type.starts_with("text/") || type == "application/json" ||
         type == "application/javascript" || type == "application/xml" || type.ends_with("+json") ||
         type.ends_with("+xml");
}

/// "If the header or parameter is there several times, the values are joined by commas."
Value joined(const std::vector<std::pair<std::string, std::string>>& pairs) {
  Value out = Value::object();
  for (const auto& [name, value] : pairs) {
    const Value* before = out.find(name);
    out = out.with_member(
        name, Value(before == nullptr ? value : std::string(before->as_string()) + "," + value));
  }
  return out;
}

Value cookies_of(std::string_view header) {
  std::vector<Value> cookies;
  while (!header.empty()) {
    const size_t end = std::min(header.find(';'), header.size());
    std::string_view cookie = header.substr(0, end);
    while (cookie.starts_with(' ')) cookie.remove_prefix(1);
    if (!cookie.empty()) cookies.emplace_back(cookie);
    header.remove_prefix(std::min(end + 1, header.size()));
  }
  return Value::array(std::move(cookies));
}

Value request_context(const aws::HttpRequest& request, const UrlTarget& target,
                      const std::string& request_id, base::Timestamp now) {
  ObjectBuilder http;
  http.set("method", Value(request.method))
      .set("path", Value(target.path))
      .set("protocol", Value("HTTP/1.1"))
      .set("sourceIp", Value("127.0.0.1"))
      .set("userAgent", Value(request.headers.get("User-Agent")));
  ObjectBuilder out;
  out.set("accountId", Value("anonymous"))
      .set("apiId", Value(target.id))
      .set("domainName", Value(without_port(request.headers.get("Host"))))
      .set("domainPrefix", Value(target.id))
      .set("http", std::move(http).build())
      .set("requestId", Value(request_id))
      .set("routeKey", Value("$default"))
      .set("stage", Value("$default"))
      .set("time", Value(common_log_time(now)))
      .set("timeEpoch", Value(now.ms));
  return std::move(out).build();
}

std::string text_for_header(const Value& value) {
  return value.is_string() ? std::string(value.as_string()) : json::write(value);
}

/// {"statusCode", "headers", "cookies", "body", "isBase64Encoded"}
aws::HttpResponse structured(const Value& result) {
  aws::HttpResponse response;
  int64_t status = 200;
  const Value* given = result.find("statusCode");
  if (given->is_string()) {
    status = std::strtol(std::string(given->as_string()).c_str(), nullptr, 10);
  } else if (!given->is_number() || !given->to_int64(status)) {
    return url_refusal(502, "Internal Server Error");
  }
  if (status < 100 || status > 599) return url_refusal(502, "Internal Server Error");
  response.status = static_cast<int>(status);
  const Value headers = object_member(result, "headers");
  for (const json::Member& header : headers.members()) {
    response.headers.set(header.name(), text_for_header(header.value));
  }
  if (!response.headers.has("Content-Type")) {
    response.headers.set("Content-Type", "application/json");
  }
  if (const Value* cookies = result.find("cookies"); cookies != nullptr && cookies->is_array()) {
    for (const Value& cookie : cookies->items()) {
      response.headers.add("Set-Cookie", text_for_header(cookie));
    }
  }
  const Value* body = result.find("body");
  if (body == nullptr || body->is_null()) return response;
  response.body = text_for_header(*body);
  const Value* is_base64 = result.find("isBase64Encoded");
  if (is_base64 != nullptr && is_base64->is_boolean() && is_base64->as_boolean()) {
    auto decoded = base::base64_decode(response.body);
    if (!decoded) return url_refusal(502, "Internal Server Error");
    response.body = *std::move(decoded);
  }
  return response;
}

}  // namespace

std::string function_url(const std::string& id, const std::string& region,
                         const std::string& host) {
  if (!may_have_names_below(host)) return "http://" + host + std::string(kPath) + id + "/";
  return "http://" + id + std::string(kHostPart) + region + "." + host + "/";
}

std::optional<UrlTarget> url_target(const aws::HttpRequest& request) {
  if (request.path.starts_with(kPath)) {
    const std::string_view rest = std::string_view(request.path).substr(kPath.size());
    const size_t end = std::min(rest.find('/'), rest.size());
    std::string path(rest.substr(end));
    return UrlTarget{std::string(rest.substr(0, end)), path.empty() ? "/" : path};
  }
  const std::string_view host = request.headers.get("Host");
  const size_t at = host.find(kHostPart);
  if (at == std::string_view::npos || at == 0 || host.find('.') != at) return std::nullopt;
  return UrlTarget{std::string(host.substr(0, at)), request.path};
}

std::string url_event(const aws::HttpRequest& request, const UrlTarget& target,
                      const std::string& request_id, base::Timestamp now) {
  std::vector<std::pair<std::string, std::string>> headers;
  for (const auto& [name, value] : request.headers) {
    std::string lower = aws::lower_ascii(name);
    if (lower != "cookie") headers.emplace_back(std::move(lower), value);
  }
  ObjectBuilder event;
  event.set("version", Value("2.0"))
      .set("routeKey", Value("$default"))
      .set("rawPath", Value(aws::uri_decode(target.path)))
      .set("rawQueryString", Value(request.query));
  if (request.headers.has("Cookie")) {
    event.set("cookies", cookies_of(request.headers.get("Cookie")));
  }
  event.set("headers", joined(headers));
  if (!request.query.empty()) {
    event.set("queryStringParameters", joined(aws::parse_query(request.query)));
  }
  event.set("requestContext", request_context(request, target, request_id, now));
  const bool as_text = is_text(request.headers.get("Content-Type"));
  if (!request.body.empty()) {
    event.set("body", Value(as_text ? request.body : base::base64_encode(request.body)));
  }
  event.set("isBase64Encoded", Value(!request.body.empty() && !as_text));
  return json::write(std::move(event).build());
}

aws::HttpResponse url_response(const std::string& result, const std::string& content_type) {
  // Of a function that streams: its head, eight zero bytes, the body.
  if (content_type.starts_with("application/vnd.awslambda.http-integration-response")) {
    const size_t mark = result.find(kStreamMark);
    const base::Result<Value> head = json::parse(result.substr(0, mark));
    if (mark == std::string::npos || !head || !head->is_object()) {
      return url_refusal(502, "Internal Server Error");
    }
    const Value whole =
        head->find("statusCode") != nullptr ? *head : head->with_member("statusCode", Value(200));
    aws::HttpResponse response = structured(whole);
    response.body = result.substr(mark + kStreamMark.size());
    return response;
  }
  const base::Result<Value> parsed = json::parse(result);
  if (parsed && parsed->is_object() && parsed->find("statusCode") != nullptr) {
    return structured(*parsed);
  }
  aws::HttpResponse response;
  const bool is_json = content_type.empty() || content_type.starts_with("application/json");
  response.headers.set("Content-Type", is_json ? "application/json" : content_type);
  response.body =
      parsed && parsed->is_string() && is_json ? std::string(parsed->as_string()) : result;
  return response;
}

aws::HttpResponse url_refusal(int status, std::string_view message) {
  ObjectBuilder body;
  body.set("Message", message.empty() ? Value() : Value(message));
  aws::HttpResponse response;
  response.status = status;
  response.headers.set("Content-Type", "application/json");
  response.body = json::write(std::move(body).build());
  return response;
}

bool apply_cors(const Value& cors, const aws::HttpRequest& request, aws::HttpResponse& response) {
  const std::string origin(request.headers.get("Origin"));
  if (origin.empty()) return false;
  const auto list = [&](const char* member) {
    std::vector<std::string> items;
    if (const Value* found = cors.find(member); found != nullptr && found->is_array()) {
      for (const Value& item : found->items()) items.emplace_back(item.as_string());
    }
    return items;
  };
  const auto text = [](const std::vector<std::string>& items) {
    std::string joined_items;
    for (const std::string& item : items) joined_items += (joined_items.empty() ? "" : ",") + item;
    return joined_items;
  };
  const std::vector<std::string> origins = list("AllowOrigins");
  const bool allows_all = std::find(origins.begin(), origins.end(), "*") != origins.end();
  if (!allows_all && std::find(origins.begin(), origins.end(), origin) == origins.end()) {
    return false;
  }
  const Value* credentials = cors.find("AllowCredentials");
  const bool with_credentials =
      credentials != nullptr && credentials->is_boolean() && credentials->as_boolean();
  response.headers.set("Access-Control-Allow-Origin",
                       allows_all && !with_credentials ? "*" : origin);
  response.headers.set("Vary", "Origin");
  if (with_credentials) response.headers.set("Access-Control-Allow-Credentials", "true");
  if (const auto exposed = list("ExposeHeaders"); !exposed.empty()) {
    response.headers.set("Access-Control-Expose-Headers", text(exposed));
  }
  const bool is_preflight =
      request.method == "OPTIONS" && request.headers.has("Access-Control-Request-Method");
  if (!is_preflight) return false;
  response.headers.set("Access-Control-Allow-Methods", text(list("AllowMethods")));
  if (const auto allowed = list("AllowHeaders"); !allowed.empty()) {
    response.headers.set("Access-Control-Allow-Headers", text(allowed));
  }
  if (const Value* age = cors.find("MaxAge")) {
    response.headers.set("Access-Control-Max-Age", json::write(*age));
  }
  return true;
}

}  // namespace pawl::lambda
