// SPDX-License-Identifier: Apache-2.0
// Job queues.
#include <set>

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

constexpr ResourceKind kKind = ResourceKind::Queue;
/// AWS Batch quotas: "Maximum number of job queues", "… compute environments per job queue".
constexpr size_t kQueuesMax = 50;
constexpr size_t kEnvironmentsMax = 3;

Value answer_of(const Value& record) {
  ObjectBuilder out;
  out.set("jobQueueName", Value(text_member(record, "jobQueueName")))
      .set("jobQueueArn", Value(text_member(record, "jobQueueArn")));
  return std::move(out).build();
}

/// The order with the ARNs of what it names.
Value with_arns(const Scope& scope, const Value& order) {
  std::vector<Value> items;
  for (const Value& each : order.items()) {
    const std::string name =
        resource_name(ResourceKind::Environment, text_member(each, "computeEnvironment"));
    ObjectBuilder item;
    item.set("order", Value(integer_member(each, "order")))
        .set("computeEnvironment", Value(resource_arn(scope, ResourceKind::Environment, name)));
    items.push_back(std::move(item).build());
  }
  return Value::array(std::move(items));
}

}  // namespace

ApiResult<void> BatchService::check_environments(const aws::Request& request, const Value& order) {
  const Scope scope = jobs::scope_of(request);
  if (order.size() == 0) {
    return refused(request, "At least one compute environment must be specified.");
  }
  if (order.size() > kEnvironmentsMax) {
    return refused(request, "A job queue can have at most 3 compute environments.");
  }
  std::set<int64_t> numbers;
  std::set<std::string> names;
  std::set<bool> are_fargate;
  for (const Value& each : order.items()) {
    const std::string given = text_member(each, "computeEnvironment");
    const std::string name = resource_name(ResourceKind::Environment, given);
    const auto found = PAWL_TRY(resources_.find(scope, ResourceKind::Environment, name));
    if (!found) return client_error("ComputeEnvironment " + given + " not found.");
    if (!numbers.insert(integer_member(each, "order")).second || !names.insert(name).second) {
      return refused(request, "computeEnvironmentOrder has duplicates.");
    }
    const std::string type = text_member(object_member(*found, "computeResources"), "type");
    are_fargate.insert(type.starts_with("FARGATE"));
  }
  if (are_fargate.size() > 1) {
    return refused(request, "EC2 and Fargate compute environments cannot be mixed in a job queue.");
  }
  return {};
}

ActionResult BatchService::create_queue(const aws::Request& request) {
  const Value& input = request.input;
  const Scope scope = jobs::scope_of(request);
  const std::string name = text_member(input, "jobQueueName");
  if (!is_name(name)) return refused(request, "jobQueueName should match valid pattern");
  if (has_member(input, "serviceEnvironmentOrder")) {
    return refused(request, "Service environments are not supported by this server");
  }
  if (integer_member(input, "priority") < 0) {
    return refused(request, "priority must be greater than or equal to 0");
  }
  const std::lock_guard lock(mutex_);
  if (PAWL_TRY(resources_.find(scope, kKind, name))) return client_error("Object already exists");
  size_t count = 0;
  PAWL_TRY_VOID(resources_.list(scope, kKind, "", [&count](const std::string&, const Value&) {
    return ++count < kQueuesMax;
  }));
  if (count >= kQueuesMax) return client_error("Limit of 50 job queues exceeded");
  const Value order = array_member(input, "computeEnvironmentOrder");
  PAWL_TRY_VOID(check_environments(request, order));
  ObjectBuilder record;
  record.set("jobQueueName", Value(name))
      .set("jobQueueArn", Value(resource_arn(scope, kKind, name)))
      .set("state", Value(has_member(input, "state") ? text_member(input, "state") : "ENABLED"));
  if (has_member(input, "schedulingPolicyArn")) {
    const std::string policy = text_member(input, "schedulingPolicyArn");
    if (!PAWL_TRY(resources_.find(scope, ResourceKind::Policy,
                                  resource_name(ResourceKind::Policy, policy)))) {
      return client_error("SchedulingPolicy " + policy + " not found.");
    }
    record.set("schedulingPolicyArn", Value(policy));
  }
  record.set("status", Value("VALID"))
      .set("statusReason", Value("JobQueue Healthy"))
      .set("priority", Value(integer_member(input, "priority")))
      .set("computeEnvironmentOrder", with_arns(scope, order))
      .set("tags", object_member(input, "tags"));
  if (has_member(input, "jobStateTimeLimitActions")) {
    record.set("jobStateTimeLimitActions", array_member(input, "jobStateTimeLimitActions"));
  }
  const Value made = std::move(record).build();
  const Value answer = answer_of(made);
  PAWL_TRY_VOID(put(request, kKind, name, made, answer));
  dispatcher_.resources_changed();
  return aws::Output(answer);
}

ActionResult BatchService::update_queue(const aws::Request& request) {
  const Value& input = request.input;
  const Scope scope = jobs::scope_of(request);
  const std::string given = text_member(input, "jobQueue");
  const std::string name = resource_name(kKind, given);
  const std::lock_guard lock(mutex_);
  const auto found = PAWL_TRY(resources_.find(scope, kKind, name));
  if (!found) return client_error("JobQueue " + given + " not found.");
  Value record = *found;
  for (const char* member : {"state", "priority", "jobStateTimeLimitActions"}) {
    if (has_member(input, member)) record = record.with_member(member, *input.find(member));
  }
  if (has_member(input, "schedulingPolicyArn")) {
    // API UpdateJobQueue: a policy can be replaced, neither added nor removed.
    if (!has_member(record, "schedulingPolicyArn")) {
      return refused(request, "A scheduling policy cannot be added to an existing job queue.");
    }
    record = record.with_member("schedulingPolicyArn", *input.find("schedulingPolicyArn"));
  }
  if (has_member(input, "computeEnvironmentOrder")) {
    const Value order = array_member(input, "computeEnvironmentOrder");
    PAWL_TRY_VOID(check_environments(request, order));
    record = record.with_member("computeEnvironmentOrder", with_arns(scope, order));
  }
  const Value answer = answer_of(record);
  PAWL_TRY_VOID(put(request, kKind, name, record, answer));
  dispatcher_.resources_changed();
  return aws::Output(answer);
}

ActionResult BatchService::delete_queue(const aws::Request& request) {
  const Scope scope = jobs::scope_of(request);
  const std::string name = resource_name(kKind, text_member(request.input, "jobQueue"));
  const std::lock_guard lock(mutex_);
  const auto found = PAWL_TRY(resources_.find(scope, kKind, name));
  if (!found) return aws::Output();  // as DeleteComputeEnvironment
  if (text_member(*found, "state") != "DISABLED") {
    return client_error("Cannot delete, job queue must be DISABLED");
  }
  // API DeleteJobQueue: "All jobs in the queue are eventually terminated". Here they must have
  // ended before.
  if (jobs_.has_unfinished(scope, name)) {
    return client_error("Cannot delete, resource is being modified.");
  }
  store::Batch batch;
  resources_.erase(batch, scope, kKind, name);
  request.keep_answer(Value::object());
  PAWL_TRY_VOID(jobs::of_store(options_.store.commit(batch, store::Sync::No)));
  dispatcher_.resources_changed();
  return aws::Output();
}

ActionResult BatchService::describe_queues(const aws::Request& request) {
  return describe(request, kKind, "jobQueues");
}

}  // namespace pawl::batch
