// SPDX-License-Identifier: Apache-2.0
// The loop: take, step, write, act. partition_turns.cc says what a message means,
// partition_steps.cc moves one execution.
#include "engine/partition.h"

#include <algorithm>
#include <utility>

#include "engine/partition_map_runs.h"
#include "store/key.h"

namespace pawl::engine {

using store::KeyReader;
using store::Range;

Partition::Partition(const Options& options)
    : options_(options),
      spaces_(options.executions.keyspaces()),
      random_(options.seed),
      horizon_{INT64_MIN},
      map_runs_(std::make_unique<PartitionMapRuns>(*this)),
      counts_(options.index) {}

Partition::~Partition() = default;

base::Result<void> Partition::recover() {
  ids_.start_after(PAWL_TRY(options_.executions.last_id()));
  PAWL_TRY_VOID(recover_outbox());
  PAWL_TRY_VOID(count_running());
  return map_runs_->recover();
}

base::Result<void> Partition::recover_outbox() {
  const auto cursor = options_.executions.store().cursor(spaces_.outbox, Range::all());
  ExecutionId latest = 0;
  for (bool more = PAWL_TRY(cursor->first()); more; more = PAWL_TRY(cursor->next())) {
    const ExecutionId id = KeyReader(cursor->key()).u64().value_or(0);
    if (id == latest || !owns(id)) continue;
    latest = id;
    post(RecoverMessage{id});
  }
  return {};
}

base::Result<void> Partition::count_running() {
  const auto cursor = options_.executions.store().cursor(spaces_.open, Range::all());
  for (bool more = PAWL_TRY(cursor->first()); more; more = PAWL_TRY(cursor->next())) {
    KeyReader key(cursor->key());
    key.text();
    if (const auto inverted = key.u64(); inverted && owns(~*inverted)) ++statistics_.running;
  }
  return {};
}

void Partition::post(PartitionMessage message) {
  if (const auto* start = std::get_if<StartMessage>(&message)) {
    ++queued_starts_;
    queued_input_bytes_ += start->input.text_bytes();
  }
  {
    const std::lock_guard lock(mutex_);
    posted_.push_back(std::move(message));
    has_posted_ = true;
  }
  if (options_.wake) options_.wake();
}

bool Partition::has_work() const { return has_posted_ || !ready_.empty() || map_runs_->has_work(); }

std::optional<base::Timestamp> Partition::next_due() {
  const base::Timestamp look{
      horizon_.ms == INT64_MIN ? INT64_MIN : horizon_.ms - options_.limits.timer_horizon_ms / 2};
  const auto due = timers_.next_due();
  return due ? std::min(*due, look) : look;
}

base::Result<bool> Partition::run() {
  // An execution's ids and times come from here: the clock is read once a batch.
  now_ = options_.clock.now();
  PAWL_TRY_VOID(extend_horizon());
  PAWL_TRY_VOID(fire_due_timers());
  PAWL_TRY_VOID(take_turns());
  map_runs_->write_changed();
  const bool idle = dirty_.empty() && batch_.empty() && callbacks_.empty() && cancels_.empty() &&
                    dispatches_.empty() && ended_.empty();
  if (!idle) {
    PAWL_TRY_VOID(commit());
    act();
  }
  collect_statistics();
  return !idle;
}

/// Reads the timers that have come near from the store. The batch is empty here, so the store has
/// them all.
base::Result<void> Partition::extend_horizon() {
  if (horizon_.ms != INT64_MIN && now_.ms < horizon_.ms - options_.limits.timer_horizon_ms / 2)
    return {};
  const base::Timestamp end{now_.ms + options_.limits.timer_horizon_ms};
  if (end <= horizon_) return {};
  Range range;
  if (horizon_.ms != INT64_MIN) range.begin = store::KeyBuilder().i64(horizon_.ms).take();
  range.end = store::KeyBuilder().i64(end.ms).take();
  const auto cursor = options_.executions.store().cursor(spaces_.timers, range);
  for (bool more = PAWL_TRY(cursor->first()); more; more = PAWL_TRY(cursor->next())) {
    KeyReader key(cursor->key());
    const auto due = key.i64();
    const auto id = key.u64();
    const auto frame = key.u32();
    const auto sequence = key.u32();
    if (!sequence) return base::Error(base::ErrorKind::TypeMismatch, "stored timer: damaged");
    if (owns(*id)) timers_.add({*id, {*frame, *sequence}, {*due}});
  }
  horizon_ = end;
  return {};
}

base::Result<void> Partition::fire_due_timers() {
  for (size_t fired = 0; fired < options_.limits.turns_per_batch_max; ++fired) {
    const auto alarm = timers_.pop_due(now_);
    if (!alarm) break;
    LiveExecution* live = PAWL_TRY(find(alarm->execution));
    if (live == nullptr || live->find_timer(alarm->timer) == nullptr) {
      batch_.erase(spaces_.timers,
                   ExecutionStore::timer_key(alarm->due, alarm->execution, alarm->timer));
      continue;
    }
    forget_timer(*live, alarm->timer, true);
    step(*live, interpreter::TimerFired{alarm->timer});
  }
  return {};
}

void Partition::take_posted() {
  if (!has_posted_) return;
  const std::lock_guard lock(mutex_);
  taken_.swap(posted_);
  has_posted_ = false;
}

base::Result<void> Partition::take_turns() {
  take_posted();
  // News for executions under way goes first: finishing them frees what they hold.
  for (PartitionMessage& message : taken_) {
    if (auto* start = std::get_if<StartMessage>(&message)) {
      const uint64_t party = std::hash<std::string>{}(start->record.scope);
      ready_.push(party, std::move(*start));
      continue;
    }
    PAWL_TRY_VOID(std::visit([this](auto& kind) { return on(kind); }, message));
  }
  taken_.clear();
  PAWL_TRY_VOID(map_runs_->advance_all());
  size_t turns = 0;
  while (!ready_.empty() && turns++ < options_.limits.turns_per_batch_max &&
         batch_.bytes() < options_.limits.batch_bytes_max &&
         events_in_batch_ < options_.limits.events_per_batch_max) {
    Turn turn = ready_.pop();
    PAWL_TRY_VOID(std::visit([this](auto& kind) { return on(kind); }, turn));
    PAWL_TRY_VOID(map_runs_->advance_all());
  }
  return {};
}

base::Result<void> Partition::commit() {
  for (size_t i = 0; i < dirty_.size(); ++i) {
    const auto found = live_.find(dirty_[i]);
    if (found != live_.end()) write(*found->second);
  }
  if (options_.feed != nullptr) moved_.insert(moved_.end(), dirty_.begin(), dirty_.end());
  dirty_.clear();
  PAWL_TRY_VOID(counts_.write(options_.executions, batch_));
  must_sync_ = must_sync_ || !callbacks_.empty() || !dispatches_.empty() || !ended_.empty();
  const auto sync = must_sync_ ? store::Sync::Yes : store::Sync::No;
  if (!batch_.empty() || must_sync_)
    PAWL_TRY_VOID(options_.executions.store().commit(batch_, sync));
  ++statistics_.batches;
  batch_.clear();
  must_sync_ = false;
  events_in_batch_ = 0;
  new_names_.clear();
  return {};
}

/// What the batch caused may leave the process now.
void Partition::act() {
  if (options_.feed != nullptr) tell_feed();
  for (const auto& [execution, task] : std::exchange(cancels_, {}))
    options_.dispatcher.cancel(execution, task);
  std::vector<TaskRequest> dispatches = std::exchange(dispatches_, {});
  statistics_.tasks_dispatched += dispatches.size();
  for (TaskRequest& request : dispatches)
    options_.dispatcher.dispatch(std::move(request), options_.sink);
  for (const auto& callback : std::exchange(callbacks_, {})) callback();
  for (const ExecutionId id : std::exchange(ended_, {})) {
    const auto live = live_.find(id);
    if (live == live_.end() || !live->second->has_ended()) continue;
    if (options_.ended) options_.ended(live->second->record);
    if (const auto waiting = waiters_.find(id); waiting != waiters_.end()) {
      const auto callbacks = std::move(waiting->second);
      waiters_.erase(waiting);
      for (const auto& ended : callbacks) ended({live->second->record, live->second->state});
    }
    if (live->second->pins > 0) continue;
    recent_.erase(live->second->recency);
    live_.erase(live);
  }
  drop_idle();
}

void Partition::tell_feed() {
  if (!status_changes_.empty()) options_.feed->changed(status_changes_);
  status_changes_.clear();
  std::erase_if(moved_, [this](ExecutionId id) { return !options_.feed->is_watched(id); });
  if (!moved_.empty()) options_.feed->moved(moved_);
  moved_.clear();
}

base::Result<LiveExecution*> Partition::find(ExecutionId id) {
  if (const auto found = live_.find(id); found != live_.end()) {
    use(*found->second);
    return found->second.get();
  }
  if (!owns(id)) return nullptr;
  auto stored = PAWL_TRY(options_.executions.load(id));
  if (!stored) return nullptr;
  auto live = std::make_unique<LiveExecution>();
  live->revision = PAWL_TRY(options_.revisions.find_revision(stored->record.revision));
  live->record = std::move(stored->record);
  live->state = std::move(stored->state);
  live->state.info = make_execution_info(live->record, live->revision->role_arn);
  live->timers = std::move(stored->timers);
  live->tasks = std::move(stored->tasks);
  live->next_record = stored->next_record;
  live->inline_step = std::move(stored->inline_step);
  live->is_stored = true;
  live->is_open = live->record.status == interpreter::ExecutionStatus::Running;
  live->counted_as = live->record.status;
  if (!live->record.mock_test_case.empty()) {
    const auto events = PAWL_TRY(options_.executions.history(
        id, 1, INT64_MAX - 1, static_cast<size_t>(live->state.next_event_id), false));
    options_.dispatcher.restore(id, live->state, events);
  }
  return &add_live(std::move(live));
}

LiveExecution& Partition::add_live(std::unique_ptr<LiveExecution> live) {
  LiveExecution& added = *live;
  added.recency = recent_.insert(recent_.end(), added.record.id);
  live_.emplace(added.record.id, std::move(live));
  return added;
}

void Partition::use(LiveExecution& live) { recent_.splice(recent_.end(), recent_, live.recency); }

/// Those that have waited longest are read from the store again when they move.
void Partition::drop_idle() {
  auto candidate = recent_.begin();
  while (live_.size() > options_.limits.live_executions_max && candidate != recent_.end()) {
    const auto found = live_.find(*candidate);
    const LiveExecution& live = *found->second;
    if (live.is_dirty || live.is_ephemeral || live.is_resuming || live.pins > 0) {
      ++candidate;
      continue;
    }
    candidate = recent_.erase(candidate);
    live_.erase(found);
  }
}

void Partition::collect_statistics() {
  statistics_.queued = ready_.size();
  statistics_.live = live_.size();
  statistics_.timers = timers_.size();
}

}  // namespace pawl::engine
