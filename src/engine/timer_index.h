// SPDX-License-Identifier: Apache-2.0
// TimerIndex: the alarms of one partition that are due soon, earliest first; those further away
// stand in the store only. Like TimerQueue without its tables: 32 bytes an alarm, so that a
// million waiting executions fit into memory.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <unordered_set>
#include <vector>

#include "base/time.h"
#include "engine/ports.h"
#include "engine/timer_queue.h"
#include "interpreter/execution_state.h"

namespace pawl::engine {

/// A binary heap. Cancelled alarms stay until they surface or outnumber the live ones. add, pop:
/// O(log n); cancel: O(1) amortized. One thread. An alarm must not be added twice.
class TimerIndex {
 public:
  void add(const Alarm& alarm);
  /// Of an alarm that was added and has not been popped.
  void cancel(const Alarm& alarm);

  std::optional<base::Timestamp> next_due();
  /// Takes out the earliest alarm due at `now`; those of the same time in the order of their ids.
  std::optional<Alarm> pop_due(base::Timestamp now);
  size_t size() const { return heap_.size() - cancelled_.size(); }

 private:
  struct Key {
    ExecutionId execution;
    interpreter::TimerId timer;
    friend bool operator==(const Key&, const Key&) = default;
  };
  struct KeyHash {
    size_t operator()(const Key& key) const noexcept;
  };
  static Key key_of(const Alarm& alarm) { return {alarm.execution, alarm.timer}; }
  void drop_cancelled_front();
  void pop_front();

  std::vector<Alarm> heap_;
  std::unordered_set<Key, KeyHash> cancelled_;
};

}  // namespace pawl::engine
