// SPDX-License-Identifier: Apache-2.0
// Services count in wall-clock time, the loop in a clock that nobody sets. A wait beyond a day is
// cut into days, so that a clock that is set in between moves its end.
#include "server/service_threads.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "server/wall_clock.h"

namespace pawl::server {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kWaitMax = std::chrono::hours(24);

/// On the loop's thread.
void arm(const std::shared_ptr<net::EventLoop>& loop,
         const std::shared_ptr<std::unordered_map<uint64_t, net::EventLoop::TimerId>>& timers,
         uint64_t id, base::Timestamp time, aws::ServiceLoop::Task task) {
  const milliseconds rest(std::max<int64_t>(time.ms - wall_clock_now().ms, 0));
  const auto due = std::chrono::steady_clock::now() + std::min(rest, kWaitMax);
  // The loop owns what runs on it: a pointer to itself would keep it for ever.
  (*timers)[id] = loop->run_at(
      due, [weak = std::weak_ptr(loop), timers, id, time, task = std::move(task)]() mutable {
        if (time.ms <= wall_clock_now().ms) {
          timers->erase(id);
          return task();
        }
        if (const auto again = weak.lock()) arm(again, timers, id, time, std::move(task));
      });
}

}  // namespace

base::Timestamp ServiceThreads::now() { return wall_clock_now(); }

aws::ServiceLoop::TimerId ServiceThreads::run_at(base::Timestamp time, Task task) {
  const TimerId id = ++last_id_;
  if (loop_->is_current()) {
    arm(loop_, timers_, id, time, std::move(task));
    return id;
  }
  loop_->post(
      [weak = std::weak_ptr(loop_), timers = timers_, id, time, task = std::move(task)]() mutable {
        if (const auto loop = weak.lock()) arm(loop, timers, id, time, std::move(task));
      });
  return id;
}

void ServiceThreads::cancel(TimerId timer) {
  const auto drop = [weak = std::weak_ptr(loop_), timers = timers_, timer] {
    const auto found = timers->find(timer);
    if (found == timers->end()) return;
    if (const auto loop = weak.lock()) loop->cancel(found->second);
    timers->erase(found);
  };
  if (loop_->is_current()) return drop();
  loop_->post(drop);
}

}  // namespace pawl::server
