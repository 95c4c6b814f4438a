// SPDX-License-Identifier: Apache-2.0
#include "services/ecs/task.h"

#include <utility>

#include "base/time.h"
#include "jobs/records.h"
#include "json/members.h"
#include "json/parse.h"
#include "json/write.h"

namespace pawl::ecs {

using json::ObjectBuilder;
using json::Value;

namespace {

void set_text(ObjectBuilder& out, std::string_view member, const std::string& text) {
  if (!text.empty()) out.set(member, Value(text));
}

Value parsed(const std::string& text, Value otherwise) {
  base::Result<Value> value = json::parse(text);
  return value ? *std::move(value) : std::move(otherwise);
}

Value encode_container(const TaskContainer& container) {
  ObjectBuilder out;
  out.set("name", Value(container.name))
      .set("image", Value(container.image))
      .set("status", Value(container.last_status));
  if (container.exit_code) out.set("exitCode", Value(*container.exit_code));
  set_text(out, "reason", container.reason);
  set_text(out, "runtime", container.runtime_id);
  set_text(out, "cpu", container.cpu);
  set_text(out, "memory", container.memory);
  out.set("essential", Value(container.is_essential));
  set_text(out, "handle", container.handle);
  return std::move(out).build();
}

TaskContainer decode_container(const Value& record) {
  TaskContainer container;
  container.name = text_member(record, "name");
  container.image = text_member(record, "image");
  container.last_status = text_member(record, "status");
  if (has_member(record, "exitCode")) container.exit_code = integer_member(record, "exitCode");
  container.reason = text_member(record, "reason");
  container.runtime_id = text_member(record, "runtime");
  container.cpu = text_member(record, "cpu");
  container.memory = text_member(record, "memory");
  container.is_essential = flag_member(record, "essential");
  container.handle = text_member(record, "handle");
  return container;
}

Value container_detail(const Task& task, const TaskContainer& container) {
  ObjectBuilder out;
  out.set("containerArn",
          Value(jobs::arn_of(task.scope, "ecs",
                             "container/" + task.cluster + "/" + task.id + "/" + container.name)))
      .set("taskArn", Value(task.arn()))
      .set("name", Value(container.name))
      .set("image", Value(container.image));
  set_text(out, "runtimeId", container.runtime_id);
  out.set("lastStatus", Value(container.last_status));
  if (container.exit_code) out.set("exitCode", Value(*container.exit_code));
  set_text(out, "reason", container.reason);
  out.set("networkBindings", Value::array())
      .set("networkInterfaces", Value::array())
      .set("healthStatus", Value("UNKNOWN"))
      .set("cpu", Value(container.cpu));
  set_text(out, "memory", container.memory);
  return std::move(out).build();
}

}  // namespace

std::string encode_task(const Task& task) {
  ObjectBuilder out;
  out.set("definition", Value(task.definition))
      .set("lastStatus", Value(task.last_status))
      .set("desiredStatus", Value(task.desired_status))
      .set("launchType", Value(task.launch_type));
  set_text(out, "group", task.group);
  set_text(out, "startedBy", task.started_by);
  set_text(out, "stopCode", task.stop_code);
  set_text(out, "stoppedReason", task.stopped_reason);
  set_text(out, "cpu", task.cpu);
  set_text(out, "memory", task.memory);
  set_text(out, "networkMode", task.network_mode);
  out.set("executeCommand", Value(task.enables_execute_command))
      .set("overrides", Value(task.overrides))
      .set("tags", Value(task.tags))
      .set("millicpus", Value(task.demand.millicpus))
      .set("memoryMib", Value(task.demand.memory_mib))
      .set("version", Value(task.version))
      .set("created", Value(task.created_ms))
      .set("pullStarted", Value(task.pull_started_ms))
      .set("started", Value(task.started_ms))
      .set("stopping", Value(task.stopping_ms))
      .set("stopped", Value(task.stopped_ms));
  std::vector<Value> containers;
  for (const TaskContainer& each : task.containers) containers.push_back(encode_container(each));
  out.set("containers", Value::array(std::move(containers)));
  return jobs::encode_record(std::move(out).build());
}

base::Result<Task> decode_task(const Scope& scope, const std::string& cluster, std::string id,
                               std::string_view text) {
  const Value record = PAWL_TRY(jobs::decode_record(text));
  Task task;
  task.scope = scope;
  task.cluster = cluster;
  task.id = std::move(id);
  task.definition = text_member(record, "definition");
  task.last_status = text_member(record, "lastStatus");
  task.desired_status = text_member(record, "desiredStatus");
  task.launch_type = text_member(record, "launchType");
  task.group = text_member(record, "group");
  task.started_by = text_member(record, "startedBy");
  task.stop_code = text_member(record, "stopCode");
  task.stopped_reason = text_member(record, "stoppedReason");
  task.cpu = text_member(record, "cpu");
  task.memory = text_member(record, "memory");
  task.network_mode = text_member(record, "networkMode");
  task.enables_execute_command = flag_member(record, "executeCommand");
  task.overrides = text_member(record, "overrides");
  task.tags = text_member(record, "tags");
  task.demand = {integer_member(record, "millicpus"), integer_member(record, "memoryMib")};
  task.version = integer_member(record, "version");
  task.created_ms = integer_member(record, "created");
  task.pull_started_ms = integer_member(record, "pullStarted");
  task.started_ms = integer_member(record, "started");
  task.stopping_ms = integer_member(record, "stopping");
  task.stopped_ms = integer_member(record, "stopped");
  const Value containers = array_member(record, "containers");
  for (const Value& each : containers.items()) {
    task.containers.push_back(decode_container(each));
  }
  return task;
}

Value task_detail(const Task& task, bool with_tags, bool for_event) {
  ObjectBuilder out;
  const auto set_time = [&out, for_event](std::string_view member, int64_t ms) {
    if (ms == 0) return;
    out.set(member,
            for_event ? Value(base::format_iso8601({ms})) : Value(static_cast<double>(ms) / 1'000));
  };
  out.set("attachments", Value::array())
      .set("attributes", Value::array())
      .set("availabilityZone", Value(task.scope.region + "a"))
      .set("clusterArn", Value(task.cluster_arn()))
      .set("connectivity", Value("CONNECTED"));
  set_time("connectivityAt", task.pull_started_ms);
  std::vector<Value> containers;
  for (const TaskContainer& each : task.containers) {
    containers.push_back(container_detail(task, each));
  }
  out.set("containers", Value::array(std::move(containers)));
  set_text(out, "cpu", task.cpu);
  set_time("createdAt", task.created_ms);
  out.set("desiredStatus", Value(task.desired_status))
      .set("enableExecuteCommand", Value(task.enables_execute_command));
  if (task.has_stopped() && task.started_ms != 0) set_time("executionStoppedAt", task.stopped_ms);
  out.set("group", Value(task.group))
      .set("healthStatus", Value("UNKNOWN"))
      .set("lastStatus", Value(task.last_status))
      .set("launchType", Value(task.launch_type));
  set_text(out, "memory", task.memory);
  Value overrides = parsed(task.overrides, Value::object());
  if (!has_member(overrides, "containerOverrides")) {
    overrides = overrides.with_member("containerOverrides", Value::array());
  }
  if (!has_member(overrides, "inferenceAcceleratorOverrides")) {
    overrides = overrides.with_member("inferenceAcceleratorOverrides", Value::array());
  }
  out.set("overrides", overrides);
  if (task.launch_type == "FARGATE") {
    out.set("platformVersion", Value("1.4.0")).set("platformFamily", Value("Linux"));
  }
  set_time("pullStartedAt", task.pull_started_ms);
  set_time("pullStoppedAt", task.started_ms);
  set_time("startedAt", task.started_ms);
  set_text(out, "startedBy", task.started_by);
  set_text(out, "stopCode", task.stop_code);
  set_time("stoppedAt", task.stopped_ms);
  set_text(out, "stoppedReason", task.stopped_reason);
  set_time("stoppingAt", task.stopping_ms);
  if (with_tags) out.set("tags", parsed(task.tags, Value::array()));
  out.set("taskArn", Value(task.arn()))
      .set("taskDefinitionArn", Value(task.definition_arn()))
      .set("version", Value(task.version));
  return std::move(out).build();
}

}  // namespace pawl::ecs
