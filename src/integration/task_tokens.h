// SPDX-License-Identifier: Apache-2.0
// TaskTokens: which task a token stands for (API SendTaskSuccess, SendTaskFailure,
// SendTaskHeartbeat): activities and .waitForTaskToken. In memory.
#pragma once

#include <cstddef>
#include <deque>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>
#include <unordered_set>

#include "asl/execution_error.h"
#include "integration/service_error.h"
#include "integration/task_answer.h"

namespace pawl::integration {

/// Thread-safe. Remembers the latest 10,000 finished tokens, so that a late answer gets
/// TaskTimedOut; older ones are unknown. Errors: InvalidToken (never heard of), TaskTimedOut (the
/// task is over), InvalidOutput (not JSON).
class TaskTokens {
 public:
  /// From now on `token` answers for `answer`'s task.
  void add(const std::string& token, TaskAnswer answer);
  /// The task is over without an answer through its token, which is returned if there is one.
  std::optional<std::string> close(engine::ExecutionId execution, interpreter::TaskId task);

  /// A worker took the activity task; gives ActivityStarted.
  ServiceResult<void> started(const std::string& token, const std::string& worker_name);
  ServiceResult<void> success(const std::string& token, const std::string& output);
  ServiceResult<void> failure(const std::string& token, asl::ExecutionError error);
  ServiceResult<void> heartbeat(const std::string& token);

  /// Tokens that can still be answered.
  size_t open_count() const;

 private:
  ServiceResult<TaskAnswer> find(const std::string& token) const;
  ServiceResult<TaskAnswer> take(const std::string& token);
  ServiceResult<TaskAnswer> find_locked(const std::string& token) const;
  std::optional<std::string> close_locked(engine::ExecutionId execution, interpreter::TaskId task);
  void remember_closed(const std::string& token);

  mutable std::mutex mutex_;
  std::unordered_map<std::string, TaskAnswer> open_;
  std::unordered_map<std::string, std::string> token_by_task_;  ///< for close()
  std::unordered_set<std::string> closed_;
  std::deque<std::string> closed_in_order_;
};

}  // namespace pawl::integration
