// SPDX-License-Identifier: Apache-2.0
// API PutItem, UpdateItem, DeleteItem.
#include <utility>

#include "json/members.h"
#include "services/dynamodb/attribute_json.h"
#include "services/dynamodb/capacity.h"
#include "services/dynamodb/errors.h"
#include "services/dynamodb/service.h"
#include "services/dynamodb/write_request.h"

namespace pawl::dynamodb {
namespace {

using aws::ActionResult;
using aws::ApiResult;
using json::ObjectBuilder;
using json::Value;

/// What ReturnValues asks for; null for nothing.
Value returned_attributes(const std::string& return_values, const WriteRequest& write,
                          const Written& written) {
  const Item* item = nullptr;
  if (return_values == "ALL_OLD" || return_values == "UPDATED_OLD") {
    item = written.old_item ? &*written.old_item : nullptr;
  } else if (return_values == "ALL_NEW" || return_values == "UPDATED_NEW") {
    item = written.new_item ? &*written.new_item : nullptr;
  }
  if (item == nullptr) return {};
  if (return_values.starts_with("ALL_")) return write_item(*item);
  if (!write.write.update) return {};
  const Item part = project(*item, write.write.update->paths());
  return part.empty() ? Value() : write_item(part);
}

ActionResult run_write(Database& database, const aws::Request& request, WriteRequest& write) {
  const std::string return_values = text_member(request.input, "ReturnValues");
  write.write.wants_items = !return_values.empty() && return_values != "NONE";
  PAWL_TRY_VOID(locate(database, request, write));
  ItemWriter writer(database, write.write.table);
  const Written written = PAWL_TRY(writer.stage(write.write));
  if (written.condition_failed) return condition_failed(write, written);
  ObjectBuilder out;
  if (Value attributes = returned_attributes(return_values, write, written); !attributes.is_null())
    out.set("Attributes", std::move(attributes));
  const std::string wanted = text_member(request.input, "ReturnConsumedCapacity");
  const std::shared_ptr<const TableSchema> schema = write.write.table->schema();
  if (!wanted.empty() && wanted != "NONE") {
    Consumed consumed{.table = schema->name};
    consumed.add_write(*schema, written);
    out.set("ConsumedCapacity", consumed.shown(wanted));
  }
  if (Value metrics = collection_metrics(request.input, *schema, write.write.item);
      !metrics.is_null()) {
    out.set("ItemCollectionMetrics", std::move(metrics));
  }
  Value output = std::move(out).build();
  request.keep_answer(output);
  PAWL_TRY_VOID(writer.commit());
  return aws::Output(std::move(output));
}

ApiResult<void> check_return_values(const Value& input) {
  const std::string wanted = text_member(input, "ReturnValues");
  if (wanted.empty() || wanted == "NONE" || wanted == "ALL_OLD") return {};
  return invalid("Return values set to invalid value");
}

}  // namespace

// API PutItem.
ActionResult DynamoDbService::put_item(const Request& request) {
  PAWL_TRY_VOID(check_return_values(request.input));
  WriteRequest write = PAWL_TRY(read_write(Write::Kind::Put, request.input));
  return run_write(db(), request, write);
}

// API UpdateItem.
ActionResult DynamoDbService::update_item(const Request& request) {
  WriteRequest write = PAWL_TRY(read_write(Write::Kind::Update, request.input));
  return run_write(db(), request, write);
}

// API DeleteItem.
ActionResult DynamoDbService::delete_item(const Request& request) {
  PAWL_TRY_VOID(check_return_values(request.input));
  WriteRequest write = PAWL_TRY(read_write(Write::Kind::Delete, request.input));
  return run_write(db(), request, write);
}

}  // namespace pawl::dynamodb
