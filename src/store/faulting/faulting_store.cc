// SPDX-License-Identifier: Apache-2.0
// A store that fails on purpose, over the one in memory.
#include "store/faulting/faulting_store.h"

#include <utility>

namespace pawl::store {

using base::Error;
using base::ErrorKind;
using base::Result;

FaultingStore::FaultingStore(const FaultPlan& plan)
    : memory_(MemoryOptions{.can_lose_power = true}), plan_(plan), random_(plan.seed) {}

Result<std::optional<std::string>> FaultingStore::get(Keyspace keyspace,
                                                      std::string_view key) const {
  return memory_.get(keyspace, key);
}

Result<std::vector<std::optional<std::string>>> FaultingStore::multi_get(
    Keyspace keyspace, std::span<const std::string_view> keys) const {
  return memory_.multi_get(keyspace, keys);
}

std::unique_ptr<Cursor> FaultingStore::cursor(Keyspace keyspace, const Range& range) const {
  return memory_.cursor(keyspace, range);
}

std::unique_ptr<Snapshot> FaultingStore::snapshot() const { return memory_.snapshot(); }

Result<Keyspace> FaultingStore::keyspace(std::string_view name, Shape shape) {
  return memory_.keyspace(name, shape);
}

Result<void> FaultingStore::commit(const Batch& batch, Sync sync) {
  PAWL_TRY_VOID(batch.check_limits());
  const std::scoped_lock lock(mutex_);
  if (failure_) return *failure_;
  bytes_ += batch.bytes();
  if (bytes_ > plan_.disk_bytes_max) is_disk_full_ = true;
  // A record that did not fit is incomplete, and dropped when the log is read.
  if (is_disk_full_ || happens(plan_.disk_full_chance))
    return fail("disk full: no space left on device", batch, false);
  if (sync == Sync::Yes &&
      (std::exchange(fail_next_sync_, false) || happens(plan_.sync_failure_chance)))
    return fail("syncing the log: input/output error", batch, true);
  return memory_.commit(batch, sync);
}

Result<void> FaultingStore::fail(const char* why, const Batch& batch, bool may_be_there) {
  failure_ = Error(ErrorKind::Io, std::string("store: committing: ") + why);
  if (may_be_there) failed_batch_ = batch;
  return *failure_;
}

bool FaultingStore::happens(double chance) {
  // Without a chance nothing is drawn, so adding one kind of fault does not shift the others.
  return chance > 0 && random_.next_double() < chance;
}

Result<void> FaultingStore::check() const { return memory_.check(); }

Result<void> FaultingStore::backup(const std::string& to) { return memory_.backup(to); }

Statistics FaultingStore::statistics() const {
  Statistics statistics = memory_.statistics();
  const std::scoped_lock lock(mutex_);
  statistics.failed = failure_.has_value();
  return statistics;
}

void FaultingStore::fail_next_sync() {
  const std::scoped_lock lock(mutex_);
  fail_next_sync_ = true;
}

void FaultingStore::fill_disk() {
  const std::scoped_lock lock(mutex_);
  is_disk_full_ = true;
}

void FaultingStore::make_room() {
  const std::scoped_lock lock(mutex_);
  is_disk_full_ = false;
  bytes_ = 0;
}

void FaultingStore::power_loss() {
  const std::scoped_lock lock(mutex_);
  const size_t unsynced = memory_.unsynced_commits();
  // The log is a sequence: the failed batch, its last record, survives only if all before it did.
  const size_t candidates = unsynced + (failed_batch_ ? 1 : 0);
  const size_t survivors = random_.next() % (candidates + 1);
  memory_.power_loss(survivors);
  open_anew(survivors > unsynced ? std::optional(Sync::Yes) : std::nullopt);
}

void FaultingStore::process_crash() {
  const std::scoped_lock lock(mutex_);
  open_anew(failed_batch_ && random_.next() % 2 == 0 ? std::optional(Sync::No) : std::nullopt);
}

void FaultingStore::open_anew(std::optional<Sync> failed_batch) {
  // The commit cannot fail: the limits were checked before.
  if (failed_batch) static_cast<void>(memory_.commit(*failed_batch_, *failed_batch));
  failed_batch_.reset();
  failure_.reset();
  fail_next_sync_ = false;
}

}  // namespace pawl::store
