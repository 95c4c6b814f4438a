// SPDX-License-Identifier: Apache-2.0
// StatusEvents: from the executions of Step Functions to EventBridge, which do not know each other:
// "Step Functions Execution Status Change" (Step Functions Developer Guide, "Automating Step
// Functions event delivery with EventBridge").
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/error.h"
#include "base/time.h"
#include "engine/status_watch.h"
#include "store/store.h"

namespace pawl::server {

/// Each event is stored in the batch of the change it tells of, and handed over when that is on
/// disk: at least once, twice only after a crash. Nothing is stored while no rule is interested.
/// Events of one execution are handed over in order. Thread-safe.
class StatusEvents final : public engine::StatusWatch {
 public:
  struct Event {
    std::string account;
    std::string region;
    std::string execution_arn;
    std::string detail;  ///< JSON text
    base::Timestamp time;
  };
  struct Options {
    store::Store& store;
    /// Whether any rule is for events of the source "aws.states".
    std::function<bool()> is_wanted;
    /// Takes an event for good: it is on disk with the next sync. Any partition's thread.
    std::function<void(const Event&)> emit;
  };

  /// Errors: the store's.
  static base::Result<std::unique_ptr<StatusEvents>> open(Options options);
  /// Hands over what an earlier process left. Once, when `emit` can be called.
  void run();

  bool is_interested(const engine::ExecutionRecord& record) override;
  std::function<void()> changed(const engine::ExecutionRecord& record,
                                const interpreter::ExecutionState& state,
                                interpreter::ExecutionStatus status, store::Batch& batch) override;

 private:
  StatusEvents(Options options, store::Keyspace waiting)
      : options_(std::move(options)), waiting_(waiting) {}
  void hand_over(const std::string& key, const Event& event);

  const Options options_;
  const store::Keyspace waiting_;
  std::atomic<uint64_t> next_number_ = 1;
  std::vector<std::pair<std::string, Event>> left_over_;  ///< until run()
};

}  // namespace pawl::server
