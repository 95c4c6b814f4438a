// SPDX-License-Identifier: Apache-2.0
// ServiceThreads: the services' loop (aws::ServiceLoop) on the thread that reads requests, and the
// threads that may wait for disk and network.
#pragma once

#include <atomic>
#include <memory>
#include <unordered_map>

#include "aws/service/service_loop.h"
#include "engine/blocking_work.h"
#include "net/event_loop.h"

namespace pawl::server {

/// What is posted may still run, or be destroyed, while and after this object ends, until the event
/// loop has ended.
class ServiceThreads final : public aws::ServiceLoop {
 public:
  explicit ServiceThreads(std::shared_ptr<net::EventLoop> loop)
      : loop_(std::move(loop)), timers_(std::make_shared<Timers>()), work_(kWorkersMax) {}

  base::Timestamp now() override;
  void post(Task task) override { loop_->post(std::move(task)); }
  TimerId run_at(base::Timestamp time, Task task) override;
  void cancel(TimerId timer) override;
  void work(Task task) override { work_.post(std::move(task)); }

  /// Waits for the work under way; from then on work() does nothing.
  void stop() { work_.stop(); }

 private:
  static constexpr size_t kWorkersMax = 8;
  /// The loop's timer of each of ours; touched on the loop's thread only.
  using Timers = std::unordered_map<TimerId, net::EventLoop::TimerId>;

  const std::shared_ptr<net::EventLoop> loop_;
  const std::shared_ptr<Timers> timers_;
  std::atomic<TimerId> last_id_ = 0;
  engine::BlockingWork work_;
};

}  // namespace pawl::server
