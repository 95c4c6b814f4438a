// SPDX-License-Identifier: Apache-2.0
// Running one container in the foreground: its output is ours, Ctrl-C stops it.
#pragma once

#include <string>
#include <vector>

#include "container/image_source.h"
#include "container/runner.h"

namespace pawl::app {

/// Blocks until it has ended; its exit code, or 1 with a line that begins with `command` on
/// standard error. `sources` are asked for the image before registries are.
int run_container(const std::string& command, container::ContainerSpec spec,
                  std::vector<container::ImageSource*> sources);

}  // namespace pawl::app
