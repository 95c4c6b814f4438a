// SPDX-License-Identifier: Apache-2.0
// DurableEngine: all durable (STANDARD) executions of a store: its partitions and their threads,
// and the way to each. What is read goes to the ExecutionStore directly.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "engine/blocking_work.h"
#include "engine/execution_feed.h"
#include "engine/execution_store.h"
#include "engine/partition.h"
#include "engine/partition_message.h"
#include "engine/ports.h"
#include "engine/status_counts.h"

namespace pawl::engine {

/// Thread-safe. Ended, or crashed, it goes on from where the store stands when it is opened again.
class DurableEngine final : public TaskSink {
 public:
  /// Makes the dispatcher of one partition's thread; what it makes must outlive the engine.
  using DispatcherFactory = std::function<TaskDispatcher&(uint32_t partition)>;
  struct Options {
    store::Store& store;
    Clock& clock;
    Entropy& entropy;  ///< asked once a partition, while the engine is opened
    RevisionSource& revisions;
    DispatcherFactory dispatcher;
    HistoryLog* log = nullptr;      ///< may be null
    StatusWatch* watch = nullptr;   ///< may be null
    ExecutionFeed* feed = nullptr;  ///< may be null
    uint32_t partitions = 1;        ///< each is a thread; may change from one start to the next
    PartitionLimits limits = {};
    /// A commit failed: what reached the disk is not known, nothing more can be acknowledged. Ends
    /// the process. Called on a partition's thread.
    std::function<void(const base::Error&)> fatal;
    /// Called on a partition's thread for each execution that has ended, after that is on disk.
    std::function<void(const ExecutionRecord&)> ended;
    /// What ItemReaders read and ResultWriters write; null: Map Runs with one fail.
    items::ObjectStore* objects = nullptr;
    uint32_t blocking_threads_max = 2;  ///< for that
  };

  /// Reads what a former process left; nothing moves before run(). The ports must outlive the
  /// engine. Errors: the store's.
  static base::Result<std::unique_ptr<DurableEngine>> open(const Options& options);
  /// Stops the threads after the batches under way; what waits in queues was not acknowledged.
  ~DurableEngine() override;
  DurableEngine(const DurableEngine&) = delete;
  DurableEngine& operator=(const DurableEngine&) = delete;

  /// Starts the threads. Once.
  void run();
  /// Stops them; then nothing moves any more. Idempotent.
  void stop();

  /// Outcomes come through `message.done`, also TooBusy, then on the caller's thread.
  void start(StartMessage message);
  void stop_execution(StopMessage message);
  /// `message.token` is parsed here: InvalidToken for what no engine made, on the caller's thread.
  void answer_token(TokenMessage message);
  void await(AwaitMessage message);
  void redrive(RedriveMessage message);
  void update_map_run(UpdateMapRunMessage message);
  void post(ExecutionId execution, Answer answer) override;

  const ExecutionStore& executions() const { return executions_; }
  size_t partition_count() const { return partitions_.size(); }
  const PartitionStatistics& statistics(size_t partition) const;

 private:
  class Worker;

  DurableEngine(const Options& options, ExecutionStore executions);
  base::Result<void> begin_counts();
  void rebuild_counts();
  Worker& worker_of(ExecutionId id);

  Options options_;
  ExecutionStore executions_;
  std::vector<std::unique_ptr<Worker>> partitions_;
  std::unique_ptr<StatusCountRebuild> count_rebuild_;  ///< null once all are counted
  std::atomic<bool> is_stopping_ = false;
  BlockingWork blocking_;  ///< ends before the partitions that it posts to
};

}  // namespace pawl::engine
