// SPDX-License-Identifier: Apache-2.0
// Where control can go inside one scope: targets exist, every state is reached, an end is reached.
#include <utility>

#include "asl/compiler.h"
#include "json/parse.h"

namespace pawl::asl {

StateIndex Compiler::resolve(const std::string& pointer, std::string_view field, const std::string& target) {
  const auto found = states_->by_name.find(target);
  if (found != states_->by_name.end()) return found->second;
  error(pointer, "Missing '" + std::string(field) + "' target: " + target, kMissingTransitionTarget);
  return kEnd;
}

void Compiler::check_scope(const json::Value& states, const std::string& pointer, StateIndex start) {
  std::unordered_set<StateIndex> reached = {start};
  std::vector<StateIndex> open = {start};
  while (!open.empty()) {
    const StateIndex current = open.back();
    open.pop_back();
    for (const StateIndex next : states_->edges[current]) {
      if (reached.insert(next).second) open.push_back(next);
    }
  }
  for (const json::Member& member : states.members()) {
    if (reached.contains(states_->by_name.at(member.name()))) continue;
    error(json::pointer_child(pointer, member.name()),
          "State \"" + std::string(member.name()) + "\" is not reachable.", kMissingTransitionTarget);
  }
  if (!states_->has_terminal && !has_errors(diagnostics_)) error(pointer, "No terminal state found");
}

StateIndex StateCompiler::transition(const Fields& from, std::string_view field) {
  const std::optional<std::string> target = from.string(field);
  if (!target) return kEnd;
  const StateIndex next = compiler.resolve(from.child_pointer(field), field, *target);
  if (next != kEnd) compiler.states_->edges[index].push_back(next);
  return next;
}

}  // namespace pawl::asl
