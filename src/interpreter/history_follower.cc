// SPDX-License-Identifier: Apache-2.0
#include "interpreter/history_follower.h"

#include <algorithm>
#include <string_view>
#include <tuple>
#include <utility>

#include "interpreter/state_expressions.h"
#include "interpreter/state_failure.h"

namespace pawl::interpreter {
namespace {

using json::Payload;
using json::Value;
using Type = HistoryEventType;
using asl::error_name::kQueryEvaluationError;

std::optional<Payload> output_in(const HistoryEvent& event) {
  if (const auto* details = std::get_if<OutputDetails>(&event.details)) return details->output;
  using Task = std::shared_ptr<const TaskDetails>;
  if (const auto* details = std::get_if<Task>(&event.details)) return (*details)->output;
  return std::nullopt;
}

/// Cut, or filled up with null.
Value with_length(const Value& array, size_t length) {
  if (array.size() == length) return array;
  std::vector<Value> items(array.items().begin(), array.items().end());
  items.resize(length);
  return Value::array(std::move(items));
}

void forget_waits(Frame& frame) {
  frame.task = frame.timer = frame.timeout_timer = frame.heartbeat_timer = 0;
}

/// TaskFailed, ActivityTimedOut, LambdaFunctionStartFailed, EvaluationFailed, MapRunFailed …
bool is_failure(Type type) {
  const std::string_view name = history_event_type_name(type);
  return name.ends_with("Failed") || name.ends_with("TimedOut");
}

bool handles_errors(asl::StateType type) {
  return type == asl::StateType::Task || type == asl::StateType::Parallel ||
         type == asl::StateType::Map;
}

}  // namespace

std::optional<asl::ExecutionError> error_of_event(const HistoryEvent& event) {
  if (const auto* details = std::get_if<ErrorDetails>(&event.details)) return *details->error;
  using Task = std::shared_ptr<const TaskDetails>;
  if (const auto* details = std::get_if<Task>(&event.details)) return (*details)->error;
  using Evaluation = std::shared_ptr<const EvaluationFailedDetails>;
  if (const auto* details = std::get_if<Evaluation>(&event.details))
    return asl::ExecutionError{.error = (*details)->error, .cause = (*details)->cause};
  return std::nullopt;
}

std::optional<Value> arguments_of_event(const HistoryEvent& event) {
  using Scheduled = std::shared_ptr<const ScheduledDetails>;
  if (const auto* details = std::get_if<Scheduled>(&event.details))
    return (*details)->input.value();
  using TaskScheduled = std::shared_ptr<const TaskScheduledDetails>;
  if (const auto* details = std::get_if<TaskScheduled>(&event.details))
    return (*details)->parameters;
  return std::nullopt;
}

HistoryFollower::HistoryFollower(const asl::Program& program, ExecutionState& state)
    : program_(program), state_(state) {
  for (const auto& [id, frame] : state.frames) {
    Visit& visit = visits_[id];
    visit.evaluated_at = frame->entered_at;
    visit.failed = frame->phase == Phase::RetryTimer || frame->halted;
    if (frame->children && frame->children->next > 0) visit.item = frame->children->next - 1;
  }
}

const Visit& HistoryFollower::visit(FrameId frame) const {
  static const Visit kNone;
  const auto found = visits_.find(frame);
  return found == visits_.end() ? kNone : found->second;
}

void HistoryFollower::follow(const HistoryEvent& event) {
  forget_ended();
  state_.next_event_id = event.id + 1;
  if (const auto* entered = std::get_if<StateEnteredDetails>(&event.details))
    return enter(event, *entered);
  if (const auto* exited = std::get_if<StateExitedDetails>(&event.details))
    return exit(event, *exited);
  switch (event.type) {
    case Type::ExecutionStarted: return start(event);
    case Type::ExecutionSucceeded: return end(ExecutionStatus::Succeeded, event);
    case Type::ExecutionFailed: return end(ExecutionStatus::Failed, event);
    case Type::ExecutionAborted: return end(ExecutionStatus::Aborted, event);
    case Type::ExecutionTimedOut: return end(ExecutionStatus::TimedOut, event);
    case Type::ExecutionRedriven: return redrive(event);
    case Type::MapIterationStarted: return begin_iteration(event);
    case Type::MapIterationSucceeded:
    case Type::MapIterationFailed:
    case Type::MapIterationAborted: return end_iteration(event);
    case Type::MapStateStarted:
    case Type::ParallelStateStarted: return begin_children(event);
    case Type::MapStateSucceeded:
    case Type::ParallelStateSucceeded: return join(event);
    case Type::MapStateFailed: return fail_parent(event, asl::StateType::Map);
    case Type::ParallelStateFailed: return fail_parent(event, asl::StateType::Parallel);
    case Type::TaskStateAborted:
    case Type::WaitStateAborted:
    case Type::MapStateAborted:
    case Type::ParallelStateAborted: return abort(event);
    default: return follow_task(event);
  }
}

/// The line whose last event that is; rather a leaf than what waits for branches, rather what goes
/// on than what stands still.
Frame* HistoryFollower::find(int64_t last_event_id) {
  const auto rank = [](const Frame& frame) {
    return std::make_tuple(frame.halted, frame.phase == Phase::Children, frame.id);
  };
  Frame* found = nullptr;
  for (const auto& [id, frame] : state_.frames) {
    if (frame->last_event_id != last_event_id) continue;
    if (found == nullptr || rank(*frame) < rank(*found)) found = frame.get();
  }
  return found;
}

Frame& HistoryFollower::make_frame(const Frame* parent, uint32_t index, asl::ScopeIndex scope,
                                   Payload input, int64_t last_event_id) {
  auto frame = std::make_unique<Frame>();
  frame->id = state_.next_frame_id++;
  frame->parent = parent == nullptr ? kNoFrame : parent->id;
  frame->index = index;
  frame->state = program_.scopes[scope].start_at;
  frame->input = std::move(input);
  frame->last_event_id = last_event_id;
  Frame& made = *frame;
  state_.frames[made.id] = std::move(frame);
  visits_[made.id] = {};
  return made;
}

void HistoryFollower::forget_ended() {
  std::vector<FrameId> ended;
  for (const auto& [id, frame] : state_.frames) {
    const Visit& visit = visits_[id];
    if (visit.left && frame->parent != kNoFrame && state_of(*frame).next == asl::kEnd &&
        state_of(*frame).type != asl::StateType::Choice && !was_caught(*frame))
      ended.push_back(id);
  }
  for (const FrameId id : ended) {
    const Frame& frame = *state_.find(id);
    Frame* parent = parent_of(frame);
    if (parent != nullptr && parent->children) {
      Children& children = *parent->children;
      if (frame.index < children.results.size())
        children.results[frame.index] = visits_[id].output.value();
      if (children.running > 0) --children.running;
    }
    ended_[frame.last_event_id] = frame.parent;
    visits_.erase(id);
    state_.frames.erase(id);
  }
}

bool HistoryFollower::was_caught(const Frame& frame) const {
  const Visit& visit = this->visit(frame.id);
  return handles_errors(state_of(frame).type) && (visit.failed || !visit.succeeded);
}

void HistoryFollower::remove_descendants(FrameId parent) {
  std::vector<FrameId> children;
  for (const auto& [id, frame] : state_.frames) {
    if (frame->parent == parent) children.push_back(id);
  }
  for (const FrameId id : children) {
    remove_descendants(id);
    visits_.erase(id);
    state_.frames.erase(id);
  }
}

void HistoryFollower::halt_descendants(FrameId parent) {
  for (const auto& [id, frame] : state_.frames) {
    if (frame->parent != parent || frame->halted) continue;
    frame->halted = true;
    forget_waits(*frame);
    halt_descendants(id);
  }
}

/// A line that has left its state goes on: now its variables have their new values.
void HistoryFollower::settle(Frame& frame) {
  Visit& visit = visits_[frame.id];
  if (!visit.left) return;
  frame.variables = variables_after(frame, visit);
  visit = {};
}

void HistoryFollower::start(const HistoryEvent& event) {
  if (const auto* details = std::get_if<ExecutionStartedDetails>(&event.details))
    state_.input = details->input;
  state_.started_at = event.timestamp;
  Frame& root = make_frame(nullptr, 0, state_.info->scope, state_.input, 0);
  visits_[root.id].evaluated_at = event.timestamp;
}

void HistoryFollower::end(ExecutionStatus status, const HistoryEvent& event) {
  state_.status = status;
  state_.stopped_at = event.timestamp;
  if (status == ExecutionStatus::Succeeded) {
    state_.output = output_in(event).value_or(Payload());
    state_.frames.clear();
    visits_.clear();
    return;
  }
  state_.error = error_of_event(event).value_or(asl::ExecutionError());
  // The line that failed, for whoever asks why.
  if (Frame* frame = status == ExecutionStatus::Failed ? find(event.previous_event_id) : nullptr) {
    Visit& visit = visits_[frame->id];
    visit.failed = !visit.left;
    if (!visit.error) visit.error = state_.error;
  }
  for (const auto& [id, frame] : state_.frames) forget_waits(*frame);
}

// What redrive.cc does to the frames.
void HistoryFollower::redrive(const HistoryEvent& event) {
  state_.status = ExecutionStatus::Running;
  state_.stopped_at = {};
  state_.error = {};
  ++state_.redrive_count;
  state_.redriven_at = event.timestamp;
  for (const auto& [id, frame] : state_.frames) frame->halted = false;
  if (Frame* root = state_.find(kRootFrame)) redrive_frame(*root, event.id);
}

void HistoryFollower::redrive_frame(Frame& frame, int64_t redriven_event_id) {
  if (frame.phase == Phase::Enter) return;
  Visit& visit = visits_[frame.id];
  visit = {.previous_event_id = visit.previous_event_id,
           .evaluated_at = state_.redriven_at,
           .item = visit.item};
  frame.retries.clear();
  frame.last_event_id =
      state_of(frame).type == asl::StateType::Fail ? redriven_event_id : frame.entered_event_id;
  if (frame.children && frame.children->running > 0) {
    frame.phase = Phase::Children;
    std::vector<FrameId> children;
    for (const auto& [id, child] : state_.frames) {
      if (child->parent == frame.id) children.push_back(id);
    }
    for (const FrameId child : children) redrive_frame(*state_.find(child), redriven_event_id);
    return;
  }
  if (frame.phase == Phase::MapRun && !frame.map_run_arn.empty()) return;
  remove_descendants(frame.id);
  frame.children.reset();
  frame.task_token.clear();
  frame.phase = Phase::Execute;
}

void HistoryFollower::enter(const HistoryEvent& event, const StateEnteredDetails& details) {
  if (details.state >= program_.states.size()) return;
  Frame* frame = nullptr;
  for (const auto& [id, each] : state_.frames) {
    if (each->last_event_id != event.previous_event_id || each->phase == Phase::Children) continue;
    // Branches that have not begun stand at one event; their first states tell them apart.
    if (frame == nullptr || each->state == details.state) frame = each.get();
  }
  // The machine's first state follows no event of a line.
  if (frame == nullptr) frame = state_.find(kRootFrame);
  if (frame == nullptr) return;
  settle(*frame);
  frame->state = details.state;
  frame->input = details.input;
  frame->phase = Phase::Execute;
  frame->entered_at = event.timestamp;
  frame->entered_event_id = frame->last_event_id = event.id;
  frame->retries.clear();
  forget_waits(*frame);
  frame->task_token.clear();
  announced_.erase(frame->id);
  visits_[frame->id] = {.previous_event_id = event.previous_event_id,
                        .evaluated_at = event.timestamp};
}

void HistoryFollower::exit(const HistoryEvent& event, const StateExitedDetails& details) {
  Frame* frame = find(event.previous_event_id);
  if (frame == nullptr || frame->state != details.state) {
    // Events of the same step that move no chain, such as a failed evaluation, stand between.
    for (const auto& [id, each] : state_.frames) {
      if (each->state == details.state && each->last_event_id == event.previous_event_id)
        frame = each.get();
    }
  }
  if (frame == nullptr) return;
  Visit& visit = visits_[frame->id];
  remove_descendants(frame->id);
  frame->children.reset();
  forget_waits(*frame);
  frame->last_event_id = event.id;
  visit.left = true;
  visit.output = details.output;
  visit.assigned = details.assigned;
  visit.failed = was_caught(*frame);
  visit.evaluated_at = event.timestamp;
}

void HistoryFollower::abort(const HistoryEvent& event) {
  Frame* frame = find(event.previous_event_id);
  if (event.type == Type::MapStateAborted || event.type == Type::ParallelStateAborted) {
    for (const auto& [id, each] : state_.frames) {
      if (each->last_event_id == event.previous_event_id && each->phase == Phase::Children)
        frame = each.get();
    }
  }
  if (frame == nullptr) return;
  frame->halted = true;
  forget_waits(*frame);
  halt_descendants(frame->id);
  // A failed Task of a branch is also aborted (recorded): that is when its Parallel fails, which
  // says so itself unless it tries again.
  Frame* parent = parent_of(*frame);
  if (event.type != Type::TaskStateAborted || !visits_[frame->id].failed || parent == nullptr ||
      state_of(*parent).type != asl::StateType::Parallel)
    return;
  parent->last_event_id = event.previous_event_id;
  fail(*parent, visits_[frame->id].error);
}

Frame* HistoryFollower::find_parent_of_iterations(const HistoryEvent& event, asl::StateIndex map) {
  const auto ended = ended_.find(event.previous_event_id);
  if (ended != ended_.end()) {
    if (Frame* parent = state_.find(ended->second); parent != nullptr && parent->state == map)
      return parent;
  }
  Frame* any = nullptr;
  for (const auto& [id, frame] : state_.frames) {
    if (frame->state != map || frame->phase != Phase::Children) continue;
    if (frame->last_event_id == event.previous_event_id) return frame.get();
    any = frame.get();
  }
  return any;
}

void HistoryFollower::begin_iteration(const HistoryEvent& event) {
  const auto* details = std::get_if<MapIterationDetails>(&event.details);
  if (details == nullptr) return;
  Frame* parent = find_parent_of_iterations(event, details->state);
  if (parent == nullptr || !parent->children) return;
  const auto* map = std::get_if<asl::MapState>(&state_of(*parent).detail);
  Children& children = *parent->children;
  const auto index = static_cast<uint32_t>(details->index);
  if (map == nullptr || index >= children.items.size()) return;
  children.next = std::max(children.next, index + 1);
  ++children.running;
  visits_[parent->id].item = index;
  Payload input;
  if (!map->item_selector && !map->jsonata_item_selector)
    input = Payload(children.items.items()[index]);
  Frame& made = make_frame(parent, index, map->processor, std::move(input), event.id);
  visits_[made.id].evaluated_at = event.timestamp;
}

void HistoryFollower::end_iteration(const HistoryEvent& event) {
  if (event.type == Type::MapIterationSucceeded) {
    const auto ended = ended_.find(event.previous_event_id);
    if (ended != ended_.end()) ended_[event.id] = ended->second;
    return;
  }
  Frame* frame = find(event.previous_event_id);
  if (frame == nullptr) return;
  frame->halted = true;
  forget_waits(*frame);
  halt_descendants(frame->id);
  Frame* parent = parent_of(*frame);
  if (event.type != Type::MapIterationFailed || parent == nullptr) return;
  parent->last_event_id = event.previous_event_id;
  fail(*parent, error_of(*frame));
}

void HistoryFollower::begin_children(const HistoryEvent& event) {
  const asl::StateType type =
      event.type == Type::MapStateStarted ? asl::StateType::Map : asl::StateType::Parallel;
  Frame* frame = find(event.previous_event_id);
  // Tried again: it goes on behind the branch that failed.
  if (frame != nullptr && (frame->halted || state_of(*frame).type != type))
    frame = parent_of(*frame);
  if (frame == nullptr || state_of(*frame).type != type) return;
  remove_descendants(frame->id);
  announced_.erase(frame->id);
  const asl::State& state = state_of(*frame);
  Visit& visit = visits_[frame->id];
  frame->last_event_id = event.id;
  visit.failed = visit.succeeded = false;
  visit.error.reset();
  visit.evaluated_at = event.timestamp;
  const StateMoment moment{program_, state_, *frame, visit};
  if (const auto* map = std::get_if<asl::MapState>(&state.detail)) {
    if (map->mode == asl::MapMode::Distributed) {
      frame->phase = Phase::MapRun;
      return;
    }
    frame->children = std::make_unique<Children>();
    Children& children = *frame->children;
    children.items = items_of_map(moment).value_or(Value::array());
    // A random expression gives others than it gave then, perhaps fewer.
    if (const auto* started = std::get_if<MapStateStartedDetails>(&event.details))
      children.items = with_length(children.items, static_cast<size_t>(started->length));
    children.selector_input = input_of_children(moment).value_or(Payload());
    children.total = static_cast<uint32_t>(children.items.size());
    children.results.resize(children.total);
    frame->phase = Phase::Children;
    return;
  }
  const auto* parallel = std::get_if<asl::ParallelState>(&state.detail);
  if (parallel == nullptr) return;
  const Payload input = input_of_children(moment).value_or(Payload());
  frame->phase = Phase::Children;
  frame->children = std::make_unique<Children>();
  const auto total = static_cast<uint32_t>(parallel->branches.size());
  frame->children->total = frame->children->next = frame->children->running = total;
  frame->children->results.resize(total);
  for (uint32_t i = 0; i < total; ++i) {
    Frame& made = make_frame(frame, i, parallel->branches[i], input, event.id);
    visits_[made.id].evaluated_at = event.timestamp;
  }
}

/// All branches or iterations have ended: their parent goes on behind the last of them.
void HistoryFollower::join(const HistoryEvent& event) {
  const auto ended = ended_.find(event.previous_event_id);
  Frame* parent =
      ended == ended_.end() ? find(event.previous_event_id) : state_.find(ended->second);
  if (parent == nullptr) return;
  Visit& visit = visits_[parent->id];
  visit.succeeded = true;
  visit.evaluated_at = event.timestamp;
  parent->last_event_id = event.previous_event_id;
  if (parent->children) visit.result = Payload(Value::array(parent->children->results));
  remove_descendants(parent->id);
}

std::optional<asl::ExecutionError> HistoryFollower::error_of(const Frame& failed) {
  const Visit& visit = visits_[failed.id];
  if (visit.error || state_of(failed).type != asl::StateType::Fail) return visit.error;
  return error_of_fail_state({program_, state_, failed, visit});
}

/// The first Retrier that matches decides, as in failure.cc.
void HistoryFollower::fail(Frame& frame, std::optional<asl::ExecutionError> error) {
  Visit& visit = visits_[frame.id];
  visit.failed = true;
  visit.error = std::move(error);
  forget_waits(frame);
  if (!visit.error) return;
  const std::vector<asl::Retrier>& retriers = state_of(frame).retry;
  for (size_t i = 0; i < retriers.size(); ++i) {
    if (!matches(retriers[i].error_equals, *visit.error)) continue;
    frame.retries.resize(retriers.size());
    if (static_cast<int64_t>(frame.retries[i]) >= retriers[i].max_attempts) return;
    ++frame.retries[i];
    frame.phase = Phase::RetryTimer;
    remove_descendants(frame.id);
    frame.children.reset();
    frame.task_token.clear();
    return;
  }
}

/// Who says that its state has failed: the line that stands there, or what is around it.
Frame* HistoryFollower::find_failing(const HistoryEvent& event, asl::StateType type) {
  const auto may_fail = [&](const Frame& frame) {
    const Visit& visit = visits_[frame.id];
    const bool in_evaluation = visit.error && visit.error->error == kQueryEvaluationError;
    return state_of(frame).type == type && !announced_.contains(frame.id) &&
           (frame.children || frame.phase == Phase::MapRun || in_evaluation);
  };
  Frame* around = nullptr;
  for (const auto& [id, frame] : state_.frames) {
    if (frame->last_event_id != event.previous_event_id) continue;
    if (may_fail(*frame)) return frame.get();
    Frame* parent = parent_of(*frame);
    if (parent != nullptr && may_fail(*parent)) around = parent;
  }
  return around;
}

void HistoryFollower::fail_parent(const HistoryEvent& event, asl::StateType type) {
  Frame* frame = find_failing(event, type);
  if (frame == nullptr) return;
  std::optional<asl::ExecutionError> error = visits_[frame->id].error;
  for (const auto& [id, child] : state_.frames) {
    if (child->parent == frame->id && child->last_event_id == event.previous_event_id)
      error = error_of(*child);
  }
  announced_.insert(frame->id);
  halt_descendants(frame->id);
  frame->last_event_id = event.id;
  visits_[frame->id].failed = true;
  visits_[frame->id].error = std::move(error);
}

/// A failed evaluation may follow the event before its state was entered (recorded).
Frame* HistoryFollower::find_evaluating(const HistoryEvent& event) {
  using Evaluation = std::shared_ptr<const EvaluationFailedDetails>;
  const auto* details = std::get_if<Evaluation>(&event.details);
  if (details == nullptr) return nullptr;
  Frame* frame = find(event.previous_event_id);
  if (frame != nullptr && frame->state == (*details)->state) return frame;
  for (const auto& [id, each] : state_.frames) {
    if (each->state == (*details)->state && each->entered_event_id == each->last_event_id &&
        visits_[id].previous_event_id == event.previous_event_id)
      frame = each.get();
  }
  return frame;
}

void HistoryFollower::follow_task(const HistoryEvent& event) {
  Frame* frame =
      event.type == Type::EvaluationFailed ? find_evaluating(event) : find(event.previous_event_id);
  if (frame == nullptr && event.type == Type::MapRunRedriven) {
    for (const auto& [id, each] : state_.frames) {
      if (each->phase == Phase::MapRun && each->map_started_event_id == event.previous_event_id)
        frame = each.get();
    }
  }
  if (frame == nullptr) return;
  Visit& visit = visits_[frame->id];
  switch (event.type) {
    case Type::TaskScheduled:
    case Type::LambdaFunctionScheduled:
    case Type::ActivityScheduled:
      frame->phase = Phase::Task;
      visit.failed = visit.succeeded = false;
      visit.error.reset();
      visit.arguments = arguments_of_event(event);
      visit.evaluated_at = event.timestamp;
      break;
    case Type::TaskSucceeded:
    case Type::LambdaFunctionSucceeded:
    case Type::ActivitySucceeded:
      visit.succeeded = true;
      visit.result = output_in(event);
      visit.evaluated_at = event.timestamp;
      forget_waits(*frame);
      break;
    case Type::MapRunStarted:
      frame->map_started_event_id = frame->last_event_id;
      frame->phase = Phase::MapRun;
      break;
    case Type::MapRunSucceeded: frame->map_run_arn.clear(); break;
    default:
      if (is_failure(event.type)) fail(*frame, error_of_event(event));
      break;
  }
  frame->last_event_id = event.id;
}

}  // namespace pawl::interpreter
