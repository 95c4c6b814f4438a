// SPDX-License-Identifier: Apache-2.0
// One page of a Query or Scan: a walk over a range of keys.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "aws/api_error.h"
#include "services/dynamodb/attribute_value.h"
#include "services/dynamodb/database.h"
#include "services/dynamodb/expression/condition.h"
#include "store/keyspace.h"

namespace pawl::dynamodb {

inline constexpr size_t kPageBytesMax = size_t{1} << 20;

struct PageRequest {
  store::Range range;
  bool forward = true;
  std::optional<size_t> limit;        ///< items looked at
  const Condition* filter = nullptr;  ///< null: everything
  bool keeps_items = true;            ///< false: they are only counted
  /// Set to a table: entries are of a local index, whole items are read from the table.
  const TableSchema* fetch_from = nullptr;
};

struct Page {
  std::vector<Item> items;
  size_t count = 0;
  size_t scanned = 0;
  size_t bytes = 0;             ///< of what was looked at
  std::vector<size_t> fetched;  ///< sizes of items that were read from the table
  /// Where the walk stopped before the end of the range: the last entry looked at.
  std::optional<Item> last;
};

/// Stops behind `limit` items or 1 MB. Errors: the store's.
aws::ApiResult<Page> read_page(Database& database, const PageRequest& request);

/// `range` behind (or, backwards, before) `key`, exclusive. False if `key` is outside.
bool continue_behind(store::Range& range, const std::string& key, bool forward);

}  // namespace pawl::dynamodb
