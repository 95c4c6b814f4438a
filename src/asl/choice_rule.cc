// SPDX-License-Identifier: Apache-2.0
// ASL "Choice State": rules to ChoiceRule.
#include <algorithm>
#include <array>
#include <limits>
#include <utility>

#include "asl/compiler.h"

namespace pawl::asl {
namespace {

constexpr int kRuleDepthMax = 100;
constexpr double kAnyNumber = std::numeric_limits<double>::infinity();

enum class Comparand : uint8_t { String, Number, Boolean, Timestamp, Pattern };

struct OperatorRow {
  std::string_view name;
  ChoiceOperator op;
  Comparand comparand;
  bool has_path_twin;
};

constexpr std::array<OperatorRow, 23> kOperators = {{
    {"StringEquals", ChoiceOperator::StringEquals, Comparand::String, true},
    {"StringLessThan", ChoiceOperator::StringLessThan, Comparand::String, true},
    {"StringGreaterThan", ChoiceOperator::StringGreaterThan, Comparand::String, true},
    {"StringLessThanEquals", ChoiceOperator::StringLessThanEquals, Comparand::String, true},
    {"StringGreaterThanEquals", ChoiceOperator::StringGreaterThanEquals, Comparand::String, true},
    {"StringMatches", ChoiceOperator::StringMatches, Comparand::Pattern, false},
    {"NumericEquals", ChoiceOperator::NumericEquals, Comparand::Number, true},
    {"NumericLessThan", ChoiceOperator::NumericLessThan, Comparand::Number, true},
    {"NumericGreaterThan", ChoiceOperator::NumericGreaterThan, Comparand::Number, true},
    {"NumericLessThanEquals", ChoiceOperator::NumericLessThanEquals, Comparand::Number, true},
    {"NumericGreaterThanEquals", ChoiceOperator::NumericGreaterThanEquals, Comparand::Number, true},
    {"BooleanEquals", ChoiceOperator::BooleanEquals, Comparand::Boolean, true},
    {"TimestampEquals", ChoiceOperator::TimestampEquals, Comparand::Timestamp, true},
    {"TimestampLessThan", ChoiceOperator::TimestampLessThan, Comparand::Timestamp, true},
    {"TimestampGreaterThan", ChoiceOperator::TimestampGreaterThan, Comparand::Timestamp, true},
    {"TimestampLessThanEquals", ChoiceOperator::TimestampLessThanEquals, Comparand::Timestamp, true},
    {"TimestampGreaterThanEquals", ChoiceOperator::TimestampGreaterThanEquals, Comparand::Timestamp, true},
    {"IsNull", ChoiceOperator::IsNull, Comparand::Boolean, false},
    {"IsPresent", ChoiceOperator::IsPresent, Comparand::Boolean, false},
    {"IsNumeric", ChoiceOperator::IsNumeric, Comparand::Boolean, false},
    {"IsString", ChoiceOperator::IsString, Comparand::Boolean, false},
    {"IsBoolean", ChoiceOperator::IsBoolean, Comparand::Boolean, false},
    {"IsTimestamp", ChoiceOperator::IsTimestamp, Comparand::Boolean, false},
}};

const OperatorRow* find_operator(std::string_view name, bool& is_path) {
  for (const OperatorRow& row : kOperators) {
    is_path = row.has_path_twin && name.size() == row.name.size() + 4 && name.starts_with(row.name) &&
              name.ends_with("Path");
    if (is_path || row.name == name) return &row;
  }
  return nullptr;
}

bool is_frame_field(std::string_view name) {
  return name == "Variable" || name == "Next" || name == "Assign" || name == "Comment" || name == "Output";
}

/// ASL "StringMatches": "*" is a wildcard, "\\*" the character, "\\\\" a backslash.
StringPattern split_pattern(std::string_view text) {
  StringPattern pattern;
  pattern.pieces.emplace_back();
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\' && i + 1 < text.size() && (text[i + 1] == '*' || text[i + 1] == '\\')) {
      pattern.pieces.back() += text[++i];
    } else if (text[i] == '*') {
      pattern.pieces.emplace_back();
    } else {
      pattern.pieces.back() += text[i];
    }
  }
  return pattern;
}

void read_comparand(const Fields& rule, std::string_view name, Comparand kind, ChoiceRule& out) {
  switch (kind) {
    case Comparand::String:
      if (auto text = rule.string(name)) out.comparand = *std::move(text);
      return;
    case Comparand::Pattern:
      if (const auto text = rule.string(name)) out.comparand = split_pattern(*text);
      return;
    case Comparand::Number:
      if (const auto number = rule.number(name, -kAnyNumber, kAnyNumber)) out.comparand = *number;
      return;
    case Comparand::Boolean:
      if (const auto boolean = rule.boolean(name)) out.comparand = *boolean;
      return;
    case Comparand::Timestamp: {
      const auto text = rule.string(name);
      if (!text) return;
      if (const auto timestamp = base::parse_iso8601(*text)) {
        out.comparand = *timestamp;
      } else {
        rule.error(name, "String does not match RFC3339 timestamp");
      }
      return;
    }
  }
}

}  // namespace

ChoiceRule StateCompiler::compile_rule(const Fields& rule, int depth) {
  ChoiceRule out;
  if (depth > kRuleDepthMax) {
    rule.error_here("Choice rules are nested too deep");
    return out;
  }
  const bool has_and = rule.has("And");
  const bool has_or = rule.has("Or");
  if (has_and || has_or) {
    out.op = has_and ? ChoiceOperator::And : ChoiceOperator::Or;
    const std::string_view name = has_and ? "And" : "Or";
    for (const Fields& part : rule.objects(name, true)) out.rules.push_back(compile_rule(part, depth + 1));
  } else if (rule.has("Not")) {
    out.op = ChoiceOperator::Not;
    if (const auto part = rule.object("Not")) out.rules.push_back(compile_rule(*part, depth + 1));
  } else {
    compile_comparison(rule, out);
    return out;
  }
  for (const json::Member& member : rule.object().members()) {
    const std::string_view name = member.name();
    const bool is_own = name == (out.op == ChoiceOperator::And ? "And" : out.op == ChoiceOperator::Or ? "Or" : "Not");
    if (!is_own && (!is_frame_field(name) || name == "Variable")) {
      rule.error(name, "The field '" + std::string(name) + "' is not supported");
    }
  }
  return out;
}

void StateCompiler::compile_comparison(const Fields& rule, ChoiceRule& out) {
  if (!rule.has("Variable") && rule.object().size() <= 1) {
    rule.warn_here("A Choice Rule without a comparison never matches");
    out.op = ChoiceOperator::Or;  // of no rules: false
    return;
  }
  rule.require({"Variable"});
  out.variable = rule.path("Variable");
  size_t operators = 0;
  for (const json::Member& member : rule.object().members()) {
    const std::string_view name = member.name();
    if (is_frame_field(name)) continue;
    bool is_path = false;
    const OperatorRow* row = find_operator(name, is_path);
    if (row == nullptr) {
      rule.error(name, "The field '" + std::string(name) + "' is not supported");
      continue;
    }
    ++operators;
    out.op = row->op;
    if (is_path) {
      if (auto path = rule.path(name)) out.comparand = *std::move(path);
    } else {
      read_comparand(rule, name, row->comparand, out);
    }
  }
  if (operators != 1) rule.error_here("A Choice Rule must have exactly one comparison operator");
}

}  // namespace pawl::asl
