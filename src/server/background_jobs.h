// SPDX-License-Identifier: Apache-2.0
// BackgroundJobs: what is to be done now and then, beside everything else: one thread, one job
// after the other.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace pawl::server {

/// Add all jobs, then run(). The end of this object waits for the job under way, which is told by
/// `go_on` that it should come to an end.
class BackgroundJobs {
 public:
  using GoOn = std::function<bool()>;
  using Job = std::function<void(const GoOn&)>;

  ~BackgroundJobs();

  /// First after `interval`, then each time so long after it has ended.
  void add(std::chrono::milliseconds interval, Job job);
  void run();
  void stop();

 private:
  struct Periodic {
    std::chrono::milliseconds interval;
    Job job;
    std::chrono::steady_clock::time_point next;
  };
  void loop();
  bool goes_on();

  std::vector<Periodic> jobs_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool stopping_ = false;  ///< guarded by mutex_
  std::thread thread_;
};

}  // namespace pawl::server
