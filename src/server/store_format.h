// SPDX-License-Identifier: Apache-2.0
// The version of everything that the program stores, the way from older ones to it, and the opening
// of a data folder. A change of a stored format is a new version here, with its step.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "store/batch.h"
#include "store/store.h"

namespace pawl::server {

struct StoreFormat {
  /// Leads from one version to the next: answers the changes that are committed together with the
  /// new version. May commit batches of its own before, if doing so twice does no harm.
  using UpgradeStep = std::function<base::Result<store::Batch>(store::Store&)>;

  uint32_t version = 1;
  std::vector<UpgradeStep> steps = {};  ///< version - 1 of them; the first leads from 1 to 2
};

/// docs/formats describes what it stands for.
const StoreFormat& current_store_format();

/// The folder of the store inside a data folder. Beside it stands only what can be made again.
std::string store_folder_of(const std::string& data_folder);

/// Opens the store of a data folder and brings an older format up to date. `warn` gets the store's
/// warnings, a line each; may be empty.
/// Errors: store::open_rocksdb_store's; Unsupported for a newer format.
base::Result<std::unique_ptr<store::Store>> open_data_folder(
    const std::string& data_folder, std::function<void(std::string_view)> warn,
    const StoreFormat& format = current_store_format());

}  // namespace pawl::server
