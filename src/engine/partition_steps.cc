// SPDX-License-Identifier: Apache-2.0
// One execution moves: steps, the commands they give, and what is written of them.
#include <algorithm>
#include <utility>

#include "engine/partition.h"
#include "engine/partition_map_runs.h"
#include "engine/task_of_answer.h"

namespace pawl::engine {

using interpreter::ExecutionStatus;
using interpreter::TaskId;
using interpreter::TimerId;

void Partition::step(LiveExecution& live, Answer event) {
  // The machine's clock may go back; an execution's time does not.
  live.last_step_at = std::max({now_, live.last_step_at, live.state.started_at});
  const interpreter::InputEvent input{live.last_step_at, random_.next(), std::move(event)};
  interpreter::step(*live.revision->program, live.state, input, step_result_);
  // The commands are obeyed one after the other, and none of them steps this execution.
  events_in_batch_ += step_result_.events.size();
  std::vector<interpreter::Command> commands = std::move(step_result_.commands);
  live.delta.add(step_result_);
  for (interpreter::Command& command : commands) obey(live, command);
  settle_task(live, input.event);
  if (!live.delta.empty() || !commands.empty()) mark_dirty(live);
}

void Partition::obey(LiveExecution& live, interpreter::Command& command) {
  if (auto* task = std::get_if<interpreter::ScheduleTask>(&command)) {
    dispatch_later(live, std::move(*task));
  } else if (auto* cancel = std::get_if<interpreter::CancelTask>(&command)) {
    cancel_task(live, cancel->task);
  } else if (auto* start = std::get_if<interpreter::StartTimer>(&command)) {
    start_timer(live, start->timer, start->due);
  } else if (auto* stop = std::get_if<interpreter::CancelTimer>(&command)) {
    forget_timer(live, stop->timer, false);
  } else if (auto* run = std::get_if<interpreter::StartMapRun>(&command)) {
    map_runs_->start(live, std::move(*run));
  } else if (auto* again = std::get_if<interpreter::RedriveMapRun>(&command)) {
    map_runs_->redrive(live, std::move(*again));
  } else if (std::holds_alternative<interpreter::Resume>(command)) {
    live.is_resuming = true;
    ready_.push(std::hash<std::string>{}(live.record.scope), ResumeTurn{live.record.id});
  } else {
    count_end(live);
  }
}

void Partition::dispatch_later(LiveExecution& live, interpreter::ScheduleTask command) {
  const interpreter::Frame* frame = live.state.find(command.task.frame);
  // The step that scheduled it may have aborted it too: the command to cancel follows.
  if (frame == nullptr || frame->task != command.task.sequence) return;
  if (!live.is_ephemeral) {
    live.tasks.push_back({command.task, frame->last_event_id});
    batch_.put(spaces_.outbox, ExecutionStore::outbox_key(live.record.id, command.task), {});
  }
  dispatches_.push_back({.execution = live.record.id,
                         .program = live.revision->program,
                         .info = live.state.info,
                         .command = std::move(command),
                         .completed = {},
                         .continuation = {},
                         .keeps_answers = !live.is_ephemeral,
                         .http_trace = nullptr});
}

/// The task is over, or need not be dispatched again after a crash.
void Partition::forget_task(LiveExecution& live, TaskId task) {
  const auto erased =
      std::erase_if(live.tasks, [&](const StoredTask& each) { return each.task == task; });
  if (erased > 0) batch_.erase(spaces_.outbox, ExecutionStore::outbox_key(live.record.id, task));
}

void Partition::cancel_task(LiveExecution& live, TaskId task) {
  forget_task(live, task);
  if (map_runs_->cancel(live.record.id, task)) return;
  const auto erased = std::erase_if(dispatches_, [&](const TaskRequest& request) {
    return request.execution == live.record.id && request.command.task == task;
  });
  if (erased == 0) cancels_.emplace_back(live.record.id, task);
}

void Partition::settle_task(LiveExecution& live, const Answer& event) {
  const auto task = task_of(event);
  if (!task || live.find_task(*task) == nullptr) return;
  const interpreter::Frame* frame = live.state.find(task->frame);
  if (frame == nullptr || frame->task != task->sequence) return forget_task(live, *task);
  const auto* state =
      std::get_if<asl::TaskState>(&live.revision->program->states[frame->state].detail);
  if (state == nullptr) return;
  // From here on an outside party answers by token: calling again would do it twice.
  const bool has_worker = state->resource.kind == asl::ResourceKind::Activity &&
                          std::holds_alternative<interpreter::TaskStarted>(event);
  const bool is_submitted = state->resource.pattern == asl::IntegrationPattern::WaitForTaskToken &&
                            std::holds_alternative<interpreter::TaskSubmitted>(event);
  if (has_worker || is_submitted) forget_task(live, *task);
}

void Partition::start_timer(LiveExecution& live, TimerId timer, base::Timestamp due) {
  live.timers.push_back({timer, due});
  if (!live.is_ephemeral)
    batch_.put(spaces_.timers, ExecutionStore::timer_key(due, live.record.id, timer), {});
  if (live.is_ephemeral || due < horizon_) timers_.add({live.record.id, timer, due});
}

/// Nothing happens if its history has no room left.
void Partition::redrive(LiveExecution& live) {
  step(live, interpreter::RedriveRequested{});
  if (live.record.redrive_count == live.state.redrive_count) return;
  live.record.status = live.state.status;
  live.record.stopped_at = live.state.stopped_at;
  live.record.redrive_count = live.state.redrive_count;
  live.record.redriven_at = live.state.redriven_at;
  live.record_changed = true;
  mark_dirty(live);
}

void Partition::forget_timer(LiveExecution& live, TimerId timer, bool fired) {
  const StoredTimer* found = live.find_timer(timer);
  if (found == nullptr) return;
  const base::Timestamp due = found->due;
  std::erase_if(live.timers, [&](const StoredTimer& each) { return each.timer == timer; });
  if (!live.is_ephemeral)
    batch_.erase(spaces_.timers, ExecutionStore::timer_key(due, live.record.id, timer));
  if (!fired && (live.is_ephemeral || due < horizon_)) timers_.cancel({live.record.id, timer, due});
}

void Partition::count_end(LiveExecution& live) {
  live.record.status = live.state.status;
  live.record.stopped_at = live.state.stopped_at;
  live.record_changed = true;
  live.is_resuming = false;
  ended_.push_back(live.record.id);
  must_sync_ = true;
  switch (live.state.status) {
    case ExecutionStatus::Succeeded: ++statistics_.succeeded; break;
    case ExecutionStatus::Failed: ++statistics_.failed; break;
    case ExecutionStatus::TimedOut: ++statistics_.timed_out; break;
    case ExecutionStatus::Aborted: ++statistics_.aborted; break;
    case ExecutionStatus::Running: break;
  }
  map_runs_->child_ended(live);
}

void Partition::mark_dirty(LiveExecution& live) {
  if (live.is_dirty) return;
  live.is_dirty = true;
  dirty_.push_back(live.record.id);
}

void Partition::write(LiveExecution& live) {
  live.is_dirty = false;
  statistics_.events += live.delta.events.size();
  for (const interpreter::HistoryEvent& event : live.delta.events) {
    if (std::holds_alternative<interpreter::StateEnteredDetails>(event.details))
      ++statistics_.transitions;
  }
  if (options_.log != nullptr && live.revision->logs_history && !live.delta.events.empty()) {
    options_.log->append(live.state, *live.revision->program, live.record.revision,
                         live.delta.events, batch_);
  }
  if (live.is_ephemeral) {
    live.delta.clear();
    return;
  }
  if (options_.watch != nullptr) tell_watch(live);
  // A step that yielded goes on after a crash, too.
  if (live.is_resuming != live.resume_is_stored) {
    const std::string key = ExecutionStore::outbox_key(live.record.id, {interpreter::kNoFrame, 0});
    if (live.is_resuming)
      batch_.put(spaces_.outbox, key, {});
    else
      batch_.erase(spaces_.outbox, key);
    live.resume_is_stored = live.is_resuming;
  }
  buffer_.clear();
  if (!live.is_stored && live.has_ended()) {
    interpreter::encode_step_record(live.state, live.delta, interpreter::RecordKind::Full, buffer_);
    live.next_record = 1;
    write_record(live, buffer_);
  } else {
    if (!live.inline_step.empty()) {
      // A redrive: it ended at once and goes on, so its first record finds a place of its own.
      ExecutionStore::encode_waits({}, {}, buffer_);
      buffer_ += std::exchange(live.inline_step, {});
      batch_.put(spaces_.steps, ExecutionStore::step_key(live.record.id, 1, 0), buffer_);
      buffer_.clear();
      live.record_changed = true;
    }
    // Full records as often as keeps reading a state in proportion to its size.
    const bool full = live.full_bytes == 0 || live.delta_bytes > 2 * live.full_bytes + 1'024;
    const int64_t first_event =
        live.delta.events.empty() ? live.state.next_event_id : live.delta.events.front().id;
    ExecutionStore::encode_waits(live.timers, live.tasks, buffer_);
    interpreter::encode_step_record(
        live.state, live.delta,
        full ? interpreter::RecordKind::Full : interpreter::RecordKind::Delta, buffer_);
    if (full) {
      live.full_bytes = buffer_.size();
      live.delta_bytes = 0;
    } else {
      live.delta_bytes += buffer_.size();
    }
    batch_.put(spaces_.steps,
               ExecutionStore::step_key(live.record.id, first_event, live.next_record++), buffer_);
    if (!live.is_stored || live.record_changed) write_record(live, {});
  }
  live.delta.clear();
}

/// Of children of a Map Run nobody is told: only the run is seen from outside.
void Partition::tell_watch(const LiveExecution& live) {
  const bool begins = !live.is_stored || live.record_changed;
  if (!begins || live.record.map_run != 0 || !options_.watch->is_interested(live.record)) return;
  using interpreter::HistoryEventType;
  const auto has = [&live](HistoryEventType type) {
    return std::any_of(
        live.delta.events.begin(), live.delta.events.end(),
        [type](const interpreter::HistoryEvent& event) { return event.type == type; });
  };
  const bool is_running =
      has(HistoryEventType::ExecutionStarted) || has(HistoryEventType::ExecutionRedriven);
  if (!is_running && !live.has_ended()) return;
  const auto tell = [this, &live](ExecutionStatus status) {
    callbacks_.push_back(options_.watch->changed(live.record, live.state, status, batch_));
  };
  if (is_running) tell(ExecutionStatus::Running);
  if (live.has_ended()) tell(live.state.status);
}

void Partition::write_record(LiveExecution& live, std::string_view inline_step) {
  const ExecutionRecord& record = live.record;
  std::string value;
  value.reserve(160 + inline_step.size());
  encode_execution_record(record, value);
  value += inline_step;
  batch_.put(spaces_.executions, ExecutionStore::id_key(record.id), value);
  const std::string& list = record.map_run == 0 ? record.scope : record.map_run_arn;
  const std::string list_key = ExecutionStore::list_key(list, record.id);
  if (!live.is_stored) {
    batch_.put(spaces_.names, ExecutionStore::name_key(record.scope, record.name),
               ExecutionStore::id_key(record.id));
    batch_.put(spaces_.lists, list_key, {});
    if (!live.has_ended()) batch_.put(spaces_.open, list_key, {});
  } else if (live.has_ended()) {
    batch_.erase(spaces_.open, list_key);
  } else {
    batch_.put(spaces_.open, list_key, {});
  }
  if (live.is_open == live.has_ended()) {
    live.is_open = !live.is_open;
    live.is_open ? ++statistics_.running : --statistics_.running;
  }
  live.is_stored = true;
  live.record_changed = false;
  count_status(live);
}

/// Children of Map Runs are counted by their run.
void Partition::count_status(LiveExecution& live) {
  const ExecutionStatus status = live.record.status;
  if (live.record.map_run != 0 || live.counted_as == status) return;
  counts_.move(live.record.scope, live.counted_as, status);
  if (options_.feed != nullptr)
    status_changes_.push_back({&live.record, live.counted_as, status, &live.state.error});
  live.counted_as = status;
}

}  // namespace pawl::engine
