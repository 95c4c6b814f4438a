// SPDX-License-Identifier: Apache-2.0
// API BatchWriteItem. NOTE: here all of it is one batch; AWS promises that of each item only.
#include <set>
#include <utility>

#include "json/members.h"
#include "services/dynamodb/attribute_json.h"
#include "services/dynamodb/capacity.h"
#include "services/dynamodb/errors.h"
#include "services/dynamodb/item_key.h"
#include "services/dynamodb/service.h"
#include "services/dynamodb/write_request.h"

namespace pawl::dynamodb {
namespace {

using aws::ActionResult;
using aws::ApiResult;
using json::ObjectBuilder;
using json::Value;

constexpr size_t kWritesMax = 25;

ApiResult<Write> read_one(const Value& request) {
  const Value* put = member_of(request, "PutRequest");
  const Value* remove = member_of(request, "DeleteRequest");
  if ((put == nullptr) == (remove == nullptr)) {
    return invalid(std::string("Supplied AttributeValue ") +
                   (put == nullptr ? "is empty" : "has more than one datatypes set") +
                   ", must contain exactly one of the supported datatypes");
  }
  Write out;
  out.kind = put != nullptr ? Write::Kind::Put : Write::Kind::Delete;
  out.item = PAWL_TRY(read_item(put != nullptr ? *put->find("Item") : *remove->find("Key")));
  return out;
}

struct TableWrites {
  std::string name;
  std::vector<Write> writes;
};

ApiResult<std::vector<TableWrites>> read_all(const Value& requests) {
  std::vector<TableWrites> out;
  size_t count = 0;
  for (const json::Member& entry : requests.members()) {
    TableWrites table;
    table.name = entry.name();
    for (const Value& request : entry.value.items())
      table.writes.push_back(PAWL_TRY(read_one(request)));
    count += table.writes.size();
    out.push_back(std::move(table));
  }
  if (count > kWritesMax) return invalid("Too many items requested for the BatchWriteItem call");
  return out;
}

ApiResult<void> check_batch_keys(const TableSchema& schema, const Write& write) {
  if (write.kind == Write::Kind::Delete) return check_key(schema.keys, write.item);
  for (const KeyAttribute* key :
       {&schema.keys.hash, schema.keys.range ? &*schema.keys.range : nullptr}) {
    if (key == nullptr) continue;
    const AttributeValue* value = find(write.item, key->name);
    // NOTE: recorded: not "Missing the key ...", as PutItem has it.
    if (value == nullptr || value->type != key->type) return key_does_not_match();
  }
  return check_write_keys(write);
}

ApiResult<std::vector<std::shared_ptr<Table>>> locate_all(const Database& database,
                                                          const aws::Request& request,
                                                          std::vector<TableWrites>& tables) {
  std::vector<std::shared_ptr<Table>> out;
  std::set<std::string> seen;
  for (TableWrites& table : tables) {
    out.push_back(PAWL_TRY(find_table(database, request, table.name)));
    const auto schema = out.back()->schema();
    for (Write& write : table.writes) {
      write.table = out.back();
      PAWL_TRY_VOID(check_batch_keys(*schema, write));
      if (!seen.insert(item_key(*schema, write.item)).second)
        return invalid("Provided list of item keys contains duplicates");
    }
  }
  return out;
}

}  // namespace

ActionResult DynamoDbService::batch_write_item(const Request& request) {
  std::vector<TableWrites> tables = PAWL_TRY(read_all(*request.input.find("RequestItems")));
  const auto located = PAWL_TRY(locate_all(db(), request, tables));
  const std::string wanted = text_member(request.input, "ReturnConsumedCapacity");
  ItemWriter writer(db(), located);
  std::vector<Value> capacities;
  ObjectBuilder metrics;
  for (const TableWrites& table : tables) {
    const auto schema = table.writes[0].table->schema();
    Consumed consumed{.table = schema->name};
    std::vector<Value> collections;
    for (const Write& write : table.writes) {
      consumed.add_write(*schema, PAWL_TRY(writer.stage(write)));
      if (Value each = collection_metrics(request.input, *schema, write.item); !each.is_null())
        collections.push_back(std::move(each));
    }
    if (!collections.empty()) metrics.set(table.name, Value::array(std::move(collections)));
    if (Value shown = consumed.shown(wanted); !shown.is_null()) capacities.push_back(shown);
  }
  ObjectBuilder out;
  out.set("UnprocessedItems", Value::object());
  if (!metrics.empty()) out.set("ItemCollectionMetrics", std::move(metrics).build());
  if (!capacities.empty()) out.set("ConsumedCapacity", Value::array(std::move(capacities)));
  Value output = std::move(out).build();
  request.keep_answer(output);
  PAWL_TRY_VOID(writer.commit());
  return aws::Output(std::move(output));
}

}  // namespace pawl::dynamodb
