// SPDX-License-Identifier: Apache-2.0
// ActivityTasks: the port to the activities whose workers poll for tasks (API GetActivityTask).
#pragma once

#include <string>

#include "engine/ports.h"

namespace pawl::integration {

struct ActivityTask {
  engine::ExecutionId execution = 0;
  interpreter::TaskId task;
  std::string activity_arn;
  std::string task_token;
  std::string input;  ///< JSON text
};

/// Called on the engine's thread; must not block. Whoever hands the task to a worker says so by
/// TaskTokens::started, and answers by its other functions.
class ActivityTasks {
 public:
  virtual ~ActivityTasks() = default;
  virtual void schedule(ActivityTask task) = 0;
  /// Nobody waits for it any more: no worker should get it.
  virtual void cancel(engine::ExecutionId execution, interpreter::TaskId task) = 0;
};

}  // namespace pawl::integration
