// SPDX-License-Identifier: Apache-2.0
// Tasks that call Step Functions: states:startExecution (request-response, .sync, .sync:2,
// .waitForTaskToken) and aws-sdk:sfn:{startExecution, describeExecution, sendTaskSuccess,
// sendTaskFailure, sendTaskHeartbeat}. Shapes and errors as recorded.
#pragma once

#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

#include "engine/ports.h"
#include "integration/call_facts.h"
#include "integration/states_api.h"
#include "integration/task_answer.h"

namespace pawl::integration {

/// One per dispatcher; used on the engine's thread.
class StatesTask {
 public:
  explicit StatesTask(StatesApi& api) : api_(api) {}

  void start_execution(const engine::TaskRequest& request, TaskAnswer answer, CallFacts facts);
  /// A .sync task is over before what it started: that is stopped too.
  void cancel(engine::ExecutionId execution, interpreter::TaskId task);

  void sdk_start_execution(const engine::TaskRequest& request, TaskAnswer answer, CallFacts facts);
  void sdk_describe_execution(const engine::TaskRequest& request, TaskAnswer answer,
                              CallFacts facts);
  void sdk_send_task_success(const engine::TaskRequest& request, TaskAnswer answer,
                             CallFacts facts);
  void sdk_send_task_failure(const engine::TaskRequest& request, TaskAnswer answer,
                             CallFacts facts);
  void sdk_send_task_heartbeat(const engine::TaskRequest& request, TaskAnswer answer,
                               CallFacts facts);

 private:
  using TaskKey = std::pair<engine::ExecutionId, uint64_t>;
  static TaskKey key_of(engine::ExecutionId execution, interpreter::TaskId task);
  std::optional<std::string> take_awaited(engine::ExecutionId execution, interpreter::TaskId task);

  StatesApi& api_;
  std::mutex mutex_;
  std::map<TaskKey, std::string> awaited_;  ///< execution ARN by .sync task; guarded by mutex_
};

}  // namespace pawl::integration
