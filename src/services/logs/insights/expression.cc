// SPDX-License-Identifier: Apache-2.0
#include "services/logs/insights/expression.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "base/time.h"
#include "text/number.h"

namespace pawl::logs {
namespace {

using Kind = InsightsExpression::Kind;
using Arguments = std::vector<InsightsValue>;
using Function = InsightsValue (*)(const Arguments&);

InsightsValue boolean(bool value) { return value ? 1.0 : 0.0; }

InsightsValue finite(double value) {
  return std::isfinite(value) ? InsightsValue(value) : InsightsValue();
}

template <double (*Operation)(double)>
InsightsValue of_number(const Arguments& arguments) {
  const auto number = number_of(arguments[0]);
  return number ? finite(Operation(*number)) : InsightsValue();
}

InsightsValue extreme(const Arguments& arguments, int sign) {
  InsightsValue best;
  for (const InsightsValue& each : arguments) {
    if (!is_nothing(each) && (is_nothing(best) || compare(each, best) * sign > 0)) best = each;
  }
  return best;
}

std::string trimmed(const Arguments& arguments, bool left, bool right) {
  std::string text = text_of(arguments[0]);
  const std::string set = arguments.size() > 1 ? text_of(arguments[1]) : " \t\r\n";
  if (right) text.erase(text.find_last_not_of(set) + 1);
  if (left) text.erase(0, std::min(text.find_first_not_of(set), text.size()));
  return text;
}

std::string with_case(std::string text, bool upper) {
  for (char& c : text) {
    if (upper && c >= 'a' && c <= 'z') c = static_cast<char>(c - 32);
    if (!upper && c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
  }
  return text;
}

InsightsValue replace(const Arguments& arguments) {
  std::string text = text_of(arguments[0]);
  const std::string from = text_of(arguments[1]);
  const std::string to = text_of(arguments[2]);
  if (from.empty()) return text;
  for (size_t at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size()))
    text.replace(at, from.size(), to);
  return text;
}

InsightsValue substring(const Arguments& arguments) {
  const std::string text = text_of(arguments[0]);
  const double start = number_of(arguments[1]).value_or(0);
  const double length =
      arguments.size() > 2 ? number_of(arguments[2]).value_or(0) : static_cast<double>(text.size());
  if (start < 0 || length < 0 || start > static_cast<double>(text.size())) return std::string();
  return text.substr(static_cast<size_t>(start),
                     static_cast<size_t>(std::min(length, static_cast<double>(text.size()))));
}

/// bin(5m) is of @timestamp: the parser puts it first.
InsightsValue time_step(const Arguments& arguments, bool up) {
  const auto time = number_of(arguments[0]);
  const auto step = number_of(arguments[1]);
  if (!time || !step || *step <= 0) return {};
  const double steps = *time / *step;
  return InsightsTime{(up ? std::ceil(steps) : std::floor(steps)) * *step};
}

struct Known {
  std::string_view name;
  InsightsArity arity;
  Function function;
};

constexpr size_t kMany = 64;

// clang-format off
constexpr Known kFunctions[] = {
    {"abs", {1, 1}, &of_number<std::fabs>},
    {"bin", {2, 2}, [](const Arguments& a) { return time_step(a, false); }},
    {"ceil", {1, 1}, &of_number<std::ceil>},
    {"coalesce", {1, kMany}, [](const Arguments& a) {
       for (const auto& each : a) if (!is_nothing(each)) return each;
       return InsightsValue(); }},
    {"concat", {1, kMany}, [](const Arguments& a) {
       std::string text;
       for (const auto& each : a) text += text_of(each);
       return InsightsValue(text); }},
    {"dateceil", {2, 2}, [](const Arguments& a) { return time_step(a, true); }},
    {"datefloor", {2, 2}, [](const Arguments& a) { return time_step(a, false); }},
    {"floor", {1, 1}, &of_number<std::floor>},
    {"frommillis", {1, 1}, [](const Arguments& a) {
       const auto ms = number_of(a[0]);
       return ms ? InsightsValue(InsightsTime{*ms}) : InsightsValue(); }},
    {"greatest", {1, kMany}, [](const Arguments& a) { return extreme(a, 1); }},
    {"isblank", {1, 1}, [](const Arguments& a) { return boolean(trimmed(a, true, true).empty()); }},
    {"isempty", {1, 1}, [](const Arguments& a) { return boolean(text_of(a[0]).empty()); }},
    {"ispresent", {1, 1}, [](const Arguments& a) { return boolean(!is_nothing(a[0])); }},
    {"least", {1, kMany}, [](const Arguments& a) { return extreme(a, -1); }},
    {"log", {1, 1}, &of_number<std::log>},
    {"ltrim", {1, 2}, [](const Arguments& a) { return InsightsValue(trimmed(a, true, false)); }},
    {"replace", {3, 3}, &replace},
    {"rtrim", {1, 2}, [](const Arguments& a) { return InsightsValue(trimmed(a, false, true)); }},
    {"sqrt", {1, 1}, &of_number<std::sqrt>},
    {"strcontains", {2, 2}, [](const Arguments& a) {
       return boolean(text_of(a[0]).find(text_of(a[1])) != std::string::npos); }},
    {"strlen", {1, 1}, [](const Arguments& a) {
       return InsightsValue(static_cast<double>(text_of(a[0]).size())); }},
    {"substr", {2, 3}, &substring},
    {"tolower", {1, 1}, [](const Arguments& a) {
       return InsightsValue(with_case(text_of(a[0]), false)); }},
    {"tomillis", {1, 1}, [](const Arguments& a) {
       const auto ms = number_of(a[0]);
       return ms ? InsightsValue(*ms) : InsightsValue(); }},
    {"toupper", {1, 1}, [](const Arguments& a) {
       return InsightsValue(with_case(text_of(a[0]), true)); }},
    {"trim", {1, 2}, [](const Arguments& a) { return InsightsValue(trimmed(a, true, true)); }},
};
// clang-format on

const Known* find_function(std::string_view name) {
  const std::string lower = with_case(std::string(name), false);
  const auto found = std::find_if(std::begin(kFunctions), std::end(kFunctions),
                                  [&](const Known& known) { return known.name == lower; });
  return found == std::end(kFunctions) ? nullptr : found;
}

bool are_equal(const InsightsValue& a, const InsightsValue& b) {
  const auto left = number_of(a);
  const auto right = number_of(b);
  if (left && right) return *left == *right;
  return !is_nothing(a) && !is_nothing(b) && text_of(a) == text_of(b);
}

InsightsValue arithmetic(char op, double a, double b) {
  switch (op) {
    case '+': return finite(a + b);
    case '-': return finite(a - b);
    case '*': return finite(a * b);
    case '/': return finite(a / b);
    case '%': return finite(std::fmod(a, b));
    default: return finite(std::pow(a, b));
  }
}

InsightsValue binary(const InsightsExpression& expression, const InsightsRow& row) {
  const std::string& op = expression.name;
  const InsightsValue left = evaluate(expression.parts[0], row);
  if (op == "and") {
    return boolean(is_true(left) && is_true(evaluate(expression.parts[1], row)));
  }
  if (op == "or") return boolean(is_true(left) || is_true(evaluate(expression.parts[1], row)));
  const InsightsValue right = evaluate(expression.parts[1], row);
  if (op == "=") return boolean(are_equal(left, right));
  if (op == "!=") return boolean(!are_equal(left, right));
  if (op[0] == '<' || op[0] == '>') {
    if (is_nothing(left) || is_nothing(right)) return boolean(false);
    const int order = compare(left, right);
    const bool or_equal = op.size() > 1 && order == 0;
    return boolean(or_equal || (op[0] == '<' ? order < 0 : order > 0));
  }
  const auto a = number_of(left);
  const auto b = number_of(right);
  return a && b ? arithmetic(op[0], *a, *b) : InsightsValue();
}

}  // namespace

bool is_nothing(const InsightsValue& value) {
  return std::holds_alternative<std::monostate>(value);
}

std::optional<double> number_of(const InsightsValue& value) {
  if (const auto* number = std::get_if<double>(&value)) return *number;
  if (const auto* time = std::get_if<InsightsTime>(&value)) return time->ms;
  const auto* text = std::get_if<std::string>(&value);
  return text == nullptr ? std::nullopt : text::parse_double(*text);
}

std::string text_of(const InsightsValue& value) {
  if (const auto* text = std::get_if<std::string>(&value)) return *text;
  if (const auto* number = std::get_if<double>(&value)) return text::ecmascript_number(*number);
  if (const auto* time = std::get_if<InsightsTime>(&value)) {
    std::string text = base::format_iso8601({static_cast<int64_t>(time->ms)});
    std::replace(text.begin(), text.end(), 'T', ' ');
    if (text.ends_with('Z')) text.pop_back();
    return text;
  }
  return {};
}

int compare(const InsightsValue& a, const InsightsValue& b) {
  if (is_nothing(a) || is_nothing(b)) return is_nothing(b) - is_nothing(a);
  const auto left = number_of(a);
  const auto right = number_of(b);
  if (left && right) return *left < *right ? -1 : *left > *right ? 1 : 0;
  if (left.has_value() != right.has_value()) return left ? -1 : 1;
  return text_of(a).compare(text_of(b));
}

bool is_true(const InsightsValue& value) {
  if (const auto* number = std::get_if<double>(&value)) return *number != 0;
  return text_of(value) == "true";
}

std::optional<InsightsArity> insights_function(std::string_view name) {
  const Known* known = find_function(name);
  return known == nullptr ? std::nullopt : std::optional<InsightsArity>(known->arity);
}

InsightsValue evaluate(const InsightsExpression& expression, const InsightsRow& row) {
  const auto part = [&](size_t i) { return evaluate(expression.parts[i], row); };
  switch (expression.kind) {
    case Kind::Literal: return expression.literal;
    case Kind::Field: {
      const auto found = row.find(expression.name);
      return found == row.end() ? InsightsValue() : found->second;
    }
    case Kind::Not: return boolean(!is_true(part(0)));
    case Kind::Negate: {
      const auto number = number_of(part(0));
      return number ? InsightsValue(-*number) : InsightsValue();
    }
    case Kind::Binary: return binary(expression, row);
    case Kind::Like: {
      const std::string text = text_of(part(0));
      const bool is_like = expression.regex
                               ? expression.regex->match(text).has_value()
                               : text.find(text_of(expression.literal)) != std::string::npos;
      return boolean(is_like != expression.is_negated);
    }
    case Kind::In: {
      const InsightsValue value = part(0);
      bool is_in = false;
      for (size_t i = 1; i < expression.parts.size(); ++i)
        is_in = is_in || are_equal(value, part(i));
      return boolean(is_in != expression.is_negated);
    }
    case Kind::Call: {
      Arguments arguments;
      for (size_t i = 0; i < expression.parts.size(); ++i) arguments.push_back(part(i));
      return find_function(expression.name)->function(arguments);
    }
  }
  return {};
}

}  // namespace pawl::logs
