// SPDX-License-Identifier: Apache-2.0
// Sandbox: the command line that puts a process into namespaces of its own (bubblewrap): no other
// process, a /tmp, /proc and /dev of its own, nothing of ours. Either over the machine's system,
// read-only (functions from a zip, commands that install what functions need), or in the root
// directory of an image. It keeps the network unless told otherwise: functions and jobs call
// AWS_ENDPOINT_URL.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace pawl::container {

struct Mount {
  std::string source;  ///< absolute, on this machine; a file or a folder
  std::string target;  ///< absolute, in the container
  bool is_read_only = true;
};

/// What a function's worker is shown, besides the system.
struct SystemView {
  std::string task_folder;     ///< becomes /var/task
  std::string opt_folder;      ///< becomes /opt; "": there is none
  std::string runtime_folder;  ///< becomes /var/runtime
  /// Becomes /var/runtime/node_modules, which runtime_folder must have, and /var/node_modules,
  /// where ES modules below /var/task find it; "": there is none.
  std::string packages_folder = {};
  std::string interpreter;  ///< absolute; the tree that it belongs to stays where it is
  /// Its names in /var/lang/bin, where scripts of layers look for it.
  std::vector<std::string> interpreter_names = {};
  std::string hidden_folder;  ///< must not be seen, should a shown tree hold it; "": nothing
  int64_t temporary_bytes = 0;
};

/// What a command that runs over this machine's tools is shown, besides the system.
struct ToolsView {
  std::vector<std::string> interpreters = {};  ///< absolute; their trees stay where they are
  std::string hidden_folder = {};              ///< as in SystemView
  /// Names of programs and the files they stand for, in a folder of their own: PATH begins with it.
  std::vector<std::pair<std::string, std::string>> programs = {};
  std::vector<Mount> mounts = {};
  std::vector<std::pair<std::string, std::string>> environment = {};  ///< all but PATH
  std::string working_directory = "/tmp";
  bool has_network = true;
};

/// What a process in an image is shown. bubblewrap makes what it mounts on and follows links while
/// it does, also out of the image: so the names of folders and targets are RootDirectory's
/// canonical ones.
struct RootView {
  std::string root;  ///< the image's root directory
  bool is_read_only = true;
  std::vector<Mount> mounts = {};
  std::vector<std::string> new_folders = {};  ///< made where they are not there
  std::string proc_folder = "/proc";
  std::string dev_folder = "/dev";
  std::string tmp_folder = "/tmp";
  int64_t temporary_bytes = 0;  ///< of /tmp; 0: half of the machine's memory, as tmpfs(5) says
  uint32_t user = 0;
  uint32_t group = 0;
  std::vector<std::pair<std::string, std::string>> environment = {};  ///< all of it
  std::string working_directory = "/";
  std::string host_name = {};  ///< "": the machine's
  bool has_network = true;     ///< else a loopback of its own
  int status_fd = -1;          ///< where bubblewrap tells of its child; -1: nowhere
};

/// Tells once, by trying, whether there is a sandbox on this machine. Thread-safe.
class Sandbox {
 public:
  /// Looks for `bwrap` in the usual places and starts it once. Blocks for some milliseconds.
  Sandbox();

  bool works() const { return !program_.empty(); }
  /// Why not; "" if it does.
  const std::string& reason() const { return reason_; }

  /// Program and arguments before those of the process.
  std::vector<std::string> command(const SystemView& view) const;
  std::vector<std::string> command(const ToolsView& view) const;
  /// Without "--": the words can be handed over by a file (--args), where nobody sees them.
  std::vector<std::string> command(const RootView& view) const;

 private:
  std::vector<std::string> namespaces() const;

  std::string program_;
  std::string reason_;
};

}  // namespace pawl::container
