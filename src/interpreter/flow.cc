// SPDX-License-Identifier: Apache-2.0
// How frames move: history events, entering and leaving states, ending branches, iterations and the
// execution.
#include <algorithm>
#include <utility>

#include "base/assert.h"
#include "interpreter/stepper.h"

namespace pawl::interpreter {
namespace {

HistoryEventType entered_event(asl::StateType type) {
  switch (type) {
    case asl::StateType::Task: return HistoryEventType::TaskStateEntered;
    case asl::StateType::Pass: return HistoryEventType::PassStateEntered;
    case asl::StateType::Choice: return HistoryEventType::ChoiceStateEntered;
    case asl::StateType::Wait: return HistoryEventType::WaitStateEntered;
    case asl::StateType::Succeed: return HistoryEventType::SucceedStateEntered;
    case asl::StateType::Fail: return HistoryEventType::FailStateEntered;
    case asl::StateType::Parallel: return HistoryEventType::ParallelStateEntered;
    case asl::StateType::Map: return HistoryEventType::MapStateEntered;
  }
  PAWL_ASSERT(false);
}

HistoryEventType exited_event(asl::StateType type) {
  switch (type) {
    case asl::StateType::Task: return HistoryEventType::TaskStateExited;
    case asl::StateType::Pass: return HistoryEventType::PassStateExited;
    case asl::StateType::Choice: return HistoryEventType::ChoiceStateExited;
    case asl::StateType::Wait: return HistoryEventType::WaitStateExited;
    case asl::StateType::Succeed: return HistoryEventType::SucceedStateExited;
    case asl::StateType::Parallel: return HistoryEventType::ParallelStateExited;
    case asl::StateType::Map: return HistoryEventType::MapStateExited;
    case asl::StateType::Fail: break;  // a Fail state is never left
  }
  PAWL_ASSERT(false);
}

bool ends_execution(HistoryEventType type) {
  return type == HistoryEventType::ExecutionSucceeded ||
         type == HistoryEventType::ExecutionFailed || type == HistoryEventType::ExecutionAborted ||
         type == HistoryEventType::ExecutionTimedOut;
}

/// Returns by how many bytes the variables of the execution grow.
int64_t set_variable(Frame& frame, const std::string& name, const json::Value& value) {
  const auto bytes = static_cast<int64_t>(value.text_bytes());
  for (auto& [variable, current] : frame.variables) {
    if (variable == name) {
      const auto before = static_cast<int64_t>(current.text_bytes());
      current = value;
      return bytes - before;
    }
  }
  frame.variables.emplace_back(name, value);
  return bytes;
}

}  // namespace

const std::optional<query::PayloadTemplate>& children_result_selector(const asl::State& state) {
  return state.type == asl::StateType::Map
             ? std::get<asl::MapState>(state.detail).result_selector
             : std::get<asl::ParallelState>(state.detail).result_selector;
}

int64_t Stepper::emit(int64_t previous, HistoryEventType type, HistoryEventDetails details) {
  if (state_.status != ExecutionStatus::Running) return previous;
  const int64_t limit = state_.info->limits.history_events_max;
  // "Maximum execution history size": event number 25,000 is the ExecutionFailed, after event
  // 24,999 (recorded).
  if (state_.next_event_id >= limit && !ends_execution(type)) {
    fail_execution(state_.next_event_id - 1,
                   {.error = std::string(asl::error_name::kRuntime),
                    .cause = "The execution reached the maximum number of history events (" +
                             std::to_string(limit) + ")."});
    return previous;
  }
  const int64_t id = state_.next_event_id++;
  result_.events.push_back(HistoryEvent{id, previous, now_, type, std::move(details)});
  return id;
}

void Stepper::emit_next(Frame& frame, HistoryEventType type, HistoryEventDetails details) {
  touch(frame);
  const int64_t event = emit(frame.last_event_id, type, std::move(details));
  frame.last_event_id = event;
}

void Stepper::touch(Frame& frame) {
  if (frame.changed) return;
  frame.changed = true;
  result_.changed.push_back(frame.id);
}

/// Parts that change turn after turn are named once.
void Stepper::note(const Frame& frame, FramePart part, uint32_t index) {
  const FrameChange change{frame.id, part, index};
  if (result_.parts.empty() || result_.parts.back() != change) result_.parts.push_back(change);
}

Frame& Stepper::make_frame(FrameId parent, uint32_t index, asl::ScopeIndex scope,
                           json::Payload input, int64_t last_event_id) {
  auto frame = std::make_unique<Frame>();
  frame->id = state_.next_frame_id++;
  frame->parent = parent;
  frame->index = index;
  frame->state = program_.scopes[scope].start_at;
  frame->input = std::move(input);
  frame->last_event_id = last_event_id;
  Frame& made = *frame;
  state_.frames.emplace(made.id, std::move(frame));
  touch(made);
  note(made, FramePart::Input);
  return made;
}

void Stepper::remove_frame(FrameId id) {
  const Frame& frame = *state_.find(id);
  if (!frame.halted) state_.variable_bytes -= bytes_of_variables(frame);
  state_.frames.erase(id);
  result_.removed.push_back(id);
}

/// The children of a Parallel or Map are over, or will all run again.
void Stepper::drop_children(Frame& frame) {
  // After a failure frames are left, each younger than its parent; else there are none to look for.
  if (frame.children && frame.children->running > 0) {
    for (const FrameId child : children_of(frame.id)) {
      drop_children(*state_.find(child));
      remove_frame(child);
    }
  }
  frame.children.reset();
}

/// By age: the map's own order must not show.
std::vector<FrameId> Stepper::children_of(FrameId parent) const {
  std::vector<FrameId> children;
  for (const auto& [id, frame] : state_.frames) {
    if (frame->parent == parent) children.push_back(id);
  }
  std::sort(children.begin(), children.end());
  return children;
}

void Stepper::make_ready(Frame& frame) { state_.ready.push_back(frame.id); }

/// One turn: entering or executing a state. True if the frame is still there and wants another
/// turn.
bool Stepper::advance(Frame& frame) {
  const FrameId id = frame.id;
  if (frame.phase == Phase::Enter) {
    ++transitions_;
    enter(frame);
  } else if (frame.phase == Phase::Execute) {
    execute(frame);
  }
  if (state_.status != ExecutionStatus::Running) return false;
  const Frame* alive = state_.find(id);
  return alive != nullptr && !alive->halted &&
         (alive->phase == Phase::Enter || alive->phase == Phase::Execute);
}

void Stepper::enter(Frame& frame) {
  frame.entered_at = now_;
  frame.phase = Phase::Execute;
  frame.retries.clear();
  frame.entered_event_id = state_.next_event_id;
  emit_next(frame, entered_event(state_of(frame).type),
            StateEnteredDetails{frame.state, frame.input});
}

void Stepper::execute(Frame& frame) {
  const asl::State& state = state_of(frame);
  Outcome<void> outcome;
  switch (state.type) {
    case asl::StateType::Pass:
      outcome = execute_pass(frame, std::get<asl::PassState>(state.detail));
      break;
    case asl::StateType::Task:
      outcome = execute_task(frame, std::get<asl::TaskState>(state.detail));
      break;
    case asl::StateType::Choice:
      outcome = execute_choice(frame, std::get<asl::ChoiceState>(state.detail));
      break;
    case asl::StateType::Wait:
      outcome = execute_wait(frame, std::get<asl::WaitState>(state.detail));
      break;
    case asl::StateType::Succeed: outcome = execute_succeed(frame); break;
    case asl::StateType::Fail:
      outcome = execute_fail(frame, std::get<asl::FailState>(state.detail));
      break;
    case asl::StateType::Parallel:
      outcome = execute_parallel(frame, std::get<asl::ParallelState>(state.detail));
      break;
    case asl::StateType::Map:
      outcome = execute_map(frame, std::get<asl::MapState>(state.detail));
      break;
  }
  if (!outcome) fail(frame, std::move(outcome).error());
}

void Stepper::leave(Frame& frame, Departure departure) {
  touch(frame);
  // ASL "Assign": all variables get their values at once, when the state is left.
  if (departure.assigned) {
    for (const auto& [name, value] : *departure.assigned) {
      state_.variable_bytes += set_variable(frame, name, value);
    }
    note(frame, FramePart::Variables);
  }
  if (Inspection* inspection = result_.inspection) {
    inspection->variables = frame.variables;
    inspection->next = std::exchange(departure.next, asl::kEnd);
  }
  frame.task_token.clear();
  frame.continuation.clear();
  drop_children(frame);
  emit_next(frame, exited_event(state_of(frame).type),
            StateExitedDetails{frame.state, departure.output, std::move(departure.assigned)});
  if (state_.status != ExecutionStatus::Running) return;
  if (departure.next == asl::kEnd) {
    finish_frame(frame, std::move(departure.output));
    return;
  }
  frame.state = departure.next;
  frame.input = std::move(departure.output);
  note(frame, FramePart::Input);
  const bool waited = frame.phase != Phase::Execute;
  frame.phase = Phase::Enter;
  if (waited) make_ready(frame);  // else advance() keeps it going
}

void Stepper::finish_frame(Frame& frame, json::Payload output) {
  if (frame.parent == kNoFrame) {
    state_.output = output;
    emit(frame.last_event_id, HistoryEventType::ExecutionSucceeded,
         OutputDetails{std::move(output)});
    if (state_.status == ExecutionStatus::Running) end_execution(ExecutionStatus::Succeeded);
    return;
  }
  Frame& parent = *state_.find(frame.parent);
  touch(parent);
  Children& children = *parent.children;
  children.results[frame.index] = output.value();
  note(parent, FramePart::Result, frame.index);
  --children.running;
  const int64_t branch_last = frame.last_event_id;
  int64_t joined = branch_last;
  if (state_of(parent).type == asl::StateType::Map) {
    joined = emit(branch_last, HistoryEventType::MapIterationSucceeded,
                  MapIterationDetails{parent.state, frame.index});
    if (state_.status != ExecutionStatus::Running) return;
  }
  remove_frame(frame.id);
  if (children.next < children.total) {
    start_iterations(parent, branch_last);
  } else if (children.running == 0) {
    join(parent, output, joined);
  }
}

/// The last branch or iteration has ended: the parent's chain goes on behind it.
void Stepper::join(Frame& parent, json::Payload& output, int64_t branch_last_event_id) {
  output = json::Payload(json::Value::array(parent.children->results));
  parent.last_event_id = branch_last_event_id;
  const asl::State& state = state_of(parent);
  const bool is_map = state.type == asl::StateType::Map;
  // Recorded: …StateSucceeded does not advance the parent's chain.
  emit(parent.last_event_id,
       is_map ? HistoryEventType::MapStateSucceeded : HistoryEventType::ParallelStateSucceeded, {});
  if (state_.status != ExecutionStatus::Running) return;
  leave_with_result(parent, children_result_selector(state), std::move(output));
}

void Stepper::fail_execution(int64_t previous, asl::ExecutionError error) {
  state_.error = error;
  emit(previous, HistoryEventType::ExecutionFailed,
       ErrorDetails{std::make_shared<const asl::ExecutionError>(std::move(error))});
  end_execution(ExecutionStatus::Failed);
}

void Stepper::end_execution(ExecutionStatus status) {
  state_.status = status;
  state_.stopped_at = now_;
  std::vector<FrameId> ids;  // in order of age: the map's own order must not show in the commands
  ids.reserve(state_.frames.size());
  for (const auto& [id, frame] : state_.frames) ids.push_back(id);
  std::sort(ids.begin(), ids.end());
  for (const FrameId id : ids) {
    Frame& frame = *state_.find(id);
    cancel_waits(frame);
    if (status == ExecutionStatus::Succeeded) {
      result_.removed.push_back(id);
    } else {
      touch(frame);
    }
  }
  if (state_.timeout_timer != 0 && status != ExecutionStatus::TimedOut) {
    result_.commands.push_back(CancelTimer{{kNoFrame, state_.timeout_timer}});
  }
  state_.timeout_timer = 0;
  state_.ready.clear();
  result_.commands.push_back(CompleteExecution{});
}

void Stepper::start_timer(Frame& frame, uint32_t& slot, base::Timestamp due) {
  touch(frame);
  slot = frame.next_sequence++;
  result_.commands.push_back(StartTimer{{frame.id, slot}, due});
}

void Stepper::cancel_timer(Frame& frame, uint32_t& slot) {
  if (slot == 0) return;
  result_.commands.push_back(CancelTimer{{frame.id, slot}});
  slot = 0;
}

void Stepper::cancel_waits(Frame& frame) {
  if (frame.task != 0) {
    result_.commands.push_back(CancelTask{{frame.id, frame.task}});
    frame.task = 0;
  }
  cancel_timer(frame, frame.timer);
  cancel_timer(frame, frame.timeout_timer);
  cancel_timer(frame, frame.heartbeat_timer);
}

}  // namespace pawl::interpreter
