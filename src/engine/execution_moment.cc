// SPDX-License-Identifier: Apache-2.0
#include "engine/execution_moment.h"

#include <algorithm>
#include <memory>
#include <string>
#include <utility>

#include "interpreter/history_follower.h"
#include "interpreter/stored/step_record.h"

namespace pawl::engine {
namespace {

using interpreter::ExecutionState;
using interpreter::Frame;
using interpreter::HistoryEvent;
using interpreter::Phase;
using interpreter::Visit;

/// So many lines are asked what their last events were.
constexpr size_t kEventsLookedUpMax = 64;

class MomentReader {
 public:
  MomentReader(const ExecutionStore& executions, ExecutionMoment& moment)
      : executions_(executions), moment_(moment) {}

  base::Result<void> read(int64_t event) {
    PAWL_TRY_VOID(find_records(event));
    std::vector<HistoryEvent> events;
    PAWL_TRY_VOID(interpreter::read_record_events(holder_, 1, INT64_MAX, events));
    const auto found = std::find_if(events.begin(), events.end(),
                                    [event](const auto& each) { return each.id == event; });
    if (found == events.end())
      return base::Error(base::ErrorKind::TypeMismatch,
                         "event " + std::to_string(event) + " is not in its record");
    moment_.event = *found;
    PAWL_TRY_VOID(make_before(moment_.state, events));
    interpreter::HistoryFollower follower(*moment_.revision->program, moment_.state);
    PAWL_TRY_VOID(look_up_failures(follower));
    for (auto each = events.begin(); each != found + 1; ++each) follower.follow(*each);
    const bool is_last = found + 1 == events.end();
    PAWL_TRY_VOID(take_from_after(follower, is_last));
    for (const auto& [id, frame] : moment_.state.frames) {
      if (frame->phase == Phase::Task) PAWL_TRY_VOID(look_up_arguments(*frame, follower));
      moment_.visits[id] = follower.visit(id);
    }
    return {};
  }

 private:
  /// The record that holds `event`, and those before it from a full one on.
  base::Result<void> find_records(int64_t event) {
    const auto snapshot = executions_.store().snapshot();
    const ExecutionKeyspaces& spaces = executions_.keyspaces();
    const std::string key = ExecutionStore::id_key(moment_.record.id);
    const auto cursor = snapshot->cursor(spaces.steps, store::Range::prefix(key));
    if (!PAWL_TRY(cursor->seek_before(ExecutionStore::step_key(moment_.record.id, event + 1, 0)))) {
      const auto value = PAWL_TRY(snapshot->get(spaces.executions, key));
      std::string_view step;
      if (value) PAWL_TRY(decode_execution_record(*value, step));
      if (step.empty()) return base::Error(base::ErrorKind::NotFound, "the execution is gone");
      holder_ = step;
      return {};
    }
    PAWL_TRY_VOID(take(cursor->value(), holder_, after_timers_, after_tasks_));
    while (PAWL_TRY(cursor->prev())) {
      std::string& record = before_.emplace_back();
      std::vector<StoredTimer> timers;
      std::vector<StoredTask> tasks;
      PAWL_TRY_VOID(take(cursor->value(), record, timers, tasks));
      if (before_.size() == 1) {
        before_timers_ = std::move(timers);
        before_tasks_ = std::move(tasks);
      }
      if (PAWL_TRY(interpreter::read_record_header(record)).kind == interpreter::RecordKind::Full)
        break;
    }
    std::reverse(before_.begin(), before_.end());
    return {};
  }

  static base::Result<void> take(std::string_view value, std::string& record,
                                 std::vector<StoredTimer>& timers, std::vector<StoredTask>& tasks) {
    PAWL_TRY_VOID(ExecutionStore::decode_waits(value, timers, tasks));
    record = value;
    return {};
  }

  base::Result<void> make_before(ExecutionState& state,
                                 const std::vector<HistoryEvent>& events) const {
    const auto info = make_execution_info(moment_.record, moment_.revision->role_arn);
    if (before_.empty()) {
      const auto* started =
          std::get_if<interpreter::ExecutionStartedDetails>(&events.front().details);
      state =
          interpreter::make_execution(info, started == nullptr ? json::Payload() : started->input);
      return {};
    }
    for (const std::string& record : before_)
      PAWL_TRY_VOID(interpreter::apply_step_record(record, state));
    state.info = info;
    return {};
  }

  /// What only a stored state knows of a line that the record leaves where it stands.
  base::Result<void> take_from_after(interpreter::HistoryFollower& follower, bool is_last) {
    ExecutionState after;
    if (PAWL_TRY(interpreter::read_record_header(holder_)).kind == interpreter::RecordKind::Delta) {
      for (const std::string& record : before_)
        PAWL_TRY_VOID(interpreter::apply_step_record(record, after));
    }
    PAWL_TRY_VOID(interpreter::apply_step_record(holder_, after));
    for (const auto& [id, frame] : moment_.state.frames) {
      const Frame* later = after.find(id);
      const Visit& visit = follower.visit(id);
      if (later == nullptr || visit.left || later->state != frame->state ||
          later->entered_event_id != frame->entered_event_id)
        continue;
      if (frame->task_token.empty() && later->phase == Phase::Task && !visit.succeeded)
        frame->task_token = later->task_token;
      if (!is_last) continue;
      frame->phase = later->phase;
      frame->halted = later->halted;
      frame->retries = later->retries;
      frame->task = later->task;
      frame->timer = later->timer;
      frame->timeout_timer = later->timeout_timer;
      frame->heartbeat_timer = later->heartbeat_timer;
      frame->map_run_arn = later->map_run_arn;
    }
    moment_.timers = is_last ? std::move(after_timers_) : std::move(before_timers_);
    tasks_ = is_last ? std::move(after_tasks_) : std::move(before_tasks_);
    return {};
  }

  base::Result<std::optional<HistoryEvent>> event_by_id(int64_t id) {
    std::optional<HistoryEvent> found;
    if (id < 1 || looked_up_++ == kEventsLookedUpMax) return found;
    auto events = PAWL_TRY(executions_.history(moment_.record.id, id, id, 1, false));
    if (!events.empty()) found = std::move(events.front());
    return found;
  }

  /// Why lines wait to try again, which earlier records say.
  base::Result<void> look_up_failures(interpreter::HistoryFollower& follower) {
    for (const auto& [id, frame] : moment_.state.frames) {
      if (frame->phase != Phase::RetryTimer && !frame->halted) continue;
      if (const auto event = PAWL_TRY(event_by_id(frame->last_event_id)))
        follower.visit(id).error = interpreter::error_of_event(*event);
    }
    return {};
  }

  base::Result<void> look_up_arguments(const Frame& frame, interpreter::HistoryFollower& follower) {
    Visit& visit = follower.visit(frame.id);
    if (visit.arguments) return {};
    const auto task = std::find_if(tasks_.begin(), tasks_.end(), [&](const StoredTask& each) {
      return each.task == interpreter::TaskId{frame.id, frame.task};
    });
    if (task == tasks_.end()) return {};
    if (const auto event = PAWL_TRY(event_by_id(task->scheduled_event_id))) {
      visit.arguments = interpreter::arguments_of_event(*event);
      visit.evaluated_at = event->timestamp;
    }
    return {};
  }

  const ExecutionStore& executions_;
  ExecutionMoment& moment_;
  std::string holder_;
  std::vector<std::string> before_;  ///< oldest first
  std::vector<StoredTimer> before_timers_;
  std::vector<StoredTimer> after_timers_;
  std::vector<StoredTask> before_tasks_;
  std::vector<StoredTask> after_tasks_;
  std::vector<StoredTask> tasks_;
  size_t looked_up_ = 0;
};

}  // namespace

base::Result<ExecutionMoment> execution_at(const ExecutionStore& executions,
                                           RevisionSource& revisions, ExecutionId id,
                                           int64_t event) {
  auto record = PAWL_TRY(executions.record(id));
  if (!record) return base::Error(base::ErrorKind::NotFound, "no such execution");
  ExecutionMoment moment;
  moment.record = *std::move(record);
  moment.revision = PAWL_TRY(revisions.find_revision(moment.record.revision));
  moment.last_event = PAWL_TRY(executions.last_event_id(id));
  if (event < 1 || event > moment.last_event)
    return base::Error(base::ErrorKind::NotFound,
                       "its events are 1 to " + std::to_string(moment.last_event));
  PAWL_TRY_VOID(MomentReader(executions, moment).read(event));
  return moment;
}

}  // namespace pawl::engine
