// SPDX-License-Identifier: Apache-2.0
// EngineLoop: the I/O thread as EXPRESS executions see it.
#pragma once

#include <memory>

#include "engine/ports.h"
#include "net/event_loop.h"

namespace pawl::server {

class EngineLoop final : public engine::Loop {
 public:
  explicit EngineLoop(std::shared_ptr<net::EventLoop> loop) : loop_(std::move(loop)) {}

  void post(std::function<void()> work) override { loop_->post(std::move(work)); }
  void dispatch(std::function<void()> work) override;
  void wake_at(base::Timestamp due, std::function<void()> work) override;

 private:
  const std::shared_ptr<net::EventLoop> loop_;
  net::EventLoop::TimerId timer_ = 0;
};

}  // namespace pawl::server
