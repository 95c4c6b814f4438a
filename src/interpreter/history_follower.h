// SPDX-License-Identifier: Apache-2.0
// HistoryFollower: moves an ExecutionState on by history events instead of answers, so that it
// shows where each line stood at an event inside a step. What a history does not tell (timers, ids
// of tasks, tokens) the frames do not have. For those who look at the past: nothing goes on from
// such a state.
#pragma once

#include <cstdint>
#include <optional>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "asl/program.h"
#include "interpreter/execution_state.h"
#include "interpreter/history_event.h"
#include "interpreter/visit.h"

namespace pawl::interpreter {

/// The Error and Cause that a …Failed or …TimedOut event tells.
std::optional<asl::ExecutionError> error_of_event(const HistoryEvent& event);
/// What a …Scheduled event says that the task was called with.
std::optional<json::Value> arguments_of_event(const HistoryEvent& event);

/// One thread. Program and state outlive it; `state` is one that stood between two steps, with its
/// `info` set.
class HistoryFollower {
 public:
  HistoryFollower(const asl::Program& program, ExecutionState& state);

  /// Events must come in the order of their ids, from the one after the state's last. Any event is
  /// taken; what fits no line changes nothing. O(lines), and the evaluation of a Map's items.
  void follow(const HistoryEvent& event);
  /// Drops branches and iterations that have left their last state; follow() does so before it
  /// takes the next event.
  void forget_ended();

  /// Of a line of the state.
  const Visit& visit(FrameId frame) const;
  Visit& visit(FrameId frame) { return visits_[frame]; }

 private:
  using Type = HistoryEventType;

  const asl::State& state_of(const Frame& frame) const { return program_.states[frame.state]; }
  Frame* find(int64_t last_event_id);
  Frame* parent_of(const Frame& frame) { return state_.find(frame.parent); }
  Frame* find_evaluating(const HistoryEvent& event);
  Frame* find_parent_of_iterations(const HistoryEvent& event, asl::StateIndex map);
  Frame* find_failing(const HistoryEvent& event, asl::StateType type);
  Frame& make_frame(const Frame* parent, uint32_t index, asl::ScopeIndex scope, json::Payload input,
                    int64_t last_event_id);
  void remove_descendants(FrameId parent);
  void halt_descendants(FrameId parent);
  void settle(Frame& frame);
  bool was_caught(const Frame& frame) const;

  void start(const HistoryEvent& event);
  void end(ExecutionStatus status, const HistoryEvent& event);
  void redrive(const HistoryEvent& event);
  void redrive_frame(Frame& frame, int64_t redriven_event_id);
  void enter(const HistoryEvent& event, const StateEnteredDetails& details);
  void exit(const HistoryEvent& event, const StateExitedDetails& details);
  void abort(const HistoryEvent& event);
  void begin_iteration(const HistoryEvent& event);
  void end_iteration(const HistoryEvent& event);
  void begin_children(const HistoryEvent& event);
  void join(const HistoryEvent& event);
  void fail(Frame& frame, std::optional<asl::ExecutionError> error);
  void fail_parent(const HistoryEvent& event, asl::StateType type);
  void follow_task(const HistoryEvent& event);
  std::optional<asl::ExecutionError> error_of(const Frame& failed);

  const asl::Program& program_;
  ExecutionState& state_;
  std::unordered_map<FrameId, Visit> visits_;
  /// The last events of branches and iterations that are gone, with their Parallel or Map.
  std::unordered_map<int64_t, FrameId> ended_;
  std::unordered_set<FrameId> announced_;  ///< whose MapStateFailed or ParallelStateFailed was seen
};

}  // namespace pawl::interpreter
