// SPDX-License-Identifier: Apache-2.0
// Values as Java's toString prints them, which is what AWS's validation messages quote:
// "[a, b]", "{k=v}", "Tag(key=a, value=null)".
#pragma once

#include <string>
#include <string_view>

#include "aws/model/shape.h"
#include "json/value.h"

namespace pawl::aws {

/// Names of members in messages begin in lower case whatever the model says.
std::string lower_first(std::string_view name);

/// Total. Numbers of floating shapes print as Java doubles: 2 is "2.0".
std::string java_text(const Shape& shape, const json::Value& value);

}  // namespace pawl::aws
