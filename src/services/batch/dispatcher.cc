// SPDX-License-Identifier: Apache-2.0
// Who runs next. What runs: attempts.cc.
#include "services/batch/dispatcher.h"

#include <algorithm>
#include <utility>

#include "jobs/records.h"
#include "json/members.h"
#include "json/write.h"

namespace pawl::batch {

using aws::ApiResult;
using base::Result;
using jobs::of_store;
using json::Value;

namespace {

constexpr int64_t kPurgePauseMs = 3'600'000;
constexpr size_t kPurgedAtOnce = 100;
constexpr size_t kUnblockedAtOnce = 1'000;
// API JobSummary "statusReason" of jobs that are stuck in RUNNABLE (AWS Batch User Guide, "Job
// queue blocked events").
constexpr const char* kBlockedReason =
    "MISCONFIGURATION:COMPUTE_ENVIRONMENT_MAX_RESOURCE - The job queue's compute environments have "
    "a maxVcpu setting that is smaller than the job requirements.";

int64_t millicpus_max(const Value& environment) {
  if (text_member(environment, "type") == "UNMANAGED") {
    return integer_member(environment, "unmanagedvCpus") * 1'000;
  }
  return integer_member(object_member(environment, "computeResources"), "maxvCpus") * 1'000;
}

}  // namespace

ApiResult<void> Dispatcher::load_resources() {
  for (auto& [key, environment] : environments_) environment.is_enabled = false;
  PAWL_TRY_VOID(ports_.resources.visit_all(
      ResourceKind::Environment, [this](const Scope& scope, const Value& record) {
        Environment& environment =
            environments_[{scope, text_member(record, "computeEnvironmentName")}];
        environment.is_enabled = text_member(record, "state") == "ENABLED";
        environment.millicpus_max = millicpus_max(record);
      }));
  std::erase_if(environments_, [](const auto& each) {
    return !each.second.is_enabled && each.second.millicpus_used == 0;
  });
  queues_.clear();
  PAWL_TRY_VOID(ports_.resources.visit_all(ResourceKind::Queue, [this](const Scope& scope,
                                                                       const Value& record) {
    if (text_member(record, "state") != "ENABLED") return;
    Queue queue{scope, text_member(record, "jobQueueName"), integer_member(record, "priority"), {}};
    std::vector<std::pair<int64_t, std::string>> order;
    const Value given = array_member(record, "computeEnvironmentOrder");
    for (const Value& each : given.items()) {
      order.emplace_back(
          integer_member(each, "order"),
          resource_name(ResourceKind::Environment, text_member(each, "computeEnvironment")));
    }
    std::sort(order.begin(), order.end());
    for (auto& [number, name] : order) queue.environments.push_back(std::move(name));
    queues_.push_back(std::move(queue));
  }));
  std::stable_sort(queues_.begin(), queues_.end(),
                   [](const Queue& a, const Queue& b) { return a.priority > b.priority; });
  return {};
}

ApiResult<void> Dispatcher::run() {
  ports_.machine.on_free([this] {
    const std::lock_guard lock(mutex_);
    schedule_soon();
  });
  {
    const std::lock_guard lock(mutex_);
    PAWL_TRY_VOID(load_resources());
    for (const JobKey& key : PAWL_TRY(of_store(ports_.jobs.active()))) {
      PAWL_TRY_VOID(of_store(recover(key)));
    }
    has_begun_ = true;
    schedule_soon();
  }
  ports_.loop.post([this] { purge(); });
  return {};
}

void Dispatcher::purge() {
  const int64_t now = ports_.loop.now().ms;
  Result<size_t> purged = 0;
  {
    const std::lock_guard lock(mutex_);
    purged = ports_.jobs.purge(now - ports_.kept_ms, kPurgedAtOnce);
  }
  if (purged && *purged == kPurgedAtOnce) {
    ports_.loop.post([this] { purge(); });
  } else {
    ports_.loop.run_at({now + kPurgePauseMs}, [this] { purge(); });
  }
}

uint64_t Dispatcher::next_order() {
  const std::lock_guard lock(mutex_);
  last_order_ = std::max(last_order_ + 1, static_cast<uint64_t>(ports_.loop.now().ms) << 20);
  return last_order_;
}

void Dispatcher::resources_changed() {
  const std::lock_guard lock(mutex_);
  // What cannot be read now is read at the next change; until then the old ones count.
  if (!load_resources()) return;
  for (const Queue& queue : queues_) {
    if (!unblock(queue)) return;
  }
  schedule_soon();
}

bool Dispatcher::is_environment_used(const Scope& scope, const std::string& name) const {
  const std::lock_guard lock(mutex_);
  const auto found = environments_.find({scope, name});
  return found != environments_.end() && found->second.millicpus_used != 0;
}

Result<void> Dispatcher::commit(const JobChanges& changes, const std::string& ended_task) {
  store::Batch batch = changes.batch();
  if (!ended_task.empty()) ports_.positions.erase(batch, ended_task);
  PAWL_TRY_VOID(ports_.store.commit(batch, store::Sync::No));
  const base::Timestamp now = ports_.loop.now();
  std::pair<std::string, Value> spec;  // of an array's many children
  changes.for_each_changed([&](const Job& job) {
    if (spec.first != job.spec_id()) {
      Result<Value> found = ports_.jobs.spec(job.scope, job.spec_id());
      if (!found) return;
      spec = {job.spec_id(), *std::move(found)};
    }
    ports_.events.send({job.scope, now, "Batch Job State Change", job.arn(),
                        json::write(job_detail(job, spec.second))});
  });
  return {};
}

void Dispatcher::schedule_soon() {
  if (!has_begun_ || std::exchange(is_schedule_due_, true)) return;
  ports_.loop.post([this] { schedule(); });
}

void Dispatcher::schedule() {
  const std::lock_guard lock(mutex_);
  is_schedule_due_ = false;
  // What a queue of higher priority waits for is not given to a lower one.
  std::set<EnvironmentKey> claimed;
  for (const Queue& queue : queues_) {
    const Result<bool> goes_on = schedule_queue(queue, claimed);
    if (!goes_on || !*goes_on) return;  // an error: the store has failed, and the process ends
  }
}

Result<bool> Dispatcher::schedule_queue(const Queue& queue, std::set<EnvironmentKey>& claimed) {
  while (true) {
    const auto id = PAWL_TRY(ports_.jobs.first_runnable(queue.scope, queue.name));
    if (!id) return true;
    const std::optional<Job> job = PAWL_TRY(ports_.jobs.find(queue.scope, *id));
    if (!job) return base::Error(base::ErrorKind::NotFound, "stored job: its record is missing");
    std::string environment;
    switch (find_environment(queue, *job, claimed, environment)) {
      case Fit::Never: PAWL_TRY_VOID(set_blocked(*job, true)); break;
      case Fit::Now: PAWL_TRY_VOID(start(*job, environment)); break;
      case Fit::MachineIsFull: return false;
      case Fit::EnvironmentIsFull:
        for (const std::string& name : queue.environments) claimed.insert({queue.scope, name});
        return true;
    }
  }
}

/// Takes of the machine what the job needs if the answer is Now.
Dispatcher::Fit Dispatcher::find_environment(const Queue& queue, const Job& job,
                                             const std::set<EnvironmentKey>& claimed,
                                             std::string& found) const {
  bool fits_once = false;
  bool has_environment = false;
  for (const std::string& name : queue.environments) {
    const auto place = environments_.find({queue.scope, name});
    if (place == environments_.end() || !place->second.is_enabled) continue;
    has_environment = true;
    const Environment& environment = place->second;
    const int64_t limit = environment.millicpus_max;
    if (limit != 0 && job.demand.millicpus > limit) continue;
    fits_once = true;
    if (claimed.contains(place->first)) continue;
    if (limit != 0 && environment.millicpus_used + job.demand.millicpus > limit) continue;
    if (!ports_.machine.try_take(job.demand)) return Fit::MachineIsFull;
    found = name;
    return Fit::Now;
  }
  return fits_once || !has_environment ? Fit::EnvironmentIsFull : Fit::Never;
}

Result<void> Dispatcher::set_blocked(const Job& job, bool is_blocked) {
  JobChanges changes(ports_.jobs);
  Job* changed = PAWL_TRY(changes.find(job.scope, job.id));
  if (changed == nullptr) return {};
  changed->is_blocked = is_blocked;
  changed->status_reason = is_blocked ? kBlockedReason : "";
  return commit(changes);
}

Result<void> Dispatcher::unblock(const Queue& queue) {
  while (true) {
    const auto ids = PAWL_TRY(ports_.jobs.blocked(queue.scope, queue.name, kUnblockedAtOnce));
    JobChanges changes(ports_.jobs);
    for (const std::string& id : ids) {
      Job* job = PAWL_TRY(changes.find(queue.scope, id));
      if (job == nullptr) continue;
      job->is_blocked = false;
      job->status_reason.clear();
    }
    if (!ids.empty()) PAWL_TRY_VOID(commit(changes));
    if (ids.size() < kUnblockedAtOnce) return {};
  }
}

ApiResult<void> Dispatcher::submit(Job job, const Value& spec,
                                   const std::vector<Dependency>& dependencies,
                                   const std::function<void()>& before_commit) {
  const std::lock_guard lock(mutex_);
  JobChanges changes(ports_.jobs);
  Lifecycle lifecycle(ports_.jobs, changes, ports_.loop.now().ms);
  changes.put_spec(job.scope, job.id, spec);
  bool has_failed = false;
  for (const Dependency& each : dependencies) {
    changes.put_dependency(job.scope, each.job_id, job.id, each.type);
    if (each.type == DependencyType::NToN) continue;
    const Job* on = PAWL_TRY(of_store(changes.find(job.scope, each.job_id)));
    if (on == nullptr) continue;  // looked for before
    if (on->status == Status::Failed) has_failed = true;
    if (!has_ended(on->status)) ++job.waits_for;
  }
  job.status = Status::Pending;
  Job& added = changes.add(std::move(job));
  if (has_failed) {
    PAWL_TRY_VOID(of_store(lifecycle.finish(added, Status::Failed, "Dependent Job failed")));
  } else if (added.waits_for == 0) {
    PAWL_TRY_VOID(of_store(lifecycle.make_ready(added)));
  }
  before_commit();
  PAWL_TRY_VOID(of_store(commit(changes)));
  schedule_soon();
  return {};
}

}  // namespace pawl::batch
