// SPDX-License-Identifier: Apache-2.0
// ActivityQueue: scheduled tasks of activities that wait for a worker, and workers that wait for a
// task (API GetActivityTask). In memory: after a restart the engine schedules again what no worker
// has taken.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>

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
/// or says what time it is. Each is called once, but for those given up and those that wait when
/// the queue ends. All O(log n), but for expire, whose cost follows what has expired.
class ActivityQueue {
 public:
  /// The task, or nothing when the time is up.
  using Waiter = std::function<void(std::optional<QueuedActivity>)>;
  /// Names a call of poll(); never reused.
  using PollId = uint64_t;
  static constexpr PollId kRefused = 0;

  /// "GetActivityTask: 1,000 pollers an ARN" at most wait.
  explicit ActivityQueue(size_t waiters_max = 1'000) : waiters_max_(waiters_max) {}

  /// A task that is scheduled already is not scheduled twice.
  void schedule(QueuedActivity task);
  /// Nobody waits for it any more; a worker that has it keeps it.
  void cancel(ExecutionId execution, interpreter::TaskId task);
  /// Gives the oldest task, now or before `deadline`; the worker that waits longest gets the next.
  /// kRefused, and no call, if too many wait.
  PollId poll(const std::string& activity_arn, base::Timestamp deadline, Waiter waiter);
  /// The worker has gone: it gets no task and no call. False if it was called already, or is being
  /// called.
  bool give_up(PollId poll);
  /// Answers those whose time is up, the longest overdue first.
  void expire(base::Timestamp now);
  /// The earliest deadline.
  std::optional<base::Timestamp> next_deadline() const;

  size_t scheduled() const;
  size_t waiting() const;

 private:
  using TaskKey = std::pair<ExecutionId, uint64_t>;
  struct Queue {
    std::map<uint64_t, QueuedActivity> tasks;  ///< by order of scheduling
    std::map<PollId, Waiter> waiters;          ///< in order of coming
  };
  using Queues = std::map<std::string, Queue, std::less<>>;
  struct TaskPlace {
    Queues::iterator queue;
    uint64_t order;
  };
  struct Poll {
    Queues::iterator queue;
    base::Timestamp deadline;
  };
  static TaskKey key_of(ExecutionId execution, interpreter::TaskId task) {
    return {execution, static_cast<uint64_t>(task.frame) << 32 | task.sequence};
  }
  Waiter take_waiter_locked(PollId poll);
  void drop_if_empty_locked(Queues::iterator queue);

  const size_t waiters_max_;
  mutable std::mutex mutex_;
  // All guarded by mutex_. A queue is there while it has a task or a waiter, never both.
  Queues queues_;
  std::map<TaskKey, TaskPlace> tasks_;
  std::unordered_map<PollId, Poll> polls_;
  std::set<std::pair<base::Timestamp, PollId>> deadlines_;
  uint64_t next_order_ = 1;
  PollId next_poll_ = 1;
};

}  // namespace pawl::engine
