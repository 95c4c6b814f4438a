// SPDX-License-Identifier: Apache-2.0
// AWS::Batch::ComputeEnvironment, JobQueue, JobDefinition, SchedulingPolicy. Environments and
// queues are VALID a while after they are made, and must be DISABLED before they are deleted.
#include <algorithm>

#include "json/members.h"
#include "services/cloudformation/types/handler_steps.h"

#include "services/cloudformation/types/type_tables.h"

namespace pawl::cloudformation {

using aws::ApiError;
using aws::ApiResult;
using json::Value;

namespace {

constexpr std::string_view kService = "batch";
constexpr size_t kNameMax = 128;
constexpr uint64_t kLookAgainMs = 250;
constexpr TagOperations kTags = {kService, "resourceArn", "tags", "", "", "tagKeys"};

constexpr std::string_view kDefinition = "AWS::Batch::JobDefinition";
constexpr std::string_view kPolicy = "AWS::Batch::SchedulingPolicy";

using Outcome = ApiResult<Progress>;

/// Environments and queues are looked after in the same way.
struct Kind {
  std::string_view type;
  std::string_view noun;       ///< "ComputeEnvironment"
  std::string_view arn;        ///< of answers, "computeEnvironmentArn"
  std::string_view name;       ///< of inputs that create
  std::string_view reference;  ///< of other inputs
  std::string_view list;       ///< of descriptions, also the input's
  std::string_view describe;
  std::string_view property;  ///< that names it
};

constexpr Kind kEnvironment = {
    "AWS::Batch::ComputeEnvironment", "ComputeEnvironment",    "computeEnvironmentArn",
    "computeEnvironmentName",         "computeEnvironment",    "computeEnvironments",
    "DescribeComputeEnvironments",    "ComputeEnvironmentName"};
constexpr Kind kQueue = {"AWS::Batch::JobQueue", "JobQueue",    "jobQueueArn",
                         "jobQueueName",         "jobQueue",    "jobQueues",
                         "DescribeJobQueues",    "JobQueueName"};

std::string operation(std::string_view verb, const Kind& kind) {
  return std::string(verb) + std::string(kind.noun);
}

/// Its description, null if there is none.
ApiResult<Value> describe(StackCalls& calls, const Kind& kind, const std::string& arn) {
  const Value answer = PAWL_TRY(calls.call(
      kService, kind.describe, Value::object({{kind.list, Value::array({Value(arn)})}})));
  for (const Value& each : json::items_member(answer, kind.list)) {
    if (json::text_member(each, "status") != "DELETED") return each;
  }
  return Value();
}

Outcome wait_until_valid(StackCalls& calls, const Kind& kind, const std::string& arn) {
  const Value there = PAWL_TRY(describe(calls, kind, arn));
  if (there.is_null()) return ApiError("NotFound", std::string(kind.noun) + " " + arn + " is gone");
  const std::string status = json::text_member(there, "status");
  if (status == "INVALID")
    return ApiError("NotStabilized", json::text_member(there, "statusReason"));
  if (status != "VALID") return Progress::again(kLookAgainMs, arn, Value(true));
  const std::string attribute = std::string(kind.noun) + "Arn";
  return Progress::done(arn, Value::object({{attribute, Value(arn)}}));
}

/// After "already exists" of a repeated request: what the earlier one made.
ApiResult<std::string> made_before(StackCalls& calls, const Kind& kind, const std::string& name) {
  return json::text_member(PAWL_TRY(describe(calls, kind, name)), kind.arn);
}

Outcome create_valid(StackCalls& calls, const ResourceRequest& request, const Kind& kind,
                     const Value& properties) {
  if (goes_on(request)) return wait_until_valid(calls, kind, request.physical_id);
  const std::string name = name_of(request, kind.property, kNameMax);
  const std::string create = operation("Create", kind);
  const Value answer = PAWL_TRY(call_to_create(
      calls, request, kService, create,
      calls.shape(kService, create, properties).with_member(kind.name, Value(name))));
  std::string arn = json::text_member(answer, kind.arn);
  if (arn.empty()) arn = PAWL_TRY(made_before(calls, kind, name));
  return made(arn);
}

Outcome update_valid(StackCalls& calls, const ResourceRequest& request, const Kind& kind,
                     const Value& properties) {
  const std::string& arn = request.physical_id;
  if (request.memory.is_null()) {
    const std::string update = operation("Update", kind);
    PAWL_TRY_VOID(calls.call(
        kService, update,
        calls.shape(kService, update, properties).with_member(kind.reference, Value(arn))));
    PAWL_TRY_VOID(change_tags(calls, kind.type, request, kTags, arn));
  }
  return wait_until_valid(calls, kind, arn);
}

/// Disabled, then deleted, then gone: one step each time it is looked at.
Outcome remove_disabled(StackCalls& calls, const ResourceRequest& request, const Kind& kind) {
  const std::string& arn = request.physical_id;
  const Value there = PAWL_TRY(describe(calls, kind, arn));
  if (there.is_null()) return Progress::done(arn);
  const std::string status = json::text_member(there, "status");
  const Value place = Value::object({{kind.reference, Value(arn)}});
  if (status == "VALID" || status == "INVALID") {
    if (json::text_member(there, "state") == "ENABLED") {
      PAWL_TRY_VOID(calls.call(kService, operation("Update", kind),
                               place.with_member("state", Value("DISABLED"))));
    } else {
      PAWL_TRY_VOID(calls.call(kService, operation("Delete", kind), place));
    }
  }
  return Progress::again(kLookAgainMs, arn, Value(true));
}

// AWS::Batch::ComputeEnvironment

std::string upper(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; });
  return text;
}

/// The CDK writes types in small letters, which CloudFormation takes.
Value environment_properties(const ResourceRequest& request) {
  const Value properties =
      without(with_tags(kEnvironment.type, request), {"ReplaceComputeEnvironment"});
  return properties.with_member("Type", Value(upper(scalar_text(properties, "Type"))));
}

Outcome create_environment(StackCalls& calls, const ResourceRequest& request) {
  PAWL_TRY_VOID(refuse_properties(kEnvironment.type, request.properties, {"EksConfiguration"}));
  return create_valid(calls, request, kEnvironment, environment_properties(request));
}

/// Of the resources only what changed: the operation takes less than creations (no BEST_FIT).
Outcome update_environment(StackCalls& calls, const ResourceRequest& request) {
  const Value properties = environment_properties(request);
  const Value before = property(request.previous, "ComputeResources");
  Value changed = Value::object();
  const Value after = property(properties, "ComputeResources");
  if (after.is_object()) {
    for (const json::Member& each : after.members()) {
      if (!(property(before, each.name()) == each.value))
        changed = changed.with_member(each.name(), each.value);
    }
  }
  const Value rest = without(properties, {"ComputeResources"});
  return update_valid(calls, request, kEnvironment,
                      changed.size() == 0 ? rest : rest.with_member("ComputeResources", changed));
}

Outcome remove_environment(StackCalls& calls, const ResourceRequest& request) {
  return remove_disabled(calls, request, kEnvironment);
}

/// "ReplaceComputeEnvironment": unless it is false, everything but the number of vCPUs replaces; of
/// Fargate subnets and security groups change in place, too.
bool replaces_environment(const Value& previous, const Value& next) {
  if (!is_true(next, "ReplaceComputeEnvironment", true)) return false;
  const Value before = property(previous, "ComputeResources");
  const Value after = property(next, "ComputeResources");
  if (!before.is_object() || !after.is_object()) return !(before == after);
  const auto fixed = [](const Value& resources) {
    Value out =
        without(resources, {"MinvCpus", "MaxvCpus", "DesiredvCpus", "UpdateToLatestImageVersion"});
    const std::string type = scalar_text(resources, "Type");
    return type.starts_with("FARGATE") ? without(out, {"Subnets", "SecurityGroupIds"}) : out;
  };
  return !(fixed(before) == fixed(after));
}

// AWS::Batch::JobQueue

Outcome create_queue(StackCalls& calls, const ResourceRequest& request) {
  PAWL_TRY_VOID(refuse_properties(kQueue.type, request.properties,
                                  {"ServiceEnvironmentOrder", "JobQueueType"}));
  return create_valid(calls, request, kQueue, with_tags(kQueue.type, request));
}

Outcome update_queue(StackCalls& calls, const ResourceRequest& request) {
  PAWL_TRY_VOID(refuse_properties(kQueue.type, request.properties, {"ServiceEnvironmentOrder"}));
  return update_valid(calls, request, kQueue, with_tags(kQueue.type, request));
}

Outcome remove_queue(StackCalls& calls, const ResourceRequest& request) {
  return remove_disabled(calls, request, kQueue);
}

// AWS::Batch::JobDefinition: each change is a new revision; the old one is deregistered.

Outcome register_definition(StackCalls& calls, const ResourceRequest& request) {
  PAWL_TRY_VOID(
      refuse_properties(kDefinition, request.properties, {"ConsumableResourceProperties"}));
  if (is_true(property(request.properties, "ResourceRetentionPolicy"), "SkipDeregisterOnUpdate"))
    return not_served(kDefinition, "ResourceRetentionPolicy");
  std::string name = scalar_text(request.properties, "JobDefinitionName");
  if (name.empty()) {
    // The name of a generated definition stays: "arn:…:job-definition/NAME:REVISION".
    const size_t slash = request.physical_id.rfind('/');
    const size_t colon = request.physical_id.rfind(':');
    name = slash == std::string::npos || colon < slash
               ? request.generated_name(kNameMax)
               : request.physical_id.substr(slash + 1, colon - slash - 1);
  }
  Value input = calls.shape(kService, "RegisterJobDefinition", with_tags(kDefinition, request))
                    .with_member("jobDefinitionName", Value(name));
  // An empty Timeout, as old versions of the CDK write it, is none.
  if (property(input, "timeout").size() == 0) input = without(input, {"timeout"});
  const Value made = PAWL_TRY(calls.call(kService, "RegisterJobDefinition", input));
  const std::string arn = json::text_member(made, "jobDefinitionArn");
  return Progress::done(arn, Value::object({{"JobDefinitionArn", Value(arn)}}));
}

/// Tags alone are no new revision.
Outcome update_definition(StackCalls& calls, const ResourceRequest& request) {
  if (!(without(request.previous, {"Tags"}) == without(request.properties, {"Tags"})))
    return register_definition(calls, request);
  const std::string& arn = request.physical_id;
  PAWL_TRY_VOID(change_tags(calls, kDefinition, request, kTags, arn));
  return Progress::done(arn, Value::object({{"JobDefinitionArn", Value(arn)}}));
}

Outcome remove_definition(StackCalls& calls, const ResourceRequest& request) {
  PAWL_TRY_VOID(call_unless_absent(calls, kService, "DeregisterJobDefinition",
                                   Value::object({{"jobDefinition", Value(request.physical_id)}})));
  return Progress::done(request.physical_id);
}

// AWS::Batch::SchedulingPolicy

Outcome create_policy(StackCalls& calls, const ResourceRequest& request) {
  PAWL_TRY_VOID(refuse_properties(kPolicy, request.properties, {"QuotaSharePolicy"}));
  const Value made = PAWL_TRY(
      calls.call(kService, "CreateSchedulingPolicy",
                 calls.shape(kService, "CreateSchedulingPolicy", with_tags(kPolicy, request))
                     .with_member("name", Value(name_of(request, "Name", kNameMax)))));
  const std::string arn = json::text_member(made, "arn");
  return Progress::done(arn, Value::object({{"Arn", Value(arn)}}));
}

Outcome update_policy(StackCalls& calls, const ResourceRequest& request) {
  const std::string& arn = request.physical_id;
  PAWL_TRY_VOID(calls.call(kService, "UpdateSchedulingPolicy",
                           calls.shape(kService, "UpdateSchedulingPolicy", request.properties)
                               .with_member("arn", Value(arn))));
  return Progress::done(arn, Value::object({{"Arn", Value(arn)}}));
}

/// Whatever is wrong is a ClientException here: whether it is there says its description.
Outcome remove_policy(StackCalls& calls, const ResourceRequest& request) {
  const Value arn = Value(request.physical_id);
  const Value found = PAWL_TRY(calls.call(kService, "DescribeSchedulingPolicies",
                                          Value::object({{"arns", Value::array({arn})}})));
  if (!json::items_member(found, "schedulingPolicies").empty())
    PAWL_TRY_VOID(calls.call(kService, "DeleteSchedulingPolicy", Value::object({{"arn", arn}})));
  return Progress::done(request.physical_id);
}

}  // namespace

std::span<const ResourceType> batch_types() {
  static constexpr ResourceType kTypes[] = {
      {"AWS::Batch::ComputeEnvironment", create_environment, update_environment, remove_environment,
       replaces_environment},
      {"AWS::Batch::JobQueue", create_queue, update_queue, remove_queue},
      {"AWS::Batch::JobDefinition", register_definition, update_definition, remove_definition},
      {"AWS::Batch::SchedulingPolicy", create_policy, update_policy, remove_policy},
  };
  return kTypes;
}

}  // namespace pawl::cloudformation
