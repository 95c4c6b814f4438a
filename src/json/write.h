// SPDX-License-Identifier: Apache-2.0
// Value to JSON text. Escapes as Jackson does: the quote, the backslash and control characters (\b
// \t \n \f \r, else \u00XX in upper case); everything else as UTF-8.
#pragma once

#include <string>
#include <string_view>

#include "json/value.h"

namespace pawl::json {

/// Compact text; its length is value.text_bytes().
std::string write(const Value& value);
void write(const Value& value, std::string& out);

/// Indented by two spaces, for people.
std::string write_pretty(const Value& value);

/// A JSON string literal with its quotes.
void write_string(std::string_view text, std::string& out);

}  // namespace pawl::json
