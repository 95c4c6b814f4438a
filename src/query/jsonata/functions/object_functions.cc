// SPDX-License-Identifier: Apache-2.0
// Objects: $keys, $lookup, $spread, $merge, $clone.
#include <string_view>
#include <unordered_set>

#include "query/jsonata/builtins.h"
#include "query/jsonata/evaluation.h"
#include "query/jsonata/stored.h"

namespace pawl::query::jsonata {
namespace {

void collect_keys(const json::Value& value, std::unordered_set<std::string_view>& seen,
                  Evaluation::Collector& out) {
  if (value.is_array()) {
    for (const json::Value& item : value.items()) collect_keys(item, seen, out);
  } else if (value.is_object()) {
    for (const json::Member& member : value.members()) {
      if (seen.insert(member.name()).second) out.push_json(member.key);
    }
  }
}

Item keys(const BuiltinCall& call) {
  Evaluation::Collector out(call.evaluation);
  std::unordered_set<std::string_view> seen;
  collect_keys(call[0].value(), seen, out);
  return out.array(ArrayFlag::kSequence);
}

void look_up_key(const json::Value& value, std::string_view key, Evaluation::Collector& out) {
  if (value.is_array()) {
    for (const json::Value& item : value.items()) look_up_key(item, key, out);
  } else if (const json::Value* found = value.find(key)) {
    out.push_all(Item(*found));
  }
}

Item lookup(const BuiltinCall& call) {
  const std::string_view key =
      call[1].is_string() ? call[1].as_string() : std::string_view("undefined");
  if (!call[0].is_array()) {
    const json::Value* found = call[0].value().find(key);
    return found == nullptr ? Item() : Item(*found);
  }
  Evaluation::Collector out(call.evaluation);
  look_up_key(call[0].value(), key, out);
  return out.array(ArrayFlag::kSequence);
}

void spread_members(const json::Value& value, Evaluation::Collector& out) {
  if (value.is_array()) {
    for (const json::Value& item : value.items()) spread_members(item, out);
  } else if (value.is_object()) {
    for (const json::Member& member : value.members()) out.push_json(json::Value::object({member}));
  } else if (!Item(value).is_undefined()) {
    out.push_json(value);
  }
}

Item spread(const BuiltinCall& call) {
  if (!call[0].is_array() && !call[0].is_object()) return call[0];
  Evaluation::Collector out(call.evaluation);
  spread_members(call[0].value(), out);
  return out.array(ArrayFlag::kSequence);
}

Item merge(const BuiltinCall& call) {
  if (call[0].is_undefined()) return {};
  json::ObjectBuilder merged;
  for (const json::Value& object : call[0].value().items()) {
    if (!object.is_object()) continue;
    for (const json::Member& member : object.members()) merged.set(member.key, member.value);
  }
  return Item(std::move(merged).build());
}

Item clone(const BuiltinCall& call) {
  return call[0].is_undefined() ? Item()
                                : Item(deep_copy(call[0].value(), call.evaluation.dialect()));
}

constexpr Builtin kFunctions[] = {
    {"keys", "<x-:a<s>>", 1, keys},     {"lookup", "<x-s:x>", 2, lookup},
    {"spread", "<x-:a<o>>", 1, spread}, {"merge", "<a<o>:o>", 1, merge},
    {"clone", "<(oa)-:o>", 1, clone},
};

}  // namespace

std::span<const Builtin> object_functions() { return kFunctions; }

}  // namespace pawl::query::jsonata
