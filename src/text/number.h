// SPDX-License-Identifier: Apache-2.0
// Numbers to text and back, as ECMAScript and as Java write them (double-conversion).
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace pawl::text {

/// ECMAScript Number::toString: shortest digits that read back the same; "1e+21", "Infinity",
/// "NaN".
std::string ecmascript_number(double number);

/// Java Double.toString, which Jackson and so AWS use: "1.0", "100000.0", "1.0E10", "1.0E-5".
std::string java_number(double number);

/// A whole text in JSON's number grammar (RFC 8259 section 6) to the nearest double; infinite
/// beyond its range.
std::optional<double> parse_double(std::string_view text);

}  // namespace pawl::text
