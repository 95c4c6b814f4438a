// SPDX-License-Identifier: Apache-2.0
// What a task definition and its overrides mean for each container.
#include "jobs/records.h"
#include "json/members.h"
#include "json/parse.h"
#include "services/ecs/task_engine.h"

namespace pawl::ecs {

using json::Value;

namespace {

constexpr int64_t kCpuUnits = 1'024;  // of one vCPU

Value override_of(const Value& overrides, const std::string& container) {
  const Value all = array_member(overrides, "containerOverrides");
  for (const Value& each : all.items()) {
    if (text_member(each, "name") == container) return each;
  }
  return Value::object();
}

std::vector<jobs::Mount> mounts_of(const Value& container, const Value& definition) {
  std::vector<jobs::Mount> mounts;
  const Value volumes = array_member(definition, "volumes");
  const Value points = array_member(container, "mountPoints");
  for (const Value& point : points.items()) {
    jobs::Mount mount{"", text_member(point, "containerPath"), flag_member(point, "readOnly")};
    for (const Value& volume : volumes.items()) {
      if (text_member(volume, "name") == text_member(point, "sourceVolume")) {
        mount.source = text_member(object_member(volume, "host"), "sourcePath");
      }
    }
    if (!mount.target.empty()) mounts.push_back(std::move(mount));
  }
  return mounts;
}

jobs::Variables environment_of(const Task& task, const Value& container, const Value& over,
                               const jobs::Variables& base) {
  jobs::Variables environment = base;
  environment.emplace_back("AWS_EXECUTION_ENV", "AWS_ECS_" + task.launch_type);
  environment =
      jobs::merged_pairs(std::move(environment), jobs::pairs_of(container, "environment"));
  return jobs::merged_pairs(std::move(environment), jobs::pairs_of(over, "environment"));
}

/// API LogConfiguration, driver "awslogs": the stream is PREFIX/CONTAINER/TASK, and the container's
/// own id without a prefix.
std::optional<jobs::LogStream> log_of(const Task& task, const Value& container,
                                      const std::string& runtime_id) {
  const Value configuration = object_member(container, "logConfiguration");
  if (text_member(configuration, "logDriver") != "awslogs") return std::nullopt;
  const Value options = object_member(configuration, "options");
  jobs::LogStream stream{task.scope, text_member(options, "awslogs-group"), runtime_id};
  const std::string region = text_member(options, "awslogs-region");
  if (!region.empty()) stream.scope.region = region;
  const std::string prefix = text_member(options, "awslogs-stream-prefix");
  if (!prefix.empty()) {
    stream.stream = prefix + "/" + text_member(container, "name") + "/" + task.id;
  }
  if (stream.group.empty()) return std::nullopt;
  return stream;
}

}  // namespace

std::vector<ContainerPlan> plan_task(const Task& task, const Value& definition,
                                     const jobs::Variables& environment, int64_t stop_ms) {
  const base::Result<Value> parsed = json::parse(task.overrides);
  const Value overrides = parsed ? *parsed : Value::object();
  std::vector<ContainerPlan> plans;
  const Value containers = array_member(definition, "containerDefinitions");
  for (const Value& container : containers.items()) {
    const std::string name = text_member(container, "name");
    const Value over = override_of(overrides, name);
    ContainerPlan plan;
    jobs::JobSpec& spec = plan.spec;
    spec.id = task.id + "-" + std::to_string(1'000'000'001 + plans.size());
    spec.image = text_member(container, "image");
    spec.entry_point = texts_member(container, "entryPoint");
    spec.command = texts_member(has_member(over, "command") ? over : container, "command");
    spec.environment = environment_of(task, container, over, environment);
    spec.working_directory = text_member(container, "workingDirectory");
    spec.user = text_member(container, "user");
    spec.has_read_only_root = flag_member(container, "readonlyRootFilesystem");
    spec.mounts = mounts_of(container, definition);
    spec.secrets = jobs::secrets_of(container, "secrets");
    spec.account = task.scope.account;
    spec.region = task.scope.region;
    spec.demand.millicpus =
        integer_member(has_member(over, "cpu") ? over : container, "cpu") * 1'000 / kCpuUnits;
    spec.demand.memory_mib =
        integer_member(has_member(over, "memory") ? over : container, "memory");
    if (spec.demand.memory_mib == 0) spec.demand.memory_mib = task.demand.memory_mib;
    plan.log = log_of(task, container, spec.id);
    const Value dependencies = array_member(container, "dependsOn");
    for (const Value& each : dependencies.items()) {
      plan.depends_on.emplace_back(text_member(each, "containerName"),
                                   text_member(each, "condition"));
    }
    plan.stop_ms = has_member(container, "stopTimeout")
                       ? integer_member(container, "stopTimeout") * 1'000
                       : stop_ms;
    plans.push_back(std::move(plan));
  }
  return plans;
}

}  // namespace pawl::ecs
