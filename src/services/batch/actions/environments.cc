// SPDX-License-Identifier: Apache-2.0
// Compute environments. There are no instances: what counts of them is the number of vCPUs that
// run at once, and which queues may use them. The rest is kept and shown.
#include "jobs/records.h"
#include "json/members.h"
#include "services/batch/api_input.h"
#include "services/batch/service.h"

namespace pawl::batch {

using aws::ActionResult;
using aws::ApiResult;
using json::ObjectBuilder;
using json::Value;

namespace {

constexpr ResourceKind kKind = ResourceKind::Environment;
constexpr const char* kHealthy = "ComputeEnvironment Healthy";
/// AWS Batch quotas: "Maximum number of compute environments".
constexpr size_t kEnvironmentsMax = 50;

bool is_fargate(const Value& resources) {
  return text_member(resources, "type").starts_with("FARGATE");
}

/// What a managed environment must say of its resources.
ApiResult<void> check_resources(const aws::Request& request, const Value& resources) {
  const int64_t most = integer_member(resources, "maxvCpus");
  const int64_t least = integer_member(resources, "minvCpus");
  if (most <= 0) return refused(request, "maxvCpus must be greater than 0");
  if (least < 0 || integer_member(resources, "desiredvCpus") < 0) {
    return refused(request, "minvCpus and desiredvCpus must be greater than or equal to 0");
  }
  if (least > most) return refused(request, "minvCpus must be less than or equal to maxvCpus");
  if (texts_member(resources, "subnets").empty()) {
    return refused(request, "Subnets are required.");
  }
  if (is_fargate(resources)) {
    for (const char* member : {"minvCpus", "desiredvCpus", "instanceTypes", "imageId", "ec2KeyPair",
                               "instanceRole", "launchTemplate", "bidPercentage"}) {
      if (!has_member(resources, member)) continue;
      return refused(request, std::string(member) + " is not applicable for Fargate.");
    }
    if (texts_member(resources, "securityGroupIds").empty()) {
      return refused(request, "Security groups are required for Fargate.");
    }
    return {};
  }
  if (text_member(resources, "instanceRole").empty()) {
    return refused(request, "Instance role is required.");
  }
  return {};
}

Value with_defaults(const Value& resources) {
  if (is_fargate(resources)) return resources;
  Value made = resources;
  if (!has_member(made, "minvCpus")) made = made.with_member("minvCpus", Value(0));
  if (!has_member(made, "desiredvCpus")) {
    made = made.with_member("desiredvCpus", Value(integer_member(made, "minvCpus")));
  }
  return made;
}

Value answer_of(const Value& record) {
  ObjectBuilder out;
  out.set("computeEnvironmentName", Value(text_member(record, "computeEnvironmentName")))
      .set("computeEnvironmentArn", Value(text_member(record, "computeEnvironmentArn")));
  return std::move(out).build();
}

}  // namespace

ActionResult BatchService::create_environment(const aws::Request& request) {
  const Value& input = request.input;
  const Scope scope = jobs::scope_of(request);
  const std::string name = text_member(input, "computeEnvironmentName");
  const std::string type = text_member(input, "type");
  if (!is_name(name)) return refused(request, "computeEnvironmentName should match valid pattern");
  if (has_member(input, "eksConfiguration")) {
    return refused(request, "Compute environments on Amazon EKS are not supported by this server");
  }
  if (type == "MANAGED") {
    if (!has_member(input, "computeResources"))
      return refused(request, "computeResources is required.");
    PAWL_TRY_VOID(check_resources(request, object_member(input, "computeResources")));
  } else if (has_member(input, "computeResources")) {
    return refused(request, "computeResources must not be specified for UNMANAGED.");
  }
  const std::lock_guard lock(mutex_);
  if (PAWL_TRY(resources_.find(scope, kKind, name))) return client_error("Object already exists");
  size_t count = 0;
  PAWL_TRY_VOID(resources_.list(scope, kKind, "", [&count](const std::string&, const Value&) {
    return ++count < kEnvironmentsMax;
  }));
  if (count >= kEnvironmentsMax) {
    return client_error("Limit of 50 compute environments exceeded");
  }
  const std::string uuid = jobs::new_uuid();
  ObjectBuilder record;
  record.set("computeEnvironmentName", Value(name))
      .set("computeEnvironmentArn", Value(resource_arn(scope, kKind, name)))
      .set("ecsClusterArn", Value(jobs::arn_of(scope, "ecs", "cluster/" + name + "_Batch_" + uuid)))
      .set("tags", object_member(input, "tags"))
      .set("type", Value(type))
      .set("state", Value(has_member(input, "state") ? text_member(input, "state") : "ENABLED"))
      .set("status", Value("VALID"))
      .set("statusReason", Value(kHealthy));
  if (type == "MANAGED") {
    record.set("computeResources", with_defaults(object_member(input, "computeResources")));
  } else if (has_member(input, "unmanagedvCpus")) {
    record.set("unmanagedvCpus", Value(integer_member(input, "unmanagedvCpus")));
  }
  std::string role = text_member(input, "serviceRole");
  if (role.empty()) {
    role = "arn:" + std::string(aws::partition_of(scope.region)) + ":iam::" + scope.account +
           ":role/aws-service-role/batch.amazonaws.com/AWSServiceRoleForBatch";
  }
  record.set("serviceRole", Value(role))
      .set("containerOrchestrationType", Value("ECS"))
      .set("uuid", Value(uuid));
  const Value made = std::move(record).build();
  const Value answer = answer_of(made);
  PAWL_TRY_VOID(put(request, kKind, name, made, answer));
  dispatcher_.resources_changed();
  return aws::Output(answer);
}

ActionResult BatchService::update_environment(const aws::Request& request) {
  const Value& input = request.input;
  const std::string given = text_member(input, "computeEnvironment");
  const std::string name = resource_name(kKind, given);
  const std::lock_guard lock(mutex_);
  const auto found = PAWL_TRY(resources_.find(jobs::scope_of(request), kKind, name));
  if (!found) return client_error("ComputeEnvironment " + given + " not found.");
  Value record = *found;
  for (const char* member : {"state", "unmanagedvCpus", "serviceRole", "updatePolicy"}) {
    if (has_member(input, member)) record = record.with_member(member, *input.find(member));
  }
  if (has_member(input, "computeResources")) {
    if (text_member(record, "type") != "MANAGED") {
      return refused(request, "computeResources must not be specified for UNMANAGED.");
    }
    Value resources = object_member(record, "computeResources");
    const Value changes = object_member(input, "computeResources");
    for (const json::Member& member : changes.members()) {
      if (member.name() == "updateToLatestImageVersion") continue;
      resources = resources.with_member(member.name(), member.value);
    }
    PAWL_TRY_VOID(check_resources(request, resources));
    record = record.with_member("computeResources", resources);
  }
  const Value answer = answer_of(record);
  PAWL_TRY_VOID(put(request, kKind, name, record, answer));
  dispatcher_.resources_changed();
  return aws::Output(answer);
}

ActionResult BatchService::delete_environment(const aws::Request& request) {
  const Scope scope = jobs::scope_of(request);
  const std::string name = resource_name(kKind, text_member(request.input, "computeEnvironment"));
  const std::lock_guard lock(mutex_);
  const auto found = PAWL_TRY(resources_.find(scope, kKind, name));
  // API DeleteComputeEnvironment answers nothing also when there is nothing to delete.
  if (!found) return aws::Output();
  bool is_used_by_queue = false;
  PAWL_TRY_VOID(
      resources_.list(scope, ResourceKind::Queue, "", [&](const std::string&, const Value& queue) {
        const Value order = array_member(queue, "computeEnvironmentOrder");
        for (const Value& each : order.items()) {
          if (resource_name(kKind, text_member(each, "computeEnvironment")) == name) {
            is_used_by_queue = true;
          }
        }
        return !is_used_by_queue;
      }));
  if (is_used_by_queue) {
    return client_error("Cannot delete, found existing JobQueue relationship");
  }
  if (text_member(*found, "state") != "DISABLED") {
    return client_error("Cannot delete, compute environment must be DISABLED");
  }
  if (dispatcher_.is_environment_used(scope, name)) {
    return client_error("Cannot delete, resource is being modified.");
  }
  store::Batch batch;
  resources_.erase(batch, scope, kKind, name);
  request.keep_answer(Value::object());
  PAWL_TRY_VOID(jobs::of_store(options_.store.commit(batch, store::Sync::No)));
  dispatcher_.resources_changed();
  return aws::Output();
}

ActionResult BatchService::describe_environments(const aws::Request& request) {
  return describe(request, kKind, "computeEnvironments");
}

}  // namespace pawl::batch
