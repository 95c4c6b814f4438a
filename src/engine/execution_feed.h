// SPDX-License-Identifier: Apache-2.0
// ExecutionFeed: who looks on while executions move (the console). It is told what is on disk and
// reads the rest from the store; nobody who only looks on slows anything down. A port.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>

#include "asl/execution_error.h"
#include "engine/execution_record.h"
#include "engine/ports.h"

namespace pawl::engine {

/// How many executions have which status, in the order of interpreter::ExecutionStatus.
using StatusCounts = std::array<int64_t, 5>;
/// By the scope of a state machine (ExecutionRecord::scope).
using StatusCountsByScope = std::unordered_map<std::string, StatusCounts>;

class ExecutionFeed {
 public:
  /// What it names lives during the call.
  struct StatusChange {
    const ExecutionRecord* record;                     ///< never null
    std::optional<interpreter::ExecutionStatus> from;  ///< nullopt: it has begun
    std::optional<interpreter::ExecutionStatus> to;    ///< nullopt: it has been erased
    const asl::ExecutionError* error = nullptr;        ///< of one that has failed; may be null
  };

  virtual ~ExecutionFeed() = default;

  /// Executions that were there before: their counts are to be added to what is known. Called while
  /// the engine is opened and, for a store of an earlier version, once more later; `is_complete`
  /// says whether anything is still missing. Any thread.
  virtual void count(const StatusCountsByScope& counts, bool is_complete) = 0;
  /// Statuses have changed; the batch is on disk. Not of a Map Run's children, nor of EXPRESS
  /// executions. A partition's thread or that of retention; must not block.
  virtual void changed(std::span<const StatusChange> changes) = 0;
  /// Of `executions`, for which is_watched() was true, the history, the status or a Map Run has
  /// changed, or they are no more; on disk. A partition's thread or that of retention; must not
  /// block.
  virtual void moved(std::span<const ExecutionId> executions) = 0;
  /// An EXPRESS execution has ended; the loop's thread.
  virtual void express_ended(const interpreter::ExecutionState& state) = 0;

  /// Whether somebody may look at that one: sometimes true although nobody does. Costs a load, also
  /// while everybody writes. Any thread.
  bool is_watched(ExecutionId id) const {
    return (watched_.load(std::memory_order_seq_cst) >> bit_of(id) & 1) != 0;
  }

 protected:
  static uint32_t bit_of(ExecutionId id) { return static_cast<uint32_t>(id) & 63; }
  /// A bit for each execution that is looked at. Set before the store is read: what is committed
  /// later is then told.
  void set_watched(uint64_t bits) { watched_.store(bits, std::memory_order_seq_cst); }

 private:
  std::atomic<uint64_t> watched_ = 0;
};

}  // namespace pawl::engine
