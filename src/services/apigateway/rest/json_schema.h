// SPDX-License-Identifier: Apache-2.0
// Models of REST APIs: JSON Schema draft 4, as far as API Gateway has it, against request bodies.
// An unknown keyword allows everything.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "json/value.h"

namespace pawl::apigateway {

/// The text of the model that a "$ref" ending in "/models/NAME" names; nullopt: there is none.
using ModelLookup = std::function<std::optional<std::string>(const std::string& name)>;

/// Whether `body` is what the schema wants. False also for a schema that is no JSON object, or
/// refers to itself without end.
bool matches_schema(const std::string& schema, const json::Value& body, const ModelLookup& models);

}  // namespace pawl::apigateway
