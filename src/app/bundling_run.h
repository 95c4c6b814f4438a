// SPDX-License-Identifier: Apache-2.0
// What the CDK and SAM call bundling: a command in one of AWS's build images that installs what a
// function needs beside it. Functions run with this machine's interpreters, so the command runs
// over them, too: in a sandbox, with the volumes mapped; nothing is pulled.
#pragma once

#include <optional>
#include <string>

#include "container/runner.h"

namespace pawl::app {

/// "python3.12" of "public.ecr.aws/sam/build-python3.12:latest"; nullopt: no build image, or
/// PAWL_BUNDLING=image says that it is to be pulled. With PAWL_BUNDLING=host every image is one, of
/// the runtime "".
std::optional<std::string> bundling_runtime(const std::string& image);

/// Runs `spec` (its image's name is shown, and not used) and blocks until it has ended; its exit
/// status, or 125 with a line that begins with `command` on standard error. Variables that tell pip
/// and npm where packages come from, and proxies, are passed on; the files that they name are
/// shown.
int run_bundling(const std::string& command, const std::string& runtime_name,
                 const container::ContainerSpec& spec);

}  // namespace pawl::app
