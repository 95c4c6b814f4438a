// SPDX-License-Identifier: Apache-2.0
// ContainerJobRunner: jobs as containers of this machine (container/runner.h). They end with this
// process.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "aws/service/service_loop.h"
#include "base/error.h"
#include "container/runner.h"
#include "jobs/job_runner.h"

namespace pawl::jobs {

/// The vCPUs and the memory of this machine, as this process may use them.
Demand machine_capacity();

/// Thread-safe. Must end after the runner that it was given, and after the loop's last task.
class ContainerJobRunner final : public JobRunner {
 public:
  struct Options {
    aws::ServiceLoop& loop;
    /// Where the runner comes from when the first job needs it; may block. Called on a worker
    /// thread, one call at a time. Errors: why containers cannot run.
    std::function<base::Result<container::Runner*>()> runner;
    std::string folder;  ///< of volumes; made when the first one is needed
  };
  explicit ContainerJobRunner(Options options);

  void start(JobSpec spec, JobEvents events) override;
  void adopt(const std::string& id, const std::string& handle, uint64_t output_read,
             JobEvents events) override;
  void stop(const std::string& id, int64_t grace_ms) override;
  Demand capacity() const override { return capacity_; }
  /// From now on nothing is told of any job. Thread-safe.
  void end() { is_ended_ = true; }

 private:
  struct Job {
    JobEvents events;
    container::RunningId running = 0;  ///< 0: not handed over yet
    bool is_stopped = false;           ///< before it was handed over
  };

  void hand_over(const JobSpec& spec);
  base::Result<std::vector<container::Mount>> make_mounts(const JobSpec& spec);
  void ended(const std::string& id, const JobExit& exit);

  Options options_;
  const Demand capacity_;
  std::atomic<bool> is_ended_ = false;
  std::mutex handing_over_;
  std::mutex mutex_;
  std::map<std::string, std::shared_ptr<Job>> jobs_;  ///< guarded by mutex_
};

}  // namespace pawl::jobs
