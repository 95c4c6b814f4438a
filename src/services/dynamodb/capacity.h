// SPDX-License-Identifier: Apache-2.0
// ConsumedCapacity and ItemCollectionMetrics of answers (Developer Guide "Read and write
// capacity units").
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "json/value.h"
#include "services/dynamodb/item_writer.h"
#include "services/dynamodb/table_schema.h"

namespace pawl::dynamodb {

/// Units of reading so many bytes.
double read_units(size_t bytes, bool is_consistent);
/// Units of writing an item that had and has so many bytes.
double write_units(const Written& written);

/// What a request consumed of one table.
struct Consumed {
  std::string table;  ///< as the answer names it
  double read = 0;
  double write = 0;
  std::map<std::string, double> global_indexes = {};
  std::map<std::string, double> local_indexes = {};
  bool is_transaction = false;  ///< reads and writes are also told apart

  double total() const;
  void add_write(const TableSchema& schema, const Written& written);
  /// API ConsumedCapacity; null if ReturnConsumedCapacity does not ask for it.
  json::Value shown(std::string_view return_consumed_capacity) const;
};

/// API ItemCollectionMetrics; null if they are not asked for or the table has no local index.
json::Value collection_metrics(const json::Value& input, const TableSchema& schema,
                               const Item& item);

}  // namespace pawl::dynamodb
