// SPDX-License-Identifier: Apache-2.0
// How many executions of each state machine run, have succeeded, failed …: kept in the store by
// whoever changes that, in the same batch, so it is exact after any crash and cheap to read with
// millions of executions. Children of Map Runs are not counted: their run counts them.
// docs/formats/executions.md has the keys.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/error.h"
#include "engine/execution_feed.h"
#include "engine/execution_store.h"
#include "store/batch.h"

namespace pawl::engine {

/// Counts for one writer: a partition, or retention. Writers have keys of their own, which are
/// added up by whoever reads, so they need not know of each other. One thread.
class StatusCountWriter {
 public:
  /// Beside the partitions' own indexes.
  static constexpr uint32_t kRetention = UINT32_MAX;
  static constexpr uint32_t kRebuild = UINT32_MAX - 1;

  explicit StatusCountWriter(uint32_t writer) : writer_(writer) {}

  /// nullopt: it is not in the store.
  void move(const std::string& scope, std::optional<interpreter::ExecutionStatus> from,
            std::optional<interpreter::ExecutionStatus> to);
  /// Adds what has moved since the last call. Errors: the store's.
  base::Result<void> write(const ExecutionStore& executions, store::Batch& batch);

 private:
  struct Own {
    StatusCounts counts{};  ///< as stored, once read, and what has moved
    bool is_read = false;
    bool is_changed = false;
  };
  static constexpr size_t kScopesMax = 4'096;  ///< in memory, between batches

  const uint32_t writer_;
  std::unordered_map<std::string, Own> scopes_;
  std::vector<std::unordered_map<std::string, Own>::value_type*> changed_;
};

/// The sums over all writers; scopes without executions may be missing. Errors: the store's,
/// TypeMismatch.
base::Result<StatusCountsByScope> read_status_counts(const ExecutionStore& executions);

/// Counts what a store of an earlier version holds, which kept no counts.
class StatusCountRebuild {
 public:
  /// Null if the store has counts. Else they begin anew: call it before anything moves. Errors: the
  /// store's.
  static base::Result<std::unique_ptr<StatusCountRebuild>> begin(const ExecutionStore& executions);

  /// Reads every execution's record as they stood at begin(), then stores the counts; while it does
  /// partitions may run. Interrupted, also by a crash, it begins anew at the next start.
  /// `go_on` is asked now and then. Answers what it has added; nullopt if interrupted. Any thread.
  base::Result<std::optional<StatusCountsByScope>> run(const std::function<bool()>& go_on);

 private:
  explicit StatusCountRebuild(const ExecutionStore& executions)
      : executions_(executions), snapshot_(executions.store().snapshot()) {}

  const ExecutionStore& executions_;
  std::unique_ptr<store::Snapshot> snapshot_;
};

}  // namespace pawl::engine
