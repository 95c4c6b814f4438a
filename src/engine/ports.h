// SPDX-License-Identifier: Apache-2.0
// Ports: what the engine needs from the world and others implement: time, entropy, the calling of
// tasks; and who may watch.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>

#include "asl/program.h"
#include "base/error.h"
#include "base/time.h"
#include "engine/http_trace.h"
#include "interpreter/command.h"
#include "interpreter/execution_state.h"
#include "interpreter/history_event.h"
#include "interpreter/input_event.h"
#include "store/batch.h"

namespace pawl::engine {

/// Names an execution inside one engine; never reused.
using ExecutionId = uint64_t;

class Clock {
 public:
  virtual ~Clock() = default;
  virtual base::Timestamp now() = 0;
};

class Entropy {
 public:
  virtual ~Entropy() = default;
  virtual uint64_t next() = 0;
};

/// Takes the answers of tasks. Thread-safe; an answer for an ended execution or task is dropped.
class TaskSink {
 public:
  virtual ~TaskSink() = default;
  using Answer = decltype(interpreter::InputEvent::event);
  /// Payloads inside `answer` must be made of text or be handed over whole (json::Value is not
  /// shared across threads).
  virtual void post(ExecutionId execution, Answer answer) = 0;
};

/// A task to call. `program` keeps command.state's TaskResource alive.
struct TaskRequest {
  ExecutionId execution = 0;
  std::shared_ptr<const asl::Program> program;
  std::shared_ptr<const interpreter::ExecutionInfo> info;
  interpreter::ScheduleTask command;
  /// What an embedded service answered before the process died: its effect is on disk together with
  /// this, so the call must not be repeated (completion_key()). Almost always "".
  std::string completed = {};
  /// After a crash: what TaskSubmitted left behind (Frame::continuation); "": nothing submitted.
  std::string continuation = {};
  /// An answer kept under ExecutionStore::outbox_key would come back as `completed`.
  bool keeps_answers = false;
  /// Null: nobody wants to see what an HTTP task sends.
  std::shared_ptr<HttpTrace> http_trace = nullptr;

  const asl::State& state() const { return program->states[command.state]; }
  const asl::TaskState& task_state() const { return std::get<asl::TaskState>(state().detail); }
};

/// Calls tasks. Both functions are called on the engine's thread and must not block; answers go to
/// the sink from any thread, also from inside dispatch().
class TaskDispatcher {
 public:
  virtual ~TaskDispatcher() = default;
  virtual void dispatch(TaskRequest request, TaskSink& sink) = 0;
  virtual void cancel(ExecutionId execution, interpreter::TaskId task) = 0;
  /// An execution with a mocked test case was read from the store: what the dispatcher keeps of it
  /// in memory can be made anew. Called before any of its tasks is dispatched.
  virtual void restore(ExecutionId execution, const interpreter::ExecutionState& state,
                       std::span<const interpreter::HistoryEvent> history) {
    static_cast<void>(execution);
    static_cast<void>(state);
    static_cast<void>(history);
  }
};

/// Sees every step after it was taken, on the engine's thread.
class ExecutionObserver {
 public:
  virtual ~ExecutionObserver() = default;
  virtual void on_step(ExecutionId execution, const asl::Program& program,
                       const interpreter::ExecutionState& state,
                       std::span<const interpreter::HistoryEvent> events) = 0;
};

/// The thread that EXPRESS executions run on: the one that reads requests, so that a short one
/// needs no other thread.
class Loop {
 public:
  virtual ~Loop() = default;
  /// Runs `work` on the loop's thread, later. Thread-safe.
  virtual void post(std::function<void()> work) = 0;
  /// Runs `work` on the loop's thread: now if this is it, else as post. Thread-safe.
  virtual void dispatch(std::function<void()> work) = 0;
  /// Runs `work` not before `due`, in place of what an earlier call asked for. Loop's thread.
  virtual void wake_at(base::Timestamp due, std::function<void()> work) = 0;
};

/// Takes the history events of executions whose state machine logs them (API loggingConfiguration),
/// on a partition's thread, before the batch that stores them is committed.
class HistoryLog {
 public:
  virtual ~HistoryLog() = default;
  /// Adds what is to be stored of them to `batch`, or keeps it elsewhere.
  virtual void append(const interpreter::ExecutionState& state, const asl::Program& program,
                      uint64_t revision, std::span<const interpreter::HistoryEvent> events,
                      store::Batch& batch) = 0;
};

/// One stored definition of a state machine, as executions need it. Immutable.
struct MachineRevision {
  uint64_t id = 0;
  std::shared_ptr<const asl::Program> program;
  std::string role_arn;
  bool logs_history = false;  ///< its executions' events go to the HistoryLog
};

/// Finds what an execution runs, also long after the state machine was updated or deleted.
/// Thread-safe. Errors: NotFound, Io.
class RevisionSource {
 public:
  virtual ~RevisionSource() = default;
  virtual base::Result<std::shared_ptr<const MachineRevision>> find_revision(uint64_t revision) = 0;
};

}  // namespace pawl::engine
