// SPDX-License-Identifier: Apache-2.0
// The store on files: one folder, one process, RocksDB inside. No RocksDB header here; how it is
// tuned, and why, stands in rocksdb/tuning.cc.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/error.h"
#include "store/store.h"

namespace pawl::store {

struct RocksDbOptions {
  /// Block cache with the memtables counted in; at most half of it is memtables. A bound that a
  /// burst of writes may pass by one flush.
  size_t memory_bytes = 64 << 20;

  /// Version of the records the caller stores. A folder with a newer one is refused.
  uint32_t format_version = 1;
  /// Called with each version from the stored one up to format_version - 1; answers the last
  /// changes that lead to the next version, which are committed in one batch with that version. May
  /// commit batches of its own before, if doing so twice does no harm. Without it an older folder
  /// is refused.
  std::function<base::Result<Batch>(Store&, uint32_t from_version)> upgrade = {};

  /// A log damaged elsewhere than at its torn end is refused, because acknowledged batches would be
  /// lost. True opens it, keeping the batches before the damage.
  bool salvage_damaged_log = false;

  /// Gets RocksDB's warnings, a line each without its end: stalls, background errors, how much a
  /// salvage dropped. Called from any thread, also while the Store is opened and ended; must not
  /// call the Store.
  std::function<void(std::string_view line)> warn = {};
};

/// Opens the folder, made if missing, and locks it against other processes until the Store ends.
/// Loses nothing that was acknowledged; an unacknowledged torn batch at the end of the log is
/// dropped.
/// Errors: Io (locked by another process; damaged file, named; disk); Unsupported (a newer or, with
/// no upgrade, older format; not a Pawl store).
base::Result<std::unique_ptr<Store>> open_rocksdb_store(const std::string& folder,
                                                        const RocksDbOptions& options = {});

/// Copies a backup to `folder`, which must not exist or be empty, after verifying every checksum of
/// the copy. `folder` appears only when all is well.
/// Errors: Io.
base::Result<void> restore_rocksdb_store(const std::string& backup, const std::string& folder);

}  // namespace pawl::store
