// SPDX-License-Identifier: Apache-2.0
// AWS::DynamoDB::Table, GlobalTable (of one region: our tables have no replicas). An update looks
// at the table and does the next thing that differs, until nothing does.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/AWS_DynamoDB.html
#include <algorithm>
#include <array>

#include "json/members.h"
#include "services/cloudformation/types/dynamodb_table.h"
#include "services/cloudformation/types/handler_errors.h"
#include "services/cloudformation/types/policy_text.h"
#include "services/cloudformation/types/request_properties.h"
#include "services/cloudformation/types/resource_tags.h"
#include "services/cloudformation/types/type_tables.h"

namespace pawl::cloudformation {
namespace {

using aws::ApiResult;
using dynamodb::Table;
using json::Value;

constexpr size_t kNameLengthMax = 255;
constexpr uint64_t kPollMs = 200;

ApiResult<Value> call(StackCalls& calls, std::string_view operation, Value input) {
  return calls.call("dynamodb", operation, std::move(input));
}

Value table_input(const std::string& name) { return Value::object({{"TableName", Value(name)}}); }

/// null if there is none.
ApiResult<Value> describe(StackCalls& calls, const std::string& name) {
  const Value answer = PAWL_TRY(
      unless(call(calls, "DescribeTable", table_input(name)), {"ResourceNotFoundException"}));
  const Value* table = answer.find("Table");
  return table == nullptr ? Value() : *table;
}

bool is_ready(const Value& description) {
  if (json::text_member(description, "TableStatus") != "ACTIVE") return false;
  const auto indexes = json::items_member(description, "GlobalSecondaryIndexes");
  return std::all_of(indexes.begin(), indexes.end(), [](const Value& index) {
    return json::text_member(index, "IndexStatus") == "ACTIVE";
  });
}

ApiResult<bool> update_time_to_live(StackCalls& calls, const Table& table,
                                    const std::string& name) {
  const Value answer = PAWL_TRY(call(calls, "DescribeTimeToLive", table_input(name)));
  const Value present = json::object_member(answer, "TimeToLiveDescription");
  const std::string status = json::text_member(present, "TimeToLiveStatus");
  const bool was_enabled = status == "ENABLED" || status == "ENABLING";
  const Value wanted = json::object_member(table.properties, "TimeToLiveSpecification");
  const bool enabled = json::flag_member(wanted, "Enabled");
  const std::string attribute = json::text_member(wanted, "AttributeName");
  const std::string attribute_before = json::text_member(present, "AttributeName");
  if (enabled == was_enabled && (!enabled || attribute == attribute_before)) return false;
  // Another attribute: off, then on.
  const bool turn_on = enabled && !was_enabled;
  PAWL_TRY_VOID(
      call(calls, "UpdateTimeToLive",
           table_input(name).with_member(
               "TimeToLiveSpecification",
               Value::object({{"Enabled", Value(turn_on)},
                              {"AttributeName", Value(turn_on ? attribute : attribute_before)}}))));
  return true;
}

ApiResult<void> update_recovery(StackCalls& calls, const Table& table, const std::string& name) {
  const Value answer = PAWL_TRY(call(calls, "DescribeContinuousBackups", table_input(name)));
  const Value* present =
      value_at(answer, "ContinuousBackupsDescription.PointInTimeRecoveryDescription");
  const bool was_enabled =
      present != nullptr && json::text_member(*present, "PointInTimeRecoveryStatus") == "ENABLED";
  const Value wanted = json::object_member(table.properties, "PointInTimeRecoverySpecification");
  const bool enabled = json::flag_member(wanted, "PointInTimeRecoveryEnabled");
  const auto days = json::find_integer(wanted, "RecoveryPeriodInDays");
  const bool other_days = enabled && days && present != nullptr &&
                          json::find_integer(*present, "RecoveryPeriodInDays") != days;
  if (enabled == was_enabled && !other_days) return {};
  Value specification = Value::object({{"PointInTimeRecoveryEnabled", Value(enabled)}});
  if (enabled && days)
    specification = specification.with_member("RecoveryPeriodInDays", Value(*days));
  PAWL_TRY_VOID(
      call(calls, "UpdateContinuousBackups",
           table_input(name).with_member("PointInTimeRecoverySpecification", specification)));
  return {};
}

ApiResult<void> update_resource_policy(StackCalls& calls, const ResourceRequest& request,
                                       std::string_view property, const std::string& arn) {
  if (arn.empty()) return {};
  const Value resource = Value::object({{"ResourceArn", Value(arn)}});
  const std::string path = std::string(property) + ".PolicyDocument";
  const Value* document = value_at(request.properties, path);
  if (document != nullptr) {
    PAWL_TRY_VOID(
        call(calls, "PutResourcePolicy",
             resource.with_member("Policy", Value(policy_text(request.environment, *document)))));
  } else if (value_at(request.previous, path) != nullptr) {
    PAWL_TRY_VOID(unless(call(calls, "DeleteResourcePolicy", resource),
                         {"PolicyNotFoundException", "ResourceNotFoundException"}));
  }
  return {};
}

ApiResult<void> update_tags(StackCalls& calls, const Table& table, const ResourceRequest& request,
                            const std::string& arn) {
  const Value resource = Value::object({{"ResourceArn", Value(arn)}});
  const Value present = PAWL_TRY(call(calls, "ListTagsOfResource", resource));
  const TagChange change =
      tag_change(read_tags(present.find("Tags")), dynamodb::tags_of(table, request));
  if (!change.removed.empty()) {
    PAWL_TRY_VOID(call(calls, "UntagResource",
                       resource.with_member("TagKeys", json::texts_value(change.removed))));
  }
  if (!change.set.empty()) {
    PAWL_TRY_VOID(call(calls, "TagResource", resource.with_member("Tags", tag_list(change.set))));
  }
  return {};
}

Progress made(const Table& table, const Value& description) {
  json::ObjectBuilder attributes;
  attributes.set("Arn", Value(json::text_member(description, "TableArn")));
  const std::string stream = json::text_member(description, "LatestStreamArn");
  if (!stream.empty() && json::has_member(table.properties, "StreamSpecification"))
    attributes.set("StreamArn", Value(stream));
  if (table.type == dynamodb::kGlobalTable)
    attributes.set("TableId", Value(json::text_member(description, "TableId")));
  return Progress::done(json::text_member(description, "TableName"), std::move(attributes).build());
}

/// What is set by operations of its own once the table is there.
ApiResult<Progress> finish(StackCalls& calls, const Table& table, const ResourceRequest& request,
                           const Value& description, bool is_update) {
  const std::string name = json::text_member(description, "TableName");
  if (is_update || json::has_member(table.properties, "TimeToLiveSpecification")) {
    if (PAWL_TRY(update_time_to_live(calls, table, name)))
      return Progress::again(0, name, request.memory);
  }
  if (is_update || json::has_member(table.properties, "PointInTimeRecoverySpecification"))
    PAWL_TRY_VOID(update_recovery(calls, table, name));
  const std::string arn = json::text_member(description, "TableArn");
  if (table.type == dynamodb::kTable) {
    if (is_update) PAWL_TRY_VOID(update_resource_policy(calls, request, "ResourcePolicy", arn));
    PAWL_TRY_VOID(update_resource_policy(calls, request, "StreamSpecification.ResourcePolicy",
                                         json::text_member(description, "LatestStreamArn")));
  }
  if (is_update) PAWL_TRY_VOID(update_tags(calls, table, request, arn));
  return made(table, description);
}

template <const std::string_view& type>
ApiResult<Progress> create_table(StackCalls& calls, const ResourceRequest& request) {
  const Table table = PAWL_TRY(dynamodb::read_table(type, request));
  if (request.physical_id.empty()) {
    const std::string name = name_of(request, "TableName", kNameLengthMax);
    auto created = call(calls, "CreateTable", dynamodb::create_input(calls, table, request, name));
    if (failed_with(created, {"ResourceInUseException"})) {
      if (!request.is_repeated) return already_exists(type, name);
    } else {
      PAWL_TRY_VOID(std::move(created));
    }
    return Progress::again(0, name);
  }
  const Value description = PAWL_TRY(describe(calls, request.physical_id));
  if (!is_ready(description)) return Progress::again(kPollMs, request.physical_id);
  return finish(calls, table, request, description, false);
}

template <const std::string_view& type>
ApiResult<Progress> update_table(StackCalls& calls, const ResourceRequest& request) {
  const Table table = PAWL_TRY(dynamodb::read_table(type, request));
  const Table before = PAWL_TRY(dynamodb::read_previous_table(type, request));
  PAWL_TRY_VOID(dynamodb::check_index_changes(before, table));
  const Value description = PAWL_TRY(describe(calls, request.physical_id));
  if (description.is_null()) {
    return aws::ApiError("ResourceNotFoundException", "Requested resource not found: Table: " +
                                                          request.physical_id + " not found");
  }
  if (!is_ready(description)) return Progress::again(kPollMs, request.physical_id, request.memory);
  const Value next = dynamodb::next_change(before, table, description);
  if (!next.is_null()) {
    PAWL_TRY_VOID(
        call(calls, "UpdateTable", next.with_member("TableName", Value(request.physical_id))));
    return Progress::again(0, request.physical_id, request.memory);
  }
  return finish(calls, table, request, description, true);
}

ApiResult<Progress> remove_table(StackCalls& calls, const ResourceRequest& request) {
  const Value description = PAWL_TRY(describe(calls, request.physical_id));
  if (description.is_null()) return Progress::done(request.physical_id);
  if (json::text_member(description, "TableStatus") != "DELETING") {
    const auto removed = unless(call(calls, "DeleteTable", table_input(request.physical_id)),
                                {"ResourceInUseException", "ResourceNotFoundException"});
    if (!removed) return removed.error();
  }
  return Progress::again(kPollMs, request.physical_id);
}

}  // namespace

std::span<const ResourceType> dynamodb_types() {
  static constexpr ResourceType kTypes[] = {
      {dynamodb::kTable, create_table<dynamodb::kTable>, update_table<dynamodb::kTable>,
       remove_table, dynamodb::replaces},
      {dynamodb::kGlobalTable, create_table<dynamodb::kGlobalTable>,
       update_table<dynamodb::kGlobalTable>, remove_table, dynamodb::replaces},
  };
  return kTypes;
}

}  // namespace pawl::cloudformation
