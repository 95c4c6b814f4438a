// SPDX-License-Identifier: Apache-2.0
#include "services/states/test_state/tested_state.h"

#include <algorithm>
#include <string_view>
#include <utility>
#include <vector>

#include "asl/compile.h"
#include "json/parse.h"
#include "json/write.h"
#include "services/states/api_errors.h"
#include "services/states/definition.h"

namespace pawl::states {
namespace {

void add_target(const json::Value& holder, std::string_view field,
                std::vector<std::string>& targets) {
  const json::Value* target = holder.find(field);
  if (target == nullptr || !target->is_string() || target->as_string() == kTestedStateName) return;
  std::string name(target->as_string());
  if (std::find(targets.begin(), targets.end(), name) == targets.end()) {
    targets.push_back(std::move(name));
  }
}

/// The states that `state` may go to.
std::vector<std::string> targets_of(const json::Value& state) {
  std::vector<std::string> targets;
  add_target(state, "Next", targets);
  add_target(state, "Default", targets);
  for (const std::string_view list : {"Choices", "Catch"}) {
    const json::Value* holders = state.find(list);
    if (holders == nullptr || !holders->is_array()) continue;
    for (const json::Value& holder : holders->items()) add_target(holder, "Next", targets);
  }
  return targets;
}

/// A machine of the state and of one Succeed state for each of its targets. Text is put together,
/// so that repeated members and numbers stay as they were written.
std::string machine_around(const std::string& state_text, const json::Value& state) {
  std::string machine = R"({"StartAt":"StateName","States":{"StateName":)" + state_text;
  for (const std::string& target : targets_of(state)) {
    machine += ',';
    json::write_string(target, machine);
    machine += R"(:{"Type":"Succeed"})";
  }
  return machine + "}}";
}

}  // namespace

aws::ApiResult<TestedState> compile_tested_state(const std::string& definition,
                                                 const std::optional<std::string>& state_name,
                                                 const asl::ResourceCatalog* resources) {
  std::string machine = definition;
  if (!state_name) {
    const base::Result<json::Value> state = json::parse(definition);
    // What is no object is refused below, in the compiler's words.
    if (state && state->is_object()) machine = machine_around(definition, *state);
  }
  asl::Compilation compiled = compile_strictly(machine, asl::StateMachineType::Standard, resources);
  if (!compiled.program) {
    return invalid_definition(compiled.diagnostics);
  }
  const std::string_view wanted = state_name ? std::string_view(*state_name) : kTestedStateName;
  const std::vector<asl::State>& states = compiled.program->states;
  const auto found = std::find_if(states.begin(), states.end(),
                                  [&](const asl::State& each) { return each.name == wanted; });
  if (found == states.end()) return aws::validation_exception("State not found in definition");
  const auto index = static_cast<asl::StateIndex>(found - states.begin());
  return TestedState{std::move(compiled.program), index};
}

}  // namespace pawl::states
