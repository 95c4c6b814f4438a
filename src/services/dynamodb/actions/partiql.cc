// SPDX-License-Identifier: Apache-2.0
// API ExecuteStatement, BatchExecuteStatement, ExecuteTransaction.
#include <array>
#include <functional>
#include <utility>

#include "json/members.h"
#include "services/dynamodb/actions/transaction.h"
#include "services/dynamodb/attribute_json.h"
#include "services/dynamodb/errors.h"
#include "services/dynamodb/item_key.h"
#include "services/dynamodb/item_record.h"
#include "services/dynamodb/partiql/partiql_run.h"
#include "services/dynamodb/service.h"

namespace pawl::dynamodb {
namespace {

using aws::ActionResult;
using aws::ApiResult;
using json::ObjectBuilder;
using json::Value;

Value item_list(const std::vector<Item>& items) {
  std::vector<Value> out;
  out.reserve(items.size());
  for (const Item& item : items) out.push_back(write_item(item));
  return Value::array(std::move(out));
}

struct Ran {
  std::optional<Item> item;
  Consumed consumed;
};

/// `before_commit` gets what will be answered.
ApiResult<Ran> run_write(Database& database, const aws::Request& request, const Value& input,
                         const PartiQlStatement& statement,
                         const std::function<void(const Ran&)>& before_commit = {}) {
  WriteRequest write = PAWL_TRY(make_write(database, request, statement));
  write.returns_item_on_failure =
      text_member(input, "ReturnValuesOnConditionCheckFailure") == "ALL_OLD";
  ItemWriter writer(database, write.write.table);
  const Written written = PAWL_TRY(writer.stage(write.write));
  if (written.condition_failed) return partiql_condition_failed(statement, write, written);
  Ran out;
  const auto schema = write.write.table->schema();
  out.consumed.table = schema->name;
  out.consumed.add_write(*schema, written);
  out.item = returned_item(statement, written);
  if (before_commit) before_commit(out);
  PAWL_TRY_VOID(writer.commit());
  return out;
}

/// The output of ExecuteStatement for a write.
Value written_output(const Ran& ran, const std::string& return_consumed_capacity) {
  ObjectBuilder out;
  std::vector<Item> items;
  if (ran.item) items.push_back(*ran.item);
  out.set("Items", item_list(items));
  if (Value shown = ran.consumed.shown(return_consumed_capacity); !shown.is_null())
    out.set("ConsumedCapacity", std::move(shown));
  return std::move(out).build();
}

ApiResult<Ran> run_single_read(Database& database, const aws::Request& request,
                               const PartiQlStatement& statement, const std::string& complaint,
                               bool is_consistent) {
  const PartiQlKey key = PAWL_TRY(single_key(database, request, statement, complaint));
  const auto schema = key.table->schema();
  const auto record = database.store().get(database.items(), item_key(*schema, key.key));
  if (!record) return storage_failure(record.error());
  Ran out;
  out.consumed.table = schema->name;
  out.consumed.read = read_units(*record ? recorded_size(**record) : 0, is_consistent);
  if (!*record) return out;
  base::Result<Item> item = decode_item(**record);
  if (!item) return storage_failure(item.error());
  if (statement.where && matches(*statement.where, *item))
    out.item = chosen(statement.paths, *item);
  return out;
}

/// Errors of statements of a batch have codes of their own.
std::string batch_code(const std::string& code) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 5> kCodes = {
      {{"ConditionalCheckFailedException", "ConditionalCheckFailed"},
       {"ValidationException", "ValidationError"},
       {"ResourceNotFoundException", "ResourceNotFound"},
       {"DuplicateItemException", "DuplicateItem"},
       {"InternalServerError", "InternalServerError"}}};
  for (const auto& [error, short_code] : kCodes) {
    if (error == code) return std::string(short_code);
  }
  return code;
}

Value batch_error(const aws::ApiError& error) {
  ObjectBuilder out;
  out.set("Code", Value(batch_code(error.code))).set("Message", Value(error.message.value_or("")));
  if (const Value* item = error.members.find("Item")) out.set("Item", *item);
  return std::move(out).build();
}

}  // namespace

ActionResult DynamoDbService::execute_statement(const Request& request) {
  const Value& input = request.input;
  const PartiQlStatement statement = PAWL_TRY(read_statement(input));
  if (statement.kind == PartiQlStatement::Kind::Exists)
    return invalid("Unsupported operation: Exists");
  const std::string wanted = text_member(input, "ReturnConsumedCapacity");
  ObjectBuilder out;
  Consumed consumed;
  if (statement.is_read()) {
    const auto limit = find_integer(input, "Limit");
    const PartiQlPage page = PAWL_TRY(
        run_select(db(), request, statement, flag_member(input, "ConsistentRead"),
                   limit ? std::optional<size_t>(static_cast<size_t>(*limit)) : std::nullopt,
                   text_member(input, "NextToken")));
    out.set("Items", item_list(page.items));
    if (!page.next_token.empty()) out.set("NextToken", Value(page.next_token));
    if (page.last_key) out.set("LastEvaluatedKey", write_item(*page.last_key));
    consumed = page.consumed;
  } else {
    Value output;
    const auto keep = [&](const Ran& ran) {
      output = written_output(ran, wanted);
      request.keep_answer(output);
    };
    (void)PAWL_TRY(run_write(db(), request, input, statement, keep));
    return aws::Output(std::move(output));
  }
  if (Value shown = consumed.shown(wanted); !shown.is_null())
    out.set("ConsumedCapacity", std::move(shown));
  return aws::Output(std::move(out).build());
}

// API BatchExecuteStatement: each statement on its own; what fails says so in its place.
ActionResult DynamoDbService::batch_execute_statement(const Request& request) {
  const std::string wanted = text_member(request.input, "ReturnConsumedCapacity");
  std::vector<Value> responses;
  std::vector<Value> capacities;
  for (const Value& input : request.input.find("Statements")->items()) {
    const ApiResult<PartiQlStatement> statement = read_statement(input);
    ObjectBuilder response;
    ApiResult<Ran> ran = tl::unexpected(statement ? invalid("") : statement.error());
    if (statement) {
      ran = statement->is_read()
                ? run_single_read(db(), request, *statement,
                                  "Select statements within BatchExecuteStatement must specify "
                                  "the primary key in the where clause.",
                                  flag_member(input, "ConsistentRead"))
                : run_write(db(), request, input, *statement);
      if (ran || ran.error().code != "ResourceNotFoundException")
        response.set("TableName", Value(statement->table));
    }
    if (!ran) {
      response.set("Error", batch_error(ran.error()));
    } else {
      if (ran->item) response.set("Item", write_item(*ran->item));
      if (Value shown = ran->consumed.shown(wanted); !shown.is_null())
        capacities.push_back(std::move(shown));
    }
    responses.push_back(std::move(response).build());
  }
  ObjectBuilder out;
  out.set("Responses", Value::array(std::move(responses)));
  if (!capacities.empty()) out.set("ConsumedCapacity", Value::array(std::move(capacities)));
  return aws::Output(std::move(out).build());
}

// API ExecuteTransaction: "the entire transaction must consist of either read statements or write
// statements".
ActionResult DynamoDbService::execute_transaction(const Request& request) {
  const Value& input = request.input;
  std::vector<PartiQlStatement> statements;
  const Value& list = *input.find("TransactStatements");
  size_t reads = 0;
  for (size_t i = 0; i < list.size(); ++i) {
    ApiResult<PartiQlStatement> statement = read_statement(list.items()[i]);
    if (!statement) {
      return invalid("Validation failed in TransactStatements[" + std::to_string(i) +
                     "]: " + statement.error().message.value_or(""));
    }
    reads += statement->is_read() ? 1 : 0;
    statements.push_back(*std::move(statement));
  }
  if (reads != 0 && reads != statements.size()) {
    return invalid("Transaction request cannot contain both read and write statements");
  }
  std::vector<Consumed> consumed;
  std::vector<Value> responses;
  if (reads != 0) {
    for (const PartiQlStatement& statement : statements) {
      const Ran ran = PAWL_TRY(run_single_read(
          db(), request, statement,
          "Select statements within ExecuteTransaction must specify the primary key in the where "
          "clause.",
          true));
      ObjectBuilder response;
      if (ran.item) response.set("Item", write_item(*ran.item));
      consumed_of(consumed, ran.consumed.table).read += 2 * ran.consumed.read;
      responses.push_back(std::move(response).build());
    }
  } else {
    Transaction transaction(db(), request, text_member(input, "ClientRequestToken"));
    for (size_t i = 0; i < statements.size(); ++i) {
      WriteRequest write = PAWL_TRY(make_write(db(), request, statements[i]));
      write.returns_item_on_failure =
          text_member(list.items()[i], "ReturnValuesOnConditionCheckFailure") == "ALL_OLD";
      transaction.writes.push_back(std::move(write));
      responses.push_back(Value::object());
    }
    consumed = PAWL_TRY(transaction.run()).consumed;
  }
  ObjectBuilder out;
  out.set("Responses", Value::array(std::move(responses)));
  std::vector<Value> capacities;
  const std::string wanted = text_member(input, "ReturnConsumedCapacity");
  for (const Consumed& each : consumed) {
    if (Value shown = each.shown(wanted); !shown.is_null()) capacities.push_back(shown);
  }
  if (!capacities.empty()) out.set("ConsumedCapacity", Value::array(std::move(capacities)));
  return aws::Output(std::move(out).build());
}

}  // namespace pawl::dynamodb
