// SPDX-License-Identifier: Apache-2.0
// What API Gateway reads of its users and clients: the first line is a mapping expression, a route
// and an access log's format, the rest a body, a token, an OpenAPI definition and a function's
// answer.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "services/apigateway/access_log.h"
#include "services/apigateway/authorizer_decision.h"
#include "services/apigateway/json_web_token.h"
#include "services/apigateway/mapping_expression.h"
#include "services/apigateway/openapi_source.h"
#include "services/apigateway/proxy_event.h"
#include "services/apigateway/rest/openapi_reader.h"
#include "services/apigateway/route_pattern.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace pawl::apigateway;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const std::string_view line = text.substr(0, text.find('\n'));
  pawl::aws::HttpRequest request;
  if (line.size() < text.size()) request.body = text.substr(line.size() + 1);
  GatewayExchange exchange;
  exchange.http = &request;
  exchange.path = "/s/a";
  if (const auto made = MappingExpression::parse(line)) (void)made->evaluate(exchange);
  if (const auto made = MappingExpression::parse_rest(line)) (void)made->evaluate(exchange);
  if (const auto pattern = RoutePattern::parse(line)) (void)pattern->match(path_segments(line));
  (void)access_log_line(line, exchange);
  (void)parse_token(request.body);
  (void)KeySet::parse(request.body);
  (void)response_1(request.body);
  (void)response_2(request.body);
  (void)read_policy_decision(request.body, line);
  (void)event_2(exchange);
  if (const auto openapi = read_openapi(request.body)) (void)read_rest_openapi(*openapi);
  return 0;
}
