// SPDX-License-Identifier: Apache-2.0
// The transform operator: "| pattern | update, delete |".
#include <algorithm>
#include <unordered_map>
#include <utility>

#include "query/jsonata/evaluation.h"
#include "query/jsonata/stored.h"

namespace pawl::query::jsonata {
namespace {

/// The reference changes the objects of a copy in place. Values do not change: the objects of the
/// copy, which nothing else shares, are known by their nodes, and what has become of each is kept
/// beside.
class Changes {
 public:
  /// The value with all changes so far, at any depth.
  json::Value applied(const json::Value& value) const {
    if (value.is_array()) {
      std::vector<json::Value> items;
      items.reserve(value.size());
      for (const json::Value& item : value.items()) items.push_back(applied(item));
      return json::Value::array(std::move(items)).annotated(value.annotation());
    }
    if (!value.is_object()) return value;
    std::vector<json::Member> members;
    const json::Value object = current(value);
    for (const json::Member& member : object.members())
      members.emplace_back(member.key, applied(member.value));
    return json::Value::object(std::move(members));
  }

  /// What the object has become; its members are still those of the copy.
  json::Value current(const json::Value& object) const {
    const auto found = changed_.find(object.node_address());
    return found == changed_.end() ? object : found->second;
  }

  void set(const json::Value& object, json::Value now) {
    changed_.insert_or_assign(object.node_address(), std::move(now));
  }

 private:
  std::unordered_map<const void*, json::Value> changed_;
};

}  // namespace

// jsonata.js "evaluateTransformExpression".
Item Evaluation::apply_transform(const Function& transform, const Item& object) {
  if (object.is_undefined()) return {};
  const Node& node = *transform.node;
  const Item clone = look_up(node, transform.frame);
  if (!clone.is_function()) {
    EvaluationError error("T2013");
    error.position = node.position;
    return fail(std::move(error));
  }
  Item copy = apply(*clone.as_function(), {object}, Item::null());
  if (copy.is_failure() || copy.is_undefined()) return copy;
  // The user's own $clone may have returned what others share.
  if (clone.as_function()->kind != Function::Kind::Builtin)
    copy = Item(deep_copy(copy.value(), dialect()));
  const Item matches = eval(node.child(0), copy, transform.frame);
  if (matches.is_failure()) return matches;
  if (matches.is_undefined()) return copy;
  Changes changes;
  const std::span<const json::Value> found =
      matches.is_array() ? matches.value().items() : std::span(&matches.value(), 1);
  for (const json::Value& match : found) {
    const Item now(changes.applied(match));
    const Item update = eval(node.child(1), now, transform.frame);
    if (update.is_failure()) return update;
    if (!update.is_undefined() && !update.is_object()) {
      EvaluationError error("T2011");
      error.position = node.child(1).position;
      error.value = message_value(update);
      return fail(std::move(error));
    }
    if (update.is_object() && match.is_object()) {
      json::Value changed = changes.current(match);
      for (const json::Member& member : update.value().members())
        changed = changed.with_member(member.name(), member.value);
      changes.set(match, std::move(changed));
    }
    if (!node.has_delete) continue;
    const Item deletions = eval(node.child(2), Item(changes.applied(match)), transform.frame);
    if (deletions.is_failure()) return deletions;
    if (deletions.is_undefined()) continue;
    const std::span<const json::Value> names =
        deletions.is_array() ? deletions.value().items() : std::span(&deletions.value(), 1);
    if (!std::all_of(names.begin(), names.end(),
                     [](const json::Value& name) { return name.is_string(); })) {
      EvaluationError error("T2012");
      error.position = node.child(2).position;
      error.value = message_value(deletions);
      return fail(std::move(error));
    }
    if (!match.is_object()) continue;
    json::Value changed = changes.current(match);
    for (const json::Value& name : names) {
      if (changed.find_key(name) != nullptr) changed = changed.without_member(name.as_string());
    }
    changes.set(match, std::move(changed));
  }
  return Item(changes.applied(copy.value()));
}

}  // namespace pawl::query::jsonata
