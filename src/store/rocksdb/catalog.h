// SPDX-License-Identifier: Apache-2.0
// Catalog: the store's own records, in keyspace 0: versions and the names of keyspaces. Internal to
// store/rocksdb.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"
#include "store/store.h"

namespace pawl::store {

/// Version of what this folder (store/rocksdb) lays out: the prefix of keys, the shapes, the
/// catalog. The records inside have the caller's version.
inline constexpr uint32_t kLayoutVersion = 1;
inline constexpr Keyspace kCatalogKeyspace{0, Shape::Records};

struct Versions {
  uint32_t layout = kLayoutVersion;
  uint32_t format = 1;
};

/// nullopt in an empty store. Errors: Unsupported if the record is none of ours.
base::Result<std::optional<Versions>> read_versions(const Reader& reader);
void put_versions(Batch& batch, Versions versions);

/// All keyspaces by name. Errors: Io.
base::Result<std::map<std::string, Keyspace, std::less<>>> read_keyspaces(const Reader& reader);
void put_keyspace(Batch& batch, std::string_view name, Keyspace keyspace);

}  // namespace pawl::store
