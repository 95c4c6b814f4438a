// SPDX-License-Identifier: Apache-2.0
// RocksDB's Status as an Error. Internal to store/rocksdb.
#pragma once

#include <string>

#include <rocksdb/status.h>

#include "base/error.h"

namespace pawl::store {

/// `doing`: "committing", "opening /data". Damage (RocksDB: Corruption) is told as such; RocksDB's
/// text names the file. Kind Io. Demands a status that is not ok.
base::Error status_error(const std::string& doing, const ::rocksdb::Status& status);

}  // namespace pawl::store
