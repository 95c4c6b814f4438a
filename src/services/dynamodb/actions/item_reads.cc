// SPDX-License-Identifier: Apache-2.0
// API GetItem, BatchGetItem.
#include <set>
#include <utility>

#include "json/members.h"
#include "services/dynamodb/attribute_json.h"
#include "services/dynamodb/capacity.h"
#include "services/dynamodb/errors.h"
#include "services/dynamodb/expression_input.h"
#include "services/dynamodb/item_key.h"
#include "services/dynamodb/item_record.h"
#include "services/dynamodb/service.h"
#include "services/dynamodb/write_request.h"

namespace pawl::dynamodb {
namespace {

using aws::ActionResult;
using aws::ApiResult;
using json::ObjectBuilder;
using json::Value;

constexpr size_t kBatchKeysMax = 100;
constexpr size_t kBatchBytesMax = size_t{16} << 20;

ApiResult<ChosenPaths> read_chosen(const Value& input) {
  PAWL_TRY_VOID(check_expression_parameters(input, {"ProjectionExpression"}, {"AttributesToGet"},
                                            {"ProjectionExpression"}));
  Placeholders placeholders = PAWL_TRY(Placeholders::read(input));
  ChosenPaths out = PAWL_TRY(read_projection(input, placeholders));
  PAWL_TRY_VOID(placeholders.check_all_used());
  return out;
}

struct Found {
  std::optional<Item> item;
  size_t bytes = 0;
};

ApiResult<Found> read_stored(Database& database, const TableSchema& schema, const Item& key) {
  const auto record = database.store().get(database.items(), item_key(schema, key));
  if (!record) return storage_failure(record.error());
  Found out;
  if (!*record) return out;
  base::Result<Item> item = decode_item(**record);
  if (!item) return storage_failure(item.error());
  out.item = *std::move(item);
  out.bytes = recorded_size(**record);
  return out;
}

/// What BatchGetItem asks of one table.
struct TableKeys {
  std::string name;
  const Value* input = nullptr;
  std::vector<Item> keys;
  ChosenPaths paths;
  bool is_consistent = false;
  std::shared_ptr<const TableSchema> schema;
};

ApiResult<std::vector<TableKeys>> read_batch(const Value& requests) {
  std::vector<TableKeys> out;
  size_t count = 0;
  for (const json::Member& entry : requests.members()) {
    TableKeys table;
    table.name = entry.name();
    table.input = &entry.value;
    table.is_consistent = flag_member(entry.value, "ConsistentRead");
    table.paths = PAWL_TRY(read_chosen(entry.value));
    for (const Value& key : entry.value.find("Keys")->items())
      table.keys.push_back(PAWL_TRY(read_item(key)));
    count += table.keys.size();
    out.push_back(std::move(table));
  }
  if (count > kBatchKeysMax) return invalid("Too many items requested for the BatchGetItem call");
  return out;
}

ApiResult<void> locate_batch(const Database& database, const aws::Request& request,
                             std::vector<TableKeys>& tables) {
  std::set<std::string> seen;
  for (TableKeys& table : tables) {
    table.schema = PAWL_TRY(find_table(database, request, table.name))->schema();
    for (const Item& key : table.keys) {
      PAWL_TRY_VOID(check_key(table.schema->keys, key));
      if (!seen.insert(item_key(*table.schema, key)).second)
        return invalid("Provided list of item keys contains duplicates");
    }
  }
  return {};
}

Value unprocessed(const TableKeys& table, size_t from) {
  std::vector<Value> keys;
  for (size_t i = from; i < table.keys.size(); ++i) keys.push_back(write_item(table.keys[i]));
  return table.input->with_member("Keys", Value::array(std::move(keys)));
}

}  // namespace

// API GetItem.
ActionResult DynamoDbService::get_item(const Request& request) {
  const Value& input = request.input;
  PAWL_TRY_VOID(check_expression_parameters(input, {"ProjectionExpression"}, {"AttributesToGet"},
                                            {"ProjectionExpression"}));
  const Item key = PAWL_TRY(read_item(*input.find("Key")));
  const ChosenPaths paths = PAWL_TRY(read_chosen(input));
  const auto table = PAWL_TRY(find_table(db(), request, text_member(input, "TableName")));
  const auto schema = table->schema();
  PAWL_TRY_VOID(check_key(schema->keys, key));
  const Found found = PAWL_TRY(read_stored(db(), *schema, key));
  ObjectBuilder out;
  if (found.item) out.set("Item", write_item(chosen(paths, *found.item)));
  const std::string wanted = text_member(input, "ReturnConsumedCapacity");
  if (!wanted.empty() && wanted != "NONE") {
    const Consumed consumed{.table = schema->name,
                            .read = read_units(found.bytes, flag_member(input, "ConsistentRead"))};
    out.set("ConsumedCapacity", consumed.shown(wanted));
  }
  return aws::Output(std::move(out).build());
}

// API BatchGetItem: "up to 16 MB of data"; what is beyond comes back as UnprocessedKeys.
ActionResult DynamoDbService::batch_get_item(const Request& request) {
  std::vector<TableKeys> tables = PAWL_TRY(read_batch(*request.input.find("RequestItems")));
  PAWL_TRY_VOID(locate_batch(db(), request, tables));
  const std::string wanted = text_member(request.input, "ReturnConsumedCapacity");
  ObjectBuilder responses;
  ObjectBuilder left;
  std::vector<Value> capacities;
  size_t bytes = 0;
  for (const TableKeys& table : tables) {
    std::vector<Value> items;
    Consumed consumed{.table = table.schema->name};
    size_t at = 0;
    for (; at < table.keys.size() && bytes < kBatchBytesMax; ++at) {
      const Found found = PAWL_TRY(read_stored(db(), *table.schema, table.keys[at]));
      bytes += found.bytes;
      consumed.read += read_units(found.bytes, table.is_consistent);
      if (found.item) items.push_back(write_item(chosen(table.paths, *found.item)));
    }
    responses.set(table.name, Value::array(std::move(items)));
    if (at < table.keys.size()) left.set(table.name, unprocessed(table, at));
    if (Value shown = consumed.shown(wanted); !shown.is_null()) capacities.push_back(shown);
  }
  ObjectBuilder out;
  out.set("Responses", std::move(responses).build());
  out.set("UnprocessedKeys", std::move(left).build());
  if (!capacities.empty()) out.set("ConsumedCapacity", Value::array(std::move(capacities)));
  return aws::Output(std::move(out).build());
}

}  // namespace pawl::dynamodb
