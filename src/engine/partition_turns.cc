// SPDX-License-Identifier: Apache-2.0
// What each message means for the execution it names.
#include <utility>

#include "base/assert.h"
#include "engine/partition.h"
#include "engine/partition_map_runs.h"
#include "store/key.h"
#include "engine/task_of_answer.h"
#include "interpreter/redrive.h"

namespace pawl::engine {

using interpreter::ExecutionStatus;
using interpreter::ScheduleTask;

namespace {

base::Timestamp stop_of(const LiveExecution& live) { return live.state.stopped_at; }

}  // namespace

base::Result<void> Partition::on(StartMessage& message) {
  --queued_starts_;
  queued_input_bytes_ -= message.input.text_bytes();
  const bool may_exist = message.name_is_given || message.record.started_by.execution != 0;
  if (may_exist && PAWL_TRY(answer_known_name(message))) return {};
  auto live = std::make_unique<LiveExecution>();
  live->record = std::move(message.record);
  ExecutionRecord& record = live->record;
  record.id = ids_.next(now_, slot_of_name(record.scope, record.name));
  record.started_at = now_;
  live->revision = std::move(message.revision);
  live->state = interpreter::make_execution(make_execution_info(record, live->revision->role_arn),
                                            std::move(message.input));
  if (may_exist) new_names_.emplace(ExecutionStore::name_key(record.scope, record.name), record.id);
  LiveExecution& added = add_live(std::move(live));
  ++statistics_.started;
  step(added, interpreter::ExecutionStarted{});
  mark_dirty(added);
  if (message.done) {
    callbacks_.push_back(
        [done = std::move(message.done),
         outcome = StartOutcome{StartOutcome::Kind::Started, added.record.id,
                                added.state.info->execution_arn, now_}] { done(outcome); });
  }
  return {};
}

/// API StartExecution: idempotent for the same name and input while that execution runs; a task
/// that starts again after a crash finds what it has started. True if the name is known: then
/// `message` is answered.
base::Result<bool> Partition::answer_known_name(StartMessage& message) {
  const ExecutionRecord& wanted = message.record;
  const auto fresh = new_names_.find(ExecutionStore::name_key(wanted.scope, wanted.name));
  std::optional<ExecutionId> id;
  if (fresh != new_names_.end()) id = fresh->second;
  if (!id) id = PAWL_TRY(options_.executions.find(wanted.scope, wanted.name));
  if (!id) return false;
  const LiveExecution* known = PAWL_TRY(find(*id));
  if (known == nullptr) return false;
  const bool same_task =
      wanted.started_by.execution != 0 && known->record.started_by == wanted.started_by;
  const bool same_run = !known->has_ended() && known->state.input.text() == message.input.text();
  StartOutcome outcome{StartOutcome::Kind::AlreadyExists, *id, known->state.info->execution_arn,
                       known->record.started_at};
  if (same_task || same_run) outcome.kind = StartOutcome::Kind::AlreadyRunning;
  if (message.done)
    callbacks_.push_back([done = std::move(message.done), outcome] { done(outcome); });
  return true;
}

base::Result<void> Partition::on(ResumeTurn& turn) {
  LiveExecution* live = PAWL_TRY(find(turn.execution));
  if (live == nullptr || live->has_ended()) return {};
  live->is_resuming = false;
  step(*live, interpreter::Resumed{});
  mark_dirty(*live);
  return {};
}

base::Result<void> Partition::on(EventMessage& message) {
  LiveExecution* live = PAWL_TRY(find(message.execution));
  if (live != nullptr) step(*live, std::move(message.event));
  return {};
}

base::Result<void> Partition::on(StopMessage& message) {
  LiveExecution* live = PAWL_TRY(find(message.execution));
  StopOutcome outcome;
  if (live != nullptr) {
    if (!live->has_ended()) step(*live, interpreter::StopRequested{std::move(message.error)});
    outcome = {true, stop_of(*live)};
  }
  if (message.done)
    callbacks_.push_back([done = std::move(message.done), outcome] { done(outcome); });
  return {};
}

base::Result<void> Partition::on(TokenMessage& message) {
  using Outcome = TokenMessage::Outcome;
  LiveExecution* live = PAWL_TRY(find(message.execution));
  Outcome outcome = Outcome::InvalidToken;
  if (live != nullptr) {
    const interpreter::Frame* frame = live->state.find(message.task.frame);
    const bool waits = !live->has_ended() && frame != nullptr &&
                       frame->task == message.task.sequence && frame->task != 0;
    outcome = waits ? Outcome::InvalidToken : Outcome::TaskTimedOut;
    if (waits && frame->task_token == message.token) {
      set_task(message.event, message.task);
      step(*live, std::move(message.event));
      outcome = Outcome::Accepted;
    }
  }
  callbacks_.push_back([done = std::move(message.done), outcome] { done(outcome); });
  return {};
}

base::Result<void> Partition::on(AwaitMessage& message) {
  LiveExecution* live = PAWL_TRY(find(message.execution));
  if (live == nullptr) return {};
  waiters_[message.execution].push_back(std::move(message.ended));
  // It is told with those that end in this batch.
  if (live->has_ended()) ended_.push_back(message.execution);
  return {};
}

base::Result<void> Partition::on(RedriveMessage& message) {
  LiveExecution* live = PAWL_TRY(find(message.execution));
  // What ended in this batch is read again from the store: Map Runs and their results.
  if (live != nullptr && live->is_dirty) {
    post(std::move(message));
    return {};
  }
  RedriveOutcome outcome;
  outcome.kind = RedriveOutcome::Kind::DoesNotExist;
  if (live != nullptr) {
    const auto judgement = interpreter::judge_redrive(
        {.status = live->state.status,
         .started_at = live->state.started_at,
         .stopped_at = live->state.stopped_at,
         .event_count = live->state.next_event_id - 1,
         .history_events_max = live->state.info->limits.history_events_max,
         .is_map_run_child = live->record.map_run != 0},
        now_);
    outcome.kind = RedriveOutcome::Kind::NotRedrivable;
    outcome.reason = judgement.reason;
    if (judgement.status == interpreter::RedriveStatus::Redrivable) {
      redrive(*live);
      outcome = {RedriveOutcome::Kind::Redriven, {}, live->record.redriven_at};
    }
  }
  callbacks_.push_back([done = std::move(message.done), outcome] { done(outcome); });
  return {};
}

base::Result<void> Partition::on(UpdateMapRunMessage& message) {
  const bool found = map_runs_->update(message);
  callbacks_.push_back([done = std::move(message.done), found] { done(found); });
  return {};
}

base::Result<void> Partition::on(MapRunItemsMessage& message) {
  map_runs_->items_read(message);
  return {};
}

base::Result<void> Partition::on(MapRunWrittenMessage& message) {
  map_runs_->results_written(message);
  return {};
}

base::Result<void> Partition::on(RecoverMessage& message) {
  LiveExecution* live = PAWL_TRY(find(message.execution));
  PAWL_TRY_VOID(erase_late_answers(message.execution, live));
  if (live == nullptr || live->has_ended()) return {};
  if (!live->state.ready.empty()) {
    live->is_resuming = live->resume_is_stored = true;
    ready_.push(std::hash<std::string>{}(live->record.scope), ResumeTurn{live->record.id});
  }
  const std::vector<StoredTask> tasks = live->tasks;
  for (const StoredTask& task : tasks) {
    auto command = PAWL_TRY(rebuild_task(*live, task));
    if (!command) continue;
    auto completed = PAWL_TRY(options_.executions.store().get(
        spaces_.outbox, ExecutionStore::outbox_key(live->record.id, task.task)));
    dispatches_.push_back({.execution = live->record.id,
                           .program = live->revision->program,
                           .info = live->state.info,
                           .command = *std::move(command),
                           .completed = std::move(completed).value_or(""),
                           .continuation = live->state.find(task.task.frame)->continuation,
                           .keeps_answers = true,
                           .http_trace = nullptr});
  }
  return {};
}

/// A service answered a task that was over already.
base::Result<void> Partition::erase_late_answers(ExecutionId id, const LiveExecution* live) {
  const auto cursor = options_.executions.store().cursor(
      spaces_.outbox, store::Range::prefix(ExecutionStore::id_key(id)));
  for (bool more = PAWL_TRY(cursor->first()); more; more = PAWL_TRY(cursor->next())) {
    if (cursor->value().empty()) continue;
    store::KeyReader key(cursor->key());
    key.u64();
    const auto frame = key.u32();
    const auto sequence = key.u32();
    if (!sequence) return base::Error(base::ErrorKind::TypeMismatch, "stored task: damaged");
    const bool is_open =
        live != nullptr && !live->has_ended() && live->find_task({*frame, *sequence}) != nullptr;
    if (!is_open) batch_.erase(spaces_.outbox, cursor->key());
  }
  return {};
}

/// The command as the step gave it: its parameters stand in the history.
base::Result<std::optional<ScheduleTask>> Partition::rebuild_task(const LiveExecution& live,
                                                                  const StoredTask& task) {
  const interpreter::Frame* frame = live.state.find(task.task.frame);
  if (frame == nullptr || frame->task != task.task.sequence) return std::optional<ScheduleTask>();
  const auto events = PAWL_TRY(options_.executions.history(live.record.id, task.scheduled_event_id,
                                                           task.scheduled_event_id, 1, false));
  if (events.empty()) return std::optional<ScheduleTask>();
  ScheduleTask command;
  command.task = task.task;
  command.state = frame->state;
  command.task_token = frame->task_token;
  using FunctionDetails = std::shared_ptr<const interpreter::ScheduledDetails>;
  using TaskDetails = std::shared_ptr<const interpreter::TaskScheduledDetails>;
  if (const auto* function = std::get_if<FunctionDetails>(&events.front().details)) {
    command.parameters = (*function)->input;
    command.credentials_role_arn = (*function)->credentials_role_arn;
    command.timeout_seconds = (*function)->timeout_in_seconds;
  } else if (const auto* other = std::get_if<TaskDetails>(&events.front().details)) {
    command.parameters = json::Payload((*other)->parameters);
    command.credentials_role_arn = (*other)->credentials_role_arn;
    command.timeout_seconds = (*other)->timeout_in_seconds;
  } else {
    return std::optional<ScheduleTask>();
  }
  return std::optional<ScheduleTask>(std::move(command));
}

}  // namespace pawl::engine
