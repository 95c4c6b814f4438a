// SPDX-License-Identifier: Apache-2.0
// Numbers: $number, $abs, $floor, $ceil, $round, $power, $sqrt, $random, and numbers as text.
#include <cmath>
#include <optional>
#include <string>

#include "query/jsonata/builtins.h"
#include "query/jsonata/evaluation.h"
#include "query/jsonata/format/format_number.h"
#include "query/jsonata/format/integer_picture.h"
#include "query/jsonata/functions/format_failure.h"
#include "query/jsonata/stored.h"
#include "text/number.h"

namespace pawl::query::jsonata {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// /^-?[0-9]+(\.[0-9]+)?([Ee][-+]?[0-9]+)?$/, finite.
std::optional<double> decimal(std::string_view text) {
  size_t at = text.starts_with('-') ? 1 : 0;
  const auto digits = [text, &at] {
    const size_t start = at;
    while (at < text.size() && is_digit(text[at])) ++at;
    return at > start;
  };
  if (!digits()) return std::nullopt;
  if (at < text.size() && text[at] == '.') {
    ++at;
    if (!digits()) return std::nullopt;
  }
  if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
    ++at;
    if (at < text.size() && (text[at] == '-' || text[at] == '+')) ++at;
    if (!digits()) return std::nullopt;
  }
  if (at != text.size()) return std::nullopt;
  // JSON's grammar has no leading zeros.
  std::string lexeme(text);
  const size_t first = lexeme.starts_with('-') ? 1 : 0;
  while (lexeme.size() > first + 1 && lexeme[first] == '0' && is_digit(lexeme[first + 1]))
    lexeme.erase(first, 1);
  const auto number = text::parse_double(lexeme);
  return number && std::isfinite(*number) ? number : std::nullopt;
}

/// "0x1F", "0o17", "0b101" as JavaScript's Number() reads them.
std::optional<double> with_radix(std::string_view text) {
  if (text.size() < 3 || text[0] != '0') return std::nullopt;
  const char letter = static_cast<char>(text[1] | 0x20);
  const int radix = letter == 'x' ? 16 : letter == 'o' ? 8 : letter == 'b' ? 2 : 0;
  if (radix == 0) return std::nullopt;
  double number = 0;
  for (const char c : text.substr(2)) {
    const char lower = static_cast<char>(c | 0x20);
    const int digit = is_digit(c) ? c - '0' : lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : 99;
    if (digit >= radix) return std::nullopt;
    number = number * radix + digit;
  }
  return number;
}

Item number(const BuiltinCall& call) {
  const Item& item = call[0];
  if (item.is_undefined() || item.is_number()) return item;
  if (item.is_boolean()) return Item::number(item.as_boolean() ? 1 : 0);
  if (item.is_string()) {
    if (const auto value = decimal(item.as_string())) return Item::number(*value);
    if (const auto value = with_radix(item.as_string())) return Item::number(*value);
  }
  EvaluationError error("D3030");
  error.value = message_value(item);
  error.index = 1;
  return call.evaluation.fail(std::move(error));
}

template <double (*Function)(double)>
Item mapped(const BuiltinCall& call) {
  return call[0].is_undefined() ? Item() : Item::number(Function(call[0].as_number()));
}

Item round(const BuiltinCall& call) {
  if (call[0].is_undefined()) return {};
  const double precision = call[1].is_number() ? call[1].as_number() : 0;
  // Beyond this nothing is left to round, or nothing is left.
  const auto places = static_cast<int>(std::fmax(-400, std::fmin(400, precision)));
  return Item::number(round_half_even(call[0].as_number(), places));
}

Item sqrt(const BuiltinCall& call) {
  if (call[0].is_undefined()) return {};
  if (call[0].as_number() < 0) return call.evaluation.fail_value("D3060", call[0]);
  return Item::number(std::sqrt(call[0].as_number()));
}

Item power(const BuiltinCall& call) {
  if (call[0].is_undefined()) return {};
  const double base = call[0].as_number();
  const double exponent = call[1].is_number() ? call[1].as_number() : std::nan("");
  // ECMAScript Number::exponentiate: 1 to an infinite or missing power is NaN, unlike in C.
  const double result = std::isnan(exponent) || (std::isinf(exponent) && std::fabs(base) == 1)
                            ? std::nan("")
                            : std::pow(base, exponent);
  if (std::isfinite(result)) return Item::number(result);
  EvaluationError error("D3061");
  error.value = message_value(call[0]);
  if (call[1].is_number()) error.value2 = message_value(call[1]);
  return call.evaluation.fail(std::move(error));
}

Item format_number_function(const BuiltinCall& call) {
  if (call[0].is_undefined()) return {};
  FormatNumberOptions options;
  if (call[2].is_object()) {
    for (const json::Member& member : call[2].value().members()) {
      if (member.value.is_string()) options.set(member.name(), member.value.as_string());
    }
  }
  const std::string picture(call[1].is_string() ? call[1].as_string() : std::string_view());
  auto text = format_number(call[0].as_number(), picture, options, call.evaluation.dialect());
  // A picture without any active character is a TypeError of JavaScript in 2.0.6. AWS, as measured,
  // answers what the later version does: D3086.
  if (!text && text.error().code.empty())
    text = format_number(call[0].as_number(), picture, options, Dialect::Current);
  return text_or_failure(call.evaluation, text);
}

Item format_base_function(const BuiltinCall& call) {
  if (call[0].is_undefined()) return {};
  const double value = round_half_even(call[0].as_number(), 0);
  const double radix = call[1].is_number() ? round_half_even(call[1].as_number(), 0) : 10;
  if (!(radix >= 2 && radix <= 36)) return call.evaluation.fail_value("D3100", Item::number(radix));
  return Item::string(format_base(value, static_cast<int>(radix)));
}

/// JavaScript's TypeError for a picture that is missing.
Item no_picture(const BuiltinCall& call) {
  EvaluationError error("T0410");
  error.index = 2;
  return call.evaluation.fail(std::move(error));
}

Item format_integer_function(const BuiltinCall& call) {
  if (call[0].is_undefined()) return {};
  if (!call[1].is_string()) return no_picture(call);
  return text_or_failure(call.evaluation, format_integer(call[0].as_number(), call[1].as_string()));
}

Item parse_integer_function(const BuiltinCall& call) {
  if (call[0].is_undefined()) return {};
  if (!call[1].is_string()) return no_picture(call);
  auto number = parse_integer(call[0].as_string(), call[1].as_string());
  if (!number) return format_failed(call.evaluation, number.error());
  return Item::number(*number);
}

constexpr Builtin kFunctions[] = {
    {"number", "<(nsb)-:n>", 1, number},
    {"floor", "<n-:n>", 1, mapped<std::floor>},
    {"ceil", "<n-:n>", 1, mapped<std::ceil>},
    {"abs", "<n-:n>", 1, mapped<std::fabs>},
    {"round", "<n-n?:n>", 2, round},
    {"sqrt", "<n-:n>", 1, sqrt},
    {"power", "<n-n:n>", 2, power},
    {"formatNumber", "<n-so?:s>", 3, format_number_function},
    {"formatBase", "<n-n?:s>", 2, format_base_function},
    {"formatInteger", "<n-s:s>", 2, format_integer_function},
    {"parseInteger", "<s-s:n>", 2, parse_integer_function},
};

}  // namespace

std::span<const Builtin> number_functions() { return kFunctions; }

}  // namespace pawl::query::jsonata
