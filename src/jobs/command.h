// SPDX-License-Identifier: Apache-2.0
// Running a program of the system and reading what it says.
#pragma once

#include <string>
#include <vector>

#include "base/error.h"

namespace pawl::jobs {

struct CommandOutput {
  int code = 0;        ///< 128 + the signal, if one ended it
  std::string text;    ///< what it wrote to stdout
  std::string errors;  ///< and to stderr
};

/// Searches `words[0]` in PATH. The program sees of our environment only what says where things
/// are: PATH, HOME, USER, LANG, TZ and what begins with SLURM_CONF. Blocks, for `timeout_ms` at
/// most; then the program is killed. At most 16 MiB of output are kept. Errors: Io,
/// LimitExceeded (time).
base::Result<CommandOutput> run_command(const std::vector<std::string>& words, int timeout_ms);

}  // namespace pawl::jobs
