// SPDX-License-Identifier: Apache-2.0
// AsymmetricKey: RSA, elliptic-curve and Edwards keys over OpenSSL 3, in KMS's names.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"
#include "services/kms/key_spec.h"

struct evp_pkey_st;

namespace pawl::kms {

/// Immutable, thread-safe. Algorithms are KMS's: "RSASSA_PSS_SHA_256", "RSAES_OAEP_SHA_1"; the
/// caller has checked that they go with the key.
class AsymmetricKey {
 public:
  /// An RSA key takes up to seconds.
  static base::Result<AsymmetricKey> generate(const KeySpec& spec);
  /// Errors of both: InvalidSyntax for what is no such key, or one of another spec.
  static base::Result<AsymmetricKey> from_private(std::string_view pkcs8, const KeySpec& spec);
  static base::Result<AsymmetricKey> from_public(std::string_view der, const KeySpec& spec);

  std::string private_der() const;  ///< PKCS #8, not encrypted
  std::string public_der() const;   ///< SubjectPublicKeyInfo

  /// `message` itself or, if `is_digest`, its digest. nullopt for a digest of another length.
  std::optional<std::string> sign(std::string_view algorithm, std::string_view message,
                                  bool is_digest) const;
  bool verify(std::string_view algorithm, std::string_view message, bool is_digest,
              std::string_view signature) const;

  /// nullopt if it is too long, or was not encrypted so.
  std::optional<std::string> encrypt(std::string_view algorithm, std::string_view plaintext) const;
  std::optional<std::string> decrypt(std::string_view algorithm, std::string_view ciphertext) const;

  /// The x coordinate of the shared point (ECDH).
  std::optional<std::string> derive(const AsymmetricKey& peer) const;

 private:
  explicit AsymmetricKey(std::shared_ptr<evp_pkey_st> key) : key_(std::move(key)) {}

  std::shared_ptr<evp_pkey_st> key_;
};

/// The length of the digest that a signing algorithm takes; 0 if it takes none (Edwards).
size_t digest_bytes(std::string_view signing_algorithm);

/// "HMAC_SHA_256".
std::string mac(std::string_view algorithm, std::string_view key, std::string_view message);
/// In time that does not depend on where they differ.
bool is_same(std::string_view a, std::string_view b);

/// RFC 5649, AES key wrap with padding; nullopt if it was not wrapped so.
std::optional<std::string> unwrap_aes(std::string_view key, std::string_view wrapped);

}  // namespace pawl::kms
