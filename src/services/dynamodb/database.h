// SPDX-License-Identifier: Apache-2.0
// Database: the tables of all accounts and the keyspaces of their items, indexes and streams. Knows
// no API.
#pragma once

#include <compare>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <vector>

#include "aws/api_error.h"
#include "aws/service/service_loop.h"
#include "base/error.h"
#include "services/dynamodb/table_schema.h"
#include "store/store.h"

namespace pawl::dynamodb {

struct TableName {
  std::string account;
  std::string region;
  std::string name;
  friend auto operator<=>(const TableName&, const TableName&) = default;
};

/// How much a table or an index holds.
struct Count {
  int64_t items = 0;
  int64_t bytes = 0;
};

/// By index id; kTableItself is the table.
using Counts = std::map<uint32_t, Count>;

/// One table as long as the process lives. Who writes its items holds `writing` from the read
/// before to the commit; the members below it are guarded by it.
class Table {
 public:
  explicit Table(TableSchema schema)
      : number(schema.number), schema_(std::make_shared<const TableSchema>(std::move(schema))) {}

  /// What is true now; it does not change afterwards. Thread-safe.
  std::shared_ptr<const TableSchema> schema() const {
    const std::lock_guard lock(schema_mutex_);
    return schema_;
  }
  void set_schema(TableSchema schema) {
    auto made = std::make_shared<const TableSchema>(std::move(schema));
    const std::lock_guard lock(schema_mutex_);
    schema_ = std::move(made);
  }

  const uint64_t number;
  std::mutex writing;
  bool is_gone = false;
  Counts counts;
  uint64_t last_sequence = 0;  ///< of its stream

 private:
  mutable std::mutex schema_mutex_;
  std::shared_ptr<const TableSchema> schema_;
};

/// What is known of a stream, also after its table has gone.
struct StreamDescription {
  TableName table;
  uint64_t table_number = 0;
  StreamSchema stream;
  KeySchema keys;

  std::string arn() const;
};

inline constexpr int64_t kStreamRetentionMs = int64_t{24} * 3600 * 1000;

/// Thread-safe. Schemas are held in memory, everything else in the store.
class Database {
 public:
  /// `store` and `loop` must outlive it.
  static base::Result<std::shared_ptr<Database>> open(store::Store& store, aws::ServiceLoop& loop);

  store::Store& store() { return store_; }
  aws::ServiceLoop& loop() { return loop_; }
  int64_t now_ms() { return loop_.now().ms; }
  store::Keyspace items() const { return items_; }
  store::Keyspace stream_records() const { return streams_; }
  store::Keyspace tokens() const { return tokens_; }

  std::shared_ptr<Table> find(const TableName& name) const;
  /// Of one account and region, by name, those behind `after`.
  std::vector<std::shared_ptr<Table>> tables(const std::string& account, const std::string& region,
                                             const std::string& after, size_t max) const;
  /// Of all accounts.
  std::vector<std::shared_ptr<Table>> all_tables() const;

  /// Gives it a number. ResourceInUseException if the name is taken.
  aws::ApiResult<std::shared_ptr<Table>> create(TableSchema schema);
  /// Runs `change` on a copy of the schema, and keeps it if that succeeds; `batch` may get more.
  aws::ApiResult<void> change(
      Table& table, const std::function<aws::ApiResult<void>(TableSchema&, store::Batch&)>& change);
  /// With items and indexes; its stream is closed.
  aws::ApiResult<void> drop(Table& table);

  /// Starts a new stream in `schema`; closes the one that is there.
  void open_stream(TableSchema& schema, std::string view_type, store::Batch& batch);
  void close_stream(TableSchema& schema, store::Batch& batch);
  base::Result<std::optional<StreamDescription>> find_stream(const TableName& table,
                                                             const std::string& label) const;
  /// Of one account and region, and of one table if `table` is not empty.
  base::Result<std::vector<StreamDescription>> streams(const std::string& account,
                                                       const std::string& region,
                                                       const std::string& table) const;

  /// Adds the counts of `table` to the batch.
  void put_counts(const Table& table, store::Batch& batch) const;

  /// Erases stream records older than 24 hours, streams that are closed for so long, and tokens of
  /// transactions older than 10 minutes.
  base::Result<void> trim();

 private:
  Database(store::Store& store, aws::ServiceLoop& loop) : store_(store), loop_(loop) {}
  base::Result<void> load();
  base::Result<void> load_counts(Table& table);
  void put_schema(const TableSchema& schema, store::Batch& batch) const;
  void put_stream(const TableSchema& schema, store::Batch& batch) const;
  uint64_t take_number(store::Batch& batch);
  base::Result<void> trim_streams(store::Batch& batch);
  base::Result<void> trim_tokens(store::Batch& batch);

  store::Store& store_;
  aws::ServiceLoop& loop_;
  store::Keyspace tables_;
  store::Keyspace items_;
  store::Keyspace counts_;
  store::Keyspace streams_;
  store::Keyspace stream_list_;
  store::Keyspace tokens_;
  mutable std::shared_mutex mutex_;
  std::map<TableName, std::shared_ptr<Table>> by_name_;  ///< guarded by mutex_
  std::mutex numbers_mutex_;
  uint64_t next_number_ = 1;  ///< of tables and streams; guarded by numbers_mutex_
};

/// Seconds of a stream's sequence: milliseconds << 20, plus a counter.
inline uint64_t sequence_at(int64_t ms) { return static_cast<uint64_t>(ms) << 20; }
inline int64_t sequence_ms(uint64_t sequence) { return static_cast<int64_t>(sequence >> 20); }

}  // namespace pawl::dynamodb
