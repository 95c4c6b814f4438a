// SPDX-License-Identifier: Apache-2.0
// `pawl run`: one execution of a definition, in this process.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "asl/program.h"

namespace pawl::app {

enum class HistoryFormat : uint8_t { None, Json, Table };

struct RunOptions {
  std::string definition;
  std::optional<std::string> input;      ///< JSON, "@FILE", "-" is standard input; none: {}
  std::vector<std::string> functions;    ///< NAME=PATH:HANDLER
  int64_t function_timeout_seconds = 3;  ///< API CreateFunction's default
  std::vector<std::string> environment;  ///< KEY=VALUE, for all functions
  std::vector<std::string> function_environment;  ///< NAME:KEY=VALUE
  std::optional<std::string> name;                ///< of the execution; none: a UUID
  HistoryFormat history = HistoryFormat::None;
  bool virtual_time = false;
  asl::StateMachineType type = asl::StateMachineType::Standard;
  bool extended_limits = false;
  std::string region = "us-east-1";
  std::string account = "000000000000";
  bool quiet = false;
  bool no_color = false;
};

/// The output goes to stdout, indented; with `history` the events do instead. Everything else goes
/// to stderr. Exit code 0: succeeded, 1: failed, timed out or aborted, 2: nothing was run.
int run_execution(const RunOptions& options);

}  // namespace pawl::app
