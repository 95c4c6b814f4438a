// SPDX-License-Identifier: Apache-2.0
#include "engine/durable_engine.h"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <utility>

#include "interpreter/task_token.h"

namespace pawl::engine {

/// A partition and the thread that drives it.
class DurableEngine::Worker {
 public:
  Worker(Partition::Options options, std::function<void(const base::Error&)> fatal)
      : clock_(options.clock),
        fatal_(std::move(fatal)),
        partition_(with_wake(std::move(options))) {}

  ~Worker() { stop(); }

  Partition& partition() { return partition_; }

  void run() {
    thread_ = std::thread([this] { loop(); });
  }

  void stop() {
    {
      const std::lock_guard lock(mutex_);
      stopping_ = true;
    }
    changed_.notify_one();
    if (thread_.joinable()) thread_.join();
  }

 private:
  Partition::Options with_wake(Partition::Options options) {
    options.wake = [this] { wake(); };
    return options;
  }

  /// A lock for each post would be one too many: only who sleeps needs to be woken.
  void wake() {
    if (!sleeping_.load(std::memory_order_seq_cst)) return;
    { const std::lock_guard lock(mutex_); }
    changed_.notify_one();
  }

  void loop() {
    while (true) {
      const base::Result<bool> worked = partition_.run();
      if (!worked) return fatal_(worked.error());
      std::unique_lock lock(mutex_);
      if (stopping_) return;
      if (*worked) continue;
      sleeping_.store(true, std::memory_order_seq_cst);
      if (!partition_.has_work()) sleep(lock);
      sleeping_ = false;
      if (stopping_) return;
    }
  }

  void sleep(std::unique_lock<std::mutex>& lock) {
    const auto ready = [this] { return stopping_ || partition_.has_work(); };
    const auto due = partition_.next_due();
    if (!due) return changed_.wait(lock, ready);
    // At most a minute: the machine's clock may be set.
    const int64_t ms = std::clamp<int64_t>(due->ms - clock_.now().ms, 0, 60'000);
    changed_.wait_for(lock, std::chrono::milliseconds(ms), ready);
  }

  Clock& clock_;
  std::function<void(const base::Error&)> fatal_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool stopping_ = false;  ///< guarded by mutex_
  std::atomic<bool> sleeping_ = false;
  Partition partition_;
  std::thread thread_;
};

base::Result<std::unique_ptr<DurableEngine>> DurableEngine::open(const Options& options) {
  ExecutionStore executions = PAWL_TRY(ExecutionStore::open(options.store));
  std::unique_ptr<DurableEngine> engine(new DurableEngine(options, std::move(executions)));
  PAWL_TRY_VOID(engine->begin_counts());
  for (const auto& worker : engine->partitions_) PAWL_TRY_VOID(worker->partition().recover());
  return engine;
}

DurableEngine::DurableEngine(const Options& options, ExecutionStore executions)
    : options_(options),
      executions_(std::move(executions)),
      blocking_(options.blocking_threads_max) {
  const uint32_t count = std::clamp<uint32_t>(options.partitions, 1, 64);
  for (uint32_t index = 0; index < count; ++index) {
    Partition::Options partition{
        .executions = executions_,
        .clock = options.clock,
        .seed = options.entropy.next(),
        .revisions = options.revisions,
        .dispatcher = options.dispatcher(index),
        .sink = *this,
        .log = options.log,
        .watch = options.watch,
        .feed = options.feed,
        .index = index,
        .count = count,
        .limits = options.limits,
        .wake = {},
        .ended = options.ended,
        .objects = options.objects,
        .run_blocking = [this](std::function<void()> work) { blocking_.post(std::move(work)); }};
    partitions_.push_back(std::make_unique<Worker>(std::move(partition), options.fatal));
  }
}

DurableEngine::~DurableEngine() { stop(); }

base::Result<void> DurableEngine::begin_counts() {
  count_rebuild_ = PAWL_TRY(StatusCountRebuild::begin(executions_));
  if (options_.feed == nullptr) return {};
  const auto counts = read_status_counts(executions_);
  if (!counts) return counts.error();
  options_.feed->count(*counts, count_rebuild_ == nullptr);
  return {};
}

/// What fails here is the store, of which `fatal` hears from those who write more often.
void DurableEngine::rebuild_counts() {
  const auto counted = count_rebuild_->run([this] { return !is_stopping_; });
  count_rebuild_.reset();
  if (counted && *counted && options_.feed != nullptr) options_.feed->count(**counted, true);
}

void DurableEngine::run() {
  if (count_rebuild_) blocking_.post([this] { rebuild_counts(); });
  for (const auto& worker : partitions_) worker->run();
}

void DurableEngine::stop() {
  is_stopping_ = true;
  for (const auto& worker : partitions_) worker->stop();
  blocking_.stop();
}

DurableEngine::Worker& DurableEngine::worker_of(ExecutionId id) {
  return *partitions_[slot_of(id) % partitions_.size()];
}

void DurableEngine::start(StartMessage message) {
  const uint32_t slot = slot_of_name(message.record.scope, message.record.name);
  Partition& partition = partitions_[slot % partitions_.size()]->partition();
  if (partition.queue_is_full()) {
    StartOutcome refused;
    refused.kind = StartOutcome::Kind::TooBusy;
    if (message.done) message.done(refused);
    return;
  }
  partition.post(std::move(message));
}

void DurableEngine::stop_execution(StopMessage message) {
  const ExecutionId id = message.execution;
  worker_of(id).partition().post(std::move(message));
}

void DurableEngine::answer_token(TokenMessage message) {
  const auto parts = interpreter::parse_task_token(message.token);
  if (!parts) return message.done(TokenMessage::Outcome::InvalidToken);
  message.execution = parts->execution_id;
  message.task = parts->task;
  worker_of(parts->execution_id).partition().post(std::move(message));
}

void DurableEngine::await(AwaitMessage message) {
  const ExecutionId id = message.execution;
  worker_of(id).partition().post(std::move(message));
}

void DurableEngine::redrive(RedriveMessage message) {
  const ExecutionId id = message.execution;
  worker_of(id).partition().post(std::move(message));
}

void DurableEngine::update_map_run(UpdateMapRunMessage message) {
  const uint64_t id = message.map_run;
  worker_of(id).partition().post(std::move(message));
}

void DurableEngine::post(ExecutionId execution, Answer answer) {
  worker_of(execution).partition().post(EventMessage{execution, std::move(answer)});
}

const PartitionStatistics& DurableEngine::statistics(size_t partition) const {
  return partitions_[partition]->partition().statistics();
}

}  // namespace pawl::engine
