// SPDX-License-Identifier: Apache-2.0
// API CreateTable.
#include <set>
#include <utility>

#include "json/members.h"
#include "services/dynamodb/errors.h"
#include "services/dynamodb/schema_input.h"
#include "services/dynamodb/service.h"
#include "services/dynamodb/table_description.h"
#include "services/dynamodb/write_request.h"

namespace pawl::dynamodb {
namespace {

using aws::ActionResult;
using aws::ApiResult;
using json::Value;

constexpr int64_t kUnitsMax = 1'000'000'000'000;
constexpr size_t kLocalIndexesMax = 5;
constexpr size_t kGlobalIndexesMax = 20;

ApiResult<void> read_billing(const Value& input, TableSchema& out) {
  const std::string mode = text_member(input, "BillingMode");
  const Value* provisioned = member_of(input, "ProvisionedThroughput");
  out.is_on_demand = mode == "PAY_PER_REQUEST";
  // NOTE: recorded: a table that is made PROVISIONED shows no BillingModeSummary.
  out.has_billing_mode = out.is_on_demand;
  if (out.is_on_demand) {
    if (provisioned != nullptr) {
      return invalid_parameter(
          "Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when BillingMode is "
          "PAY_PER_REQUEST");
    }
    out.on_demand_since_ms = out.created_ms;
    if (const Value* units = member_of(input, "OnDemandThroughput"))
      out.on_demand_max = read_on_demand(*units);
    return {};
  }
  if (provisioned == nullptr) {
    return invalid_parameter(
        "ReadCapacityUnits and WriteCapacityUnits must both be specified when BillingMode is "
        "PROVISIONED");
  }
  out.provisioned = read_throughput(*provisioned);
  for (const auto& [name, units] : {std::pair("ReadCapacityUnits", out.provisioned.read),
                                    std::pair("WriteCapacityUnits", out.provisioned.write)}) {
    if (units > kUnitsMax) {
      return invalid("Given value " + std::to_string(units) + " for " + name + " is out of bounds");
    }
  }
  return {};
}

ApiResult<void> add_index(IndexSchema index, TableSchema& out) {
  if (out.find_index(index.name) != nullptr)
    return invalid_parameter("Duplicate index name: " + index.name);
  index.id = out.next_index_id++;
  out.indexes.push_back(std::move(index));
  return {};
}

ApiResult<void> read_indexes(const Value& input, TableSchema& out) {
  if (const Value* list = member_of(input, "LocalSecondaryIndexes")) {
    if (list->size() == 0) return invalid_parameter("List of LocalSecondaryIndexes is empty");
    if (!out.keys.range) {
      return invalid_parameter(
          "Table KeySchema does not have a range key, which is required when specifying a "
          "LocalSecondaryIndex");
    }
    for (const Value& index : list->items()) {
      PAWL_TRY_VOID(add_index(PAWL_TRY(read_local_index(index, out.definitions, out.keys)), out));
    }
    if (list->size() > kLocalIndexesMax)
      return invalid_parameter("Number of LocalSecondaryIndexes exceeds per-table limit of 5");
  }
  if (const Value* list = member_of(input, "GlobalSecondaryIndexes")) {
    if (list->size() == 0) return invalid_parameter("List of GlobalSecondaryIndexes is empty");
    for (const Value& index : list->items()) {
      PAWL_TRY_VOID(
          add_index(PAWL_TRY(read_global_index(index, out.definitions, out.is_on_demand)), out));
    }
    if (list->size() > kGlobalIndexesMax)
      return invalid_parameter("GlobalSecondaryIndex count exceeds the per-table limit of 20");
  }
  return check_definitions_used(out);
}

ApiResult<void> read_stream(const Value& input, TableSchema& out) {
  const Value* stream = member_of(input, "StreamSpecification");
  if (stream == nullptr) return {};
  const std::string view = text_member(*stream, "StreamViewType");
  if (!flag_member(*stream, "StreamEnabled")) {
    if (view.empty()) return {};
    return invalid_parameter(
        "Table is being created with a stream disabled, UpdateViewType should not be specified");
  }
  if (view.empty()) {
    return invalid_parameter(
        "Table is being created with a stream enabled, UpdateViewType is required");
  }
  out.stream.emplace();
  out.stream->view_type = view;
  return {};
}

ApiResult<void> read_settings(const Value& input, TableSchema& out) {
  out.is_deletion_protected = flag_member(input, "DeletionProtectionEnabled");
  out.table_class = text_member(input, "TableClass");
  out.policy = text_member(input, "ResourcePolicy");
  if (!out.policy.empty()) out.policy_revision = std::to_string(out.created_ms);
  if (const Value* warm = member_of(input, "WarmThroughput"))
    out.warm = read_warm(*warm, out.provisioned);
  if (const Value* sse = member_of(input, "SSESpecification")) {
    if (flag_member(*sse, "Enabled")) {
      out.sse_key_arn = PAWL_TRY(read_sse_key(*sse, out.region, out.account));
    } else if (member_of(*sse, "SSEType") != nullptr) {
      return invalid_parameter("SSEType can not be specified if Enabled is false");
    }
  }
  if (const Value* tags = member_of(input, "Tags")) PAWL_TRY_VOID(add_tags(*tags, out.tags));
  return read_stream(input, out);
}

}  // namespace

ActionResult DynamoDbService::create_table(const Request& request) {
  const Value& input = request.input;
  const TableName name = PAWL_TRY(parse_table_name(request, text_member(input, "TableName")));
  TableSchema schema;
  schema.account = request.account_id();
  schema.region = request.region;
  schema.name = name.name;
  schema.id = new_uuid();
  schema.created_ms = db().now_ms();
  PAWL_TRY_VOID(read_billing(input, schema));
  const Value* definitions = member_of(input, "AttributeDefinitions");
  const Value* keys = member_of(input, "KeySchema");
  if (definitions == nullptr || keys == nullptr) {
    return invalid(std::string("1 validation error detected: Value null at '") +
                   (definitions == nullptr ? "attributeDefinitions" : "keySchema") +
                   "' failed to satisfy constraint: Member must not be null");
  }
  schema.definitions = PAWL_TRY(read_definitions(*definitions));
  schema.keys = PAWL_TRY(read_key_schema(*keys, schema.definitions));
  PAWL_TRY_VOID(read_indexes(input, schema));
  PAWL_TRY_VOID(read_settings(input, schema));
  const std::shared_ptr<Table> table = PAWL_TRY(db().create(std::move(schema)));
  json::ObjectBuilder out;
  out.set("TableDescription",
          dynamodb::describe_table(*table->schema(), Counts(), TableMoment::Created));
  return aws::Output(std::move(out).build());
}

}  // namespace pawl::dynamodb
