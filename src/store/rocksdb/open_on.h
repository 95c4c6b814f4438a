// SPDX-License-Identifier: Apache-2.0
// Opens the store over a given file system: how tests put a failing disk below RocksDB. Internal to
// store/rocksdb.
#pragma once

#include <memory>
#include <string>

#include <rocksdb/file_system.h>

#include "store/rocksdb/rocksdb_store.h"

namespace pawl::store {

/// As open_rocksdb_store.
base::Result<std::unique_ptr<Store>> open_rocksdb_store_on(
    const std::shared_ptr<::rocksdb::FileSystem>& files, const std::string& folder,
    const RocksDbOptions& options);

}  // namespace pawl::store
