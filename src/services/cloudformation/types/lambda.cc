// SPDX-License-Identifier: Apache-2.0
// AWS::Lambda::EventSourceMapping, LayerVersion, LayerVersionPermission, CodeSigningConfig.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/AWS_Lambda.html
#include <array>

#include "base/integer.h"
#include "json/members.h"
#include "json/parse.h"
#include "services/cloudformation/types/lambda_calls.h"
#include "services/cloudformation/types/request_properties.h"
#include "services/cloudformation/types/type_tables.h"

namespace pawl::cloudformation {
namespace {

using aws::ApiResult;
using json::Value;
using lambda::call;

constexpr std::string_view kMapping = "AWS::Lambda::EventSourceMapping";
constexpr std::string_view kSigning = "AWS::Lambda::CodeSigningConfig";
constexpr size_t kStatementLengthMax = 100;

/// UpdateEventSourceMapping's way to say "no longer", as JSON.
struct Setting {
  std::string_view property;
  std::string_view otherwise;
};

constexpr std::array<Setting, 10> kMappingSettings = {{
    {"BisectBatchOnFunctionError", "false"},
    {"DestinationConfig", R"({"OnFailure":{}})"},
    {"Enabled", "true"},
    {"FilterCriteria", R"({"Filters":[]})"},
    {"FunctionResponseTypes", "[]"},
    {"MaximumBatchingWindowInSeconds", "0"},
    {"MaximumRecordAgeInSeconds", "-1"},
    {"MaximumRetryAttempts", "-1"},
    {"ScalingConfig", "{}"},
    {"TumblingWindowInSeconds", "0"},
}};

ApiResult<void> check_mapping(const ResourceRequest& request) {
  return refuse_properties(
      kMapping, request.properties,
      {"SelfManagedEventSource", "SelfManagedKafkaEventSourceConfig",
       "AmazonManagedKafkaEventSourceConfig", "DocumentDBEventSourceConfig", "Topics", "Queues",
       "SourceAccessConfigurations", "ProvisionedPollerConfig", "LoggingConfig"});
}

ApiResult<Progress> mapping_state(StackCalls& calls, const std::string& id) {
  const Value mapping =
      PAWL_TRY(call(calls, "GetEventSourceMapping", Value::object({{"UUID", Value(id)}})));
  const std::string state = json::text_member(mapping, "State");
  if (state != "Enabled" && state != "Disabled") return Progress::again(lambda::kPollMs, id);
  return Progress::done(
      id, Value::object({{"Id", Value(id)},
                         {"EventSourceMappingArn",
                          Value(json::text_member(mapping, "EventSourceMappingArn"))}}));
}

/// A mapping of that source and function that is there already: one's own, if the call is repeated.
ApiResult<std::string> existing_mapping(StackCalls& calls, const ResourceRequest& request) {
  const Value found =
      PAWL_TRY(call(calls, "ListEventSourceMappings",
                    json::selected(request.properties, {"EventSourceArn", "FunctionName"})));
  const auto mappings = json::items_member(found, "EventSourceMappings");
  return mappings.empty() ? std::string() : json::text_member(mappings.front(), "UUID");
}

ApiResult<Progress> create_mapping(StackCalls& calls, const ResourceRequest& request) {
  if (!request.physical_id.empty()) return mapping_state(calls, request.physical_id);
  PAWL_TRY_VOID(check_mapping(request));
  Value input =
      calls.shape("lambda", "CreateEventSourceMapping", request.properties.without_member("Tags"));
  const Tags tags = desired_tags(kMapping, request);
  if (!tags.empty()) input = input.with_member("Tags", tag_map(tags));
  auto created = call(calls, "CreateEventSourceMapping", input);
  if (request.is_repeated && failed_with(created, {"ResourceConflictException"})) {
    const std::string id = PAWL_TRY(existing_mapping(calls, request));
    if (!id.empty()) return Progress::again(0, id);
  }
  const Value mapping = PAWL_TRY(std::move(created));
  return Progress::again(0, json::text_member(mapping, "UUID"));
}

ApiResult<Progress> update_mapping(StackCalls& calls, const ResourceRequest& request) {
  PAWL_TRY_VOID(check_mapping(request));
  if (!request.memory.is_null()) {
    Progress progress = PAWL_TRY(mapping_state(calls, request.physical_id));
    if (!progress.is_done) progress.memory = request.memory;
    return progress;
  }
  Value input =
      calls.shape("lambda", "UpdateEventSourceMapping", request.properties.without_member("Tags"));
  for (const Setting& each : kMappingSettings) {
    if (differs(request, each.property) && !json::has_member(request.properties, each.property))
      input = input.with_member(each.property, *json::parse(each.otherwise));
  }
  const Value mapping = PAWL_TRY(call(calls, "UpdateEventSourceMapping",
                                      input.with_member("UUID", Value(request.physical_id))));
  const std::string arn = json::text_member(mapping, "EventSourceMappingArn");
  if (!arn.empty()) PAWL_TRY_VOID(lambda::update_tags(calls, kMapping, request, arn));
  return Progress::again(0, request.physical_id, Value::object({{"Step", Value("Wait")}}));
}

ApiResult<Progress> remove_mapping(StackCalls& calls, const ResourceRequest& request) {
  const Value id = Value::object({{"UUID", Value(request.physical_id)}});
  if (request.memory.is_null()) {
    auto removed = unless(call(calls, "DeleteEventSourceMapping", id),
                          {"ResourceNotFoundException", "ResourceInUseException"});
    if (PAWL_TRY(std::move(removed)).is_null()) {
      const Value present =
          PAWL_TRY(unless(call(calls, "GetEventSourceMapping", id), {"ResourceNotFoundException"}));
      if (present.is_null()) return Progress::done(request.physical_id);
      if (json::text_member(present, "State") != "Deleting")
        return Progress::again(lambda::kPollMs, request.physical_id);
    }
  }
  const Value present =
      PAWL_TRY(unless(call(calls, "GetEventSourceMapping", id), {"ResourceNotFoundException"}));
  if (present.is_null()) return Progress::done(request.physical_id);
  return Progress::again(lambda::kPollMs, request.physical_id,
                         Value::object({{"Step", Value("Wait")}}));
}

ApiResult<Progress> create_layer(StackCalls& calls, const ResourceRequest& request) {
  const std::string name = json::text_member(request.properties, "LayerName");
  Value input = calls.shape("lambda", "PublishLayerVersion", request.properties);
  // A layer without a name is called as the template calls it.
  input = input.with_member("LayerName", Value(name.empty() ? request.logical_id : name));
  const Value layer = PAWL_TRY(call(calls, "PublishLayerVersion", input));
  const std::string arn = json::text_member(layer, "LayerVersionArn");
  return Progress::done(arn, Value::object({{"LayerVersionArn", Value(arn)}}));
}

/// LayerName and VersionNumber of "arn:aws:lambda:…:layer:name:1".
Value layer_version(const std::string& arn) {
  const size_t colon = arn.rfind(':');
  if (colon == std::string::npos) return Value::object({{"LayerName", Value(arn)}});
  return Value::object(
      {{"LayerName", Value(arn.substr(0, colon))},
       {"VersionNumber", Value(base::parse_int64(arn.substr(colon + 1)).value_or(0))}});
}

ApiResult<Progress> remove_layer(StackCalls& calls, const ResourceRequest& request) {
  PAWL_TRY_VOID(lambda::remove(calls, "DeleteLayerVersion", layer_version(request.physical_id)));
  return Progress::done(request.physical_id);
}

ApiResult<Progress> create_layer_permission(StackCalls& calls, const ResourceRequest& request) {
  const std::string arn = json::text_member(request.properties, "LayerVersionArn");
  const std::string statement = request.generated_name(kStatementLengthMax);
  Value input = layer_version(arn).with_member("StatementId", Value(statement));
  for (const std::string_view name : {"Action", "Principal", "OrganizationId"}) {
    if (const Value* value = json::member_of(request.properties, name))
      input = input.with_member(name, *value);
  }
  auto added = call(calls, "AddLayerVersionPermission", input);
  const bool is_own = request.is_repeated && failed_with(added, {"ResourceConflictException"});
  if (!is_own) PAWL_TRY_VOID(std::move(added));
  const std::string id = arn + "#" + statement;
  return Progress::done(id, Value::object({{"Id", Value(id)}}));
}

ApiResult<Progress> remove_layer_permission(StackCalls& calls, const ResourceRequest& request) {
  const std::string& id = request.physical_id;
  const size_t hash = id.rfind('#');
  if (hash == std::string::npos) return Progress::done(id);
  PAWL_TRY_VOID(lambda::remove(
      calls, "RemoveLayerVersionPermission",
      layer_version(id.substr(0, hash)).with_member("StatementId", Value(id.substr(hash + 1)))));
  return Progress::done(id);
}

Progress made_signing(const Value& answer) {
  const Value signing = json::object_member(answer, "CodeSigningConfig");
  const std::string arn = json::text_member(signing, "CodeSigningConfigArn");
  return Progress::done(
      arn, Value::object({{"CodeSigningConfigArn", Value(arn)},
                          {"CodeSigningConfigId",
                           Value(json::text_member(signing, "CodeSigningConfigId"))}}));
}

ApiResult<Progress> create_signing(StackCalls& calls, const ResourceRequest& request) {
  const Value input = json::selected(request.properties,
                                     {"Description", "AllowedPublishers", "CodeSigningPolicies"});
  return made_signing(PAWL_TRY(call(calls, "CreateCodeSigningConfig", input)));
}

ApiResult<Progress> update_signing(StackCalls& calls, const ResourceRequest& request) {
  const Value input = json::selected(request.properties,
                                     {"Description", "AllowedPublishers", "CodeSigningPolicies"});
  return made_signing(
      PAWL_TRY(call(calls, "UpdateCodeSigningConfig",
                    input.with_member("CodeSigningConfigArn", Value(request.physical_id)))));
}

ApiResult<Progress> remove_signing(StackCalls& calls, const ResourceRequest& request) {
  PAWL_TRY_VOID(
      lambda::remove(calls, "DeleteCodeSigningConfig",
                     Value::object({{"CodeSigningConfigArn", Value(request.physical_id)}})));
  return Progress::done(request.physical_id);
}

}  // namespace

std::span<const ResourceType> lambda_types() {
  static constexpr ResourceType kTypes[] = {
      {kMapping, create_mapping, update_mapping, remove_mapping},
      {"AWS::Lambda::LayerVersion", create_layer, nullptr, remove_layer},
      {"AWS::Lambda::LayerVersionPermission", create_layer_permission, nullptr,
       remove_layer_permission},
      {kSigning, create_signing, update_signing, remove_signing},
  };
  return kTypes;
}

}  // namespace pawl::cloudformation
