// SPDX-License-Identifier: Apache-2.0
#include "engine/activity_queue.h"

#include <algorithm>

namespace pawl::engine {

void ActivityQueue::schedule(QueuedActivity task) {
  Waiter waiter;
  {
    const std::lock_guard lock(mutex_);
    const TaskKey key = key_of(task.execution, task.task);
    if (tasks_.contains(key)) return;
    Queue& queue = queues_[task.activity_arn];
    if (queue.waiters.empty()) {
      queue.tasks.push_back(key);
      tasks_.emplace(key, std::move(task));
      return;
    }
    waiter = std::move(queue.waiters.front().waiter);
    queue.waiters.pop_front();
    if (queue.waiters.empty() && queue.tasks.empty()) queues_.erase(task.activity_arn);
  }
  waiter(std::move(task));
}

void ActivityQueue::cancel(ExecutionId execution, interpreter::TaskId task) {
  const std::lock_guard lock(mutex_);
  const auto found = tasks_.find(key_of(execution, task));
  if (found == tasks_.end()) return;
  const auto queue = queues_.find(found->second.activity_arn);
  std::erase(queue->second.tasks, found->first);
  if (queue->second.tasks.empty() && queue->second.waiters.empty()) queues_.erase(queue);
  tasks_.erase(found);
}

bool ActivityQueue::poll(const std::string& activity_arn, base::Timestamp deadline,
                         Waiter waiter) {
  std::optional<QueuedActivity> task;
  {
    const std::lock_guard lock(mutex_);
    Queue& queue = queues_[activity_arn];
    if (queue.tasks.empty()) {
      if (queue.waiters.size() >= waiters_max_) return false;
      queue.waiters.push_back({deadline, std::move(waiter)});
      return true;
    }
    const auto found = tasks_.find(queue.tasks.front());
    queue.tasks.pop_front();
    task = std::move(found->second);
    tasks_.erase(found);
    if (queue.tasks.empty()) queues_.erase(activity_arn);
  }
  waiter(std::move(task));
  return true;
}

void ActivityQueue::expire(base::Timestamp now) {
  std::vector<Waiter> expired;
  {
    const std::lock_guard lock(mutex_);
    for (auto queue = queues_.begin(); queue != queues_.end();) {
      std::list<Waiting>& waiters = queue->second.waiters;
      for (auto waiting = waiters.begin(); waiting != waiters.end();) {
        if (waiting->deadline > now) {
          ++waiting;
          continue;
        }
        expired.push_back(std::move(waiting->waiter));
        waiting = waiters.erase(waiting);
      }
      const bool is_empty = waiters.empty() && queue->second.tasks.empty();
      queue = is_empty ? queues_.erase(queue) : std::next(queue);
    }
  }
  for (const Waiter& waiter : expired) waiter(std::nullopt);
}

std::optional<base::Timestamp> ActivityQueue::next_deadline() const {
  const std::lock_guard lock(mutex_);
  std::optional<base::Timestamp> next;
  for (const auto& [arn, queue] : queues_) {
    for (const Waiting& waiting : queue.waiters)
      next = next ? std::min(*next, waiting.deadline) : waiting.deadline;
  }
  return next;
}

size_t ActivityQueue::scheduled() const {
  const std::lock_guard lock(mutex_);
  return tasks_.size();
}

size_t ActivityQueue::waiting() const {
  const std::lock_guard lock(mutex_);
  size_t count = 0;
  for (const auto& [arn, queue] : queues_) count += queue.waiters.size();
  return count;
}

}  // namespace pawl::engine
