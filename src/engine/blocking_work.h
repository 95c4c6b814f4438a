// SPDX-License-Identifier: Apache-2.0
// BlockingWork: a few threads for what may wait for disk or network: the reading of Map Runs' items
// and the writing of their results.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace pawl::engine {

/// Thread-safe. Threads are made when they are needed, and stay.
class BlockingWork {
 public:
  explicit BlockingWork(size_t threads_max) : threads_max_(threads_max) {}
  /// Waits for the work under way; what waits in the queue is dropped.
  ~BlockingWork() { stop(); }
  BlockingWork(const BlockingWork&) = delete;
  BlockingWork& operator=(const BlockingWork&) = delete;

  /// First in, first out; nothing happens after stop().
  void post(std::function<void()> work);
  /// Idempotent.
  void stop();

 private:
  void loop();

  const size_t threads_max_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::function<void()>> waiting_;  ///< guarded by mutex_, as all below
  std::vector<std::thread> threads_;
  size_t idle_ = 0;
  bool stopping_ = false;
};

}  // namespace pawl::engine
