// SPDX-License-Identifier: Apache-2.0
// ActivityQueue: scheduled tasks of activities that wait for a worker, and workers that wait for a
// task (API GetActivityTask). In memory: after a restart the engine schedules again what no worker
// has taken.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <list>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/time.h"
#include "engine/ports.h"
#include "interpreter/execution_state.h"

namespace pawl::engine {

struct QueuedActivity {
  ExecutionId execution = 0;
  interpreter::TaskId task;
  std::string activity_arn;
  std::string task_token;
  std::string input;  ///< JSON text
};

/// Thread-safe. Callbacks are called without a lock held, on the thread of whoever gives the task
/// or says what time it is.
class ActivityQueue {
 public:
  /// The task, or nothing when the time is up.
  using Waiter = std::function<void(std::optional<QueuedActivity>)>;

  /// "GetActivityTask: 1,000 pollers an ARN" at most wait.
  explicit ActivityQueue(size_t waiters_max = 1'000) : waiters_max_(waiters_max) {}

  /// A task that is scheduled already is not scheduled twice.
  void schedule(QueuedActivity task);
  /// Nobody waits for it any more; a worker that has it keeps it.
  void cancel(ExecutionId execution, interpreter::TaskId task);
  /// Gives the oldest task, now or before `deadline`. False, and no call, if too many wait.
  bool poll(const std::string& activity_arn, base::Timestamp deadline, Waiter waiter);
  /// Answers those whose time is up.
  void expire(base::Timestamp now);
  /// The earliest deadline.
  std::optional<base::Timestamp> next_deadline() const;

  size_t scheduled() const;
  size_t waiting() const;

 private:
  using TaskKey = std::pair<ExecutionId, uint64_t>;
  struct Waiting {
    base::Timestamp deadline;
    Waiter waiter;
  };
  struct Queue {
    std::deque<TaskKey> tasks;  ///< oldest first; those cancelled are not in tasks_ any more
    std::list<Waiting> waiters;
  };
  static TaskKey key_of(ExecutionId execution, interpreter::TaskId task) {
    return {execution, static_cast<uint64_t>(task.frame) << 32 | task.sequence};
  }

  const size_t waiters_max_;
  mutable std::mutex mutex_;
  std::map<std::string, Queue, std::less<>> queues_;
  std::map<TaskKey, QueuedActivity> tasks_;
};

}  // namespace pawl::engine
