// SPDX-License-Identifier: Apache-2.0
// ContainerPlan: from what was asked for and what the image says to the command line of the
// sandbox.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.h"
#include "container/container_process.h"
#include "container/image_cache.h"
#include "container/runner.h"
#include "container/sandbox.h"

namespace pawl::container {

struct ContainerPlan {
  std::shared_ptr<const UnpackedImage> image;
  ContainerLaunch launch;
  int stop_signal = 15;
};

/// Gets the image, makes the folders of one run below `folder` and plans its start. Blocks. The
/// error's message begins with ECS's "CannotPullContainerError: " or "CannotStartContainerError: ".
base::Result<ContainerPlan> plan_container(const ContainerSpec& spec, ImageCache& images,
                                           const Sandbox& sandbox, const std::string& folder,
                                           bool has_overlay);

/// What an image and what overrides it come to.
struct ImageProcess {
  std::vector<std::string> command;
  std::vector<std::pair<std::string, std::string>> environment;
  std::string working_directory;  ///< absolute
  uint32_t user = 0;
  uint32_t group = 0;
};

/// Errors: NotFound if the image has no such user or program, InvalidSyntax if there is no command;
/// the message is Docker's.
base::Result<ImageProcess> process_of(const ContainerSpec& spec, const UnpackedImage& image);

/// The view of an image's root: its /proc, /dev, /tmp, the machine's names of hosts and `mounts`.
/// Errors: InvalidSyntax if a mount's target leads nowhere or into another's.
base::Result<RootView> view_of(const std::string& image_root, const std::vector<Mount>& mounts,
                               const ImageProcess& process, bool is_read_only);

/// 15 of "", "SIGTERM", "TERM" and "15"; nullopt if it is none.
std::optional<int> signal_number(std::string_view name);

}  // namespace pawl::container
