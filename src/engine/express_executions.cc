// SPDX-License-Identifier: Apache-2.0
#include "engine/express_executions.h"

#include <algorithm>
#include <optional>
#include <utility>

namespace pawl::engine {

using interpreter::ExecutionStatus;

ExpressExecutions::ExpressExecutions(const Options& options)
    : options_(options), random_(options.seed) {}

ExpressExecutions::~ExpressExecutions() { *alive_ = false; }

bool ExpressExecutions::start(ExpressStart start) {
  if (running_.size() >= options_.running_max) return false;
  const ExecutionId id = next_id_++;
  start.info->execution_id = id;
  auto express = std::make_unique<Express>();
  express->revision = std::move(start.revision);
  express->state = interpreter::make_execution(std::move(start.info), std::move(start.input));
  express->ended = std::move(start.ended);
  running_.emplace(id, std::move(express));
  ++statistics_.started;
  statistics_.running = running_.size();
  step(id, interpreter::ExecutionStarted{});
  const auto found = running_.find(id);
  if (found != running_.end()) {
    // The machine's own TimeoutSeconds is the earlier of two, or there is none.
    interpreter::ExecutionState& state = found->second->state;
    const interpreter::TimerId timer{interpreter::kNoFrame, std::max(state.timeout_timer, 1U)};
    const base::Timestamp limit{state.started_at.ms + kDurationMaxMs};
    const auto own = found->second->timers.find(timer_key(timer));
    if (own == found->second->timers.end() || own->second > limit) {
      if (own != found->second->timers.end()) timers_.cancel({id, timer, own->second});
      state.timeout_timer = timer.sequence;
      found->second->timers[timer_key(timer)] = limit;
      timers_.add({id, timer, limit});
    }
    wake_when_due();
  }
  return true;
}

void ExpressExecutions::post(ExecutionId execution, Answer answer) {
  options_.loop.post([this, alive = alive_, execution, answer = std::move(answer)]() mutable {
    if (!*alive) return;
    step(execution, std::move(answer));
    wake_when_due();
  });
}

void ExpressExecutions::step(ExecutionId id, Answer event) {
  const auto found = running_.find(id);
  if (found == running_.end()) return;
  Express& express = *found->second;
  const base::Timestamp now = options_.clock.now();
  express.last_step_at = std::max(now, express.last_step_at);
  const interpreter::InputEvent input{express.last_step_at, random_.next(), std::move(event)};
  interpreter::step(*express.revision->program, express.state, input, result_);
  append_log(express);
  std::vector<interpreter::Command> commands = std::move(result_.commands);
  result_.clear();
  for (interpreter::Command& command : commands) obey(id, express, command);
  if (express.state.status != ExecutionStatus::Running) complete(id, express);
}

void ExpressExecutions::obey(ExecutionId id, Express& express, interpreter::Command& command) {
  if (auto* task = std::get_if<interpreter::ScheduleTask>(&command)) {
    options_.dispatcher.dispatch({.execution = id,
                                  .program = express.revision->program,
                                  .info = express.state.info,
                                  .command = std::move(*task)},
                                 *this);
  } else if (auto* cancel = std::get_if<interpreter::CancelTask>(&command)) {
    options_.dispatcher.cancel(id, cancel->task);
  } else if (auto* timer = std::get_if<interpreter::StartTimer>(&command)) {
    express.timers[timer_key(timer->timer)] = timer->due;
    timers_.add({id, timer->timer, timer->due});
  } else if (auto* stop = std::get_if<interpreter::CancelTimer>(&command)) {
    const auto found = express.timers.find(timer_key(stop->timer));
    if (found == express.timers.end()) return;
    timers_.cancel({id, stop->timer, found->second});
    express.timers.erase(found);
  } else if (auto* run = std::get_if<interpreter::StartMapRun>(&command)) {
    // The compiler refuses Distributed Maps in EXPRESS machines; a Program made otherwise fails.
    post(id,
         interpreter::MapRunEnded{
             run->task,
             {},
             asl::ExecutionError{.error = std::string(asl::error_name::kRuntime),
                                 .cause = "A Distributed Map needs a STANDARD state machine."}});
  } else if (std::holds_alternative<interpreter::Resume>(command)) {
    // Behind what else the loop has to do.
    post(id, interpreter::Resumed{});
  }
}

void ExpressExecutions::complete(ExecutionId id, Express& express) {
  for (const auto& [key, due] : express.timers) {
    timers_.cancel(
        {id, {static_cast<interpreter::FrameId>(key >> 32), static_cast<uint32_t>(key)}, due});
  }
  switch (express.state.status) {
    case ExecutionStatus::Succeeded: ++statistics_.succeeded; break;
    case ExecutionStatus::Failed: ++statistics_.failed; break;
    case ExecutionStatus::TimedOut: ++statistics_.timed_out; break;
    case ExecutionStatus::Aborted: ++statistics_.aborted; break;
    case ExecutionStatus::Running: break;
  }
  // Out of the table first: whoever is told may start the next.
  const auto found = running_.find(id);
  const std::unique_ptr<Express> ended = std::move(found->second);
  running_.erase(found);
  statistics_.running = running_.size();
  if (options_.feed != nullptr) options_.feed->express_ended(ended->state);
  if (ended->ended) ended->ended(ended->state);
}

void ExpressExecutions::append_log(const Express& express) {
  if (options_.log == nullptr || !express.revision->logs_history || result_.events.empty()) return;
  store::Batch batch;
  options_.log->append(express.state, *express.revision->program, express.revision->id,
                       result_.events, batch);
  // A log of what is not durable itself needs no sync; a failed store ends the process elsewhere.
  if (!batch.empty()) (void)options_.store->commit(batch, store::Sync::No);
}

void ExpressExecutions::fire_due_timers() {
  const base::Timestamp now = options_.clock.now();
  while (const auto alarm = timers_.pop_due(now)) {
    const auto found = running_.find(alarm->execution);
    if (found == running_.end()) continue;
    found->second->timers.erase(timer_key(alarm->timer));
    step(alarm->execution, interpreter::TimerFired{alarm->timer});
  }
  wake_when_due();
}

void ExpressExecutions::wake_when_due() {
  const auto due = timers_.next_due();
  if (!due || (wake_at_ && *wake_at_ <= *due)) return;
  wake_at_ = due;
  options_.loop.wake_at(*due, [this, alive = alive_] {
    if (!*alive) return;
    wake_at_.reset();
    fire_due_timers();
  });
}

}  // namespace pawl::engine
