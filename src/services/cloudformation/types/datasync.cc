// SPDX-License-Identifier: Apache-2.0
// AWS::DataSync::Agent, LocationS3, LocationNFS, LocationSMB, Task.
#include "json/members.h"
#include "services/cloudformation/types/handler_steps.h"

#include "services/cloudformation/types/type_tables.h"

namespace pawl::cloudformation {

using aws::ApiError;
using aws::ApiResult;
using json::Value;

namespace {

constexpr std::string_view kService = "datasync";
constexpr TagOperations kTags = {kService, "ResourceArn", "Tags", "Key", "Value", "Keys"};

constexpr std::string_view kTask = "AWS::DataSync::Task";
constexpr std::string_view kAgent = "AWS::DataSync::Agent";

using Outcome = ApiResult<Progress>;

/// Whatever is wrong is an InvalidRequestException here; only its text tells that nothing is there.
bool is_gone(const ApiError& error) {
  const std::string text = error.message.value_or("");
  return is_absent(error) || text.find("not found") != std::string::npos ||
         text.find("not exist") != std::string::npos;
}

ApiResult<Value> remove_unless_gone(StackCalls& calls, std::string_view operation, Value input) {
  ApiResult<Value> answer = calls.call(kService, operation, std::move(input));
  if (!answer && is_gone(answer.error())) return Value();
  return answer;
}

struct LocationKind {
  std::string_view type;
  std::string_view noun;  ///< "LocationS3"
};
constexpr LocationKind kS3 = {"AWS::DataSync::LocationS3", "LocationS3"};
constexpr LocationKind kNfs = {"AWS::DataSync::LocationNFS", "LocationNfs"};
constexpr LocationKind kSmb = {"AWS::DataSync::LocationSMB", "LocationSmb"};

std::string operation(std::string_view verb, const LocationKind& kind) {
  return std::string(verb) + std::string(kind.noun);
}

Outcome location_done(StackCalls& calls, const LocationKind& kind, const std::string& arn) {
  const Value described = PAWL_TRY(calls.call(kService, operation("Describe", kind),
                                              Value::object({{"LocationArn", Value(arn)}})));
  return Progress::done(
      arn, Value::object({{"LocationArn", Value(arn)},
                          {"LocationUri", Value(json::text_member(described, "LocationUri"))}}));
}

Outcome create_location(StackCalls& calls, const ResourceRequest& request,
                        const LocationKind& kind) {
  PAWL_TRY_VOID(refuse_properties(
      kind.type, request.properties,
      {"CmkSecretConfig", "CustomSecretConfig", "KerberosKeytab", "KerberosKrb5Conf"}));
  const std::string create = operation("Create", kind);
  const Value made = PAWL_TRY(
      calls.call(kService, create, calls.shape(kService, create, with_tags(kind.type, request))));
  return location_done(calls, kind, json::text_member(made, "LocationArn"));
}

Outcome update_location(StackCalls& calls, const ResourceRequest& request,
                        const LocationKind& kind) {
  const std::string& arn = request.physical_id;
  const std::string update = operation("Update", kind);
  PAWL_TRY_VOID(calls.call(kService, update,
                           calls.shape(kService, update, without(request.properties, {"Tags"}))
                               .with_member("LocationArn", Value(arn))));
  PAWL_TRY_VOID(change_tags(calls, kind.type, request, kTags, arn));
  return location_done(calls, kind, arn);
}

Outcome remove_location(StackCalls& calls, const ResourceRequest& request) {
  PAWL_TRY_VOID(remove_unless_gone(calls, "DeleteLocation",
                                   Value::object({{"LocationArn", Value(request.physical_id)}})));
  return Progress::done(request.physical_id);
}

template <const LocationKind& kKind>
constexpr ResourceType location_type() {
  return {kKind.type,
          [](StackCalls& calls, const ResourceRequest& request) {
            return create_location(calls, request, kKind);
          },
          [](StackCalls& calls, const ResourceRequest& request) {
            return update_location(calls, request, kKind);
          },
          remove_location};
}

// AWS::DataSync::Task

Outcome task_done(StackCalls& calls, const std::string& arn) {
  const Value task =
      PAWL_TRY(calls.call(kService, "DescribeTask", Value::object({{"TaskArn", Value(arn)}})));
  return Progress::done(arn, Value::object({{"TaskArn", Value(arn)},
                                            {"Status", Value(json::text_member(task, "Status"))},
                                            {"SourceNetworkInterfaceArns", Value::array()},
                                            {"DestinationNetworkInterfaceArns", Value::array()}}));
}

Outcome create_task(StackCalls& calls, const ResourceRequest& request) {
  PAWL_TRY_VOID(
      refuse_properties(kTask, request.properties, {"ManifestConfig", "TaskReportConfig"}));
  const Value made = PAWL_TRY(calls.call(
      kService, "CreateTask", calls.shape(kService, "CreateTask", with_tags(kTask, request))));
  return task_done(calls, json::text_member(made, "TaskArn"));
}

Outcome update_task(StackCalls& calls, const ResourceRequest& request) {
  PAWL_TRY_VOID(
      refuse_properties(kTask, request.properties, {"ManifestConfig", "TaskReportConfig"}));
  const std::string& arn = request.physical_id;
  Value input = calls.shape(kService, "UpdateTask", without(request.properties, {"Tags"}));
  for (const std::string_view list : {"Excludes", "Includes"}) {
    if (json::has_member(request.previous, list) && !json::has_member(request.properties, list))
      input = input.with_member(list, Value::array());
  }
  if (json::has_member(request.previous, "Schedule") &&
      !json::has_member(request.properties, "Schedule"))
    input = input.with_member("Schedule", Value::object({{"ScheduleExpression", Value("")}}));
  PAWL_TRY_VOID(calls.call(kService, "UpdateTask", input.with_member("TaskArn", Value(arn))));
  PAWL_TRY_VOID(change_tags(calls, kTask, request, kTags, arn));
  return task_done(calls, arn);
}

Outcome remove_task(StackCalls& calls, const ResourceRequest& request) {
  PAWL_TRY_VOID(remove_unless_gone(calls, "DeleteTask",
                                   Value::object({{"TaskArn", Value(request.physical_id)}})));
  return Progress::done(request.physical_id);
}

// AWS::DataSync::Agent

Progress agent_done(const ResourceRequest& request, const std::string& arn) {
  const bool is_private = json::has_member(request.properties, "VpcEndpointId");
  return Progress::done(
      arn, Value::object({{"AgentArn", Value(arn)},
                          {"EndpointType", Value(is_private ? "PRIVATE_LINK" : "PUBLIC")}}));
}

Outcome create_agent(StackCalls& calls, const ResourceRequest& request) {
  const Value made = PAWL_TRY(calls.call(
      kService, "CreateAgent", calls.shape(kService, "CreateAgent", with_tags(kAgent, request))));
  return agent_done(request, json::text_member(made, "AgentArn"));
}

Outcome update_agent(StackCalls& calls, const ResourceRequest& request) {
  const std::string& arn = request.physical_id;
  PAWL_TRY_VOID(
      calls.call(kService, "UpdateAgent",
                 Value::object({{"AgentArn", Value(arn)},
                                {"Name", Value(scalar_text(request.properties, "AgentName"))}})));
  PAWL_TRY_VOID(change_tags(calls, kAgent, request, kTags, arn));
  return agent_done(request, arn);
}

Outcome remove_agent(StackCalls& calls, const ResourceRequest& request) {
  PAWL_TRY_VOID(remove_unless_gone(calls, "DeleteAgent",
                                   Value::object({{"AgentArn", Value(request.physical_id)}})));
  return Progress::done(request.physical_id);
}

}  // namespace

std::span<const ResourceType> datasync_types() {
  static constexpr ResourceType kTypes[] = {
      location_type<kS3>(),
      location_type<kNfs>(),
      location_type<kSmb>(),
      {"AWS::DataSync::Task", create_task, update_task, remove_task},
      {"AWS::DataSync::Agent", create_agent, update_agent, remove_agent},
  };
  return kTypes;
}

}  // namespace pawl::cloudformation
