// SPDX-License-Identifier: Apache-2.0
// AWS::Events::Rule, EventBus, EventBusPolicy, Archive, Connection, ApiDestination.
#include <algorithm>

#include "json/members.h"
#include "json/parse.h"
#include "services/cloudformation/types/handler_steps.h"

#include "services/cloudformation/types/type_tables.h"

namespace pawl::cloudformation {

using aws::ApiError;
using aws::ApiResult;
using json::Value;

namespace {

constexpr std::string_view kService = "events";
constexpr std::string_view kDefaultBus = "default";
constexpr size_t kNameMax = 64;
constexpr size_t kArchiveNameMax = 48;
constexpr uint64_t kLookAgainMs = 500;
constexpr TagOperations kTags = {kService, "ResourceARN", "Tags", "Key", "Value", "TagKeys"};

constexpr std::string_view kRule = "AWS::Events::Rule";
constexpr std::string_view kBus = "AWS::Events::EventBus";
constexpr std::string_view kConnection = "AWS::Events::Connection";

using Outcome = ApiResult<Progress>;

Value named(std::string_view name) { return Value::object({{"Name", Value(name)}}); }

/// A bus is named by its name or its ARN.
std::string bus_name(const Value& properties) {
  const std::string given = scalar_text(properties, "EventBusName");
  if (given.empty()) return std::string(kDefaultBus);
  const size_t slash = given.rfind("event-bus/");
  return slash == std::string::npos ? given : given.substr(slash + sizeof("event-bus/") - 1);
}

// AWS::Events::Rule: its id has the name of its bus, unless that is the default one.

std::string rule_name(const ResourceRequest& request) {
  const size_t bar = request.physical_id.rfind('|');
  return bar == std::string::npos ? request.physical_id : request.physical_id.substr(bar + 1);
}

Value rule_place(const std::string& name, const Value& properties) {
  return Value::object({{"Name", Value(name)}, {"EventBusName", Value(bus_name(properties))}});
}

std::string rule_id(const std::string& name, const Value& properties) {
  const std::string bus = bus_name(properties);
  return bus == kDefaultBus ? name : bus + "|" + name;
}

std::string rule_arn(const ResourceRequest& request, const std::string& name) {
  const std::string bus = bus_name(request.properties);
  return arn_of(request, "events", "rule/" + (bus == kDefaultBus ? name : bus + "/" + name));
}

Progress rule_done(const ResourceRequest& request, const std::string& name) {
  return Progress::done(
      rule_id(name, request.properties),
      Value::object({{"Arn", Value(rule_arn(request, name))}, {"RuleName", Value(name)}}));
}

Value target_place(const std::string& name, const Value& properties) {
  return Value::object({{"Rule", Value(name)}, {"EventBusName", Value(bus_name(properties))}});
}

/// An answer whose entries may have failed one by one.
ApiResult<void> check_entries(const Value& answer) {
  if (json::integer_member(answer, "FailedEntryCount") == 0) return {};
  for (const Value& each : json::items_member(answer, "FailedEntries")) {
    return ApiError(
        json::text_member(each, "ErrorCode"),
        json::text_member(each, "TargetId") + ": " + json::text_member(each, "ErrorMessage"));
  }
  return {};
}

ApiResult<void> put_targets(StackCalls& calls, const std::string& name, const Value& properties) {
  const Value targets = property(properties, "Targets");
  if (!targets.is_array() || targets.size() == 0) return {};
  const Value shaped = calls.shape(kService, "PutTargets", Value::object({{"Targets", targets}}));
  return check_entries(
      PAWL_TRY(calls.call(kService, "PutTargets", merged(shaped, target_place(name, properties)))));
}

ApiResult<void> remove_targets(StackCalls& calls, const std::string& name, const Value& properties,
                               std::vector<Value> ids) {
  if (ids.empty()) return {};
  return check_entries(PAWL_TRY(
      calls.call(kService, "RemoveTargets",
                 target_place(name, properties).with_member("Ids", Value::array(std::move(ids))))));
}

Value rule_input(StackCalls& calls, const ResourceRequest& request, const std::string& name) {
  const Value properties =
      with_documents(without(request.properties, {"Tags", "Targets"}), {"EventPattern"});
  return merged(calls.shape(kService, "PutRule", properties), rule_place(name, request.properties));
}

Outcome create_rule(StackCalls& calls, const ResourceRequest& request) {
  if (goes_on(request)) {
    const std::string name = rule_name(request);
    PAWL_TRY_VOID(put_targets(calls, name, request.properties));
    return rule_done(request, name);
  }
  const std::string name = name_of(request, "Name", kNameMax);
  // PutRule overwrites what another has made.
  if (!request.is_repeated && json::has_member(request.properties, "Name")) {
    const Value there = PAWL_TRY(
        call_unless_absent(calls, kService, "DescribeRule", rule_place(name, request.properties)));
    if (!there.is_null()) return already_exists(kRule, name);
  }
  Value input = rule_input(calls, request, name);
  if (const Tags tags = desired_tags(kRule, request); !tags.empty())
    input = input.with_member("Tags", tag_list(tags));
  PAWL_TRY_VOID(calls.call(kService, "PutRule", input));
  return made(rule_id(name, request.properties));
}

Outcome update_rule(StackCalls& calls, const ResourceRequest& request) {
  const std::string name = rule_name(request);
  PAWL_TRY_VOID(calls.call(kService, "PutRule", rule_input(calls, request, name)));
  std::vector<Value> gone;
  for (const Value& old : json::items_member(request.previous, "Targets")) {
    const auto kept = json::items_member(request.properties, "Targets");
    const std::string id = scalar_text(old, "Id");
    if (std::none_of(kept.begin(), kept.end(),
                     [&](const Value& each) { return scalar_text(each, "Id") == id; })) {
      gone.emplace_back(id);
    }
  }
  PAWL_TRY_VOID(remove_targets(calls, name, request.properties, std::move(gone)));
  PAWL_TRY_VOID(put_targets(calls, name, request.properties));
  PAWL_TRY_VOID(change_tags(calls, kRule, request, kTags, rule_arn(request, name)));
  return rule_done(request, name);
}

Outcome remove_rule(StackCalls& calls, const ResourceRequest& request) {
  const std::string name = rule_name(request);
  const Value listed = PAWL_TRY(call_unless_absent(calls, kService, "ListTargetsByRule",
                                                   target_place(name, request.properties)));
  std::vector<Value> ids;
  for (const Value& each : json::items_member(listed, "Targets"))
    ids.emplace_back(json::text_member(each, "Id"));
  if (!listed.is_null()) {
    PAWL_TRY_VOID(remove_targets(calls, name, request.properties, std::move(ids)));
    PAWL_TRY_VOID(
        call_unless_absent(calls, kService, "DeleteRule", rule_place(name, request.properties)));
  }
  return Progress::done(request.physical_id);
}

/// The schema does not say so: a rule does not move to another bus.
bool replaces_rule(const Value& previous, const Value& next) {
  return bus_name(previous) != bus_name(next);
}

// AWS::Events::EventBus

ApiResult<void> put_bus_policy(StackCalls& calls, const ResourceRequest& request,
                               const std::string& bus, const Value& policy) {
  if (policy.is_null()) return {};
  PAWL_TRY_VOID(
      calls.call(kService, "PutPermission",
                 Value::object({{"EventBusName", Value(bus)},
                                {"Policy", Value(policy_text(request.environment, policy))}})));
  return {};
}

Value bus_attributes(const ResourceRequest& request, const std::string& name) {
  const Value policy = property(request.properties, "Policy");
  return Value::object({{"Arn", Value(arn_of(request, "events", "event-bus/" + name))},
                        {"Name", Value(name)},
                        {"Policy", Value(policy.is_null() ? "" : document_text(policy))}});
}

Outcome create_bus(StackCalls& calls, const ResourceRequest& request) {
  const std::string name = scalar_text(request.properties, "Name");
  if (!goes_on(request)) {
    const Value properties = without(with_tags(kBus, request), {"Policy"});
    PAWL_TRY_VOID(call_to_create(calls, request, kService, "CreateEventBus",
                                 calls.shape(kService, "CreateEventBus", properties)));
    return made(name);
  }
  PAWL_TRY_VOID(put_bus_policy(calls, request, name, property(request.properties, "Policy")));
  return Progress::done(name, bus_attributes(request, name));
}

Outcome update_bus(StackCalls& calls, const ResourceRequest& request) {
  const std::string& name = request.physical_id;
  if (any_differs(request, {"Description", "KmsKeyIdentifier", "DeadLetterConfig", "LogConfig"})) {
    PAWL_TRY_VOID(calls.call(
        kService, "UpdateEventBus",
        merged(calls.shape(kService, "UpdateEventBus", request.properties), named(name))));
  }
  const Value policy = property(request.properties, "Policy");
  if (policy.is_null() && json::has_member(request.previous, "Policy")) {
    PAWL_TRY_VOID(call_unless_absent(
        calls, kService, "RemovePermission",
        Value::object({{"EventBusName", Value(name)}, {"RemoveAllPermissions", Value(true)}})));
  }
  if (any_differs(request, {"Policy"})) PAWL_TRY_VOID(put_bus_policy(calls, request, name, policy));
  PAWL_TRY_VOID(
      change_tags(calls, kBus, request, kTags, arn_of(request, "events", "event-bus/" + name)));
  return Progress::done(name, bus_attributes(request, name));
}

Outcome remove_bus(StackCalls& calls, const ResourceRequest& request) {
  PAWL_TRY_VOID(call_unless_absent(calls, kService, "DeleteEventBus", named(request.physical_id)));
  return Progress::done(request.physical_id);
}

// AWS::Events::EventBusPolicy: one statement of a bus's policy

/// The bus's policy with the statement in the place of the one of that id.
ApiResult<Value> policy_with(StackCalls& calls, const std::string& bus, const std::string& id,
                             const Value& statement) {
  const Value described = PAWL_TRY(calls.call(kService, "DescribeEventBus", named(bus)));
  const std::string text = json::text_member(described, "Policy");
  std::vector<Value> statements;
  if (!text.empty()) {
    if (const auto policy = json::parse(text)) {
      for (const Value& each : json::items_member(*policy, "Statement")) {
        if (json::text_member(each, "Sid") != id) statements.push_back(each);
      }
    }
  }
  statements.push_back(statement.with_member("Sid", Value(id)));
  return Value::object(
      {{"Version", Value("2012-10-17")}, {"Statement", Value::array(std::move(statements))}});
}

Outcome put_policy(StackCalls& calls, const ResourceRequest& request) {
  const std::string bus = bus_name(request.properties);
  const std::string id = scalar_text(request.properties, "StatementId");
  Value statement = property(request.properties, "Statement");
  if (statement.is_string()) {
    const std::string text(statement.as_string());
    if (const auto parsed = json::parse(text)) statement = *parsed;
  }
  if (statement.is_object()) {
    PAWL_TRY_VOID(
        put_bus_policy(calls, request, bus, PAWL_TRY(policy_with(calls, bus, id, statement))));
  } else {
    PAWL_TRY_VOID(calls.call(kService, "PutPermission",
                             calls.shape(kService, "PutPermission", request.properties)
                                 .with_member("EventBusName", Value(bus))));
  }
  return Progress::done(bus + "|" + id);
}

Outcome remove_policy(StackCalls& calls, const ResourceRequest& request) {
  PAWL_TRY_VOID(call_unless_absent(
      calls, kService, "RemovePermission",
      Value::object({{"EventBusName", Value(bus_name(request.properties))},
                     {"StatementId", Value(scalar_text(request.properties, "StatementId"))}})));
  return Progress::done(request.physical_id);
}

// AWS::Events::Archive

Value archive_input(StackCalls& calls, std::string_view operation, const ResourceRequest& request,
                    const std::string& name) {
  Value properties = with_documents(renamed(request.properties, {{"SourceArn", "EventSourceArn"}}),
                                    {"EventPattern"});
  // The CDK writes an empty text for "no key".
  if (scalar_text(properties, "KmsKeyIdentifier").empty())
    properties = without(properties, {"KmsKeyIdentifier"});
  return calls.shape(kService, operation, properties).with_member("ArchiveName", Value(name));
}

Value archive_attributes(const ResourceRequest& request, const std::string& name) {
  return Value::object(
      {{"Arn", Value(arn_of(request, "events", "archive/" + name))}, {"ArchiveName", Value(name)}});
}

Outcome create_archive(StackCalls& calls, const ResourceRequest& request) {
  const std::string name = name_of(request, "ArchiveName", kArchiveNameMax);
  PAWL_TRY_VOID(call_to_create(calls, request, kService, "CreateArchive",
                               archive_input(calls, "CreateArchive", request, name)));
  return Progress::done(name, archive_attributes(request, name));
}

Outcome update_archive(StackCalls& calls, const ResourceRequest& request) {
  const std::string& name = request.physical_id;
  PAWL_TRY_VOID(
      calls.call(kService, "UpdateArchive", archive_input(calls, "UpdateArchive", request, name)));
  return Progress::done(name, archive_attributes(request, name));
}

Outcome remove_archive(StackCalls& calls, const ResourceRequest& request) {
  PAWL_TRY_VOID(call_unless_absent(calls, kService, "DeleteArchive",
                                   Value::object({{"ArchiveName", Value(request.physical_id)}})));
  return Progress::done(request.physical_id);
}

// AWS::Events::Connection: ready when it is authorized

/// "arn:…:connection/NAME/UUID" for policies is "arn:…:connection/NAME".
std::string arn_for_policy(const std::string& arn) { return arn.substr(0, arn.rfind('/')); }

Outcome wait_for_connection(StackCalls& calls, const std::string& name) {
  const Value connection = PAWL_TRY(calls.call(kService, "DescribeConnection", named(name)));
  const std::string state = json::text_member(connection, "ConnectionState");
  if (state.ends_with("ING")) return Progress::again(kLookAgainMs, name, Value(true));
  if (state.starts_with("FAILED"))
    return ApiError("NotStabilized", json::text_member(connection, "StateReason"));
  const std::string arn = json::text_member(connection, "ConnectionArn");
  return Progress::done(
      name, Value::object({{"Arn", Value(arn)},
                           {"ArnForPolicy", Value(arn_for_policy(arn))},
                           {"SecretArn", Value(json::text_member(connection, "SecretArn"))}}));
}

Outcome create_connection(StackCalls& calls, const ResourceRequest& request) {
  if (goes_on(request)) return wait_for_connection(calls, request.physical_id);
  PAWL_TRY_VOID(
      refuse_properties(kConnection, request.properties, {"InvocationConnectivityParameters"}));
  const std::string name = name_of(request, "Name", kNameMax);
  PAWL_TRY_VOID(call_to_create(
      calls, request, kService, "CreateConnection",
      merged(calls.shape(kService, "CreateConnection", request.properties), named(name))));
  return made(name);
}

Outcome update_connection(StackCalls& calls, const ResourceRequest& request) {
  const std::string& name = request.physical_id;
  if (request.memory.is_null()) {
    PAWL_TRY_VOID(
        refuse_properties(kConnection, request.properties, {"InvocationConnectivityParameters"}));
    PAWL_TRY_VOID(calls.call(
        kService, "UpdateConnection",
        merged(calls.shape(kService, "UpdateConnection", request.properties), named(name))));
  }
  return wait_for_connection(calls, name);
}

Outcome remove_connection(StackCalls& calls, const ResourceRequest& request) {
  const std::string& name = request.physical_id;
  if (request.memory.is_null())
    PAWL_TRY_VOID(call_unless_absent(calls, kService, "DeleteConnection", named(name)));
  const Value left =
      PAWL_TRY(call_unless_absent(calls, kService, "DescribeConnection", named(name)));
  if (!left.is_null()) return Progress::again(kLookAgainMs, name, Value(true));
  return Progress::done(name);
}

// AWS::Events::ApiDestination

Progress destination_done(const std::string& name, const Value& answer) {
  const std::string arn = json::text_member(answer, "ApiDestinationArn");
  return Progress::done(
      name, Value::object({{"Arn", Value(arn)}, {"ArnForPolicy", Value(arn_for_policy(arn))}}));
}

Outcome create_destination(StackCalls& calls, const ResourceRequest& request) {
  const std::string name = name_of(request, "Name", kNameMax);
  Value made = PAWL_TRY(call_to_create(
      calls, request, kService, "CreateApiDestination",
      merged(calls.shape(kService, "CreateApiDestination", request.properties), named(name))));
  if (made.is_null()) made = PAWL_TRY(calls.call(kService, "DescribeApiDestination", named(name)));
  return destination_done(name, made);
}

Outcome update_destination(StackCalls& calls, const ResourceRequest& request) {
  const std::string& name = request.physical_id;
  return destination_done(
      name,
      PAWL_TRY(calls.call(
          kService, "UpdateApiDestination",
          merged(calls.shape(kService, "UpdateApiDestination", request.properties), named(name)))));
}

Outcome remove_destination(StackCalls& calls, const ResourceRequest& request) {
  PAWL_TRY_VOID(
      call_unless_absent(calls, kService, "DeleteApiDestination", named(request.physical_id)));
  return Progress::done(request.physical_id);
}

}  // namespace

std::span<const ResourceType> events_types() {
  static constexpr ResourceType kTypes[] = {
      {"AWS::Events::Rule", create_rule, update_rule, remove_rule, replaces_rule},
      {"AWS::Events::EventBus", create_bus, update_bus, remove_bus},
      {"AWS::Events::EventBusPolicy", put_policy, put_policy, remove_policy},
      {"AWS::Events::Archive", create_archive, update_archive, remove_archive},
      {"AWS::Events::Connection", create_connection, update_connection, remove_connection},
      {"AWS::Events::ApiDestination", create_destination, update_destination, remove_destination},
  };
  return kTypes;
}

}  // namespace pawl::cloudformation
