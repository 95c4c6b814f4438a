// SPDX-License-Identifier: Apache-2.0
// TaskAnswer: the way back to the task that was called; a small value that callbacks carry along,
// on any thread.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <memory>
#include <mutex>
#include <string>
#include <utility>

#include "asl/execution_error.h"
#include "engine/ports.h"
#include "interpreter/input_event.h"
#include "json/payload.h"

namespace pawl::integration {

class TaskTokens;

/// Lets answers through until the engine ends: services answer when they like. Thread-safe.
class AnswerGate {
 public:
  /// Whether the sink may be used; if so, until leave().
  bool enter();
  void leave();
  /// Nothing gets through any more; waits for those inside. Not from inside.
  void close();

 private:
  std::mutex mutex_;
  std::condition_variable empty_;
  size_t inside_ = 0;
  bool is_open_ = true;
};

/// Copyable; thread-safe as far as its payloads are not shared (engine::TaskSink). The sink must
/// outlive it, or a gate stand before it. An answer that comes too late is dropped by the engine.
class TaskAnswer {
 public:
  TaskAnswer(engine::ExecutionId execution, interpreter::TaskId task, engine::TaskSink& sink)
      : execution_(execution), task_(task), sink_(&sink) {}

  /// The same through `gate`.
  TaskAnswer with_gate(std::shared_ptr<AnswerGate> gate) const {
    TaskAnswer answer = *this;
    answer.gate_ = std::move(gate);
    return answer;
  }

  /// The same for a task whose token stands in `tokens`, which must outlive it.
  TaskAnswer with_token(TaskTokens& tokens) const {
    TaskAnswer answer = *this;
    answer.tokens_ = &tokens;
    return answer;
  }

  engine::ExecutionId execution() const { return execution_; }
  interpreter::TaskId task() const { return task_; }

  void started(std::string worker_name = {}) const {
    post(interpreter::TaskStarted{task_, std::move(worker_name)});
  }
  /// `continuation` comes back as TaskRequest::continuation if the task is dispatched again.
  void submitted(json::Payload output, std::string continuation = {}) const {
    post(interpreter::TaskSubmitted{task_, std::move(output), std::move(continuation)});
  }
  void succeeded(json::Payload output) const {
    post(interpreter::TaskSucceeded{task_, std::move(output)});
  }
  /// If the task waits for a callback, its token is closed: there is nothing left to answer.
  void failed(asl::ExecutionError error) const;
  void heartbeat() const { post(interpreter::TaskHeartbeat{task_}); }

 private:
  void post(engine::TaskSink::Answer answer) const;

  engine::ExecutionId execution_;
  interpreter::TaskId task_;
  engine::TaskSink* sink_;
  TaskTokens* tokens_ = nullptr;
  std::shared_ptr<AnswerGate> gate_;
};

}  // namespace pawl::integration
