// SPDX-License-Identifier: Apache-2.0
// SecretStore: secrets and the values of their versions in the store, values sealed. Knows no rules
// of the API. docs/formats/secretsmanager.md says what stands under which key.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"
#include "services/secretsmanager/secret.h"
#include "store/sealing/master_key.h"
#include "store/store.h"

namespace pawl::secretsmanager {

/// A key of KMS's making, in the clear and as KMS encrypted it.
struct DataKey {
  std::string key_arn;
  std::string plaintext;
  std::string encrypted;
};

/// The value of a version.
struct SecretValue {
  bool is_binary = false;
  std::string bytes;

  friend bool operator==(const SecretValue&, const SecretValue&) = default;
};

/// A value as it stands in the store: under the master key, or under a data key that only KMS can
/// tell.
struct SealedValue {
  bool is_binary = false;
  std::string encrypted_data_key;  ///< "": the master key
  std::string sealed;
};

/// Reads may come from any thread; who reads to write holds a lock of his own. Errors: the store's,
/// and the master key's.
class SecretStore {
 public:
  static base::Result<SecretStore> open(store::Store& store,
                                        std::shared_ptr<store::MasterKey> master_key);

  base::Result<std::optional<Secret>> find(const SecretName& name) const;
  /// With an entry for when something is due: its end, or its rotation.
  void put(store::Batch& batch, const Secret& secret) const;
  /// With all its values.
  void erase(store::Batch& batch, const Secret& secret) const;
  /// Calls `visit` for the secrets of an account and region by name, from the one after `after`,
  /// until it answers false.
  base::Result<void> visit(std::string_view account, std::string_view region,
                           std::string_view after,
                           const std::function<bool(Secret&&)>& visit) const;

  /// Sealed under `data_key`, or, if it is null, under the master key.
  base::Result<void> put_value(store::Batch& batch, const Secret& secret,
                               std::string_view version_id, const SecretValue& value,
                               const DataKey* data_key) const;
  void erase_value(store::Batch& batch, const Secret& secret, std::string_view version_id) const;
  base::Result<std::optional<SealedValue>> find_value(const Secret& secret,
                                                      std::string_view version_id) const;
  /// The same values for a secret of that name in another region.
  base::Result<void> copy_values(store::Batch& batch, const Secret& from, const Secret& to) const;
  /// `data_key` in the clear; "" for values under the master key.
  base::Result<SecretValue> unseal(const Secret& secret, std::string_view version_id,
                                   const SealedValue& value, std::string_view data_key) const;

  /// That something of a secret is due: its end, or a rotation. The secret itself says what, if it
  /// still is.
  struct Due {
    int64_t at_ms = 0;
    SecretName name;
    std::string key;  ///< of the entry
  };
  /// Calls `visit` for what is due, first things first, until it answers false.
  base::Result<void> visit_due(const std::function<bool(const Due&)>& visit) const;
  void forget_due(store::Batch& batch, const Due& due) const { batch.erase(due_, due.key); }

  base::Result<void> commit(const store::Batch& batch) const {
    return store_->commit(batch, store::Sync::No);
  }

 private:
  SecretStore(store::Store& store, std::shared_ptr<store::MasterKey> master_key)
      : store_(&store), master_key_(std::move(master_key)) {}

  store::Store* store_;
  std::shared_ptr<store::MasterKey> master_key_;
  store::Keyspace secrets_;
  store::Keyspace values_;
  store::Keyspace due_;
};

}  // namespace pawl::secretsmanager
