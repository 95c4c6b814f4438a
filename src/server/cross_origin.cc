// SPDX-License-Identifier: Apache-2.0
// Fetch standard, section 3.2 "CORS protocol".
#include "server/cross_origin.h"

#include <algorithm>

namespace pawl::server {
namespace {

constexpr const char* kMethods = "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS";
/// What SDKs send if a browser does not say (it always does).
constexpr const char* kHeaders =
    "authorization, content-type, x-amz-content-sha256, x-amz-date, x-amz-security-token, "
    "x-amz-target, x-amz-user-agent, amz-sdk-invocation-id, amz-sdk-request";
constexpr const char* kExposed =
    "x-amzn-RequestId, x-amzn-ErrorType, x-amzn-query-error, x-amz-request-id, x-amz-id-2, "
    "x-amz-version-id, ETag, Date";
constexpr const char* kMaxAgeSeconds = "7200";

}  // namespace

bool CrossOriginRules::names(std::string_view origin) const {
  return std::any_of(more_.begin(), more_.end(),
                     [origin](const std::string& one) { return one == "*" || one == origin; });
}

bool CrossOriginRules::allows(std::string_view origin) const {
  if (names(origin)) return true;
  for (const std::string_view scheme : {"http://", "https://"}) {
    if (!origin.starts_with(scheme)) continue;
    std::string_view host = origin.substr(scheme.size());
    const size_t bracket = host.find(']');
    const size_t colon = host.find(':', bracket == std::string_view::npos ? 0 : bracket);
    host = host.substr(0, colon);
    return host == "localhost" || host.ends_with(".localhost") || host == "127.0.0.1" ||
           host == "[::1]";
  }
  return false;
}

bool CrossOriginRules::is_preflight(const net::HttpRequest& request) {
  return request.method == "OPTIONS" && !request.header("Access-Control-Request-Method").empty();
}

net::HttpResponse CrossOriginRules::answer_preflight(const net::HttpRequest& request,
                                                     std::string_view origin) {
  const std::string_view asked = request.header("Access-Control-Request-Headers");
  net::HttpResponse response{204, {}, {}};
  response.headers = {
      {"Access-Control-Allow-Origin", std::string(origin)},
      {"Vary", "Origin, Access-Control-Request-Method, Access-Control-Request-Headers"},
      {"Access-Control-Allow-Methods", kMethods},
      {"Access-Control-Allow-Headers", asked.empty() ? kHeaders : std::string(asked)},
      {"Access-Control-Max-Age", kMaxAgeSeconds}};
  return response;
}

void CrossOriginRules::expose(net::HttpHeaders& headers, std::string_view origin) {
  headers.emplace_back("Access-Control-Allow-Origin", std::string(origin));
  headers.emplace_back("Vary", "Origin");
  headers.emplace_back("Access-Control-Expose-Headers", kExposed);
}

}  // namespace pawl::server
