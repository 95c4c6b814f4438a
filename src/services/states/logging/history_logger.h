// SPDX-License-Identifier: Apache-2.0
// HistoryLogger: hands the history events of executions to the log group that their state machine
// names (API loggingConfiguration). EXPRESS executions have their history only there. The log group
// belongs to another service, so it is behind a function here.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/time.h"
#include "engine/ports.h"
#include "services/states/bounded_cache.h"
#include "services/states/logging/log_event.h"
#include "store/batch.h"

namespace pawl::states {

/// Lines for one stream, in order. Both views and lines live as long as the call.
struct LogDelivery {
  struct Line {
    base::Timestamp timestamp;
    std::string message;
  };
  std::string_view log_group_arn;  ///< with ":*"
  std::string_view log_stream;
  std::span<Line> lines;  ///< to be moved from
  base::Timestamp now;
};

/// Thread-safe. A log is no reason for an execution to fail ("best effort"): what cannot be written
/// is counted.
class HistoryLogger final : public engine::HistoryLog {
 public:
  /// The loggingConfiguration of a revision, as stored JSON text. Thread-safe.
  using Configurations = std::function<base::Result<std::string>(uint64_t revision)>;
  /// Adds the lines to `batch`. Thread-safe.
  using Sink = std::function<base::Result<void>(const LogDelivery& delivery, store::Batch& batch)>;

  struct Options {
    engine::Clock& clock;  ///< asked from all threads
    Configurations configurations;
    Sink sink;
  };
  explicit HistoryLogger(Options options) : options_(std::move(options)) {}

  void append(const interpreter::ExecutionState& state, const asl::Program& program,
              uint64_t revision, std::span<const interpreter::HistoryEvent> events,
              store::Batch& batch) override;

  /// Events that should have been logged, but were not.
  uint64_t dropped() const { return dropped_.load(std::memory_order_relaxed); }

 private:
  std::shared_ptr<const LoggingConfiguration> configuration_of(uint64_t revision);

  Options options_;
  BoundedCache<uint64_t, LoggingConfiguration> configurations_{{.entries_max = 4'096}};
  std::atomic<uint64_t> dropped_{0};
};

}  // namespace pawl::states
