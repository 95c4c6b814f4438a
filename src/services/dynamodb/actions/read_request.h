// SPDX-License-Identifier: Apache-2.0
// What Query and Scan have in common: index, projection, paging, counting.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "aws/api_error.h"
#include "aws/service/request.h"
#include "json/value.h"
#include "services/dynamodb/database.h"
#include "services/dynamodb/expression_input.h"
#include "services/dynamodb/key_condition.h"
#include "services/dynamodb/page_reader.h"

namespace pawl::dynamodb {

struct ReadRequest {
  std::string table_name;
  std::string index_name;
  std::string select;  ///< "" if it is not told
  bool is_consistent = false;
  bool forward = true;
  std::optional<size_t> limit;
  std::optional<Item> start;
  std::optional<Condition> filter;
  ChosenPaths paths;
  bool is_scan = false;

  // Set by locate_read:
  std::shared_ptr<Table> table;
  std::shared_ptr<const TableSchema> schema;
  const IndexSchema* index = nullptr;  ///< of schema; null: the table itself
  bool fetches_whole_items = false;    ///< a local index does not project what is asked for

  // Set by the operation:
  store::Range range;
  std::optional<AttributeValue> hash;  ///< of a Query

  const KeySchema& keys() const { return index != nullptr ? index->keys : schema->keys; }
  uint32_t index_id() const { return index != nullptr ? index->id : 0; }
};

/// The members that need no table and no expressions.
aws::ApiResult<ReadRequest> read_common(const json::Value& input);
/// Finds table and index and checks what they allow. Errors: ResourceNotFoundException,
/// ValidationException.
aws::ApiResult<void> locate_read(const Database& database, const aws::Request& request,
                                 ReadRequest& read);
/// The value that the hash key must have.
std::optional<AttributeValue> find_hash(const std::vector<KeyCondition>& conditions,
                                        const KeySchema& keys);
/// Moves the range behind read.start. Errors: ValidationException if that is no key of it.
aws::ApiResult<void> continue_read(ReadRequest& read);
/// The key by which the next page goes on.
Item last_key(const ReadRequest& read, const Item& last);

/// Reads a page and answers it.
aws::ActionResult run_read(Database& database, const json::Value& input, ReadRequest& read);

}  // namespace pawl::dynamodb
