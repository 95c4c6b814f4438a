// SPDX-License-Identifier: Apache-2.0
#include "formation/yaml_scalar.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <string>

namespace pawl::formation {
namespace {

template <size_t N>
bool is_one_of(std::string_view text, const std::string_view (&words)[N]) {
  return std::find(std::begin(words), std::end(words), text) != std::end(words);
}

constexpr std::string_view kTrue[] = {"true", "True", "TRUE", "yes", "Yes",
                                      "YES",  "on",   "On",   "ON"};
constexpr std::string_view kFalse[] = {"false", "False", "FALSE", "no", "No",
                                       "NO",    "off",   "Off",   "OFF"};
constexpr std::string_view kNull[] = {"", "~", "null", "Null", "NULL"};

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// https://yaml.org/type/int.html: bases 2, 8 and 16; what does not fit 64 bits stays text.
std::optional<json::Value> based_integer(std::string_view digits, int base, bool negative) {
  int64_t integer = 0;
  const char* end = digits.data() + digits.size();
  const auto [stop, error] = std::from_chars(digits.data(), end, integer, base);
  if (digits.empty() || digits[0] == '-' || error != std::errc() || stop != end) {
    return std::nullopt;
  }
  return json::Value(negative ? -integer : integer);
}

struct Shape {
  bool is_number = false;
  bool is_decimal = false;
};

// https://yaml.org/type/float.html, decimal: [0-9]+ with a dot or an exponent, or plain digits.
Shape shape_of(std::string_view text) {
  size_t i = 0;
  size_t digits = 0;
  Shape shape;
  const auto skip_digits = [&] {
    while (i < text.size() && is_digit(text[i])) ++i, ++digits;
  };
  skip_digits();
  if (i < text.size() && text[i] == '.') {
    shape.is_decimal = true;
    ++i;
    skip_digits();
  }
  if (digits == 0) return {};
  if (i < text.size() && (text[i] == 'e' || text[i] == 'E')) {
    shape.is_decimal = true;
    ++i;
    if (i < text.size() && (text[i] == '+' || text[i] == '-')) ++i;
    const size_t before = digits;
    skip_digits();
    if (digits == before) return {};
  }
  shape.is_number = i == text.size();
  return shape;
}

std::optional<json::Value> number(std::string_view text) {
  const bool negative = text.starts_with('-');
  if (negative || text.starts_with('+')) text.remove_prefix(1);
  if (text.empty() || (!is_digit(text[0]) && text[0] != '.')) return std::nullopt;
  std::string digits(text);
  std::erase(digits, '_');
  if (digits.starts_with("0x")) return based_integer(digits.substr(2), 16, negative);
  if (digits.starts_with("0b")) return based_integer(digits.substr(2), 2, negative);
  const Shape shape = shape_of(digits);
  if (!shape.is_number) return std::nullopt;
  if (!shape.is_decimal && digits.size() > 1 && digits[0] == '0') {
    return based_integer(digits.substr(1), 8, negative);
  }
  // YAML lets out digits that JSON demands: ".5", "1.", "1.e3", "007.5".
  while (digits.size() > 1 && digits[0] == '0' && is_digit(digits[1])) digits.erase(0, 1);
  if (digits[0] == '.') digits.insert(0, "0");
  const size_t dot = digits.find('.');
  if (dot != std::string::npos && (dot + 1 == digits.size() || !is_digit(digits[dot + 1]))) {
    digits.insert(dot + 1, "0");
  }
  return json::Value::number_from_lexeme(negative ? "-" + digits : digits);
}

}  // namespace

json::Value plain_scalar(std::string_view text) {
  if (is_one_of(text, kNull)) return {};
  if (is_one_of(text, kTrue)) return json::Value(true);
  if (is_one_of(text, kFalse)) return json::Value(false);
  // A lexeme of doubles' range and a sane length; longer ones are text.
  constexpr size_t kNumberBytesMax = 64;
  if (text.size() <= kNumberBytesMax) {
    if (auto value = number(text)) return *std::move(value);
  }
  return json::Value(text);
}

}  // namespace pawl::formation
