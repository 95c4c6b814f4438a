// SPDX-License-Identifier: Apache-2.0
// Mapping templates of API Gateway (Velocity): the first line is $input's body, the rest a
// template.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "services/apigateway/rest/template_input.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace pawl::apigateway;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const std::string body(text.substr(0, text.find('\n')));
  const std::string_view rest =
      body.size() < text.size() ? text.substr(body.size() + 1) : std::string_view();
  const auto made = vtl::Template::parse(rest);
  if (!made) return 0;
  pawl::aws::HttpRequest request;
  request.headers.add("X-A", "1");
  request.query = "q=1";
  GatewayExchange exchange;
  exchange.http = &request;
  exchange.query = pawl::aws::parse_query(request.query);
  exchange.path_parameters = {{"id", "7"}};
  exchange.stage_variables = {{"v", "w"}};
  (void)render_template(*made, exchange, body, /*of_response=*/true);
  return 0;
}
