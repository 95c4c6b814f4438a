// SPDX-License-Identifier: Apache-2.0
#include "services/dynamodb/legacy_conditions.h"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "json/members.h"
#include "services/dynamodb/attribute_json.h"
#include "services/dynamodb/errors.h"

namespace pawl::dynamodb {
namespace {

using aws::ApiResult;
using json::Value;
using Kind = Condition::Kind;

/// How many values an operator takes.
struct Arity {
  std::string_view op;
  size_t min;
  size_t max;
};
constexpr std::array<Arity, 13> kArities = {{{"EQ", 1, 1},
                                             {"NE", 1, 1},
                                             {"LE", 1, 1},
                                             {"LT", 1, 1},
                                             {"GE", 1, 1},
                                             {"GT", 1, 1},
                                             {"CONTAINS", 1, 1},
                                             {"NOT_CONTAINS", 1, 1},
                                             {"BEGINS_WITH", 1, 1},
                                             {"NULL", 0, 0},
                                             {"NOT_NULL", 0, 0},
                                             {"IN", 1, SIZE_MAX},
                                             {"BETWEEN", 2, 2}}};

bool is_one_of(std::string_view text, std::initializer_list<std::string_view> list) {
  return std::find(list.begin(), list.end(), text) != list.end();
}

ApiResult<std::vector<AttributeValue>> read_values(const Value& condition) {
  std::vector<AttributeValue> out;
  if (const Value* list = member_of(condition, "AttributeValueList")) {
    for (const Value& value : list->items()) out.push_back(PAWL_TRY(read_attribute(value)));
  }
  if (const Value* value = member_of(condition, "Value"))
    out.push_back(PAWL_TRY(read_attribute(*value)));
  return out;
}

bool is_valid_type(std::string_view op, Type type) {
  const bool is_scalar = type == Type::S || type == Type::N || type == Type::B;
  if (is_one_of(op, {"LE", "LT", "GE", "GT", "IN", "BETWEEN"})) return is_scalar;
  if (op == "BEGINS_WITH") return type == Type::S || type == Type::B;
  if (is_one_of(op, {"CONTAINS", "NOT_CONTAINS"}))
    return is_scalar || type == Type::Bool || type == Type::Null;
  return true;
}

ApiResult<void> check_arguments(std::string_view op, const std::vector<AttributeValue>& values) {
  const auto* const arity =
      std::find_if(kArities.begin(), kArities.end(), [&](const Arity& a) { return a.op == op; });
  if (arity == kArities.end() || values.size() < arity->min || values.size() > arity->max) {
    return invalid_parameter("Invalid number of argument(s) for the " + std::string(op) +
                             " ComparisonOperator");
  }
  for (const AttributeValue& value : values) {
    if (value.type != values[0].type) {
      return invalid_parameter("AttributeValues inside AttributeValueList must be of same type");
    }
    if (!is_valid_type(op, value.type)) {
      return invalid_parameter("ComparisonOperator " + std::string(op) + " is not valid for " +
                               std::string(type_name(value.type)) + " AttributeValue type");
    }
  }
  if (op == "BETWEEN" && compare(values[0], values[1]).value_or(0) > 0) {
    return invalid(
        "The BETWEEN condition was provided a range where the lower bound is greater than the "
        "upper bound");
  }
  return {};
}

Condition path_node(std::string_view name) {
  Condition out;
  out.kind = Kind::Path;
  out.path.push_back({std::string(name)});
  return out;
}

Condition value_node(AttributeValue value) {
  Condition out;
  out.kind = Kind::Value;
  out.value = std::move(value);
  return out;
}

Condition node(Kind kind, std::string_view name, std::vector<AttributeValue> values) {
  Condition out;
  out.kind = kind;
  out.args.push_back(path_node(name));
  for (AttributeValue& value : values) out.args.push_back(value_node(std::move(value)));
  return out;
}

Condition negated(Condition condition) {
  Condition out;
  out.kind = Kind::Not;
  out.args.push_back(std::move(condition));
  return out;
}

Condition condition_of(std::string_view op, std::string_view name,
                       std::vector<AttributeValue> values) {
  using Comparator = Condition::Comparator;
  using Function = Condition::Function;
  const auto function = [&](Function which) {
    Condition out = node(Kind::Function, name, std::move(values));
    out.function = which;
    return out;
  };
  if (op == "NULL") return function(Function::NotExists);
  if (op == "NOT_NULL") return function(Function::Exists);
  if (op == "CONTAINS") return function(Function::Contains);
  if (op == "NOT_CONTAINS") return negated(function(Function::Contains));
  if (op == "BEGINS_WITH") return function(Function::BeginsWith);
  if (op == "IN") return node(Kind::In, name, std::move(values));
  if (op == "BETWEEN") return node(Kind::Between, name, std::move(values));
  Condition out = node(Kind::Compare, name, std::move(values));
  out.comparator = op == "NE"   ? Comparator::NotEqual
                   : op == "LE" ? Comparator::LessOrEqual
                   : op == "LT" ? Comparator::Less
                   : op == "GE" ? Comparator::GreaterOrEqual
                   : op == "GT" ? Comparator::Greater
                                : Comparator::Equal;
  return out;
}

/// Of one attribute in Expected: with a ComparisonOperator, or Value and Exists.
ApiResult<Condition> read_expectation(std::string_view name, const Value& expectation) {
  const std::string op = text_member(expectation, "ComparisonOperator");
  const bool has_list = member_of(expectation, "AttributeValueList") != nullptr;
  const bool has_value = member_of(expectation, "Value") != nullptr;
  const Value* exists = member_of(expectation, "Exists");
  const std::string attribute = " for Attribute: " + std::string(name);
  std::vector<AttributeValue> values = PAWL_TRY(read_values(expectation));
  if (!op.empty()) {
    if (exists != nullptr)
      return invalid_parameter("Exists and ComparisonOperator cannot be used together" + attribute);
    if (has_list && has_value)
      return invalid_parameter("Value and AttributeValueList cannot be used together" + attribute);
    PAWL_TRY_VOID(check_arguments(op, values));
    return condition_of(op, name, std::move(values));
  }
  if (has_list) {
    return invalid_parameter("AttributeValueList can only be used with a ComparisonOperator" +
                             attribute);
  }
  const bool must_exist = exists == nullptr || exists->as_boolean();
  if (must_exist && !has_value) {
    return invalid_parameter(std::string("Value must be provided when Exists is ") +
                             (exists == nullptr ? "null" : "true") + attribute);
  }
  if (!must_exist && has_value)
    return invalid_parameter("Value cannot be used when Exists is false" + attribute);
  return condition_of(must_exist ? "EQ" : "NULL", name, std::move(values));
}

ApiResult<Condition> joined(std::vector<Condition> conditions, const Value& input) {
  if (conditions.size() == 1) {
    if (member_of(input, "ConditionalOperator") == nullptr) return std::move(conditions[0]);
    return invalid(
        "ConditionalOperator can only be used when Filter or Expected has two or more elements");
  }
  Condition out;
  out.kind = text_member(input, "ConditionalOperator") == "OR" ? Kind::Or : Kind::And;
  out.args = std::move(conditions);
  return out;
}

ApiResult<Update> read_updates(const Value& updates) {
  Update out;
  out.is_legacy = true;
  for (const json::Member& entry : updates.members()) {
    UpdateAction action;
    action.path.push_back({std::string(entry.name())});
    const std::string name = text_member(entry.value, "Action");
    const Value* value = member_of(entry.value, "Value");
    if (value != nullptr) action.operand.value = PAWL_TRY(read_attribute(*value));
    const Type type = action.operand.value.type;
    if (value == nullptr && name != "DELETE") {
      return invalid_parameter(
          "Only DELETE action is allowed when no attribute value is specified");
    }
    if (name == "DELETE") {
      action.kind = value == nullptr ? UpdateAction::Kind::Remove : UpdateAction::Kind::Delete;
      if (value != nullptr && !action.operand.value.is_set()) {
        return invalid_parameter("DELETE action with value is not supported for the type " +
                                 std::string(type_name(type)));
      }
    } else if (name == "ADD") {
      action.kind = UpdateAction::Kind::Add;
      if (!action.operand.value.is_set() && type != Type::N && type != Type::L) {
        return invalid_parameter("ADD action is not supported for the type " +
                                 std::string(type_name(type)));
      }
    }
    out.actions.push_back(std::move(action));
  }
  return out;
}

}  // namespace

ApiResult<std::optional<Condition>> read_expected(const Value& input) {
  const Value* expected = member_of(input, "Expected");
  if (expected == nullptr || expected->size() == 0) return std::optional<Condition>();
  std::vector<Condition> conditions;
  for (const json::Member& entry : expected->members())
    conditions.push_back(PAWL_TRY(read_expectation(entry.name(), entry.value)));
  return std::optional(PAWL_TRY(joined(std::move(conditions), input)));
}

ApiResult<std::optional<Condition>> read_filter(const Value& input, std::string_view member) {
  const Value* filter = member_of(input, member);
  if (filter == nullptr || filter->size() == 0) return std::optional<Condition>();
  std::vector<Condition> conditions;
  for (const json::Member& entry : filter->members()) {
    const std::string op = text_member(entry.value, "ComparisonOperator");
    std::vector<AttributeValue> values = PAWL_TRY(read_values(entry.value));
    PAWL_TRY_VOID(check_arguments(op, values));
    conditions.push_back(condition_of(op, entry.name(), std::move(values)));
  }
  return std::optional(PAWL_TRY(joined(std::move(conditions), input)));
}

ApiResult<std::vector<KeyCondition>> read_key_conditions(const Value& input) {
  using Operator = KeyCondition::Operator;
  constexpr std::array<std::pair<std::string_view, Operator>, 7> kOperators = {
      {{"EQ", Operator::Equal},
       {"LT", Operator::Less},
       {"LE", Operator::LessOrEqual},
       {"GT", Operator::Greater},
       {"GE", Operator::GreaterOrEqual},
       {"BETWEEN", Operator::Between},
       {"BEGINS_WITH", Operator::BeginsWith}}};
  std::vector<KeyCondition> out;
  const Value* conditions = member_of(input, "KeyConditions");
  for (const json::Member& entry : conditions->members()) {
    const std::string op = text_member(entry.value, "ComparisonOperator");
    std::vector<AttributeValue> values = PAWL_TRY(read_values(entry.value));
    PAWL_TRY_VOID(check_arguments(op, values));
    const auto* const known = std::find_if(kOperators.begin(), kOperators.end(),
                                           [&](const auto& each) { return each.first == op; });
    if (known == kOperators.end())
      return invalid("Attempted conditional constraint is not an indexable operation");
    out.push_back({std::string(entry.name()), known->second, std::move(values)});
  }
  if (out.empty() || out.size() > 2) return invalid("Conditions can be of length 1 or 2 only");
  return out;
}

ApiResult<std::optional<Update>> read_attribute_updates(const Value& input) {
  const Value* updates = member_of(input, "AttributeUpdates");
  if (updates == nullptr) return std::optional<Update>();
  return std::optional(PAWL_TRY(read_updates(*updates)));
}

}  // namespace pawl::dynamodb
