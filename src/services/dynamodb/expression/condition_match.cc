// SPDX-License-Identifier: Apache-2.0
// A compiled condition on an item.
#include <algorithm>

#include "services/dynamodb/expression/condition.h"

namespace pawl::dynamodb {
namespace {

using Kind = Condition::Kind;

size_t measure(const AttributeValue& value) {
  switch (value.type) {
    case Type::S:
    case Type::B: return value.text.size();
    case Type::SS:
    case Type::NS:
    case Type::BS: return value.set.size();
    case Type::M: return value.map.size();
    case Type::L: return value.list.size();
    default: return 0;
  }
}

bool has_size(const AttributeValue& value) {
  return value.type != Type::N && value.type != Type::Bool && value.type != Type::Null;
}

/// An operand's value; `made` keeps it if it had to be computed.
const AttributeValue* evaluate(const Condition& node, const Item& item, AttributeValue& made) {
  if (node.kind == Kind::Value) return &node.value;
  if (node.kind == Kind::Path) return resolve(node.path, item);
  if (node.function != Condition::Function::Size) return nullptr;
  AttributeValue inner;
  const AttributeValue* value = evaluate(node.args[0], item, inner);
  if (value == nullptr || !has_size(*value)) return nullptr;
  made = AttributeValue::number(std::to_string(measure(*value)));
  return &made;
}

bool matches_function(const Condition& node, const Item& item) {
  AttributeValue made;
  const AttributeValue* first = evaluate(node.args[0], item, made);
  switch (node.function) {
    case Condition::Function::Exists: return first != nullptr;
    case Condition::Function::NotExists: return first == nullptr;
    case Condition::Function::Size:
    case Condition::Function::Unknown: return false;
    default: break;
  }
  AttributeValue made_second;
  const AttributeValue* second = evaluate(node.args[1], item, made_second);
  if (first == nullptr || second == nullptr) return false;
  switch (node.function) {
    case Condition::Function::TypeIs: return type_name(first->type) == second->text;
    case Condition::Function::BeginsWith: return begins_with(*first, *second);
    default: return contains(*first, *second);
  }
}

bool matches_between(const Condition& node, const Item& item) {
  AttributeValue made[3];
  const AttributeValue* values[3];
  for (size_t i = 0; i < 3; ++i) values[i] = evaluate(node.args[i], item, made[i]);
  return compares(Condition::Comparator::GreaterOrEqual, values[0], values[1]) &&
         compares(Condition::Comparator::LessOrEqual, values[0], values[2]);
}

bool matches_in(const Condition& node, const Item& item) {
  AttributeValue made;
  const AttributeValue* value = evaluate(node.args[0], item, made);
  return std::any_of(node.args.begin() + 1, node.args.end(), [&](const Condition& arg) {
    AttributeValue made_other;
    return compares(Condition::Comparator::Equal, value, evaluate(arg, item, made_other));
  });
}

}  // namespace

bool compares(Condition::Comparator comparator, const AttributeValue* a, const AttributeValue* b) {
  using Comparator = Condition::Comparator;
  const bool both = a != nullptr && b != nullptr;
  if (comparator == Comparator::Equal) return both && equal(*a, *b);
  if (comparator == Comparator::NotEqual) return !(both && equal(*a, *b));
  if (!both) return false;
  const std::optional<int> order = compare(*a, *b);
  if (!order) return false;
  switch (comparator) {
    case Comparator::Less: return *order < 0;
    case Comparator::LessOrEqual: return *order <= 0;
    case Comparator::Greater: return *order > 0;
    default: return *order >= 0;
  }
}

bool contains(const AttributeValue& whole, const AttributeValue& part) {
  const auto in_set = [&](Type set, Type element) {
    return whole.type == set && part.type == element &&
           std::find(whole.set.begin(), whole.set.end(), part.text) != whole.set.end();
  };
  if ((whole.type == Type::S || whole.type == Type::B) && whole.type == part.type)
    return whole.text.find(part.text) != std::string::npos;
  if (whole.type == Type::L) {
    return std::any_of(whole.list.begin(), whole.list.end(),
                       [&](const AttributeValue& element) { return equal(element, part); });
  }
  return in_set(Type::SS, Type::S) || in_set(Type::NS, Type::N) || in_set(Type::BS, Type::B);
}

bool begins_with(const AttributeValue& whole, const AttributeValue& part) {
  return whole.type == part.type && (whole.type == Type::S || whole.type == Type::B) &&
         whole.text.starts_with(part.text);
}

bool matches(const Condition& condition, const Item& item) {
  switch (condition.kind) {
    case Kind::Always: return true;
    case Kind::And:
      return std::all_of(condition.args.begin(), condition.args.end(),
                         [&](const Condition& arg) { return matches(arg, item); });
    case Kind::Or:
      return std::any_of(condition.args.begin(), condition.args.end(),
                         [&](const Condition& arg) { return matches(arg, item); });
    case Kind::Not: return !matches(condition.args[0], item);
    case Kind::Compare: {
      AttributeValue made[2];
      return compares(condition.comparator, evaluate(condition.args[0], item, made[0]),
                      evaluate(condition.args[1], item, made[1]));
    }
    case Kind::Between: return matches_between(condition, item);
    case Kind::In: return matches_in(condition, item);
    case Kind::Function: return matches_function(condition, item);
    case Kind::Path:
    case Kind::Value: return false;
  }
  return false;
}

}  // namespace pawl::dynamodb
