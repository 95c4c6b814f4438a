// SPDX-License-Identifier: Apache-2.0
// AWS::KMS::Key, ReplicaKey, Alias.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/AWS_KMS.html
#include <algorithm>

#include "json/members.h"
#include "services/cloudformation/types/handler_errors.h"
#include "services/cloudformation/types/policy_text.h"
#include "services/cloudformation/types/request_properties.h"
#include "services/cloudformation/types/resource_tags.h"
#include "services/cloudformation/types/type_tables.h"

namespace pawl::cloudformation {
namespace {

using aws::ApiResult;
using json::Value;

constexpr std::string_view kKey = "AWS::KMS::Key";
constexpr std::string_view kReplica = "AWS::KMS::ReplicaKey";
constexpr size_t kRegionPlace = 3;  ///< in an ARN

ApiResult<Value> call(StackCalls& calls, std::string_view operation, Value input) {
  return calls.call("kms", operation, std::move(input));
}

Value key_id(const ResourceRequest& request) {
  return Value::object({{"KeyId", Value(request.physical_id)}});
}

ApiResult<Progress> made_key(StackCalls& calls, const ResourceRequest& request) {
  const Value answer = PAWL_TRY(call(calls, "DescribeKey", key_id(request)));
  const Value key = json::object_member(answer, "KeyMetadata");
  const std::string id = json::text_member(key, "KeyId");
  return Progress::done(
      id, Value::object({{"Arn", Value(json::text_member(key, "Arn"))}, {"KeyId", Value(id)}}));
}

std::string key_policy(const ResourceRequest& request) {
  const Value* document = json::member_of(request.properties, "KeyPolicy");
  return document == nullptr ? "" : policy_text(request.environment, *document);
}

Value tags_input(std::string_view type, const ResourceRequest& request) {
  return tag_list(desired_tags(type, request), "TagKey", "TagValue");
}

/// EnableKeyRotation and the days, as the template has them.
ApiResult<void> update_rotation(StackCalls& calls, const ResourceRequest& request) {
  if (!any_differs(request, {"EnableKeyRotation", "RotationPeriodInDays"})) return {};
  if (!json::flag_member(request.properties, "EnableKeyRotation")) {
    if (!json::flag_member(request.previous, "EnableKeyRotation")) return {};
    PAWL_TRY_VOID(call(calls, "DisableKeyRotation", key_id(request)));
    return {};
  }
  Value input = key_id(request);
  if (const Value* days = json::member_of(request.properties, "RotationPeriodInDays"))
    input = input.with_member("RotationPeriodInDays", *days);
  PAWL_TRY_VOID(call(calls, "EnableKeyRotation", input));
  return {};
}

ApiResult<void> update_enabled(StackCalls& calls, const ResourceRequest& request) {
  const bool was = json::flag_member(request.previous, "Enabled", true);
  const bool is = json::flag_member(request.properties, "Enabled", true);
  if (was != is) PAWL_TRY_VOID(call(calls, is ? "EnableKey" : "DisableKey", key_id(request)));
  return {};
}

ApiResult<Progress> create_key(StackCalls& calls, const ResourceRequest& request) {
  if (request.physical_id.empty()) {
    json::ObjectBuilder input;
    json::copy_members(request.properties,
                       {"Description", "KeyUsage", "KeySpec", "MultiRegion", "Origin",
                        "BypassPolicyLockoutSafetyCheck"},
                       input);
    if (json::has_member(request.properties, "KeyPolicy"))
      input.set("Policy", Value(key_policy(request)));
    input.set("Tags", tags_input(kKey, request));
    const Value created = PAWL_TRY(call(calls, "CreateKey", std::move(input).build()));
    return Progress::again(0, text_at(created, "KeyMetadata.KeyId"));
  }
  PAWL_TRY_VOID(update_rotation(calls, request));
  PAWL_TRY_VOID(update_enabled(calls, request));
  return made_key(calls, request);
}

ApiResult<void> update_tags(StackCalls& calls, std::string_view type,
                            const ResourceRequest& request) {
  const Value present = PAWL_TRY(call(calls, "ListResourceTags", key_id(request)));
  const TagChange change = tag_change(read_tags(present.find("Tags")), desired_tags(type, request));
  if (!change.removed.empty()) {
    PAWL_TRY_VOID(call(calls, "UntagResource",
                       key_id(request).with_member("TagKeys", json::texts_value(change.removed))));
  }
  if (!change.set.empty()) {
    PAWL_TRY_VOID(
        call(calls, "TagResource",
             key_id(request).with_member("Tags", tag_list(change.set, "TagKey", "TagValue"))));
  }
  return {};
}

ApiResult<void> update_description_and_policy(StackCalls& calls, const ResourceRequest& request) {
  if (differs(request, "Description")) {
    PAWL_TRY_VOID(
        call(calls, "UpdateKeyDescription",
             key_id(request).with_member(
                 "Description", Value(json::text_member(request.properties, "Description")))));
  }
  if (differs(request, "KeyPolicy") && json::has_member(request.properties, "KeyPolicy")) {
    Value input = key_id(request)
                      .with_member("PolicyName", Value("default"))
                      .with_member("Policy", Value(key_policy(request)));
    if (const Value* bypass = json::member_of(request.properties, "BypassPolicyLockoutSafetyCheck"))
      input = input.with_member("BypassPolicyLockoutSafetyCheck", *bypass);
    PAWL_TRY_VOID(call(calls, "PutKeyPolicy", input));
  }
  return {};
}

ApiResult<Progress> update_key(StackCalls& calls, const ResourceRequest& request) {
  for (const std::string_view property : {"KeySpec", "KeyUsage", "MultiRegion", "Origin"}) {
    if (differs(request, property)) {
      return aws::ApiError("NotUpdatable",
                           "You cannot change the KeySpec, KeyUsage, MultiRegion "
                           "or Origin of a KMS key after it is created.");
    }
  }
  const bool is_enabled = json::flag_member(request.properties, "Enabled", true);
  // A disabled key refuses other changes.
  if (is_enabled) PAWL_TRY_VOID(update_enabled(calls, request));
  PAWL_TRY_VOID(update_description_and_policy(calls, request));
  PAWL_TRY_VOID(update_rotation(calls, request));
  PAWL_TRY_VOID(update_tags(calls, kKey, request));
  if (!is_enabled) PAWL_TRY_VOID(update_enabled(calls, request));
  return made_key(calls, request);
}

ApiResult<Progress> remove_key(StackCalls& calls, const ResourceRequest& request) {
  Value input = key_id(request);
  if (const Value* days = json::member_of(request.properties, "PendingWindowInDays"))
    input = input.with_member("PendingWindowInDays", *days);
  // A key that waits for its deletion already is in an invalid state.
  PAWL_TRY_VOID(unless(call(calls, "ScheduleKeyDeletion", input),
                       {"NotFoundException", "KMSInvalidStateException"}));
  return Progress::done(request.physical_id);
}

std::string region_of_arn(std::string_view arn) {
  for (size_t i = 0; i < kRegionPlace; ++i)
    arn.remove_prefix(std::min(
        arn.size(), arn.find(':') == std::string_view::npos ? arn.size() : arn.find(':') + 1));
  return std::string(arn.substr(0, arn.find(':')));
}

ApiResult<Progress> create_replica(StackCalls& calls, const ResourceRequest& request) {
  if (request.physical_id.empty()) {
    const std::string primary = json::text_member(request.properties, "PrimaryKeyArn");
    json::ObjectBuilder input;
    input.set("KeyId", Value(primary))
        .set("ReplicaRegion", Value(request.environment.region))
        .set("Policy", Value(key_policy(request)))
        .set("Tags", tags_input(kReplica, request));
    json::copy_members(request.properties, {"Description"}, input);
    auto created =
        calls.call_in(region_of_arn(primary), "kms", "ReplicateKey", std::move(input).build());
    if (request.is_repeated && failed_with(created, {"AlreadyExistsException"}))
      return Progress::again(0, primary.substr(primary.rfind('/') + 1));
    const Value replica = PAWL_TRY(std::move(created));
    return Progress::again(0, text_at(replica, "ReplicaKeyMetadata.KeyId"));
  }
  PAWL_TRY_VOID(update_enabled(calls, request));
  return made_key(calls, request);
}

ApiResult<Progress> update_replica(StackCalls& calls, const ResourceRequest& request) {
  PAWL_TRY_VOID(update_enabled(calls, request));
  PAWL_TRY_VOID(update_description_and_policy(calls, request));
  PAWL_TRY_VOID(update_tags(calls, kReplica, request));
  return made_key(calls, request);
}

Value alias_input(const ResourceRequest& request) {
  return json::selected(request.properties, {"AliasName", "TargetKeyId"});
}

ApiResult<Progress> create_alias(StackCalls& calls, const ResourceRequest& request) {
  auto created = call(calls, "CreateAlias", alias_input(request));
  const bool is_own = request.is_repeated && failed_with(created, {"AlreadyExistsException"});
  if (!is_own) PAWL_TRY_VOID(std::move(created));
  return Progress::done(json::text_member(request.properties, "AliasName"));
}

ApiResult<Progress> update_alias(StackCalls& calls, const ResourceRequest& request) {
  PAWL_TRY_VOID(call(calls, "UpdateAlias", alias_input(request)));
  return Progress::done(request.physical_id);
}

ApiResult<Progress> remove_alias(StackCalls& calls, const ResourceRequest& request) {
  PAWL_TRY_VOID(
      unless(call(calls, "DeleteAlias", Value::object({{"AliasName", Value(request.physical_id)}})),
             {"NotFoundException"}));
  return Progress::done(request.physical_id);
}

}  // namespace

std::span<const ResourceType> kms_types() {
  static constexpr ResourceType kTypes[] = {
      {kKey, create_key, update_key, remove_key},
      {kReplica, create_replica, update_replica, remove_key},
      {"AWS::KMS::Alias", create_alias, update_alias, remove_alias},
  };
  return kTypes;
}

}  // namespace pawl::cloudformation
