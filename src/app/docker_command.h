// SPDX-License-Identifier: Apache-2.0
// `pawl-docker`: as much of Docker's command line as tools that build and push images call (CDK's
// CDK_DOCKER), without a daemon. The program answers to it when it is called by that name.
#pragma once

#include <string>
#include <vector>

namespace pawl::app {

/// build, tag, push, login, inspect, run, version. What it does not know it refuses by name. Exit
/// code: that of what was called; 1, or 125 of run, if that could not be.
int run_docker(const std::vector<std::string>& arguments);

}  // namespace pawl::app
