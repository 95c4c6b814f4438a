// SPDX-License-Identifier: Apache-2.0
// The engine counts in wall-clock time, the loop in a clock that nobody sets.
#include "server/engine_loop.h"

#include <algorithm>
#include <chrono>

#include "server/wall_clock.h"

namespace pawl::server {

void EngineLoop::dispatch(std::function<void()> work) {
  if (loop_->is_current()) return work();
  loop_->post(std::move(work));
}

void EngineLoop::wake_at(base::Timestamp due, std::function<void()> work) {
  loop_->cancel(timer_);
  const std::chrono::milliseconds wait(std::max<int64_t>(due.ms - wall_clock_now().ms, 0));
  timer_ = loop_->run_at(std::chrono::steady_clock::now() + wait, std::move(work));
}

}  // namespace pawl::server
