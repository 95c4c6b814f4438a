// SPDX-License-Identifier: Apache-2.0
// The text of an OpenAPI definition, JSON or YAML, as a JSON value. Not what it means
// (http/import.h, rest/import.h).
#pragma once

#include <string_view>

#include "base/error.h"
#include "json/value.h"

namespace pawl::apigateway {

/// Errors: InvalidSyntax; LimitExceeded for what aliases blow up.
base::Result<json::Value> read_openapi(std::string_view text);

}  // namespace pawl::apigateway
