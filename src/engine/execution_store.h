// SPDX-License-Identifier: Apache-2.0
// ExecutionStore: where executions stand in the store and how everybody reads them. Writing is the
// partitions'. docs/formats/executions.md has the keys.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/time.h"
#include "engine/execution_record.h"
#include "engine/ports.h"
#include "interpreter/execution_state.h"
#include "interpreter/history_event.h"
#include "store/store.h"

namespace pawl::engine {

/// A timer or a task that an execution waits for, as stored with its steps.
struct StoredTimer {
  interpreter::TimerId timer;
  base::Timestamp due;
};
struct StoredTask {
  interpreter::TaskId task;
  int64_t scheduled_event_id = 0;  ///< whose details hold the parameters
};

/// An execution as its records leave it.
struct StoredExecution {
  ExecutionRecord record;
  interpreter::ExecutionState state;  ///< `info` is null
  std::vector<StoredTimer> timers;
  std::vector<StoredTask> tasks;
  uint32_t next_record = 0;  ///< the number of the next step record
  std::string inline_step;   ///< the step record beside the ExecutionRecord: it ended at once
};

/// Everything but state: what DescribeExecution shows.
struct ExecutionSummary {
  ExecutionRecord record;
  std::string input;                  ///< JSON text
  std::optional<std::string> output;  ///< JSON text, when it succeeded
  asl::ExecutionError error;
  int64_t events = 0;  ///< in its history
};

/// Keyspaces, all of them shared by the partitions; which keys are whose is told by the slot.
struct ExecutionKeyspaces {
  store::Keyspace executions;  ///< id -> ExecutionRecord, step record if it ended at once
  store::Keyspace steps;       ///< id, first event id, number -> waits, step record
  store::Keyspace names;       ///< scope, name -> id
  store::Keyspace lists;       ///< scope or Map Run ARN, ~id -> status
  store::Keyspace open;        ///< scope or Map Run ARN, ~id -> nothing: those not ended
  store::Keyspace timers;      ///< due, id, timer -> nothing
  /// id, task -> nothing: tasks to dispatch again after a crash; or what the call has answered.
  store::Keyspace outbox;
  store::Keyspace map_runs;  ///< Map Runs and the results of their children
  store::Keyspace counts;    ///< scope, writer -> how many have which status
};

/// Thread-safe: reads what is committed. Errors of all: Io, or TypeMismatch for damaged records.
class ExecutionStore {
 public:
  static base::Result<ExecutionStore> open(store::Store& store);

  const ExecutionKeyspaces& keyspaces() const { return keyspaces_; }
  store::Store& store() const { return *store_; }

  base::Result<std::optional<ExecutionId>> find(std::string_view scope,
                                                std::string_view name) const;
  base::Result<std::optional<ExecutionRecord>> record(ExecutionId id) const;
  base::Result<std::optional<ExecutionSummary>> summary(ExecutionId id) const;
  /// State and waits; for the partition that owns it.
  base::Result<std::optional<StoredExecution>> load(ExecutionId id) const;
  /// Events first..last, at most `events_max`, in id order or, reversed, from `last` down.
  base::Result<std::vector<interpreter::HistoryEvent>> history(ExecutionId id, int64_t first,
                                                               int64_t last, size_t events_max,
                                                               bool reverse) const;
  /// Events first.. without their texts, at most `events_max`, in id order. What it costs goes with
  /// these, not with the history.
  base::Result<std::vector<interpreter::EventOutline>> outlines(ExecutionId id, int64_t first,
                                                                size_t events_max) const;

  struct ListQuery {
    std::string list = {};  ///< a scope, or a Map Run's ARN
    std::optional<interpreter::ExecutionStatus> status = {};
    std::optional<bool> redriven = {};
    std::string version = {};         ///< "" any; else those started by this version, or
    std::string alias = {};           ///< by this alias
    ExecutionId before = UINT64_MAX;  ///< go on behind this one
    size_t records_max = 100;
  };
  struct ListPage {
    std::vector<ExecutionRecord> records;  ///< newest first
    std::optional<ExecutionId> next;       ///< `before` of the next page
  };
  /// May give fewer records than asked for, with `next`: a search for rare ones ends after 10,000
  /// looked at.
  base::Result<ListPage> list(const ListQuery& query) const;
  /// True if an execution of that scope has not ended.
  base::Result<bool> has_open(std::string_view scope) const;
  /// The id of the newest event in its history; 0 if there is none.
  base::Result<int64_t> last_event_id(ExecutionId id) const;
  /// The greatest id there is; 0 if none.
  base::Result<ExecutionId> last_id() const;

  // Keys.
  static std::string id_key(ExecutionId id);
  static std::string step_key(ExecutionId id, int64_t first_event_id, uint32_t number);
  static std::string name_key(std::string_view scope, std::string_view name);
  static std::string list_key(std::string_view list, ExecutionId id);
  static std::string timer_key(base::Timestamp due, ExecutionId id, interpreter::TimerId timer);
  /// Also where a service of this process puts its answer, in the batch of the call's effect: so
  /// the effect happens exactly once. Whoever ends the task erases it.
  static std::string outbox_key(ExecutionId id, interpreter::TaskId task);

  /// What stands before the step record in a steps value.
  static void encode_waits(const std::vector<StoredTimer>& timers,
                           const std::vector<StoredTask>& tasks, std::string& out);
  /// Leaves the step record in `bytes`.
  static base::Result<void> decode_waits(std::string_view& bytes, std::vector<StoredTimer>& timers,
                                         std::vector<StoredTask>& tasks);

 private:
  template <typename Event, typename Read>
  base::Result<void> read_history(ExecutionId id, int64_t first, int64_t last, const Read& read,
                                  std::vector<Event>& out) const;

  ExecutionStore(store::Store& store, const ExecutionKeyspaces& keyspaces)
      : store_(&store), keyspaces_(keyspaces) {}

  store::Store* store_;
  ExecutionKeyspaces keyspaces_;
};

}  // namespace pawl::engine
