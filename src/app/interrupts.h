// SPDX-License-Identifier: Apache-2.0
// Ctrl-C: the first asks the execution to stop, the second ends the program.
#pragma once

#include <signal.h>

#include <array>
#include <atomic>
#include <functional>
#include <thread>

namespace pawl::app {

/// While it lives, SIGINT, SIGTERM and SIGHUP are handled. One at a time. Signal masks stay as they
/// are: workers would inherit them, and their own children with them.
class Interrupts {
 public:
  /// `on_first` is called on a thread of its own.
  explicit Interrupts(std::function<void()> on_first);
  ~Interrupts();
  Interrupts(const Interrupts&) = delete;
  Interrupts& operator=(const Interrupts&) = delete;

  bool requested() const { return requested_.load(); }

 private:
  void watch(const std::function<void()>& on_first);

  std::array<int, 2> pipe_{-1, -1};
  std::array<struct sigaction, 3> actions_before_{};
  std::atomic<bool> requested_{false};
  std::thread watcher_;
};

/// A broken pipe becomes an error of write(2). By a handler, not by SIG_IGN, which workers would
/// inherit.
void survive_broken_pipes();

}  // namespace pawl::app
