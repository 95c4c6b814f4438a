// SPDX-License-Identifier: Apache-2.0
// `pawl validate`: every mistake of a definition.
#pragma once

#include <string>
#include <vector>

#include "asl/program.h"

namespace pawl::app {

struct ValidateOptions {
  std::vector<std::string> definitions;
  asl::StateMachineType type = asl::StateMachineType::Standard;
  bool json = false;
  bool quiet = false;
  bool no_color = false;
};

/// Mistakes go to stderr; with `json` what API ValidateStateMachineDefinition answers goes to
/// stdout, for several definitions one object a line with the "file" it is about. Exit code 2 if
/// one of them is invalid or cannot be read.
int run_validate(const ValidateOptions& options);

}  // namespace pawl::app
