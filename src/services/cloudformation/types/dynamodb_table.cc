// SPDX-License-Identifier: Apache-2.0
#include "services/cloudformation/types/dynamodb_table.h"

#include <algorithm>

#include "json/members.h"
#include "services/cloudformation/types/handler_errors.h"
#include "services/cloudformation/types/policy_text.h"
#include "services/cloudformation/types/request_properties.h"

namespace pawl::cloudformation::dynamodb {
namespace {

using aws::ApiResult;
using json::Value;

constexpr std::string_view kIndexes = "GlobalSecondaryIndexes";

const Value* item_named(const Value& list_owner, std::string_view list, std::string_view member,
                        std::string_view name) {
  for (const Value& each : json::items_member(list_owner, list)) {
    if (json::text_member(each, member) == name) return &each;
  }
  return nullptr;
}

const Value* find_index(const Value& table, std::string_view name) {
  return item_named(table, kIndexes, "IndexName", name);
}

/// ReadCapacityUnits, or the capacity that auto scaling would begin with.
int64_t capacity(const Value& settings, std::string_view way) {
  const std::string units = std::string(way) + "CapacityUnits";
  if (const auto fixed = json::find_integer(settings, units)) return *fixed;
  const Value scaling =
      json::object_member(settings, std::string(way) + "CapacityAutoScalingSettings");
  return json::integer_member(scaling, "SeedCapacity",
                              json::integer_member(scaling, "MinCapacity", 1));
}

/// The properties of a global table's index or table that a table has under one name.
Value as_provisioned(const Value& global, const Value& replica) {
  const Value write = json::object_member(global, "WriteProvisionedThroughputSettings");
  Value read = json::object_member(replica, "ReadProvisionedThroughputSettings");
  if (read.size() == 0) read = json::object_member(global, "ReadProvisionedThroughputSettings");
  return Value::object({{"ReadCapacityUnits", Value(capacity(read, "Read"))},
                        {"WriteCapacityUnits", Value(capacity(write, "Write"))}});
}

Value as_on_demand(const Value& global, const Value& replica) {
  json::ObjectBuilder units;
  json::copy_members(json::object_member(global, "ReadOnDemandThroughputSettings"),
                     {"MaxReadRequestUnits"}, units);
  json::copy_members(json::object_member(replica, "ReadOnDemandThroughputSettings"),
                     {"MaxReadRequestUnits"}, units);
  json::copy_members(json::object_member(global, "WriteOnDemandThroughputSettings"),
                     {"MaxWriteRequestUnits"}, units);
  return std::move(units).build();
}

void copy_throughput(const Value& global, const Value& replica, bool is_on_demand,
                     json::ObjectBuilder& out) {
  if (!is_on_demand) out.set("ProvisionedThroughput", as_provisioned(global, replica));
  const Value on_demand = as_on_demand(global, replica);
  if (on_demand.size() != 0) out.set("OnDemandThroughput", on_demand);
}

Value global_table_indexes(const Value& properties, const Value& replica, bool is_on_demand) {
  std::vector<Value> indexes;
  for (const Value& each : json::items_member(properties, kIndexes)) {
    json::ObjectBuilder index;
    json::copy_members(each, {"IndexName", "KeySchema", "Projection", "WarmThroughput"}, index);
    const Value* of_replica =
        item_named(replica, kIndexes, "IndexName", json::text_member(each, "IndexName"));
    copy_throughput(each, of_replica == nullptr ? Value::object() : *of_replica, is_on_demand,
                    index);
    indexes.push_back(std::move(index).build());
  }
  return Value::array(std::move(indexes));
}

ApiResult<Value> as_table(const Value& properties, const ResourceRequest& request) {
  const auto replicas = json::items_member(properties, "Replicas");
  const bool is_here = replicas.size() == 1 &&
                       json::text_member(replicas.front(), "Region") == request.environment.region;
  if (!is_here) {
    return aws::ApiError("InvalidRequest",
                         "Pawl has AWS::DynamoDB::GlobalTable with one replica, in the stack's "
                         "region");
  }
  PAWL_TRY_VOID(refuse_properties(
      kGlobalTable, properties,
      {"VectorIndexes", "GlobalTableSourceArn", "GlobalTableWitnesses", "MultiRegionConsistency"}));
  const Value& replica = replicas.front();
  PAWL_TRY_VOID(refuse_properties(kGlobalTable, replica,
                                  {"KinesisStreamSpecification", "ReplicaStreamSpecification"}));
  const bool is_on_demand = json::text_member(properties, "BillingMode") == "PAY_PER_REQUEST";
  json::ObjectBuilder table;
  json::copy_members(
      properties,
      {"TableName", "AttributeDefinitions", "BillingMode", "KeySchema", "LocalSecondaryIndexes",
       "StreamSpecification", "TimeToLiveSpecification", "WarmThroughput"},
      table);
  json::copy_members(replica,
                     {"DeletionProtectionEnabled", "PointInTimeRecoverySpecification",
                      "ResourcePolicy", "TableClass", "Tags"},
                     table);
  copy_throughput(properties, replica, is_on_demand, table);
  if (json::has_member(properties, kIndexes))
    table.set(kIndexes, global_table_indexes(properties, replica, is_on_demand));
  Value sse = json::object_member(properties, "SSESpecification");
  if (sse.size() != 0) {
    if (const Value* key = value_at(replica, "SSESpecification.KMSMasterKeyId"))
      sse = sse.with_member("KMSMasterKeyId", *key);
    table.set("SSESpecification", sse);
  }
  return std::move(table).build();
}

Value stream_input(const Value& properties) {
  const Value wanted = json::object_member(properties, "StreamSpecification");
  return Value::object({{"StreamEnabled", Value(true)},
                        {"StreamViewType", Value(json::text_member(wanted, "StreamViewType"))}});
}

Value encryption_input(const Value& properties) {
  const Value wanted = json::object_member(properties, "SSESpecification");
  json::ObjectBuilder sse;
  sse.set("Enabled", Value(json::flag_member(wanted, "SSEEnabled")));
  json::copy_members(wanted, {"SSEType", "KMSMasterKeyId"}, sse);
  return std::move(sse).build();
}

bool is_on_demand(const Value& properties) {
  return json::text_member(properties, "BillingMode") == "PAY_PER_REQUEST";
}

bool changed(const Value& before, const Value& after, std::string_view member) {
  const Value* a = json::member_of(before, member);
  const Value* b = json::member_of(after, member);
  return a == nullptr || b == nullptr ? a != b : !(*a == *b);
}

bool same_units(const Value& description, const Value& wanted) {
  return json::integer_member(description, "ReadCapacityUnits") ==
             json::integer_member(wanted, "ReadCapacityUnits") &&
         json::integer_member(description, "WriteCapacityUnits") ==
             json::integer_member(wanted, "WriteCapacityUnits");
}

/// {"Update": …} of the indexes whose throughput is not the wanted one.
std::vector<Value> throughput_updates(const Value& after, const Value& description) {
  std::vector<Value> updates;
  for (const Value& index : json::items_member(after, kIndexes)) {
    const std::string name = json::text_member(index, "IndexName");
    const Value* present = find_index(description, name);
    const Value* wanted = json::member_of(index, "ProvisionedThroughput");
    if (present == nullptr || wanted == nullptr ||
        same_units(json::object_member(*present, "ProvisionedThroughput"), *wanted))
      continue;
    updates.push_back(Value::object(
        {{"Update",
          Value::object({{"IndexName", Value(name)}, {"ProvisionedThroughput", *wanted}})}}));
  }
  return updates;
}

Value throughput_change(const Value& after, const Value& description) {
  const bool was_on_demand =
      text_at(description, "BillingModeSummary.BillingMode") == "PAY_PER_REQUEST";
  const bool on_demand = is_on_demand(after);
  json::ObjectBuilder input;
  if (on_demand) {
    if (was_on_demand) return {};
    return Value::object({{"BillingMode", Value("PAY_PER_REQUEST")}});
  }
  const Value* wanted = json::member_of(after, "ProvisionedThroughput");
  if (was_on_demand) input.set("BillingMode", Value("PROVISIONED"));
  if (wanted != nullptr &&
      (was_on_demand ||
       !same_units(json::object_member(description, "ProvisionedThroughput"), *wanted)))
    input.set("ProvisionedThroughput", *wanted);
  std::vector<Value> updates = throughput_updates(after, description);
  if (!updates.empty()) input.set("GlobalSecondaryIndexUpdates", Value::array(std::move(updates)));
  return input.empty() ? Value() : std::move(input).build();
}

Value stream_change(const Value& after, const Value& description) {
  const Value present = json::object_member(description, "StreamSpecification");
  const bool was_enabled = json::flag_member(present, "StreamEnabled");
  const Value* wanted = json::member_of(after, "StreamSpecification");
  const bool same = wanted != nullptr && json::text_member(present, "StreamViewType") ==
                                             json::text_member(*wanted, "StreamViewType");
  if (was_enabled && !same) {
    return Value::object(
        {{"StreamSpecification", Value::object({{"StreamEnabled", Value(false)}})}});
  }
  if (was_enabled || wanted == nullptr) return {};
  return Value::object({{"StreamSpecification", stream_input(after)}});
}

/// The key's ARN ends with what the template may have given: its id.
bool is_key(std::string_view arn, std::string_view given) {
  return given.empty() || arn == given || arn.ends_with("/" + std::string(given));
}

Value encryption_change(const Value& before, const Value& after, const Value& description) {
  if (!changed(before, after, "SSESpecification")) return {};
  const Value present = json::object_member(description, "SSEDescription");
  const bool was_enabled = json::text_member(present, "Status") == "ENABLED";
  const Value wanted = json::object_member(after, "SSESpecification");
  const bool enabled = json::flag_member(wanted, "SSEEnabled");
  if (!enabled && !was_enabled) return {};
  const std::string key = json::text_member(wanted, "KMSMasterKeyId");
  const bool names_alias = key.starts_with("alias/") || key.find(":alias/") != std::string::npos;
  const bool same_key = names_alias || is_key(json::text_member(present, "KMSMasterKeyArn"), key);
  if (enabled && was_enabled && same_key) return {};
  return Value::object({{"SSESpecification", encryption_input(after)}});
}

Value settings_change(const Value& before, const Value& after, const Value& description) {
  json::ObjectBuilder input;
  const bool is_protected = json::flag_member(after, "DeletionProtectionEnabled");
  if (json::flag_member(description, "DeletionProtectionEnabled") != is_protected)
    input.set("DeletionProtectionEnabled", Value(is_protected));
  std::string table_class = json::text_member(after, "TableClass");
  if (table_class.empty()) table_class = "STANDARD";
  std::string present = text_at(description, "TableClassSummary.TableClass");
  if (present.empty()) present = "STANDARD";
  if (table_class != present) input.set("TableClass", Value(table_class));
  for (const std::string_view name : {"OnDemandThroughput", "WarmThroughput"}) {
    const Value* wanted = json::member_of(after, name);
    if (wanted == nullptr || !changed(before, after, name)) continue;
    const Value described = json::object_member(description, name);
    for (const json::Member& each : wanted->members()) {
      if (changed(described, *wanted, each.name())) input.set(name, *wanted);
    }
  }
  return input.empty() ? Value() : std::move(input).build();
}

Value index_input(const Value& index) {
  return json::selected(index, {"IndexName", "KeySchema", "Projection", "ProvisionedThroughput",
                                "OnDemandThroughput", "WarmThroughput"});
}

Value index_change(const Value& after, const Value& description) {
  for (const Value& present : json::items_member(description, kIndexes)) {
    const std::string name = json::text_member(present, "IndexName");
    if (find_index(after, name) != nullptr) continue;
    const Value removed = Value::object({{"Delete", Value::object({{"IndexName", Value(name)}})}});
    return Value::object({{"GlobalSecondaryIndexUpdates", Value::array({removed})}});
  }
  for (const Value& index : json::items_member(after, kIndexes)) {
    if (find_index(description, json::text_member(index, "IndexName")) != nullptr) continue;
    const Value added = Value::object({{"Create", index_input(index)}});
    return Value::object(
        {{"AttributeDefinitions", json::array_member(after, "AttributeDefinitions")},
         {"GlobalSecondaryIndexUpdates", Value::array({added})}});
  }
  return {};
}

ApiResult<Table> read_properties(std::string_view type, const Value& properties,
                                 const ResourceRequest& request) {
  if (type == kGlobalTable)
    return Table{.type = type, .properties = PAWL_TRY(as_table(properties, request))};
  PAWL_TRY_VOID(refuse_properties(
      type, properties,
      {"ImportSourceSpecification", "KinesisStreamSpecification", "VectorIndexes"}));
  return Table{.type = type, .properties = properties};
}

}  // namespace

ApiResult<Table> read_table(std::string_view type, const ResourceRequest& request) {
  return read_properties(type, request.properties, request);
}

ApiResult<Table> read_previous_table(std::string_view type, const ResourceRequest& request) {
  return read_properties(type, request.previous, request);
}

Tags tags_of(const Table& table, const ResourceRequest& request) {
  ResourceRequest of_table = request;
  of_table.properties = table.properties;
  return desired_tags(kTable, of_table);
}

Value create_input(StackCalls& calls, const Table& table, const ResourceRequest& request,
                   const std::string& name) {
  const Value& properties = table.properties;
  Value given = properties.without_member("Tags").without_member("ResourcePolicy");
  given = given.without_member("StreamSpecification").without_member("SSESpecification");
  Value input = calls.shape("dynamodb", "CreateTable", given);
  input = input.with_member("TableName", Value(name));
  if (!json::has_member(input, "BillingMode"))
    input = input.with_member("BillingMode", Value("PROVISIONED"));
  if (json::has_member(properties, "StreamSpecification"))
    input = input.with_member("StreamSpecification", stream_input(properties));
  if (json::has_member(properties, "SSESpecification"))
    input = input.with_member("SSESpecification", encryption_input(properties));
  if (const Value* policy = value_at(properties, "ResourcePolicy.PolicyDocument")) {
    input = input.with_member("ResourcePolicy", Value(policy_text(request.environment, *policy)));
  }
  const Tags tags = tags_of(table, request);
  if (!tags.empty()) input = input.with_member("Tags", tag_list(tags));
  return input;
}

ApiResult<void> check_index_changes(const Table& before, const Table& after) {
  size_t changes = 0;
  for (const Value& each : json::items_member(before.properties, kIndexes)) {
    const Value* next = find_index(after.properties, json::text_member(each, "IndexName"));
    if (next == nullptr) {
      ++changes;
    } else if (changed(each, *next, "KeySchema") || changed(each, *next, "Projection")) {
      return aws::ApiError("InvalidRequest",
                           "CloudFormation cannot update a GSI's properties other than Provisioned "
                           "Throughput and Contributor Insights Specification. You can create a "
                           "new GSI with a different name.");
    }
  }
  for (const Value& each : json::items_member(after.properties, kIndexes)) {
    if (find_index(before.properties, json::text_member(each, "IndexName")) == nullptr) ++changes;
  }
  if (changes <= 1) return {};
  return aws::ApiError("InvalidRequest",
                       "Cannot perform more than one GSI creation or deletion in a single update");
}

Value next_change(const Table& before, const Table& after, const Value& description) {
  const Value& wanted = after.properties;
  Value change = throughput_change(wanted, description);
  if (change.is_null()) change = stream_change(wanted, description);
  if (change.is_null()) change = encryption_change(before.properties, wanted, description);
  if (change.is_null()) change = settings_change(before.properties, wanted, description);
  if (change.is_null()) change = index_change(wanted, description);
  return change;
}

bool replaces(const Value& previous, const Value& next) {
  if (changed(previous, next, "LocalSecondaryIndexes")) return true;
  for (const Value& each : json::items_member(previous, "AttributeDefinitions")) {
    const Value* after = item_named(next, "AttributeDefinitions", "AttributeName",
                                    json::text_member(each, "AttributeName"));
    if (after != nullptr && changed(each, *after, "AttributeType")) return true;
  }
  return false;
}

}  // namespace pawl::cloudformation::dynamodb
