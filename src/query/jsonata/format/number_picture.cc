// SPDX-License-Identifier: Apache-2.0
#include "query/jsonata/format/number_picture.h"

#include <algorithm>

#include "base/error.h"
#include "query/jsonata/format/ecmascript_text.h"
#include "query/jsonata/format/grouping.h"

namespace pawl::query::jsonata {
namespace {

using View = std::u16string_view;

/// F&O 4.7.3's parts of a sub-picture.
struct Parts {
  View text;
  View prefix;
  View suffix;
  View active;
  View mantissa;
  View integer;
  View fraction;
  std::optional<View> exponent;
};

bool is(View property, char16_t unit) { return property.size() == 1 && property[0] == unit; }

std::vector<View> split(View text, View separator) {
  std::vector<View> pieces;
  if (separator.empty()) {
    for (size_t i = 0; i < text.size(); ++i) pieces.push_back(text.substr(i, 1));
    return pieces;
  }
  while (true) {
    const size_t at = text.find(separator);
    pieces.push_back(text.substr(0, at));
    if (at == View::npos) return pieces;
    text.remove_prefix(at + separator.size());
  }
}

tl::expected<Parts, FormatError> split_parts(View text, const DecimalFormat& format,
                                             Dialect dialect) {
  const auto bounds = [&](char16_t unit) {
    return format.is_active(unit) && !is(format.exponent_separator, unit);
  };
  const auto first = std::find_if(text.begin(), text.end(), bounds);
  if (first == text.end() && dialect == Dialect::V2_0_6)
    return javascript_failure("Cannot read properties of undefined (reading 'length')");
  const auto last = std::find_if(text.rbegin(), text.rend(), bounds);

  Parts parts;
  parts.text = text;
  if (first != text.end()) {
    parts.prefix = text.substr(0, static_cast<size_t>(first - text.begin()));
    parts.suffix = text.substr(static_cast<size_t>(last.base() - text.begin()));
  }
  const size_t active_end = text.size() - parts.suffix.size();
  parts.active = text.substr(parts.prefix.size(), active_end - parts.prefix.size());
  const Index exponent = index_of(text, format.exponent_separator, parts.prefix.size());
  if (exponent == -1 || exponent > static_cast<Index>(active_end)) {
    parts.mantissa = parts.active;
  } else {
    // NOTE the reference counts from the sub-picture's start, not from that of the active part.
    parts.mantissa = substring(parts.active, 0, exponent);
    parts.exponent = substring(parts.active, exponent + 1);
  }
  const Index point = index_of(parts.mantissa, format.decimal_separator);
  if (point == -1) {
    parts.integer = parts.mantissa;
    parts.fraction = parts.suffix;  // NOTE as the reference: not empty
  } else {
    parts.integer = substring(parts.mantissa, 0, point);
    parts.fraction = substring(parts.mantissa, point + 1);
  }
  return parts;
}

/// F&O 4.7.3 about the order of mandatory and optional digits; where several rules are broken, the
/// last one is told.
std::string_view check_digits(const Parts& parts, const DecimalFormat& format) {
  const auto has_digit = [&](View part) {
    return std::any_of(part.begin(), part.end(),
                       [&](char16_t unit) { return format.is_decimal_digit(unit); });
  };
  std::string_view error;
  const Index optional_integer = index_of(parts.integer, format.digit);
  if (optional_integer != -1 && has_digit(substring(parts.integer, 0, optional_integer)))
    error = "D3090";
  const Index optional_fraction = last_index_of(parts.fraction, format.digit);
  if (optional_fraction != -1 && has_digit(substring(parts.fraction, optional_fraction)))
    error = "D3091";
  if (parts.exponent && !parts.exponent->empty() &&
      (index_of(parts.text, format.percent) != -1 || index_of(parts.text, format.per_mille) != -1))
    error = "D3092";
  if (parts.exponent &&
      (parts.exponent->empty() ||
       !std::all_of(parts.exponent->begin(), parts.exponent->end(),
                    [&](char16_t unit) { return format.is_decimal_digit(unit); })))
    error = "D3093";
  return error;
}

/// F&O 4.7.3: the code of the last rule that is broken; empty if none.
std::string_view check(const Parts& parts, const DecimalFormat& format) {
  const auto occurs = [&](const std::u16string& part) { return index_of(parts.text, part) != -1; };
  const auto repeats = [&](const std::u16string& part) {
    return index_of(parts.text, part) != last_index_of(parts.text, part);
  };
  const auto grouping_at = [&](Index at) {
    return substring(parts.text, at, at + 1) == format.grouping_separator;
  };
  std::string_view error;
  if (repeats(format.decimal_separator)) error = "D3081";
  if (repeats(format.percent)) error = "D3082";
  if (repeats(format.per_mille)) error = "D3083";
  if (occurs(format.percent) && occurs(format.per_mille)) error = "D3084";
  if (std::none_of(parts.mantissa.begin(), parts.mantissa.end(),
                   [&](char16_t unit) { return format.is_digit_sign(unit); }))
    error = "D3085";
  if (!std::all_of(parts.active.begin(), parts.active.end(),
                   [&](char16_t unit) { return format.is_active(unit); }))
    error = "D3086";
  const Index point = index_of(parts.text, format.decimal_separator);
  if (point != -1) {
    if ((point > 0 && grouping_at(point - 1)) || grouping_at(point + 1)) error = "D3087";
  } else if (!parts.integer.empty() && is(format.grouping_separator, parts.integer.back())) {
    error = "D3088";
  }
  if (occurs(format.grouping_separator + format.grouping_separator)) error = "D3089";
  const std::string_view digits_error = check_digits(parts, format);
  return digits_error.empty() ? error : digits_error;
}

/// F&O 4.7.4 integer- and fractional-part-grouping-positions: the digits right of (or, in the
/// fractional part, left of) each separator.
/// NOTE the reference looks for all but the first separator in the integer part, also when it
/// analyses the fractional part.
std::vector<size_t> grouping_positions(View part, View integer, bool count_left,
                                       const DecimalFormat& format) {
  std::vector<size_t> digits_before(part.size() + 1, 0);
  for (size_t i = 0; i < part.size(); ++i)
    digits_before[i + 1] = digits_before[i] + (format.is_digit_sign(part[i]) ? 1 : 0);
  std::vector<size_t> positions;
  for (Index at = index_of(part, format.grouping_separator); at != -1;
       at = index_of(integer, format.grouping_separator, static_cast<size_t>(at) + 1)) {
    const size_t left = digits_before[std::min(static_cast<size_t>(at), part.size())];
    positions.push_back(count_left ? left : digits_before.back() - left);
  }
  return positions;
}

/// F&O 4.7.4.
NumberPicture analyse(const Parts& parts, const DecimalFormat& format) {
  const auto count = [&](View part, bool optional_too) {
    return static_cast<size_t>(std::count_if(part.begin(), part.end(), [&](char16_t unit) {
      return optional_too ? format.is_digit_sign(unit) : format.is_decimal_digit(unit);
    }));
  };
  NumberPicture picture;
  picture.text = parts.text;
  picture.prefix = parts.prefix;
  picture.suffix = parts.suffix;
  picture.integer_grouping = grouping_positions(parts.integer, parts.integer, false, format);
  picture.regular_grouping = regular_interval(picture.integer_grouping);
  picture.fractional_grouping = grouping_positions(parts.fraction, parts.integer, true, format);
  picture.minimum_integer_size = count(parts.integer, false);
  picture.scaling_factor = picture.minimum_integer_size;
  picture.minimum_fractional_size = count(parts.fraction, false);
  picture.maximum_fractional_size = count(parts.fraction, true);
  if (picture.minimum_integer_size == 0 && picture.maximum_fractional_size == 0) {
    if (parts.exponent) {
      picture.minimum_fractional_size = 1;
      picture.maximum_fractional_size = 1;
    } else {
      picture.minimum_integer_size = 1;
    }
  }
  if (parts.exponent && picture.minimum_integer_size == 0 &&
      index_of(parts.integer, format.digit) != -1)
    picture.minimum_integer_size = 1;
  if (picture.minimum_integer_size == 0 && picture.minimum_fractional_size == 0)
    picture.minimum_fractional_size = 1;
  if (parts.exponent) picture.minimum_exponent_size = count(*parts.exponent, false);
  return picture;
}

}  // namespace

bool DecimalFormat::is_decimal_digit(char16_t unit) const {
  return !zero_digit.empty() && static_cast<char16_t>(unit - zero_digit[0]) < 10;
}

bool DecimalFormat::is_digit_sign(char16_t unit) const {
  return is_decimal_digit(unit) || is(digit, unit);
}

bool DecimalFormat::is_active(char16_t unit) const {
  return is_digit_sign(unit) || is(decimal_separator, unit) || is(exponent_separator, unit) ||
         is(grouping_separator, unit) || is(pattern_separator, unit);
}

std::u16string DecimalFormat::digit_of(int value) const {
  if (zero_digit.empty()) return {};
  return {static_cast<char16_t>(zero_digit[0] + value)};
}

tl::expected<std::vector<NumberPicture>, FormatError> analyse_number_picture(
    std::u16string_view picture, const DecimalFormat& format, Dialect dialect) {
  const std::vector<View> texts = split(picture, format.pattern_separator);
  if (texts.size() > 2) return format_failure("D3080");
  std::vector<Parts> all;
  for (const View text : texts) all.push_back(PAWL_TRY(split_parts(text, format, dialect)));
  for (const Parts& parts : all)
    if (const auto error = check(parts, format); !error.empty()) return format_failure(error);
  std::vector<NumberPicture> pictures;
  for (const Parts& parts : all) pictures.push_back(analyse(parts, format));
  return pictures;
}

}  // namespace pawl::query::jsonata
