// SPDX-License-Identifier: Apache-2.0
#include "query/jsonata/format/rounding.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>

#include "text/number.h"

namespace pawl::query::jsonata {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

/// value * 10^places through the number's text.
double shift_decimal(double value, int places) {
  if (!std::isfinite(value)) return kNaN;  // "Infinitye2" is no number
  const std::string text = text::ecmascript_number(value);
  const size_t mark = text.find('e');
  int64_t exponent = places;
  if (mark != std::string::npos) {
    const size_t digits = text[mark + 1] == '+' ? mark + 2 : mark + 1;
    int written = 0;
    std::from_chars(text.data() + digits, text.data() + text.size(), written);
    exponent += written;
  }
  return text::parse_double(text.substr(0, mark) + "e" + std::to_string(exponent)).value_or(kNaN);
}

/// Math.round: ties towards positive infinity.
double round_up_ties(double value) {
  const double below = std::floor(value);
  return value - below >= 0.5 ? below + 1 : below;
}

/// The number of binary digits behind the point.
int fraction_bits(double value) {
  int exponent = 0;
  double mantissa = std::frexp(value, &exponent);
  int bits = -exponent;
  while (mantissa != std::floor(mantissa)) {
    mantissa *= 2;
    ++bits;
  }
  return std::max(bits, 0);
}

/// Adds one to the last digit of a decimal text.
void increment(std::string& decimal) {
  for (size_t at = decimal.size(); at-- > 0;) {
    if (decimal[at] == '.') continue;
    if (decimal[at] != '9') {
      ++decimal[at];
      return;
    }
    decimal[at] = '0';
  }
  decimal.insert(0, 1, '1');
}

}  // namespace

double round_half_even(double value, int precision) {
  if (precision != 0) value = shift_decimal(value, precision);
  double rounded = round_up_ties(value);
  if (std::abs(rounded - value) == 0.5 && std::fmod(std::abs(rounded), 2) == 1) rounded -= 1;
  if (precision != 0) rounded = shift_decimal(rounded, -precision);
  return rounded == 0 ? 0 : rounded;
}

std::string format_base(double value, int radix) {
  if (radix == 10 || !std::isfinite(value) || value == 0) return text::ecmascript_number(value);
  constexpr std::string_view kDigits = "0123456789abcdefghijklmnopqrstuvwxyz";
  double rest = std::abs(value);
  std::string reversed;
  for (; rest / radix >= 0x1p53; rest /= radix) reversed += '0';
  do {
    const double digit = std::fmod(rest, radix);
    reversed += kDigits[static_cast<size_t>(digit)];
    rest = (rest - digit) / radix;
  } while (rest > 0);
  if (value < 0) reversed += '-';
  return {reversed.rbegin(), reversed.rend()};
}

std::string to_fixed(double value, int digits) {
  if (!(std::abs(value) < 1e21)) return text::ecmascript_number(value);
  // A sign, 21 digits, the point, and one digit more than asked for.
  std::array<char, 128> buffer{};
  const auto print = [&](double number, int places) {
    const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), number,
                                   std::chars_format::fixed, places);
    return std::string(buffer.data(), end.ptr);
  };
  const double magnitude = std::abs(value);
  std::string text;
  if (fraction_bits(magnitude) == digits + 1) {
    // Exactly half way: ECMAScript picks the larger, to_chars the even one.
    text = print(magnitude, digits + 1);
    text.resize(text.size() - (digits == 0 ? 2 : 1));
    increment(text);
  } else {
    text = print(magnitude, digits);
  }
  return value < 0 ? "-" + text : text;
}

}  // namespace pawl::query::jsonata
