// SPDX-License-Identifier: Apache-2.0
// How RocksDB is set up for the engine's loads. Internal to store/rocksdb.
#pragma once

#include <memory>
#include <vector>

#include <rocksdb/cache.h>
#include <rocksdb/db.h>
#include <rocksdb/options.h>

#include "store/keyspace.h"
#include "store/rocksdb/rocksdb_store.h"

namespace pawl::store {

struct Tuning {
  ::rocksdb::DBOptions database;
  std::vector<::rocksdb::ColumnFamilyDescriptor> families;  ///< one a Shape, in the enum's order
  std::shared_ptr<::rocksdb::Cache> cache;
};

/// `env` must outlive the database.
Tuning tune(const RocksDbOptions& options, ::rocksdb::Env* env,
            std::shared_ptr<::rocksdb::Logger> log);

}  // namespace pawl::store
