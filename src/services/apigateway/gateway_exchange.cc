// SPDX-License-Identifier: Apache-2.0
// API Gateway Developer Guide, "$context variables".
#include "services/apigateway/gateway_exchange.h"

#include <array>
#include <cstdio>
#include <ctime>

#include "json/write.h"

namespace pawl::apigateway {
namespace {

std::optional<std::string> filled(std::string text) {
  if (text.empty()) return std::nullopt;
  return text;
}

std::string first_label(const std::string& domain) { return domain.substr(0, domain.find('.')); }

std::optional<std::string> identity_variable(const GatewayExchange& exchange,
                                             std::string_view name) {
  if (name == "sourceIp") return source_ip(*exchange.http);
  if (name == "userAgent") return filled(std::string(exchange.http->headers.get("User-Agent")));
  if (name == "apiKey") return filled(exchange.api_key);
  if (name == "apiKeyId") return filled(exchange.api_key_id);
  return std::nullopt;
}

std::optional<std::string> outcome_variable(const GatewayExchange& exchange,
                                            std::string_view name) {
  if (name == "status") return std::to_string(exchange.status);
  if (name == "responseLength") return std::to_string(exchange.response_bytes);
  if (name == "responseLatency") return std::to_string(exchange.response_ms);
  if (name == "integrationStatus" || name == "integration.status") {
    if (exchange.integration_status == 0) return std::nullopt;
    return std::to_string(exchange.integration_status);
  }
  if (name == "integrationLatency" || name == "integration.latency") {
    if (exchange.integration_status == 0) return std::nullopt;
    return std::to_string(exchange.integration_ms);
  }
  if (name == "integrationErrorMessage" || name == "integration.error") {
    return filled(exchange.integration_error);
  }
  if (name == "error.message") return filled(exchange.error_message);
  if (name == "error.responseType") return filled(exchange.error_type);
  if (name == "error.messageString") {
    if (exchange.error_message.empty()) return std::nullopt;
    std::string literal;
    json::write_string(exchange.error_message, literal);
    return literal;
  }
  return std::nullopt;
}

}  // namespace

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

std::string source_ip(const aws::HttpRequest& request) {
  const std::string_view forwarded = request.headers.get("X-Forwarded-For");
  return forwarded.empty() ? "127.0.0.1" : std::string(forwarded.substr(0, forwarded.find(',')));
}

std::optional<std::string> joined_header(const aws::HttpRequest& request, std::string_view name) {
  std::optional<std::string> joined;
  for (const auto& [field, value] : request.headers) {
    if (!aws::equals_ignoring_case(field, name)) continue;
    joined = joined ? *joined + "," + value : value;
  }
  return joined;
}

std::optional<std::string> joined_query(const aws::QueryParameters& query, std::string_view name) {
  std::optional<std::string> joined;
  for (const auto& [key, value] : query) {
    if (key != name) continue;
    joined = joined ? *joined + "," + value : value;
  }
  return joined;
}

const std::vector<std::string_view>& GatewayExchange::context_names() {
  static const std::vector<std::string_view> names = {"accountId",
                                                      "apiId",
                                                      "domainName",
                                                      "domainPrefix",
                                                      "error.message",
                                                      "error.messageString",
                                                      "error.responseType",
                                                      "extendedRequestId",
                                                      "httpMethod",
                                                      "identity.apiKey",
                                                      "identity.apiKeyId",
                                                      "identity.sourceIp",
                                                      "identity.userAgent",
                                                      "path",
                                                      "protocol",
                                                      "requestId",
                                                      "requestTime",
                                                      "requestTimeEpoch",
                                                      "resourceId",
                                                      "resourcePath",
                                                      "routeKey",
                                                      "stage",
                                                      "status"};
  return names;
}

std::optional<std::string> GatewayExchange::context_variable(std::string_view name) const {
  if (name == "accountId") return scope.account;
  if (name == "apiId") return api_id;
  if (name == "domainName") return domain_name;
  if (name == "domainPrefix") return first_label(domain_name);
  if (name == "requestId" || name == "extendedRequestId" || name == "awsEndpointRequestId") {
    return request_id;
  }
  if (name == "httpMethod") return http->method;
  if (name == "path") return aws::uri_decode(path);
  if (name == "protocol") return "HTTP/1.1";
  if (name == "requestTime") return common_log_time(received);
  if (name == "requestTimeEpoch") return std::to_string(received.ms);
  if (name == "routeKey") return filled(route_key);
  if (name == "resourcePath") return filled(resource);
  if (name == "resourceId") return filled(resource_id);
  if (name == "stage") return stage;
  constexpr std::string_view kIdentity = "identity.";
  if (name.starts_with(kIdentity)) return identity_variable(*this, name.substr(kIdentity.size()));
  constexpr std::string_view kAuthorizer = "authorizer.";
  if (name.starts_with(kAuthorizer)) {
    const auto found = authorizer.find(name.substr(kAuthorizer.size()));
    return found == authorizer.end() ? std::nullopt : std::optional(found->second);
  }
  return outcome_variable(*this, name);
}

}  // namespace pawl::apigateway
