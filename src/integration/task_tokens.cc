// SPDX-License-Identifier: Apache-2.0
#include "integration/task_tokens.h"

#include <utility>

#include "json/payload.h"

namespace pawl::integration {
namespace {

constexpr size_t kClosedTokensMax = 10'000;

std::string task_key(engine::ExecutionId execution, interpreter::TaskId task) {
  return std::to_string(execution) + "/" + std::to_string(task.frame) + "/" +
         std::to_string(task.sequence);
}

}  // namespace

void TaskTokens::add(const std::string& token, TaskAnswer answer) {
  const std::lock_guard lock(mutex_);
  token_by_task_.insert_or_assign(task_key(answer.execution(), answer.task()), token);
  open_.insert_or_assign(token, answer);
}

std::optional<std::string> TaskTokens::close(engine::ExecutionId execution,
                                             interpreter::TaskId task) {
  const std::lock_guard lock(mutex_);
  return close_locked(execution, task);
}

ServiceResult<void> TaskTokens::started(const std::string& token, const std::string& worker_name) {
  ServiceResult<TaskAnswer> answer = find(token);
  if (!answer) return tl::unexpected(std::move(answer).error());
  answer->started(worker_name);
  return {};
}

ServiceResult<void> TaskTokens::success(const std::string& token, const std::string& output) {
  // The output is checked before the token is used up: a worker may correct it and answer again.
  if (ServiceResult<TaskAnswer> known = find(token); !known)
    return tl::unexpected(std::move(known).error());
  base::Result<json::Payload> payload = json::Payload::from_text(output);
  if (!payload) {
    return tl::unexpected(
        ServiceError{"InvalidOutput", "Invalid Output: '" + payload.error().message + "'", 400});
  }
  ServiceResult<TaskAnswer> answer = take(token);
  if (!answer) return tl::unexpected(std::move(answer).error());
  answer->succeeded(*std::move(payload));
  return {};
}

ServiceResult<void> TaskTokens::failure(const std::string& token, asl::ExecutionError error) {
  ServiceResult<TaskAnswer> answer = take(token);
  if (!answer) return tl::unexpected(std::move(answer).error());
  answer->failed(std::move(error));
  return {};
}

ServiceResult<void> TaskTokens::heartbeat(const std::string& token) {
  ServiceResult<TaskAnswer> answer = find(token);
  if (!answer) return tl::unexpected(std::move(answer).error());
  answer->heartbeat();
  return {};
}

size_t TaskTokens::open_count() const {
  const std::lock_guard lock(mutex_);
  return open_.size();
}

ServiceResult<TaskAnswer> TaskTokens::find(const std::string& token) const {
  const std::lock_guard lock(mutex_);
  return find_locked(token);
}

/// Finds and closes at once: of two answers at the same time one gets TaskTimedOut.
ServiceResult<TaskAnswer> TaskTokens::take(const std::string& token) {
  const std::lock_guard lock(mutex_);
  ServiceResult<TaskAnswer> answer = find_locked(token);
  if (answer) close_locked(answer->execution(), answer->task());
  return answer;
}

ServiceResult<TaskAnswer> TaskTokens::find_locked(const std::string& token) const {
  if (const auto found = open_.find(token); found != open_.end()) return found->second;
  if (closed_.contains(token)) {
    return tl::unexpected(ServiceError{
        "TaskTimedOut", "Task Timed Out: 'Provided task does not exist anymore'", 400});
  }
  return tl::unexpected(ServiceError{"InvalidToken", "Invalid Token: 'Invalid token'", 400});
}

std::optional<std::string> TaskTokens::close_locked(engine::ExecutionId execution,
                                                    interpreter::TaskId task) {
  const auto found = token_by_task_.find(task_key(execution, task));
  if (found == token_by_task_.end()) return std::nullopt;
  std::string token = std::move(found->second);
  token_by_task_.erase(found);
  open_.erase(token);
  remember_closed(token);
  return token;
}

void TaskTokens::remember_closed(const std::string& token) {
  if (!closed_.insert(token).second) return;
  closed_in_order_.push_back(token);
  if (closed_in_order_.size() <= kClosedTokensMax) return;
  closed_.erase(closed_in_order_.front());
  closed_in_order_.pop_front();
}

}  // namespace pawl::integration
