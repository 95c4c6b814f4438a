// SPDX-License-Identifier: Apache-2.0
// What a task definition and its overrides mean for each container.
#include "jobs/json_members.h"
#include "json/parse.h"
#include "services/ecs/task_engine.h"

namespace pawl::ecs {

using jobs::array_of;
using jobs::flag_of;
using jobs::has;
using jobs::number_of;
using jobs::object_of;
using jobs::text_of;
using jobs::texts_of;
using json::Value;

namespace {

constexpr int64_t kCpuUnits = 1'024;  // of one vCPU

Value override_of(const Value& overrides, const std::string& container) {
  const Value all = array_of(overrides, "containerOverrides");
  for (const Value& each : all.items()) {
    if (text_of(each, "name") == container) return each;
  }
  return Value::object();
}

std::vector<jobs::Mount> mounts_of(const Value& container, const Value& definition) {
  std::vector<jobs::Mount> mounts;
  const Value volumes = array_of(definition, "volumes");
  const Value points = array_of(container, "mountPoints");
  for (const Value& point : points.items()) {
    jobs::Mount mount{"", text_of(point, "containerPath"), flag_of(point, "readOnly")};
    for (const Value& volume : volumes.items()) {
      if (text_of(volume, "name") == text_of(point, "sourceVolume")) {
        mount.source = text_of(object_of(volume, "host"), "sourcePath");
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
  const Value configuration = object_of(container, "logConfiguration");
  if (text_of(configuration, "logDriver") != "awslogs") return std::nullopt;
  const Value options = object_of(configuration, "options");
  jobs::LogStream stream{task.scope, text_of(options, "awslogs-group"), runtime_id};
  const std::string region = text_of(options, "awslogs-region");
  if (!region.empty()) stream.scope.region = region;
  const std::string prefix = text_of(options, "awslogs-stream-prefix");
  if (!prefix.empty()) {
    stream.stream = prefix + "/" + text_of(container, "name") + "/" + task.id;
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
  const Value containers = array_of(definition, "containerDefinitions");
  for (const Value& container : containers.items()) {
    const std::string name = text_of(container, "name");
    const Value over = override_of(overrides, name);
    ContainerPlan plan;
    jobs::JobSpec& spec = plan.spec;
    spec.id = task.id + "-" + std::to_string(1'000'000'001 + plans.size());
    spec.image = text_of(container, "image");
    spec.entry_point = texts_of(container, "entryPoint");
    spec.command = texts_of(has(over, "command") ? over : container, "command");
    spec.environment = environment_of(task, container, over, environment);
    spec.working_directory = text_of(container, "workingDirectory");
    spec.user = text_of(container, "user");
    spec.has_read_only_root = flag_of(container, "readonlyRootFilesystem");
    spec.mounts = mounts_of(container, definition);
    spec.secrets = jobs::secrets_of(container, "secrets");
    spec.account = task.scope.account;
    spec.region = task.scope.region;
    spec.demand.millicpus =
        number_of(has(over, "cpu") ? over : container, "cpu") * 1'000 / kCpuUnits;
    spec.demand.memory_mib = number_of(has(over, "memory") ? over : container, "memory");
    if (spec.demand.memory_mib == 0) spec.demand.memory_mib = task.demand.memory_mib;
    plan.log = log_of(task, container, spec.id);
    const Value dependencies = array_of(container, "dependsOn");
    for (const Value& each : dependencies.items()) {
      plan.depends_on.emplace_back(text_of(each, "containerName"), text_of(each, "condition"));
    }
    plan.stop_ms =
        has(container, "stopTimeout") ? number_of(container, "stopTimeout") * 1'000 : stop_ms;
    plans.push_back(std::move(plan));
  }
  return plans;
}

}  // namespace pawl::ecs
