// SPDX-License-Identifier: Apache-2.0
// VirtualLoop: a ServiceLoop for tests: time moves when it is told to, everything runs on the
// caller's thread.
#pragma once

#include <deque>
#include <map>
#include <utility>

#include "aws/service/service_loop.h"

namespace pawl::aws {

/// One thread.
class VirtualLoop final : public ServiceLoop {
 public:
  explicit VirtualLoop(base::Timestamp start = {1'700'000'000'000}) : now_(start) {}

  base::Timestamp now() override { return now_; }
  void post(Task task) override { posted_.push_back(std::move(task)); }
  TimerId run_at(base::Timestamp time, Task task) override {
    timers_.emplace(std::pair(time, ++last_id_), std::move(task));
    return last_id_;
  }
  void cancel(TimerId timer) override {
    std::erase_if(timers_, [timer](const auto& each) { return each.first.second == timer; });
  }
  void work(Task task) override { post(std::move(task)); }

  /// Everything that can run now.
  void run() {
    while (step()) {
    }
  }
  /// One thing that can run now; false if there is none.
  bool step() {
    Task task;
    if (!posted_.empty()) {
      task = std::move(posted_.front());
      posted_.pop_front();
    } else if (!timers_.empty() && timers_.begin()->first.first <= now_) {
      task = std::move(timers_.extract(timers_.begin()).mapped());
    } else {
      return false;
    }
    task();
    return true;
  }
  /// Each timer on the way runs at its own time.
  void advance_to(base::Timestamp time) {
    run();
    while (!timers_.empty() && timers_.begin()->first.first <= time) {
      now_ = std::max(now_, timers_.begin()->first.first);
      run();
    }
    now_ = std::max(now_, time);
  }
  void advance_by(int64_t ms) { advance_to({now_.ms + ms}); }
  size_t timers() const { return timers_.size(); }

 private:
  base::Timestamp now_;
  TimerId last_id_ = 0;
  std::deque<Task> posted_;
  std::map<std::pair<base::Timestamp, TimerId>, Task> timers_;
};

}  // namespace pawl::aws
