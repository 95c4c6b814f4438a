// SPDX-License-Identifier: Apache-2.0
// Replays a stored execution: its state when a step record was written, and whether the interpreter
// of today makes of the same answers the events that stand in the history. Reads only; recovery
// never does this (ARCHITECTURE.md).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "asl/program.h"
#include "base/error.h"
#include "engine/execution_store.h"
#include "engine/ports.h"
#include "interpreter/execution_state.h"
#include "interpreter/history_event.h"

namespace pawl::engine {

/// Events of one step record whose cause is not in the history: they are not compared.
struct NotDerivable {
  int64_t event = 0;  ///< the first of them
  std::string why;
};

struct EventDifference {
  std::optional<interpreter::HistoryEvent> stored;    ///< none: it made one too many
  std::optional<interpreter::HistoryEvent> replayed;  ///< none: it made one too few
};

struct ReplayCheck {
  uint64_t records = 0;
  uint64_t events_compared = 0;
  std::vector<NotDerivable> not_derivable;
  /// Events that come out otherwise with every seed: UUIDs, tokens, random numbers. What
  /// follows in their record is not compared.
  std::vector<int64_t> random;
  std::optional<EventDifference> first_difference;
};

struct Replay {
  ExecutionRecord record;  ///< as it is now
  /// After the last step record that ends with `until` or before; as make_execution() leaves it if
  /// none does. `info` is set.
  interpreter::ExecutionState state;
  std::vector<StoredTimer> timers;                      ///< of `state`
  std::vector<interpreter::HistoryEvent> events_after;  ///< up to `until`, of the record behind
  interpreter::HistoryEvent event;                      ///< `until` itself
  int64_t last_event = 0;                               ///< of the whole history
  std::shared_ptr<const MachineRevision> revision;
  ReplayCheck check;  ///< of the records up to the one that holds `until`
};

/// Walks the records of an execution up to event `until` (INT64_MAX: all), and runs each again:
/// from the state before it, with answers made of its events (a task's output, a timer's alarm, a
/// stop) at the time of their timestamps. O(history).
/// Errors: NotFound (no such execution or event), TypeMismatch (damaged), Io.
base::Result<Replay> replay_execution(const ExecutionStore& executions, RevisionSource& revisions,
                                      ExecutionId id, int64_t until);

}  // namespace pawl::engine
