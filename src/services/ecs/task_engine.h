// SPDX-License-Identifier: Apache-2.0
// TaskEngine: runs tasks: PROVISIONING until the machine has room, PENDING until the essential
// containers run, RUNNING, STOPPED when one of them has ended or somebody has stopped it.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "aws/service/service_loop.h"
#include "jobs/container_environment.h"
#include "jobs/job_log.h"
#include "jobs/job_runner.h"
#include "jobs/machine.h"
#include "jobs/service_events.h"
#include "services/ecs/task.h"
#include "services/ecs/task_store.h"

namespace pawl::ecs {

/// One container of a task as it will be run.
struct ContainerPlan {
  enum class Progress { Waiting, Starting, Running, Ended };
  jobs::JobSpec spec;
  std::optional<jobs::LogStream> log;
  std::vector<std::pair<std::string, std::string>> depends_on;  ///< container, condition
  int64_t stop_ms = 30'000;                                     ///< between SIGTERM and SIGKILL
  Progress progress = Progress::Waiting;
};

/// Plans of the task's containers, in its order. `definition`: the API's TaskDefinition;
/// `environment`: what all containers see unless they are told otherwise.
std::vector<ContainerPlan> plan_task(const Task& task, const json::Value& definition,
                                     const jobs::Variables& environment, int64_t stop_ms);

/// Thread-safe. Runner and log call back on the loop's thread; its tasks must have ended before
/// this does.
class TaskEngine {
 public:
  struct Ports {
    store::Store& store;
    TaskStore& tasks;
    aws::ServiceLoop& loop;
    jobs::JobRunner& runner;
    jobs::Machine& machine;
    jobs::JobLog& log;
    jobs::ServiceEvents& events;
    std::function<std::string()> endpoint_url;
    jobs::RoleCredentials credentials = {};  ///< of task roles
    int64_t stop_grace_ms = 30'000;          ///< API ContainerDefinition "stopTimeout": the default
    int64_t kept_ms = 3'600'000;  ///< "stopped tasks … appear … for at least one hour"
  };
  explicit TaskEngine(Ports ports) : ports_(std::move(ports)) {}

  /// Takes up what an earlier process left: what had not begun begins, what ran has stopped, unless
  /// the runner finds it.
  aws::ApiResult<void> run();

  /// All or none of them. `before_commit` is called when they will certainly be there.
  aws::ApiResult<void> start(const std::vector<Task>& tasks, const json::Value& definition,
                             const std::function<void()>& before_commit);
  /// The task as it is then; nullopt if there is none.
  aws::ApiResult<std::optional<Task>> stop(const Scope& scope, const std::string& cluster,
                                           const std::string& id, const std::string& reason);
  /// Tasks for which the machine has no room.
  size_t waiting() const;

 private:
  using TaskKey = std::string;  ///< the id, which is unique
  struct Live {
    Task task;
    Task stored;  ///< as it stands in the store
    std::vector<ContainerPlan> plans;
    bool has_room = false;
    bool is_stopping = false;
  };

  // The mutex is held where not said otherwise.
  std::vector<ContainerPlan> plans_of(const Task& task, const json::Value& definition) const;
  void make_room();  ///< takes the mutex
  void advance(Live& live);
  void start_ready(Live& live);
  bool may_start(const Live& live, const ContainerPlan& plan, bool& never) const;
  void begin_stop(Live& live, const std::string& code, const std::string& reason);
  void finish(Live& live);
  base::Result<void> commit(Live& live);
  base::Result<void> recover(const TaskStore::TaskName& name);
  jobs::JobEvents events_of(const TaskKey& key, size_t index);
  void started(const TaskKey& key, size_t index, const std::string& handle);  ///< takes the mutex
  void output(const TaskKey& key, size_t index, std::string_view bytes);      ///< takes the mutex
  void exited(const TaskKey& key, size_t index, const jobs::JobExit& exit);   ///< takes the mutex
  void ended(const TaskKey& key, size_t index, const jobs::JobExit& exit);    ///< takes the mutex
  void purge();                                                               ///< takes the mutex

  Ports ports_;
  mutable std::mutex mutex_;  ///< guards all below
  std::map<TaskKey, std::unique_ptr<Live>> live_;
  std::deque<TaskKey> waiting_;
  bool is_make_room_due_ = false;
};

}  // namespace pawl::ecs
