// SPDX-License-Identifier: Apache-2.0
// `pawl container run FOLDER`: what a node of a cluster does for one job: not for people.
#pragma once

#include <string>

namespace pawl::jobs {

/// Runs the container that the folder describes (container_step.h), its output on stdout, and
/// leaves its exit there. SIGTERM, or a file in the folder,
/// asks the container to end. The image is unpacked below TMPDIR, or
/// /tmp, and removed at the end. Returns the container's exit code; 125 if it could not be started.
int run_container_step(const std::string& folder);

}  // namespace pawl::jobs
