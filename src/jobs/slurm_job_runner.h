// SPDX-License-Identifier: Apache-2.0
// SlurmJobRunner: jobs as jobs of a Slurm cluster (sbatch, squeue, scancel). Each has a folder on a
// file system that the nodes share; there a node finds what to run, runs it with this program
// (container_step.h) and leaves output and exit status. Jobs outlive this process.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "aws/service/service_loop.h"
#include "base/error.h"
#include "jobs/job_runner.h"

namespace pawl::jobs {

/// Thread-safe. Asks squeue once a second, for all jobs at once, while there are any. The loop's
/// tasks must have ended before it does.
class SlurmJobRunner final : public JobRunner {
 public:
  struct Options {
    aws::ServiceLoop& loop;
    std::string folder;     ///< absolute, shared with the nodes
    std::string program;    ///< this program as the nodes know it
    std::string partition;  ///< "": the cluster's default
    /// Puts an image where the step reads it (image_layout.h). Blocks. Errors: NotFound, Io, ….
    std::function<base::Result<void>(const std::string& image, const std::string& folder)>
        export_image;
    std::string commands = {};  ///< "DIR/" of sbatch, squeue and scancel; "": PATH's
    int64_t poll_ms = 1'000;
  };
  explicit SlurmJobRunner(Options options) : options_(std::move(options)) {}

  void start(JobSpec spec, JobEvents events) override;
  void adopt(const std::string& id, const std::string& handle, uint64_t output_read,
             JobEvents events) override;
  void stop(const std::string& id, int64_t grace_ms) override;
  /// Slurm knows its nodes.
  Demand capacity() const override { return {}; }
  bool survives_restarts() const override { return true; }

 private:
  struct Job {
    JobEvents events;
    std::string slurm_id;  ///< "": not submitted yet, or not seen yet
    bool is_submitted = false;
    bool is_adopted = false;
    bool has_started = false;
    bool is_stopped = false;
    int missing = 0;           ///< polls without a sign of it
    uint64_t output_read = 0;  ///< bytes
    int64_t kill_at_ms = 0;    ///< 0: never
  };
  struct Seen {
    std::string state;
    std::string reason;
    std::string slurm_id;
  };
  /// What a poll found of one job.
  struct News {
    std::optional<Seen> seen;
    std::string output;
    uint64_t output_read = 0;
    std::optional<JobExit> exit;  ///< as the step left it
  };

  std::string folder_of(const std::string& id) const { return options_.folder + "/" + id; }
  void submit(const JobSpec& spec);
  base::Result<std::string> submitted(const JobSpec& spec);
  void poll_soon();
  void poll();
  std::map<std::string, Seen> ask_queue(bool& is_known) const;
  News look(const std::string& id, uint64_t output_read) const;
  void take(const std::string& id, const News& news, bool is_known);
  void end(const std::string& id, const JobExit& exit);
  void cancel(const std::string& id, bool is_kill);

  Options options_;
  std::mutex mutex_;
  std::map<std::string, std::shared_ptr<Job>> jobs_;  ///< guarded by mutex_
  bool is_poll_due_ = false;                          ///< guarded by mutex_
};

/// "slurm" or "slurm=PARTITION": the partition. nullopt if it is neither.
std::optional<std::string> slurm_partition(std::string_view setting);

}  // namespace pawl::jobs
