// SPDX-License-Identifier: Apache-2.0
// What happens to a workflow error: Retriers, Catchers, the enclosing Parallel or Map, the
// execution (ASL "Errors").
#include <algorithm>
#include <cmath>
#include <utility>

#include "interpreter/stepper.h"
#include "json/write.h"

namespace pawl::interpreter {
namespace {

/// ASL "Retrying After Error": the wait before retry number `attempt` (from 0), in milliseconds.
int64_t retry_delay_ms(const asl::Retrier& retrier, uint32_t attempt, base::Random& random) {
  constexpr double kLongestSeconds =
      31'622'400;  // IntervalSeconds and MaxDelaySeconds end at a year
  double seconds =
      static_cast<double>(retrier.interval_seconds) * std::pow(retrier.backoff_rate, attempt);
  if (retrier.max_delay_seconds)
    seconds = std::min(seconds, static_cast<double>(*retrier.max_delay_seconds));
  seconds = std::min(seconds, kLongestSeconds);
  if (retrier.full_jitter) seconds *= random.next_double();
  return static_cast<int64_t>(seconds * 1000);
}

std::optional<HistoryEventType> aborted_event(asl::StateType type) {
  switch (type) {
    case asl::StateType::Task: return HistoryEventType::TaskStateAborted;
    case asl::StateType::Wait: return HistoryEventType::WaitStateAborted;
    case asl::StateType::Parallel: return HistoryEventType::ParallelStateAborted;
    case asl::StateType::Map: return HistoryEventType::MapStateAborted;
    default: return std::nullopt;  // these never wait
  }
}

}  // namespace

void Stepper::fail(Frame& frame, StateFailure failure) {
  if (state_.status != ExecutionStatus::Running) return;
  touch(frame);
  cancel_waits(frame);
  if (result_.inspection != nullptr) result_.inspection->error = failure.error;
  if (failure.fatal) {
    fail_execution(frame.last_event_id, std::move(failure.error));
    return;
  }
  if (retry(frame, failure)) return;
  const asl::StateType type = state_of(frame).type;
  // Recorded: a failed evaluation fails the Map, though it has not started yet.
  const bool started = frame.children != nullptr || frame.phase == Phase::MapRun ||
                       failure.error.error == asl::error_name::kQueryEvaluationError;
  if (started && (type == asl::StateType::Map || type == asl::StateType::Parallel)) {
    emit_next(frame,
              type == asl::StateType::Map ? HistoryEventType::MapStateFailed
                                          : HistoryEventType::ParallelStateFailed,
              {});
  }
  if (state_.status != ExecutionStatus::Running || catch_error(frame, failure)) return;
  propagate(frame, std::move(failure));
}

// ASL "Retrying After Error": the first Retrier that matches decides; its attempts are its own.
bool Stepper::retry(Frame& frame, const StateFailure& failure) {
  const std::vector<asl::Retrier>& retriers = state_of(frame).retry;
  for (size_t i = 0; i < retriers.size(); ++i) {
    if (!matches(retriers[i].error_equals, failure.error)) continue;
    frame.retries.resize(retriers.size());
    if (result_.inspection != nullptr) result_.inspection->retry_index = i;
    if (static_cast<int64_t>(frame.retries[i]) >= retriers[i].max_attempts) return false;
    const int64_t delay_ms = retry_delay_ms(retriers[i], frame.retries[i], random_);
    if (result_.inspection != nullptr) result_.inspection->retry_delay_ms = delay_ms;
    ++frame.retries[i];
    drop_children(frame);
    frame.task_token.clear();
    frame.continuation.clear();
    frame.phase = Phase::RetryTimer;
    start_timer(frame, frame.timer, {now_.ms + delay_ms});
    return true;
  }
  return false;
}

// ASL "Fallback States".
bool Stepper::catch_error(Frame& frame, const StateFailure& failure) {
  const std::vector<asl::Catcher>& catchers = state_of(frame).catchers;
  for (size_t i = 0; i < catchers.size(); ++i) {
    const asl::Catcher& catcher = catchers[i];
    if (!matches(catcher.error_equals, failure.error)) continue;
    if (result_.inspection != nullptr) result_.inspection->catch_index = i;
    const json::Payload error(error_output(failure.error));
    StatesFields states;
    states.error_output = &error.value();
    Outcome<std::shared_ptr<const AssignedVariables>> assigned =
        evaluate_assign(frame, catcher.assign, error, states);
    if (!assigned) {
      fail_execution(frame.last_event_id, std::move(assigned).error().error);
      return true;
    }
    // The state's OutputPath does not apply to what a Catcher makes (recorded).
    Outcome<json::Payload> output =
        apply_result_path(frame, catcher.result_path, frame.input, error);
    if (output && catcher.output) output = evaluate_field(frame, catcher.output, error, states);
    if (output) output = check_size(frame, *std::move(output));
    if (!output) {
      propagate(frame, std::move(output).error());
      return true;
    }
    leave(frame, {*std::move(output), *std::move(assigned), catcher.next});
    return true;
  }
  return false;
}

/// Nobody here handles it: it is the failure of the enclosing Parallel or Map, or of the execution.
void Stepper::propagate(Frame& frame, StateFailure failure) {
  if (frame.parent == kNoFrame) {
    fail_execution(frame.last_event_id, std::move(failure.error));
    return;
  }
  Frame& parent = *state_.find(frame.parent);
  touch(parent);
  const int64_t branch_last = frame.last_event_id;
  // Recorded: a failed Task of a branch is also aborted; that event advances no chain.
  if (state_of(frame).type == asl::StateType::Task)
    emit(branch_last, HistoryEventType::TaskStateAborted, {});
  abort_children(parent, frame.id);
  if (state_of(parent).type == asl::StateType::Map) {
    emit(branch_last, HistoryEventType::MapIterationFailed,
         MapIterationDetails{parent.state, frame.index});
  }
  if (state_.status != ExecutionStatus::Running) return;
  halt(frame);
  parent.last_event_id = branch_last;
  fail(parent, std::move(failure));
}

void Stepper::abort_children(Frame& parent, FrameId except) {
  for (const FrameId id : children_of(parent.id)) {
    Frame& child = *state_.find(id);
    if (id == except || child.halted) continue;
    if (state_.status == ExecutionStatus::Running) abort_frame(child);
  }
}

void Stepper::abort_frame(Frame& frame) {
  if (frame.children) abort_children(frame, kNoFrame);
  cancel_waits(frame);
  if (frame.phase != Phase::Enter) {
    if (const auto type = aborted_event(state_of(frame).type)) emit(frame.last_event_id, *type, {});
  }
  const Frame& parent = *state_.find(frame.parent);
  if (state_of(parent).type == asl::StateType::Map) {
    emit(frame.last_event_id, HistoryEventType::MapIterationAborted,
         MapIterationDetails{parent.state, frame.index});
  }
  if (state_.status == ExecutionStatus::Running) halt(frame);
}

/// It stands still; its variables count no longer.
void Stepper::halt(Frame& frame) {
  touch(frame);
  frame.halted = true;
  state_.variable_bytes -= bytes_of_variables(frame);
}

/// Puts AWS's prefix before the cause; only failures of the state itself have it, not those of its
/// task.
StateFailure Stepper::in_state(const Frame& frame, StateFailure failure) const {
  if (result_.inspection != nullptr) return failure;  // TestState names no state (recorded)
  failure.error.cause = "An error occurred while executing the state '" + state_of(frame).name +
                        "' (entered at the event id #" + std::to_string(frame.entered_event_id) +
                        "). " + failure.error.cause.value_or("");
  return failure;
}

StateFailure Stepper::query_failure(const Frame& frame, const base::Error& error) const {
  if (error.kind == base::ErrorKind::IntrinsicFailure) {
    return in_state(frame, named_failure(asl::error_name::kIntrinsicFailure, error.message));
  }
  return in_state(frame, runtime_failure(error.message));
}

StateFailure Stepper::path_failure(const Frame& frame, const query::Path& path,
                                   const base::Error& error) const {
  return in_state(frame, runtime_failure("Invalid path '" + path.text() + "' : " + error.message));
}

}  // namespace pawl::interpreter
