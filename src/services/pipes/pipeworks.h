// SPDX-License-Identifier: Apache-2.0
// Pipeworks: all pipes that run, and the changes from one state to another: what a request began
// (CREATING, STARTING, UPDATING, STOPPING, DELETING) is carried out here, also after a restart.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>

#include "aws/event/delivery.h"
#include "services/pipes/flow.h"
#include "services/pipes/pipe.h"

namespace pawl::pipes {

/// changed() from any thread; all else on the loop's.
class Pipeworks {
 public:
  using Ports = Flow::Ports;

  /// `pipes` must outlive it; the loop's tasks must have ended before it does.
  Pipeworks(Ports ports, PipeStore& pipes) : ports_(std::move(ports)), pipes_(pipes) {}
  ~Pipeworks();

  /// Starts every pipe that is running, and goes on with what was changing.
  void run();
  /// A pipe's record has been committed with a state that does not last.
  void changed(const PipeName& name);

 private:
  void carry_out(const PipeName& name);
  void look_at_source(const Pipe& pipe);
  void settle(const PipeName& name, const std::string& was, bool is_good, std::string reason);
  void start(const Pipe& pipe);
  void stop(const PipeName& name);
  std::function<void()> guarded(std::function<void()> task);

  const Ports ports_;
  PipeStore& pipes_;
  bool is_running_ = false;
  std::map<PipeName, std::shared_ptr<Flow>> flows_;
  const std::shared_ptr<int> alive_ = std::make_shared<int>(0);
};

}  // namespace pawl::pipes
