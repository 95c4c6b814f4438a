// SPDX-License-Identifier: Apache-2.0
#include "services/cloudformation/types/iam_entities.h"

#include <algorithm>

#include "json/members.h"
#include "services/cloudformation/types/handler_errors.h"
#include "services/cloudformation/types/policy_text.h"
#include "services/cloudformation/types/request_properties.h"
#include "services/cloudformation/types/resource_tags.h"

namespace pawl::cloudformation::iam {
namespace {

using aws::ApiResult;
using json::Value;

std::string operation_name(std::string_view verb, const Entity& entity) {
  return std::string(verb) + std::string(entity.kind) + "Policy";
}

std::vector<std::string> policy_names(const Value& properties) {
  std::vector<std::string> names;
  for (const Value& each : json::items_member(properties, "Policies"))
    names.push_back(json::text_member(each, "PolicyName"));
  return names;
}

}  // namespace

std::vector<std::string> missing_from(const std::vector<std::string>& before,
                                      const std::vector<std::string>& after) {
  std::vector<std::string> missing;
  for (const std::string& each : before) {
    if (std::find(after.begin(), after.end(), each) == after.end()) missing.push_back(each);
  }
  return missing;
}

ApiResult<Value> call(StackCalls& calls, std::string_view operation, Value input) {
  return calls.call("iam", operation, std::move(input));
}

ApiResult<void> remove(StackCalls& calls, std::string_view operation, Value input) {
  PAWL_TRY_VOID(
      unless(call(calls, operation, std::move(input)), {"NoSuchEntity", "NoSuchEntityException"}));
  return {};
}

ApiResult<std::optional<Value>> create(StackCalls& calls, std::string_view operation, Value input,
                                       const ResourceRequest& request) {
  auto created = call(calls, operation, std::move(input));
  if (request.is_repeated &&
      failed_with(created, {"EntityAlreadyExists", "EntityAlreadyExistsException"}))
    return std::optional<Value>();
  return std::optional(PAWL_TRY(std::move(created)));
}

ApiResult<void> put_policy(StackCalls& calls, const Entity& entity, std::string_view name,
                           std::string_view policy, const std::string& document) {
  PAWL_TRY_VOID(call(calls, operation_name("Put", entity),
                     Value::object({{entity.name_member, Value(name)},
                                    {"PolicyName", Value(policy)},
                                    {"PolicyDocument", Value(document)}})));
  return {};
}

ApiResult<void> delete_policy(StackCalls& calls, const Entity& entity, std::string_view name,
                              std::string_view policy) {
  return remove(calls, operation_name("Delete", entity),
                Value::object({{entity.name_member, Value(name)}, {"PolicyName", Value(policy)}}));
}

ApiResult<void> attach_policy(StackCalls& calls, const Entity& entity, std::string_view name,
                              std::string_view arn) {
  PAWL_TRY_VOID(
      call(calls, operation_name("Attach", entity),
           Value::object({{entity.name_member, Value(name)}, {"PolicyArn", Value(arn)}})));
  return {};
}

ApiResult<void> detach_policy(StackCalls& calls, const Entity& entity, std::string_view name,
                              std::string_view arn) {
  return remove(calls, operation_name("Detach", entity),
                Value::object({{entity.name_member, Value(name)}, {"PolicyArn", Value(arn)}}));
}

ApiResult<void> update_policies(StackCalls& calls, const Entity& entity,
                                const ResourceRequest& request) {
  const std::string& name = request.physical_id;
  const std::vector<std::string> arns = json::texts_member(request.properties, "ManagedPolicyArns");
  const std::vector<std::string> arns_before =
      json::texts_member(request.previous, "ManagedPolicyArns");
  for (const std::string& arn : missing_from(arns_before, arns))
    PAWL_TRY_VOID(detach_policy(calls, entity, name, arn));
  for (const std::string& arn : missing_from(arns, arns_before))
    PAWL_TRY_VOID(attach_policy(calls, entity, name, arn));
  if (!differs(request, "Policies")) return {};
  for (const std::string& policy :
       missing_from(policy_names(request.previous), policy_names(request.properties)))
    PAWL_TRY_VOID(delete_policy(calls, entity, name, policy));
  for (const Value& each : json::items_member(request.properties, "Policies")) {
    const Value* document = json::member_of(each, "PolicyDocument");
    if (document == nullptr) continue;
    PAWL_TRY_VOID(put_policy(calls, entity, name, json::text_member(each, "PolicyName"),
                             policy_text(request.environment, *document)));
  }
  return {};
}

ApiResult<void> remove_policies(StackCalls& calls, const Entity& entity,
                                const ResourceRequest& request) {
  for (const std::string& policy : policy_names(request.properties))
    PAWL_TRY_VOID(delete_policy(calls, entity, request.physical_id, policy));
  for (const std::string& arn : json::texts_member(request.properties, "ManagedPolicyArns"))
    PAWL_TRY_VOID(detach_policy(calls, entity, request.physical_id, arn));
  return {};
}

ApiResult<void> update_tags(StackCalls& calls, std::string_view type, std::string_view kind,
                            std::string_view name_member, const ResourceRequest& request) {
  const Value name = Value(request.physical_id);
  const Value present = PAWL_TRY(
      call(calls, "List" + std::string(kind) + "Tags", Value::object({{name_member, name}})));
  const TagChange change = tag_change(read_tags(present.find("Tags")), desired_tags(type, request));
  if (!change.removed.empty()) {
    PAWL_TRY_VOID(
        call(calls, "Untag" + std::string(kind),
             Value::object({{name_member, name}, {"TagKeys", json::texts_value(change.removed)}})));
  }
  if (!change.set.empty()) {
    PAWL_TRY_VOID(call(calls, "Tag" + std::string(kind),
                       Value::object({{name_member, name}, {"Tags", tag_list(change.set)}})));
  }
  return {};
}

}  // namespace pawl::cloudformation::iam
