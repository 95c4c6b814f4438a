// SPDX-License-Identifier: Apache-2.0
// RecordTable: small JSON records of services in the store, each of an account and a region, of a
// kind, under a name. For what is written seldom and read as it was written (settings, resources of
// which only the description counts). Not for messages, items, events: those have formats of their
// own.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.h"
#include "json/value.h"
#include "store/store.h"

namespace pawl::records {

/// Whose records: no account and no region sees those of another.
struct Owner {
  std::string account;
  std::string region;
  friend auto operator<=>(const Owner&, const Owner&) = default;
};

/// Thread-safe as the store is: a record is read and written whole; who reads, changes and writes
/// takes a mutex of his own. Values are made for the caller, no node is kept.
/// Errors: Io of the store, InvalidJson for a record that cannot be read.
class RecordTable {
 public:
  struct Record {
    std::string name;
    json::Value value;
  };
  /// False ends the walk.
  using Visitor = std::function<bool(const Owner& owner, std::string name, json::Value value)>;

  /// `keyspace`: "ec2/records". The store must outlive the table.
  static base::Result<RecordTable> open(store::Store& store, std::string_view keyspace);

  base::Result<std::optional<json::Value>> get(const Owner& owner, std::string_view kind,
                                               std::string_view name) const;
  /// By name, those behind `after` that begin with `prefix`, at most `max`.
  base::Result<std::vector<Record>> list(const Owner& owner, std::string_view kind,
                                         std::string_view prefix = {}, std::string_view after = {},
                                         size_t max = SIZE_MAX) const;
  /// How many there are of a kind; `max` is enough.
  base::Result<size_t> count(const Owner& owner, std::string_view kind, size_t max) const;
  /// Every record of a kind, of all owners: for what begins again after a restart.
  base::Result<void> visit_all(std::string_view kind, const Visitor& visitor) const;

  void put(store::Batch& batch, const Owner& owner, std::string_view kind, std::string_view name,
           const json::Value& value) const;
  void erase(store::Batch& batch, const Owner& owner, std::string_view kind,
             std::string_view name) const;
  /// Those whose names begin with `prefix`.
  void erase_all(store::Batch& batch, const Owner& owner, std::string_view kind,
                 std::string_view prefix) const;
  /// Visible at once, on disk with the next sync (store/sync_queue.h).
  base::Result<void> commit(const store::Batch& batch) const;
  base::Result<void> put(const Owner& owner, std::string_view kind, std::string_view name,
                         const json::Value& value) const;
  base::Result<void> erase(const Owner& owner, std::string_view kind, std::string_view name) const;

 private:
  RecordTable(store::Store& store, store::Keyspace keyspace)
      : store_(&store), keyspace_(keyspace) {}

  store::Store* store_;
  store::Keyspace keyspace_;
};

}  // namespace pawl::records
