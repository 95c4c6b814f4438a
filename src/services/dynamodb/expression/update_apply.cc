// SPDX-License-Identifier: Apache-2.0
// An Update on an item.
#include <algorithm>

#include "services/dynamodb/errors.h"
#include "services/dynamodb/expression/update.h"
#include "services/dynamodb/number.h"

namespace pawl::dynamodb {
namespace {

using aws::ApiResult;
using Kind = UpdateOperand::Kind;

aws::ApiError wrong_type() {
  return invalid("An operand in the update expression has an incorrect data type");
}
aws::ApiError missing_attribute() {
  return invalid("The provided expression refers to an attribute that does not exist in the item");
}
aws::ApiError bad_path() {
  return invalid("The document path provided in the update expression is invalid for update");
}

ApiResult<AttributeValue> add_numbers(const AttributeValue& a, const AttributeValue& b,
                                      bool subtract) {
  if (a.type != Type::N || b.type != Type::N) return wrong_type();
  const Number left = PAWL_TRY(Number::parse(a.text));
  const Number right = PAWL_TRY(Number::parse(b.text));
  return AttributeValue::number(
      PAWL_TRY(Number::sum(left, subtract ? right.negated() : right)).text());
}

ApiResult<AttributeValue> evaluate(const UpdateOperand& node, const Item& item) {
  switch (node.kind) {
    case Kind::Value: return node.value;
    case Kind::Path: {
      const AttributeValue* found = resolve(node.path, item);
      if (found == nullptr) return missing_attribute();
      return *found;
    }
    case Kind::IfNotExists: {
      const AttributeValue* found = resolve(node.args[0].path, item);
      if (found != nullptr) return *found;
      return evaluate(node.args[1], item);
    }
    case Kind::ListAppend: {
      AttributeValue first = PAWL_TRY(evaluate(node.args[0], item));
      const AttributeValue second = PAWL_TRY(evaluate(node.args[1], item));
      if (first.type != Type::L || second.type != Type::L) return wrong_type();
      first.list.insert(first.list.end(), second.list.begin(), second.list.end());
      return first;
    }
    case Kind::Plus:
    case Kind::Minus: {
      const AttributeValue first = PAWL_TRY(evaluate(node.args[0], item));
      const AttributeValue second = PAWL_TRY(evaluate(node.args[1], item));
      return add_numbers(first, second, node.kind == Kind::Minus);
    }
    case Kind::Unknown: break;
  }
  return wrong_type();
}

/// What holds the last element of a path; null if that is not there or has another type.
AttributeValue* parent_of(const DocumentPath& path, Item& item) {
  AttributeValue* value = find(item, path[0].name);
  for (size_t i = 1; i < path.size() && value != nullptr; ++i) {
    const PathElement& element = path[i];
    if (value->type != (element.is_index() ? Type::L : Type::M)) return nullptr;
    if (i + 1 == path.size()) return value;
    if (element.is_index()) {
      const auto index = static_cast<size_t>(element.index);
      value = index < value->list.size() ? &value->list[index] : nullptr;
    } else {
      value = find(value->map, element.name);
    }
  }
  return nullptr;
}

ApiResult<void> put_at(const DocumentPath& path, Item& item, AttributeValue value) {
  if (path.size() == 1) {
    set(item, path[0].name, std::move(value));
    return {};
  }
  AttributeValue* parent = parent_of(path, item);
  if (parent == nullptr) return bad_path();
  const PathElement& last = path.back();
  if (!last.is_index()) {
    set(parent->map, last.name, std::move(value));
  } else if (static_cast<size_t>(last.index) < parent->list.size()) {
    parent->list[static_cast<size_t>(last.index)] = std::move(value);
  } else {
    parent->list.push_back(std::move(value));
  }
  return {};
}

ApiResult<void> remove_at(const DocumentPath& path, Item& item) {
  if (path.size() == 1) {
    remove_attribute(item, path[0].name);
    return {};
  }
  AttributeValue* parent = parent_of(path, item);
  if (parent == nullptr) return bad_path();
  const PathElement& last = path.back();
  if (!last.is_index()) {
    remove_attribute(parent->map, last.name);
  } else if (static_cast<size_t>(last.index) < parent->list.size()) {
    parent->list.erase(parent->list.begin() + static_cast<std::ptrdiff_t>(last.index));
  }
  return {};
}

/// Sets, numbers and (legacy) lists: `value` added to what is at the path.
ApiResult<AttributeValue> added(const AttributeValue* old, const AttributeValue& value,
                                bool is_legacy) {
  if (old == nullptr) return value;
  if (value.type == Type::N) return add_numbers(*old, value, false);
  if (old->type != value.type) return wrong_type();
  AttributeValue out = *old;
  if (is_legacy && value.type == Type::L) {
    out.list.insert(out.list.end(), value.list.begin(), value.list.end());
    return out;
  }
  if (!value.is_set()) return wrong_type();
  for (const std::string& element : value.set) {
    if (std::find(out.set.begin(), out.set.end(), element) == out.set.end())
      out.set.push_back(element);
  }
  return out;
}

ApiResult<void> take_elements(const DocumentPath& path, Item& item, const AttributeValue& old,
                              const AttributeValue& value) {
  if (old.type != value.type || !value.is_set()) return wrong_type();
  AttributeValue left = old;
  std::erase_if(left.set, [&](const std::string& element) {
    return std::find(value.set.begin(), value.set.end(), element) != value.set.end();
  });
  if (left.set.empty()) return remove_at(path, item);
  return put_at(path, item, std::move(left));
}

/// By their elements; indexes of one list by number.
bool path_less(const UpdateAction* a, const UpdateAction* b) {
  return std::lexicographical_compare(
      a->path.begin(), a->path.end(), b->path.begin(), b->path.end(),
      [](const PathElement& x, const PathElement& y) {
        return x.index != y.index ? x.index < y.index : x.name < y.name;
      });
}

ApiResult<void> apply_action(const UpdateAction& action, const Item& before, bool is_legacy,
                             Item& after) {
  const AttributeValue* old = resolve(action.path, before);
  switch (action.kind) {
    case UpdateAction::Kind::Set:
      return put_at(action.path, after, PAWL_TRY(evaluate(action.operand, before)));
    case UpdateAction::Kind::Add:
      return put_at(action.path, after, PAWL_TRY(added(old, action.operand.value, is_legacy)));
    case UpdateAction::Kind::Delete:
      if (old == nullptr) return {};
      return take_elements(action.path, after, *old, action.operand.value);
    case UpdateAction::Kind::Remove: break;
  }
  return {};
}

}  // namespace

ApiResult<Item> apply_update(const Update& update, const Item& item) {
  Item after = item;
  std::vector<const UpdateAction*> set_actions;
  std::vector<const UpdateAction*> remove_actions;
  for (const UpdateAction& action : update.actions)
    (action.kind == UpdateAction::Kind::Remove ? remove_actions : set_actions).push_back(&action);
  // "SET beyond the end of a list appends": several of them in the order of their indexes.
  std::stable_sort(set_actions.begin(), set_actions.end(), path_less);
  // Elements of a list go from the highest index down, so that none moves before its turn.
  std::stable_sort(remove_actions.begin(), remove_actions.end(),
                   [](const UpdateAction* a, const UpdateAction* b) { return path_less(b, a); });
  for (const UpdateAction* action : set_actions)
    PAWL_TRY_VOID(apply_action(*action, item, update.is_legacy, after));
  for (const UpdateAction* action : remove_actions) PAWL_TRY_VOID(remove_at(action->path, after));
  return after;
}

}  // namespace pawl::dynamodb
