// SPDX-License-Identifier: Apache-2.0
// While the disk works, the next ones gather: the sync of an empty batch covers all that is there.
#include "store/sync_queue.h"

#include <utility>

namespace pawl::store {

SyncQueue::SyncQueue(Store& store, std::function<void(const base::Error&)> failed)
    : store_(store), failed_(std::move(failed)), thread_([this] { loop(); }) {}

void SyncQueue::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void SyncQueue::after_sync(Done done) {
  bool first = false;
  {
    const std::lock_guard lock(mutex_);
    if (stopping_) return;
    first = waiting_.empty();
    waiting_.push_back(std::move(done));
  }
  if (first) changed_.notify_one();
}

void SyncQueue::loop() {
  std::vector<Done> batch;
  std::unique_lock lock(mutex_);
  while (true) {
    changed_.wait(lock, [this] { return stopping_ || !waiting_.empty(); });
    if (waiting_.empty()) return;
    batch.swap(waiting_);
    lock.unlock();
    if (const auto synced = store_.commit(Batch(), Sync::Yes); !synced) {
      if (failed_) failed_(synced.error());
      return;
    }
    for (const Done& done : batch) done();
    batch.clear();
    lock.lock();
  }
}

}  // namespace pawl::store
