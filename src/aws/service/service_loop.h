// SPDX-License-Identifier: Apache-2.0
// ServiceLoop: time, and threads to do things later on, as a service sees them. A port: the server
// has one over its event loop, tests one with a virtual clock (virtual_loop_for_test.h).
#pragma once

#include <cstdint>
#include <functional>

#include "base/time.h"

namespace pawl::aws {

/// Thread-safe. Tasks that are still waiting when the loop ends are destroyed, not run: a service
/// that must not forget keeps records.
class ServiceLoop {
 public:
  using Task = std::function<void()>;
  using TimerId = uint64_t;  ///< never 0, never given twice

  virtual ~ServiceLoop() = default;

  /// Time of day.
  virtual base::Timestamp now() = 0;
  /// Runs `task` on the loop's thread, in the order of posting, never inside this call. It must not
  /// block: the same thread reads requests.
  virtual void post(Task task) = 0;
  /// The same, not before `time`.
  virtual TimerId run_at(base::Timestamp time, Task task) = 0;
  /// Called on the loop's thread, the task does not run any more; on another it may be running.
  virtual void cancel(TimerId timer) = 0;
  /// Runs `task` on one of a few other threads: it may wait for disk and network.
  virtual void work(Task task) = 0;
};

}  // namespace pawl::aws
