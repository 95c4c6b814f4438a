// SPDX-License-Identifier: Apache-2.0
#include "services/kms/key_spec.h"

#include <array>

namespace pawl::kms {
namespace {

constexpr std::array<KeySpec, 13> kSpecs = {{
    {"SYMMETRIC_DEFAULT", KeyFamily::Symmetric, 256},
    {"RSA_2048", KeyFamily::Rsa, 2048},
    {"RSA_3072", KeyFamily::Rsa, 3072},
    {"RSA_4096", KeyFamily::Rsa, 4096},
    {"ECC_NIST_P256", KeyFamily::Ecc, 256, "P-256"},
    {"ECC_NIST_P384", KeyFamily::Ecc, 384, "P-384"},
    {"ECC_NIST_P521", KeyFamily::Ecc, 512, "P-521"},
    {"ECC_SECG_P256K1", KeyFamily::Ecc, 256, "secp256k1"},
    {"ECC_NIST_EDWARDS25519", KeyFamily::Edwards, 512, "ED25519"},
    {"HMAC_224", KeyFamily::Hmac, 224},
    {"HMAC_256", KeyFamily::Hmac, 256},
    {"HMAC_384", KeyFamily::Hmac, 384},
    {"HMAC_512", KeyFamily::Hmac, 512},
}};

constexpr size_t kSha1Bytes = 20;
constexpr size_t kSha256Bytes = 32;

}  // namespace

const KeySpec* find_key_spec(std::string_view name) {
  for (const KeySpec& spec : kSpecs)
    if (spec.name == name) return &spec;
  return nullptr;
}

std::vector<std::string_view> usages_of(const KeySpec& spec) {
  switch (spec.family) {
    case KeyFamily::Symmetric: return {"ENCRYPT_DECRYPT"};
    case KeyFamily::Rsa: return {"ENCRYPT_DECRYPT", "SIGN_VERIFY"};
    case KeyFamily::Ecc:
      if (spec.name == "ECC_SECG_P256K1") return {"SIGN_VERIFY"};
      return {"SIGN_VERIFY", "KEY_AGREEMENT"};
    case KeyFamily::Edwards: return {"SIGN_VERIFY"};
    case KeyFamily::Hmac: return {"GENERATE_VERIFY_MAC"};
  }
  return {};
}

std::vector<std::string> algorithms_of(const KeySpec& spec, std::string_view usage) {
  const std::string bits = std::to_string(spec.bits);
  if (usage == "KEY_AGREEMENT") return {"ECDH"};
  switch (spec.family) {
    case KeyFamily::Symmetric: return {"SYMMETRIC_DEFAULT"};
    case KeyFamily::Rsa:
      if (usage == "ENCRYPT_DECRYPT") return {"RSAES_OAEP_SHA_1", "RSAES_OAEP_SHA_256"};
      return {"RSASSA_PKCS1_V1_5_SHA_256", "RSASSA_PKCS1_V1_5_SHA_384", "RSASSA_PKCS1_V1_5_SHA_512",
              "RSASSA_PSS_SHA_256",        "RSASSA_PSS_SHA_384",        "RSASSA_PSS_SHA_512"};
    case KeyFamily::Ecc: return {"ECDSA_SHA_" + bits};
    case KeyFamily::Edwards: return {"ED25519_SHA_512"};
    case KeyFamily::Hmac: return {"HMAC_SHA_" + bits};
  }
  return {};
}

size_t oaep_bytes_max(const KeySpec& spec, std::string_view algorithm) {
  const size_t digest = algorithm == "RSAES_OAEP_SHA_1" ? kSha1Bytes : kSha256Bytes;
  return static_cast<size_t>(spec.bits) / 8 - 2 * digest - 2;
}

}  // namespace pawl::kms
