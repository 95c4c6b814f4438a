// SPDX-License-Identifier: Apache-2.0
// Dispatcher: which job runs when and where, and what becomes of it: queues by priority, first come
// first served within one, as many at once as the vCPUs and the memory allow; attempts, time-outs,
// cancellation, restarts.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "aws/service/service_loop.h"
#include "jobs/container_environment.h"
#include "jobs/job_log.h"
#include "jobs/job_runner.h"
#include "jobs/machine.h"
#include "jobs/service_events.h"
#include "services/batch/job_store.h"
#include "services/batch/lifecycle.h"
#include "services/batch/resource_store.h"

namespace pawl::batch {

/// What a job is submitted with besides its specification.
struct Dependency {
  std::string job_id;
  DependencyType type = DependencyType::Whole;
};

/// Thread-safe. Runner and log call back on the loop's thread; its tasks must have ended before
/// this does.
class Dispatcher {
 public:
  struct Ports {
    store::Store& store;
    JobStore& jobs;
    ResourceStore& resources;
    aws::ServiceLoop& loop;
    jobs::JobRunner& runner;
    jobs::Machine& machine;
    jobs::JobLog& log;
    jobs::OutputPositions& positions;  ///< of the log
    jobs::ServiceEvents& events;
    std::function<std::string()> endpoint_url;
    jobs::RoleCredentials credentials = {};  ///< of job roles
    int64_t stop_grace_ms = 30'000;          ///< AWS: between SIGTERM and SIGKILL
    /// "Finished jobs are kept for at least 7 days" (AWS Batch User Guide, "Job states").
    int64_t kept_ms = int64_t{7} * 24 * 3'600'000;
  };
  explicit Dispatcher(Ports ports) : ports_(std::move(ports)) {}

  /// Takes up what an earlier process left. Queues and environments are read here.
  aws::ApiResult<void> run();

  /// `before_commit` is called when the job will certainly be there.
  aws::ApiResult<void> submit(Job job, const json::Value& spec,
                              const std::vector<Dependency>& dependencies,
                              const std::function<void()>& before_commit);
  /// CancelJob, and with `also_running` TerminateJob. Nothing if the job has ended.
  aws::ApiResult<void> end_by_user(const Scope& scope, const std::string& id,
                                   const std::string& reason, bool also_running);

  /// A queue or environment was made, changed or deleted.
  void resources_changed();
  /// Somebody's job takes this environment.
  bool is_environment_used(const Scope& scope, const std::string& name) const;
  uint64_t next_order();

 private:
  using JobKey = std::pair<Scope, std::string>;
  using EnvironmentKey = std::pair<Scope, std::string>;

  struct Queue {
    Scope scope;
    std::string name;
    int64_t priority = 0;
    std::vector<std::string> environments;  ///< names, in their order
  };
  struct Environment {
    int64_t millicpus_max = 0;  ///< 0: no limit of its own
    int64_t millicpus_used = 0;
    bool is_enabled = false;
  };
  enum class Stop { No, TimeOut, User };
  struct Running {
    EnvironmentKey environment;
    Demand demand;
    jobs::LogStream log;
    bool has_log = false;
    aws::ServiceLoop::TimerId timer = 0;
    Stop stop = Stop::No;
  };
  enum class Fit { Now, EnvironmentIsFull, MachineIsFull, Never };

  // dispatcher.cc: who runs next. The mutex is held where not said otherwise.
  aws::ApiResult<void> load_resources();
  void schedule_soon();
  void schedule();  ///< takes the mutex
  /// False if nothing more can run on this machine now.
  base::Result<bool> schedule_queue(const Queue& queue, std::set<EnvironmentKey>& claimed);
  Fit find_environment(const Queue& queue, const Job& job, const std::set<EnvironmentKey>& claimed,
                       std::string& found) const;
  base::Result<void> set_blocked(const Job& job, bool is_blocked);
  base::Result<void> unblock(const Queue& queue);
  base::Result<void> commit(const JobChanges& changes, const std::string& ended_task = {});
  void purge();  ///< takes the mutex

  // attempts.cc: what runs.
  base::Result<void> start(const Job& job, const std::string& environment);
  jobs::JobSpec container_of(const Job& job, const json::Value& spec) const;
  jobs::JobEvents events_of(const JobKey& key);
  void started(const JobKey& key, const std::string& handle);  ///< takes the mutex
  void output(const JobKey& key, std::string_view bytes);      ///< takes the mutex
  void exited(const JobKey& key, const jobs::JobExit& exit);   ///< takes the mutex
  void ended(const JobKey& key, const jobs::JobExit& exit);    ///< takes the mutex
  void timed_out(const JobKey& key);                           ///< takes the mutex
  base::Result<void> end_attempt(const JobKey& key, const jobs::JobExit& exit, Stop stop);
  base::Result<void> recover(const JobKey& key);
  void arm_timeout(const JobKey& key, const Job& job, const json::Value& spec);
  base::Result<void> end_one(JobChanges& changes, Job& job, const std::string& reason,
                             bool also_running);

  Ports ports_;
  mutable std::mutex mutex_;   ///< guards all below
  std::vector<Queue> queues_;  ///< enabled ones, the highest priority first
  std::map<EnvironmentKey, Environment> environments_;
  std::map<JobKey, Running> running_;
  uint64_t last_order_ = 0;
  bool is_schedule_due_ = false;
  bool has_begun_ = false;
};

}  // namespace pawl::batch
