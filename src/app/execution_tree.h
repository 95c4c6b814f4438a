// SPDX-License-Identifier: Apache-2.0
// ExecutionTree: what an execution has done so far as a tree for people: lanes (the machine,
// branches, iterations) of states. Fed with history events; draws nothing (app/tree_lines.h) and
// knows no time of its own.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "asl/program.h"
#include "base/time.h"
#include "interpreter/execution_state.h"
#include "interpreter/history_event.h"

namespace pawl::app {

/// Caught: it failed and a Catcher took over. Retrying: it failed and waits for the next attempt.
enum class RunStatus : uint8_t { Running, Retrying, Succeeded, Failed, Caught, Aborted };

/// Names a lane of one tree; never reused.
using LaneId = uint32_t;
inline constexpr LaneId kRootLane = 0;

/// A state in a lane. A state that is entered again (a loop) keeps its place and counts.
struct StateRun {
  asl::StateIndex state = asl::kEnd;
  RunStatus status = RunStatus::Running;
  base::Timestamp entered_at;
  base::Timestamp exited_at;  ///< once it does not run any more
  int64_t entered_event_id = 0;
  uint64_t visits = 1;
  uint64_t retries = 0;  ///< of this visit
  // Map only.
  bool is_distributed = false;
  int64_t items_total = 0;
  int64_t items_succeeded = 0;
  int64_t items_failed = 0;
  /// Branches by index, or the iterations that run or have failed; what succeeded is only counted.
  std::map<int64_t, LaneId> lanes;
};

/// One line of execution through one scope.
struct Lane {
  asl::ScopeIndex scope = 0;
  int64_t index = 0;           ///< of the branch or iteration
  std::vector<StateRun> runs;  ///< in the order they were first entered
  size_t current = SIZE_MAX;   ///< the run entered last
  StateRun* current_run() { return current < runs.size() ? &runs[current] : nullptr; }
};

/// One thread. Memory follows the size of the program and the running iterations, plus a number for
/// each event and iteration.
class ExecutionTree {
 public:
  explicit ExecutionTree(std::shared_ptr<const asl::Program> program);

  /// The events of one step, and the state after it.
  void apply(std::span<const interpreter::HistoryEvent> events,
             const interpreter::ExecutionState& state);
  /// How far a Distributed Map's run is, whose children have histories of their own.
  void set_map_run_progress(asl::StateIndex state, size_t total, size_t succeeded, size_t failed);

  const asl::Program& program() const { return *program_; }
  const Lane& root() const { return *lanes_[kRootLane].lane; }
  /// A lane of some StateRun::lanes.
  const Lane& lane(LaneId id) const { return *lanes_[id].lane; }
  interpreter::ExecutionStatus status() const { return status_; }
  base::Timestamp started_at() const { return started_at_; }
  /// The latest event's time.
  base::Timestamp latest_at() const { return latest_at_; }
  size_t event_count() const { return lane_of_event_.size(); }
  /// Where a failed execution failed, from the outermost state to the innermost: {"Each", "Work"}.
  /// Empty if no state did.
  std::vector<std::string> failed_path() const;

 private:
  /// A lane that has gone leaves its parent: events may still refer to it.
  struct LaneSlot {
    LaneId parent;
    std::unique_ptr<Lane> lane;
  };

  void apply_event(const interpreter::HistoryEvent& event);
  bool apply_task_event(const interpreter::HistoryEvent& event, LaneId near);
  LaneId apply_children_event(const interpreter::HistoryEvent& event, LaneId near);
  LaneId apply_iteration_event(const interpreter::HistoryEvent& event, LaneId near);
  LaneId enter(LaneId near, const interpreter::HistoryEvent& event, asl::StateIndex state);
  LaneId lane_to_enter(LaneId near, asl::StateIndex state);
  LaneId add_lane(LaneId parent, StateRun& owner, asl::ScopeIndex scope, int64_t index);
  void drop_lanes(StateRun& run);
  void abort_inside(StateRun& run, base::Timestamp at);
  void finish(StateRun& run, RunStatus status, base::Timestamp at);
  void end_execution(LaneId near, base::Timestamp at);
  LaneId living(LaneId id) const;
  template <typename Predicate>
  LaneId nearest(LaneId near, const Predicate& fits);
  void note_retries(const interpreter::ExecutionState& state);

  std::shared_ptr<const asl::Program> program_;
  std::vector<LaneSlot> lanes_;
  interpreter::ExecutionStatus status_ = interpreter::ExecutionStatus::Running;
  base::Timestamp started_at_;
  base::Timestamp latest_at_;
  std::vector<LaneId> lane_of_event_;  ///< by event id - 1
};

}  // namespace pawl::app
