// SPDX-License-Identifier: Apache-2.0
// What a KMS key is: its metadata, its key materials (sealed), and how it stands in the store.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.h"

namespace pawl::kms {

struct KeyName {
  std::string account;
  std::string region;
  std::string id;  ///< a UUID, or "mrk-" and 32 hexadecimal digits

  std::string arn() const;
  friend bool operator==(const KeyName&, const KeyName&) = default;
};

enum class KeyState : uint8_t { Enabled, Disabled, PendingDeletion, PendingImport };
/// "PendingDeletion".
std::string_view state_name(KeyState state);

/// How a material became the current one.
enum class MaterialOrigin : uint8_t { First, Automatic, OnDemand };

/// Key bytes: of a symmetric or HMAC key as they are, else a private key (PKCS #8).
struct Material {
  std::string id;      ///< 64 hexadecimal digits
  std::string sealed;  ///< under the master key; "" once imported material is deleted or expired
  int64_t created_ms = 0;
  MaterialOrigin origin = MaterialOrigin::First;
  int64_t expires_ms = 0;        ///< of imported material; 0: never
  std::string description = {};  ///< of imported material
};

using Tags = std::vector<std::pair<std::string, std::string>>;

struct Key {
  KeyName name;
  std::string description;
  std::string spec;
  std::string usage;
  std::string origin;       ///< "AWS_KMS" or "EXTERNAL"
  std::string aws_service;  ///< of a key that AWS manages: "s3"; "" for a customer's
  KeyState state = KeyState::Enabled;
  int64_t created_ms = 0;
  int64_t deleted_ms = 0;  ///< when it goes, if it is PendingDeletion
  std::string policy;
  Tags tags;
  bool is_multi_region = false;
  std::string primary_region;  ///< of a multi-region key; its own if it is the primary
  std::vector<std::string> replica_regions;  ///< kept by the primary
  bool rotates = false;
  int64_t rotation_days = 0;
  int64_t next_rotation_ms = 0;
  std::string public_der;           ///< of asymmetric keys
  std::vector<Material> materials;  ///< the last is the current one
  std::vector<Material> pending;    ///< imported, to become current by rotation; one at most

  const Material* current() const { return materials.empty() ? nullptr : &materials.back(); }
  const Material* find_material(std::string_view id) const;
  bool is_replica() const { return is_multi_region && primary_region != name.region; }
};

std::string write_key(const Key& key);
/// Errors: InvalidSyntax.
base::Result<Key> read_key(KeyName name, std::string_view record);

struct Alias {
  std::string name;  ///< "alias/…"
  std::string key_id;
  int64_t created_ms = 0;
  int64_t updated_ms = 0;
};

struct Grant {
  std::string id;
  std::string token;
  std::string name;
  std::string grantee;
  std::string retiring;
  std::string issuer;
  std::vector<std::string> operations;
  std::string constraints;  ///< JSON text; ""
  int64_t created_ms = 0;
};

std::string write_alias(const Alias& alias);
base::Result<Alias> read_alias(std::string name, std::string_view record);
std::string write_grant(const Grant& grant);
base::Result<Grant> read_grant(std::string id, std::string_view record);

}  // namespace pawl::kms
