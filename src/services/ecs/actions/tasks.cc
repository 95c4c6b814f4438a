// SPDX-License-Identifier: Apache-2.0
// Tasks: running, stopping and looking at them.
#include <algorithm>
#include <charconv>
#include <optional>

#include "jobs/records.h"
#include "json/members.h"
#include "json/write.h"
#include "services/ecs/api_input.h"
#include "services/ecs/service.h"

namespace pawl::ecs {

using aws::ActionResult;
using aws::ApiResult;
using jobs::of_store;
using json::ObjectBuilder;
using json::Value;

namespace {

constexpr int64_t kCountMax = 10;        // API RunTask "count"
constexpr size_t kDescribedMax = 100;    // API DescribeTasks
constexpr size_t kWaitingMax = 1'000;    // that the machine has no room for
constexpr size_t kLookedAtMax = 10'000;  // of one page of ListTasks
constexpr int64_t kCpuUnits = 1'024;     // of one vCPU

int64_t number_in(const std::string& text) {
  int64_t number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return std::max<int64_t>(number, 0);
}

/// "256", ".25 vCPU".
int64_t cpu_units_in(const std::string& text) {
  if (!text.ends_with("vCPU") && !text.ends_with("vcpu")) return number_in(text);
  double number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return static_cast<int64_t>(number * kCpuUnits);
}

/// "512", "1 GB", "0.5GB".
int64_t mebibytes_in(const std::string& text) {
  if (!text.ends_with("GB") && !text.ends_with("gb")) return number_in(text);
  double number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return static_cast<int64_t>(number * 1'024);
}

Value override_of(const Value& overrides, const std::string& container) {
  const Value all = array_member(overrides, "containerOverrides");
  for (const Value& each : all.items()) {
    if (text_member(each, "name") == container) return each;
  }
  return Value::object();
}

ApiResult<void> check_overrides(const Value& overrides, const Value& definition) {
  const Value containers = array_member(definition, "containerDefinitions");
  const Value given = array_member(overrides, "containerOverrides");
  for (const Value& over : given.items()) {
    const std::string name = text_member(over, "name");
    const auto is_named = [&name](const Value& each) { return text_member(each, "name") == name; };
    if (std::none_of(containers.items().begin(), containers.items().end(), is_named)) {
      return invalid_parameter("Override for container named " + name +
                               " is not a container in the TaskDefinition.");
    }
  }
  return {};
}

void set_containers(Task& task, const Value& definition, const Value& overrides) {
  int64_t cpu_units = 0;
  int64_t memory = 0;
  const Value containers = array_member(definition, "containerDefinitions");
  for (const Value& each : containers.items()) {
    TaskContainer container;
    container.name = text_member(each, "name");
    container.image = text_member(each, "image");
    const Value over = override_of(overrides, container.name);
    const int64_t cpu = integer_member(has_member(over, "cpu") ? over : each, "cpu");
    int64_t mebibytes = integer_member(has_member(over, "memory") ? over : each, "memory");
    if (mebibytes != 0) container.memory = std::to_string(mebibytes);
    if (mebibytes == 0) mebibytes = integer_member(each, "memoryReservation");
    container.cpu = std::to_string(cpu);
    container.is_essential = flag_member(each, "essential", true);
    cpu_units += cpu;
    memory += mebibytes;
    task.containers.push_back(std::move(container));
  }
  task.cpu = text_member(has_member(overrides, "cpu") ? overrides : definition, "cpu");
  task.memory = text_member(has_member(overrides, "memory") ? overrides : definition, "memory");
  if (!task.cpu.empty()) cpu_units = cpu_units_in(task.cpu);
  if (!task.memory.empty()) memory = mebibytes_in(task.memory);
  if (task.cpu.empty()) task.cpu = std::to_string(cpu_units);
  if (task.memory.empty()) task.memory = std::to_string(memory);
  task.demand = {cpu_units * 1'000 / kCpuUnits, memory};
}

std::string launch_type_of(const Value& input) {
  const std::string given = text_member(input, "launchType");
  if (!given.empty()) return given;
  const Value strategy = array_member(input, "capacityProviderStrategy");
  const bool is_fargate =
      strategy.size() != 0 &&
      text_member(strategy.items()[0], "capacityProvider").starts_with("FARGATE");
  return is_fargate ? "FARGATE" : "EC2";
}

ApiResult<void> check_launch(const Value& input, const Value& definition,
                             const std::string& launch_type) {
  if (text_member(definition, "networkMode") == "awsvpc" &&
      !has_member(input, "networkConfiguration")) {
    return invalid_parameter(
        "Network Configuration must be provided when networkMode 'awsvpc' is specified.");
  }
  if (launch_type == "FARGATE") {
    const std::vector<std::string> compatible = texts_member(definition, "compatibilities");
    if (std::find(compatible.begin(), compatible.end(), "FARGATE") == compatible.end()) {
      return invalid_parameter("Task definition does not support launch_type FARGATE.");
    }
  }
  return {};
}

}  // namespace

ActionResult EcsService::run_task(const aws::Request& request) {
  const Value& input = request.input;
  const Scope scope = jobs::scope_of(request);
  const std::string cluster = PAWL_TRY(cluster_of(request));
  const int64_t count = integer_member(input, "count", 1);
  if (count < 1 || count > kCountMax) {
    return invalid_parameter("Count must be between 1 and 10.");
  }
  if (flag_member(input, "enableExecuteCommand")) {
    return invalid_parameter("enableExecuteCommand is not supported by this server");
  }
  const auto definition = PAWL_TRY(find_definition(scope, text_member(input, "taskDefinition")));
  if (!definition) return client_error("TaskDefinition not found.");
  if (text_member(*definition, "status") != "ACTIVE") {
    return client_error("TaskDefinition is inactive");
  }
  const std::string launch_type = launch_type_of(input);
  PAWL_TRY_VOID(check_launch(input, *definition, launch_type));
  const Value overrides = object_member(input, "overrides");
  PAWL_TRY_VOID(check_overrides(overrides, *definition));
  if (engine_.waiting() + static_cast<size_t>(count) > kWaitingMax) {
    const Value failure = Value::object().with_member("reason", Value("RESOURCE:MEMORY"));
    ObjectBuilder full;
    full.set("tasks", Value::array()).set("failures", Value::array({failure}));
    return aws::Output(std::move(full).build());
  }
  Task task;
  task.scope = scope;
  task.cluster = cluster;
  task.definition = short_name("task-definition", text_member(*definition, "taskDefinitionArn"));
  task.launch_type = launch_type;
  task.group = text_member(input, "group");
  if (task.group.empty()) task.group = "family:" + task.family();
  task.started_by = text_member(input, "startedBy");
  task.network_mode = text_member(*definition, "networkMode");
  task.overrides = json::write(overrides);
  task.tags = json::write(text_member(input, "propagateTags") == "TASK_DEFINITION"
                              ? array_member(*definition, "tags")
                              : array_member(input, "tags"));
  task.created_ms = options_.loop.now().ms;
  set_containers(task, *definition, overrides);
  std::vector<Task> tasks(static_cast<size_t>(count), task);
  std::vector<Value> shown;
  for (Task& each : tasks) {
    each.id = jobs::new_task_id();
    shown.push_back(task_detail(each, true));
  }
  ObjectBuilder out;
  out.set("tasks", Value::array(std::move(shown))).set("failures", Value::array());
  const Value answer = std::move(out).build();
  PAWL_TRY_VOID(engine_.start(tasks, *definition, [&] { request.keep_answer(answer); }));
  return aws::Output(answer);
}

ActionResult EcsService::stop_task(const aws::Request& request) {
  const std::string cluster = PAWL_TRY(cluster_of(request));
  const std::string id = short_name("task", text_member(request.input, "task"));
  const auto task = PAWL_TRY(
      engine_.stop(jobs::scope_of(request), cluster, id, text_member(request.input, "reason")));
  if (!task) return invalid_parameter("The referenced task was not found.");
  return aws::Output(Value::object().with_member("task", task_detail(*task, true)));
}

ActionResult EcsService::describe_tasks(const aws::Request& request) {
  const Scope scope = jobs::scope_of(request);
  const std::string cluster = PAWL_TRY(cluster_of(request));
  const std::vector<std::string> names = texts_member(request.input, "tasks");
  if (names.empty()) return invalid_parameter("Tasks cannot be empty.");
  if (names.size() > kDescribedMax) {
    return invalid_parameter("Tasks cannot be more than 100.");
  }
  const std::vector<std::string> include = texts_member(request.input, "include");
  const bool with_tags = std::find(include.begin(), include.end(), "TAGS") != include.end();
  std::vector<Value> tasks;
  std::vector<Value> failures;
  for (const std::string& text : names) {
    const std::string id = short_name("task", text);
    const auto task = PAWL_TRY(of_store(tasks_.task(scope, cluster, id)));
    if (task) {
      Value detail = task_detail(*task, with_tags);
      if (!with_tags) detail = detail.with_member("tags", Value::array());
      tasks.push_back(std::move(detail));
      continue;
    }
    failures.push_back(
        Value::object()
            .with_member("arn", Value(jobs::arn_of(scope, "ecs", "task/" + cluster + "/" + id)))
            .with_member("reason", Value("MISSING")));
  }
  ObjectBuilder out;
  out.set("tasks", Value::array(std::move(tasks)))
      .set("failures", Value::array(std::move(failures)));
  return aws::Output(std::move(out).build());
}

ActionResult EcsService::list_tasks(const aws::Request& request) {
  const Value& input = request.input;
  const Scope scope = jobs::scope_of(request);
  const std::string cluster = PAWL_TRY(cluster_of(request));
  const Page page = PAWL_TRY(read_page(request));
  // API ListTasks "desiredStatus": RUNNING is the default; "ECS never sets the desired status of a
  // task to" PENDING.
  std::string desired = text_member(input, "desiredStatus");
  if (desired.empty()) desired = "RUNNING";
  std::vector<Value> arns;
  std::string last;
  bool has_more = false;
  size_t looked_at = 0;
  const auto agrees = [&input](const char* member, const std::string& text) {
    return !has_member(input, member) || text_member(input, member) == text;
  };
  // Nothing here belongs to a service or a container instance.
  const bool may_be = !has_member(input, "serviceName") && !has_member(input, "containerInstance");
  if (may_be) {
    PAWL_TRY_VOID(of_store(tasks_.list_tasks(
        scope, cluster, desired, page.after, [&](const TaskStore::Labels& labels) {
          has_more = arns.size() == page.items_max || looked_at == kLookedAtMax;
          if (has_more) return false;
          ++looked_at;
          last = labels.place;
          if (agrees("family", labels.family) && agrees("startedBy", labels.started_by) &&
              agrees("launchType", labels.launch_type)) {
            arns.emplace_back(jobs::arn_of(scope, "ecs", "task/" + cluster + "/" + labels.id));
          }
          return true;
        })));
  }
  ObjectBuilder out;
  out.set("taskArns", Value::array(std::move(arns)));
  if (has_more) out.set("nextToken", next_token(last));
  return aws::Output(std::move(out).build());
}

}  // namespace pawl::ecs
