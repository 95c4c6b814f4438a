// SPDX-License-Identifier: Apache-2.0
// AWS::Lambda::Version, Alias, Permission, Url, EventInvokeConfig.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/AWS_Lambda.html
#include <algorithm>
#include <array>

#include "json/members.h"
#include "services/cloudformation/types/lambda_calls.h"
#include "services/cloudformation/types/policy_text.h"
#include "services/cloudformation/types/request_properties.h"
#include "services/cloudformation/types/type_tables.h"

namespace pawl::cloudformation {
namespace {

using aws::ApiResult;
using json::Value;
using lambda::call;

constexpr std::string_view kVersion = "AWS::Lambda::Version";
constexpr size_t kStatementLengthMax = 100;
constexpr int64_t kAgeSecondsDefault = 21'600;
constexpr int64_t kRetriesDefault = 2;

std::string function_of(const ResourceRequest& request) {
  return json::text_member(request.properties, "FunctionName");
}

std::string last_part(const std::string& arn) { return arn.substr(arn.rfind(':') + 1); }

/// The ARN without its last part: of a version or an alias, its function's.
std::string without_last_part(const std::string& arn) {
  const size_t colon = arn.rfind(':');
  return colon == std::string::npos ? arn : arn.substr(0, colon);
}

/// The numbers of all published versions.
ApiResult<std::vector<std::string>> versions_of(StackCalls& calls, const std::string& function) {
  std::vector<std::string> versions;
  Value input = Value::object({{"FunctionName", Value(function)}});
  for (;;) {
    const Value page = PAWL_TRY(call(calls, "ListVersionsByFunction", input));
    for (const Value& each : json::items_member(page, "Versions"))
      versions.push_back(json::text_member(each, "Version"));
    const std::string next = json::text_member(page, "NextMarker");
    if (next.empty()) return versions;
    input = input.with_member("Marker", Value(next));
  }
}

Progress made_version(const std::string& arn) {
  return Progress::done(
      arn, Value::object({{"FunctionArn", Value(arn)}, {"Version", Value(last_part(arn))}}));
}

/// PublishVersion answers the newest version if nothing has changed since; CloudFormation says so.
ApiResult<std::string> publish(StackCalls& calls, const ResourceRequest& request) {
  const std::vector<std::string> versions = PAWL_TRY(versions_of(calls, function_of(request)));
  json::ObjectBuilder input;
  json::copy_members(request.properties, {"FunctionName", "CodeSha256", "Description"}, input);
  const Value published = PAWL_TRY(call(calls, "PublishVersion", std::move(input).build()));
  const std::string version = json::text_member(published, "Version");
  const bool is_old = std::find(versions.begin(), versions.end(), version) != versions.end();
  if (is_old && !request.is_repeated) {
    return aws::ApiError("AlreadyExists", "A version for this Lambda function exists ( " + version +
                                              " ). Modify the function to create a new version..");
  }
  const std::string arn = json::text_member(published, "FunctionArn");
  return arn.ends_with(":" + version) ? arn : arn + ":" + version;
}

ApiResult<Progress> create_version(StackCalls& calls, const ResourceRequest& request) {
  PAWL_TRY_VOID(refuse_properties(kVersion, request.properties, {"FunctionScalingConfig"}));
  if (request.physical_id.empty()) return Progress::again(0, PAWL_TRY(publish(calls, request)));
  const std::string version = last_part(request.physical_id);
  if (const Value* policy = json::member_of(request.properties, "RuntimePolicy")) {
    PAWL_TRY_VOID(call(calls, "PutRuntimeManagementConfig",
                       json::selected(*policy, {"UpdateRuntimeOn", "RuntimeVersionArn"})
                           .with_member("FunctionName", Value(function_of(request)))
                           .with_member("Qualifier", Value(version))));
  }
  if (!PAWL_TRY(lambda::provision(calls, request, version)))
    return Progress::again(lambda::kPollMs, request.physical_id);
  return made_version(request.physical_id);
}

ApiResult<Progress> remove_version(StackCalls& calls, const ResourceRequest& request) {
  PAWL_TRY_VOID(
      lambda::remove(calls, "DeleteFunction",
                     Value::object({{"FunctionName", Value(without_last_part(request.physical_id))},
                                    {"Qualifier", Value(last_part(request.physical_id))}})));
  return Progress::done(request.physical_id);
}

Value alias_input(const ResourceRequest& request) {
  json::ObjectBuilder weights;
  const Value routing = json::object_member(request.properties, "RoutingConfig");
  for (const Value& each : json::items_member(routing, "AdditionalVersionWeights")) {
    if (const Value* weight = json::member_of(each, "FunctionWeight"))
      weights.set(json::text_member(each, "FunctionVersion"), *weight);
  }
  json::ObjectBuilder input;
  json::copy_members(request.properties, {"FunctionName", "Name", "FunctionVersion"}, input);
  input.set("Description", Value(json::text_member(request.properties, "Description")));
  if (!weights.empty() || differs(request, "RoutingConfig")) {
    input.set("RoutingConfig",
              Value::object({{"AdditionalVersionWeights", std::move(weights).build()}}));
  }
  return std::move(input).build();
}

ApiResult<Progress> provisioned_alias(StackCalls& calls, const ResourceRequest& request,
                                      const std::string& arn) {
  const std::string name = json::text_member(request.properties, "Name");
  if (!PAWL_TRY(lambda::provision(calls, request, name)))
    return Progress::again(lambda::kPollMs, arn, Value::object({{"Step", Value("Wait")}}));
  return Progress::done(arn, Value::object({{"AliasArn", Value(arn)}}));
}

ApiResult<Progress> create_alias(StackCalls& calls, const ResourceRequest& request) {
  if (!request.physical_id.empty()) return provisioned_alias(calls, request, request.physical_id);
  auto created = call(calls, "CreateAlias", alias_input(request));
  if (request.is_repeated && failed_with(created, {"ResourceConflictException"})) {
    created = call(calls, "GetAlias", json::selected(request.properties, {"FunctionName", "Name"}));
  }
  const Value alias = PAWL_TRY(std::move(created));
  return Progress::again(0, json::text_member(alias, "AliasArn"));
}

ApiResult<Progress> update_alias(StackCalls& calls, const ResourceRequest& request) {
  if (request.memory.is_null()) PAWL_TRY_VOID(call(calls, "UpdateAlias", alias_input(request)));
  return provisioned_alias(calls, request, request.physical_id);
}

ApiResult<Progress> remove_alias(StackCalls& calls, const ResourceRequest& request) {
  PAWL_TRY_VOID(lambda::remove(calls, "DeleteAlias",
                               json::selected(request.properties, {"FunctionName", "Name"})));
  return Progress::done(request.physical_id);
}

ApiResult<Progress> create_permission(StackCalls& calls, const ResourceRequest& request) {
  const std::string id = request.generated_name(kStatementLengthMax);
  Value input = calls.shape("lambda", "AddPermission", request.properties);
  input = input.with_member("StatementId", Value(id))
              .with_member("Principal", Value(service_principal(
                                            request.environment,
                                            json::text_member(request.properties, "Principal"))));
  auto added = call(calls, "AddPermission", input);
  const bool is_own = request.is_repeated && failed_with(added, {"ResourceConflictException"});
  if (!is_own) PAWL_TRY_VOID(std::move(added));
  return Progress::done(id, Value::object({{"Id", Value(id)}}));
}

ApiResult<Progress> remove_permission(StackCalls& calls, const ResourceRequest& request) {
  PAWL_TRY_VOID(lambda::remove(calls, "RemovePermission",
                               Value::object({{"FunctionName", Value(function_of(request))},
                                              {"StatementId", Value(request.physical_id)}})));
  return Progress::done(request.physical_id);
}

Value url_target(const ResourceRequest& request) {
  json::ObjectBuilder target;
  target.set("FunctionName", Value(json::text_member(request.properties, "TargetFunctionArn")));
  json::copy_members(request.properties, {"Qualifier"}, target);
  return std::move(target).build();
}

Progress made_url(const Value& url) {
  const std::string arn = json::text_member(url, "FunctionArn");
  return Progress::done(
      arn, Value::object({{"FunctionArn", Value(arn)},
                          {"FunctionUrl", Value(json::text_member(url, "FunctionUrl"))}}));
}

/// The target with what may change.
Value url_input(const ResourceRequest& request) {
  Value input = url_target(request);
  for (const std::string_view name : {"AuthType", "Cors", "InvokeMode"}) {
    if (const Value* value = json::member_of(request.properties, name))
      input = input.with_member(name, *value);
  }
  return input;
}

ApiResult<Progress> create_url(StackCalls& calls, const ResourceRequest& request) {
  auto created = call(calls, "CreateFunctionUrlConfig", url_input(request));
  if (request.is_repeated && failed_with(created, {"ResourceConflictException"}))
    created = call(calls, "GetFunctionUrlConfig", url_target(request));
  return made_url(PAWL_TRY(std::move(created)));
}

ApiResult<Progress> update_url(StackCalls& calls, const ResourceRequest& request) {
  Value input = url_input(request);
  if (!json::has_member(input, "Cors") && differs(request, "Cors"))
    input = input.with_member("Cors", Value::object());
  if (!json::has_member(input, "InvokeMode") && differs(request, "InvokeMode"))
    input = input.with_member("InvokeMode", Value("BUFFERED"));
  return made_url(PAWL_TRY(call(calls, "UpdateFunctionUrlConfig", input)));
}

ApiResult<Progress> remove_url(StackCalls& calls, const ResourceRequest& request) {
  PAWL_TRY_VOID(lambda::remove(calls, "DeleteFunctionUrlConfig", url_target(request)));
  return Progress::done(request.physical_id);
}

ApiResult<Progress> put_invoke_config(StackCalls& calls, const ResourceRequest& request) {
  json::ObjectBuilder input;
  json::copy_members(request.properties, {"FunctionName", "Qualifier"}, input);
  input.set("MaximumEventAgeInSeconds",
            Value(json::integer_member(request.properties, "MaximumEventAgeInSeconds",
                                       kAgeSecondsDefault)));
  input.set(
      "MaximumRetryAttempts",
      Value(json::integer_member(request.properties, "MaximumRetryAttempts", kRetriesDefault)));
  json::copy_members(request.properties, {"DestinationConfig"}, input);
  PAWL_TRY_VOID(call(calls, "PutFunctionEventInvokeConfig", std::move(input).build()));
  return Progress::done(function_of(request) + "|" +
                        json::text_member(request.properties, "Qualifier"));
}

ApiResult<Progress> remove_invoke_config(StackCalls& calls, const ResourceRequest& request) {
  PAWL_TRY_VOID(lambda::remove(calls, "DeleteFunctionEventInvokeConfig",
                               json::selected(request.properties, {"FunctionName", "Qualifier"})));
  return Progress::done(request.physical_id);
}

}  // namespace

std::span<const ResourceType> lambda_version_types() {
  static constexpr ResourceType kTypes[] = {
      {kVersion, create_version, nullptr, remove_version},
      {"AWS::Lambda::Alias", create_alias, update_alias, remove_alias},
      {"AWS::Lambda::Permission", create_permission, nullptr, remove_permission},
      {"AWS::Lambda::Url", create_url, update_url, remove_url},
      {"AWS::Lambda::EventInvokeConfig", put_invoke_config, put_invoke_config,
       remove_invoke_config},
  };
  return kTypes;
}

}  // namespace pawl::cloudformation
