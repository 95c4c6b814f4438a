// SPDX-License-Identifier: Apache-2.0
// ItemWriter: one or many writes, decided on what is stored and committed as one batch with index
// entries, stream records and counts.
#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "aws/api_error.h"
#include "services/dynamodb/attribute_value.h"
#include "services/dynamodb/database.h"
#include "services/dynamodb/expression/condition.h"
#include "services/dynamodb/expression/update.h"

namespace pawl::dynamodb {

/// A write whose keys and values are checked and whose expressions are compiled.
struct Write {
  enum class Kind { Put, Update, Delete, Check };
  Kind kind = Kind::Put;
  std::shared_ptr<Table> table;
  Item item;  ///< Put: all of it; else its key
  std::optional<Condition> condition;
  std::optional<Update> update;
  bool is_expiry = false;    ///< of TTL, as the stream tells
  bool wants_items = false;  ///< old and new item are asked for
};

/// What a write found and made.
struct Written {
  bool condition_failed = false;  ///< then nothing is written
  std::optional<Item> old_item;   ///< if it was read for some reason
  std::optional<Item> new_item;   ///< not of Delete and Check
  size_t old_bytes = 0;
  size_t new_bytes = 0;
  std::vector<std::pair<std::string, int>> index_writes;  ///< entries put and erased, by index name
};

/// Holds the tables' locks from construction to destruction. One thread.
class ItemWriter {
 public:
  ItemWriter(Database& database, const std::vector<std::shared_ptr<Table>>& tables);
  ItemWriter(Database& database, const std::shared_ptr<Table>& table);

  /// Decides one write and adds it to the batch. Reads what is stored, not what the batch holds: no
  /// two writes of one item. The table is among those locked.
  /// Errors: ValidationException; ResourceNotFoundException of a table that has gone meanwhile.
  aws::ApiResult<Written> stage(const Write& write);

  store::Batch& batch() { return batch_; }

  /// Without sync. Nothing happens if nothing was staged.
  aws::ApiResult<void> commit();

 private:
  struct Images {
    const Item* old_item = nullptr;
    const Item* new_item = nullptr;
    std::string_view old_record;
    std::string_view new_record;
  };
  struct Counted {
    std::shared_ptr<Table> table;
    Counts counts;
  };

  aws::ApiResult<std::optional<Item>> make_new_item(const TableSchema& schema, const Write& write,
                                                    const Written& written) const;
  void put_item(Table& table, const TableSchema& schema, const std::string& key,
                const Images& images, bool is_expiry);
  aws::ApiResult<void> put_index(const TableSchema& schema, const IndexSchema& index,
                                 const Images& images, Counts& counts, Written& written);
  void put_expiry(const TableSchema& schema, const std::string& key, const Images& images);
  void put_stream_record(Table& table, const TableSchema& schema, const Images& images,
                         bool is_expiry);
  Counts& counts_of(const std::shared_ptr<Table>& table);

  Database& database_;
  std::vector<std::unique_lock<std::mutex>> locks_;
  store::Batch batch_;
  std::vector<Counted> counted_;
};

/// Adds entries of one index, or of expiry, for the items from `position` on, at most `items_max`;
/// the key to go on with, or "" at the end. The caller holds table.writing.
aws::ApiResult<std::string> fill_index(Database& database, Table& table, uint32_t index,
                                       std::string position, size_t items_max);

}  // namespace pawl::dynamodb
