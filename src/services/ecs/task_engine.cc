// SPDX-License-Identifier: Apache-2.0
#include "services/ecs/task_engine.h"

#include <algorithm>

#include "jobs/records.h"
#include "json/members.h"
#include "json/parse.h"
#include "json/write.h"

namespace pawl::ecs {

using aws::ApiResult;
using base::Result;
using jobs::JobExit;
using jobs::of_store;
using json::Value;
using Progress = ContainerPlan::Progress;

namespace {

constexpr int64_t kPurgePauseMs = 600'000;
constexpr size_t kPurgedAtOnce = 100;
constexpr const char* kEssentialExited = "Essential container in task exited";

bool is_under_way(const ContainerPlan& plan) {
  return plan.progress == Progress::Starting || plan.progress == Progress::Running;
}

}  // namespace

ApiResult<void> TaskEngine::run() {
  ports_.machine.on_free([this] {
    const std::lock_guard lock(mutex_);
    if (waiting_.empty() || std::exchange(is_make_room_due_, true)) return;
    ports_.loop.post([this] { make_room(); });
  });
  {
    const std::lock_guard lock(mutex_);
    for (const TaskStore::TaskName& name : PAWL_TRY(of_store(ports_.tasks.active()))) {
      PAWL_TRY_VOID(of_store(recover(name)));
    }
    is_make_room_due_ = true;
  }
  ports_.loop.post([this] { make_room(); });
  ports_.loop.post([this] { purge(); });
  return {};
}

void TaskEngine::purge() {
  const int64_t now = ports_.loop.now().ms;
  const Result<size_t> purged = ports_.tasks.purge(now - ports_.kept_ms, kPurgedAtOnce);
  if (purged && *purged == kPurgedAtOnce) {
    ports_.loop.post([this] { purge(); });
  } else {
    ports_.loop.run_at({now + kPurgePauseMs}, [this] { purge(); });
  }
}

size_t TaskEngine::waiting() const {
  const std::lock_guard lock(mutex_);
  return waiting_.size();
}

std::vector<ContainerPlan> TaskEngine::plans_of(const Task& task, const Value& definition) const {
  const base::Result<Value> overrides = json::parse(task.overrides);
  std::string role = text_member(definition, "taskRoleArn");
  if (overrides && has_member(*overrides, "taskRoleArn")) {
    role = text_member(*overrides, "taskRoleArn");
  }
  return plan_task(
      task, definition,
      jobs::container_environment(task.scope, ports_.endpoint_url(), role, ports_.credentials),
      ports_.stop_grace_ms);
}

Result<void> TaskEngine::recover(const TaskStore::TaskName& name) {
  std::optional<Task> task = PAWL_TRY(ports_.tasks.task(name.scope, name.cluster, name.id));
  if (!task) return {};
  const size_t colon = task->definition.rfind(':');
  const auto revision = static_cast<uint32_t>(std::stoul(task->definition.substr(colon + 1)));
  const auto definition = PAWL_TRY(ports_.tasks.definition(task->scope, task->family(), revision));
  auto live = std::make_unique<Live>();
  live->task = *task;
  live->stored = *task;
  if (definition) {
    live->plans = plans_of(*task, *definition);
  }
  const bool is_whole = live->plans.size() == task->containers.size();
  const bool has_begun =
      std::any_of(task->containers.begin(), task->containers.end(),
                  [](const TaskContainer& each) { return each.last_status != "PENDING"; });
  const TaskKey key = task->id;
  Live& kept = *live_.emplace(key, std::move(live)).first->second;
  if (is_whole && !has_begun && task->desired_status == "RUNNING") {
    kept.task.last_status = "PROVISIONING";
    waiting_.push_back(key);
    return {};
  }
  kept.has_room = true;
  ports_.machine.take(task->demand);
  bool is_lost = false;
  for (size_t i = 0; i < kept.plans.size() && is_whole; ++i) {
    TaskContainer& container = kept.task.containers[i];
    kept.plans[i].progress = Progress::Ended;
    if (container.last_status != "RUNNING") continue;
    if (!container.handle.empty() || ports_.runner.survives_restarts()) {
      kept.plans[i].progress = Progress::Running;
      ports_.runner.adopt(kept.plans[i].spec.id, container.handle, 0, events_of(key, i));
    } else {
      container.last_status = "STOPPED";
      is_lost = true;
    }
  }
  if (kept.task.desired_status == "STOPPED") kept.is_stopping = true;
  if (is_lost || !is_whole || kept.is_stopping) {
    begin_stop(kept, "TerminationNotice",
               "Host EC2 (instance i-0" + task->id.substr(0, 16) + ") terminated.");
  }
  advance(kept);
  return {};
}

ApiResult<void> TaskEngine::start(const std::vector<Task>& tasks, const Value& definition,
                                  const std::function<void()>& before_commit) {
  const std::lock_guard lock(mutex_);
  store::Batch batch;
  for (const Task& task : tasks) ports_.tasks.put_task(batch, nullptr, task);
  before_commit();
  PAWL_TRY_VOID(of_store(ports_.store.commit(batch, store::Sync::No)));
  for (const Task& task : tasks) {
    auto live = std::make_unique<Live>();
    live->task = task;
    live->stored = task;
    live->plans = plans_of(task, definition);
    live_.emplace(task.id, std::move(live));
    waiting_.push_back(task.id);
    ports_.events.send({task.scope, ports_.loop.now(), "ECS Task State Change", task.arn(),
                        json::write(task_detail(task, false, true))});
  }
  if (!std::exchange(is_make_room_due_, true)) ports_.loop.post([this] { make_room(); });
  return {};
}

void TaskEngine::make_room() {
  const std::lock_guard lock(mutex_);
  is_make_room_due_ = false;
  while (!waiting_.empty()) {
    const auto found = live_.find(waiting_.front());
    if (found != live_.end()) {
      Live& live = *found->second;
      if (!ports_.machine.try_take(live.task.demand)) return;
      live.has_room = true;
      live.task.last_status = "PENDING";
      live.task.pull_started_ms = ports_.loop.now().ms;
      waiting_.pop_front();
      if (!commit(live)) return;  // the store has failed: the process ends
      advance(live);
    } else {
      waiting_.pop_front();
    }
  }
}

bool TaskEngine::may_start(const Live& live, const ContainerPlan& plan, bool& never) const {
  for (const auto& [name, condition] : plan.depends_on) {
    for (size_t i = 0; i < live.task.containers.size(); ++i) {
      const TaskContainer& other = live.task.containers[i];
      if (other.name != name) continue;
      const Progress progress = live.plans[i].progress;
      const bool has_ended = progress == Progress::Ended;
      // API ContainerDependency. Health checks are not made: HEALTHY is START.
      if (condition == "COMPLETE" || condition == "SUCCESS") {
        if (!has_ended) return false;
        if (condition == "SUCCESS" && other.exit_code != 0) never = true;
      } else if (progress != Progress::Running && !has_ended) {
        return false;
      }
    }
  }
  return !never;
}

void TaskEngine::start_ready(Live& live) {
  bool has_started = false;
  for (size_t i = 0; i < live.plans.size(); ++i) {
    ContainerPlan& plan = live.plans[i];
    if (plan.progress != Progress::Waiting) continue;
    bool never = false;
    if (may_start(live, plan, never)) {
      plan.progress = Progress::Starting;
      live.task.containers[i].runtime_id = plan.spec.id;
      has_started = true;
      ports_.runner.start(plan.spec, events_of(live.task.id, i));
    } else if (never) {
      return begin_stop(
          live, "TaskFailedToStart",
          "A container that " + live.task.containers[i].name + " depends on did not succeed");
    }
  }
  if (has_started) (void)commit(live);
}

/// What follows of what has happened. May end the task, and `live` with it.
void TaskEngine::advance(Live& live) {
  if (!live.is_stopping) start_ready(live);
  if (!live.is_stopping) {
    const bool all_ended =
        std::all_of(live.plans.begin(), live.plans.end(),
                    [](const ContainerPlan& each) { return each.progress == Progress::Ended; });
    if (all_ended) begin_stop(live, "EssentialContainerExited", kEssentialExited);
  }
  const bool is_idle = std::none_of(live.plans.begin(), live.plans.end(), is_under_way);
  if (live.is_stopping && is_idle) finish(live);
}

void TaskEngine::begin_stop(Live& live, const std::string& code, const std::string& reason) {
  live.is_stopping = true;
  Task& task = live.task;
  if (task.stop_code.empty()) {
    task.stop_code = code;
    task.stopped_reason = reason;
  }
  task.desired_status = "STOPPED";
  if (task.stopping_ms == 0) task.stopping_ms = ports_.loop.now().ms;
  for (const ContainerPlan& plan : live.plans) {
    if (is_under_way(plan)) ports_.runner.stop(plan.spec.id, plan.stop_ms);
  }
  if (task.last_status == "RUNNING") task.last_status = "DEPROVISIONING";
  (void)commit(live);
}

void TaskEngine::finish(Live& live) {
  Task& task = live.task;
  task.last_status = "STOPPED";
  task.stopped_ms = ports_.loop.now().ms;
  for (TaskContainer& container : task.containers) container.last_status = "STOPPED";
  (void)commit(live);
  const bool had_room = live.has_room;
  const jobs::Demand demand = task.demand;
  live_.erase(std::string(task.id));
  // The machine calls back, and takes the mutex.
  if (had_room) {
    ports_.loop.post([this, demand] { ports_.machine.give_back(demand); });
  }
}

Result<void> TaskEngine::commit(Live& live) {
  ++live.task.version;
  store::Batch batch;
  ports_.tasks.put_task(batch, &live.stored, live.task);
  PAWL_TRY_VOID(ports_.store.commit(batch, store::Sync::No));
  const bool has_moved = live.stored.last_status != live.task.last_status ||
                         live.stored.desired_status != live.task.desired_status;
  live.stored = live.task;
  if (!has_moved) return {};
  const base::Timestamp now = ports_.loop.now();
  const Value detail = task_detail(live.task, false, true)
                           .with_member("updatedAt", Value(base::format_iso8601(now)));
  ports_.events.send(
      {live.task.scope, now, "ECS Task State Change", live.task.arn(), json::write(detail)});
  return {};
}

jobs::JobEvents TaskEngine::events_of(const TaskKey& key, size_t index) {
  return {
      .on_started = [this, key, index](const std::string& handle) { started(key, index, handle); },
      .on_output = [this, key, index](std::string_view bytes) { output(key, index, bytes); },
      .on_exit = [this, key, index](const JobExit& exit) { exited(key, index, exit); }};
}

void TaskEngine::started(const TaskKey& key, size_t index, const std::string& handle) {
  const std::lock_guard lock(mutex_);
  const auto found = live_.find(key);
  if (found == live_.end()) return;
  Live& live = *found->second;
  ContainerPlan& plan = live.plans[index];
  plan.progress = Progress::Running;
  live.task.containers[index].last_status = "RUNNING";
  live.task.containers[index].handle = handle;
  if (plan.log) ports_.log.open(*plan.log);
  bool all_run = true;
  for (size_t i = 0; i < live.plans.size(); ++i) {
    const Progress progress = live.plans[i].progress;
    const bool has_run = progress == Progress::Running || progress == Progress::Ended;
    if (live.task.containers[i].is_essential && !has_run) all_run = false;
  }
  if (all_run && live.task.last_status == "PENDING") {
    live.task.last_status = "RUNNING";
    live.task.started_ms = ports_.loop.now().ms;
  }
  (void)commit(live);
  advance(live);
}

void TaskEngine::output(const TaskKey& key, size_t index, std::string_view bytes) {
  std::optional<jobs::LogStream> log;
  {
    const std::lock_guard lock(mutex_);
    const auto found = live_.find(key);
    if (found != live_.end()) log = found->second->plans[index].log;
  }
  if (log) ports_.log.append(*log, bytes);
}

void TaskEngine::exited(const TaskKey& key, size_t index, const JobExit& exit) {
  std::optional<jobs::LogStream> log;
  {
    const std::lock_guard lock(mutex_);
    const auto found = live_.find(key);
    if (found == live_.end()) return;
    const ContainerPlan& plan = found->second->plans[index];
    if (plan.progress == Progress::Running) log = plan.log;
  }
  if (!log) return ended(key, index, exit);
  ports_.log.close(*log, [this, key, index, exit] { ended(key, index, exit); });
}

void TaskEngine::ended(const TaskKey& key, size_t index, const JobExit& exit) {
  const std::lock_guard lock(mutex_);
  const auto found = live_.find(key);
  if (found == live_.end()) return;
  Live& live = *found->second;
  TaskContainer& container = live.task.containers[index];
  live.plans[index].progress = Progress::Ended;
  container.last_status = "STOPPED";
  container.reason = exit.reason;
  container.handle.clear();
  if (exit.kind == JobExit::Kind::Exited) container.exit_code = exit.code;
  if (live.is_stopping) {
    (void)commit(live);
  } else if (exit.kind == JobExit::Kind::NotStarted) {
    begin_stop(live, "TaskFailedToStart", exit.reason);
  } else if (exit.kind == JobExit::Kind::Lost) {
    begin_stop(live, "TerminationNotice", exit.reason);
  } else if (container.is_essential) {
    begin_stop(live, "EssentialContainerExited", kEssentialExited);
  } else {
    (void)commit(live);
  }
  advance(live);
}

ApiResult<std::optional<Task>> TaskEngine::stop(const Scope& scope, const std::string& cluster,
                                                const std::string& id, const std::string& reason) {
  const std::lock_guard lock(mutex_);
  const auto found = live_.find(id);
  if (found == live_.end() || found->second->task.scope != scope ||
      found->second->task.cluster != cluster) {
    return of_store(ports_.tasks.task(scope, cluster, id));
  }
  Live& live = *found->second;
  if (!live.is_stopping) begin_stop(live, "UserInitiated", reason);
  std::optional<Task> task = live.task;
  // On the loop: whoever stops it sees it stopping, not stopped.
  ports_.loop.post([this, id] {
    const std::lock_guard again(mutex_);
    if (const auto still = live_.find(id); still != live_.end()) advance(*still->second);
  });
  return task;
}

}  // namespace pawl::ecs
