// SPDX-License-Identifier: Apache-2.0
// What runs: the attempts of jobs, from the start of a container to what follows of its end.
#include <algorithm>
#include <cctype>
#include <utility>

#include "jobs/container_environment.h"
#include "jobs/records.h"
#include "json/members.h"
#include "services/batch/dispatcher.h"
#include "services/batch/retry.h"

namespace pawl::batch {

using aws::ApiResult;
using base::Result;
using jobs::JobExit;
using jobs::of_store;
using json::Value;

namespace {

constexpr const char* kLogGroup = "/aws/batch/job";
constexpr const char* kContainerExited = "Essential container in task exited";
constexpr const char* kTimedOut = "Job attempt duration exceeded timeout";
constexpr const char* kNotStarted = "Task failed to start";

/// "name" of "arn:…:job-definition/name:3".
std::string definition_name(const std::string& arn) {
  const std::string name = resource_name(ResourceKind::Definition, arn);
  return name.substr(0, name.rfind(':'));
}

jobs::LogStream log_stream_of(const Job& job, const Value& spec) {
  const Value configuration = object_member(object_member(spec, "container"), "logConfiguration");
  const Value options = object_member(configuration, "options");
  jobs::LogStream stream{job.scope, text_member(options, "awslogs-group"), job.log_stream};
  if (stream.group.empty()) stream.group = kLogGroup;
  const std::string region = text_member(options, "awslogs-region");
  if (!region.empty()) stream.scope.region = region;
  return stream;
}

bool uses_awslogs(const Value& spec) {
  const Value configuration = object_member(object_member(spec, "container"), "logConfiguration");
  const std::string driver = text_member(configuration, "logDriver");
  return driver.empty() || driver == "awslogs";
}

std::string stream_name(const Job& job, const Value& spec) {
  const Value configuration = object_member(object_member(spec, "container"), "logConfiguration");
  std::string prefix =
      text_member(object_member(configuration, "options"), "awslogs-stream-prefix");
  if (prefix.empty()) prefix = definition_name(job.definition);
  return prefix + "/default/" + job.task_id;
}

std::vector<jobs::Mount> mounts_of(const Value& container) {
  std::vector<jobs::Mount> mounts;
  const Value volumes = array_member(container, "volumes");
  const Value points = array_member(container, "mountPoints");
  for (const Value& point : points.items()) {
    jobs::Mount mount{"", text_member(point, "containerPath"), flag_member(point, "readOnly")};
    const std::string name = text_member(point, "sourceVolume");
    for (const Value& volume : volumes.items()) {
      if (text_member(volume, "name") == name) {
        mount.source = text_member(object_member(volume, "host"), "sourcePath");
      }
    }
    if (!mount.target.empty()) mounts.push_back(std::move(mount));
  }
  return mounts;
}

void forget_attempt(Job& job) {
  job.task_id.clear();
  job.environment.clear();
  job.handle.clear();
  job.log_stream.clear();
}

}  // namespace

jobs::JobSpec Dispatcher::container_of(const Job& job, const Value& spec) const {
  const Value container = object_member(spec, "container");
  jobs::JobSpec made;
  made.id = job.task_id;
  made.image = text_member(container, "image");
  made.command = texts_member(container, "command");
  made.user = text_member(container, "user");
  made.has_read_only_root = flag_member(container, "readonlyRootFilesystem");
  made.mounts = mounts_of(container);
  made.demand = job.demand;
  made.secrets = jobs::secrets_of(container, "secrets");
  made.account = job.scope.account;
  made.region = job.scope.region;
  jobs::Variables environment = jobs::container_environment(
      job.scope, ports_.endpoint_url(), text_member(container, "jobRoleArn"), ports_.credentials);
  environment =
      jobs::merged_pairs(std::move(environment), jobs::pairs_of(container, "environment"));
  jobs::Variables ours = {
      {"AWS_BATCH_JOB_ID", job.id},
      {"AWS_BATCH_JQ_NAME", job.queue},
      {"AWS_BATCH_CE_NAME", job.environment},
      {"AWS_BATCH_JOB_ATTEMPT", std::to_string(job.attempts.size() + 1)},
  };
  if (job.is_child()) {
    ours.emplace_back("AWS_BATCH_JOB_ARRAY_INDEX", std::to_string(job.index));
    ours.emplace_back("AWS_BATCH_JOB_ARRAY_SIZE",
                      std::to_string(integer_member(spec, "arraySize")));
  }
  made.environment = jobs::merged_pairs(std::move(environment), ours);
  return made;
}

Result<void> Dispatcher::start(const Job& job, const std::string& environment) {
  JobChanges changes(ports_.jobs);
  Lifecycle lifecycle(ports_.jobs, changes, ports_.loop.now().ms);
  Job& changed = *PAWL_TRY(changes.find(job.scope, job.id));
  const Value spec = PAWL_TRY(ports_.jobs.spec(job.scope, job.spec_id()));
  PAWL_TRY_VOID(lifecycle.set_status(changed, Status::Starting));
  changed.environment = environment;
  changed.task_id = jobs::new_task_id();
  changed.log_stream.clear();
  changed.status_reason.clear();
  jobs::JobSpec container = container_of(changed, spec);
  PAWL_TRY_VOID(commit(changes));
  const JobKey key(job.scope, job.id);
  const EnvironmentKey place(job.scope, environment);
  environments_[place].millicpus_used += job.demand.millicpus;
  Running& running = running_[key];
  running.environment = place;
  running.demand = job.demand;
  ports_.runner.start(std::move(container), events_of(key));
  return {};
}

jobs::JobEvents Dispatcher::events_of(const JobKey& key) {
  return {.on_started = [this, key](const std::string& handle) { started(key, handle); },
          .on_output = [this, key](std::string_view bytes) { output(key, bytes); },
          .on_exit = [this, key](const JobExit& exit) { exited(key, exit); }};
}

void Dispatcher::started(const JobKey& key, const std::string& handle) {
  const std::lock_guard lock(mutex_);
  const auto found = running_.find(key);
  if (found == running_.end()) return;
  Running& running = found->second;
  const auto change = [&]() -> Result<void> {
    JobChanges changes(ports_.jobs);
    Lifecycle lifecycle(ports_.jobs, changes, ports_.loop.now().ms);
    Job& job = *PAWL_TRY(changes.find(key.first, key.second));
    const Value spec = PAWL_TRY(ports_.jobs.spec(job.scope, job.spec_id()));
    job.handle = handle;
    if (job.status == Status::Starting) {
      PAWL_TRY_VOID(lifecycle.set_status(job, Status::Running));
      job.started_ms = ports_.loop.now().ms;
      if (uses_awslogs(spec)) job.log_stream = stream_name(job, spec);
    }
    if (!job.log_stream.empty()) {
      running.has_log = true;
      running.log = log_stream_of(job, spec);
      ports_.log.open(running.log, ports_.runner.survives_restarts() ? job.task_id : "");
    }
    PAWL_TRY_VOID(commit(changes));
    arm_timeout(key, job, spec);
    return {};
  };
  // A store that fails ends the process.
  (void)change();
}

void Dispatcher::arm_timeout(const JobKey& key, const Job& job, const Value& spec) {
  const int64_t seconds = integer_member(object_member(spec, "timeout"), "attemptDurationSeconds");
  if (seconds == 0) return;
  running_[key].timer =
      ports_.loop.run_at({job.started_ms + seconds * 1'000}, [this, key] { timed_out(key); });
}

void Dispatcher::timed_out(const JobKey& key) {
  const std::lock_guard lock(mutex_);
  const auto found = running_.find(key);
  if (found == running_.end()) return;
  found->second.timer = 0;
  if (found->second.stop != Stop::No) return;
  const Result<std::optional<Job>> job = ports_.jobs.find(key.first, key.second);
  if (!job || !*job) return;
  found->second.stop = Stop::TimeOut;
  ports_.runner.stop((*job)->task_id, ports_.stop_grace_ms);
}

void Dispatcher::output(const JobKey& key, std::string_view bytes) {
  jobs::LogStream log;
  {
    const std::lock_guard lock(mutex_);
    const auto found = running_.find(key);
    if (found == running_.end() || !found->second.has_log) return;
    log = found->second.log;
  }
  ports_.log.append(log, bytes);
}

/// The log is whole before the job has ended: whoever sees the end can read it.
void Dispatcher::exited(const JobKey& key, const JobExit& exit) {
  std::optional<jobs::LogStream> log;
  {
    const std::lock_guard lock(mutex_);
    const auto found = running_.find(key);
    if (found == running_.end()) return;
    if (found->second.timer != 0) ports_.loop.cancel(std::exchange(found->second.timer, 0));
    if (found->second.has_log) log = found->second.log;
  }
  if (!log) return ended(key, exit);
  ports_.log.close(*log, [this, key, exit] { ended(key, exit); });
}

void Dispatcher::ended(const JobKey& key, const JobExit& exit) {
  Demand demand;
  {
    const std::lock_guard lock(mutex_);
    const auto found = running_.find(key);
    if (found == running_.end()) return;
    const Running running = std::move(running_.extract(found).mapped());
    demand = running.demand;
    environments_[running.environment].millicpus_used -= running.demand.millicpus;
    (void)end_attempt(key, exit, running.stop);
    schedule_soon();
  }
  ports_.machine.give_back(demand);
}

Result<void> Dispatcher::end_attempt(const JobKey& key, const JobExit& exit, Stop stop) {
  JobChanges changes(ports_.jobs);
  const int64_t now = ports_.loop.now().ms;
  Lifecycle lifecycle(ports_.jobs, changes, now);
  Job* found = PAWL_TRY(changes.find(key.first, key.second));
  if (found == nullptr || !is_active(found->status)) return {};
  Job& job = *found;
  const Value spec = PAWL_TRY(ports_.jobs.spec(job.scope, job.spec_id()));
  Attempt attempt{.task_id = job.task_id,
                  .environment = job.environment,
                  .log_stream = job.log_stream,
                  .reason = exit.kind == JobExit::Kind::Lost ? "" : exit.reason,
                  .status_reason = kContainerExited,
                  .exit_code = {},
                  .started_ms = job.status == Status::Running ? job.started_ms : 0,
                  .stopped_ms = now};
  if (exit.kind == JobExit::Kind::Exited) attempt.exit_code = exit.code;
  if (exit.kind == JobExit::Kind::NotStarted) attempt.status_reason = kNotStarted;
  if (exit.kind == JobExit::Kind::Lost) attempt.status_reason = exit.reason;
  if (stop == Stop::TimeOut) attempt.status_reason = kTimedOut;
  if (job.is_ended_by_user) attempt.status_reason = job.end_reason;
  const bool has_succeeded = exit.kind == JobExit::Kind::Exited && exit.code == 0 &&
                             stop == Stop::No && !job.is_ended_by_user;
  job.attempts.push_back(attempt);
  forget_attempt(job);
  // AWS Batch User Guide, "Job timeouts": "If a job is terminated because of a timeout it isn't
  // retried."
  const bool may_retry = !has_succeeded && stop == Stop::No && !job.is_ended_by_user &&
                         retries(object_member(spec, "retryStrategy"), job.attempts);
  if (may_retry) {
    PAWL_TRY_VOID(lifecycle.set_status(job, Status::Runnable));
    job.status_reason = attempt.status_reason;
  } else {
    PAWL_TRY_VOID(lifecycle.finish(job, has_succeeded ? Status::Succeeded : Status::Failed,
                                   attempt.status_reason));
  }
  return commit(changes, attempt.task_id);
}

/// Of a job that an earlier process had handed to its runner.
Result<void> Dispatcher::recover(const JobKey& key) {
  std::optional<Job> job = PAWL_TRY(ports_.jobs.find(key.first, key.second));
  if (!job) return {};
  if (!job->handle.empty() || ports_.runner.survives_restarts()) {
    const uint64_t output_read = PAWL_TRY(ports_.log.position(job->task_id));
    Running& running = running_[key];
    running.environment = {job->scope, job->environment};
    running.demand = job->demand;
    if (job->is_ended_by_user) running.stop = Stop::User;
    environments_[running.environment].millicpus_used += job->demand.millicpus;
    ports_.machine.take(job->demand);
    ports_.runner.adopt(job->task_id, job->handle, output_read, events_of(key));
    if (job->is_ended_by_user) ports_.runner.stop(job->task_id, ports_.stop_grace_ms);
    return {};
  }
  // Nobody has seen it run: it was never tried.
  if (job->status == Status::Starting && !job->is_ended_by_user) {
    JobChanges changes(ports_.jobs);
    Lifecycle lifecycle(ports_.jobs, changes, ports_.loop.now().ms);
    Job& changed = *PAWL_TRY(changes.find(key.first, key.second));
    forget_attempt(changed);
    PAWL_TRY_VOID(lifecycle.set_status(changed, Status::Runnable));
    return commit(changes);
  }
  const std::string instance = "i-0" + job->task_id.substr(0, 16);
  return end_attempt(
      key, {JobExit::Kind::Lost, 0, "Host EC2 (instance " + instance + ") terminated."}, Stop::No);
}

Result<void> Dispatcher::end_one(JobChanges& changes, Job& job, const std::string& reason,
                                 bool also_running) {
  if (has_ended(job.status) || (is_active(job.status) && !also_running)) return {};
  job.is_ended_by_user = true;
  job.end_reason = reason;
  if (is_active(job.status)) {
    const auto found = running_.find({job.scope, job.id});
    if (found != running_.end()) found->second.stop = Stop::User;
    ports_.runner.stop(job.task_id, ports_.stop_grace_ms);
    return {};
  }
  return Lifecycle(ports_.jobs, changes, ports_.loop.now().ms).finish(job, Status::Failed, reason);
}

ApiResult<void> Dispatcher::end_by_user(const Scope& scope, const std::string& id,
                                        const std::string& reason, bool also_running) {
  const std::lock_guard lock(mutex_);
  JobChanges changes(ports_.jobs);
  Job* job = PAWL_TRY(of_store(changes.find(scope, id)));
  if (job == nullptr) {
    return aws::ApiError("ClientException", "Job " + id + " does not exist", 400);
  }
  const bool has_children =
      job->is_array() && std::any_of(job->children.begin(), job->children.end(),
                                     [](uint32_t count) { return count != 0; });
  if (!has_children) {
    PAWL_TRY_VOID(of_store(end_one(changes, *job, reason, also_running)));
  } else if (!has_ended(job->status)) {
    job->is_ended_by_user = true;
    job->end_reason = reason;
    // From the last on: what waits for another is ended before that one ends.
    for (uint32_t i = job->size; i-- > 0;) {
      Job* child = PAWL_TRY(of_store(changes.find(scope, id + ":" + std::to_string(i))));
      if (child == nullptr) continue;
      PAWL_TRY_VOID(of_store(end_one(changes, *child, reason, also_running)));
    }
  }
  PAWL_TRY_VOID(of_store(commit(changes)));
  schedule_soon();
  return {};
}

}  // namespace pawl::batch
