// SPDX-License-Identifier: Apache-2.0
// AWS::SSM::Parameter.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ssm-parameter.html
#include "json/members.h"
#include "services/cloudformation/types/handler_errors.h"
#include "services/cloudformation/types/request_properties.h"
#include "services/cloudformation/types/resource_tags.h"
#include "services/cloudformation/types/type_tables.h"

namespace pawl::cloudformation {
namespace {

using aws::ApiResult;
using json::Value;

constexpr std::string_view kParameter = "AWS::SSM::Parameter";
constexpr size_t kNameLengthMax = 500;

ApiResult<Value> call(StackCalls& calls, std::string_view operation, Value input) {
  return calls.call("ssm", operation, std::move(input));
}

/// SecureString is SSM's third type; CloudFormation keeps its hands off secrets.
ApiResult<void> check(const ResourceRequest& request) {
  if (json::text_member(request.properties, "Type") != "SecureString") return {};
  return aws::ApiError("InvalidRequest",
                       "AWS CloudFormation doesn't support creating a SecureString parameter type");
}

Value put_input(const ResourceRequest& request, const std::string& name) {
  json::ObjectBuilder input;
  input.set("Name", Value(name));
  json::copy_members(
      request.properties,
      {"Type", "Value", "Description", "AllowedPattern", "Tier", "DataType", "Policies"}, input);
  return std::move(input).build();
}

Progress made(const ResourceRequest& request, const std::string& name) {
  const std::string path = name.starts_with('/') ? name : "/" + name;
  return Progress::done(
      name, Value::object({{"Arn", Value("arn:" + request.environment.partition +
                                         ":ssm:" + request.environment.region + ":" +
                                         request.environment.account_id + ":parameter" + path)},
                           {"Type", Value(json::text_member(request.properties, "Type"))},
                           {"Value", Value(json::text_member(request.properties, "Value"))}}));
}

ApiResult<Progress> create(StackCalls& calls, const ResourceRequest& request) {
  PAWL_TRY_VOID(check(request));
  std::string name = json::text_member(request.properties, "Name");
  if (name.empty()) name = generated_identifier(request, kNameLengthMax, "CFN-");
  Value input = put_input(request, name);
  const Tags tags = desired_tags(kParameter, request);
  if (!tags.empty()) input = input.with_member("Tags", tag_list(tags));
  auto created = call(calls, "PutParameter", input);
  if (failed_with(created, {"ParameterAlreadyExists"})) {
    if (!request.is_repeated) return already_exists(kParameter, name);
  } else {
    PAWL_TRY_VOID(std::move(created));
  }
  return made(request, name);
}

ApiResult<void> update_tags(StackCalls& calls, const ResourceRequest& request) {
  const Value resource = Value::object(
      {{"ResourceType", Value("Parameter")}, {"ResourceId", Value(request.physical_id)}});
  const Value present = PAWL_TRY(call(calls, "ListTagsForResource", resource));
  const TagChange change =
      tag_change(read_tags(present.find("TagList")), desired_tags(kParameter, request));
  if (!change.removed.empty()) {
    PAWL_TRY_VOID(call(calls, "RemoveTagsFromResource",
                       resource.with_member("TagKeys", json::texts_value(change.removed))));
  }
  if (!change.set.empty()) {
    PAWL_TRY_VOID(
        call(calls, "AddTagsToResource", resource.with_member("Tags", tag_list(change.set))));
  }
  return {};
}

ApiResult<Progress> update(StackCalls& calls, const ResourceRequest& request) {
  PAWL_TRY_VOID(check(request));
  if (any_differs(request, {"Type", "Value", "Description", "AllowedPattern", "Tier", "DataType",
                            "Policies"})) {
    Value input = put_input(request, request.physical_id).with_member("Overwrite", Value(true));
    if (differs(request, "Description") && !json::has_member(input, "Description"))
      input = input.with_member("Description", Value(""));
    PAWL_TRY_VOID(call(calls, "PutParameter", input));
  }
  PAWL_TRY_VOID(update_tags(calls, request));
  return made(request, request.physical_id);
}

ApiResult<Progress> remove(StackCalls& calls, const ResourceRequest& request) {
  PAWL_TRY_VOID(
      unless(call(calls, "DeleteParameter", Value::object({{"Name", Value(request.physical_id)}})),
             {"ParameterNotFound"}));
  return Progress::done(request.physical_id);
}

}  // namespace

std::span<const ResourceType> ssm_types() {
  static constexpr ResourceType kTypes[] = {{kParameter, create, update, remove}};
  return kTypes;
}

}  // namespace pawl::cloudformation
