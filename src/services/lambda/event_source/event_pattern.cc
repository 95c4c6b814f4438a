// SPDX-License-Identifier: Apache-2.0
#include "services/lambda/event_source/event_pattern.h"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "aws/http_message.h"
#include "json/parse.h"

namespace pawl::lambda {
namespace {

using json::Value;

constexpr std::array<std::string_view, 6> kComparisons = {
    "prefix", "suffix", "anything-but", "numeric", "exists", "equals-ignore-case"};
constexpr std::array<std::string_view, 5> kOperators = {"<", "<=", "=", ">=", ">"};

bool is_scalar(const Value& value) { return !value.is_container(); }

template <typename List>
bool has(const List& list, std::string_view text) {
  return std::find(list.begin(), list.end(), text) != list.end();
}

bool is_numeric_rule(const Value& rule) {
  if (!rule.is_array() || rule.size() == 0 || rule.size() % 2 != 0) return false;
  for (size_t i = 0; i < rule.size(); i += 2) {
    const Value& comparison = rule.items()[i];
    if (!comparison.is_string() || !has(kOperators, comparison.as_string())) return false;
    if (!rule.items()[i + 1].is_number()) return false;
  }
  return true;
}

bool is_anything_but(const Value& rule) {
  if (rule.is_string() || rule.is_number()) return true;
  if (rule.is_array()) {
    return rule.size() != 0 &&
           std::all_of(rule.items().begin(), rule.items().end(),
                       [](const Value& each) { return each.is_string() || each.is_number(); });
  }
  if (!rule.is_object() || rule.size() != 1) return false;
  const std::string_view name = rule.members()[0].name();
  return (name == "prefix" || name == "suffix") && rule.members()[0].value.is_string();
}

bool is_comparison(const Value& rule) {
  if (rule.size() != 1) return false;
  const std::string name(rule.members()[0].name());
  const Value& wanted = rule.members()[0].value;
  if (!has(kComparisons, name)) return false;
  if (name == "exists") return wanted.is_boolean();
  if (name == "numeric") return is_numeric_rule(wanted);
  return name == "anything-but" ? is_anything_but(wanted) : wanted.is_string();
}

bool is_pattern(const Value& pattern);

bool is_leaf(const Value& rules) {
  return rules.size() != 0 &&
         std::all_of(rules.items().begin(), rules.items().end(), [](const Value& rule) {
           return rule.is_object() ? is_comparison(rule) : is_scalar(rule);
         });
}

bool is_choice(const Value& patterns) {
  return patterns.is_array() && patterns.size() >= 2 &&
         std::all_of(patterns.items().begin(), patterns.items().end(),
                     [](const Value& each) { return each.is_object() && is_pattern(each); });
}

bool is_pattern(const Value& pattern) {
  return std::all_of(pattern.members().begin(), pattern.members().end(),
                     [](const json::Member& member) {
                       if (member.name() == "$or") return is_choice(member.value);
                       if (member.value.is_object()) {
                         return member.value.size() != 0 && is_pattern(member.value);
                       }
                       return member.value.is_array() && is_leaf(member.value);
                     });
}

bool compares(double number, const Value& rule) {
  for (size_t i = 0; i < rule.size(); i += 2) {
    const std::string comparison(rule.items()[i].as_string());
    const double limit = rule.items()[i + 1].as_double();
    const bool holds =
        (comparison == "<" && number < limit) || (comparison == "<=" && number <= limit) ||
        (comparison == "=" && number == limit) || (comparison == ">=" && number >= limit) ||
        (comparison == ">" && number > limit);
    if (!holds) return false;
  }
  return true;
}

bool same_value(const Value& a, const Value& b) {
  return a.is_number() && b.is_number() ? a.as_double() == b.as_double() : a == b;
}

bool is_other_than(const Value& value, const Value& unwanted) {
  if (unwanted.is_array()) {
    return std::none_of(unwanted.items().begin(), unwanted.items().end(),
                        [&](const Value& each) { return same_value(each, value); });
  }
  if (!unwanted.is_object()) return !same_value(unwanted, value);
  if (!value.is_string()) return true;
  const std::string_view text(unwanted.members()[0].value.as_string());
  return unwanted.members()[0].name() == "prefix" ? !value.as_string().starts_with(text)
                                                  : !value.as_string().ends_with(text);
}

/// One value against one rule. `value` is null when there is none.
bool fulfils(const Value* value, const Value& rule) {
  if (!rule.is_object()) return value != nullptr && same_value(*value, rule);
  const std::string name(rule.members()[0].name());
  const Value& wanted = rule.members()[0].value;
  if (name == "exists") return (value != nullptr) == wanted.as_boolean();
  if (value == nullptr) return false;
  if (name == "anything-but") return is_other_than(*value, wanted);
  if (name == "numeric") return value->is_number() && compares(value->as_double(), wanted);
  if (!value->is_string()) return false;
  if (name == "prefix") return value->as_string().starts_with(wanted.as_string());
  if (name == "suffix") return value->as_string().ends_with(wanted.as_string());
  return aws::equals_ignoring_case(value->as_string(), wanted.as_string());
}

/// A list in the event matches if one of its values does.
bool matches_leaf(const Value* value, const Value& rules) {
  for (const Value& rule : rules.items()) {
    if (value == nullptr || !value->is_array()) {
      if (fulfils(value, rule)) return true;
    } else if (std::any_of(value->items().begin(), value->items().end(),
                           [&](const Value& each) { return fulfils(&each, rule); })) {
      return true;
    }
  }
  return false;
}

bool matches_object(const Value* event, const Value& pattern) {
  for (const json::Member& member : pattern.members()) {
    if (member.name() == "$or") {
      const auto patterns = member.value.items();
      if (std::none_of(patterns.begin(), patterns.end(),
                       [&](const Value& each) { return matches_object(event, each); })) {
        return false;
      }
      continue;
    }
    const Value* value =
        event != nullptr && event->is_object() ? event->find(member.name()) : nullptr;
    const bool matches = member.value.is_object() ? matches_object(value, member.value)
                                                  : matches_leaf(value, member.value);
    if (!matches) return false;
  }
  return true;
}

}  // namespace

std::optional<EventPattern> EventPattern::parse(std::string_view text) {
  base::Result<Value> parsed = json::parse(text);
  if (!parsed || !parsed->is_object() || !is_pattern(*parsed)) return std::nullopt;
  return EventPattern(*std::move(parsed));
}

bool EventPattern::matches(const Value& event) const { return matches_object(&event, pattern_); }

}  // namespace pawl::lambda
