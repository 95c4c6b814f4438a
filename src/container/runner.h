// SPDX-License-Identifier: Apache-2.0
// Runner: runs containers without a daemon: an image unpacked by an ImageCache, in a sandbox, its
// root writable for this one run (overlayfs; where the kernel has none for us, a copy), one thread
// for all of them. They end with the process that owns this object, however that ends.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "container/image_cache.h"
#include "container/sandbox.h"

namespace pawl::container {

/// One container. What is not given is the image's.
struct ContainerSpec {
  std::string image;                                         ///< "registry/repository:tag"
  std::optional<std::vector<std::string>> entry_point = {};  ///< also drops the image's command
  std::optional<std::vector<std::string>> command = {};
  std::map<std::string, std::string> environment = {};  ///< added to the image's
  std::optional<std::string> working_directory = {};
  /// "1000", "name", "1000:1000": names are looked up in the image. It is the only user that the
  /// container has, and owns all its files.
  std::optional<std::string> user = {};
  /// Beyond it the container is ended (looked at ten times a second, not reserved); 0: no limit.
  int64_t memory_bytes = 0;
  /// Told to nobody: whoever starts containers counts them. A machine has what it has.
  double vcpus = 0;
  std::vector<Mount> mounts = {};
  bool has_read_only_root = false;
  bool has_network = true;      ///< this machine's; else a loopback of its own
  int64_t temporary_bytes = 0;  ///< of /tmp; 0: half of the machine's memory
  uint32_t processes_max = 4'096;
  std::string host_name = {};
};

enum class OutputStream : uint8_t { Out, Error };

struct ExitStatus {
  /// Of its first process, 128 and the signal if that ended it; nullopt if it never ran.
  std::optional<int> code = {};
  int signal = 0;
  /// "" if it ended by itself, else in ECS's words: "OutOfMemoryError: Container killed due to
  /// memory usage", "CannotPullContainerError: …", "CannotStartContainerError: …".
  std::string reason = {};
  bool was_stopped = false;       ///< stop() came before its end
  int64_t peak_memory_bytes = 0;  ///< as far as it was looked at
  bool succeeded() const { return code == 0 && reason.empty(); }
};

/// Called on the runner's thread, in this order, which they must not block. They may call it.
struct ContainerEvents {
  /// The image is there and the process started.
  std::function<void(const std::string& image_digest)> on_started = {};
  std::function<void(OutputStream stream, std::string_view bytes)> on_output = {};
  std::function<void(ExitStatus status)> on_exit = {};  ///< once, at last
};

using RunningId = uint64_t;  ///< never 0, never given twice by one Runner

class Runner {
 public:
  struct Options {
    std::string folder;            ///< its own, in the data folder; emptied by open()
    ImageCache* images = nullptr;  ///< outlives the runner
    /// Runs a task that blocks on another thread. Empty: a thread of the runner's own does all such
    /// work, one task after the other.
    std::function<void(std::function<void()>)> work = {};
    size_t running_max = 1'000;
    /// False: images are copied for each run, as where overlay mounts are refused.
    bool may_overlay = true;
  };

  /// Blocks for some milliseconds. Errors: Io.
  static base::Result<std::unique_ptr<Runner>> open(Options options);
  /// Kills all containers. Nothing is called after that: what was running has not ended, and its
  /// owner starts it again, or fails it.
  ~Runner();

  /// What the destructor does, earlier: from then on nothing is called, and nothing can be started.
  void end();

  /// Why containers cannot run on this machine; "" if they can.
  const std::string& failure() const;

  /// Pulls, unpacks and starts: returns at once. Errors: InvalidSyntax (no image reference),
  /// Unsupported (failure()), LimitExceeded. Thread-safe.
  base::Result<RunningId> start(ContainerSpec spec, ContainerEvents events);

  /// Asks it to end with the image's stop signal (SIGTERM), and kills all its processes after
  /// `grace_ms`. Nothing if it has ended. Thread-safe.
  void stop(RunningId id, int64_t grace_ms = 30'000);

 private:
  class Impl;
  explicit Runner(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace pawl::container
