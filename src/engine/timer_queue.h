// SPDX-License-Identifier: Apache-2.0
// TimerQueue: the alarms of all executions of one engine, earliest first. Knows no clock: the
// caller says what time it is.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <unordered_map>
#include <vector>

#include "base/time.h"
#include "engine/ports.h"
#include "engine/wait_id_hash.h"
#include "interpreter/execution_state.h"

namespace pawl::engine {

struct Alarm {
  ExecutionId execution = 0;
  interpreter::TimerId timer;
  base::Timestamp due;
};

/// A binary heap whose cancelled alarms stay until they surface; when they outnumber the live ones
/// the heap is built anew, so memory follows the live alarms. start, pop: O(log n); cancel: O(1)
/// amortized. One thread.
class TimerQueue {
 public:
  /// A second start of the same timer replaces the first.
  void start(ExecutionId execution, interpreter::TimerId timer, base::Timestamp due);
  void cancel(ExecutionId execution, interpreter::TimerId timer);
  void cancel_all(ExecutionId execution);

  /// When the earliest alarm is due; nullopt if none is set.
  std::optional<base::Timestamp> next_due();
  /// Takes out the earliest alarm that is due at `now`. Alarms of the same time come in the order
  /// of their start.
  std::optional<Alarm> pop_due(base::Timestamp now);

  /// Live alarms.
  size_t size() const { return live_; }

 private:
  struct Entry {
    Alarm alarm;
    uint64_t sequence = 0;  ///< order of start; also tells a live entry from a cancelled one
  };
  struct Later {
    bool operator()(const Entry& a, const Entry& b) const {
      return a.alarm.due != b.alarm.due ? a.alarm.due > b.alarm.due : a.sequence > b.sequence;
    }
  };
  using Timers = std::unordered_map<interpreter::TimerId, uint64_t, WaitIdHash>;

  bool is_live(const Entry& entry) const;
  void drop_cancelled_front();
  void forget(const Alarm& alarm);
  void rebuild_if_stale();

  std::vector<Entry> heap_;
  std::unordered_map<ExecutionId, Timers> timers_;  ///< sequence of each live alarm
  uint64_t next_sequence_ = 1;
  size_t live_ = 0;
};

}  // namespace pawl::engine
