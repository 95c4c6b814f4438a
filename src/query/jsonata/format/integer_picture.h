// SPDX-License-Identifier: Apache-2.0
// $formatInteger and $parseInteger: integer pictures (XPath F&O 4.6.1 fn:format-integer), which
// dates use too.
#pragma once

#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include "query/jsonata/format/format_error.h"

namespace pawl::query::jsonata {

struct GroupingSeparator {
  size_t position;           ///< digits to its right
  std::u16string character;  ///< one code point
};

/// A picture, analysed. The sizes are doubles because a date's width modifiers are, and NaN where
/// the reference has no number.
struct IntegerPicture {
  enum class Form { Decimal, Letters, Roman, Words, Sequence };
  enum class Case { Lower, Upper, Title };

  Form form = Form::Decimal;
  Case letter_case = Case::Lower;
  bool ordinal = false;
  std::u16string token = {};  ///< Sequence: the numbering sequence asked for

  char32_t zero_digit = U'0';
  double mandatory_digits = std::numeric_limits<double>::quiet_NaN();
  double optional_digits = std::numeric_limits<double>::quiet_NaN();
  /// From right to left. If regular, the first is repeated at every `regular_interval` digits.
  std::vector<GroupingSeparator> separators = {};
  size_t regular_interval = 0;

  bool is_regular() const { return regular_interval > 0; }
};

/// Errors: D3131 for digits of different families.
tl::expected<IntegerPicture, FormatError> analyse_integer_picture(std::u16string_view picture);

/// `value`, a whole number (or NaN, infinite), in UTF-16.
/// Errors: D3130 for a numbering sequence; U1001 for a result without end.
tl::expected<std::u16string, FormatError> format_integer(double value,
                                                         const IntegerPicture& picture);

/// The number that `text` says; NaN if it says none. The text is not checked against the picture.
/// Errors: D3130; JavaScript's own if a character lies before the picture's digit family.
tl::expected<double, FormatError> parse_integer(std::u16string_view text,
                                                const IntegerPicture& picture);

/// $formatInteger: `value` is rounded down first. UTF-8.
tl::expected<std::string, FormatError> format_integer(double value, std::string_view picture);

/// $parseInteger. UTF-8.
tl::expected<double, FormatError> parse_integer(std::string_view text, std::string_view picture);

}  // namespace pawl::query::jsonata
