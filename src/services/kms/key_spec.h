// SPDX-License-Identifier: Apache-2.0
// What a kind of key can do: usages and algorithms by key spec (Developer Guide, "Key spec
// reference").
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace pawl::kms {

enum class KeyFamily : uint8_t { Symmetric, Rsa, Ecc, Edwards, Hmac };

struct KeySpec {
  std::string_view name;  ///< "RSA_2048"
  KeyFamily family = KeyFamily::Symmetric;
  int bits = 256;               ///< of an RSA modulus, a symmetric key, the output of a MAC
  std::string_view curve = {};  ///< OpenSSL's name of it
};

/// Null for a name that is none, or one that is not supported (SM2, ML_DSA_*).
const KeySpec* find_key_spec(std::string_view name);

/// KeyUsage values that go with the spec; the first is the default where there is one.
std::vector<std::string_view> usages_of(const KeySpec& spec);

/// EncryptionAlgorithms, SigningAlgorithms, MacAlgorithms or KeyAgreementAlgorithms, by usage.
std::vector<std::string> algorithms_of(const KeySpec& spec, std::string_view usage);

/// The most that RSAES_OAEP can take: the modulus less twice the digest less two bytes.
size_t oaep_bytes_max(const KeySpec& spec, std::string_view algorithm);

}  // namespace pawl::kms
