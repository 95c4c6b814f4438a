// SPDX-License-Identifier: Apache-2.0
// TaskThread: one thread for work that blocks (files, the store) or has to wait for its time.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <thread>
#include <utility>

namespace pawl::lambda {

/// Runs tasks one after the other, those that are due first; a task may post others. Thread-safe.
class TaskThread {
 public:
  using Task = std::function<void()>;

  TaskThread();
  ~TaskThread();
  TaskThread(const TaskThread&) = delete;
  TaskThread& operator=(const TaskThread&) = delete;

  void post(Task task, std::chrono::milliseconds delay = {});
  /// Waits for the task that runs and drops the others, also those that are posted later.
  void stop();

 private:
  using DueTime = std::chrono::steady_clock::time_point;

  void run();

  std::mutex mutex_;
  std::condition_variable changed_;
  std::map<std::pair<DueTime, uint64_t>, Task> tasks_;
  uint64_t posted_ = 0;
  bool stopping_ = false;
  std::thread thread_;  // last: starts when all else is there
};

}  // namespace pawl::lambda
