// SPDX-License-Identifier: Apache-2.0
// TestedState: the one state that TestState runs, compiled, with the machine around it or one made
// up for it.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "asl/program.h"
#include "aws/api_error.h"

namespace pawl::states {

/// Recorded: what AWS calls a state that is tested without its machine.
inline constexpr std::string_view kTestedStateName = "StateName";

struct TestedState {
  std::shared_ptr<const asl::Program> program;
  asl::StateIndex index = asl::kEnd;

  const asl::State& state() const { return program->states[index]; }
};

/// With a name, `definition` is a machine's, in which the state is looked for also inside Parallel
/// and Map; without, it is the state's own, which goes by the name kTestedStateName and whose
/// targets need not exist. Errors: InvalidDefinition, ValidationException "State not found in
/// definition". `resources` as for compile_strictly. Thread-safe.
aws::ApiResult<TestedState> compile_tested_state(const std::string& definition,
                                                 const std::optional<std::string>& state_name,
                                                 const asl::ResourceCatalog* resources = nullptr);

}  // namespace pawl::states
