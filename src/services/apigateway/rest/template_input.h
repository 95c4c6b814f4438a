// SPDX-License-Identifier: Apache-2.0
// What a mapping template of a REST API sees: $input, $context, $stageVariables, $util, $method
// (Developer Guide "API Gateway mapping template and access logging variable reference").
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"
#include "services/apigateway/gateway_exchange.h"
#include "services/apigateway/vtl/template.h"

namespace pawl::apigateway {

/// What a template has written, and what it has set of $context.requestOverride and
/// .responseOverride.
struct RenderedTemplate {
  std::string text;
  TextMap headers;
  TextMap query;
  TextMap path;
  std::optional<int> status;
};

/// `body` is $input: the request's, or the integration's response.
base::Result<RenderedTemplate> render_template(const vtl::Template& made,
                                               const GatewayExchange& exchange,
                                               const std::string& body, bool of_response);

/// JSONPath as $input.json() takes it: "$", ".name", "['name']", "[0]", "[*]", ".*", "..name".
/// nullopt if it selects nothing or is none; several values come as a list.
std::optional<vtl::Value> select_path(const vtl::Value& root, std::string_view path);

}  // namespace pawl::apigateway
