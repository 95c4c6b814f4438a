// SPDX-License-Identifier: Apache-2.0
// The members of PutItem, UpdateItem, DeleteItem and of the same in transactions, to a Write.
#pragma once

#include <string>

#include "aws/api_error.h"
#include "aws/service/request.h"
#include "json/value.h"
#include "services/dynamodb/database.h"
#include "services/dynamodb/item_writer.h"

namespace pawl::dynamodb {

struct WriteRequest {
  Write write;  ///< without its table until it is located
  std::string table_name;
  bool returns_item_on_failure = false;
  bool insert_only = false;  ///< PartiQL INSERT: its condition is that there is no such item
};

/// Checks and compiles everything that needs no table, in DynamoDB's order.
/// `kind` tells which members there are. Errors: ValidationException.
aws::ApiResult<WriteRequest> read_write(Write::Kind kind, const json::Value& input);

/// Finds the table and checks keys against it.
/// Errors: ResourceNotFoundException; ValidationException.
aws::ApiResult<void> locate(const Database& database, const aws::Request& request,
                            WriteRequest& write);
/// Of a write whose table is set.
aws::ApiResult<void> check_write_keys(const Write& write);

/// The table that a member TableName means, a name or an ARN.
/// Errors: ValidationException of malformed names; ResourceNotFoundException with `not_found`.
aws::ApiResult<std::shared_ptr<Table>> find_table(const Database& database,
                                                  const aws::Request& request,
                                                  const std::string& name);
/// The same for operations on tables, whose error names the table.
aws::ApiResult<std::shared_ptr<Table>> find_named_table(const Database& database,
                                                        const aws::Request& request,
                                                        const std::string& name);
/// The table's part of a name or ARN; account and region are the caller's or the ARN's.
aws::ApiResult<TableName> parse_table_name(const aws::Request& request, const std::string& name);

/// ConditionalCheckFailedException, with the item if that is asked for.
aws::ApiError condition_failed(const WriteRequest& write, const Written& written);

}  // namespace pawl::dynamodb
