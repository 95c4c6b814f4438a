// SPDX-License-Identifier: Apache-2.0
#include "graph/condition_label.h"

#include <array>
#include <string_view>
#include <utility>

#include "json/write.h"

namespace pawl::graph {
namespace {

using json::Value;

/// A definition nests as deep as its text may; a label that deep says nothing.
constexpr int kNestingMax = 8;

/// ASL "Choice Rules", data-test expressions: how the comparison reads. With "Path" at its end the
/// comparand is a path.
constexpr std::array<std::pair<std::string_view, std::string_view>, 17> kComparisons{{
    {"StringEquals", "="},
    {"StringLessThan", "<"},
    {"StringGreaterThan", ">"},
    {"StringLessThanEquals", "≤"},
    {"StringGreaterThanEquals", "≥"},
    {"StringMatches", "matches"},
    {"NumericEquals", "="},
    {"NumericLessThan", "<"},
    {"NumericGreaterThan", ">"},
    {"NumericLessThanEquals", "≤"},
    {"NumericGreaterThanEquals", "≥"},
    {"BooleanEquals", "="},
    {"TimestampEquals", "="},
    {"TimestampLessThan", "<"},
    {"TimestampGreaterThan", ">"},
    {"TimestampLessThanEquals", "≤"},
    {"TimestampGreaterThanEquals", "≥"},
}};

constexpr std::array<std::pair<std::string_view, std::string_view>, 6> kTests{{
    {"IsNull", "null"},
    {"IsPresent", "present"},
    {"IsNumeric", "numeric"},
    {"IsString", "a string"},
    {"IsBoolean", "boolean"},
    {"IsTimestamp", "a timestamp"},
}};

std::string text_of(const Value& value) {
  return value.is_string() ? std::string(value.as_string()) : json::write(value);
}

std::string render(const Value& rule, int nesting);

std::string join(const Value& rules, std::string_view word, int nesting) {
  std::string out;
  if (!rules.is_array()) return "?";
  for (const Value& rule : rules.items()) {
    if (!out.empty()) {
      out += ' ';
      out += word;
      out += ' ';
    }
    const bool compound = rule.find("And") != nullptr || rule.find("Or") != nullptr;
    out += compound ? "(" + render(rule, nesting) + ")" : render(rule, nesting);
  }
  return out;
}

std::string render_test(const Value& rule, std::string_view variable) {
  const std::string subject(variable);
  for (const auto& [name, word] : kComparisons) {
    if (const Value* literal = rule.find(name))
      return subject + " " + std::string(word) + " " + json::write(*literal);
    if (const Value* path = rule.find(std::string(name) + "Path")) {
      return subject + " " + std::string(word) + " " + text_of(*path);
    }
  }
  for (const auto& [name, word] : kTests) {
    if (const Value* expected = rule.find(name)) {
      const bool negated = expected->is_boolean() && !expected->as_boolean();
      return subject + (negated ? " is not " : " is ") + std::string(word);
    }
  }
  return subject + " ?";
}

std::string render(const Value& rule, int nesting) {
  if (nesting > kNestingMax) return "…";
  if (const Value* rules = rule.find("And")) return join(*rules, "and", nesting + 1);
  if (const Value* rules = rule.find("Or")) return join(*rules, "or", nesting + 1);
  if (const Value* inner = rule.find("Not")) {
    const bool compound = inner->find("And") != nullptr || inner->find("Or") != nullptr;
    const std::string text = render(*inner, nesting + 1);
    return compound ? "not (" + text + ")" : "not " + text;
  }
  if (const Value* variable = rule.find("Variable")) return render_test(rule, text_of(*variable));
  return "?";
}

/// "{% $a > 1 %}" without its marks.
std::string jsonata_label(std::string_view condition) {
  if (condition.starts_with("{%")) condition.remove_prefix(2);
  if (condition.ends_with("%}")) condition.remove_suffix(2);
  std::string out;
  for (const char c : condition) {
    const bool space = c == ' ' || c == '\n' || c == '\r' || c == '\t';
    if (!space) {
      out += c;
    } else if (!out.empty() && out.back() != ' ') {
      out += ' ';
    }
  }
  if (!out.empty() && out.back() == ' ') out.pop_back();
  return out;
}

}  // namespace

std::string condition_label(const Value& rule) {
  if (const Value* condition = rule.find("Condition")) return jsonata_label(text_of(*condition));
  return render(rule, 0);
}

}  // namespace pawl::graph
