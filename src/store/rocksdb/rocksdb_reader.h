// SPDX-License-Identifier: Apache-2.0
// Reading RocksDB: get, multi_get and cursors, of now or of a snapshot. Internal to store/rocksdb.
#pragma once

#include <array>

#include <rocksdb/db.h>

#include "store/store.h"

namespace pawl::store {

/// The column family of each Shape.
using Families = std::array<::rocksdb::ColumnFamilyHandle*, kShapes>;

base::Result<std::optional<std::string>> read_value(::rocksdb::DB& db, const Families& families,
                                                    const ::rocksdb::Snapshot* snapshot,
                                                    Keyspace keyspace, std::string_view key);

base::Result<std::vector<std::optional<std::string>>> read_values(
    ::rocksdb::DB& db, const Families& families, const ::rocksdb::Snapshot* snapshot,
    Keyspace keyspace, std::span<const std::string_view> keys);

std::unique_ptr<Cursor> make_cursor(::rocksdb::DB& db, const Families& families,
                                    const ::rocksdb::Snapshot* snapshot, Keyspace keyspace,
                                    const Range& range);

/// Both references must outlive it.
std::unique_ptr<Snapshot> make_snapshot(::rocksdb::DB& db, const Families& families);

}  // namespace pawl::store
