// SPDX-License-Identifier: Apache-2.0
// ExecutionMoment: a stored execution as it stood at one event: the frames of the step record
// before that event, moved on by the events of the record that holds it. Reads only.
#pragma once

#include <cstdint>
#include <memory>
#include <unordered_map>
#include <vector>

#include "base/error.h"
#include "engine/execution_store.h"
#include "engine/ports.h"
#include "interpreter/execution_state.h"
#include "interpreter/history_event.h"
#include "interpreter/visit.h"

namespace pawl::engine {

/// One thread, which also made it.
struct ExecutionMoment {
  ExecutionRecord record;  ///< as it is now
  std::shared_ptr<const MachineRevision> revision;
  interpreter::HistoryEvent event;
  int64_t last_event = 0;  ///< of the whole history
  /// `info` is set. When it has failed, the frames are as they stood then.
  interpreter::ExecutionState state;
  /// Of the frames; a line that has left its state there is still in it (Visit::left).
  std::unordered_map<interpreter::FrameId, interpreter::Visit> visits;
  std::vector<StoredTimer> timers;  ///< of the state's frames
};

/// O(the record that holds `event` and those before it back to a full one), not O(history).
/// Errors: NotFound (no such execution or event), TypeMismatch (damaged), Io.
base::Result<ExecutionMoment> execution_at(const ExecutionStore& executions,
                                           RevisionSource& revisions, ExecutionId id,
                                           int64_t event);

}  // namespace pawl::engine
