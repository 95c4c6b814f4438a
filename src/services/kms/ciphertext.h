// SPDX-License-Identifier: Apache-2.0
// The blob that Encrypt gives for a symmetric key: it names the key and the key material, so that
// Decrypt needs no KeyId. A form of our own (docs/formats/kms.md); AWS's is not published.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace pawl::kms {

struct Ciphertext {
  std::string account;
  std::string region;
  std::string key_id;
  std::string material_id;
  std::string sealed;  ///< nonce, ciphertext, tag

  /// What stands before `sealed`. It is authenticated with it.
  std::string header() const;
};

std::string write_ciphertext(const Ciphertext& ciphertext);
/// nullopt for anything else.
std::optional<Ciphertext> read_ciphertext(std::string_view blob);

/// Header and encryption context as additional authenticated data: the order of pairs is no matter
/// (Developer Guide, "Encryption context").
std::string authenticated_data(const Ciphertext& ciphertext,
                               const std::map<std::string, std::string>& context);

}  // namespace pawl::kms
