// SPDX-License-Identifier: Apache-2.0
// Copying a store folder durably, for restore. Internal to store/rocksdb.
#pragma once

#include <string>

#include "base/error.h"

namespace pawl::store {

/// Copies the files of `from`, which nobody writes, to `to`, synced. What an earlier attempt left
/// in `to` is removed. Errors: Io.
base::Result<void> copy_store_folder(const std::string& from, const std::string& to);

/// Renames `from` to `to`, durably. `to` must not exist or be empty. Errors: Io.
base::Result<void> move_store_folder(const std::string& from, const std::string& to);

}  // namespace pawl::store
