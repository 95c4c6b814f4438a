// SPDX-License-Identifier: Apache-2.0
// Task definitions: families and their revisions.
#include <algorithm>
#include <charconv>
#include <set>

#include "jobs/records.h"
#include "json/members.h"
#include "services/ecs/api_input.h"
#include "services/ecs/service.h"

namespace pawl::ecs {

using aws::ActionResult;
using aws::ApiResult;
using jobs::of_store;
using json::ObjectBuilder;
using json::Value;

namespace {

constexpr size_t kContainersMax = 10;       // API RegisterTaskDefinition
constexpr size_t kDefinitionsDeleted = 10;  // API DeleteTaskDefinitions

struct Reference {
  std::string family;
  uint32_t revision = 0;  ///< 0: the newest that is active
};

/// "family", "family:revision" or an ARN. nullopt if the revision is no number.
std::optional<Reference> reference_in(const std::string& text) {
  const std::string whole = short_name("task-definition", text);
  Reference reference{whole.substr(0, whole.find(':')), 0};
  if (reference.family.size() == whole.size()) return reference;
  const char* begin = whole.data() + reference.family.size() + 1;
  const char* end = whole.data() + whole.size();
  const auto read = std::from_chars(begin, end, reference.revision);
  if (read.ec != std::errc() || read.ptr != end || reference.revision == 0) return std::nullopt;
  return reference;
}

bool requires_fargate(const Value& input) {
  const std::vector<std::string> given = texts_member(input, "requiresCompatibilities");
  return std::find(given.begin(), given.end(), "FARGATE") != given.end();
}

/// What needs more than a container on this machine.
ApiResult<void> check_supported(const Value& container, const std::string& name) {
  const Value requirements = array_member(container, "resourceRequirements");
  if (requirements.size() != 0) {
    return client_error("Resource requirements of container '" + name +
                        "' are not supported by this server");
  }
  return {};
}

ApiResult<void> check_dependencies(const Value& containers, const std::set<std::string>& names) {
  // Each depends on some that stand; whoever is left depends on itself in the end.
  std::set<std::string> placed;
  bool goes_on = true;
  while (goes_on) {
    goes_on = false;
    for (const Value& container : containers.items()) {
      const std::string name = text_member(container, "name");
      if (placed.contains(name)) continue;
      const Value dependencies = array_member(container, "dependsOn");
      bool is_free = true;
      for (const Value& each : dependencies.items()) {
        const std::string other = text_member(each, "containerName");
        if (!names.contains(other)) {
          return client_error("Container '" + name + "' depends on container '" + other +
                              "' which does not exist");
        }
        if (!placed.contains(other)) is_free = false;
      }
      if (!is_free) continue;
      placed.insert(name);
      goes_on = true;
    }
  }
  if (placed.size() != names.size()) {
    return client_error("Container dependencies must not be cyclic");
  }
  return {};
}

ApiResult<void> check_containers(const Value& input) {
  const Value containers = array_member(input, "containerDefinitions");
  if (containers.size() == 0) return client_error("Container list cannot be empty.");
  if (containers.size() > kContainersMax) {
    return client_error("A task definition can have at most 10 containers.");
  }
  std::set<std::string> names;
  bool has_essential = false;
  for (const Value& container : containers.items()) {
    const std::string name = text_member(container, "name");
    if (name.empty()) return client_error("Container.name should not be null or empty.");
    if (!is_name(name)) return client_error("Container.name contains invalid characters.");
    if (text_member(container, "image").empty()) {
      return client_error("Container.image should not be null or empty.");
    }
    if (!names.insert(name).second) {
      return client_error("Duplicate container name '" + name + "'.");
    }
    if (!has_member(input, "memory") && !has_member(container, "memory") &&
        !has_member(container, "memoryReservation")) {
      return client_error("Invalid setting for container '" + name +
                          "'. At least one of 'memory' or 'memoryReservation' must be specified.");
    }
    has_essential = has_essential || flag_member(container, "essential", true);
    PAWL_TRY_VOID(check_supported(container, name));
  }
  if (!has_essential) {
    return client_error("Task definition does not have any essential containers.");
  }
  const Value volumes = array_member(input, "volumes");
  for (const Value& volume : volumes.items()) {
    if (has_member(volume, "efsVolumeConfiguration") ||
        has_member(volume, "fsxWindowsFileServerVolumeConfiguration")) {
      return client_error("Network file systems as volumes are not supported by this server");
    }
  }
  return check_dependencies(containers, names);
}

Value with_defaults(const Value& container) {
  Value made = container;
  const std::pair<const char*, Value> defaults[] = {
      {"cpu", Value(0)},
      {"portMappings", Value::array()},
      {"essential", Value(true)},
      {"environment", Value::array()},
      {"mountPoints", Value::array()},
      {"volumesFrom", Value::array()},
  };
  for (const auto& [member, value] : defaults) {
    if (!has_member(made, member)) made = made.with_member(member, value);
  }
  return made;
}

Value definition_value(const aws::Request& request, const std::string& arn, uint32_t revision,
                       base::Timestamp now) {
  const Value& input = request.input;
  ObjectBuilder record;
  record.set("taskDefinitionArn", Value(arn));
  std::vector<Value> containers;
  const Value given = array_member(input, "containerDefinitions");
  for (const Value& each : given.items()) containers.push_back(with_defaults(each));
  record.set("containerDefinitions", Value::array(std::move(containers)))
      .set("family", Value(text_member(input, "family")))
      .set("revision", Value(int64_t{revision}))
      .set("volumes", array_member(input, "volumes"))
      .set("status", Value("ACTIVE"))
      .set("placementConstraints", array_member(input, "placementConstraints"));
  std::vector<Value> compatibilities = {Value("EC2")};
  if (requires_fargate(input)) compatibilities.emplace_back("FARGATE");
  record.set("compatibilities", Value::array(std::move(compatibilities)));
  for (const char* member :
       {"taskRoleArn", "executionRoleArn", "networkMode", "requiresCompatibilities", "cpu",
        "memory", "pidMode", "ipcMode", "proxyConfiguration", "ephemeralStorage", "runtimePlatform",
        "inferenceAccelerators"}) {
    if (has_member(input, member)) record.set(member, *input.find(member));
  }
  record.set("registeredAt", Value(static_cast<double>(now.ms) / 1'000))
      .set("registeredBy", Value(request.principal.arn));
  return std::move(record).build();
}

/// The stored record without what the API does not show of it.
Value shown(const Value& record) { return record.without_member("tags"); }

}  // namespace

ApiResult<std::optional<Value>> EcsService::find_definition(const Scope& scope,
                                                            const std::string& text) const {
  const std::optional<Reference> reference = reference_in(text);
  if (!reference) {
    const std::string whole = short_name("task-definition", text);
    return invalid_parameter("Invalid revision number. Number: " +
                             whole.substr(whole.find(':') + 1));
  }
  return of_store(reference->revision == 0
                      ? tasks_.newest_definition(scope, reference->family, true)
                      : tasks_.definition(scope, reference->family, reference->revision));
}

ActionResult EcsService::register_definition(const aws::Request& request) {
  const Value& input = request.input;
  const Scope scope = jobs::scope_of(request);
  const std::string family = text_member(input, "family");
  if (!is_name(family)) return client_error("Family contains invalid characters.");
  if (requires_fargate(input)) {
    for (const char* member : {"cpu", "memory"}) {
      if (has_member(input, member)) continue;
      return client_error("Fargate requires that '" + std::string(member) +
                          "' be defined at the task level.");
    }
    if (text_member(input, "networkMode") != "awsvpc") {
      return client_error("Fargate only supports network mode 'awsvpc'.");
    }
  }
  PAWL_TRY_VOID(check_containers(input));
  const std::lock_guard lock(mutex_);
  const auto newest = PAWL_TRY(of_store(tasks_.newest_definition(scope, family, false)));
  const auto revision =
      static_cast<uint32_t>(newest ? integer_member(*newest, "revision") + 1 : int64_t{1});
  const std::string arn =
      jobs::arn_of(scope, "ecs", "task-definition/" + family + ":" + std::to_string(revision));
  const Value made = definition_value(request, arn, revision, options_.loop.now());
  const Value tags = array_member(input, "tags");
  ObjectBuilder out;
  out.set("taskDefinition", made);
  if (tags.size() != 0) out.set("tags", tags);
  const Value answer = std::move(out).build();
  store::Batch batch;
  tasks_.put_definition(batch, scope, family, revision, made.with_member("tags", tags));
  request.keep_answer(answer);
  PAWL_TRY_VOID(commit(batch));
  return aws::Output(answer);
}

ActionResult EcsService::deregister_definition(const aws::Request& request) {
  const Scope scope = jobs::scope_of(request);
  const std::string text = text_member(request.input, "taskDefinition");
  const std::optional<Reference> reference = reference_in(text);
  if (reference && reference->revision == 0) return client_error("Revision is missing.");
  const std::lock_guard lock(mutex_);
  const auto found = PAWL_TRY(find_definition(scope, text));
  if (!found) return client_error("The specified task definition does not exist.");
  const Value changed =
      found->with_member("status", Value("INACTIVE"))
          .with_member("deregisteredAt",
                       Value(static_cast<double>(options_.loop.now().ms) / 1'000));
  const Value answer = Value::object().with_member("taskDefinition", shown(changed));
  store::Batch batch;
  tasks_.put_definition(batch, scope, reference->family, reference->revision, changed);
  request.keep_answer(answer);
  PAWL_TRY_VOID(commit(batch));
  return aws::Output(answer);
}

ActionResult EcsService::delete_definitions(const aws::Request& request) {
  const Scope scope = jobs::scope_of(request);
  const std::vector<std::string> names = texts_member(request.input, "taskDefinitions");
  if (names.empty()) {
    return invalid_parameter("Size of TaskDefinition references list must be greater than 0");
  }
  if (names.size() > kDefinitionsDeleted) {
    return invalid_parameter("Size of TaskDefinition references list cannot exceed 10");
  }
  const std::lock_guard lock(mutex_);
  std::vector<Value> deleted;
  std::vector<Value> failures;
  store::Batch batch;
  for (const std::string& text : names) {
    const auto found = PAWL_TRY(find_definition(scope, text));
    const std::optional<Reference> reference = reference_in(text);
    if (!found || text_member(*found, "status") != "INACTIVE" || reference->revision == 0) {
      failures.push_back(
          Value::object()
              .with_member("arn", Value(text))
              .with_member("reason", Value(found ? "The specified task definition is still in "
                                                   "ACTIVE status. Please deregister the target "
                                                   "and try again."
                                                 : "The specified task definition does not exist. "
                                                   "Specify a valid account, family, revision and "
                                                   "try again.")));
      continue;
    }
    tasks_.erase_definition(batch, scope, reference->family, reference->revision);
    deleted.push_back(shown(*found).with_member("status", Value("DELETE_IN_PROGRESS")));
  }
  ObjectBuilder out;
  out.set("taskDefinitions", Value::array(std::move(deleted)))
      .set("failures", Value::array(std::move(failures)));
  const Value answer = std::move(out).build();
  request.keep_answer(answer);
  PAWL_TRY_VOID(commit(batch));
  return aws::Output(answer);
}

ActionResult EcsService::describe_definition(const aws::Request& request) {
  const auto found = PAWL_TRY(
      find_definition(jobs::scope_of(request), text_member(request.input, "taskDefinition")));
  if (!found) return client_error("Unable to describe task definition.");
  ObjectBuilder out;
  out.set("taskDefinition", shown(*found));
  const std::vector<std::string> include = texts_member(request.input, "include");
  if (std::find(include.begin(), include.end(), "TAGS") != include.end()) {
    out.set("tags", array_member(*found, "tags"));
  }
  return aws::Output(std::move(out).build());
}

ActionResult EcsService::list_definitions(const aws::Request& request) {
  const Page page = PAWL_TRY(read_page(request));
  const std::string family = text_member(request.input, "familyPrefix");
  std::string status = text_member(request.input, "status");
  if (status.empty()) status = "ACTIVE";
  std::vector<Value> arns;
  std::string last;
  bool has_more = false;
  // API ListTaskDefinitions "familyPrefix": "the full family name".
  PAWL_TRY_VOID(of_store(
      tasks_.list_definitions(jobs::scope_of(request), family, !family.empty(),
                              text_member(request.input, "sort") == "DESC", page.after,
                              [&](const std::string& place, const Value& record) {
                                if (text_member(record, "status") != status) return true;
                                has_more = arns.size() == page.items_max;
                                if (has_more) return false;
                                arns.emplace_back(text_member(record, "taskDefinitionArn"));
                                last = place;
                                return true;
                              })));
  ObjectBuilder out;
  out.set("taskDefinitionArns", Value::array(std::move(arns)));
  if (has_more) out.set("nextToken", next_token(last));
  return aws::Output(std::move(out).build());
}

ActionResult EcsService::list_families(const aws::Request& request) {
  const Page page = PAWL_TRY(read_page(request));
  std::string status = text_member(request.input, "status");
  if (status.empty()) status = "ACTIVE";
  // A family is ACTIVE if one of its revisions is.
  std::vector<std::pair<std::string, bool>> families;
  PAWL_TRY_VOID(of_store(
      tasks_.list_definitions(jobs::scope_of(request), text_member(request.input, "familyPrefix"),
                              false, false, "", [&](const std::string&, const Value& record) {
                                const std::string family = text_member(record, "family");
                                if (families.empty() || families.back().first != family) {
                                  families.emplace_back(family, false);
                                }
                                if (text_member(record, "status") == "ACTIVE")
                                  families.back().second = true;
                                return true;
                              })));
  std::vector<Value> names;
  std::string last;
  bool has_more = false;
  for (const auto& [family, is_active] : families) {
    if (status != "ALL" && is_active != (status == "ACTIVE")) continue;
    if (!page.after.empty() && family <= page.after) continue;
    has_more = names.size() == page.items_max;
    if (has_more) break;
    names.emplace_back(family);
    last = family;
  }
  ObjectBuilder out;
  out.set("families", Value::array(std::move(names)));
  if (has_more) out.set("nextToken", next_token(last));
  return aws::Output(std::move(out).build());
}

}  // namespace pawl::ecs
