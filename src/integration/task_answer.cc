// SPDX-License-Identifier: Apache-2.0
#include "integration/task_answer.h"

#include "integration/task_tokens.h"

namespace pawl::integration {

bool AnswerGate::enter() {
  const std::lock_guard lock(mutex_);
  if (is_open_) ++inside_;
  return is_open_;
}

void AnswerGate::leave() {
  const std::lock_guard lock(mutex_);
  if (--inside_ == 0) empty_.notify_all();
}

void AnswerGate::close() {
  std::unique_lock lock(mutex_);
  is_open_ = false;
  empty_.wait(lock, [this] { return inside_ == 0; });
}

void TaskAnswer::failed(asl::ExecutionError error) const {
  if (tokens_ != nullptr) tokens_->close(execution_, task_);
  post(interpreter::TaskFailed{interpreter::TaskFailed::Phase::Run, task_, std::move(error)});
}

void TaskAnswer::post(engine::TaskSink::Answer answer) const {
  if (gate_ == nullptr) return sink_->post(execution_, std::move(answer));
  if (!gate_->enter()) return;
  sink_->post(execution_, std::move(answer));
  gate_->leave();
}

}  // namespace pawl::integration
