// SPDX-License-Identifier: Apache-2.0
// A first look at JSONata expressions in a definition: brackets, quotes, and values that stand side
// by side without an operator. Not a parser: that is the JSONata compiler's, which this release
// does not have yet.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace pawl::asl {

/// True for "{% … %}".
bool is_jsonata_text(std::string_view text);

/// What is plainly wrong with the expression inside "{% %}", in the words of the reference
/// implementation, or nothing. What is not noticed here is reported when expressions are compiled.
std::optional<std::string> jsonata_mistake(std::string_view text);

}  // namespace pawl::asl
