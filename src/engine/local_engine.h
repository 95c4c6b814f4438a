// SPDX-License-Identifier: Apache-2.0
// LocalEngine: runs executions in memory, on one thread, for the command line, tests and the
// simulator. Nothing survives the process; the durable engine is another class behind the same
// ports.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "asl/execution_error.h"
#include "asl/program.h"
#include "engine/map_run.h"
#include "engine/ports.h"
#include "engine/timer_queue.h"
#include "engine/virtual_clock.h"
#include "engine/wait_id_hash.h"
#include "interpreter/execution_state.h"
#include "interpreter/history_event.h"
#include "interpreter/step.h"
#include "json/payload.h"

namespace pawl::engine {

/// All members but post() and wake() belong to the thread that calls run_until. start, stop and the
/// accessors may also be called on it from inside a port (a dispatcher, observer or on_ended);
/// run_until may not.
///
/// Virtual time: when nothing is ready and no task is being worked on, the clock jumps to the next
/// alarm. While a task is worked on elsewhere (a function in its process), the clock keeps pace
/// with real time, so that time-outs still come. A task that waits for a callback (.sync and
/// .waitForTaskToken after TaskSubmitted, activities) does not hold the clock back.
class LocalEngine final : public TaskSink {
 public:
  struct Options {
    Clock& clock;
    Entropy& entropy;
    TaskDispatcher& dispatcher;
    ExecutionObserver* observer = nullptr;
    /// Virtual time: the same object as `clock`; null: real time.
    VirtualClock* virtual_clock = nullptr;
    /// Keep the events of executions for history(). Those of a Distributed Map's children only go
    /// to the observer.
    bool keep_history = true;
  };
  /// Called on the engine's thread when an execution has ended; state() still knows it.
  using EndedCallback = std::function<void(ExecutionId)>;

  /// The ports must outlive the engine, and no port may post after its end.
  explicit LocalEngine(const Options& options);
  ~LocalEngine() override;
  LocalEngine(const LocalEngine&) = delete;
  LocalEngine& operator=(const LocalEngine&) = delete;

  /// A new execution; it takes its first step inside run_until. O(1).
  ExecutionId start(std::shared_ptr<const asl::Program> program, interpreter::ExecutionInfo info,
                    json::Payload input, EndedCallback on_ended = {});
  /// API StopExecution. Takes effect inside run_until; nothing happens if it has ended.
  void stop(ExecutionId execution, asl::ExecutionError error);

  /// An answer or other news for an execution. Thread-safe.
  void post(ExecutionId execution, Answer answer) override;
  /// Makes run_until look at `done` again. Thread-safe.
  void wake();

  /// Works until `done` says so, checked between steps. False if it returned because nothing can
  /// happen any more: no step, no alarm, no task out. Sleeps while it waits; tasks that wait for
  /// callbacks are waited for.
  bool run_until(const std::function<bool()>& done);
  /// Works until only tasks that wait for callbacks, if any, are left.
  void run_until_idle();

  /// nullptr if unknown or forgotten. The pointer lives until forget().
  const interpreter::ExecutionState* state(ExecutionId execution) const;
  /// All events so far, in id order; empty without keep_history.
  const std::vector<interpreter::HistoryEvent>& history(ExecutionId execution) const;
  /// The Map Runs that are under way in an execution.
  std::vector<MapRunProgress> map_runs(ExecutionId execution) const;
  /// Frees an execution that has ended; else, or if unknown, nothing happens.
  void forget(ExecutionId execution);

  /// Executions in memory, children included; for tests and metrics.
  size_t execution_count() const { return executions_.size(); }

 private:
  using RunId = uint64_t;
  /// InProgress: somebody works on it. Callback: it answers when an outside party says so.
  enum class TaskPhase : uint8_t { InProgress, Callback };

  struct ChildOf {
    RunId run;
    uint32_t index;
  };
  struct Execution {
    std::shared_ptr<const asl::Program> program;
    interpreter::ExecutionState state;
    std::vector<interpreter::HistoryEvent> history;
    base::Timestamp last_step_at;
    std::unordered_map<interpreter::TaskId, TaskPhase, WaitIdHash> tasks;
    std::unordered_map<interpreter::TaskId, RunId, WaitIdHash> map_runs;
    std::optional<ChildOf> child_of;
    bool is_child = false;
    EndedCallback on_ended;
  };
  struct Run {
    ExecutionId parent;
    MapRun map_run;
    std::unordered_set<ExecutionId> children;
  };
  /// One event on its way to its execution. `due`: of a timer.
  struct Turn {
    ExecutionId execution;
    Answer event;
    std::optional<base::Timestamp> due;
  };

  ExecutionId add_execution(std::unique_ptr<Execution> execution);
  Execution* find(ExecutionId id) const;
  bool take_turn(bool wait_for_callbacks);
  void take_posted();
  void fire_due_timers();
  bool wait(bool wait_for_callbacks);
  void wait_for_post(std::optional<base::Timestamp> until);
  void process(Turn turn);
  void obey(ExecutionId id, Execution& execution, interpreter::Command& command);
  void settle_task(Execution& execution, const Answer& event);
  void add_task(Execution& execution, interpreter::TaskId task, TaskPhase phase);
  bool remove_task(Execution& execution, interpreter::TaskId task);
  void cancel_task(ExecutionId id, Execution& execution, interpreter::TaskId task);
  void complete(ExecutionId id, Execution& execution);
  void start_map_run(ExecutionId id, Execution& execution, interpreter::StartMapRun command);
  void advance_map_run(RunId id);
  void end_map_run(RunId id);

  Options options_;
  interpreter::StepResult step_result_;
  std::unordered_map<ExecutionId, std::unique_ptr<Execution>> executions_;
  std::unordered_map<RunId, std::unique_ptr<Run>> runs_;
  std::deque<Turn> ready_;
  TimerQueue timers_;
  ExecutionId next_execution_ = 1;
  RunId next_run_ = 1;
  size_t tasks_in_progress_ = 0;
  size_t tasks_in_callback_ = 0;
  bool running_ = false;
  ExecutionId stepping_ = 0;     ///< whose commands are being obeyed
  bool forget_stepped_ = false;  ///< it was forgotten meanwhile

  std::mutex mutex_;
  std::condition_variable posted_changed_;
  std::vector<Turn> posted_;  ///< guarded by mutex_
  bool woken_ = false;        ///< guarded by mutex_
  std::atomic<bool> has_posted_{false};
};

}  // namespace pawl::engine
