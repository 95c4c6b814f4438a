// SPDX-License-Identifier: Apache-2.0
#include "text/number.h"

#include <array>
#include <charconv>
#include <cmath>

#include <double-conversion/double-conversion.h>

namespace pawl::text {
namespace {

using double_conversion::DoubleToStringConverter;
using double_conversion::StringBuilder;
using double_conversion::StringToDoubleConverter;

std::string print(const DoubleToStringConverter& converter, double number) {
  std::array<char, 64> buffer{};
  StringBuilder builder(buffer.data(), static_cast<int>(buffer.size()));
  converter.ToShortest(number, &builder);
  const int length = builder.position();
  builder.Finalize();
  return {buffer.data(), static_cast<size_t>(length)};
}

}  // namespace

std::string ecmascript_number(double number) {
  return print(DoubleToStringConverter::EcmaScriptConverter(), number);
}

std::string java_number(double number) {
  // Double.toString: plain from 10^-3 up to 10^7, else one digit, ".", digits, "E", exponent
  // without a plus.
  static const DoubleToStringConverter kPlain(
      DoubleToStringConverter::EMIT_TRAILING_DECIMAL_POINT |
          DoubleToStringConverter::EMIT_TRAILING_ZERO_AFTER_POINT,
      "Infinity", "NaN", 'E', -3, 7, 0, 0);
  std::string out = print(kPlain, number);
  const size_t exponent = out.find('E');
  if (exponent != std::string::npos && out.find('.') == std::string::npos)
    out.insert(exponent, ".0");
  return out;
}

std::optional<double> parse_double(std::string_view text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (end != text.data() + text.size() || text.empty() || std::isnan(value)) return std::nullopt;
  if (error == std::errc()) return value;
  // Beyond the range from_chars leaves `value` alone: double-conversion gives zero or infinity.
  static const StringToDoubleConverter kConverter(StringToDoubleConverter::NO_FLAGS, 0.0,
                                                  std::nan(""), nullptr, nullptr);
  int processed = 0;
  return kConverter.StringToDouble(text.data(), static_cast<int>(text.size()), &processed);
}

}  // namespace pawl::text
