// SPDX-License-Identifier: Apache-2.0
// MapRun: one run of a Distributed Map (API MapRun): which child executions to start with what
// input, how many failures to tolerate, what comes out. It starts and stores nothing itself: the
// engine asks it for children and tells it how they ended. ASL "Map State", Developer Guide "Using
// Map state in Distributed mode".
//
// The same seed, command and items give the same run and children, name by name: an engine that
// starts again walks through the items once more and finds what it had.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "asl/execution_error.h"
#include "asl/program.h"
#include "base/random.h"
#include "engine/ports.h"
#include "interpreter/command.h"
#include "interpreter/execution_state.h"
#include "interpreter/states_scope.h"
#include "json/payload.h"
#include "json/value.h"

namespace pawl::engine {

/// "Map Run": at most so many child executions of one run at a time, also if MaxConcurrency is 0.
inline constexpr uint32_t kChildrenConcurrencyMax = 10'000;
/// Ours: results of children that a Map without ResultWriter keeps in memory, as JSON text. (What
/// leaves the Map state has its own, smaller limit: base::Limits::payload_bytes_max.)
inline constexpr size_t kMapResultsBytesMax = size_t{64} << 20;

/// API MapRunItemCounts, MapRunExecutionCounts. What is neither running nor ended is pending.
struct MapRunCounts {
  uint64_t total = 0;
  uint64_t running = 0;
  uint64_t succeeded = 0;
  uint64_t failed = 0;
  uint64_t timed_out = 0;
  uint64_t aborted = 0;
  uint64_t results_written = 0;

  uint64_t ended() const { return succeeded + failed + timed_out + aborted; }
  uint64_t pending() const { return total - running - ended(); }
  /// The member for an execution of that status.
  uint64_t& of(interpreter::ExecutionStatus status);
};

/// How far a run is, in items and children.
struct MapRunProgress {
  std::string map_run_arn;
  asl::StateIndex state = asl::kEnd;
  size_t items_total = 0;
  size_t items_succeeded = 0;
  size_t items_failed = 0;
  size_t children_running = 0;
};

/// One thread. Keeps the Program alive; the parent's state is borrowed for each call.
class MapRun {
 public:
  struct Child {
    uint32_t index = 0;
    uint64_t items = 0;
    std::shared_ptr<interpreter::ExecutionInfo> info;  ///< execution_id is the engine's to fill in
    json::Payload input;
  };
  /// How a child ended, as it counts and as it is kept.
  struct ChildResult {
    interpreter::ExecutionStatus status = interpreter::ExecutionStatus::Succeeded;
    uint64_t items = 0;
    /// Its output or, by ResultWriter.WriterConfig.Transformation, its description.
    json::Payload content;
  };
  /// How the run ended: the results in order, or why it failed.
  struct Outcome {
    json::Payload output;  ///< null with a ResultWriter that has a Resource
    std::optional<asl::ExecutionError> error;
  };
  /// What the engine can do for a run; one that needs more fails before it has any effect.
  struct Abilities {
    bool read = false;   ///< ItemReader: the engine calls add_items()
    bool write = false;  ///< ResultWriter: the engine writes, when outcome() is set
  };

  /// `seed` gives the run's and the children's names.
  MapRun(std::shared_ptr<const asl::Program> program, const interpreter::ExecutionState& parent,
         interpreter::StartMapRun command, uint64_t seed, Abilities abilities);

  /// arn:aws:states:REGION:ACCOUNT:mapRun:MACHINE/LABEL:UUID
  const std::string& arn() const { return arn_; }
  const std::string& machine_with_label() const { return machine_with_label_; }  ///< MACHINE/LABEL
  interpreter::TaskId task() const { return command_.task; }
  const interpreter::StartMapRun& command() const { return command_; }
  const asl::MapState& map() const { return std::get<asl::MapState>(state().detail); }
  bool has_writer() const { return map().result_writer && map().result_writer->resource; }
  /// ResultWriter's Parameters or Arguments; {} without. nullopt if they cannot be evaluated: then
  /// outcome() is set.
  std::optional<json::Value> writer_arguments(const interpreter::ExecutionState& parent);

  /// True if more items should be read now, ahead of the children.
  bool wants_items() const;
  /// What the ItemReader gave next; `end`: there is no more.
  void add_items(std::vector<json::Value> items, bool end);
  /// The run fails, if it is not over yet.
  void fail(asl::ExecutionError error);

  /// The next child to start, if there is one and MaxConcurrency leaves room. A failing
  /// ItemSelector or ItemBatcher ends the run: then outcome() is set.
  std::optional<Child> next_child(const interpreter::ExecutionState& parent);
  /// What is to be kept of a child that has ended.
  ChildResult result_of(const interpreter::ExecutionState& child) const;
  /// Child `index` has ended. May set outcome().
  void add_result(uint32_t index, ChildResult result);
  /// Both.
  void child_ended(uint32_t index, const interpreter::ExecutionState& child) {
    add_result(index, result_of(child));
  }
  /// API UpdateMapRun; 0 is no limit of the run's own.
  void set_concurrency(uint32_t max_concurrency);
  void set_tolerance(std::optional<int64_t> failures, std::optional<double> percentage);

  /// Set once the run is over: every item is processed, or it has failed (then children may still
  /// run and are to be stopped).
  const std::optional<Outcome>& outcome() const { return outcome_; }
  MapRunProgress progress() const;
  const MapRunCounts& item_counts() const { return items_; }
  const MapRunCounts& child_counts() const { return children_; }
  /// Children that next_child has given.
  uint32_t children_started() const { return next_child_; }

 private:
  /// An ItemBatcher's batch in the making; it may have to wait for items.
  struct Batch {
    std::optional<json::Value> input;  ///< BatchInput
    std::vector<json::Value> items;
    size_t bytes = 0;  ///< of the whole as JSON text
  };
  struct Kept {
    json::Payload content;
    bool is_flat = false;  ///< FLATTEN: its items are results
  };

  const asl::State& state() const { return program_->states[command_.state]; }
  bool check_supported(Abilities abilities);
  const json::Value* item_at(uint64_t index) const;
  void drop_read_items();
  uint64_t first_unused_item() const { return carried_item_ ? next_item_ - 1 : next_item_; }
  std::shared_ptr<interpreter::ExecutionInfo> child_info(uint32_t index, uint64_t first_item,
                                                         bool batched) const;
  void finish_if_done();
  bool too_many_failures() const;
  void keep(uint32_t index, Kept kept);

  // map_run_input.cc
  std::optional<json::Value> evaluate(const interpreter::ExecutionState& parent,
                                      const query::jsonata::ValueTemplate& field,
                                      std::optional<interpreter::MapItem> item);
  std::optional<json::Value> evaluate(const interpreter::ExecutionState& parent,
                                      const query::PayloadTemplate& field,
                                      std::optional<interpreter::MapItem> item);
  std::optional<json::Value> select_item(const interpreter::ExecutionState& parent, uint64_t index);
  std::optional<json::Value> next_batch(const interpreter::ExecutionState& parent);
  bool begin_batch(const interpreter::ExecutionState& parent);
  bool read_batch_limits(const interpreter::ExecutionState& parent);
  std::optional<int64_t> batch_limit(const interpreter::ExecutionState& parent,
                                     const asl::IntegerField& field, std::string_view field_name);
  void fail_in_state(const interpreter::ExecutionState& parent, std::string_view error,
                     std::string_view message);

  std::shared_ptr<const asl::Program> program_;
  std::shared_ptr<const interpreter::ExecutionInfo> parent_info_;
  interpreter::StartMapRun command_;
  uint64_t seed_;
  base::Random random_;     ///< of the child in the making
  std::string arn_prefix_;  ///< arn:PARTITION:states:REGION:ACCOUNT
  std::string machine_with_label_;
  std::string arn_;
  bool flatten_ = false;
  bool with_metadata_ = false;
  bool keeps_results_ = true;
  bool has_failure_count_ = false;
  bool has_failure_percentage_ = false;
  bool batch_limits_read_ = false;
  size_t batch_items_max_ = SIZE_MAX;
  size_t batch_bytes_max_ = SIZE_MAX;
  uint32_t concurrency_max_ = kChildrenConcurrencyMax;

  std::deque<json::Value> read_items_;  ///< from an ItemReader, not used yet …
  uint64_t read_first_ = 0;             ///< … from this index on
  bool has_all_items_ = true;
  uint64_t next_item_ = 0;
  std::optional<json::Value> carried_item_;  ///< selected, but it did not fit into the last batch
  std::optional<Batch> batch_;
  uint32_t next_child_ = 0;
  MapRunCounts items_;
  MapRunCounts children_;
  std::vector<Kept> results_;  ///< by child
  size_t results_bytes_ = 0;
  std::optional<Outcome> outcome_;
};

}  // namespace pawl::engine
