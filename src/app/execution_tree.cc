// SPDX-License-Identifier: Apache-2.0
// Events do not say which branch or iteration they belong to; their previousEventId does: an event
// is in the lane of the one before it, or in a lane around or right inside that one.
#include "app/execution_tree.h"

#include <algorithm>
#include <utility>
#include <variant>

namespace pawl::app {
namespace {

using interpreter::HistoryEvent;
using interpreter::HistoryEventType;

constexpr LaneId kNoLane = UINT32_MAX;

/// Retries of so many frames are looked up after each step; a wide Map shows only its bar anyway.
constexpr size_t kFramesWatchedMax = 200;

bool is_over(RunStatus status) {
  return status != RunStatus::Running && status != RunStatus::Retrying;
}

const asl::StateIndex* entered_state(const HistoryEvent& event) {
  const auto* details = std::get_if<interpreter::StateEnteredDetails>(&event.details);
  return details == nullptr ? nullptr : &details->state;
}

const asl::StateIndex* exited_state(const HistoryEvent& event) {
  const auto* details = std::get_if<interpreter::StateExitedDetails>(&event.details);
  return details == nullptr ? nullptr : &details->state;
}

/// The branch of Parallel `state`, or processor of Map `state`, that is `scope`; its index, or
/// none.
std::optional<int64_t> child_scope_index(const asl::State& state, asl::ScopeIndex scope) {
  if (const auto* parallel = std::get_if<asl::ParallelState>(&state.detail)) {
    const auto found = std::find(parallel->branches.begin(), parallel->branches.end(), scope);
    if (found != parallel->branches.end()) return found - parallel->branches.begin();
  }
  return std::nullopt;
}

}  // namespace

ExecutionTree::ExecutionTree(std::shared_ptr<const asl::Program> program)
    : program_(std::move(program)) {
  lanes_.push_back({kNoLane, std::make_unique<Lane>()});
}

void ExecutionTree::apply(std::span<const HistoryEvent> events,
                          const interpreter::ExecutionState& state) {
  for (const HistoryEvent& event : events) apply_event(event);
  note_retries(state);
  status_ = state.status;
}

LaneId ExecutionTree::living(LaneId id) const {
  while (lanes_[id].lane == nullptr) id = lanes_[id].parent;
  return id;
}

/// The first lane from `near` outwards that fits; kNoLane if none does.
template <typename Predicate>
LaneId ExecutionTree::nearest(LaneId near, const Predicate& fits) {
  for (LaneId id = near; id != kNoLane; id = lanes_[id].parent) {
    if (lanes_[id].lane != nullptr && fits(*lanes_[id].lane)) return id;
  }
  return kNoLane;
}

void ExecutionTree::apply_event(const HistoryEvent& event) {
  latest_at_ = event.timestamp;
  const auto previous = static_cast<size_t>(event.previous_event_id);
  LaneId near = kRootLane;
  if (previous > 0 && previous <= lane_of_event_.size())
    near = living(lane_of_event_[previous - 1]);
  LaneId lane = near;
  if (const asl::StateIndex* entered = entered_state(event)) {
    lane = enter(near, event, *entered);
  } else if (const asl::StateIndex* exited = exited_state(event)) {
    const LaneId found = nearest(near, [&](Lane& each) {
      const StateRun* run = each.current_run();
      return run != nullptr && run->state == *exited;
    });
    if (found != kNoLane) {
      lane = found;
      StateRun& run = *lanes_[lane].lane->current_run();
      // A state that failed is only left by a Catcher.
      finish(run, run.status == RunStatus::Failed ? RunStatus::Caught : RunStatus::Succeeded,
             event.timestamp);
    }
  } else if (event.type == HistoryEventType::ExecutionStarted) {
    started_at_ = event.timestamp;
  } else if (std::holds_alternative<interpreter::MapIterationDetails>(event.details)) {
    lane = apply_iteration_event(event, near);
  } else if (!apply_task_event(event, near)) {
    lane = apply_children_event(event, near);
  }
  lane_of_event_.push_back(lane);
}

/// Task events only change the state they belong to.
bool ExecutionTree::apply_task_event(const HistoryEvent& event, LaneId near) {
  StateRun* run = lanes_[near].lane->current_run();
  if (run == nullptr || program_->states[run->state].type != asl::StateType::Task) return false;
  switch (event.type) {
    case HistoryEventType::LambdaFunctionScheduled:
    case HistoryEventType::TaskScheduled:
    case HistoryEventType::ActivityScheduled: run->status = RunStatus::Running; return true;
    case HistoryEventType::LambdaFunctionFailed:
    case HistoryEventType::LambdaFunctionScheduleFailed:
    case HistoryEventType::LambdaFunctionStartFailed:
    case HistoryEventType::LambdaFunctionTimedOut:
    case HistoryEventType::TaskFailed:
    case HistoryEventType::TaskStartFailed:
    case HistoryEventType::TaskSubmitFailed:
    case HistoryEventType::TaskTimedOut:
    case HistoryEventType::ActivityFailed:
    case HistoryEventType::ActivityScheduleFailed:
    case HistoryEventType::ActivityTimedOut:
      finish(*run, RunStatus::Failed, event.timestamp);
      return true;
    default: return false;
  }
}

/// The events of Parallel, Map and the execution that name no state. Returns the lane they belong
/// to.
LaneId ExecutionTree::apply_children_event(const HistoryEvent& event, LaneId near) {
  // A state that has failed for good is not started again: then the event is of one around it,
  // which retries.
  const auto lane_with = [&](asl::StateType type) {
    const LaneId found = nearest(near, [&](Lane& each) {
      const StateRun* run = each.current_run();
      return run != nullptr && program_->states[run->state].type == type && !is_over(run->status);
    });
    return found == kNoLane ? near : found;
  };
  switch (event.type) {
    case HistoryEventType::ParallelStateStarted:
    case HistoryEventType::MapStateStarted: {
      const bool map = event.type == HistoryEventType::MapStateStarted;
      const LaneId lane = lane_with(map ? asl::StateType::Map : asl::StateType::Parallel);
      StateRun* run = lanes_[lane].lane->current_run();
      if (run == nullptr) return lane;
      drop_lanes(*run);
      run->status = RunStatus::Running;
      run->items_succeeded = run->items_failed = 0;
      if (const auto* details = std::get_if<interpreter::MapStateStartedDetails>(&event.details)) {
        run->items_total = details->length;
      }
      return lane;
    }
    case HistoryEventType::ParallelStateFailed:
    case HistoryEventType::MapStateFailed:
    case HistoryEventType::MapRunFailed: {
      const bool parallel = event.type == HistoryEventType::ParallelStateFailed;
      const LaneId lane = lane_with(parallel ? asl::StateType::Parallel : asl::StateType::Map);
      if (StateRun* run = lanes_[lane].lane->current_run())
        finish(*run, RunStatus::Failed, event.timestamp);
      return lane;
    }
    case HistoryEventType::ExecutionFailed:
    case HistoryEventType::ExecutionTimedOut:
    case HistoryEventType::ExecutionAborted:
      end_execution(event.type == HistoryEventType::ExecutionFailed ? near : kNoLane,
                    event.timestamp);
      return near;
    default: return near;
  }
}

LaneId ExecutionTree::apply_iteration_event(const HistoryEvent& event, LaneId near) {
  const auto& details = std::get<interpreter::MapIterationDetails>(event.details);
  const LaneId map_lane = nearest(near, [&](Lane& each) {
    const StateRun* run = each.current_run();
    return run != nullptr && run->state == details.state;
  });
  if (map_lane == kNoLane) return near;
  StateRun& run = *lanes_[map_lane].lane->current_run();
  const auto known = run.lanes.find(details.index);
  switch (event.type) {
    case HistoryEventType::MapIterationStarted: {
      const asl::ScopeIndex scope =
          std::get<asl::MapState>(program_->states[run.state].detail).processor;
      return add_lane(map_lane, run, scope, details.index);
    }
    case HistoryEventType::MapIterationSucceeded:
      ++run.items_succeeded;
      if (known == run.lanes.end()) return map_lane;
      lanes_[known->second].lane.reset();
      run.lanes.erase(known);
      return map_lane;
    case HistoryEventType::MapIterationFailed: ++run.items_failed; [[fallthrough]];
    default:
      if (known == run.lanes.end()) return map_lane;
      if (StateRun* inner = lanes_[known->second].lane->current_run();
          inner != nullptr && !is_over(inner->status)) {
        const bool failed = event.type == HistoryEventType::MapIterationFailed;
        finish(*inner, failed ? RunStatus::Failed : RunStatus::Aborted, event.timestamp);
      }
      return known->second;
  }
}

/// The lane of `state`: the nearest one outwards with its scope, or a branch of the Parallel that
/// stands there.
LaneId ExecutionTree::lane_to_enter(LaneId near, asl::StateIndex state) {
  const asl::ScopeIndex scope = program_->states[state].scope;
  StateRun* run = lanes_[near].lane->current_run();
  if (run != nullptr) {
    if (const std::optional<int64_t> branch =
            child_scope_index(program_->states[run->state], scope)) {
      const auto known = run->lanes.find(*branch);
      return known != run->lanes.end() ? known->second : add_lane(near, *run, scope, *branch);
    }
  }
  const LaneId found = nearest(near, [&](Lane& each) { return each.scope == scope; });
  return found == kNoLane ? near : found;
}

LaneId ExecutionTree::enter(LaneId near, const HistoryEvent& event, asl::StateIndex state) {
  const LaneId id = lane_to_enter(near, state);
  Lane& lane = *lanes_[id].lane;
  const auto known = std::find_if(lane.runs.begin(), lane.runs.end(),
                                  [&](const StateRun& run) { return run.state == state; });
  if (known == lane.runs.end()) {
    lane.current = lane.runs.size();
    lane.runs.emplace_back();
  } else {
    lane.current = static_cast<size_t>(known - lane.runs.begin());
    drop_lanes(*known);
    const uint64_t visits = known->visits + 1;
    *known = StateRun{};
    known->visits = visits;
  }
  StateRun& run = lane.runs[lane.current];
  run.state = state;
  run.entered_at = event.timestamp;
  run.entered_event_id = event.id;
  const auto* map = std::get_if<asl::MapState>(&program_->states[state].detail);
  run.is_distributed = map != nullptr && map->mode == asl::MapMode::Distributed;
  if (event.type == HistoryEventType::FailStateEntered)
    finish(run, RunStatus::Failed, event.timestamp);
  return id;
}

LaneId ExecutionTree::add_lane(LaneId parent, StateRun& owner, asl::ScopeIndex scope,
                               int64_t index) {
  const auto id = static_cast<LaneId>(lanes_.size());
  owner.lanes[index] = id;
  auto lane = std::make_unique<Lane>();
  lane->scope = scope;
  lane->index = index;
  lanes_.push_back({parent, std::move(lane)});
  return id;
}

void ExecutionTree::drop_lanes(StateRun& run) {
  for (const auto& [index, id] : run.lanes) {
    for (StateRun& inner : lanes_[id].lane->runs) drop_lanes(inner);
    lanes_[id].lane.reset();
  }
  run.lanes.clear();
}

void ExecutionTree::finish(StateRun& run, RunStatus status, base::Timestamp at) {
  run.status = status;
  run.exited_at = at;
  abort_inside(run, at);
}

/// What still runs inside a state that is over does not run any more.
void ExecutionTree::abort_inside(StateRun& run, base::Timestamp at) {
  for (const auto& [index, id] : run.lanes) {
    for (StateRun& inner : lanes_[id].lane->runs) {
      if (!is_over(inner.status)) finish(inner, RunStatus::Aborted, at);
    }
  }
}

/// `near` leads to what failed; kNoLane if nothing did. Everything else that still runs is aborted.
void ExecutionTree::end_execution(LaneId near, base::Timestamp at) {
  for (LaneId id = near; id != kNoLane; id = lanes_[id].parent) {
    if (lanes_[id].lane == nullptr) continue;
    StateRun* run = lanes_[id].lane->current_run();
    if (run != nullptr && !is_over(run->status)) finish(*run, RunStatus::Failed, at);
  }
  for (StateRun& run : lanes_[kRootLane].lane->runs) {
    if (!is_over(run.status)) finish(run, RunStatus::Aborted, at);
  }
}

/// A frame knows how often its state was tried; its entered event says which lane it is.
void ExecutionTree::note_retries(const interpreter::ExecutionState& state) {
  if (state.frames.size() > kFramesWatchedMax) return;
  for (const auto& [id, frame] : state.frames) {
    const auto event = static_cast<size_t>(frame->entered_event_id);
    if (event == 0 || event > lane_of_event_.size()) continue;
    StateRun* run = lanes_[living(lane_of_event_[event - 1])].lane->current_run();
    if (run == nullptr || run->entered_event_id != frame->entered_event_id) continue;
    run->retries = 0;
    for (const uint32_t retries : frame->retries) run->retries += retries;
    if (frame->phase == interpreter::Phase::RetryTimer &&
        state.status == interpreter::ExecutionStatus::Running) {
      run->status = RunStatus::Retrying;
    }
  }
}

std::vector<std::string> ExecutionTree::failed_path() const {
  std::vector<std::string> path;
  const Lane* lane = &root();
  while (lane != nullptr && lane->current < lane->runs.size()) {
    const StateRun& run = lane->runs[lane->current];
    if (run.status != RunStatus::Failed) break;
    path.push_back(program_->states[run.state].name);
    lane = nullptr;
    for (const auto& [index, id] : run.lanes) {
      const Lane& inner = *lanes_[id].lane;
      const bool failed = inner.current < inner.runs.size() &&
                          inner.runs[inner.current].status == RunStatus::Failed;
      if (failed && lane == nullptr) lane = &inner;
    }
  }
  return path;
}

void ExecutionTree::set_map_run_progress(asl::StateIndex state, size_t total, size_t succeeded,
                                         size_t failed) {
  for (LaneSlot& slot : lanes_) {
    StateRun* run = slot.lane == nullptr ? nullptr : slot.lane->current_run();
    if (run == nullptr || run->state != state || !run->is_distributed) continue;
    run->items_total = static_cast<int64_t>(total);
    run->items_succeeded = static_cast<int64_t>(succeeded);
    run->items_failed = static_cast<int64_t>(failed);
  }
}

}  // namespace pawl::app
