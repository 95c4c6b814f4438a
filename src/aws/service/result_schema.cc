// SPDX-License-Identifier: Apache-2.0
// NOTE: the words are those of the recorded TestState cases; "exceeds the maximum length" and
// "must be a boolean" are ours after their model.
#include "aws/service/result_schema.h"

#include <algorithm>

namespace pawl::aws {
namespace {

using json::Value;
using Violation = std::optional<std::string>;

Violation field(const std::string& name, std::string_view what) {
  return "Field '" + name + "' " + std::string(what);
}

struct Rules {
  SchemaMode mode;
  MemberNaming naming;
};

Violation check(const Shape& shape, const Value& value, const std::string& name,
                const Rules& rules);

Violation check_structure(const Shape& shape, const Value& value, const Rules& rules) {
  for (const Member& member : shape.members) {
    const std::string name = rules.naming(member.name);
    const Value* found = value.find(name);
    if (found == nullptr) found = value.find(member.name);
    if (found == nullptr || found->is_null()) {
      if (member.required && rules.mode == SchemaMode::Strict) {
        return "Required field '" + name + "' is missing";
      }
      continue;
    }
    if (auto violation = check(*member.shape, *found, name, rules)) return violation;
  }
  return std::nullopt;
}

Violation check_number(const Shape& shape, const Value& value, const std::string& name) {
  if (!value.is_number()) return field(name, "must be a number");
  if (shape.min && value.as_double() < *shape.min) {
    return field(name, "is less than the minimum value");
  }
  if (shape.max && value.as_double() > *shape.max) return field(name, "exceeds the maximum value");
  return std::nullopt;
}

Violation check_text(const Shape& shape, const Value& value, const std::string& name) {
  if (!value.is_string()) return field(name, "must be a string");
  const std::string_view text = value.as_string();
  const auto length = static_cast<double>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xc0) != 0x80;
  }));
  if (shape.min && length < *shape.min) return field(name, "is smaller than the minimum length");
  if (shape.max && length > *shape.max) return field(name, "exceeds the maximum length");
  const auto& words = shape.enumeration;
  if (!words.empty() && std::find(words.begin(), words.end(), text) == words.end()) {
    return field(name, "is not an expected value");
  }
  return std::nullopt;
}

Violation check_container(const Shape& shape, const Value& value, const std::string& name,
                          const Rules& rules) {
  if (shape.type == ShapeType::List) {
    if (!value.is_array()) return field(name, "must be an array");
    for (const Value& item : value.items()) {
      if (auto violation = check(*shape.item.shape, item, name, rules)) return violation;
    }
    return std::nullopt;
  }
  if (!value.is_object()) return field(name, "must be an object");
  if (shape.type == ShapeType::Structure) return check_structure(shape, value, rules);
  for (const json::Member& entry : value.members()) {
    if (auto violation = check(*shape.value.shape, entry.value, name, rules)) return violation;
  }
  return std::nullopt;
}

Violation check(const Shape& shape, const Value& value, const std::string& name,
                const Rules& rules) {
  if (shape.document) return std::nullopt;
  switch (shape.type) {
    case ShapeType::Structure:
    case ShapeType::List:
    case ShapeType::Map: return check_container(shape, value, name, rules);
    case ShapeType::Integer:
    case ShapeType::Long:
    case ShapeType::Float:
    case ShapeType::Double: return check_number(shape, value, name);
    case ShapeType::Boolean:
      return value.is_boolean() ? std::nullopt : field(name, "must be a boolean");
    case ShapeType::Timestamp:  // Step Functions shows them as ISO-8601 texts
      return value.is_string() ? std::nullopt : field(name, "must be a string");
    default: return check_text(shape, value, name);
  }
}

}  // namespace

std::string capitalized_member(std::string_view model_member) {
  std::string name(model_member);
  if (!name.empty() && name[0] >= 'a' && name[0] <= 'z') name[0] = static_cast<char>(name[0] - 32);
  return name;
}

Violation result_schema_violation(const Shape& output, const Value& result, SchemaMode mode,
                                  MemberNaming naming) {
  return check_structure(output, result, {mode, naming});
}

}  // namespace pawl::aws
