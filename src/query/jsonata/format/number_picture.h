// SPDX-License-Identifier: Apache-2.0
// Pictures of $formatNumber: the decimal format's properties, and the analysis of a picture string
// (XPath F&O 4.7.1 to 4.7.4). Not the formatting: format_number.h.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "query/jsonata/format/dialect.h"
#include "query/jsonata/format/format_error.h"

namespace pawl::query::jsonata {

/// The properties of the decimal format (F&O 4.7.1), in UTF-16. Each may be any text; what cannot
/// work is found when the picture is checked.
struct DecimalFormat {
  std::u16string decimal_separator = u".";
  std::u16string grouping_separator = u",";
  std::u16string exponent_separator = u"e";
  std::u16string infinity = u"Infinity";  // never used by the reference, as is `nan`
  std::u16string minus_sign = u"-";
  std::u16string nan = u"NaN";
  std::u16string percent = u"%";
  std::u16string per_mille = u"\u2030";
  std::u16string zero_digit = u"0";
  std::u16string digit = u"#";
  std::u16string pattern_separator = u";";

  bool is_decimal_digit(char16_t unit) const;
  /// A decimal digit or the optional digit sign.
  bool is_digit_sign(char16_t unit) const;
  /// F&O 4.7.2: the characters that are not "passive".
  bool is_active(char16_t unit) const;
  /// The decimal digit of value `value`; empty if there is no family of digits.
  std::u16string digit_of(int value) const;
};

/// A sub-picture and what F&O 4.7.4 derives from it.
struct NumberPicture {
  std::u16string text;
  std::u16string prefix;
  std::u16string suffix;
  std::vector<size_t> integer_grouping;
  size_t regular_grouping = 0;
  std::vector<size_t> fractional_grouping;
  size_t minimum_integer_size = 0;
  size_t scaling_factor = 0;
  size_t minimum_fractional_size = 0;
  size_t maximum_fractional_size = 0;
  size_t minimum_exponent_size = 0;
};

/// Splits, checks and analyses a picture string: one sub-picture or two.
/// Errors: D3080 … D3093.
tl::expected<std::vector<NumberPicture>, FormatError> analyse_number_picture(
    std::u16string_view picture, const DecimalFormat& format, Dialect dialect);

}  // namespace pawl::query::jsonata
