// SPDX-License-Identifier: Apache-2.0
// AWS::StepFunctions::StateMachine, Activity, StateMachineVersion, StateMachineAlias.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/AWS_StepFunctions.html
#include <algorithm>

#include "base/bytes.h"
#include "formation/template_text.h"
#include "formation/yaml_text.h"
#include "json/members.h"
#include "json/write.h"
#include "services/cloudformation/types/handler_errors.h"
#include "services/cloudformation/types/request_properties.h"
#include "services/cloudformation/types/resource_tags.h"
#include "services/cloudformation/types/type_tables.h"

namespace pawl::cloudformation {
namespace {

using aws::ApiResult;
using json::Value;

constexpr std::string_view kMachine = "AWS::StepFunctions::StateMachine";
constexpr std::string_view kActivity = "AWS::StepFunctions::Activity";
constexpr std::string_view kAlias = "AWS::StepFunctions::StateMachineAlias";
constexpr size_t kNameLengthMax = 80;
constexpr uint64_t kPollMs = 200;
constexpr uint64_t kMsPerMinute = 60'000;
constexpr int64_t kWeightMax = 100;

ApiResult<Value> call(StackCalls& calls, std::string_view operation, Value input) {
  return calls.call("stepfunctions", operation, std::move(input));
}

ApiResult<Value> unless_missing(ApiResult<Value> result) {
  return unless(std::move(result), {"StateMachineDoesNotExist", "ActivityDoesNotExist",
                                    "ResourceNotFound", "ResourceNotFoundException"});
}

std::string arn_of(const ResourceRequest& request, std::string_view kind, const std::string& name) {
  return "arn:" + request.environment.partition + ":states:" + request.environment.region + ":" +
         request.environment.account_id + ":" + std::string(kind) + ":" + name;
}

/// JSON, or YAML turned into it.
ApiResult<std::string> definition_in_s3(StackCalls& calls, const Value& location) {
  json::ObjectBuilder input;
  json::copy_members(location, {"Bucket", "Key"}, input);
  if (const Value* version = json::member_of(location, "Version")) input.set("VersionId", *version);
  const Value object = PAWL_TRY(calls.call("s3", "GetObject", std::move(input).build()));
  std::optional<std::string> text = base::base64_decode(json::text_member(object, "Body"));
  if (!text) return aws::ApiError("InvalidRequest", "The definition in S3 cannot be read");
  if (formation::is_json_text(*text)) return *std::move(text);
  const auto definition = formation::read_yaml(*text, true);
  if (!definition) return aws::ApiError("InvalidRequest", definition.error().message);
  return json::write(*definition);
}

/// "${Key}" becomes the value of DefinitionSubstitutions, as it is.
std::string substituted(std::string text, const Value& substitutions) {
  std::string out;
  for (size_t at = 0; at < text.size();) {
    const size_t begin = text.find("${", at);
    const size_t end = begin == std::string::npos ? begin : text.find('}', begin);
    if (end == std::string::npos) return out + text.substr(at);
    const Value* value = json::member_of(substitutions, text.substr(begin + 2, end - begin - 2));
    out += text.substr(at, begin - at);
    if (value == nullptr) {
      out += "${";
      at = begin + 2;
      continue;
    }
    out += value->is_string() ? std::string(value->as_string()) : json::write(*value);
    at = end + 1;
  }
  return out;
}

ApiResult<std::string> definition_of(StackCalls& calls, const ResourceRequest& request) {
  const Value& properties = request.properties;
  std::string text;
  if (const Value* definition = json::member_of(properties, "Definition")) {
    text =
        definition->is_string() ? std::string(definition->as_string()) : json::write(*definition);
  } else if (json::has_member(properties, "DefinitionString")) {
    text = json::text_member(properties, "DefinitionString");
  } else if (const Value* location = json::member_of(properties, "DefinitionS3Location")) {
    text = PAWL_TRY(definition_in_s3(calls, *location));
  } else {
    return aws::ApiError("InvalidRequest",
                         "Property validation failure: [One of Definition, DefinitionString or "
                         "DefinitionS3Location must be specified]");
  }
  return substituted(std::move(text), json::object_member(properties, "DefinitionSubstitutions"));
}

Value common_input(StackCalls& calls, std::string_view operation, const ResourceRequest& request) {
  return calls.shape(
      "stepfunctions", operation,
      json::selected(request.properties, {"RoleArn", "LoggingConfiguration", "TracingConfiguration",
                                          "EncryptionConfiguration"}));
}

ApiResult<Progress> made_machine(StackCalls& calls, const std::string& arn) {
  const Value machine = PAWL_TRY(
      call(calls, "DescribeStateMachine", Value::object({{"stateMachineArn", Value(arn)}})));
  const std::string revision = json::text_member(machine, "revisionId");
  return Progress::done(
      arn,
      Value::object({{"Arn", Value(arn)},
                     {"Name", Value(json::text_member(machine, "name"))},
                     {"StateMachineRevisionId", Value(revision.empty() ? "INITIAL" : revision)}}));
}

ApiResult<Progress> create_machine(StackCalls& calls, const ResourceRequest& request) {
  std::string name = json::text_member(request.properties, "StateMachineName");
  if (name.empty()) name = generated_identifier(request, kNameLengthMax);
  const std::string arn = arn_of(request, "stateMachine", name);
  const Value target = Value::object({{"stateMachineArn", Value(arn)}});
  // CreateStateMachine answers the same machine that is there already.
  if (!request.is_repeated && call(calls, "DescribeStateMachine", target))
    return already_exists(kMachine, arn);
  Value input = common_input(calls, "CreateStateMachine", request);
  input = input.with_member("name", Value(name))
              .with_member("definition", Value(PAWL_TRY(definition_of(calls, request))));
  const std::string type = json::text_member(request.properties, "StateMachineType");
  if (!type.empty()) input = input.with_member("type", Value(type));
  const Tags tags = desired_tags(kMachine, request);
  if (!tags.empty()) input = input.with_member("tags", tag_list(tags, "key", "value"));
  auto created = call(calls, "CreateStateMachine", input);
  if (failed_with(created, {"StateMachineDeleting"})) return Progress::again(kPollMs);
  PAWL_TRY_VOID(std::move(created));
  return made_machine(calls, arn);
}

ApiResult<void> update_tags(StackCalls& calls, std::string_view type,
                            const ResourceRequest& request) {
  const Value resource = Value::object({{"resourceArn", Value(request.physical_id)}});
  const Value present = PAWL_TRY(call(calls, "ListTagsForResource", resource));
  const TagChange change = tag_change(read_tags(present.find("tags")), desired_tags(type, request));
  if (!change.removed.empty()) {
    PAWL_TRY_VOID(call(calls, "UntagResource",
                       resource.with_member("tagKeys", json::texts_value(change.removed))));
  }
  if (!change.set.empty()) {
    PAWL_TRY_VOID(call(calls, "TagResource",
                       resource.with_member("tags", tag_list(change.set, "key", "value"))));
  }
  return {};
}

ApiResult<Progress> update_machine(StackCalls& calls, const ResourceRequest& request) {
  Value input = common_input(calls, "UpdateStateMachine", request);
  input = input.with_member("stateMachineArn", Value(request.physical_id))
              .with_member("definition", Value(PAWL_TRY(definition_of(calls, request))));
  const auto reset = [&](std::string_view property, std::string_view member, Value otherwise) {
    if (differs(request, property) && !json::has_member(request.properties, property))
      input = input.with_member(member, std::move(otherwise));
  };
  reset("LoggingConfiguration", "loggingConfiguration", Value::object({{"level", Value("OFF")}}));
  reset("TracingConfiguration", "tracingConfiguration", Value::object({{"enabled", Value(false)}}));
  reset("EncryptionConfiguration", "encryptionConfiguration",
        Value::object({{"type", Value("AWS_OWNED_KEY")}}));
  PAWL_TRY_VOID(call(calls, "UpdateStateMachine", input));
  PAWL_TRY_VOID(update_tags(calls, kMachine, request));
  return made_machine(calls, request.physical_id);
}

ApiResult<Progress> remove_machine(StackCalls& calls, const ResourceRequest& request) {
  const Value target = Value::object({{"stateMachineArn", Value(request.physical_id)}});
  if (request.memory.is_null())
    PAWL_TRY_VOID(unless_missing(call(calls, "DeleteStateMachine", target)));
  const Value present = PAWL_TRY(unless_missing(call(calls, "DescribeStateMachine", target)));
  if (present.is_null()) return Progress::done(request.physical_id);
  return Progress::again(kPollMs, request.physical_id, Value::object({{"Step", Value("Wait")}}));
}

Progress made_activity(const std::string& arn) {
  return Progress::done(
      arn, Value::object({{"Arn", Value(arn)}, {"Name", Value(arn.substr(arn.rfind(':') + 1))}}));
}

ApiResult<Progress> create_activity(StackCalls& calls, const ResourceRequest& request) {
  const std::string arn =
      arn_of(request, "activity", json::text_member(request.properties, "Name"));
  if (!request.is_repeated &&
      call(calls, "DescribeActivity", Value::object({{"activityArn", Value(arn)}})))
    return already_exists(kActivity, arn);
  Value input =
      calls.shape("stepfunctions", "CreateActivity",
                  json::selected(request.properties, {"Name", "EncryptionConfiguration"}));
  const Tags tags = desired_tags(kActivity, request);
  if (!tags.empty()) input = input.with_member("tags", tag_list(tags, "key", "value"));
  const Value created = PAWL_TRY(call(calls, "CreateActivity", input));
  return made_activity(json::text_member(created, "activityArn"));
}

ApiResult<Progress> update_activity(StackCalls& calls, const ResourceRequest& request) {
  PAWL_TRY_VOID(update_tags(calls, kActivity, request));
  return made_activity(request.physical_id);
}

ApiResult<Progress> remove_activity(StackCalls& calls, const ResourceRequest& request) {
  PAWL_TRY_VOID(unless_missing(
      call(calls, "DeleteActivity", Value::object({{"activityArn", Value(request.physical_id)}}))));
  return Progress::done(request.physical_id);
}

ApiResult<Progress> create_version(StackCalls& calls, const ResourceRequest& request) {
  json::ObjectBuilder input;
  input.set("stateMachineArn", Value(json::text_member(request.properties, "StateMachineArn")));
  if (const Value* description = json::member_of(request.properties, "Description"))
    input.set("description", *description);
  if (const Value* revision = json::member_of(request.properties, "StateMachineRevisionId"))
    input.set("revisionId", *revision);
  const Value published =
      PAWL_TRY(call(calls, "PublishStateMachineVersion", std::move(input).build()));
  const std::string arn = json::text_member(published, "stateMachineVersionArn");
  return Progress::done(arn, Value::object({{"Arn", Value(arn)}}));
}

ApiResult<Progress> remove_version(StackCalls& calls, const ResourceRequest& request) {
  PAWL_TRY_VOID(unless_missing(
      call(calls, "DeleteStateMachineVersion",
           Value::object({{"stateMachineVersionArn", Value(request.physical_id)}}))));
  return Progress::done(request.physical_id);
}

Value route(const std::string& version, int64_t weight) {
  return Value::object({{"stateMachineVersionArn", Value(version)}, {"weight", Value(weight)}});
}

/// Where the template sends executions in the end.
Value final_routes(StackCalls& calls, const ResourceRequest& request) {
  if (const Value* preference = json::member_of(request.properties, "DeploymentPreference")) {
    return Value::array(
        {route(json::text_member(*preference, "StateMachineVersionArn"), kWeightMax)});
  }
  const Value shaped = calls.shape("stepfunctions", "CreateStateMachineAlias",
                                   json::selected(request.properties, {"RoutingConfiguration"}));
  return json::array_member(shaped, "routingConfiguration");
}

Progress made_alias(const std::string& arn) {
  return Progress::done(arn, Value::object({{"Arn", Value(arn)}}));
}

std::string alias_machine(const Value& routes) {
  if (routes.size() == 0) return {};
  const std::string version = json::text_member(routes.items().front(), "stateMachineVersionArn");
  return version.substr(0, version.rfind(':'));
}

ApiResult<Progress> create_alias(StackCalls& calls, const ResourceRequest& request) {
  std::string name = json::text_member(request.properties, "Name");
  if (name.empty()) name = generated_identifier(request, kNameLengthMax);
  const Value routes = final_routes(calls, request);
  const std::string arn = alias_machine(routes) + ":" + name;
  if (!request.is_repeated && call(calls, "DescribeStateMachineAlias",
                                   Value::object({{"stateMachineAliasArn", Value(arn)}})))
    return already_exists(kAlias, arn);
  json::ObjectBuilder input;
  input.set("name", Value(name)).set("routingConfiguration", routes);
  if (const Value* description = json::member_of(request.properties, "Description"))
    input.set("description", *description);
  const Value created = PAWL_TRY(call(calls, "CreateStateMachineAlias", std::move(input).build()));
  return made_alias(json::text_member(created, "stateMachineAliasArn"));
}

ApiResult<void> set_routes(StackCalls& calls, const ResourceRequest& request, const Value& routes) {
  PAWL_TRY_VOID(call(
      calls, "UpdateStateMachineAlias",
      Value::object({{"stateMachineAliasArn", Value(request.physical_id)},
                     {"description", Value(json::text_member(request.properties, "Description"))},
                     {"routingConfiguration", routes}})));
  return {};
}

/// LINEAR: a share more after each interval; CANARY: a share, then all.
ApiResult<Progress> shift_traffic(StackCalls& calls, const ResourceRequest& request,
                                  const Value& preference) {
  const std::string target = json::text_member(preference, "StateMachineVersionArn");
  std::string before = json::text_member(request.memory, "Before");
  if (before.empty())
    before = text_at(request.previous, "DeploymentPreference.StateMachineVersionArn");
  const int64_t share = json::integer_member(preference, "Percentage", kWeightMax);
  const int64_t done = json::integer_member(request.memory, "Weight");
  const bool is_linear = json::text_member(preference, "Type") == "LINEAR";
  const int64_t weight =
      done == 0 ? share : std::min(kWeightMax, is_linear ? done + share : kWeightMax);
  if (before.empty() || before == target || weight >= kWeightMax) {
    PAWL_TRY_VOID(set_routes(calls, request, Value::array({route(target, kWeightMax)})));
    return made_alias(request.physical_id);
  }
  PAWL_TRY_VOID(set_routes(
      calls, request, Value::array({route(target, weight), route(before, kWeightMax - weight)})));
  const auto minutes =
      static_cast<uint64_t>(std::max<int64_t>(0, json::integer_member(preference, "Interval")));
  return Progress::again(minutes * kMsPerMinute, request.physical_id,
                         Value::object({{"Before", Value(before)}, {"Weight", Value(weight)}}));
}

ApiResult<Progress> update_alias(StackCalls& calls, const ResourceRequest& request) {
  const Value* preference = json::member_of(request.properties, "DeploymentPreference");
  if (preference != nullptr && json::text_member(*preference, "Type") != "ALL_AT_ONCE")
    return shift_traffic(calls, request, *preference);
  PAWL_TRY_VOID(set_routes(calls, request, final_routes(calls, request)));
  return made_alias(request.physical_id);
}

ApiResult<Progress> remove_alias(StackCalls& calls, const ResourceRequest& request) {
  PAWL_TRY_VOID(
      unless_missing(call(calls, "DeleteStateMachineAlias",
                          Value::object({{"stateMachineAliasArn", Value(request.physical_id)}}))));
  return Progress::done(request.physical_id);
}

/// The machine that an alias is of, by where it leads.
std::string routed_machine(const Value& properties) {
  std::string version = text_at(properties, "DeploymentPreference.StateMachineVersionArn");
  const auto routes = json::items_member(properties, "RoutingConfiguration");
  if (version.empty() && !routes.empty())
    version = json::text_member(routes.front(), "StateMachineVersionArn");
  return version.substr(0, version.rfind(':'));
}

/// An alias belongs to its machine: another machine needs another alias.
bool changes_machine(const Value& previous, const Value& next) {
  return routed_machine(previous) != routed_machine(next);
}

}  // namespace

std::span<const ResourceType> states_types() {
  static constexpr ResourceType kTypes[] = {
      {kMachine, create_machine, update_machine, remove_machine},
      {kActivity, create_activity, update_activity, remove_activity},
      {"AWS::StepFunctions::StateMachineVersion", create_version, nullptr, remove_version},
      {kAlias, create_alias, update_alias, remove_alias, changes_machine},
  };
  return kTypes;
}

}  // namespace pawl::cloudformation
