// SPDX-License-Identifier: Apache-2.0
// API TransactWriteItems, TransactGetItems.
#include <array>
#include <map>
#include <set>
#include <utility>

#include "json/members.h"
#include "services/dynamodb/actions/transaction.h"
#include "services/dynamodb/attribute_json.h"
#include "services/dynamodb/capacity.h"
#include "services/dynamodb/errors.h"
#include "services/dynamodb/expression_input.h"
#include "services/dynamodb/item_key.h"
#include "services/dynamodb/item_record.h"
#include "services/dynamodb/service.h"

namespace pawl::dynamodb {
namespace {

using aws::ActionResult;
using aws::ApiResult;
using json::ObjectBuilder;
using json::Value;

constexpr std::array<std::pair<std::string_view, Write::Kind>, 4> kActions = {
    {{"ConditionCheck", Write::Kind::Check},
     {"Put", Write::Kind::Put},
     {"Delete", Write::Kind::Delete},
     {"Update", Write::Kind::Update}}};

ApiResult<WriteRequest> read_action(const Value& item) {
  std::optional<WriteRequest> out;
  for (const auto& [name, kind] : kActions) {
    const Value* action = member_of(item, name);
    if (action == nullptr) continue;
    if (out) return invalid("TransactItems can only contain one of Check, Put, Update or Delete");
    out = PAWL_TRY(read_write(kind, *action));
  }
  if (!out) {
    return invalid(
        "Invalid Request: TransactWriteRequest should contain Delete or Put or Update request");
  }
  return *std::move(out);
}

/// The output of TransactWriteItems.
Value written_output(const Value& input, const std::vector<WriteRequest>& writes,
                     const TransactionResult& result) {
  ObjectBuilder out;
  const std::string wanted = text_member(input, "ReturnConsumedCapacity");
  std::vector<Value> capacities;
  for (const Consumed& consumed : result.consumed) {
    if (Value shown = consumed.shown(wanted); !shown.is_null()) capacities.push_back(shown);
  }
  if (!capacities.empty()) out.set("ConsumedCapacity", Value::array(std::move(capacities)));
  std::map<std::string, std::vector<Value>> metrics;
  for (const WriteRequest& write : writes) {
    const auto schema = write.write.table->schema();
    Value each = collection_metrics(input, *schema, write.write.item);
    if (!each.is_null()) metrics[schema->name].push_back(std::move(each));
  }
  ObjectBuilder collections;
  for (auto& [table, list] : metrics) collections.set(table, Value::array(std::move(list)));
  if (!metrics.empty()) out.set("ItemCollectionMetrics", std::move(collections).build());
  return std::move(out).build();
}

/// What TransactGetItems reads.
struct GetRequest {
  Item key;
  ChosenPaths paths;
  std::shared_ptr<const TableSchema> schema;
};

ApiResult<GetRequest> read_get(const Database& database, const aws::Request& request,
                               const Value& get) {
  PAWL_TRY_VOID(
      check_expression_parameters(get, {"ProjectionExpression"}, {}, {"ProjectionExpression"}));
  GetRequest out;
  out.key = PAWL_TRY(read_item(*get.find("Key")));
  Placeholders placeholders = PAWL_TRY(Placeholders::read(get));
  out.paths = PAWL_TRY(read_projection(get, placeholders));
  PAWL_TRY_VOID(placeholders.check_all_used());
  out.schema = PAWL_TRY(find_table(database, request, text_member(get, "TableName")))->schema();
  return out;
}

}  // namespace

ActionResult DynamoDbService::transact_write_items(const Request& request) {
  const Value& input = request.input;
  Transaction transaction(db(), request, text_member(input, "ClientRequestToken"));
  for (const Value& item : input.find("TransactItems")->items())
    transaction.writes.push_back(PAWL_TRY(read_action(item)));
  transaction.answer = [&](const TransactionResult& result) {
    return written_output(input, transaction.writes, result);
  };
  const TransactionResult result = PAWL_TRY(transaction.run());
  return aws::Output(transaction.answer(result));
}

ActionResult DynamoDbService::transact_get_items(const Request& request) {
  std::vector<GetRequest> gets;
  for (const Value& item : request.input.find("TransactItems")->items())
    gets.push_back(PAWL_TRY(read_get(db(), request, *item.find("Get"))));
  std::vector<CancellationReason> reasons;
  bool is_cancelled = false;
  for (const GetRequest& get : gets) {
    CancellationReason reason;
    if (const auto fits = check_key(get.schema->keys, get.key); !fits) {
      reason = {"ValidationError", fits.error().message.value_or(""), std::nullopt};
      is_cancelled = true;
    }
    reasons.push_back(std::move(reason));
  }
  if (is_cancelled) return transaction_cancelled(reasons);
  const auto snapshot = db().store().snapshot();
  std::vector<Value> responses;
  std::vector<Consumed> consumed;
  for (const GetRequest& get : gets) {
    const auto record = snapshot->get(db().items(), item_key(*get.schema, get.key));
    if (!record) return storage_failure(record.error());
    ObjectBuilder response;
    size_t bytes = 0;
    if (*record) {
      base::Result<Item> item = decode_item(**record);
      if (!item) return storage_failure(item.error());
      bytes = recorded_size(**record);
      response.set("Item", write_item(chosen(get.paths, *item)));
    }
    consumed_of(consumed, get.schema->name).read += 2 * read_units(bytes, true);
    responses.push_back(std::move(response).build());
  }
  ObjectBuilder out;
  out.set("Responses", Value::array(std::move(responses)));
  std::vector<Value> capacities;
  const std::string wanted = text_member(request.input, "ReturnConsumedCapacity");
  for (const Consumed& each : consumed) {
    if (Value shown = each.shown(wanted); !shown.is_null()) capacities.push_back(shown);
  }
  if (!capacities.empty()) out.set("ConsumedCapacity", Value::array(std::move(capacities)));
  return aws::Output(std::move(out).build());
}

}  // namespace pawl::dynamodb
