// SPDX-License-Identifier: Apache-2.0
// TaskAnswer: the way back to the task that was called; a small value that callbacks carry along,
// on any thread.
#pragma once

#include <string>
#include <utility>

#include "asl/execution_error.h"
#include "engine/ports.h"
#include "interpreter/input_event.h"
#include "json/payload.h"

namespace pawl::integration {

class TaskTokens;

/// Copyable; thread-safe as far as its payloads are not shared (engine::TaskSink). The sink must
/// outlive it. An answer that comes too late is dropped by the engine.
class TaskAnswer {
 public:
  TaskAnswer(engine::ExecutionId execution, interpreter::TaskId task, engine::TaskSink& sink)
      : execution_(execution), task_(task), sink_(&sink) {}

  /// The same for a task whose token stands in `tokens`, which must outlive it.
  TaskAnswer with_token(TaskTokens& tokens) const {
    TaskAnswer answer = *this;
    answer.tokens_ = &tokens;
    return answer;
  }

  engine::ExecutionId execution() const { return execution_; }
  interpreter::TaskId task() const { return task_; }

  void started(std::string worker_name = {}) const {
    sink_->post(execution_, interpreter::TaskStarted{task_, std::move(worker_name)});
  }
  void submitted(json::Payload output) const {
    sink_->post(execution_, interpreter::TaskSubmitted{task_, std::move(output)});
  }
  void succeeded(json::Payload output) const {
    sink_->post(execution_, interpreter::TaskSucceeded{task_, std::move(output)});
  }
  /// If the task waits for a callback, its token is closed: there is nothing left to answer.
  void failed(asl::ExecutionError error) const;
  void heartbeat() const { sink_->post(execution_, interpreter::TaskHeartbeat{task_}); }

 private:
  engine::ExecutionId execution_;
  interpreter::TaskId task_;
  engine::TaskSink* sink_;
  TaskTokens* tokens_ = nullptr;
};

}  // namespace pawl::integration
