// SPDX-License-Identifier: Apache-2.0
#include "services/dynamodb/table_description.h"

#include <random>
#include <utility>
#include <vector>

#include "base/random.h"
#include "services/dynamodb/item_key.h"

namespace pawl::dynamodb {
namespace {

using json::ObjectBuilder;
using json::Value;

/// "Warm throughput" of a new on-demand table or index.
constexpr Throughput kOnDemandWarm{12'000, 4'000};

Value key_schema(const KeySchema& keys) {
  const auto element = [](const KeyAttribute& key, std::string_view type) {
    ObjectBuilder out;
    out.set("AttributeName", Value(key.name)).set("KeyType", Value(type));
    return std::move(out).build();
  };
  std::vector<Value> out{element(keys.hash, "HASH")};
  if (keys.range) out.push_back(element(*keys.range, "RANGE"));
  return Value::array(std::move(out));
}

Value definitions(const TableSchema& schema) {
  std::vector<Value> out;
  for (const KeyAttribute& definition : schema.definitions) {
    ObjectBuilder element;
    element.set("AttributeName", Value(definition.name));
    element.set("AttributeType", Value(type_name(definition.type)));
    out.push_back(std::move(element).build());
  }
  return Value::array(std::move(out));
}

Value provisioned(const Throughput& units, int64_t increased_ms = 0, int64_t decreased_ms = 0) {
  ObjectBuilder out;
  if (increased_ms != 0) out.set("LastIncreaseDateTime", timestamp(increased_ms));
  if (decreased_ms != 0) out.set("LastDecreaseDateTime", timestamp(decreased_ms));
  out.set("NumberOfDecreasesToday", Value(0));
  out.set("ReadCapacityUnits", Value(units.read)).set("WriteCapacityUnits", Value(units.write));
  return std::move(out).build();
}

Value warm_throughput(const Throughput& units, std::string_view status) {
  ObjectBuilder out;
  out.set("ReadUnitsPerSecond", Value(units.read)).set("WriteUnitsPerSecond", Value(units.write));
  out.set("Status", Value(status));
  return std::move(out).build();
}

Value on_demand(const Throughput& units) {
  ObjectBuilder out;
  out.set("MaxReadRequestUnits", Value(units.read));
  out.set("MaxWriteRequestUnits", Value(units.write));
  return std::move(out).build();
}

void set_warm(ObjectBuilder& out, const TableSchema& schema, const std::optional<Throughput>& own,
              const Throughput& units, TableMoment moment) {
  // NOTE: recorded: UpdateTable shows it, too; CreateTable does not.
  if (moment == TableMoment::Described || (moment == TableMoment::Updated && !own)) {
    out.set("WarmThroughput", warm_throughput(own                   ? *own
                                              : schema.is_on_demand ? kOnDemandWarm
                                                                    : units,
                                              "ACTIVE"));
  } else if (own && moment != TableMoment::Deleted) {
    out.set("WarmThroughput", warm_throughput(*own, "UPDATING"));
  }
}

Value projection(const IndexSchema& index) {
  ObjectBuilder out;
  out.set("ProjectionType", Value(index.projection));
  std::vector<Value> names;
  for (const std::string& name : index.non_key_attributes) names.emplace_back(name);
  if (!names.empty()) out.set("NonKeyAttributes", Value::array(std::move(names)));
  return std::move(out).build();
}

Value describe_index(const TableSchema& schema, const IndexSchema& index, const Counts& counts,
                     TableMoment moment) {
  ObjectBuilder out;
  out.set("IndexName", Value(index.name)).set("KeySchema", key_schema(index.keys));
  out.set("Projection", projection(index));
  const auto found = counts.find(index.id);
  const Count count = found == counts.end() ? Count() : found->second;
  out.set("IndexSizeBytes", Value(count.bytes)).set("ItemCount", Value(count.items));
  out.set("IndexArn", Value(schema.arn() + "/index/" + index.name));
  if (!index.is_global) return std::move(out).build();
  const bool is_new = index.is_filling || moment == TableMoment::Created;
  out.set("IndexStatus", Value(is_new ? "CREATING" : "ACTIVE"));
  if (index.is_filling) out.set("Backfilling", Value(moment == TableMoment::Described));
  out.set("ProvisionedThroughput", provisioned(index.provisioned));
  if (index.on_demand) out.set("OnDemandThroughput", on_demand(*index.on_demand));
  set_warm(out, schema, index.warm, index.provisioned, moment);
  return std::move(out).build();
}

void set_indexes(ObjectBuilder& out, const TableSchema& schema, const Counts& counts,
                 TableMoment moment) {
  std::vector<Value> global;
  std::vector<Value> local;
  for (const IndexSchema& index : schema.indexes)
    (index.is_global ? global : local).push_back(describe_index(schema, index, counts, moment));
  if (!global.empty()) out.set("GlobalSecondaryIndexes", Value::array(std::move(global)));
  if (!local.empty()) out.set("LocalSecondaryIndexes", Value::array(std::move(local)));
}

void set_stream(ObjectBuilder& out, const TableSchema& schema) {
  if (!schema.stream) return;
  if (schema.has_stream()) {
    ObjectBuilder specification;
    specification.set("StreamEnabled", Value(true));
    specification.set("StreamViewType", Value(schema.stream->view_type));
    out.set("StreamSpecification", std::move(specification).build());
  }
  out.set("LatestStreamLabel", Value(schema.stream->label));
  out.set("LatestStreamArn", Value(schema.stream_arn()));
}

void set_settings(ObjectBuilder& out, const TableSchema& schema, TableMoment moment) {
  if (schema.has_billing_mode) {
    ObjectBuilder mode;
    mode.set("BillingMode", Value(schema.is_on_demand ? "PAY_PER_REQUEST" : "PROVISIONED"));
    if (schema.on_demand_since_ms != 0 && moment != TableMoment::Created)
      mode.set("LastUpdateToPayPerRequestDateTime", timestamp(schema.on_demand_since_ms));
    out.set("BillingModeSummary", std::move(mode).build());
  }
  if (!schema.sse_key_arn.empty()) {
    ObjectBuilder sse;
    sse.set("Status", Value("ENABLED")).set("SSEType", Value("KMS"));
    sse.set("KMSMasterKeyArn", Value(schema.sse_key_arn));
    out.set("SSEDescription", std::move(sse).build());
  }
  if (!schema.table_class.empty()) {
    ObjectBuilder table_class;
    table_class.set("TableClass", Value(schema.table_class));
    if (schema.class_changed_ms != 0)
      table_class.set("LastUpdateDateTime", timestamp(schema.class_changed_ms));
    out.set("TableClassSummary", std::move(table_class).build());
  }
  if (schema.on_demand_max) out.set("OnDemandThroughput", on_demand(*schema.on_demand_max));
}

std::string_view status_of(TableMoment moment) {
  switch (moment) {
    case TableMoment::Created: return "CREATING";
    case TableMoment::Updated: return "UPDATING";
    case TableMoment::Deleted: return "DELETING";
    case TableMoment::Described: break;
  }
  return "ACTIVE";
}

}  // namespace

Value timestamp(int64_t ms) {
  return ms % 1000 == 0 ? Value(ms / 1000) : Value(static_cast<double>(ms) / 1000.0);
}

std::string new_uuid() {
  std::random_device device;
  base::Random random((uint64_t{device()} << 32) | device());
  return base::make_uuid(random);
}

Value describe_table(const TableSchema& schema, const Counts& counts, TableMoment moment) {
  ObjectBuilder out;
  if (moment != TableMoment::Deleted) {
    out.set("AttributeDefinitions", definitions(schema));
    out.set("KeySchema", key_schema(schema.keys));
    out.set("CreationDateTime", timestamp(schema.created_ms));
  }
  const auto found = counts.find(kTableItself);
  const Count count = found == counts.end() ? Count() : found->second;
  out.set("TableName", Value(schema.name)).set("TableStatus", Value(status_of(moment)));
  out.set("ProvisionedThroughput",
          provisioned(schema.provisioned, schema.increased_ms, schema.decreased_ms));
  out.set("TableSizeBytes", Value(count.bytes)).set("ItemCount", Value(count.items));
  out.set("TableArn", Value(schema.arn())).set("TableId", Value(schema.id));
  set_settings(out, schema, moment);
  set_indexes(out, schema, counts, moment);
  set_stream(out, schema);
  set_warm(out, schema, schema.warm, schema.provisioned, moment);
  out.set("DeletionProtectionEnabled", Value(schema.is_deletion_protected));
  return std::move(out).build();
}

}  // namespace pawl::dynamodb
