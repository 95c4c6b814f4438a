// SPDX-License-Identifier: Apache-2.0
#include "engine/replay_check.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "interpreter/history_json.h"
#include "interpreter/step.h"
#include "interpreter/stored/step_record.h"

namespace pawl::engine {
namespace {

using interpreter::ExecutionState;
using interpreter::Frame;
using interpreter::HistoryEvent;
using interpreter::HistoryEventType;
using interpreter::InputEvent;
using interpreter::Phase;
using Answer = TaskSink::Answer;
using Type = HistoryEventType;

asl::ExecutionError error_of(const HistoryEvent& event) {
  if (const auto* details = std::get_if<interpreter::ErrorDetails>(&event.details))
    return *details->error;
  using Task = std::shared_ptr<const interpreter::TaskDetails>;
  if (const auto* details = std::get_if<Task>(&event.details)) return (*details)->error;
  return {};
}

json::Payload output_of(const HistoryEvent& event) {
  if (const auto* details = std::get_if<interpreter::OutputDetails>(&event.details))
    return details->output;
  using Task = std::shared_ptr<const interpreter::TaskDetails>;
  if (const auto* details = std::get_if<Task>(&event.details))
    return (*details)->output.value_or(json::Payload());
  return {};
}

std::string worker_of(const HistoryEvent& event) {
  using Started = std::shared_ptr<const interpreter::ActivityStartedDetails>;
  const auto* details = std::get_if<Started>(&event.details);
  return details == nullptr ? "" : (*details)->worker_name;
}

/// The frame that an event continues.
const Frame* frame_before(const ExecutionState& state, const HistoryEvent& event) {
  const Frame* found = nullptr;
  for (const auto& [id, frame] : state.frames) {
    if (frame->last_event_id != event.previous_event_id) continue;
    // A Parallel and its branches may stand at one event; what waits is a leaf.
    if (found == nullptr || frame->phase != Phase::Children) found = frame.get();
  }
  return found;
}

/// What made `frame`, which has a task out, write this event; nullopt for what no answer does.
std::optional<Answer> answer_of_task(const Frame& frame, const HistoryEvent& event) {
  const interpreter::TaskId task{frame.id, frame.task};
  const auto failed = [&](interpreter::TaskFailed::Phase phase) {
    return interpreter::TaskFailed{phase, task, error_of(event)};
  };
  using FailedPhase = interpreter::TaskFailed::Phase;
  switch (event.type) {
    case Type::TaskStarted:
    case Type::LambdaFunctionStarted:
    case Type::ActivityStarted: return interpreter::TaskStarted{task, worker_of(event)};
    case Type::TaskSubmitted: return interpreter::TaskSubmitted{task, output_of(event)};
    case Type::TaskSucceeded:
    case Type::LambdaFunctionSucceeded:
    case Type::ActivitySucceeded: return interpreter::TaskSucceeded{task, output_of(event)};
    case Type::TaskFailed:
    case Type::LambdaFunctionFailed:
    case Type::ActivityFailed: return failed(FailedPhase::Run);
    case Type::LambdaFunctionScheduleFailed:
    case Type::ActivityScheduleFailed: return failed(FailedPhase::Schedule);
    case Type::TaskStartFailed:
    case Type::LambdaFunctionStartFailed: return failed(FailedPhase::Start);
    case Type::TaskSubmitFailed: return failed(FailedPhase::Submit);
    case Type::TaskTimedOut:
    case Type::LambdaFunctionTimedOut:
    case Type::ActivityTimedOut: {
      const bool is_heartbeat = error_of(event).error == asl::error_name::kHeartbeatTimeout;
      return interpreter::TimerFired{
          {frame.id, is_heartbeat ? frame.heartbeat_timer : frame.timeout_timer}};
    }
    default: return std::nullopt;
  }
}

/// What made the execution write `event` next. An error says why nothing can be told.
base::Result<Answer> cause_of(const ExecutionState& state, const HistoryEvent& event) {
  const auto unknown = [](const char* why) { return base::Error(base::ErrorKind::NotFound, why); };
  switch (event.type) {
    case Type::ExecutionStarted: return Answer(interpreter::ExecutionStarted{});
    case Type::ExecutionAborted: return Answer(interpreter::StopRequested{error_of(event)});
    case Type::ExecutionRedriven: return Answer(interpreter::RedriveRequested{});
    case Type::ExecutionTimedOut:
      return Answer(interpreter::TimerFired{{interpreter::kNoFrame, state.timeout_timer}});
    default: break;
  }
  const Frame* frame = frame_before(state, event);
  if (frame != nullptr) {
    if (frame->phase == Phase::WaitTimer || frame->phase == Phase::RetryTimer)
      return Answer(interpreter::TimerFired{{frame->id, frame->timer}});
    if (frame->phase == Phase::Task) {
      if (auto answer = answer_of_task(*frame, event)) return *std::move(answer);
    }
  }
  if (!state.ready.empty()) return Answer(interpreter::Resumed{});
  if (frame == nullptr) return unknown("no line of the execution stands before this event");
  if (frame->phase == Phase::MapRun)
    return unknown("what a Map Run answered is not in the history of its parent");
  return unknown("its line waits for nothing that gives it");
}

class Replayer {
 public:
  Replayer(const ExecutionStore& executions, Replay& replay)
      : executions_(executions), replay_(replay) {}

  base::Result<void> run(int64_t until) {
    const auto snapshot = executions_.store().snapshot();
    const ExecutionKeyspaces& spaces = executions_.keyspaces();
    const std::string key = ExecutionStore::id_key(replay_.record.id);
    const auto value = PAWL_TRY(snapshot->get(spaces.executions, key));
    std::string_view inline_step;
    if (value) PAWL_TRY(decode_execution_record(*value, inline_step));
    bool more = true;
    if (!inline_step.empty()) more = PAWL_TRY(take(inline_step, {}, until));
    const auto cursor = snapshot->cursor(spaces.steps, store::Range::prefix(key));
    for (bool stands = PAWL_TRY(cursor->first()); stands && more;
         stands = PAWL_TRY(cursor->next())) {
      std::vector<StoredTimer> timers;
      std::vector<StoredTask> tasks;
      std::string_view step = cursor->value();
      PAWL_TRY_VOID(ExecutionStore::decode_waits(step, timers, tasks));
      more = PAWL_TRY(take(step, std::move(timers), until));
    }
    return {};
  }

 private:
  /// Goes over one record. False when `until` is reached.
  base::Result<bool> take(std::string_view step, std::vector<StoredTimer> timers, int64_t until) {
    std::vector<HistoryEvent> events;
    PAWL_TRY_VOID(interpreter::read_record_events(step, 1, INT64_MAX, events));
    if (!events.empty()) PAWL_TRY_VOID(check(events));
    for (const HistoryEvent& event : events) {
      if (event.id <= until) replay_.event = event;
    }
    if (!events.empty() && events.back().id > until) {
      std::copy_if(events.begin(), events.end(), std::back_inserter(replay_.events_after),
                   [until](const HistoryEvent& event) { return event.id <= until; });
      return false;
    }
    if (PAWL_TRY(interpreter::read_record_header(step)).kind == interpreter::RecordKind::Full)
      records_.clear();
    records_.emplace_back(step);
    replay_.timers = std::move(timers);
    PAWL_TRY_VOID(apply(step, replay_.state));
    return events.empty() || events.back().id < until;
  }

  base::Result<void> apply(std::string_view step, ExecutionState& state) const {
    PAWL_TRY_VOID(interpreter::apply_step_record(step, state));
    state.info = info();
    return {};
  }

  std::shared_ptr<const interpreter::ExecutionInfo> info() const {
    return make_execution_info(replay_.record, replay_.revision->role_arn);
  }

  /// A copy of replay_.state: states are move-only, but their records are at hand.
  base::Result<ExecutionState> state_before(const std::vector<HistoryEvent>& events) const {
    if (records_.empty()) {
      const auto* started =
          std::get_if<interpreter::ExecutionStartedDetails>(&events.front().details);
      return interpreter::make_execution(info(),
                                         started == nullptr ? json::Payload() : started->input);
    }
    ExecutionState state;
    for (const std::string& record : records_) PAWL_TRY_VOID(apply(record, state));
    return state;
  }

  /// Runs the steps of one record again and compares.
  base::Result<void> check(const std::vector<HistoryEvent>& events) {
    if (replay_.check.first_difference) return {};
    ++replay_.check.records;
    ExecutionState state = PAWL_TRY(state_before(events));
    interpreter::StepResult result;
    for (size_t at = 0; at < events.size();) {
      const auto cause = cause_of(state, events[at]);
      if (!cause) {
        replay_.check.not_derivable.push_back({events[at].id, cause.error().message});
        return {};
      }
      interpreter::step(*replay_.revision->program, state, {events[at].timestamp, 1, *cause},
                        result);
      const std::vector<HistoryEvent> made = std::move(result.events);
      if (made.empty()) {
        replay_.check.first_difference = EventDifference{events[at], std::nullopt};
        return {};
      }
      for (const HistoryEvent& event : made) {
        if (at < events.size() && is_same(events[at], event)) {
          ++at;
          ++replay_.check.events_compared;
          continue;
        }
        if (PAWL_TRY(is_random(events, event))) {
          replay_.check.random.push_back(event.id);
        } else {
          replay_.check.first_difference =
              EventDifference{at < events.size() ? std::optional(events[at]) : std::nullopt, event};
        }
        return {};
      }
    }
    return {};
  }

  bool is_same(const HistoryEvent& one, const HistoryEvent& other) const {
    return interpreter::render(one, *replay_.revision->program, *replay_.state.info) ==
           interpreter::render(other, *replay_.revision->program, *replay_.state.info);
  }

  /// Whether the event that was made comes out otherwise with another seed.
  base::Result<bool> is_random(const std::vector<HistoryEvent>& events, const HistoryEvent& made) {
    ExecutionState state = PAWL_TRY(state_before(events));
    interpreter::StepResult result;
    for (size_t at = 0; at < events.size();) {
      const auto cause = cause_of(state, events[at]);
      if (!cause) return false;
      interpreter::step(*replay_.revision->program, state, {events[at].timestamp, 2, *cause},
                        result);
      if (result.events.empty()) return false;
      for (const HistoryEvent& event : result.events) {
        if (event.id == made.id) return !is_same(event, made);
      }
      at += result.events.size();
    }
    return false;
  }

  const ExecutionStore& executions_;
  Replay& replay_;
  std::vector<std::string> records_;  ///< from the last full one: they give replay_.state
};

}  // namespace

base::Result<Replay> replay_execution(const ExecutionStore& executions, RevisionSource& revisions,
                                      ExecutionId id, int64_t until) {
  auto record = PAWL_TRY(executions.record(id));
  if (!record) return base::Error(base::ErrorKind::NotFound, "no such execution");
  Replay replay;
  replay.record = *std::move(record);
  replay.revision = PAWL_TRY(revisions.find_revision(replay.record.revision));
  replay.last_event = PAWL_TRY(executions.last_event_id(id));
  if (until < 1 || (until > replay.last_event && until != INT64_MAX))
    return base::Error(base::ErrorKind::NotFound,
                       "its events are 1 to " + std::to_string(replay.last_event));
  replay.state.info = make_execution_info(replay.record, replay.revision->role_arn);
  PAWL_TRY_VOID(Replayer(executions, replay).run(until));
  return replay;
}

}  // namespace pawl::engine
