// SPDX-License-Identifier: Apache-2.0
#include "query/jsonata/format/format_number.h"

#include <cmath>
#include <utility>

#include "base/error.h"
#include "query/jsonata/format/ecmascript_text.h"
#include "text/unicode.h"

namespace pawl::query::jsonata {
namespace {

constexpr size_t kFractionalDigitsMax = 100;           // Number.prototype.toFixed
constexpr size_t kPaddingUnitsMax = 64 * 1024 * 1024;  // a picture repeats the zero digit

/// mantissa * 10^exponent.
struct Scaled {
  double mantissa;
  int exponent;
};

/// F&O 4.7.5 rule 5: the mantissa has as many digits before the point as the picture demands.
/// NOTE 2.0.6 compares the signed mantissa, so zero and negative numbers make it loop for ever.
tl::expected<Scaled, FormatError> scale(double number, size_t scaling_factor, Dialect dialect) {
  const double most = std::pow(10.0, static_cast<double>(scaling_factor));
  const double least = std::pow(10.0, static_cast<double>(scaling_factor) - 1);
  if (dialect == Dialect::V2_0_6 && number <= 0) return bound_met();
  if (std::isinf(number) && !std::isinf(most)) return bound_met();
  Scaled scaled{number, 0};
  if (number == 0) return scaled;
  for (; std::abs(scaled.mantissa) < least; --scaled.exponent) scaled.mantissa *= 10;
  for (; std::abs(scaled.mantissa) > most; ++scaled.exponent) scaled.mantissa /= 10;
  return scaled;
}

/// toFixed, in the digits of the decimal format.
std::u16string decimal_text(double value, size_t places, const DecimalFormat& format) {
  const std::string text = to_fixed(std::abs(value), static_cast<int>(places));
  if (format.zero_digit == u"0") return widened(text);
  std::u16string out;
  for (const char c : text) {
    if (c >= '0' && c <= '9')
      out += format.digit_of(c - '0');
    else
      out += static_cast<char16_t>(c);
  }
  return out;
}

std::u16string repeated(const std::u16string& text, size_t times) {
  std::u16string out;
  out.reserve(text.size() * times);
  for (size_t i = 0; i < times; ++i) out += text;
  return out;
}

class NumberText {
 public:
  NumberText(const NumberPicture& picture, const DecimalFormat& format)
      : picture_(picture), format_(format) {}

  std::u16string print(double number, std::optional<int> exponent) {
    digits(number);
    pad();
    group_integer_part();
    group_fractional_part();
    // F&O 4.7.5 rule 12: no decimal separator without a fractional part.
    const bool shown = index_of(picture_.text, format_.decimal_separator) != -1;
    if ((!shown || point() == static_cast<Index>(text_.size()) - 1) && !text_.empty())
      text_.pop_back();
    if (exponent) text_ += exponent_text(*exponent);
    return picture_.prefix + text_ + picture_.suffix;
  }

 private:
  Index point() const { return index_of(text_, format_.decimal_separator); }

  /// Rule 7: the digits without leading and trailing zeros, always with a decimal separator.
  void digits(double number) {
    text_ = decimal_text(number, picture_.maximum_fractional_size, format_);
    const size_t dot = text_.find(u'.');
    if (dot == std::u16string::npos)
      text_ += format_.decimal_separator;
    else
      text_.replace(dot, 1, format_.decimal_separator);
    if (format_.zero_digit.size() != 1) return;
    const char16_t zero = format_.zero_digit[0];
    text_.erase(0, std::min(text_.find_first_not_of(zero), text_.size()));
    text_.resize(text_.find_last_not_of(zero) + 1);
  }

  /// Rules 8 and 9: the least sizes of both parts.
  void pad() {
    const Index before = point();
    const Index left = static_cast<Index>(picture_.minimum_integer_size) - before;
    const Index right = static_cast<Index>(picture_.minimum_fractional_size) -
                        (static_cast<Index>(text_.size()) - before - 1);
    if (left > 0) text_ = repeated(format_.zero_digit, static_cast<size_t>(left)) + text_;
    if (right > 0) text_ += repeated(format_.zero_digit, static_cast<size_t>(right));
  }

  /// Rule 10.
  void group_integer_part() {
    Index at = point();
    const auto interval = static_cast<Index>(picture_.regular_grouping);
    if (interval > 0) {
      if (at <= 0) return;
      std::u16string grouped;
      const auto size = static_cast<size_t>(at);
      for (size_t i = 0; i < size; ++i) {
        if (i > 0 && (size - i) % picture_.regular_grouping == 0)
          grouped += format_.grouping_separator;
        grouped += text_[i];
      }
      text_.replace(0, size, grouped);
      return;
    }
    for (const size_t position : picture_.integer_grouping) {
      text_.insert(slice_position(text_, at - static_cast<Index>(position)),
                   format_.grouping_separator);
      ++at;
    }
  }

  /// Rule 11.
  void group_fractional_part() {
    const Index first = point() + 1;
    for (const size_t position : picture_.fractional_grouping)
      text_.insert(slice_position(text_, first + static_cast<Index>(position)),
                   format_.grouping_separator);
  }

  /// Rule 13.
  std::u16string exponent_text(int exponent) const {
    std::u16string digits = decimal_text(exponent, 0, format_);
    if (digits.size() < picture_.minimum_exponent_size)
      digits =
          repeated(format_.zero_digit, picture_.minimum_exponent_size - digits.size()) + digits;
    return format_.exponent_separator + (exponent < 0 ? format_.minus_sign : u"") + digits;
  }

  const NumberPicture& picture_;
  const DecimalFormat& format_;
  std::u16string text_;
};

/// F&O 4.7.5.
tl::expected<std::u16string, FormatError> print(double value, const NumberPicture& picture,
                                                const DecimalFormat& format, Dialect dialect) {
  // Rule 3: percent and per-mille.
  double number = value;
  if (index_of(picture.text, format.percent) != -1)
    number = value * 100;
  else if (index_of(picture.text, format.per_mille) != -1)
    number = value * 1000;
  // Rule 5.
  std::optional<int> exponent;
  if (picture.minimum_exponent_size > 0) {
    const Scaled scaled = PAWL_TRY(scale(number, picture.scaling_factor, dialect));
    number = scaled.mantissa;
    exponent = scaled.exponent;
  }
  // Rule 6.
  if (picture.maximum_fractional_size > kFractionalDigitsMax)
    return javascript_failure("toFixed() digits argument must be between 0 and 100");
  number = round_half_even(number, static_cast<int>(picture.maximum_fractional_size));
  if (format.zero_digit.size() * picture.text.size() > kPaddingUnitsMax) return bound_met();
  return NumberText(picture, format).print(number, exponent);
}

}  // namespace

bool FormatNumberOptions::set(std::string_view name, std::string_view value) {
  constexpr std::pair<std::string_view, std::u16string DecimalFormat::*> kProperties[] = {
      {"decimal-separator", &DecimalFormat::decimal_separator},
      {"grouping-separator", &DecimalFormat::grouping_separator},
      {"exponent-separator", &DecimalFormat::exponent_separator},
      {"infinity", &DecimalFormat::infinity},
      {"minus-sign", &DecimalFormat::minus_sign},
      {"NaN", &DecimalFormat::nan},
      {"percent", &DecimalFormat::percent},
      {"per-mille", &DecimalFormat::per_mille},
      {"zero-digit", &DecimalFormat::zero_digit},
      {"digit", &DecimalFormat::digit},
      {"pattern-separator", &DecimalFormat::pattern_separator},
  };
  for (const auto& [property, member] : kProperties) {
    if (property != name) continue;
    format_.*member = text::to_utf16(value);
    return true;
  }
  return false;
}

tl::expected<std::string, FormatError> format_number(double value, std::string_view picture,
                                                     const FormatNumberOptions& options,
                                                     Dialect dialect) {
  const DecimalFormat& format = options.decimal_format();
  std::vector<NumberPicture> pictures =
      PAWL_TRY(analyse_number_picture(text::to_utf16(picture), format, dialect));
  if (pictures.empty())
    return javascript_failure("Cannot read properties of undefined (reading 'picture')");
  // F&O 4.7.4: without a second sub-picture, negative numbers have the minus sign before the first.
  if (pictures.size() == 1) {
    pictures.push_back(pictures[0]);
    pictures[1].prefix = format.minus_sign + pictures[1].prefix;
  }
  const NumberPicture& chosen = value >= 0 ? pictures[0] : pictures[1];
  return text::from_utf16(PAWL_TRY(print(value, chosen, format, dialect)));
}

}  // namespace pawl::query::jsonata
