// SPDX-License-Identifier: Apache-2.0
// Partition: owns a share of the durable executions and moves them: drains its queue, steps many
// executions, writes one batch, and only when that is on disk dispatches tasks and answers
// callers. It has no thread of its own: a PartitionThread or the simulator drives it.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/error.h"
#include "base/random.h"
#include "engine/execution_feed.h"
#include "engine/execution_id.h"
#include "engine/execution_store.h"
#include "engine/fair_queue.h"
#include "engine/live_execution.h"
#include "engine/partition_message.h"
#include "engine/ports.h"
#include "engine/status_counts.h"
#include "engine/status_watch.h"
#include "engine/timer_index.h"
#include "interpreter/step.h"
#include "items/object_store.h"
#include "store/batch.h"

namespace pawl::engine {

class PartitionMapRuns;

/// Bounds of one partition; a full queue answers TooBusy.
struct PartitionLimits {
  size_t queued_starts_max = 20'000;
  size_t queued_input_bytes_max = size_t{256} << 20;  ///< of the inputs of queued starts
  size_t turns_per_batch_max = 4'096;
  size_t map_children_per_batch_max = 4'096;  ///< started, stopped or found again
  size_t batch_bytes_max = size_t{8} << 20;
  /// Then a batch is written: a long loop's events do not pile up until they leave the caches.
  size_t events_per_batch_max = 8'192;
  size_t live_executions_max = 10'000;  ///< in memory; more are read again when they move
  int64_t timer_horizon_ms = 60'000;    ///< timers due later are only in the store
};

/// Totals since the start, and sizes now. Written by the partition's thread, read by any.
struct PartitionStatistics {
  std::atomic<uint64_t> started = 0;
  std::atomic<uint64_t> succeeded = 0;
  std::atomic<uint64_t> failed = 0;
  std::atomic<uint64_t> timed_out = 0;
  std::atomic<uint64_t> aborted = 0;
  std::atomic<uint64_t> events = 0;       ///< history events written
  std::atomic<uint64_t> transitions = 0;  ///< states entered
  std::atomic<uint64_t> batches = 0;
  std::atomic<uint64_t> tasks_dispatched = 0;
  std::atomic<uint64_t> running = 0;  ///< in the store, not ended
  std::atomic<uint64_t> queued = 0;
  std::atomic<uint64_t> live = 0;
  std::atomic<uint64_t> timers = 0;
};

/// All members but post(), queue_is_full() and statistics() belong to the thread that drives it.
class Partition {
 public:
  struct Options {
    const ExecutionStore& executions;
    Clock& clock;
    uint64_t seed = 0;  ///< of the numbers given to steps
    RevisionSource& revisions;
    TaskDispatcher& dispatcher;
    TaskSink& sink;                 ///< where dispatched tasks answer
    HistoryLog* log = nullptr;      ///< may be null
    StatusWatch* watch = nullptr;   ///< may be null
    ExecutionFeed* feed = nullptr;  ///< may be null
    uint32_t index = 0;             ///< this partition …
    uint32_t count = 1;             ///< … of so many
    PartitionLimits limits = {};
    std::function<void()> wake = {};  ///< called after a post; any thread
    /// Called for each execution that has ended, after that is on disk; may be empty.
    std::function<void(const ExecutionRecord&)> ended = {};
    /// For ItemReaders and ResultWriters; null: Map Runs with one fail.
    items::ObjectStore* objects = nullptr;
    /// Runs work that blocks, on another thread; empty: at once, for tests and the simulator.
    std::function<void(std::function<void()>)> run_blocking = {};
  };

  explicit Partition(const Options& options);
  ~Partition();
  Partition(const Partition&) = delete;
  Partition& operator=(const Partition&) = delete;

  /// Finds what a former process left: tasks to dispatch again, steps that yielded, Map Runs. Their
  /// turns are queued. Once, before run(). O(open tasks).
  base::Result<void> recover();

  /// Thread-safe.
  void post(PartitionMessage message);
  /// Thread-safe: no room for starts.
  bool queue_is_full() const {
    return queued_starts_ >= options_.limits.queued_starts_max ||
           queued_input_bytes_ >= options_.limits.queued_input_bytes_max;
  }

  /// Takes what is posted and due, steps, writes one batch, then acts and answers. False if there
  /// was nothing to do. Errors: the store's; then nothing was answered and the process must end:
  /// what is on disk decides.
  base::Result<bool> run();
  /// When the next timer is due; nullopt if none is near. Also the time to look at the store for
  /// further ones.
  std::optional<base::Timestamp> next_due();
  /// True if run() has something to do now.
  bool has_work() const;

  const PartitionStatistics& statistics() const { return statistics_; }

 private:
  friend class PartitionMapRuns;
  using Answer = TaskSink::Answer;
  /// A step that yielded gets its next turn.
  struct ResumeTurn {
    ExecutionId execution = 0;
  };
  using Turn = std::variant<StartMessage, ResumeTurn>;

  bool owns(ExecutionId id) const { return slot_of(id) % options_.count == options_.index; }

  // partition.cc
  void take_posted();
  base::Result<void> fire_due_timers();
  base::Result<void> take_turns();
  base::Result<void> commit();
  void act();
  void tell_feed();
  base::Result<LiveExecution*> find(ExecutionId id);
  LiveExecution& add_live(std::unique_ptr<LiveExecution> live);
  void use(LiveExecution& live);
  void drop_idle();
  base::Result<void> extend_horizon();
  base::Result<void> recover_outbox();
  base::Result<void> erase_late_answers(ExecutionId id, const LiveExecution* live);
  base::Result<void> count_running();
  void collect_statistics();

  // partition_turns.cc: one handler a message
  base::Result<void> on(StartMessage& message);
  base::Result<void> on(ResumeTurn& turn);
  base::Result<void> on(EventMessage& message);
  base::Result<void> on(StopMessage& message);
  base::Result<void> on(TokenMessage& message);
  base::Result<void> on(AwaitMessage& message);
  base::Result<void> on(RedriveMessage& message);
  base::Result<void> on(UpdateMapRunMessage& message);
  base::Result<void> on(MapRunItemsMessage& message);
  base::Result<void> on(MapRunWrittenMessage& message);
  base::Result<void> on(RecoverMessage& message);
  base::Result<bool> answer_known_name(StartMessage& message);
  base::Result<std::optional<interpreter::ScheduleTask>> rebuild_task(const LiveExecution& live,
                                                                      const StoredTask& task);

  // partition_steps.cc
  /// One step, its commands obeyed.
  void step(LiveExecution& live, Answer event);
  void redrive(LiveExecution& live);
  void obey(LiveExecution& live, interpreter::Command& command);
  void settle_task(LiveExecution& live, const Answer& event);
  void dispatch_later(LiveExecution& live, interpreter::ScheduleTask command);
  void forget_task(LiveExecution& live, interpreter::TaskId task);
  void cancel_task(LiveExecution& live, interpreter::TaskId task);
  void start_timer(LiveExecution& live, interpreter::TimerId timer, base::Timestamp due);
  void forget_timer(LiveExecution& live, interpreter::TimerId timer, bool fired);
  void mark_dirty(LiveExecution& live);
  void write(LiveExecution& live);
  void tell_watch(const LiveExecution& live);
  void write_record(LiveExecution& live, std::string_view inline_step);
  void count_status(LiveExecution& live);
  void count_end(LiveExecution& live);

  Options options_;
  const ExecutionKeyspaces& spaces_;
  base::Random random_;
  ExecutionIds ids_;
  base::Timestamp now_;

  std::unordered_map<ExecutionId, std::unique_ptr<LiveExecution>> live_;
  std::list<ExecutionId> recent_;  ///< of live_, the least recently used first
  TimerIndex timers_;
  base::Timestamp horizon_;  ///< timers due before it are in timers_
  FairQueue<Turn> ready_;
  std::unordered_map<ExecutionId, std::vector<std::function<void(const EndedExecution&)>>> waiters_;
  std::unique_ptr<PartitionMapRuns> map_runs_;

  // Of the batch under way.
  store::Batch batch_;
  bool must_sync_ = false;
  size_t events_in_batch_ = 0;
  std::vector<ExecutionId> dirty_;
  StatusCountWriter counts_;
  std::vector<ExecutionFeed::StatusChange> status_changes_;  ///< for the feed
  std::vector<ExecutionId> moved_;                           ///< the same
  std::vector<ExecutionId> ended_;
  std::unordered_map<std::string, ExecutionId> new_names_;
  std::vector<TaskRequest> dispatches_;
  std::vector<std::pair<ExecutionId, interpreter::TaskId>> cancels_;
  std::vector<std::function<void()>> callbacks_;
  interpreter::StepResult step_result_;
  std::string buffer_;

  std::mutex mutex_;
  std::vector<PartitionMessage> posted_;  ///< guarded by mutex_
  std::vector<PartitionMessage> taken_;
  std::atomic<bool> has_posted_ = false;
  std::atomic<size_t> queued_starts_ = 0;
  std::atomic<size_t> queued_input_bytes_ = 0;
  PartitionStatistics statistics_;
};

}  // namespace pawl::engine
