// SPDX-License-Identifier: Apache-2.0
#include "services/dynamodb/write_request.h"

#include <algorithm>
#include <utility>

#include "aws/arn.h"
#include "json/members.h"
#include "services/dynamodb/attribute_json.h"
#include "services/dynamodb/errors.h"
#include "services/dynamodb/expression_input.h"
#include "services/dynamodb/item_key.h"
#include "services/dynamodb/legacy_conditions.h"
#include "services/dynamodb/resource_arn.h"

namespace pawl::dynamodb {
namespace {

using aws::ApiResult;
using json::Value;

constexpr size_t kNameMin = 3;
constexpr size_t kNameMax = 255;

bool is_name_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         c == '-' || c == '.';
}

ApiResult<void> check_name(const std::string& name) {
  std::vector<std::string> constraints;
  if (!std::all_of(name.begin(), name.end(), is_name_character) || name.empty())
    constraints.emplace_back("Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+");
  if (name.size() < kNameMin)
    constraints.emplace_back("Member must have length greater than or equal to 3");
  if (name.size() > kNameMax)
    constraints.emplace_back("Member must have length less than or equal to 255");
  if (constraints.empty()) return {};
  std::string text = std::to_string(constraints.size()) +
                     (constraints.size() == 1 ? " validation error" : " validation errors") +
                     " detected: ";
  for (size_t i = 0; i < constraints.size(); ++i) {
    text += (i == 0 ? "" : "; ") + ("Value '" + name) +
            "' at 'tableName' failed to satisfy constraint: " + constraints[i];
  }
  return invalid(text);
}

ApiResult<void> check_parameters(Write::Kind kind, const Value& input) {
  if (kind == Write::Kind::Update) {
    return check_expression_parameters(input, {"UpdateExpression", "ConditionExpression"},
                                       {"AttributeUpdates", "Expected", "ConditionalOperator"},
                                       {"UpdateExpression", "ConditionExpression"});
  }
  return check_expression_parameters(input, {"ConditionExpression"},
                                     {"Expected", "ConditionalOperator"}, {"ConditionExpression"});
}

ApiResult<void> read_conditions(Write::Kind kind, const Value& input, Write& out) {
  std::optional<Update> updates;
  if (kind == Write::Kind::Update) updates = PAWL_TRY(read_attribute_updates(input));
  std::optional<Condition> expected = PAWL_TRY(read_expected(input));
  if (!expected && member_of(input, "ConditionalOperator") != nullptr)
    return invalid("ConditionalOperator cannot be used without Filter or Expected");
  Placeholders placeholders = PAWL_TRY(Placeholders::read(input));
  if (const Value* text = member_of(input, "UpdateExpression");
      text != nullptr && kind == Write::Kind::Update) {
    updates = PAWL_TRY(compile_update(text->as_string(), placeholders));
  }
  std::optional<Condition> condition =
      PAWL_TRY(read_condition(input, "ConditionExpression", placeholders));
  PAWL_TRY_VOID(placeholders.check_all_used());
  out.condition = condition ? std::move(condition) : std::move(expected);
  out.update = std::move(updates);
  return {};
}

ApiResult<void> check_update_paths(const KeySchema& keys, const Update& update) {
  for (const UpdateAction& action : update.actions) {
    if (!keys.contains(action.path[0].name)) continue;
    return invalid_parameter("Cannot update attribute " + action.path[0].name +
                             ". This attribute is part of the key");
  }
  return {};
}

}  // namespace

ApiResult<WriteRequest> read_write(Write::Kind kind, const Value& input) {
  WriteRequest out;
  out.write.kind = kind;
  out.table_name = text_member(input, "TableName");
  out.returns_item_on_failure =
      text_member(input, "ReturnValuesOnConditionCheckFailure") == "ALL_OLD";
  PAWL_TRY_VOID(check_parameters(kind, input));
  const Value* item = member_of(input, kind == Write::Kind::Put ? "Item" : "Key");
  out.write.item = PAWL_TRY(read_item(*item));
  PAWL_TRY_VOID(read_conditions(kind, input, out.write));
  return out;
}

ApiResult<TableName> parse_table_name(const aws::Request& request, const std::string& name) {
  if (!name.starts_with("arn:")) {
    PAWL_TRY_VOID(check_name(name));
    return TableName{request.account_id(), request.region, name};
  }
  const std::optional<aws::Arn> arn = aws::Arn::parse(name);
  if (!arn || arn->service != "dynamodb" || !arn->resource.starts_with("table/"))
    return invalid("Invalid table ARN: " + name);
  PAWL_TRY_VOID(check_owner(request, *arn));
  std::string table = arn->resource.substr(6);
  table.erase(std::min(table.find('/'), table.size()));
  return TableName{arn->account_id, arn->region, std::move(table)};
}

ApiResult<std::shared_ptr<Table>> find_table(const Database& database, const aws::Request& request,
                                             const std::string& name) {
  std::shared_ptr<Table> table = database.find(PAWL_TRY(parse_table_name(request, name)));
  if (!table) return resource_not_found();
  return table;
}

ApiResult<std::shared_ptr<Table>> find_named_table(const Database& database,
                                                   const aws::Request& request,
                                                   const std::string& name) {
  const TableName parsed = PAWL_TRY(parse_table_name(request, name));
  std::shared_ptr<Table> table = database.find(parsed);
  if (!table) return table_not_found(parsed.name);
  return table;
}

ApiResult<void> check_write_keys(const Write& write) {
  const std::shared_ptr<const TableSchema> schema = write.table->schema();
  if (write.kind == Write::Kind::Put) {
    PAWL_TRY_VOID(check_item_keys(*schema, write.item));
    if (size_of(write.item) > kItemBytesMax)
      return invalid("Item size has exceeded the maximum allowed size");
    return {};
  }
  PAWL_TRY_VOID(check_key(schema->keys, write.item));
  return write.update ? check_update_paths(schema->keys, *write.update) : ApiResult<void>();
}

ApiResult<void> locate(const Database& database, const aws::Request& request, WriteRequest& write) {
  write.write.table = PAWL_TRY(find_table(database, request, write.table_name));
  return check_write_keys(write.write);
}

aws::ApiError condition_failed(const WriteRequest& write, const Written& written) {
  aws::ApiError error("ConditionalCheckFailedException", "The conditional request failed");
  if (write.returns_item_on_failure && written.old_item) {
    json::ObjectBuilder members;
    members.set("Item", write_item(*written.old_item));
    error.members = std::move(members).build();
  }
  return error;
}

}  // namespace pawl::dynamodb
