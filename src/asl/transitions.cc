// SPDX-License-Identifier: Apache-2.0
// Where control can go inside one scope: targets exist, and every state is reached.
#include <utility>

#include "asl/compiler.h"
#include "json/parse.h"

namespace pawl::asl {

// Measured: the message says 'Next' whichever field names the target, StartAt and Default too.
StateIndex Compiler::resolve(const std::string& pointer, const std::string& target) {
  const auto found = states_->by_name.find(target);
  if (found != states_->by_name.end()) return found->second;
  error(pointer, "Missing 'Next' target: " + target, kMissingTransitionTarget);
  return kEnd;
}

void Compiler::check_reachability(const json::Value& states, const std::string& pointer,
                                  StateIndex start) {
  std::vector<bool> reached(states.size());
  std::vector<StateIndex> open;
  const auto reach = [&](StateIndex index) {
    if (reached[index - states_->first]) return;
    reached[index - states_->first] = true;
    open.push_back(index);
  };
  if (start != kEnd) reach(start);
  while (!open.empty()) {
    const StateIndex current = open.back();
    open.pop_back();
    for (const StateIndex next : states_->edges[current - states_->first]) reach(next);
  }
  for (size_t i = 0; i < reached.size(); ++i) {
    if (reached[i]) continue;
    const std::string_view name = states.members()[i].name();
    error(json::pointer_child(pointer, name),
          "State \"" + std::string(name) + "\" is not reachable.", kMissingTransitionTarget);
  }
}

StateIndex StateCompiler::transition(const Fields& from, std::string_view field) {
  const std::optional<std::string> target = from.string(field);
  if (!target) return kEnd;
  const StateIndex next = compiler.resolve(from.child_pointer(field), *target);
  if (next != kEnd) compiler.states_->edges[index - compiler.states_->first].push_back(next);
  return next;
}

}  // namespace pawl::asl
