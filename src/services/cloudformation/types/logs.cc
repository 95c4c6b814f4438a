// SPDX-License-Identifier: Apache-2.0
// AWS::Logs::LogGroup, LogStream, SubscriptionFilter, MetricFilter, ResourcePolicy,
// QueryDefinition.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/AWS_Logs.html
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

constexpr std::string_view kGroup = "AWS::Logs::LogGroup";
constexpr size_t kNameLengthMax = 512;

ApiResult<Value> call(StackCalls& calls, std::string_view operation, Value input) {
  return calls.call("logs", operation, std::move(input));
}

ApiResult<void> remove(StackCalls& calls, std::string_view operation, Value input) {
  PAWL_TRY_VOID(unless(call(calls, operation, std::move(input)), {"ResourceNotFoundException"}));
  return {};
}

/// The name of a filter or stream: the template's, or a generated one that stays.
std::string filter_name(const ResourceRequest& request, std::string_view property) {
  return request.physical_id.empty() ? name_of(request, property, kNameLengthMax)
                                     : request.physical_id;
}

Value group_name(const ResourceRequest& request) {
  return Value::object(
      {{"logGroupName", Value(json::text_member(request.properties, "LogGroupName"))}});
}

std::string group_arn(const ResourceRequest& request, const std::string& name) {
  return "arn:" + request.environment.partition + ":logs:" + request.environment.region + ":" +
         request.environment.account_id + ":log-group:" + name;
}

Progress made_group(const ResourceRequest& request, const std::string& name) {
  return Progress::done(name, Value::object({{"Arn", Value(group_arn(request, name) + ":*")}}));
}

ApiResult<void> check_group(const ResourceRequest& request) {
  return refuse_properties(kGroup, request.properties,
                           {"BearerTokenAuthenticationEnabled", "DataProtectionPolicy",
                            "FieldIndexPolicies", "ResourcePolicyDocument"});
}

ApiResult<void> update_retention(StackCalls& calls, const ResourceRequest& request) {
  if (!differs(request, "RetentionInDays")) return {};
  const Value name = Value::object({{"logGroupName", Value(request.physical_id)}});
  const Value* days = json::member_of(request.properties, "RetentionInDays");
  if (days == nullptr) return remove(calls, "DeleteRetentionPolicy", name);
  PAWL_TRY_VOID(call(calls, "PutRetentionPolicy", name.with_member("retentionInDays", *days)));
  return {};
}

ApiResult<Progress> create_group(StackCalls& calls, const ResourceRequest& request) {
  if (!request.physical_id.empty()) {
    PAWL_TRY_VOID(update_retention(calls, request));
    return made_group(request, request.physical_id);
  }
  PAWL_TRY_VOID(check_group(request));
  const std::string name = name_of(request, "LogGroupName", kNameLengthMax);
  Value input = calls.shape("logs", "CreateLogGroup",
                            json::selected(request.properties, {"KmsKeyId", "LogGroupClass",
                                                                "DeletionProtectionEnabled"}));
  input = input.with_member("logGroupName", Value(name));
  const Tags tags = desired_tags(kGroup, request);
  if (!tags.empty()) input = input.with_member("tags", tag_map(tags));
  auto created = call(calls, "CreateLogGroup", input);
  if (failed_with(created, {"ResourceAlreadyExistsException"})) {
    if (!request.is_repeated) return already_exists(kGroup, name);
  } else {
    PAWL_TRY_VOID(std::move(created));
  }
  return Progress::again(0, name);
}

ApiResult<void> update_group_tags(StackCalls& calls, const ResourceRequest& request) {
  const Value resource =
      Value::object({{"resourceArn", Value(group_arn(request, request.physical_id))}});
  const Value present = PAWL_TRY(call(calls, "ListTagsForResource", resource));
  const TagChange change =
      tag_change(read_tags(present.find("tags")), desired_tags(kGroup, request));
  if (!change.removed.empty()) {
    PAWL_TRY_VOID(call(calls, "UntagResource",
                       resource.with_member("tagKeys", json::texts_value(change.removed))));
  }
  if (!change.set.empty())
    PAWL_TRY_VOID(call(calls, "TagResource", resource.with_member("tags", tag_map(change.set))));
  return {};
}

ApiResult<Progress> update_group(StackCalls& calls, const ResourceRequest& request) {
  PAWL_TRY_VOID(check_group(request));
  const Value name = Value::object({{"logGroupName", Value(request.physical_id)}});
  PAWL_TRY_VOID(update_retention(calls, request));
  if (differs(request, "LogGroupClass")) {
    return aws::ApiError("NotUpdatable", "The class of a log group cannot be changed.");
  }
  if (differs(request, "KmsKeyId")) {
    const std::string key = json::text_member(request.properties, "KmsKeyId");
    PAWL_TRY_VOID(key.empty()
                      ? call(calls, "DisassociateKmsKey", name)
                      : call(calls, "AssociateKmsKey", name.with_member("kmsKeyId", Value(key))));
  }
  if (differs(request, "DeletionProtectionEnabled")) {
    PAWL_TRY_VOID(call(calls, "PutLogGroupDeletionProtection",
                       Value::object({{"logGroupIdentifier", Value(request.physical_id)},
                                      {"deletionProtectionEnabled",
                                       Value(json::flag_member(request.properties,
                                                               "DeletionProtectionEnabled"))}})));
  }
  PAWL_TRY_VOID(update_group_tags(calls, request));
  return made_group(request, request.physical_id);
}

ApiResult<Progress> remove_group(StackCalls& calls, const ResourceRequest& request) {
  PAWL_TRY_VOID(remove(calls, "DeleteLogGroup",
                       Value::object({{"logGroupName", Value(request.physical_id)}})));
  return Progress::done(request.physical_id);
}

ApiResult<Progress> create_stream(StackCalls& calls, const ResourceRequest& request) {
  const std::string name = filter_name(request, "LogStreamName");
  auto created =
      call(calls, "CreateLogStream", group_name(request).with_member("logStreamName", Value(name)));
  const bool is_own =
      request.is_repeated && failed_with(created, {"ResourceAlreadyExistsException"});
  if (!is_own) PAWL_TRY_VOID(std::move(created));
  return Progress::done(name);
}

ApiResult<Progress> remove_stream(StackCalls& calls, const ResourceRequest& request) {
  PAWL_TRY_VOID(
      remove(calls, "DeleteLogStream",
             group_name(request).with_member("logStreamName", Value(request.physical_id))));
  return Progress::done(request.physical_id);
}

template <const std::string_view& operation>
ApiResult<Progress> put_filter(StackCalls& calls, const ResourceRequest& request) {
  const std::string name = filter_name(request, "FilterName");
  const Value input = calls.shape("logs", operation, request.properties);
  PAWL_TRY_VOID(call(calls, operation, input.with_member("filterName", Value(name))));
  return Progress::done(name);
}

template <const std::string_view& operation>
ApiResult<Progress> remove_filter(StackCalls& calls, const ResourceRequest& request) {
  PAWL_TRY_VOID(remove(calls, operation,
                       group_name(request).with_member("filterName", Value(request.physical_id))));
  return Progress::done(request.physical_id);
}

constexpr std::string_view kPutSubscription = "PutSubscriptionFilter";
constexpr std::string_view kDeleteSubscription = "DeleteSubscriptionFilter";
constexpr std::string_view kPutMetric = "PutMetricFilter";
constexpr std::string_view kDeleteMetric = "DeleteMetricFilter";

ApiResult<Progress> put_policy(StackCalls& calls, const ResourceRequest& request) {
  const std::string name = json::text_member(request.properties, "PolicyName");
  const Value* document = json::member_of(request.properties, "PolicyDocument");
  PAWL_TRY_VOID(
      call(calls, "PutResourcePolicy",
           Value::object(
               {{"policyName", Value(name)},
                {"policyDocument",
                 Value(document == nullptr ? "" : policy_text(request.environment, *document))}})));
  return Progress::done(name);
}

ApiResult<Progress> remove_policy(StackCalls& calls, const ResourceRequest& request) {
  PAWL_TRY_VOID(remove(calls, "DeleteResourcePolicy",
                       Value::object({{"policyName", Value(request.physical_id)}})));
  return Progress::done(request.physical_id);
}

ApiResult<Progress> put_query(StackCalls& calls, const ResourceRequest& request) {
  PAWL_TRY_VOID(
      refuse_properties("AWS::Logs::QueryDefinition", request.properties, {"Parameters"}));
  Value input = calls.shape("logs", "PutQueryDefinition", request.properties);
  input = request.physical_id.empty()
              ? input.with_member("clientToken", Value(client_token(request)))
              : input.with_member("queryDefinitionId", Value(request.physical_id));
  const Value made = PAWL_TRY(call(calls, "PutQueryDefinition", input));
  const std::string id = json::text_member(made, "queryDefinitionId");
  return Progress::done(id, Value::object({{"QueryDefinitionId", Value(id)}}));
}

ApiResult<Progress> remove_query(StackCalls& calls, const ResourceRequest& request) {
  PAWL_TRY_VOID(remove(calls, "DeleteQueryDefinition",
                       Value::object({{"queryDefinitionId", Value(request.physical_id)}})));
  return Progress::done(request.physical_id);
}

}  // namespace

std::span<const ResourceType> logs_types() {
  static constexpr ResourceType kTypes[] = {
      {kGroup, create_group, update_group, remove_group},
      {"AWS::Logs::LogStream", create_stream, nullptr, remove_stream},
      {"AWS::Logs::SubscriptionFilter", put_filter<kPutSubscription>, put_filter<kPutSubscription>,
       remove_filter<kDeleteSubscription>},
      {"AWS::Logs::MetricFilter", put_filter<kPutMetric>, put_filter<kPutMetric>,
       remove_filter<kDeleteMetric>},
      {"AWS::Logs::ResourcePolicy", put_policy, put_policy, remove_policy},
      {"AWS::Logs::QueryDefinition", put_query, put_query, remove_query},
  };
  return kTypes;
}

}  // namespace pawl::cloudformation
