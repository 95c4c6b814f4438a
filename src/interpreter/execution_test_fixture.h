// SPDX-License-Identifier: Apache-2.0
// For tests: one execution with a clock of its own, moved event by event. Not part of the library.
#pragma once

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "asl/compile.h"
#include "interpreter/history_event.h"
#include "interpreter/step.h"

namespace pawl::interpreter {

class TestExecution {
 public:
  explicit TestExecution(std::string_view definition, std::string input = "{}",
                         base::Limits limits = {}) {
    asl::Compilation compilation = asl::compile(definition);
    for (const asl::Diagnostic& diagnostic : compilation.diagnostics) {
      ADD_FAILURE() << diagnostic.code << ": " << diagnostic.message << " at "
                    << diagnostic.location;
    }
    program_ = compilation.program;
    auto info = std::make_shared<ExecutionInfo>();
    info->execution_arn = "arn:aws:states:us-east-1:000000000000:execution:machine:run";
    info->execution_name = "run";
    info->state_machine_arn = "arn:aws:states:us-east-1:000000000000:stateMachine:machine";
    info->state_machine_name = "machine";
    info->role_arn = "arn:aws:iam::000000000000:role/test";
    info->limits = limits;
    state_ = make_execution(std::move(info), json::Payload::from_text(std::move(input)).value());
  }

  /// One step, and as many more as it asks for by Resume.
  void send(decltype(InputEvent::event) event) {
    bool more = true;
    while (more) {
      step(*program_, state_, InputEvent{now_, seed_++, std::move(event)}, result_);
      more = false;
      for (Command& command : result_.commands) {
        more = more || std::holds_alternative<Resume>(command);
        apply(std::move(command));
      }
      history_.insert(history_.end(), result_.events.begin(), result_.events.end());
      event = Resumed{};
    }
  }

  void start() { send(ExecutionStarted{}); }

  /// Lets the clock jump to the earliest timer and fires it; false if there is none.
  bool fire_next_timer() {
    const auto next =
        std::min_element(timers_.begin(), timers_.end(),
                         [](const StartTimer& a, const StartTimer& b) { return a.due < b.due; });
    if (next == timers_.end()) return false;
    const TimerId timer = next->timer;
    now_ = std::max(now_, next->due);
    timers_.erase(next);
    send(TimerFired{timer});
    return true;
  }

  void start_and_run_timers() {
    start();
    while (state_.status == ExecutionStatus::Running && fire_next_timer()) {
    }
  }

  void succeed_task(size_t index, std::string output) {
    const TaskId task = take_task(index);
    send(TaskSucceeded{task, json::Payload::from_text(std::move(output)).value()});
  }

  void fail_task(size_t index, std::string error, std::string cause) {
    const TaskId task = take_task(index);
    send(TaskFailed{TaskFailed::Phase::Run, task, {std::move(error), std::move(cause)}});
  }

  /// "3<-2 PassStateExited", …
  std::vector<std::string> chain() const {
    std::vector<std::string> lines;
    for (const HistoryEvent& event : history_) {
      lines.push_back(std::to_string(event.id) + "<-" + std::to_string(event.previous_event_id) +
                      " " + std::string(history_event_type_name(event.type)));
    }
    return lines;
  }

  size_t count(HistoryEventType type) const {
    return static_cast<size_t>(
        std::count_if(history_.begin(), history_.end(),
                      [&](const HistoryEvent& event) { return event.type == type; }));
  }

  std::string output() const { return state_.output.text(); }
  std::string error() const { return state_.error.error.value_or("(none)"); }
  std::string cause() const { return state_.error.cause.value_or("(none)"); }
  ExecutionStatus status() const { return state_.status; }
  base::Timestamp now() const { return now_; }
  const ExecutionState& state() const { return state_; }
  const std::vector<HistoryEvent>& history() const { return history_; }
  const std::vector<ScheduleTask>& tasks() const { return tasks_; }
  const std::vector<StartTimer>& timers() const { return timers_; }
  const std::vector<TaskId>& map_runs() const { return map_runs_; }  ///< all that were started
  const std::vector<RedriveMapRun>& redriven_map_runs() const { return redriven_map_runs_; }
  const std::vector<TaskId>& cancelled() const { return cancelled_; }
  size_t completions() const { return completions_; }
  const asl::Program& program() const { return *program_; }

 private:
  TaskId take_task(size_t index) {
    const TaskId task = tasks_.at(index).task;
    tasks_.erase(tasks_.begin() + static_cast<std::ptrdiff_t>(index));
    return task;
  }

  void apply(Command command) {
    if (auto* schedule = std::get_if<ScheduleTask>(&command)) {
      tasks_.push_back(std::move(*schedule));
    } else if (const auto* start_timer = std::get_if<StartTimer>(&command)) {
      timers_.push_back(*start_timer);
    } else if (const auto* cancel_timer = std::get_if<CancelTimer>(&command)) {
      std::erase_if(timers_,
                    [&](const StartTimer& timer) { return timer.timer == cancel_timer->timer; });
    } else if (const auto* cancel_task = std::get_if<CancelTask>(&command)) {
      cancelled_.push_back(cancel_task->task);
      std::erase_if(tasks_,
                    [&](const ScheduleTask& task) { return task.task == cancel_task->task; });
    } else if (const auto* map_run = std::get_if<StartMapRun>(&command)) {
      map_runs_.push_back(map_run->task);
    } else if (auto* redrive = std::get_if<RedriveMapRun>(&command)) {
      redriven_map_runs_.push_back(std::move(*redrive));
    } else if (std::holds_alternative<CompleteExecution>(command)) {
      ++completions_;
    }
  }

  std::shared_ptr<const asl::Program> program_;
  ExecutionState state_;
  StepResult result_;
  base::Timestamp now_{1'700'000'000'000};
  uint64_t seed_ = 1;
  std::vector<HistoryEvent> history_;
  std::vector<ScheduleTask> tasks_;
  std::vector<StartTimer> timers_;
  std::vector<TaskId> map_runs_;
  std::vector<RedriveMapRun> redriven_map_runs_;
  std::vector<TaskId> cancelled_;
  size_t completions_ = 0;
};

}  // namespace pawl::interpreter
