// SPDX-License-Identifier: Apache-2.0
// The command line of `pawl`: its commands, options and help.
#pragma once

#include <span>

#include "console/site.h"

namespace pawl::app {

/// Parses, runs the command and gives the exit code (app/exit_code.h). Bad usage is explained on
/// stderr. `console_site` is what `serve` shows people.
int run_command_line(int argc, char** argv, std::span<const console::SiteFile> console_site);

}  // namespace pawl::app
