// SPDX-License-Identifier: Apache-2.0
// What an ExecutionId is made of: the time of the start, a counter, and the slot that says which
// partition owns the execution. Ids sort by start.
#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <string_view>

#include "base/time.h"
#include "engine/ports.h"

namespace pawl::engine {

/// Executions are dealt over this many slots by the hash of their name, so that two starts with the
/// same name meet in one partition; partition = slot modulo the number of partitions, which may
/// change from one run of the process to the next.
inline constexpr uint32_t kSlotBits = 10;
inline constexpr uint32_t kSlots = 1U << kSlotBits;
inline constexpr uint32_t kCounterBits = 13;
inline constexpr int64_t kExecutionIdEpochMs = 1'577'836'800'000;  ///< 2020-01-01T00:00:00Z

inline uint32_t slot_of(ExecutionId id) { return static_cast<uint32_t>(id) & (kSlots - 1); }

inline uint32_t slot_of_name(std::string_view scope, std::string_view name) {
  const size_t hash = std::hash<std::string_view>{}(scope)*31 + std::hash<std::string_view>{}(name);
  return static_cast<uint32_t>(hash ^ hash >> 32) & (kSlots - 1);
}

/// Gives ids that only grow, also when the clock goes back. One thread.
class ExecutionIds {
 public:
  /// Ids will be greater than `floor`.
  void start_after(ExecutionId floor) { last_ = std::max(last_, floor >> kSlotBits); }

  ExecutionId next(base::Timestamp now, uint32_t slot) {
    const int64_t ms = std::max<int64_t>(now.ms - kExecutionIdEpochMs, 0);
    last_ = std::max(static_cast<uint64_t>(ms) << kCounterBits, last_ + 1);
    return last_ << kSlotBits | slot;
  }

 private:
  uint64_t last_ = 0;  ///< time and counter of the latest id
};

}  // namespace pawl::engine
