// SPDX-License-Identifier: Apache-2.0
#include "engine/activity_queue.h"

#include <vector>

namespace pawl::engine {

void ActivityQueue::schedule(QueuedActivity task) {
  Waiter waiter;
  {
    const std::lock_guard lock(mutex_);
    const TaskKey key = key_of(task.execution, task.task);
    if (tasks_.contains(key)) return;
    const auto queue = queues_.try_emplace(task.activity_arn).first;
    if (queue->second.waiters.empty()) {
      const uint64_t order = next_order_++;
      tasks_.emplace(key, TaskPlace{queue, order});
      queue->second.tasks.emplace(order, std::move(task));
      return;
    }
    waiter = take_waiter_locked(queue->second.waiters.begin()->first);
  }
  waiter(std::move(task));
}

void ActivityQueue::cancel(ExecutionId execution, interpreter::TaskId task) {
  const std::lock_guard lock(mutex_);
  const auto found = tasks_.find(key_of(execution, task));
  if (found == tasks_.end()) return;
  const auto [queue, order] = found->second;
  queue->second.tasks.erase(order);
  tasks_.erase(found);
  drop_if_empty_locked(queue);
}

ActivityQueue::PollId ActivityQueue::poll(const std::string& activity_arn, base::Timestamp deadline,
                                          Waiter waiter) {
  PollId poll = kRefused;
  std::optional<QueuedActivity> task;
  {
    const std::lock_guard lock(mutex_);
    const auto queue = queues_.try_emplace(activity_arn).first;
    if (queue->second.tasks.empty()) {
      if (queue->second.waiters.size() >= waiters_max_) {
        drop_if_empty_locked(queue);
        return kRefused;
      }
      poll = next_poll_++;
      queue->second.waiters.emplace(poll, std::move(waiter));
      polls_.emplace(poll, Poll{queue, deadline});
      deadlines_.emplace(deadline, poll);
      return poll;
    }
    poll = next_poll_++;
    const auto oldest = queue->second.tasks.begin();
    task = std::move(oldest->second);
    queue->second.tasks.erase(oldest);
    tasks_.erase(key_of(task->execution, task->task));
    drop_if_empty_locked(queue);
  }
  waiter(std::move(task));
  return poll;
}

bool ActivityQueue::give_up(PollId poll) {
  Waiter waiter;  // ends after the lock: what it holds may call us
  const std::lock_guard lock(mutex_);
  if (!polls_.contains(poll)) return false;
  waiter = take_waiter_locked(poll);
  return true;
}

void ActivityQueue::expire(base::Timestamp now) {
  std::vector<Waiter> expired;
  {
    const std::lock_guard lock(mutex_);
    while (!deadlines_.empty() && deadlines_.begin()->first <= now)
      expired.push_back(take_waiter_locked(deadlines_.begin()->second));
  }
  for (const Waiter& waiter : expired) waiter(std::nullopt);
}

std::optional<base::Timestamp> ActivityQueue::next_deadline() const {
  const std::lock_guard lock(mutex_);
  if (deadlines_.empty()) return std::nullopt;
  return deadlines_.begin()->first;
}

size_t ActivityQueue::scheduled() const {
  const std::lock_guard lock(mutex_);
  return tasks_.size();
}

size_t ActivityQueue::waiting() const {
  const std::lock_guard lock(mutex_);
  return polls_.size();
}

ActivityQueue::Waiter ActivityQueue::take_waiter_locked(PollId poll) {
  const auto found = polls_.find(poll);
  const auto [queue, deadline] = found->second;
  const auto waiting = queue->second.waiters.find(poll);
  Waiter waiter = std::move(waiting->second);
  queue->second.waiters.erase(waiting);
  deadlines_.erase({deadline, poll});
  polls_.erase(found);
  drop_if_empty_locked(queue);
  return waiter;
}

void ActivityQueue::drop_if_empty_locked(Queues::iterator queue) {
  if (queue->second.tasks.empty() && queue->second.waiters.empty()) queues_.erase(queue);
}

}  // namespace pawl::engine
