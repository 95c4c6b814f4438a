// SPDX-License-Identifier: Apache-2.0
// API CreateStackInstances, UpdateStackInstances, DeleteStackInstances, DescribeStackInstance,
// ListStackInstances, DescribeStackSetOperation, ListStackSetOperations,
// ListStackSetOperationResults.
#include <algorithm>
#include <utility>

#include "json/members.h"
#include "services/cloudformation/actions/answers.h"
#include "services/cloudformation/operations/stack_set_runner.h"
#include "services/cloudformation/service.h"

namespace pawl::cloudformation {
namespace {

using aws::ApiError;
using json::ObjectBuilder;
using json::Value;

constexpr size_t kShown = 100;

std::vector<ParameterRecord> overrides_of(const Value& input) {
  std::vector<ParameterRecord> overrides;
  for (const Value& each : json::items_member(input, "ParameterOverrides")) {
    overrides.push_back({.key = json::text_member(each, "ParameterKey"),
                         .value = json::text_member(each, "ParameterValue")});
  }
  return overrides;
}

/// Accounts and regions of a request. Errors: for accounts that are not this one.
aws::ApiResult<std::vector<StackInstanceRecord>> asked_instances(const aws::Request& request) {
  std::vector<std::string> accounts = json::texts_member(request.input, "Accounts");
  const Value targets = json::object_member(request.input, "DeploymentTargets");
  for (const std::string& account : json::texts_member(targets, "Accounts")) {
    accounts.push_back(account);
  }
  std::vector<StackInstanceRecord> asked;
  for (const std::string& account : accounts) {
    if (account != request.account_id()) {
      return validation_error("Account " + account +
                              " is another: Pawl makes stack instances in the account that calls");
    }
    for (const std::string& region : json::texts_member(request.input, "Regions")) {
      asked.push_back({.account = account, .region = region});
    }
  }
  if (asked.empty()) return validation_error("Accounts and Regions must be specified");
  return asked;
}

ObjectBuilder instance_value(const StackSetRecord& set, const StackInstanceRecord& instance) {
  ObjectBuilder out;
  out.set("StackSetId", Value(set.id()))
      .set("Region", Value(instance.region))
      .set("Account", Value(instance.account));
  set_text(out, "StackId", instance.stack_id);
  out.set("Status", Value(instance.status));
  set_text(out, "StatusReason", instance.reason);
  out.set("StackInstanceStatus", object_of({{"DetailedStatus", Value(instance.detailed_status)}}))
      .set("OrganizationalUnitId", Value(""))
      .set("DriftStatus", Value("NOT_CHECKED"));
  set_text(out, "LastOperationId", instance.operation_id);
  return out;
}

ObjectBuilder operation_value(const StackSetOperationRecord& operation) {
  ObjectBuilder out;
  out.set("OperationId", Value(operation.id))
      .set("Action", Value(operation.action))
      .set("Status", Value(operation.status))
      .set("CreationTimestamp", time_of(operation.created_ms));
  if (operation.ended_ms != 0) out.set("EndTimestamp", time_of(operation.ended_ms));
  const auto failed = std::count_if(operation.results.begin(), operation.results.end(),
                                    [](const auto& each) { return each.status == "FAILED"; });
  out.set("StatusDetails",
          object_of({{"FailedStackInstancesCount", Value(static_cast<int64_t>(failed))}}));
  return out;
}

}  // namespace

CloudFormationService::Result<std::string> CloudFormationService::begin_set_operation(
    const Request& request, const StackSetRecord& set, const std::string& action,
    const std::vector<StackInstanceRecord>& instances) {
  const records::Owner owner = owner_of(request);
  const std::string asked = json::text_member(request.input, "OperationId");
  for (const auto& known : PAWL_TRY(stack_sets_.operations(owner, set))) {
    if (!asked.empty() && known.id == asked) {
      return ApiError("OperationIdAlreadyExistsException", "Operation " + asked + " already exists",
                      409);
    }
    if (known.status != "RUNNING") continue;
    return ApiError("OperationInProgressException",
                    "Another Operation on StackSet " + set.id() + " is in progress: " + known.id,
                    409);
  }
  StackSetOperationRecord operation{
      .id = asked.empty() ? draw_uuid() : asked,
      .action = action,
      .retains_stacks = json::flag_member(request.input, "RetainStacks"),
      .created_ms = now_ms()};
  PAWL_TRY_VOID(stack_sets_.put(owner, set));
  for (const StackInstanceRecord& instance : instances) {
    PAWL_TRY_VOID(stack_sets_.put_instance(owner, set, instance));
    operation.results.push_back({.account = instance.account, .region = instance.region});
  }
  PAWL_TRY_VOID(stack_sets_.begin(owner, set, operation));
  return operation.id;
}

aws::ActionResult CloudFormationService::create_instances(const Request& request) {
  StackSetRecord set = PAWL_TRY(require_set(request));
  set.actor = ActorRecord::of(request.principal);
  std::vector<StackInstanceRecord> asked = PAWL_TRY(asked_instances(request));
  const auto known = PAWL_TRY(stack_sets_.instances(owner_of(request), set));
  for (StackInstanceRecord& instance : asked) {
    for (const StackInstanceRecord& each : known) {
      if (each.account == instance.account && each.region == instance.region) instance = each;
    }
    instance.overrides = overrides_of(request.input);
  }
  const auto id = PAWL_TRY(begin_set_operation(request, set, "CREATE", asked));
  return object_of({{"OperationId", Value(id)}});
}

CloudFormationService::Result<std::vector<StackInstanceRecord>>
CloudFormationService::known_instances(const Request& request, const StackSetRecord& set) const {
  std::vector<StackInstanceRecord> asked = PAWL_TRY(asked_instances(request));
  const auto known = PAWL_TRY(stack_sets_.instances(owner_of(request), set));
  for (StackInstanceRecord& instance : asked) {
    const auto found = std::find_if(known.begin(), known.end(), [&](const auto& each) {
      return each.account == instance.account && each.region == instance.region;
    });
    if (found == known.end()) {
      return ApiError("StackInstanceNotFoundException",
                      "Stack instance not found for account " + instance.account + " in region " +
                          instance.region,
                      404);
    }
    instance = *found;
  }
  return asked;
}

aws::ActionResult CloudFormationService::update_instances(const Request& request) {
  StackSetRecord set = PAWL_TRY(require_set(request));
  set.actor = ActorRecord::of(request.principal);
  std::vector<StackInstanceRecord> asked = PAWL_TRY(known_instances(request, set));
  for (StackInstanceRecord& instance : asked) {
    if (json::has_member(request.input, "ParameterOverrides")) {
      instance.overrides = overrides_of(request.input);
    }
  }
  const auto id = PAWL_TRY(begin_set_operation(request, set, "UPDATE", asked));
  return object_of({{"OperationId", Value(id)}});
}

aws::ActionResult CloudFormationService::delete_instances(const Request& request) {
  const StackSetRecord set = PAWL_TRY(require_set(request));
  const auto asked = PAWL_TRY(known_instances(request, set));
  const auto id = PAWL_TRY(begin_set_operation(request, set, "DELETE", asked));
  return object_of({{"OperationId", Value(id)}});
}

aws::ActionResult CloudFormationService::describe_instance(const Request& request) {
  const StackSetRecord set = PAWL_TRY(require_set(request));
  const std::string account = json::text_member(request.input, "StackInstanceAccount");
  const std::string region = json::text_member(request.input, "StackInstanceRegion");
  for (const auto& instance : PAWL_TRY(stack_sets_.instances(owner_of(request), set))) {
    if (instance.account != account || instance.region != region) continue;
    ObjectBuilder out = instance_value(set, instance);
    out.set("ParameterOverrides", parameters_value(instance.overrides));
    return object_of({{"StackInstance", std::move(out).build()}});
  }
  return ApiError("StackInstanceNotFoundException",
                  "StackInstance not found for account " + account + " in region " + region, 404);
}

aws::ActionResult CloudFormationService::list_instances(const Request& request) {
  const StackSetRecord set = PAWL_TRY(require_set(request));
  const std::string account = json::text_member(request.input, "StackInstanceAccount");
  const std::string region = json::text_member(request.input, "StackInstanceRegion");
  auto instances = PAWL_TRY(stack_sets_.instances(owner_of(request), set));
  std::erase_if(instances, [&](const StackInstanceRecord& each) {
    return (!account.empty() && each.account != account) ||
           (!region.empty() && each.region != region);
  });
  const Page page = PAWL_TRY(page_of(request.input, instances.size(), kShown));
  std::vector<Value> shown;
  for (size_t i = page.begin; i < page.end; ++i) {
    shown.push_back(std::move(instance_value(set, instances[i])).build());
  }
  ObjectBuilder out;
  out.set("Summaries", Value::array(std::move(shown)));
  set_text(out, "NextToken", page.next);
  return std::move(out).build();
}

CloudFormationService::Result<std::pair<StackSetRecord, StackSetOperationRecord>>
CloudFormationService::require_set_operation(const Request& request) const {
  const StackSetRecord set = PAWL_TRY(require_set(request));
  const std::string id = json::text_member(request.input, "OperationId");
  for (const auto& operation : PAWL_TRY(stack_sets_.operations(owner_of(request), set))) {
    if (operation.id == id) return std::pair(set, operation);
  }
  return ApiError("OperationNotFoundException", "Operation " + id + " not found", 404);
}

aws::ActionResult CloudFormationService::describe_set_operation(const Request& request) {
  const auto [set, operation] = PAWL_TRY(require_set_operation(request));
  ObjectBuilder out = operation_value(operation);
  out.set("StackSetId", Value(set.id()))
      .set("AdministrationRoleARN", Value(set.administration_role))
      .set("ExecutionRoleName", Value(set.execution_role));
  if (operation.action == "DELETE") out.set("RetainStacks", Value(operation.retains_stacks));
  return object_of({{"StackSetOperation", std::move(out).build()}});
}

aws::ActionResult CloudFormationService::list_set_operations(const Request& request) {
  const StackSetRecord set = PAWL_TRY(require_set(request));
  const auto operations = PAWL_TRY(stack_sets_.operations(owner_of(request), set));
  const Page page = PAWL_TRY(page_of(request.input, operations.size(), kShown));
  std::vector<Value> shown;
  for (size_t i = page.begin; i < page.end; ++i) {
    shown.push_back(std::move(operation_value(operations[i])).build());
  }
  ObjectBuilder out;
  out.set("Summaries", Value::array(std::move(shown)));
  set_text(out, "NextToken", page.next);
  return std::move(out).build();
}

aws::ActionResult CloudFormationService::list_set_results(const Request& request) {
  const auto found = PAWL_TRY(require_set_operation(request));
  const auto& results = found.second.results;
  const Page page = PAWL_TRY(page_of(request.input, results.size(), kShown));
  std::vector<Value> shown;
  for (size_t i = page.begin; i < page.end; ++i) {
    ObjectBuilder result;
    result.set("Account", Value(results[i].account))
        .set("Region", Value(results[i].region))
        .set("Status", Value(results[i].status));
    set_text(result, "StatusReason", results[i].reason);
    shown.push_back(std::move(result).build());
  }
  ObjectBuilder out;
  out.set("Summaries", Value::array(std::move(shown)));
  set_text(out, "NextToken", page.next);
  return std::move(out).build();
}

}  // namespace pawl::cloudformation
