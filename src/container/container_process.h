// SPDX-License-Identifier: Apache-2.0
// ContainerProcess: starting the sandbox of one container. Before bubblewrap takes over, the child
// enters a user and a mount namespace and lays a writable layer over the image's files
// (overlayfs): the mount is gone with the last process of the container.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <vector>

#include "base/error.h"
#include "container/file_descriptor.h"

namespace pawl::container {

/// Folders of one overlay mount; all absolute. `lower` is not changed.
struct Overlay {
  std::string lower;
  std::string upper;
  std::string work;
  std::string merged;
};

struct ContainerLaunch {
  std::vector<std::string> sandbox;  ///< bubblewrap and its options (Sandbox::command)
  std::vector<std::string> command;
  Overlay overlay;  ///< `lower` "": none
  uint32_t processes_max = 4'096;
  /// The sandbox was told of kSandboxStatusFd. Else nobody reads there, and it must not write.
  bool tells_status = true;
  bool joins_error = false;  ///< standard error goes where standard output goes
};

/// The descriptor on which the sandbox tells its child's id (RootView::status_fd).
inline constexpr int kSandboxStatusFd = 3;

struct ContainerProcess {
  pid_t pid = -1;         ///< of the sandbox; leader of its process group
  FileDescriptor exited;  ///< pidfd: readable once it has ended
  FileDescriptor output;  ///< standard output; does not block, like those that follow
  FileDescriptor error;   ///< none if it was joined
  FileDescriptor status;  ///< bubblewrap's JSON, or a line that begins with "failed: "
};

/// Starts it. It is killed when the calling thread ends. Errors: Io.
base::Result<ContainerProcess> start_container(const ContainerLaunch& launch);

enum class RootSupport : uint8_t {
  Overlay,     ///< overlay mounts work
  Namespaces,  ///< namespaces only
  Nothing      ///< this kernel, or this container around us, allows neither
};
/// Tries with folders below `folder`. Blocks for some milliseconds.
RootSupport root_support(const std::string& folder);

}  // namespace pawl::container
