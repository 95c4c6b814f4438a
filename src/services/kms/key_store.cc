// SPDX-License-Identifier: Apache-2.0
#include "services/kms/key_store.h"

#include "base/wire.h"
#include "store/key.h"

namespace pawl::kms {

using base::Result;
using store::KeyBuilder;
using store::Range;
using store::Shape;

namespace {

std::string scoped(std::string_view account, std::string_view region, std::string_view name) {
  return KeyBuilder().text(account).text(region).text(name).take();
}

std::string name_key(const KeyName& name) { return scoped(name.account, name.region, name.id); }

std::optional<KeyName> read_name(store::KeyReader& key) {
  auto account = key.text();
  auto region = key.text();
  auto id = key.text();
  if (!account || !region || !id) return std::nullopt;
  return KeyName{*std::move(account), *std::move(region), *std::move(id)};
}

/// The same in all regions: replicas share the material.
std::string seal_context(std::string_view key_id, std::string_view material_id) {
  return "kms " + std::string(key_id) + " " + std::string(material_id);
}

}  // namespace

Result<KeyStore> KeyStore::open(store::Store& store, std::shared_ptr<store::MasterKey> master_key) {
  KeyStore opened(store, std::move(master_key));
  opened.keys_ = PAWL_TRY(store.keyspace("kms/keys", Shape::Records));
  opened.aliases_ = PAWL_TRY(store.keyspace("kms/aliases", Shape::Records));
  opened.grants_ = PAWL_TRY(store.keyspace("kms/grants", Shape::Records));
  opened.due_ = PAWL_TRY(store.keyspace("kms/due", Shape::Queue));
  return opened;
}

Result<std::optional<Key>> KeyStore::find(const KeyName& name) const {
  const auto record = PAWL_TRY(store_->get(keys_, name_key(name)));
  if (!record) return std::nullopt;
  return PAWL_TRY(read_key(name, *record));
}

void KeyStore::put(store::Batch& batch, const Key& key) const {
  const std::string at = name_key(key.name);
  batch.put(keys_, at, write_key(key));
  if (key.state == KeyState::PendingDeletion)
    batch.put(due_, KeyBuilder().i64(key.deleted_ms).raw(at).view(), "");
}

Result<void> KeyStore::erase(store::Batch& batch, const KeyName& name) const {
  const std::string at = name_key(name);
  batch.erase(keys_, at);
  batch.erase_range(grants_, Range::prefix(at));
  return visit_aliases(name.account, name.region, "", [&](Alias&& alias) {
    if (alias.key_id == name.id) erase_alias(batch, name.account, name.region, alias.name);
    return true;
  });
}

Result<void> KeyStore::visit(std::string_view account, std::string_view region,
                             std::string_view after,
                             const std::function<bool(Key&&)>& visit) const {
  const auto cursor =
      store_->cursor(keys_, Range::prefix(KeyBuilder().text(account).text(region).view()));
  const std::string from = scoped(account, region, after);
  for (bool more = PAWL_TRY(after.empty() ? cursor->first() : cursor->seek(from)); more;
       more = PAWL_TRY(cursor->next())) {
    if (!after.empty() && cursor->key() == from) continue;
    store::KeyReader key(cursor->key());
    std::optional<KeyName> name = read_name(key);
    if (!name) return base::malformed_record("key of a KMS key");
    if (!visit(PAWL_TRY(read_key(*std::move(name), cursor->value())))) break;
  }
  return {};
}

Result<std::optional<Alias>> KeyStore::find_alias(std::string_view account, std::string_view region,
                                                  std::string_view name) const {
  const auto record = PAWL_TRY(store_->get(aliases_, scoped(account, region, name)));
  if (!record) return std::nullopt;
  return PAWL_TRY(read_alias(std::string(name), *record));
}

void KeyStore::put_alias(store::Batch& batch, std::string_view account, std::string_view region,
                         const Alias& alias) const {
  batch.put(aliases_, scoped(account, region, alias.name), write_alias(alias));
}

void KeyStore::erase_alias(store::Batch& batch, std::string_view account, std::string_view region,
                           std::string_view name) const {
  batch.erase(aliases_, scoped(account, region, name));
}

Result<void> KeyStore::visit_aliases(std::string_view account, std::string_view region,
                                     std::string_view after,
                                     const std::function<bool(Alias&&)>& visit) const {
  const auto cursor =
      store_->cursor(aliases_, Range::prefix(KeyBuilder().text(account).text(region).view()));
  const std::string from = scoped(account, region, after);
  for (bool more = PAWL_TRY(after.empty() ? cursor->first() : cursor->seek(from)); more;
       more = PAWL_TRY(cursor->next())) {
    if (!after.empty() && cursor->key() == from) continue;
    store::KeyReader key(cursor->key());
    std::optional<KeyName> name = read_name(key);
    if (!name) return base::malformed_record("key of a KMS alias");
    if (!visit(PAWL_TRY(read_alias(name->id, cursor->value())))) break;
  }
  return {};
}

Result<std::optional<Grant>> KeyStore::find_grant(const KeyName& key, std::string_view id) const {
  const auto record = PAWL_TRY(store_->get(grants_, KeyBuilder(name_key(key)).text(id).view()));
  if (!record) return std::nullopt;
  return PAWL_TRY(read_grant(std::string(id), *record));
}

void KeyStore::put_grant(store::Batch& batch, const KeyName& key, const Grant& grant) const {
  batch.put(grants_, KeyBuilder(name_key(key)).text(grant.id).view(), write_grant(grant));
}

void KeyStore::erase_grant(store::Batch& batch, const KeyName& key, std::string_view id) const {
  batch.erase(grants_, KeyBuilder(name_key(key)).text(id).view());
}

Result<void> KeyStore::visit_grants(
    const KeyName& of, const std::function<bool(const KeyName&, Grant&&)>& visit) const {
  KeyBuilder prefix;
  prefix.text(of.account).text(of.region);
  if (!of.id.empty()) prefix.text(of.id);
  const auto cursor = store_->cursor(grants_, Range::prefix(prefix.view()));
  for (bool more = PAWL_TRY(cursor->first()); more; more = PAWL_TRY(cursor->next())) {
    store::KeyReader key(cursor->key());
    const std::optional<KeyName> name = read_name(key);
    std::optional<std::string> id = key.text();
    if (!name || !id) return base::malformed_record("key of a KMS grant");
    if (!visit(*name, PAWL_TRY(read_grant(*std::move(id), cursor->value())))) break;
  }
  return {};
}

Result<std::string> KeyStore::seal(std::string_view key_id, std::string_view material_id,
                                   std::string_view bytes) const {
  return master_key_->seal(bytes, seal_context(key_id, material_id));
}

Result<std::string> KeyStore::unseal(std::string_view key_id, const Material& material) const {
  return master_key_->unseal(material.sealed, seal_context(key_id, material.id));
}

Result<void> KeyStore::visit_due(const std::function<bool(const Due&)>& visit) const {
  const auto cursor = store_->cursor(due_, Range::all());
  for (bool more = PAWL_TRY(cursor->first()); more; more = PAWL_TRY(cursor->next())) {
    store::KeyReader key(cursor->key());
    const std::optional<int64_t> at = key.i64();
    std::optional<KeyName> name = read_name(key);
    if (!at || !name) return base::malformed_record("key of the end of a KMS key");
    if (!visit({*at, *std::move(name), std::string(cursor->key())})) break;
  }
  return {};
}

}  // namespace pawl::kms
