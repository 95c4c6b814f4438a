// SPDX-License-Identifier: Apache-2.0
// The store's own records. Key 01: versions (layout u32, format u32, big-endian). Key 02 name: a
// keyspace (id u32, shape u8).
#include "store/rocksdb/catalog.h"

#include "store/key.h"

namespace pawl::store {
namespace {

constexpr uint8_t kVersionsRecord = 1;
constexpr uint8_t kKeyspaceRecord = 2;

std::string versions_key() { return KeyBuilder().u8(kVersionsRecord).take(); }
std::string keyspace_key(std::string_view name) {
  return KeyBuilder().u8(kKeyspaceRecord).raw(name).take();
}

}  // namespace

base::Result<std::optional<Versions>> read_versions(const Reader& reader) {
  const auto record = PAWL_TRY(reader.get(kCatalogKeyspace, versions_key()));
  if (!record) return std::nullopt;
  KeyReader parts(*record);
  const auto layout = parts.u32();
  const auto format = parts.u32();
  // A newer layout may have more to say behind these two.
  if (!layout || !format)
    return base::Error(base::ErrorKind::Io, "store: damaged data: record of the format version");
  return Versions{*layout, *format};
}

void put_versions(Batch& batch, Versions versions) {
  batch.put(kCatalogKeyspace, versions_key(),
            KeyBuilder().u32(versions.layout).u32(versions.format).view());
}

base::Result<std::map<std::string, Keyspace, std::less<>>> read_keyspaces(const Reader& reader) {
  std::map<std::string, Keyspace, std::less<>> keyspaces;
  const std::string prefix = keyspace_key({});
  const auto cursor = reader.cursor(kCatalogKeyspace, Range::prefix(prefix));
  for (bool more = PAWL_TRY(cursor->first()); more; more = PAWL_TRY(cursor->next())) {
    std::string name(cursor->key().substr(prefix.size()));
    KeyReader parts(cursor->value());
    const auto id = parts.u32();
    const auto shape = parts.u8();
    if (!id || !shape || *shape >= kShapes)
      return base::Error(base::ErrorKind::Io, "store: damaged data: record of keyspace " + name);
    keyspaces.emplace(std::move(name), Keyspace{*id, static_cast<Shape>(*shape)});
  }
  return keyspaces;
}

void put_keyspace(Batch& batch, std::string_view name, Keyspace keyspace) {
  batch.put(kCatalogKeyspace, keyspace_key(name),
            KeyBuilder().u32(keyspace.id).u8(static_cast<uint8_t>(keyspace.shape)).view());
}

}  // namespace pawl::store
