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
    {"TimestampLessThanEquals", ChoiceOperator::TimestampLessThanEquals, Comparand::Timestamp,
     true},
    {"TimestampGreaterThanEquals", ChoiceOperator::TimestampGreaterThanEquals, Comparand::Timestamp,
     true},
    {"IsNull", ChoiceOperator::IsNull, Comparand::Boolean, false},
    {"IsPresent", ChoiceOperator::IsPresent, Comparand::Boolean, false},
    {"IsNumeric", ChoiceOperator::IsNumeric, Comparand::Boolean, false},
    {"IsString", ChoiceOperator::IsString, Comparand::Boolean, false},
    {"IsBoolean", ChoiceOperator::IsBoolean, Comparand::Boolean, false},
    {"IsTimestamp", ChoiceOperator::IsTimestamp, Comparand::Boolean, false},
}};

const OperatorRow* find_operator(std::string_view name, bool& is_path) {
  for (const OperatorRow& row : kOperators) {
    is_path = row.has_path_twin && name.size() == row.name.size() + 4 &&
              name.starts_with(row.name) && name.ends_with("Path");
    if (is_path || row.name == name) return &row;
  }
  return nullptr;
}

/// The fields of a rule that are no test: Next and Assign only at the top.
bool is_frame_field(std::string_view name, bool is_top) {
  return name == "Comment" || (is_top && (name == "Next" || name == "Assign"));
}

std::string operator_names() {
  std::string out = "[";
  for (const OperatorRow& row : kOperators) {
    if (out.size() > 1) out += ", ";
    out += row.name;
    if (row.has_path_twin) out += ", " + std::string(row.name) + "Path";
  }
  return out + "]";
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
      if (auto text = rule.string(name)) {
        if (looks_like_expression(*text)) {
          rule.warn(name, "The value looks like a path, but the field name does not end in 'Path'",
                    kNoPath);
        }
        out.comparand = *std::move(text);
      }
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

std::string_view choice_operator_name(ChoiceOperator op) {
  switch (op) {
    case ChoiceOperator::And: return "And";
    case ChoiceOperator::Or: return "Or";
    case ChoiceOperator::Not: return "Not";
    default: break;
  }
  const auto row = std::find_if(kOperators.begin(), kOperators.end(),
                                [op](const OperatorRow& each) { return each.op == op; });
  return row == kOperators.end() ? std::string_view() : row->name;
}

ChoiceRule StateCompiler::compile_rule(const Fields& rule, int depth) {
  ChoiceRule out;
  if (depth > kRuleDepthMax) {
    compiler.error(rule.pointer(),
                   "Choice Rules are nested deeper than " + std::to_string(kRuleDepthMax),
                   kTooDeeplyNested);
    return out;
  }
  size_t kinds = 0;
  for (const std::string_view kind : {"And", "Or", "Not", "Variable"}) kinds += rule.has(kind);
  const bool is_top = depth == 0;
  const bool is_empty = std::all_of(
      rule.object().members().begin(), rule.object().members().end(),
      [&](const json::Member& member) { return is_frame_field(member.name(), is_top); });
  if (is_empty) {
    rule.warn_here("A Choice Rule without a comparison never matches");
    out.op = ChoiceOperator::Or;  // of no rules: false
    return out;
  }
  if (kinds != 1) {
    rule.error_here(
        "The object must have only one of the following fields, [And, Or, Not, Variable, "
        "Condition]");
  }
  if (rule.has("And") || rule.has("Or")) {
    out.op = rule.has("And") ? ChoiceOperator::And : ChoiceOperator::Or;
    const std::string_view name = rule.has("And") ? "And" : "Or";
    for (const Fields& part : rule.objects(name, true))
      out.rules.push_back(compile_rule(part, depth + 1));
  } else if (rule.has("Not")) {
    out.op = ChoiceOperator::Not;
    if (const auto part = rule.object("Not")) out.rules.push_back(compile_rule(*part, depth + 1));
  }
  compile_comparison(rule, is_top, out);
  return out;
}

// The comparison of a rule with Variable; in the others every operator is a mistake.
void StateCompiler::compile_comparison(const Fields& rule, bool is_top, ChoiceRule& out) {
  const bool is_comparison = rule.has("Variable");
  if (is_comparison) out.variable = rule.choice_path("Variable");
  size_t operators = 0;
  for (const json::Member& member : rule.object().members()) {
    const std::string_view name = member.name();
    if (is_frame_field(name, is_top) || name == "Variable" || name == "And" || name == "Or" ||
        name == "Not")
      continue;
    bool is_path = false;
    const OperatorRow* row = find_operator(name, is_path);
    if (name == "Condition" || name == "Output") {
      rule.error_here("The QueryLanguage is set to 'JSONPath', but field '" + std::string(name) +
                      "' is only supported for the 'JSONata' QueryLanguage");
    } else if (row == nullptr || !is_comparison) {
      rule.refuse(name);
    } else {
      ++operators;
      out.op = row->op;
      if (!is_path) {
        read_comparand(rule, name, row->comparand, out);
      } else if (auto path = rule.choice_path(name)) {
        out.comparand = *std::move(path);
      }
    }
  }
  if (is_comparison && operators != 1) {
    rule.error_here((operators > 1 ? "There should only be one of the following fields: "
                                   : "This object should have only one of the following fields: ") +
                    operator_names());
  }
}

}  // namespace pawl::asl
