// SPDX-License-Identifier: Apache-2.0
#include "services/cloudformation/operations/stack_threads.h"

#include <utility>

namespace pawl::cloudformation {

void StackThreads::run(Task task) {
  const std::lock_guard lock(mutex_);
  if (stopping_) return;
  waiting_.push_back(std::move(task));
  if (idle_ < waiting_.size() && threads_.size() < threads_max_) {
    threads_.emplace_back([this] { loop(); });
  }
  changed_.notify_one();
}

void StackThreads::stop() {
  std::deque<Task> dropped;
  std::vector<std::thread> ending;
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    dropped.swap(waiting_);
    ending.swap(threads_);
    changed_.notify_all();
  }
  for (std::thread& thread : ending) thread.join();
}

void StackThreads::loop() {
  std::unique_lock lock(mutex_);
  while (true) {
    ++idle_;
    changed_.wait(lock, [this] { return stopping_ || !waiting_.empty(); });
    --idle_;
    if (stopping_) return;
    Task task = std::move(waiting_.front());
    waiting_.pop_front();
    lock.unlock();
    task();
    task = nullptr;
    lock.lock();
  }
}

}  // namespace pawl::cloudformation
