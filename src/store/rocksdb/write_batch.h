// SPDX-License-Identifier: Apache-2.0
// A Batch as RocksDB's WriteBatch, with erased ranges turned into what is cheapest. Internal to
// store/rocksdb.
#pragma once

#include <array>
#include <cstddef>

#include <rocksdb/db.h>
#include <rocksdb/write_batch.h>

#include "store/batch.h"
#include "store/rocksdb/rocksdb_reader.h"

namespace pawl::store {

/// How many range tombstones were written to each family.
using RangeTombstones = std::array<size_t, kShapes>;

/// Translates `batch`, adding to `tombstones`. A range that holds few keys now is erased key by
/// key: each range tombstone in a memtable makes every later read there dearer.
::rocksdb::Status translate(const Batch& batch, ::rocksdb::DB& db, const Families& families,
                            ::rocksdb::WriteBatch& writes, RangeTombstones& tombstones);

}  // namespace pawl::store
