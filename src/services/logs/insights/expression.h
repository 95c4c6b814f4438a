// SPDX-License-Identifier: Apache-2.0
// Expressions of Logs Insights queries: values, rows, and what an expression is for a row.
// "CloudWatch Logs Insights query syntax", operators and functions.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "text/regex.h"

namespace pawl::logs {

/// Milliseconds since 1970; shown as "2026-11-27 16:05:42.000".
struct InsightsTime {
  double ms = 0;
};
/// Nothing, a number (booleans are 1 and 0), text, a time.
using InsightsValue = std::variant<std::monostate, double, std::string, InsightsTime>;
using InsightsRow = std::map<std::string, InsightsValue, std::less<>>;

bool is_nothing(const InsightsValue& value);
/// A number, or text that is one; times are their milliseconds.
std::optional<double> number_of(const InsightsValue& value);
/// As results show it; nothing is "".
std::string text_of(const InsightsValue& value);
/// Numbers before text; nothing first. Negative, 0, positive.
int compare(const InsightsValue& a, const InsightsValue& b);

struct InsightsExpression {
  enum class Kind { Literal, Field, Call, Not, Negate, Binary, Like, In };
  Kind kind = Kind::Literal;
  std::string name;  ///< field, function or operator
  InsightsValue literal = {};
  std::vector<InsightsExpression> parts = {};
  std::optional<text::Regex> regex = {};  ///< of Like; else a part of the text is looked for
  bool is_negated = false;                ///< of Like and In
};

/// How many arguments a function takes; nullopt: it is not known.
struct InsightsArity {
  size_t least;
  size_t most;
};
std::optional<InsightsArity> insights_function(std::string_view name);

/// Total: what has no value is nothing. O(size of the expression), but for regular expressions.
InsightsValue evaluate(const InsightsExpression& expression, const InsightsRow& row);
bool is_true(const InsightsValue& value);

}  // namespace pawl::logs
