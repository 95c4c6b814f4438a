// SPDX-License-Identifier: Apache-2.0
// MapRun: one run of a Distributed Map (API MapRun): which child executions to start with what
// input, how many failures to tolerate, what comes out. It starts nothing itself: the engine asks
// it for children and tells it how they ended. ASL "Map State", Developer Guide "Using Map state in
// Distributed mode".
#pragma once

#include <cstddef>
#include <cstdint>
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
#include "interpreter/states_scope.h"
#include "interpreter/command.h"
#include "interpreter/execution_state.h"
#include "json/payload.h"
#include "json/value.h"

namespace pawl::engine {

/// "Map Run": at most so many child executions of one run at a time, also if MaxConcurrency is 0.
inline constexpr uint32_t kChildrenConcurrencyMax = 10'000;

/// How far a run is, in items (API MapRunItemCounts) and children.
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
    std::shared_ptr<const interpreter::ExecutionInfo> info;
    json::Payload input;
  };
  /// How the run ended: the results in order, or why it failed.
  struct Outcome {
    json::Payload output;
    std::optional<asl::ExecutionError> error;
  };

  /// `random` gives the run's and the children's names.
  MapRun(std::shared_ptr<const asl::Program> program, const interpreter::ExecutionState& parent,
         interpreter::StartMapRun command, base::Random random);

  /// arn:aws:states:REGION:ACCOUNT:mapRun:MACHINE/LABEL:UUID
  const std::string& arn() const { return arn_; }
  interpreter::TaskId task() const { return command_.task; }

  /// The next child to start, if there is one and MaxConcurrency leaves room. A failing
  /// ItemSelector or ItemBatcher ends the run: then outcome() is set.
  std::optional<Child> next_child(const interpreter::ExecutionState& parent);
  /// Child `index` has ended as `child` tells. May set outcome().
  void child_ended(uint32_t index, const interpreter::ExecutionState& child);
  /// Set once the run is over: every item is processed, or it has failed (then children may still
  /// run and are to be stopped).
  const std::optional<Outcome>& outcome() const { return outcome_; }
  MapRunProgress progress() const;

 private:
  const asl::State& state() const { return program_->states[command_.state]; }
  const asl::MapState& map() const { return std::get<asl::MapState>(state().detail); }
  bool check_supported();
  bool read_batch_limits(const interpreter::ExecutionState& parent);
  std::optional<json::Value> evaluate(const interpreter::ExecutionState& parent,
                                      const query::jsonata::ValueTemplate& field,
                                      std::optional<interpreter::MapItem> item);
  std::optional<json::Value> select_item(const interpreter::ExecutionState& parent, size_t index);
  std::optional<json::Value> next_batch(const interpreter::ExecutionState& parent);
  std::optional<int64_t> batch_limit(const interpreter::ExecutionState& parent,
                                     const asl::IntegerField& field, std::string_view field_name);
  void fail_in_state(const interpreter::ExecutionState& parent, std::string_view error,
                     std::string_view message);
  void fail(asl::ExecutionError error);
  void finish_if_done();
  bool too_many_failures() const;
  std::shared_ptr<const interpreter::ExecutionInfo> child_info(size_t first_item, bool batched);

  std::shared_ptr<const asl::Program> program_;
  std::shared_ptr<const interpreter::ExecutionInfo> parent_info_;
  interpreter::StartMapRun command_;
  base::Random random_;
  std::string machine_with_label_;  ///< MACHINE/LABEL
  std::string arn_;
  bool flatten_ = false;
  bool with_metadata_ = false;
  bool batch_limits_read_ = false;
  size_t batch_items_max_ = SIZE_MAX;
  size_t batch_bytes_max_ = SIZE_MAX;
  size_t next_item_ = 0;
  std::optional<json::Value> carried_item_;  ///< selected, but it did not fit into the last batch
  uint32_t running_ = 0;
  uint32_t concurrency_max_ = kChildrenConcurrencyMax;
  size_t succeeded_items_ = 0;
  size_t failed_items_ = 0;
  std::vector<size_t> item_counts_;   ///< by child
  std::vector<json::Value> results_;  ///< by child
  std::optional<Outcome> outcome_;
};

}  // namespace pawl::engine
