// SPDX-License-Identifier: Apache-2.0
// API UpdateTable.
#include <algorithm>
#include <set>
#include <utility>

#include "json/members.h"
#include "services/dynamodb/background.h"
#include "services/dynamodb/errors.h"
#include "services/dynamodb/item_key.h"
#include "services/dynamodb/schema_input.h"
#include "services/dynamodb/service.h"
#include "services/dynamodb/table_description.h"
#include "services/dynamodb/write_request.h"

namespace pawl::dynamodb {
namespace {

using aws::ActionResult;
using aws::ApiResult;
using json::Value;

constexpr size_t kGlobalIndexesMax = 20;

ApiResult<void> check_something_asked(const Value& input) {
  for (const char* name :
       {"ProvisionedThroughput", "BillingMode", "StreamSpecification", "SSESpecification",
        "DeletionProtectionEnabled", "OnDemandThroughput", "WarmThroughput", "TableClass"}) {
    if (member_of(input, name) != nullptr) return {};
  }
  const Value* updates = member_of(input, "GlobalSecondaryIndexUpdates");
  if (updates != nullptr && updates->size() != 0) return {};
  return invalid(
      "At least one of ProvisionedThroughput, BillingMode, UpdateStreamEnabled, "
      "GlobalSecondaryIndexUpdates, SSESpecification, ReplicaUpdates, MultiAccountReplicaReady, "
      "ReplicaTransitRoleArn, MultiRegionConsistency, DeletionProtectionEnabled, "
      "OnDemandThroughput, WarmThroughput or TableClass is required");
}

aws::ApiError unchanged_throughput(const Throughput& units) {
  return invalid(
      "The provisioned throughput for the table will not change. The requested value equals the "
      "current value. Current ReadCapacityUnits provisioned for the table: " +
      std::to_string(units.read) + ". Requested ReadCapacityUnits: " + std::to_string(units.read) +
      ". Current WriteCapacityUnits provisioned for the table: " + std::to_string(units.write) +
      ". Requested WriteCapacityUnits: " + std::to_string(units.write) +
      ". Refer to the Amazon DynamoDB Developer Guide for current limits and how to request "
      "higher limits.");
}

ApiResult<void> update_billing(const Value& input, int64_t now, TableSchema& schema) {
  const std::string mode = text_member(input, "BillingMode");
  const Value* provisioned = member_of(input, "ProvisionedThroughput");
  const bool was_on_demand = schema.is_on_demand;
  if (!mode.empty()) {
    schema.is_on_demand = mode == "PAY_PER_REQUEST";
    schema.has_billing_mode = true;
  }
  if (schema.is_on_demand) {
    if (provisioned != nullptr) {
      return invalid_parameter(
          "Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when BillingMode is "
          "PAY_PER_REQUEST");
    }
    if (!was_on_demand) {
      schema.on_demand_since_ms = now;
      schema.provisioned = {};
      for (IndexSchema& index : schema.indexes) index.provisioned = {};
    }
    return {};
  }
  if (was_on_demand && provisioned == nullptr) {
    return invalid_parameter(
        "ProvisionedThroughput must be specified when BillingMode is PROVISIONED");
  }
  if (provisioned == nullptr) return {};
  const Throughput units = read_throughput(*provisioned);
  if (!was_on_demand && units.read == schema.provisioned.read &&
      units.write == schema.provisioned.write) {
    return unchanged_throughput(units);
  }
  if (!was_on_demand &&
      (units.read < schema.provisioned.read || units.write < schema.provisioned.write)) {
    schema.decreased_ms = now;
  }
  if (!was_on_demand &&
      (units.read > schema.provisioned.read || units.write > schema.provisioned.write)) {
    schema.increased_ms = now;
  }
  schema.provisioned = units;
  return {};
}

ApiResult<void> update_stream(const Value& input, Database& database, TableSchema& schema,
                              store::Batch& batch) {
  const Value* stream = member_of(input, "StreamSpecification");
  if (stream == nullptr) return {};
  const std::string view = text_member(*stream, "StreamViewType");
  if (flag_member(*stream, "StreamEnabled")) {
    if (view.empty())
      return invalid_parameter("If stream is being enabled then UpdateViewType is required");
    if (schema.has_stream())
      return invalid("Table already has an enabled stream: TableName: " + schema.name);
    database.open_stream(schema, view, batch);
    return {};
  }
  if (!view.empty()) {
    return invalid_parameter(
        "If stream is being disabled, then UpdateViewType must not be specified");
  }
  if (!schema.has_stream())
    return invalid("Table has no stream to disable: TableName: " + schema.name);
  database.close_stream(schema, batch);
  return {};
}

ApiResult<void> update_encryption(const Value& input, TableSchema& schema) {
  const Value* sse = member_of(input, "SSESpecification");
  if (sse == nullptr) return {};
  for (const json::Member& member : input.members()) {
    if (member.name() != "SSESpecification" && member.name() != "TableName") {
      return invalid_parameter(
          "Server-Side Encryption modification must be the only operation in the request");
    }
  }
  if (flag_member(*sse, "Enabled")) {
    std::string key = PAWL_TRY(read_sse_key(*sse, schema.region, schema.account));
    if (key == schema.sse_key_arn) {
      return invalid_parameter(
          "Table is already encrypted with given KMSMasterKeyId. Use KMSMasterKeyId parameter if "
          "you want to change Master Key");
    }
    schema.sse_key_arn = std::move(key);
    return {};
  }
  if (schema.sse_key_arn.empty()) return invalid_parameter("Table is already encrypted by default");
  schema.sse_key_arn.clear();
  return {};
}

/// What index updates leave to be done when they are committed.
struct IndexWork {
  std::vector<uint32_t> to_fill;
};

ApiResult<void> create_index(const Value& create, const Value& input, TableSchema& schema,
                             IndexWork& work) {
  const std::string name = text_member(create, "IndexName");
  if (schema.find_index(name) != nullptr)
    return invalid("Attempting to create an index which already exists");
  std::vector<KeyAttribute> definitions = schema.definitions;
  if (const Value* list = member_of(input, "AttributeDefinitions")) {
    for (KeyAttribute& added : PAWL_TRY(read_definitions(*list))) {
      const auto known = std::find_if(definitions.begin(), definitions.end(),
                                      [&](const auto& d) { return d.name == added.name; });
      if (known == definitions.end()) definitions.push_back(std::move(added));
    }
  }
  IndexSchema index = PAWL_TRY(read_global_index(create, definitions, schema.is_on_demand));
  index.id = schema.next_index_id++;
  index.is_filling = true;
  work.to_fill.push_back(index.id);
  for (const KeyAttribute* key :
       {&index.keys.hash, index.keys.range ? &*index.keys.range : nullptr}) {
    if (key != nullptr && !schema.defined_type(key->name)) schema.definitions.push_back(*key);
  }
  schema.indexes.push_back(std::move(index));
  const auto globals = std::count_if(schema.indexes.begin(), schema.indexes.end(),
                                     [](const IndexSchema& each) { return each.is_global; });
  if (static_cast<size_t>(globals) > kGlobalIndexesMax) {
    return aws::ApiError("LimitExceededException",
                         "GlobalSecondaryIndex count exceeds the per-table limit of 20");
  }
  return {};
}

void drop_unused_definitions(TableSchema& schema) {
  std::erase_if(schema.definitions, [&](const KeyAttribute& definition) {
    return !schema.keys.contains(definition.name) &&
           std::none_of(
               schema.indexes.begin(), schema.indexes.end(),
               [&](const IndexSchema& index) { return index.keys.contains(definition.name); });
  });
}

ApiResult<void> delete_index(const std::string& name, Database& database, Table& table,
                             TableSchema& schema, store::Batch& batch) {
  const IndexSchema* index = schema.find_index(name);
  if (index == nullptr)
    return aws::ApiError("ResourceNotFoundException", "Requested resource not found");
  if (!index->is_global)
    return invalid("Cannot delete an index that is not a GlobalSecondaryIndex: " + name);
  batch.erase_range(database.items(), store::Range::prefix(index_prefix(schema.number, index->id)));
  table.counts.erase(index->id);
  std::erase_if(schema.indexes, [&](const IndexSchema& each) { return each.name == name; });
  drop_unused_definitions(schema);
  return {};
}

ApiResult<void> change_index(const Value& update, TableSchema& schema) {
  const std::string name = text_member(update, "IndexName");
  for (IndexSchema& index : schema.indexes) {
    if (index.name != name) continue;
    if (!index.is_global)
      return invalid("Cannot update an index that is not a GlobalSecondaryIndex: " + name);
    if (const Value* units = member_of(update, "ProvisionedThroughput")) {
      if (schema.is_on_demand) {
        return invalid_parameter(
            "Neither ReadCapacityUnits nor WriteCapacityUnits can be specified for index: " + name +
            " when BillingMode is PAY_PER_REQUEST");
      }
      index.provisioned = read_throughput(*units);
    }
    if (const Value* units = member_of(update, "OnDemandThroughput"))
      index.on_demand = read_on_demand(*units);
    if (const Value* units = member_of(update, "WarmThroughput"))
      index.warm = read_warm(*units, index.provisioned);
    return {};
  }
  return aws::ApiError("ResourceNotFoundException", "Requested resource not found");
}

ApiResult<void> update_indexes(const Value& input, Database& database, Table& table,
                               TableSchema& schema, store::Batch& batch, IndexWork& work) {
  const Value* updates = member_of(input, "GlobalSecondaryIndexUpdates");
  if (updates == nullptr) return {};
  std::set<std::string> names;
  size_t structural = 0;
  for (const Value& update : updates->items()) {
    const Value* create = member_of(update, "Create");
    const Value* change = member_of(update, "Update");
    const Value* remove = member_of(update, "Delete");
    const Value* action = create != nullptr ? create : change != nullptr ? change : remove;
    if (action == nullptr) {
      return invalid_parameter(
          "One of GlobalSecondaryIndexUpdate.Update, GlobalSecondaryIndexUpdate.Create, "
          "GlobalSecondaryIndexUpdate.Delete must not be null");
    }
    const std::string name = text_member(*action, "IndexName");
    if (!names.insert(name).second) {
      return invalid_parameter(
          "Only one global secondary index update per index is allowed simultaneously. Index: " +
          name);
    }
    if (change == nullptr && ++structural > 1) {
      return aws::ApiError(
          "LimitExceededException",
          "Subscriber limit exceeded: Only 1 online index can be created or deleted "
          "simultaneously per table");
    }
    if (create != nullptr) {
      PAWL_TRY_VOID(create_index(*create, input, schema, work));
    } else if (change != nullptr) {
      PAWL_TRY_VOID(change_index(*change, schema));
    } else {
      PAWL_TRY_VOID(delete_index(name, database, table, schema, batch));
    }
  }
  return {};
}

ApiResult<void> update_settings(const Value& input, int64_t now, TableSchema& schema) {
  if (member_of(input, "DeletionProtectionEnabled") != nullptr)
    schema.is_deletion_protected = flag_member(input, "DeletionProtectionEnabled");
  if (const std::string table_class = text_member(input, "TableClass"); !table_class.empty()) {
    schema.table_class = table_class;
    schema.class_changed_ms = now;
  }
  if (const Value* units = member_of(input, "OnDemandThroughput"))
    schema.on_demand_max = read_on_demand(*units);
  if (const Value* units = member_of(input, "WarmThroughput"))
    schema.warm = read_warm(*units, schema.provisioned);
  return update_encryption(input, schema);
}

/// NOTE: recorded: encryption that is being switched off still names its key, as UPDATING.
Value with_encryption(Value description, const TableSchema& before, const TableSchema& after) {
  if (before.sse_key_arn == after.sse_key_arn) return description;
  json::ObjectBuilder sse;
  sse.set("Status", Value("UPDATING")).set("SSEType", Value("KMS"));
  sse.set("KMSMasterKeyArn",
          Value(after.sse_key_arn.empty() ? before.sse_key_arn : after.sse_key_arn));
  return description.with_member("SSEDescription", std::move(sse).build());
}

}  // namespace

ActionResult DynamoDbService::update_table(const Request& request) {
  const Value& input = request.input;
  for (const char* name : {"ReplicaUpdates", "GlobalTableWitnessUpdates"}) {
    if (member_of(input, name) != nullptr)
      return aws::not_implemented("dynamodb", std::string("UpdateTable with ") + name);
  }
  PAWL_TRY_VOID(check_something_asked(input));
  const auto table = PAWL_TRY(find_named_table(db(), request, text_member(input, "TableName")));
  const auto before = table->schema();
  const int64_t now = db().now_ms();
  IndexWork work;
  const auto update = [&](TableSchema& schema, store::Batch& batch) -> ApiResult<void> {
    PAWL_TRY_VOID(update_billing(input, now, schema));
    PAWL_TRY_VOID(update_indexes(input, db(), *table, schema, batch, work));
    PAWL_TRY_VOID(update_settings(input, now, schema));
    return update_stream(input, db(), schema, batch);
  };
  PAWL_TRY_VOID(db().change(*table, update));
  const auto after = table->schema();
  Counts counts;
  {
    const std::lock_guard lock(table->writing);
    counts = table->counts;
  }
  json::ObjectBuilder out;
  out.set("TableDescription",
          with_encryption(dynamodb::describe_table(*after, counts, TableMoment::Updated), *before,
                          *after));
  for (const uint32_t index : work.to_fill) background_->fill(table, index);
  return aws::Output(std::move(out).build());
}

}  // namespace pawl::dynamodb
