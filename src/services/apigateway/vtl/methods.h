// SPDX-License-Identifier: Apache-2.0
// The methods of Java's String, List, Map and Number that templates use. Internal to the renderer.
#pragma once

#include <optional>
#include <string_view>

#include "services/apigateway/vtl/value.h"

namespace pawl::apigateway::vtl {

/// nullopt: `self` has no such method, or not with these arguments. "get" of what is not there is
/// null. Changes lists and maps in place, to 100,000 members; none gets
/// into itself.
std::optional<Value> call_method(const Value& self, std::string_view name,
                                 const ValueList& arguments);

}  // namespace pawl::apigateway::vtl
