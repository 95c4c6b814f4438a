// SPDX-License-Identifier: Apache-2.0
// Sandbox: the command line that puts a worker into namespaces of its own (bubblewrap): it sees the
// system read-only, its code at /var/task, its layers at /opt, a /tmp of its own, no other process,
// and nothing of ours. It keeps the network: functions call AWS_ENDPOINT_URL.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace pawl::lambda {

/// What a worker is shown, besides the system.
struct SandboxView {
  std::string task_folder;     ///< becomes /var/task
  std::string opt_folder;      ///< becomes /opt; "": there is none
  std::string runtime_folder;  ///< becomes /var/runtime
  std::string interpreter;     ///< absolute; the tree that it belongs to stays where it is
  std::string hidden_folder;   ///< must not be seen, should a shown tree hold it; "": nothing
  int64_t temporary_bytes = 0;
};

/// Tells once, by trying, whether there is a sandbox on this machine. Thread-safe.
class Sandbox {
 public:
  /// Looks for `bwrap` in the usual places and starts it once. Blocks for some milliseconds.
  Sandbox();

  bool works() const { return !program_.empty(); }
  /// Why not; "" if it does.
  const std::string& reason() const { return reason_; }

  /// Program and arguments before those of the worker.
  std::vector<std::string> command(const SandboxView& view) const;

 private:
  std::string program_;
  std::string reason_;
};

}  // namespace pawl::lambda
