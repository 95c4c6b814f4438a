// SPDX-License-Identifier: Apache-2.0
#include "services/ecr/registry_store.h"

#include "base/wire.h"
#include "services/ecr/errors.h"
#include "store/key.h"

namespace pawl::ecr {
namespace {

using aws::ApiResult;
using store::KeyBuilder;
using store::KeyReader;
using store::Range;
using store::Shape;

constexpr uint8_t kFormat = 1;

std::string scope_key(const Scope& scope) {
  return KeyBuilder().text(scope.account).text(scope.region).take();
}

std::string repository_key(const RepositoryName& name) {
  return KeyBuilder().text(name.account).text(name.region).text(name.name).take();
}

std::string key_in(const RepositoryName& name, std::string_view last) {
  return KeyBuilder(repository_key(name)).text(last).take();
}

/// Of keys with this prefix, those whose next part is behind `after`.
Range range_after(const std::string& prefix, std::string_view after) {
  Range range = Range::prefix(prefix);
  if (!after.empty()) range.begin = KeyBuilder(prefix).text(after).take() + '\0';
  return range;
}

/// The fourth part: account, region, repository, and that.
std::string last_part(std::string_view key) {
  KeyReader reader(key);
  reader.text();
  reader.text();
  reader.text();
  return reader.text().value_or("");
}

}  // namespace

base::Result<RegistryStore> RegistryStore::open(store::Store& store) {
  Keyspaces keys;
  keys.repositories = PAWL_TRY(store.keyspace("ecr/repositories", Shape::Records));
  keys.images = PAWL_TRY(store.keyspace("ecr/images", Shape::Records));
  keys.manifests = PAWL_TRY(store.keyspace("ecr/manifests", Shape::Blobs));
  keys.tags = PAWL_TRY(store.keyspace("ecr/tags", Shape::Records));
  keys.blobs = PAWL_TRY(store.keyspace("ecr/blobs", Shape::Records));
  keys.blob_users = PAWL_TRY(store.keyspace("ecr/blob-users", Shape::Records));
  keys.uploads = PAWL_TRY(store.keyspace("ecr/uploads", Shape::Queue));
  keys.settings = PAWL_TRY(store.keyspace("ecr/settings", Shape::Records));
  return RegistryStore(store, keys);
}

ApiResult<std::optional<std::string>> RegistryStore::get(store::Keyspace keyspace,
                                                         std::string_view key) const {
  return of_store(store_->get(keyspace, key));
}

ApiResult<void> RegistryStore::visit(
    store::Keyspace keyspace, const Range& range,
    const std::function<ApiResult<bool>(std::string_view, std::string_view)>& visitor) const {
  const std::unique_ptr<store::Cursor> cursor = store_->cursor(keyspace, range);
  bool more = PAWL_TRY(of_store(cursor->first()));
  while (more) {
    if (!PAWL_TRY(visitor(cursor->key(), cursor->value()))) return {};
    more = PAWL_TRY(of_store(cursor->next()));
  }
  return {};
}

ApiResult<void> RegistryStore::commit(const store::Batch& batch) const {
  return of_store(store_->commit(batch, store::Sync::No));
}

// ---- repositories ----

ApiResult<std::optional<Repository>> RegistryStore::repository(const RepositoryName& name) const {
  const auto text = PAWL_TRY(get(keys_.repositories, repository_key(name)));
  if (!text) return std::optional<Repository>();
  return std::optional<Repository>(PAWL_TRY(decode_repository(*text)));
}

void RegistryStore::put(store::Batch& batch, const RepositoryName& name,
                        const Repository& repository) const {
  batch.put(keys_.repositories, repository_key(name), encode(repository));
}

void RegistryStore::erase_repository(store::Batch& batch, const RepositoryName& name) const {
  const std::string key = repository_key(name);
  batch.erase(keys_.repositories, key);
  for (const store::Keyspace each : {keys_.images, keys_.manifests, keys_.tags, keys_.blobs}) {
    batch.erase_range(each, Range::prefix(key));
  }
}

ApiResult<void> RegistryStore::visit_repositories(const Scope& scope, std::string_view after,
                                                  const RepositoryVisitor& visitor) const {
  return visit(keys_.repositories, range_after(scope_key(scope), after),
               [&](std::string_view key, std::string_view value) -> ApiResult<bool> {
                 KeyReader reader(key);
                 reader.text();
                 reader.text();
                 return visitor({scope.account, scope.region, reader.text().value_or("")},
                                PAWL_TRY(decode_repository(value)));
               });
}

ApiResult<void> RegistryStore::visit_all_repositories(const RepositoryVisitor& visitor) const {
  return visit(keys_.repositories, Range::all(),
               [&](std::string_view key, std::string_view value) -> ApiResult<bool> {
                 KeyReader reader(key);
                 RepositoryName name;
                 name.account = reader.text().value_or("");
                 name.region = reader.text().value_or("");
                 name.name = reader.text().value_or("");
                 return visitor(name, PAWL_TRY(decode_repository(value)));
               });
}

// ---- images ----

ApiResult<std::optional<Image>> RegistryStore::image(const RepositoryName& name,
                                                     std::string_view digest) const {
  const auto text = PAWL_TRY(get(keys_.images, key_in(name, digest)));
  if (!text) return std::optional<Image>();
  return std::optional<Image>(PAWL_TRY(decode_image(*text)));
}

void RegistryStore::put(store::Batch& batch, const RepositoryName& name, const Image& image) const {
  batch.put(keys_.images, key_in(name, image.digest), encode(image));
}

void RegistryStore::erase_image(store::Batch& batch, const RepositoryName& name,
                                const Image& image) const {
  batch.erase(keys_.images, key_in(name, image.digest));
  batch.erase(keys_.manifests, key_in(name, image.digest));
  for (const std::string& tag : image.tags) erase_tag(batch, name, tag);
}

ApiResult<void> RegistryStore::visit_images(const RepositoryName& name, std::string_view after,
                                            const ImageVisitor& visitor) const {
  return visit(keys_.images, range_after(repository_key(name), after),
               [&](std::string_view, std::string_view value) -> ApiResult<bool> {
                 return visitor(PAWL_TRY(decode_image(value)));
               });
}

ApiResult<std::optional<std::string>> RegistryStore::manifest(const RepositoryName& name,
                                                              std::string_view digest) const {
  return get(keys_.manifests, key_in(name, digest));
}

void RegistryStore::put_manifest(store::Batch& batch, const RepositoryName& name,
                                 std::string_view digest, std::string_view bytes) const {
  batch.put(keys_.manifests, key_in(name, digest), bytes);
}

// ---- tags ----

ApiResult<std::optional<std::string>> RegistryStore::tag(const RepositoryName& name,
                                                         std::string_view tag) const {
  return get(keys_.tags, key_in(name, tag));
}

void RegistryStore::put_tag(store::Batch& batch, const RepositoryName& name, std::string_view tag,
                            std::string_view digest) const {
  batch.put(keys_.tags, key_in(name, tag), digest);
}

void RegistryStore::erase_tag(store::Batch& batch, const RepositoryName& name,
                              std::string_view tag) const {
  batch.erase(keys_.tags, key_in(name, tag));
}

ApiResult<void> RegistryStore::visit_tags(const RepositoryName& name, std::string_view after,
                                          const TagVisitor& visitor) const {
  return visit(keys_.tags, range_after(repository_key(name), after),
               [&](std::string_view key, std::string_view value) -> ApiResult<bool> {
                 return visitor(last_part(key), std::string(value));
               });
}

// ---- blobs ----

ApiResult<std::optional<uint64_t>> RegistryStore::blob(const RepositoryName& name,
                                                       std::string_view digest) const {
  const auto text = PAWL_TRY(get(keys_.blobs, key_in(name, digest)));
  if (!text) return std::optional<uint64_t>();
  base::ByteReader reader(*text);
  if (reader.byte() != kFormat) return server_exception("a stored blob has an unknown format");
  return std::optional<uint64_t>(reader.varint());
}

void RegistryStore::put_blob(store::Batch& batch, const RepositoryName& name,
                             std::string_view digest, uint64_t bytes, base::Timestamp now) const {
  std::string text;
  base::ByteWriter writer(text);
  writer.byte(kFormat);
  writer.varint(bytes);
  writer.signed_varint(now.ms);
  batch.put(keys_.blobs, key_in(name, digest), text);
  batch.put(keys_.blob_users, KeyBuilder().text(digest).raw(repository_key(name)).take(), "");
}

void RegistryStore::erase_blob(store::Batch& batch, const RepositoryName& name,
                               std::string_view digest) const {
  batch.erase(keys_.blobs, key_in(name, digest));
  batch.erase(keys_.blob_users, KeyBuilder().text(digest).raw(repository_key(name)).take());
}

ApiResult<bool> RegistryStore::is_blob_used(std::string_view digest) const {
  const auto cursor =
      store_->cursor(keys_.blob_users, Range::prefix(KeyBuilder().text(digest).take()));
  return of_store(cursor->first());
}

ApiResult<void> RegistryStore::visit_blobs(const RepositoryName& name,
                                           const BlobVisitor& visitor) const {
  return visit(keys_.blobs, Range::prefix(repository_key(name)),
               [&](std::string_view key, std::string_view value) -> ApiResult<bool> {
                 base::ByteReader reader(value);
                 reader.byte();
                 reader.varint();
                 return visitor(last_part(key), base::Timestamp{reader.signed_varint()});
               });
}

// ---- uploads ----

ApiResult<std::optional<Upload>> RegistryStore::upload(std::string_view id) const {
  const auto text = PAWL_TRY(get(keys_.uploads, KeyBuilder().text(id).view()));
  if (!text) return std::optional<Upload>();
  base::ByteReader reader(*text);
  const bool is_known = reader.byte() == kFormat;
  Upload out;
  out.repository.account = reader.sized();
  out.repository.region = reader.sized();
  out.repository.name = reader.sized();
  out.begun_at = {reader.signed_varint()};
  if (!is_known || !reader.ok()) return server_exception("a stored upload has an unknown format");
  return std::optional<Upload>(std::move(out));
}

void RegistryStore::put_upload(store::Batch& batch, std::string_view id,
                               const Upload& upload) const {
  std::string text;
  base::ByteWriter writer(text);
  writer.byte(kFormat);
  writer.sized(upload.repository.account);
  writer.sized(upload.repository.region);
  writer.sized(upload.repository.name);
  writer.signed_varint(upload.begun_at.ms);
  batch.put(keys_.uploads, KeyBuilder().text(id).view(), text);
}

void RegistryStore::erase_upload(store::Batch& batch, std::string_view id) const {
  batch.erase(keys_.uploads, KeyBuilder().text(id).view());
}

ApiResult<void> RegistryStore::visit_uploads(const UploadVisitor& visitor) const {
  return visit(keys_.uploads, Range::all(),
               [&](std::string_view key, std::string_view) -> ApiResult<bool> {
                 const std::string id = KeyReader(key).text().value_or("");
                 const std::optional<Upload> found = PAWL_TRY(upload(id));
                 return !found || visitor(id, *found);
               });
}

// ---- settings ----

ApiResult<std::optional<std::string>> RegistryStore::setting(const Scope& scope,
                                                             std::string_view name) const {
  return get(keys_.settings, KeyBuilder(scope_key(scope)).text(name).view());
}

void RegistryStore::put_setting(store::Batch& batch, const Scope& scope, std::string_view name,
                                std::string_view text) const {
  batch.put(keys_.settings, KeyBuilder(scope_key(scope)).text(name).view(), text);
}

void RegistryStore::erase_setting(store::Batch& batch, const Scope& scope,
                                  std::string_view name) const {
  batch.erase(keys_.settings, KeyBuilder(scope_key(scope)).text(name).view());
}

}  // namespace pawl::ecr
