// SPDX-License-Identifier: Apache-2.0
#include "server/store_format.h"

#include <utility>

#include "base/assert.h"
#include "store/rocksdb/rocksdb_store.h"

namespace pawl::server {

const StoreFormat& current_store_format() {
  static const StoreFormat kFormat;
  return kFormat;
}

std::string store_folder_of(const std::string& data_folder) { return data_folder + "/store"; }

base::Result<std::unique_ptr<store::Store>> open_data_folder(
    const std::string& data_folder, std::function<void(std::string_view)> warn,
    const StoreFormat& format) {
  PAWL_ASSERT(format.steps.size() == format.version - 1);
  store::RocksDbOptions options;
  options.format_version = format.version;
  options.upgrade = [&format](store::Store& store, uint32_t from) {
    return format.steps.at(from - 1)(store);
  };
  options.warn = std::move(warn);
  return store::open_rocksdb_store(store_folder_of(data_folder), options);
}

}  // namespace pawl::server
