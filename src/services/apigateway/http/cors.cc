// SPDX-License-Identifier: Apache-2.0
// Developer Guide "Configuring CORS for an HTTP API".
#include <algorithm>

#include "services/apigateway/http/http_gateway.h"

namespace pawl::apigateway {
namespace {

std::string joined(const std::vector<std::string>& texts) {
  std::string text;
  for (const std::string& each : texts) text += (text.empty() ? "" : ",") + each;
  return text;
}

/// "*", "https://*", or the origin itself.
bool allows(const HttpCors& cors, std::string_view origin) {
  return std::any_of(cors.origins.begin(), cors.origins.end(), [&](const std::string& each) {
    if (each == "*") return true;
    if (each.ends_with("://*")) return origin.starts_with(each.substr(0, each.size() - 1));
    return aws::equals_ignoring_case(each, origin);
  });
}

bool set_origin(const HttpCors& cors, const aws::HttpRequest& request, aws::Headers& headers) {
  const std::string_view origin = request.headers.get("Origin");
  if (origin.empty() || !allows(cors, origin)) return false;
  const bool is_all =
      std::find(cors.origins.begin(), cors.origins.end(), "*") != cors.origins.end();
  headers.set("access-control-allow-origin", is_all ? "*" : origin);
  if (!is_all) headers.set("vary", "Origin");
  if (cors.allows_credentials) headers.set("access-control-allow-credentials", "true");
  return true;
}

}  // namespace

aws::HttpResponse preflight_response(const HttpCors& cors, const aws::HttpRequest& request) {
  aws::HttpResponse response;
  response.status = 204;
  if (!set_origin(cors, request, response.headers)) return response;
  const auto set = [&](const char* name, const std::vector<std::string>& texts) {
    if (!texts.empty()) response.headers.set(name, joined(texts));
  };
  set("access-control-allow-methods", cors.methods);
  set("access-control-allow-headers", cors.headers);
  set("access-control-expose-headers", cors.exposed);
  if (cors.max_age_s) {
    response.headers.set("access-control-max-age", std::to_string(*cors.max_age_s));
  }
  return response;
}

void apply_cors(const HttpCors& cors, const aws::HttpRequest& request,
                aws::HttpResponse& response) {
  for (const char* name : {"access-control-allow-origin", "access-control-allow-credentials",
                           "access-control-allow-methods", "access-control-allow-headers",
                           "access-control-expose-headers", "access-control-max-age"}) {
    response.headers.remove(name);
  }
  if (!set_origin(cors, request, response.headers)) return;
  if (!cors.exposed.empty()) {
    response.headers.set("access-control-expose-headers", joined(cors.exposed));
  }
}

}  // namespace pawl::apigateway
