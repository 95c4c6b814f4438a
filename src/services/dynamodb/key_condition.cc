// SPDX-License-Identifier: Apache-2.0
#include "services/dynamodb/key_condition.h"

#include <algorithm>
#include <set>
#include <utility>

#include "services/dynamodb/errors.h"
#include "services/dynamodb/item_key.h"

namespace pawl::dynamodb {
namespace {

using aws::ApiResult;
using Kind = Condition::Kind;
using Operator = KeyCondition::Operator;

/// The leaves of ANDs; an operator that keys do not know is an error.
ApiResult<void> collect(const Condition& node, std::vector<const Condition*>& out) {
  if (node.kind == Kind::And) {
    for (const Condition& arg : node.args) PAWL_TRY_VOID(collect(arg, out));
    return {};
  }
  const bool is_known =
      node.kind == Kind::Between ||
      (node.kind == Kind::Compare && node.comparator != Condition::Comparator::NotEqual) ||
      (node.kind == Kind::Function && node.function == Condition::Function::BeginsWith);
  if (!is_known) return invalid("Invalid operator used in KeyConditionExpression: " + node.text);
  out.push_back(&node);
  return {};
}

Operator operator_of(const Condition& node, bool is_turned) {
  using Comparator = Condition::Comparator;
  if (node.kind == Kind::Between) return Operator::Between;
  if (node.kind == Kind::Function) return Operator::BeginsWith;
  switch (node.comparator) {
    case Comparator::Less: return is_turned ? Operator::Greater : Operator::Less;
    case Comparator::LessOrEqual:
      return is_turned ? Operator::GreaterOrEqual : Operator::LessOrEqual;
    case Comparator::Greater: return is_turned ? Operator::Less : Operator::Greater;
    case Comparator::GreaterOrEqual:
      return is_turned ? Operator::LessOrEqual : Operator::GreaterOrEqual;
    default: return Operator::Equal;
  }
}

ApiResult<KeyCondition> key_condition(const Condition& node) {
  const auto is_path = [](const Condition& arg) { return arg.kind == Kind::Path; };
  const auto paths = std::count_if(node.args.begin(), node.args.end(), is_path);
  if (node.kind != Kind::Compare && paths > 0 && !is_path(node.args[0])) {
    return invalid("Invalid condition in KeyConditionExpression: " + node.text +
                   " operator must have the key attribute as its first operand");
  }
  if (std::any_of(node.args.begin(), node.args.end(),
                  [](const Condition& arg) { return arg.kind == Kind::Function; })) {
    return invalid("KeyConditionExpressions cannot contain nested operations");
  }
  if (paths > 1) {
    return invalid(
        "Invalid condition in KeyConditionExpression: Multiple attribute names used in one "
        "condition");
  }
  const auto path = std::find_if(node.args.begin(), node.args.end(), is_path);
  if (path == node.args.end())
    return invalid("Invalid condition in KeyConditionExpression: No key attribute specified");
  if (path->path.size() > 1)
    return invalid("KeyConditionExpressions cannot have conditions on nested attributes");
  KeyCondition out;
  out.attribute = path->path[0].name;
  out.op = operator_of(node, path != node.args.begin());
  for (const Condition& arg : node.args) {
    if (arg.kind == Kind::Value) out.values.push_back(arg.value);
  }
  return out;
}

aws::ApiError wrong_parameter_type() {
  return invalid_parameter("Condition parameter type does not match schema type");
}

ApiResult<void> check_values(const KeyCondition& condition, const KeyAttribute& key) {
  for (const AttributeValue& value : condition.values) {
    if (value.type != key.type) return wrong_parameter_type();
    if (value.text.empty() && condition.op != Operator::BeginsWith) {
      return invalid(
          "One or more parameter values are not valid. The AttributeValue for a key "
          "attribute cannot contain an empty " +
          std::string(key.type == Type::B ? "binary" : "string") + " value. Key: " + key.name);
    }
  }
  if (condition.op == Operator::BeginsWith && key.type == Type::N) return wrong_parameter_type();
  if (condition.op == Operator::Between &&
      compare(condition.values[0], condition.values[1]).value_or(0) > 0) {
    return invalid(
        "The BETWEEN condition was provided a range where the lower bound is greater than the "
        "upper bound");
  }
  return {};
}

store::Range narrowed(const std::string& prefix, const KeyCondition& condition) {
  const std::string part = prefix + key_part(condition.values[0]);
  const std::string end = store::prefix_end(prefix);
  switch (condition.op) {
    case Operator::Equal: return store::Range::prefix(part);
    case Operator::Less: return {prefix, part};
    case Operator::LessOrEqual: return {prefix, store::prefix_end(part)};
    case Operator::Greater: return {store::prefix_end(part), end};
    case Operator::GreaterOrEqual: return {part, end};
    case Operator::Between:
      return {part, store::prefix_end(prefix + key_part(condition.values[1]))};
    case Operator::BeginsWith:
      // Without the two bytes that end the part.
      return store::Range::prefix(part.substr(0, part.size() - 2));
  }
  return store::Range::prefix(prefix);
}

}  // namespace

ApiResult<std::vector<KeyCondition>> key_conditions(const Condition& condition) {
  std::vector<const Condition*> nodes;
  PAWL_TRY_VOID(collect(condition, nodes));
  std::vector<KeyCondition> out;
  std::set<std::string> attributes;
  for (const Condition* node : nodes) {
    out.push_back(PAWL_TRY(key_condition(*node)));
    if (!attributes.insert(out.back().attribute).second)
      return invalid("KeyConditionExpressions must only contain one condition per key");
  }
  if (out.size() > 2) return invalid("Conditions can be of length 1 or 2 only");
  return out;
}

ApiResult<store::Range> key_range(const TableSchema& schema, uint32_t index, const KeySchema& keys,
                                  const std::vector<KeyCondition>& conditions) {
  const KeyCondition* hash = nullptr;
  const KeyCondition* range = nullptr;
  for (const KeyCondition& condition : conditions) {
    if (condition.attribute == keys.hash.name) hash = &condition;
    if (keys.range && condition.attribute == keys.range->name) range = &condition;
  }
  if (hash == nullptr)
    return invalid("Query condition missed key schema element: " + keys.hash.name);
  if (conditions.size() > 1 && range == nullptr) {
    if (!keys.range) return invalid("Query key condition not supported");
    return invalid("Query condition missed key schema element: " + keys.range->name);
  }
  if (hash->op != Operator::Equal) return invalid("Query key condition not supported");
  PAWL_TRY_VOID(check_values(*hash, keys.hash));
  if (range != nullptr) PAWL_TRY_VOID(check_values(*range, *keys.range));
  const std::string prefix = hash_prefix(schema.number, index, hash->values[0]);
  return range == nullptr ? store::Range::prefix(prefix) : narrowed(prefix, *range);
}

}  // namespace pawl::dynamodb
