// SPDX-License-Identifier: Apache-2.0
// FormatError: why a picture, number or timestamp is refused, in the codes of the reference
// implementation. Not the message: the evaluator knows the words.
#pragma once

#include <string>
#include <string_view>
#include <utility>

#include <tl/expected.hpp>

namespace pawl::query::jsonata {

/// `code` is one of
/// - the reference's codes: "D3080", "D3130", …;
/// - "U1001" where the reference recurses or loops without end, or where the result would be larger
///   than any use of it;
/// - "" where the reference fails with an error of JavaScript itself; `value` is its message.
struct FormatError {
  std::string code;
  std::string value = {};  ///< what {{value}} stands for in the message; UTF-8
  bool has_value = false;  ///< false: there is no value (not: an empty one)
};

inline tl::unexpected<FormatError> format_failure(std::string_view code) {
  return tl::unexpected(FormatError{std::string(code)});
}

inline tl::unexpected<FormatError> format_failure(std::string_view code, std::string value) {
  return tl::unexpected(FormatError{std::string(code), std::move(value), true});
}

/// An error of JavaScript itself, for instance "Invalid code point -1".
inline tl::unexpected<FormatError> javascript_failure(std::string message) {
  return format_failure("", std::move(message));
}

/// A loop, a depth or a size without a reasonable end.
inline tl::unexpected<FormatError> bound_met() { return format_failure("U1001"); }

}  // namespace pawl::query::jsonata
