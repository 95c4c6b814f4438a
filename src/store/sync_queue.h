// SPDX-License-Identifier: Apache-2.0
// SyncQueue: one sync for all who wait for one. Who commits with Sync::No goes on at once and lets
// leave the process what depends on it when the queue calls back.
#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

#include "store/store.h"

namespace pawl::store {

/// Thread-safe.
class SyncQueue {
 public:
  using Done = std::function<void()>;

  /// `store` must outlive it. `failed` is called at most once, when a sync fails: what reached the
  /// disk is then not known, so what waits is never called, and the process must end.
  SyncQueue(Store& store, std::function<void(const base::Error&)> failed);
  ~SyncQueue() { stop(); }
  SyncQueue(const SyncQueue&) = delete;
  SyncQueue& operator=(const SyncQueue&) = delete;

  /// Calls `done` on the queue's thread, in order, when everything that was committed before this
  /// call would survive a power failure. `done` must not block.
  void after_sync(Done done);

  /// Calls what waits, then ends; what comes later is dropped. Idempotent.
  void stop();

 private:
  void loop();

  Store& store_;
  const std::function<void(const base::Error&)> failed_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<Done> waiting_;  ///< guarded by mutex_
  bool stopping_ = false;      ///< guarded by mutex_
  std::thread thread_;
};

}  // namespace pawl::store
