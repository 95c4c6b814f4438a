// SPDX-License-Identifier: Apache-2.0
// API DescribeTable, ListTables, DeleteTable.
#include <utility>

#include "json/members.h"
#include "services/dynamodb/errors.h"
#include "services/dynamodb/service.h"
#include "services/dynamodb/table_description.h"
#include "services/dynamodb/write_request.h"

namespace pawl::dynamodb {
namespace {

using aws::ActionResult;
using json::ObjectBuilder;
using json::Value;

constexpr int64_t kNamesMax = 100;

Counts counts_of(Table& table) {
  const std::lock_guard lock(table.writing);
  return table.counts;
}

}  // namespace

ActionResult DynamoDbService::describe_table(const Request& request) {
  const auto table =
      PAWL_TRY(find_named_table(db(), request, text_member(request.input, "TableName")));
  ObjectBuilder out;
  out.set("Table",
          dynamodb::describe_table(*table->schema(), counts_of(*table), TableMoment::Described));
  return aws::Output(std::move(out).build());
}

ActionResult DynamoDbService::list_tables(const Request& request) {
  const auto limit = static_cast<size_t>(integer_member(request.input, "Limit", kNamesMax));
  const auto tables = db().tables(request.account_id(), request.region,
                                  text_member(request.input, "ExclusiveStartTableName"), limit + 1);
  std::vector<Value> names;
  for (size_t i = 0; i < tables.size() && i < limit; ++i)
    names.emplace_back(tables[i]->schema()->name);
  ObjectBuilder out;
  if (tables.size() > limit) out.set("LastEvaluatedTableName", names.back());
  out.set("TableNames", Value::array(std::move(names)));
  return aws::Output(std::move(out).build());
}

ActionResult DynamoDbService::delete_table(const Request& request) {
  const auto table =
      PAWL_TRY(find_named_table(db(), request, text_member(request.input, "TableName")));
  const auto schema = table->schema();
  if (schema->is_deletion_protected) {
    return invalid(
        "Resource cannot be deleted as it is currently protected against deletion. Disable "
        "deletion protection first.");
  }
  const Counts counts = counts_of(*table);
  PAWL_TRY_VOID(db().drop(*table));
  ObjectBuilder out;
  out.set("TableDescription", dynamodb::describe_table(*schema, counts, TableMoment::Deleted));
  return aws::Output(std::move(out).build());
}

}  // namespace pawl::dynamodb
