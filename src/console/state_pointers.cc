// SPDX-License-Identifier: Apache-2.0
#include "console/state_pointers.h"

#include <utility>

#include "json/parse.h"

namespace pawl::console {
namespace {

/// Far more than a definition of a megabyte has in practice.
constexpr int kScopesDeepMax = 200;

}  // namespace

StatePointers::StatePointers(const std::string& definition) {
  auto parsed = json::parse(definition);
  if (!parsed) return;
  root_ = *std::move(parsed);
  add(root_, "", 0);
}

void StatePointers::add(const json::Value& scope, const std::string& pointer, int depth) {
  const json::Value* states = scope.find("States");
  if (states == nullptr || !states->is_object() || depth > kScopesDeepMax) return;
  for (const json::Member& member : states->members()) {
    const std::string place = json::pointer_child(pointer + "/States", member.name());
    places_.emplace(std::string(member.name()), Place{place, &member.value});
    for (const std::string_view processor : {"ItemProcessor", "Iterator"}) {
      if (const json::Value* inner = member.value.find(processor))
        add(*inner, place + "/" + std::string(processor), depth + 1);
    }
    const json::Value* branches = member.value.find("Branches");
    if (branches == nullptr || !branches->is_array()) continue;
    for (size_t i = 0; i < branches->size(); ++i)
      add(branches->items()[i], json::pointer_child(place + "/Branches", i), depth + 1);
  }
}

const std::string& StatePointers::pointer(std::string_view state) const {
  static const std::string kNone;
  const auto found = places_.find(std::string(state));
  return found == places_.end() ? kNone : found->second.pointer;
}

const json::Value* StatePointers::find(std::string_view state) const {
  const auto found = places_.find(std::string(state));
  return found == places_.end() ? nullptr : found->second.value;
}

}  // namespace pawl::console
