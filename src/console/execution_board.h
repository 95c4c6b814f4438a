// SPDX-License-Identifier: Apache-2.0
// ExecutionBoard: what the console knows of all executions without reading them: how many have
// which status, which have just changed, which of the watched ones have moved, and how long each
// machine's executions took lately. The engine tells it what is on disk (engine::ExecutionFeed).
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <deque>
#include <functional>
#include <list>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/time.h"
#include "console/duration_histogram.h"
#include "engine/execution_feed.h"
#include "interpreter/execution_state.h"

namespace pawl::console {

struct BoardLimits {
  size_t changes_max = 500;     ///< kept for watchers; who is slower misses some
  size_t machines_max = 1'000;  ///< those whose executions ended last
};

/// Thread-safe: one mutex, held for microseconds. Without watchers nothing is kept of a change but
/// numbers.
class ExecutionBoard final : public engine::ExecutionFeed {
 public:
  explicit ExecutionBoard(const BoardLimits& limits = {}) : limits_(limits) {}

  // engine::ExecutionFeed
  void count(const engine::StatusCountsByScope& counts, bool is_complete) override;
  void changed(std::span<const StatusChange> changes) override;
  void moved(std::span<const engine::ExecutionId> executions) override;
  void express_ended(const interpreter::ExecutionState& state) override;

  /// Both are called from any thread, never twice before what they announce was taken: there is
  /// something for take_moved(), or changes() and counts() have news while somebody watches
  /// changes. Before anybody watches.
  void on_news(std::function<void()> moved, std::function<void()> changed);

  // Single executions. Each watch() wants its unwatch(). What is committed after watch() returned
  // is told.
  void watch(engine::ExecutionId id);
  void unwatch(engine::ExecutionId id);
  /// Those that have moved since the last call, each once.
  std::vector<engine::ExecutionId> take_moved();

  // All executions.
  void watch_changes();
  void unwatch_changes();
  /// Numbers of changes will be greater than `number`, which was so in no earlier run. Before
  /// anything happens.
  void number_changes_after(uint64_t number) { last_change_ = number; }
  /// Changes that come from now on ring again.
  void take_changed() { has_rung_changed_ = false; }
  /// Of a state machine.
  engine::StatusCounts counts(const std::string& scope) const;
  /// Of all machines of "REGION:ACCOUNT".
  engine::StatusCounts counts_of_place(const std::string& place) const;
  /// False while those of an older store are still counted: what counts() says is too little.
  bool is_complete() const;

  struct Change {
    uint64_t number = 0;  ///< grows
    engine::ExecutionRecord record = {};
    bool is_erased = false;
  };
  struct Changes {
    std::vector<Change> list;    ///< oldest first
    uint64_t last = 0;           ///< to ask again with
    bool is_incomplete = false;  ///< some were forgotten
  };
  /// Of `scope`, or of a place, behind number `after`; the newest `max`.
  Changes changes(uint64_t after, const std::string& scope, const std::string& place,
                  size_t max) const;
  uint64_t last_change() const;

  /// What a machine's executions did in the last quarter of an hour, at least half of it.
  struct Machine {
    std::string scope;
    bool is_express = false;
    DurationHistogram durations = {};  ///< of those that ended, however
    uint64_t failures = 0;             ///< FAILED or TIMED_OUT
    std::string last_error = {};       ///< its name
    std::string last_failed = {};      ///< the execution's name
    base::Timestamp last_failed_at = {};
  };
  std::vector<Machine> machines(base::Timestamp now) const;

 private:
  static constexpr int64_t kWindowMs = 450'000;
  struct Window {
    DurationHistogram durations = {};
    uint64_t failures = 0;
  };
  struct Recent {
    std::string scope = {};
    bool is_express = false;
    int64_t window = 0;  ///< of windows[0]; windows[1] is the one before
    std::array<Window, 2> windows = {};
    std::string last_error = {};
    std::string last_failed = {};
    base::Timestamp last_failed_at = {};
    void turn_to(int64_t now_window);
  };
  struct Ended {
    std::string_view name;
    interpreter::ExecutionStatus status;
    base::Timestamp started_at;
    base::Timestamp stopped_at;
    const asl::ExecutionError* error;
  };
  /// Where a machine's numbers are: changes come in runs of one machine.
  struct Place {
    const std::string* scope = nullptr;
    engine::StatusCounts* machine = nullptr;
    engine::StatusCounts* region = nullptr;
    Recent* recent = nullptr;
  };

  static void note_count(const StatusChange& change, const Place& place);
  static void note_end(const Ended& ended, Recent& recent);
  Recent& recent_of(const std::string& scope, bool is_express);
  void update_watched();

  const BoardLimits limits_;
  std::function<void()> ring_moved_;
  std::function<void()> ring_changed_;
  std::atomic<bool> has_rung_changed_ = false;

  mutable std::mutex mutex_;  ///< guards all below
  engine::StatusCountsByScope counts_;
  engine::StatusCountsByScope places_;
  bool is_complete_ = false;
  std::unordered_map<engine::ExecutionId, size_t> watched_;  ///< how often
  std::vector<engine::ExecutionId> moved_;
  size_t change_watchers_ = 0;
  std::deque<Change> changes_;
  uint64_t last_change_ = 0;
  std::list<Recent> recent_;  ///< the one that ended last in front
  std::unordered_map<std::string, std::list<Recent>::iterator> recent_of_;
};

}  // namespace pawl::console
