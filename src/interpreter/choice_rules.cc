// SPDX-License-Identifier: Apache-2.0
#include "interpreter/choice_rules.h"

#include <algorithm>
#include <string>
#include <utility>

#include "base/assert.h"
#include "base/time.h"

namespace pawl::interpreter {
namespace {

using asl::ChoiceOperator;

enum class Family { String, Numeric, Boolean, Timestamp, Other };
enum class Relation { Equals, LessThan, GreaterThan, LessThanEquals, GreaterThanEquals };

struct Comparison {
  Family family;
  Relation relation;
};

Comparison comparison_of(ChoiceOperator op) {
  switch (op) {
    case ChoiceOperator::StringEquals: return {Family::String, Relation::Equals};
    case ChoiceOperator::StringLessThan: return {Family::String, Relation::LessThan};
    case ChoiceOperator::StringGreaterThan: return {Family::String, Relation::GreaterThan};
    case ChoiceOperator::StringLessThanEquals: return {Family::String, Relation::LessThanEquals};
    case ChoiceOperator::StringGreaterThanEquals:
      return {Family::String, Relation::GreaterThanEquals};
    case ChoiceOperator::NumericEquals: return {Family::Numeric, Relation::Equals};
    case ChoiceOperator::NumericLessThan: return {Family::Numeric, Relation::LessThan};
    case ChoiceOperator::NumericGreaterThan: return {Family::Numeric, Relation::GreaterThan};
    case ChoiceOperator::NumericLessThanEquals: return {Family::Numeric, Relation::LessThanEquals};
    case ChoiceOperator::NumericGreaterThanEquals:
      return {Family::Numeric, Relation::GreaterThanEquals};
    case ChoiceOperator::TimestampEquals: return {Family::Timestamp, Relation::Equals};
    case ChoiceOperator::TimestampLessThan: return {Family::Timestamp, Relation::LessThan};
    case ChoiceOperator::TimestampGreaterThan: return {Family::Timestamp, Relation::GreaterThan};
    case ChoiceOperator::TimestampLessThanEquals:
      return {Family::Timestamp, Relation::LessThanEquals};
    case ChoiceOperator::TimestampGreaterThanEquals:
      return {Family::Timestamp, Relation::GreaterThanEquals};
    case ChoiceOperator::BooleanEquals: return {Family::Boolean, Relation::Equals};
    default: return {Family::Other, Relation::Equals};
  }
}

template <typename T>
bool holds(Relation relation, const T& a, const T& b) {
  switch (relation) {
    case Relation::Equals: return a == b;
    case Relation::LessThan: return a < b;
    case Relation::GreaterThan: return a > b;
    case Relation::LessThanEquals: return a <= b;
    case Relation::GreaterThanEquals: return a >= b;
  }
  PAWL_ASSERT(false);
}

bool compare_strings(Relation relation, std::string_view a, std::string_view b) {
  if (relation == Relation::Equals) return a == b;
  return holds(relation, compare_utf16(a, b), 0);
}

std::optional<base::Timestamp> timestamp_of(const json::Value& value) {
  return value.is_string() ? base::parse_iso8601(value.as_string()) : std::nullopt;
}

bool is_type(ChoiceOperator op, const json::Value& value) {
  switch (op) {
    case ChoiceOperator::IsNull: return value.is_null();
    case ChoiceOperator::IsNumeric: return value.is_number();
    case ChoiceOperator::IsString: return value.is_string();
    case ChoiceOperator::IsBoolean: return value.is_boolean();
    case ChoiceOperator::IsTimestamp: return timestamp_of(value).has_value();
    default: PAWL_ASSERT(false);
  }
}

}  // namespace

SelectedValue::SelectedValue(const query::Path& path, const query::Bindings& bindings) {
  if (path.is_definite() && !path.has_function()) {
    value_ = path.find(bindings);
    return;
  }
  base::Result<json::Value> selected = path.evaluate(bindings);
  if (!selected) return;
  owned_ = *std::move(selected);
  value_ = &*owned_;
}

bool compare_literal(const asl::ChoiceRule& rule, const json::Value& variable) {
  const auto [family, relation] = comparison_of(rule.op);
  switch (family) {
    case Family::String:
      return variable.is_string() &&
             compare_strings(relation, variable.as_string(), std::get<std::string>(rule.comparand));
    case Family::Numeric:
      return variable.is_number() &&
             holds(relation, variable.as_double(), std::get<double>(rule.comparand));
    case Family::Boolean:
      return variable.is_boolean() && variable.as_boolean() == std::get<bool>(rule.comparand);
    case Family::Timestamp: {
      const auto timestamp = timestamp_of(variable);
      return timestamp && holds(relation, *timestamp, std::get<base::Timestamp>(rule.comparand));
    }
    case Family::Other: break;
  }
  if (rule.op == ChoiceOperator::StringMatches) {
    return variable.is_string() &&
           matches_pattern(std::get<asl::StringPattern>(rule.comparand), variable.as_string());
  }
  return is_type(rule.op, variable) == std::get<bool>(rule.comparand);
}

bool compare_values(ChoiceOperator op, const json::Value& variable, const json::Value& comparand) {
  const auto [family, relation] = comparison_of(op);
  switch (family) {
    case Family::String:
      return variable.is_string() && comparand.is_string() &&
             compare_strings(relation, variable.as_string(), comparand.as_string());
    case Family::Numeric: {
      if (!variable.is_number() || !comparand.is_number()) return false;
      int64_t a = 0;
      int64_t b = 0;
      if (variable.to_int64(a) && comparand.to_int64(b)) return holds(relation, a, b);
      return holds(relation, variable.as_double(), comparand.as_double());
    }
    case Family::Boolean:
      return variable.is_boolean() && comparand.is_boolean() &&
             variable.as_boolean() == comparand.as_boolean();
    case Family::Timestamp: {
      const auto a = timestamp_of(variable);
      const auto b = timestamp_of(comparand);
      return a && b && holds(relation, *a, *b);
    }
    case Family::Other: break;
  }
  return false;
}

int compare_utf16(std::string_view a, std::string_view b) {
  const auto [left, right] = std::mismatch(a.begin(), a.end(), b.begin(), b.end());
  if (left == a.end() || right == b.end()) {
    return (left == a.end() ? 0 : 1) - (right == b.end() ? 0 : 1);
  }
  const auto x = static_cast<unsigned char>(*left);
  const auto y = static_cast<unsigned char>(*right);
  // Bytes of UTF-8 sort like code points. UTF-16 differs in one thing: what needs surrogates (lead
  // byte from F0) comes before U+E000..U+FFFF (lead bytes EE, EF).
  const auto rank = [](unsigned char lead) { return lead >= 0xf0 ? 0xed * 2 + 1 : lead * 2; };
  return rank(x) - rank(y);
}

bool matches_pattern(const asl::StringPattern& pattern, std::string_view text) {
  const std::vector<std::string>& pieces = pattern.pieces;
  if (pieces.size() == 1) return text == pieces.front();
  if (!text.starts_with(pieces.front())) return false;
  text.remove_prefix(pieces.front().size());
  for (size_t i = 1; i + 1 < pieces.size(); ++i) {
    const size_t at = text.find(pieces[i]);
    if (at == std::string_view::npos) return false;
    text.remove_prefix(at + pieces[i].size());
  }
  return text.ends_with(pieces.back());
}

}  // namespace pawl::interpreter
