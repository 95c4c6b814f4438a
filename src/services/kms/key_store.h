// SPDX-License-Identifier: Apache-2.0
// KeyStore: keys, aliases and grants in the store, key materials sealed. Knows no rules of the API.
// docs/formats/kms.md says what stands under which key.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"
#include "services/kms/key.h"
#include "store/sealing/master_key.h"
#include "store/store.h"

namespace pawl::kms {

/// Reads may come from any thread; who reads to write holds a lock of his own. Errors: the store's,
/// and the master key's.
class KeyStore {
 public:
  static base::Result<KeyStore> open(store::Store& store,
                                     std::shared_ptr<store::MasterKey> master_key);

  base::Result<std::optional<Key>> find(const KeyName& name) const;
  /// With an entry for its end, if that is set.
  void put(store::Batch& batch, const Key& key) const;
  /// With aliases and grants.
  base::Result<void> erase(store::Batch& batch, const KeyName& name) const;
  /// Calls `visit` for the keys of an account and region by id, from the one after `after`, until
  /// it answers false.
  base::Result<void> visit(std::string_view account, std::string_view region,
                           std::string_view after, const std::function<bool(Key&&)>& visit) const;

  base::Result<std::optional<Alias>> find_alias(std::string_view account, std::string_view region,
                                                std::string_view name) const;
  void put_alias(store::Batch& batch, std::string_view account, std::string_view region,
                 const Alias& alias) const;
  void erase_alias(store::Batch& batch, std::string_view account, std::string_view region,
                   std::string_view name) const;
  base::Result<void> visit_aliases(std::string_view account, std::string_view region,
                                   std::string_view after,
                                   const std::function<bool(Alias&&)>& visit) const;

  base::Result<std::optional<Grant>> find_grant(const KeyName& key, std::string_view id) const;
  void put_grant(store::Batch& batch, const KeyName& key, const Grant& grant) const;
  void erase_grant(store::Batch& batch, const KeyName& key, std::string_view id) const;
  /// Of a key or, if its id is "", of all keys of an account and region.
  base::Result<void> visit_grants(const KeyName& key,
                                  const std::function<bool(const KeyName&, Grant&&)>& visit) const;

  base::Result<std::string> seal(std::string_view key_id, std::string_view material_id,
                                 std::string_view bytes) const;
  base::Result<std::string> unseal(std::string_view key_id, const Material& material) const;

  struct Due {
    int64_t at_ms = 0;
    KeyName name;
    std::string key;  ///< of the entry
  };
  /// Calls `visit` for the keys that end, the first one first, until it answers false.
  base::Result<void> visit_due(const std::function<bool(const Due&)>& visit) const;
  void forget_due(store::Batch& batch, const Due& due) const { batch.erase(due_, due.key); }

  base::Result<void> commit(const store::Batch& batch) const {
    return store_->commit(batch, store::Sync::No);
  }

 private:
  KeyStore(store::Store& store, std::shared_ptr<store::MasterKey> master_key)
      : store_(&store), master_key_(std::move(master_key)) {}

  store::Store* store_;
  std::shared_ptr<store::MasterKey> master_key_;
  store::Keyspace keys_;
  store::Keyspace aliases_;
  store::Keyspace grants_;
  store::Keyspace due_;
};

}  // namespace pawl::kms
