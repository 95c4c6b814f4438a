// SPDX-License-Identifier: Apache-2.0
// The command line of `pawl`: its commands, options and help.
#pragma once

namespace pawl::app {

/// Parses, runs the command and gives the exit code (app/exit_code.h). Bad usage is explained on
/// stderr.
int run_command_line(int argc, char** argv);

}  // namespace pawl::app
