// SPDX-License-Identifier: Apache-2.0
// Functions that are true or false: of Conditions and of Rules.
#include <algorithm>
#include <optional>
#include <utility>

#include "formation/resolver.h"
#include "formation/words.h"

namespace pawl::formation {

using json::Value;

namespace {

/// The texts of a list; nullopt: one is not known, or it is no list.
std::optional<std::vector<std::string>> texts_of(const Value& list) {
  if (!list.is_array()) return std::nullopt;
  std::vector<std::string> texts;
  for (const Value& item : list.items()) {
    std::optional<std::string> text = scalar_text(item);
    if (!text || is_unknown(item)) return std::nullopt;
    texts.push_back(*std::move(text));
  }
  return texts;
}

bool holds(const std::vector<std::string>& list, const std::string& text) {
  return std::find(list.begin(), list.end(), text) != list.end();
}

}  // namespace

base::Result<std::optional<bool>> Resolver::truth(const Value& expression) {
  if (expression.is_object() && expression.size() == 1) {
    const json::Member& member = expression.members()[0];
    if (member.name() == "Condition" && member.value.is_string()) {
      const std::string_view name = member.value.as_string();
      const auto found = scope_.conditions.find(name);
      if (found != scope_.conditions.end()) return std::optional<bool>(found->second);
      return template_error("Template format error: Unresolved condition dependency " +
                            std::string(name) + " in the Conditions block of the template");
    }
  }
  const Value value = PAWL_TRY(resolve(expression));
  if (is_unknown(value)) return std::optional<bool>();
  const std::optional<std::string> text = scalar_text(value);
  if (text == "true" || text == "false") return std::optional<bool>(*text == "true");
  return template_error(
      "Template format error: Conditions can only be boolean operations on parameters and other "
      "conditions");
}

base::Result<Value> Resolver::boolean(const Value& argument, std::string_view name) {
  const bool is_and = name == "Fn::And";
  bool result = is_and;
  bool is_known = true;
  for (const Value& item : items_of(argument)) {
    const std::optional<bool> one = PAWL_TRY(truth(item));
    if (!one) {
      is_known = false;
    } else if (name == "Fn::Not") {
      result = !*one;
    } else if (*one != is_and) {
      return Value(!is_and);  // what the others are does not matter
    }
  }
  return is_known ? Value(result) : unknown_value();
}

base::Result<Value> Resolver::equals(const Value& argument) {
  const std::span<const Value> parts = items_of(argument);
  if (parts.size() != 2) {
    return template_error(
        "Template error: every Fn::Equals object requires a list of 2 string parameters.");
  }
  const Value left = PAWL_TRY(resolve(parts[0]));
  const Value right = PAWL_TRY(resolve(parts[1]));
  if (is_unknown(left) || is_unknown(right)) return unknown_value();
  const std::optional<std::string> left_text = scalar_text(left);
  const std::optional<std::string> right_text = scalar_text(right);
  if (left_text && right_text) return Value(*left_text == *right_text);
  return Value(left == right);
}

base::Result<Value> Resolver::contains(const Value& argument) {
  const std::span<const Value> parts = items_of(argument);
  if (parts.size() != 2) return Value(false);
  const auto list = texts_of(PAWL_TRY(resolve(parts[0])));
  const Value value = PAWL_TRY(resolve(parts[1]));
  const std::optional<std::string> text = scalar_text(value);
  if (!list || is_unknown(value)) return unknown_value();
  return Value(text && holds(*list, *text));
}

base::Result<Value> Resolver::each_member_equals(const Value& argument) {
  const std::span<const Value> parts = items_of(argument);
  if (parts.size() != 2) return Value(false);
  const auto list = texts_of(PAWL_TRY(resolve(parts[0])));
  const Value value = PAWL_TRY(resolve(parts[1]));
  const std::optional<std::string> text = scalar_text(value);
  if (!list || is_unknown(value)) return unknown_value();
  return Value(text && std::all_of(list->begin(), list->end(),
                                   [&](const std::string& item) { return item == *text; }));
}

base::Result<Value> Resolver::each_member_in(const Value& argument) {
  const std::span<const Value> parts = items_of(argument);
  if (parts.size() != 2) return Value(false);
  const auto checked = texts_of(PAWL_TRY(resolve(parts[0])));
  const auto allowed = texts_of(PAWL_TRY(resolve(parts[1])));
  if (!checked || !allowed) return unknown_value();
  return Value(std::all_of(checked->begin(), checked->end(),
                           [&](const std::string& item) { return holds(*allowed, item); }));
}

// "Returns all values for a specified parameter type": a list's items each count.
base::Result<Value> Resolver::ref_all(const Value& argument) {
  std::vector<Value> values;
  for (const ParameterDeclaration& declaration : scope_.declarations) {
    if (!argument.is_string() || declaration.type != argument.as_string()) continue;
    const auto found = scope_.parameters.find(declaration.name);
    if (found == scope_.parameters.end()) continue;
    if (found->second.is_array()) {
      for (const Value& item : found->second.items()) values.push_back(item);
    } else {
      values.push_back(found->second);
    }
  }
  return Value::array(std::move(values));
}

base::Result<bool> Resolver::append_attributes(const ParameterDeclaration& declaration,
                                               std::string_view attribute,
                                               std::vector<Value>& out) {
  const auto found = scope_.parameters.find(declaration.name);
  if (found == scope_.parameters.end() || source_ == nullptr) return false;
  const Value& ids = found->second;
  for (const Value& id : ids.is_array() ? ids.items() : std::span<const Value>(&ids, 1)) {
    if (!id.is_string()) return false;
    const std::optional<std::string> value =
        PAWL_TRY(source_->attribute(declaration.aws_type(), id.as_string(), attribute));
    if (!value) return false;
    out.emplace_back(*value);
  }
  return true;
}

// "Returns an attribute value or list of values for a specific parameter and attribute."
base::Result<Value> Resolver::value_of(const Value& argument) {
  const std::span<const Value> parts = items_of(argument);
  if (parts.size() != 2 || !parts[0].is_string() || !parts[1].is_string()) return unknown_value();
  for (const ParameterDeclaration& declaration : scope_.declarations) {
    if (declaration.name != parts[0].as_string()) continue;
    std::vector<Value> values;
    const bool is_known = PAWL_TRY(append_attributes(declaration, parts[1].as_string(), values));
    if (!is_known) return unknown_value();
    return declaration.is_list() || values.empty() ? Value::array(std::move(values)) : values[0];
  }
  return unknown_value();
}

// "Returns a list of all attribute values for a given parameter type and attribute."
base::Result<Value> Resolver::value_of_all(const Value& argument) {
  const std::span<const Value> parts = items_of(argument);
  if (parts.size() != 2 || !parts[0].is_string() || !parts[1].is_string()) return unknown_value();
  std::vector<Value> values;
  for (const ParameterDeclaration& declaration : scope_.declarations) {
    if (declaration.type != parts[0].as_string()) continue;
    if (!PAWL_TRY(append_attributes(declaration, parts[1].as_string(), values))) {
      return unknown_value();
    }
  }
  return Value::array(std::move(values));
}

}  // namespace pawl::formation
