// SPDX-License-Identifier: Apache-2.0
#include "services/secretsmanager/secret_store.h"

#include <algorithm>

#include "base/wire.h"
#include "store/key.h"
#include "store/sealing/aes_gcm.h"

namespace pawl::secretsmanager {

using base::Result;
using store::KeyBuilder;
using store::Range;
using store::Shape;

namespace {

constexpr uint8_t kValueVersion = 1;

KeyBuilder name_key(const SecretName& name) {
  KeyBuilder key;
  key.text(name.account).text(name.region).text(name.name);
  return key;
}

/// Values of a secret that is gone are never those of its successor.
std::string value_key(const Secret& secret, std::string_view version_id) {
  return name_key(secret.name).text(secret.suffix).text(version_id).take();
}

/// The same in all regions, so that a replica can become a secret of its own.
std::string seal_context(const Secret& secret, std::string_view version_id) {
  return "secretsmanager " + secret.name.account + " " + secret.name.name + "-" + secret.suffix +
         " " + std::string(version_id);
}

std::optional<SecretName> read_name(store::KeyReader& key) {
  auto account = key.text();
  auto region = key.text();
  auto name = key.text();
  if (!account || !region || !name) return std::nullopt;
  return SecretName{*std::move(account), *std::move(region), *std::move(name)};
}

}  // namespace

Result<SecretStore> SecretStore::open(store::Store& store,
                                      std::shared_ptr<store::MasterKey> master_key) {
  SecretStore opened(store, std::move(master_key));
  opened.secrets_ = PAWL_TRY(store.keyspace("secretsmanager/secrets", Shape::Records));
  opened.values_ = PAWL_TRY(store.keyspace("secretsmanager/values", Shape::Records));
  opened.due_ = PAWL_TRY(store.keyspace("secretsmanager/due", Shape::Queue));
  return opened;
}

Result<std::optional<Secret>> SecretStore::find(const SecretName& name) const {
  const std::optional<std::string> record = PAWL_TRY(store_->get(secrets_, name_key(name).view()));
  if (!record) return std::nullopt;
  return PAWL_TRY(read_secret(name, *record));
}

void SecretStore::put(store::Batch& batch, const Secret& secret) const {
  const std::string key = name_key(secret.name).take();
  batch.put(secrets_, key, write_secret(secret));
  const bool is_deleted = secret.deleted_ms != 0;
  // What is under way when the process dies is to be begun again at once.
  const int64_t rotates_ms = secret.rotation.under_way.empty() ? secret.rotation.next_ms : 1;
  if (const int64_t due_ms = is_deleted ? secret.gone_ms : rotates_ms; due_ms != 0)
    batch.put(due_, KeyBuilder().i64(due_ms).raw(key).view(), "");
}

void SecretStore::erase(store::Batch& batch, const Secret& secret) const {
  const std::string key = name_key(secret.name).take();
  batch.erase(secrets_, key);
  batch.erase_range(values_, Range::prefix(key));
}

Result<void> SecretStore::visit(std::string_view account, std::string_view region,
                                std::string_view after,
                                const std::function<bool(Secret&&)>& visit) const {
  const std::string prefix = KeyBuilder().text(account).text(region).take();
  const auto cursor = store_->cursor(secrets_, Range::prefix(prefix));
  const std::string from = KeyBuilder(prefix).text(after).take();
  for (bool more = PAWL_TRY(after.empty() ? cursor->first() : cursor->seek(from)); more;
       more = PAWL_TRY(cursor->next())) {
    if (!after.empty() && cursor->key() == from) continue;
    store::KeyReader key(cursor->key());
    std::optional<SecretName> name = read_name(key);
    if (!name) return base::malformed_record("key of a secret");
    if (!visit(PAWL_TRY(read_secret(*std::move(name), cursor->value())))) break;
  }
  return {};
}

Result<void> SecretStore::put_value(store::Batch& batch, const Secret& secret,
                                    std::string_view version_id, const SecretValue& value,
                                    const DataKey* data_key) const {
  const std::string context = seal_context(secret, version_id);
  const std::string sealed = data_key != nullptr
                                 ? store::seal(data_key->plaintext, value.bytes, context)
                                 : PAWL_TRY(master_key_->seal(value.bytes, context));
  std::string record;
  base::ByteWriter out(record);
  out.byte(kValueVersion);
  out.boolean(value.is_binary);
  out.sized(data_key != nullptr ? std::string_view(data_key->encrypted) : std::string_view());
  out.sized(sealed);
  batch.put(values_, value_key(secret, version_id), record);
  return {};
}

void SecretStore::erase_value(store::Batch& batch, const Secret& secret,
                              std::string_view version_id) const {
  batch.erase(values_, value_key(secret, version_id));
}

Result<std::optional<SealedValue>> SecretStore::find_value(const Secret& secret,
                                                           std::string_view version_id) const {
  const std::optional<std::string> record =
      PAWL_TRY(store_->get(values_, value_key(secret, version_id)));
  if (!record) return std::nullopt;
  base::ByteReader in(*record);
  SealedValue value;
  if (in.byte() != kValueVersion) in.fail();
  value.is_binary = in.boolean();
  value.encrypted_data_key = in.sized();
  value.sealed = in.sized();
  if (!in.ok() || !in.at_end()) return base::malformed_record("value of a secret");
  return value;
}

Result<SecretValue> SecretStore::unseal(const Secret& secret, std::string_view version_id,
                                        const SealedValue& value, std::string_view data_key) const {
  const std::string context = seal_context(secret, version_id);
  if (value.encrypted_data_key.empty())
    return SecretValue{value.is_binary, PAWL_TRY(master_key_->unseal(value.sealed, context))};
  std::optional<std::string> bytes = store::unseal(data_key, value.sealed, context);
  if (!bytes) return base::malformed_record("value of a secret");
  return SecretValue{value.is_binary, *std::move(bytes)};
}

Result<void> SecretStore::copy_values(store::Batch& batch, const Secret& from,
                                      const Secret& to) const {
  for (const Version& version : from.versions) {
    const auto value = PAWL_TRY(store_->get(values_, value_key(from, version.id)));
    if (value) batch.put(values_, value_key(to, version.id), *value);
  }
  return {};
}

Result<void> SecretStore::visit_due(const std::function<bool(const Due&)>& visit) const {
  const auto cursor = store_->cursor(due_, Range::all());
  for (bool more = PAWL_TRY(cursor->first()); more; more = PAWL_TRY(cursor->next())) {
    store::KeyReader key(cursor->key());
    const std::optional<int64_t> at = key.i64();
    std::optional<SecretName> name = read_name(key);
    if (!at || !name) return base::malformed_record("key of what is due to a secret");
    if (!visit({*at, *std::move(name), std::string(cursor->key())})) break;
  }
  return {};
}

}  // namespace pawl::secretsmanager
