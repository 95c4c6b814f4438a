// SPDX-License-Identifier: Apache-2.0
// What `pawl run` checks and reads before anything runs: definition, input, functions. Each refusal
// is a text for people.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "app/run_command.h"
#include "asl/program.h"
#include "base/error.h"
#include "base/limits.h"
#include "interpreter/execution_state.h"
#include "json/payload.h"
#include "json/value.h"
#include "services/lambda/function_config.h"

namespace pawl::app {

/// The input of the execution. Errors name the place: file, line and column, or the size that is
/// too large.
base::Result<json::Payload> read_input(const RunOptions& options, const base::Limits& limits);

/// The functions with time-out and environment. Errors: an option that does not parse, a file that
/// is not there,
/// --function-env for an unknown function.
base::Result<std::vector<lambda::FunctionConfig>> read_functions(const RunOptions& options);

/// Errors: NotFound naming every function that a Task names and nobody gave.
base::Result<void> check_functions_given(const json::Value& definition,
                                         const std::vector<lambda::FunctionConfig>& functions);

/// Names and ARNs as AWS builds them; the machine is named after the file. Errors: InvalidSyntax
/// for a bad --name, --region or --account.
base::Result<interpreter::ExecutionInfo> make_execution_info(const RunOptions& options,
                                                             const base::Limits& limits,
                                                             uint64_t seed);

}  // namespace pawl::app
