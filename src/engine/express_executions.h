// SPDX-License-Identifier: Apache-2.0
// ExpressExecutions: EXPRESS executions, in memory only: each runs as far as it can in the call
// that starts it. Developer Guide "Choosing workflow type": at most five minutes, no history kept,
// at most once (StartSyncExecution) or at least once; here, at most once always.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <unordered_map>

#include "base/random.h"
#include "engine/execution_feed.h"
#include "engine/ports.h"
#include "engine/timer_index.h"
#include "interpreter/execution_state.h"
#include "interpreter/step.h"
#include "json/payload.h"
#include "store/store.h"

namespace pawl::engine {

struct ExpressStart {
  std::shared_ptr<const MachineRevision> revision;
  /// execution_id is filled in.
  std::shared_ptr<interpreter::ExecutionInfo> info;
  json::Payload input;
  /// Called once, on the loop's thread; may be empty. The state lives during the call.
  std::function<void(const interpreter::ExecutionState&)> ended;
};

/// Totals since the start. Read by any thread.
struct ExpressStatistics {
  std::atomic<uint64_t> started = 0;
  std::atomic<uint64_t> succeeded = 0;
  std::atomic<uint64_t> failed = 0;
  std::atomic<uint64_t> timed_out = 0;
  std::atomic<uint64_t> aborted = 0;
  std::atomic<uint64_t> running = 0;
};

/// All members but post() and statistics() belong to the loop's thread.
class ExpressExecutions final : public TaskSink {
 public:
  struct Options {
    Loop& loop;
    Clock& clock;
    uint64_t seed = 0;
    TaskDispatcher& dispatcher;
    HistoryLog* log = nullptr;      ///< may be null
    ExecutionFeed* feed = nullptr;  ///< may be null
    store::Store* store = nullptr;  ///< where the log's batches go; null without `log`
    size_t running_max = 100'000;   ///< start() refuses more
  };
  /// "Maximum execution time": five minutes.
  static constexpr int64_t kDurationMaxMs = 300'000;

  explicit ExpressExecutions(const Options& options);
  ~ExpressExecutions() override;

  /// False if too many run: then nothing happened. `ended` may be called before this returns.
  bool start(ExpressStart start);

  void post(ExecutionId execution, Answer answer) override;
  const ExpressStatistics& statistics() const { return statistics_; }

 private:
  struct Express {
    std::shared_ptr<const MachineRevision> revision;
    interpreter::ExecutionState state;
    std::function<void(const interpreter::ExecutionState&)> ended;
    std::unordered_map<uint64_t, base::Timestamp> timers;  ///< due, by timer
    base::Timestamp last_step_at;
  };
  static uint64_t timer_key(interpreter::TimerId timer) {
    return static_cast<uint64_t>(timer.frame) << 32 | timer.sequence;
  }

  void step(ExecutionId id, Answer event);
  void obey(ExecutionId id, Express& express, interpreter::Command& command);
  void complete(ExecutionId id, Express& express);
  void append_log(const Express& express);
  void fire_due_timers();
  void wake_when_due();

  Options options_;
  base::Random random_;
  ExecutionId next_id_ = 1;
  std::unordered_map<ExecutionId, std::unique_ptr<Express>> running_;
  TimerIndex timers_;
  std::optional<base::Timestamp> wake_at_;
  interpreter::StepResult result_;
  ExpressStatistics statistics_;
  /// Work that a loop still holds when this has gone must not come back to it.
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace pawl::engine
