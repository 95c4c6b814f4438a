// SPDX-License-Identifier: Apache-2.0
// LiveExecution: an execution in the memory of the partition that owns it, with what has not been
// written yet.
#pragma once

#include <algorithm>
#include <cstdint>
#include <list>
#include <memory>
#include <optional>
#include <vector>

#include "engine/execution_record.h"
#include "engine/execution_store.h"
#include "engine/ports.h"
#include "interpreter/execution_state.h"
#include "interpreter/stored/step_record.h"

namespace pawl::engine {

struct LiveExecution {
  ExecutionRecord record;
  std::shared_ptr<const MachineRevision> revision;
  interpreter::ExecutionState state;
  interpreter::StepDelta delta;  ///< since the last step record
  std::vector<StoredTimer> timers;
  std::vector<StoredTask> tasks;  ///< those to be dispatched again after a crash
  base::Timestamp last_step_at;   ///< its time never runs backwards
  uint32_t next_record = 0;
  std::string inline_step;      ///< StoredExecution's
  size_t full_bytes = 0;        ///< of the last Full step record
  size_t delta_bytes = 0;       ///< of the Delta records behind it
  bool is_stored = false;       ///< its record and name are in the store
  bool is_open = false;         ///< and it is listed there as running
  bool is_dirty = false;        ///< is listed for writing
  bool record_changed = false;  ///< its ExecutionRecord must be written again
  bool is_resuming = false;     ///< a step yielded; its next turn is queued
  bool resume_is_stored = false;
  uint32_t pins = 0;  ///< not to be dropped from memory: Map Runs that use its state
  /// An EXPRESS child of a Map Run: never stored; after a crash it runs again.
  bool is_ephemeral = false;
  std::optional<interpreter::ExecutionStatus> counted_as;  ///< its status in the store
  std::list<ExecutionId>::iterator recency;                ///< its place among the recently used

  bool has_ended() const { return state.status != interpreter::ExecutionStatus::Running; }
  const StoredTimer* find_timer(interpreter::TimerId timer) const {
    const auto found = std::find_if(timers.begin(), timers.end(),
                                    [&](const StoredTimer& each) { return each.timer == timer; });
    return found == timers.end() ? nullptr : &*found;
  }
  const StoredTask* find_task(interpreter::TaskId task) const {
    const auto found = std::find_if(tasks.begin(), tasks.end(),
                                    [&](const StoredTask& each) { return each.task == task; });
    return found == tasks.end() ? nullptr : &*found;
  }
};

}  // namespace pawl::engine
