// SPDX-License-Identifier: Apache-2.0
// ThreadedLoop: a ServiceLoop for tests with real workers: a thread of its own, and a clock that
// moves when it is told to.
#pragma once

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>
#include <thread>
#include <utility>

#include "aws/service/service_loop.h"

namespace pawl::lambda {

/// Thread-safe. Posted tasks, work and timers run on one thread.
class ThreadedLoop final : public aws::ServiceLoop {
 public:
  ThreadedLoop() : thread_([this] { run(); }) {}
  ~ThreadedLoop() override { stop(); }

  base::Timestamp now() override {
    const std::lock_guard lock(mutex_);
    return now_;
  }
  void post(Task task) override {
    const std::lock_guard lock(mutex_);
    if (!stopping_) posted_.push_back(std::move(task));
    changed_.notify_all();
  }
  TimerId run_at(base::Timestamp time, Task task) override {
    const std::lock_guard lock(mutex_);
    timers_.emplace(std::pair(time, ++last_id_), std::move(task));
    changed_.notify_all();
    return last_id_;
  }
  void cancel(TimerId timer) override {
    const std::lock_guard lock(mutex_);
    std::erase_if(timers_, [timer](const auto& each) { return each.first.second == timer; });
  }
  void work(Task task) override { post(std::move(task)); }

  void advance_by(int64_t ms) {
    const std::lock_guard lock(mutex_);
    now_.ms += ms;
    changed_.notify_all();
  }
  /// Moves the clock to the next timer, if there is one.
  void advance_to_next_timer() {
    const std::lock_guard lock(mutex_);
    if (!timers_.empty()) now_ = std::max(now_, timers_.begin()->first.first);
    changed_.notify_all();
  }
  /// Waits for the task that runs and drops the others.
  void stop() {
    {
      const std::lock_guard lock(mutex_);
      stopping_ = true;
    }
    changed_.notify_all();
    if (thread_.joinable()) thread_.join();
    posted_.clear();
    timers_.clear();
  }

 private:
  void run() {
    std::unique_lock lock(mutex_);
    while (!stopping_) {
      Task task;
      if (!posted_.empty()) {
        task = std::move(posted_.front());
        posted_.pop_front();
      } else if (!timers_.empty() && timers_.begin()->first.first <= now_) {
        task = std::move(timers_.extract(timers_.begin()).mapped());
      } else {
        changed_.wait(lock);
        continue;
      }
      lock.unlock();
      task();
      task = nullptr;
      lock.lock();
    }
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  base::Timestamp now_{1'700'000'000'000};
  TimerId last_id_ = 0;
  std::deque<Task> posted_;
  std::map<std::pair<base::Timestamp, TimerId>, Task> timers_;
  bool stopping_ = false;
  std::thread thread_;  // last: starts when all else is there
};

}  // namespace pawl::lambda
