// SPDX-License-Identifier: Apache-2.0
#include "server/background_jobs.h"

#include <algorithm>
#include <utility>

namespace pawl::server {

using std::chrono::steady_clock;

BackgroundJobs::~BackgroundJobs() { stop(); }

void BackgroundJobs::add(std::chrono::milliseconds interval, Job job) {
  jobs_.push_back({interval, std::move(job), {}});
}

void BackgroundJobs::run() {
  if (jobs_.empty()) return;
  for (Periodic& job : jobs_) job.next = steady_clock::now() + job.interval;
  thread_ = std::thread([this] { loop(); });
}

void BackgroundJobs::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_one();
  if (thread_.joinable()) thread_.join();
}

bool BackgroundJobs::goes_on() {
  const std::lock_guard lock(mutex_);
  return !stopping_;
}

void BackgroundJobs::loop() {
  while (true) {
    const auto first =
        std::min_element(jobs_.begin(), jobs_.end(),
                         [](const Periodic& a, const Periodic& b) { return a.next < b.next; });
    {
      std::unique_lock lock(mutex_);
      changed_.wait_until(lock, first->next, [this] { return stopping_; });
      if (stopping_) return;
    }
    if (steady_clock::now() < first->next) continue;
    first->job([this] { return goes_on(); });
    first->next = steady_clock::now() + first->interval;
  }
}

}  // namespace pawl::server
