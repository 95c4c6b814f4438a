// SPDX-License-Identifier: Apache-2.0
// StackExecutor: where the work on stacks is done, which waits for the answers of other services:
// never on the loop's thread, and not on its workers. StackThreads is a few threads that begin when
// there is something to do; tests have one that runs on the caller's (inline_executor_for_test.h).
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace pawl::cloudformation {

/// Thread-safe.
class StackExecutor {
 public:
  using Task = std::function<void()>;
  virtual ~StackExecutor() = default;
  /// Runs `task` in the order given as far as threads are free, never inside this call. After
  /// stop() tasks are destroyed, not run: what they do continues from records.
  virtual void run(Task task) = 0;
  /// Returns when no task is running. Idempotent.
  virtual void stop() = 0;
};

class StackThreads final : public StackExecutor {
 public:
  explicit StackThreads(size_t threads_max) : threads_max_(threads_max) {}
  ~StackThreads() override { stop(); }

  void run(Task task) override;
  void stop() override;

 private:
  void loop();

  const size_t threads_max_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Task> waiting_;
  std::vector<std::thread> threads_;
  size_t idle_ = 0;
  bool stopping_ = false;
};

}  // namespace pawl::cloudformation
