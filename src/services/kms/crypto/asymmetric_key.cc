// SPDX-License-Identifier: Apache-2.0
#include "services/kms/crypto/asymmetric_key.h"

#include <array>

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include "base/assert.h"

namespace pawl::kms {

using base::Error;
using base::ErrorKind;
using base::Result;

namespace {

template <auto Free>
struct OpensslFree {
  template <typename T>
  void operator()(T* object) const {
    Free(object);
  }
};
using KeyContext = std::unique_ptr<EVP_PKEY_CTX, OpensslFree<EVP_PKEY_CTX_free>>;
using DigestContext = std::unique_ptr<EVP_MD_CTX, OpensslFree<EVP_MD_CTX_free>>;
using CipherContext = std::unique_ptr<EVP_CIPHER_CTX, OpensslFree<EVP_CIPHER_CTX_free>>;

/// Fetched once: a fetch walks OpenSSL's providers. By the end of an algorithm's name.
const EVP_MD* digest_of(std::string_view algorithm) {
  struct Digests {
    EVP_MD* sha_1 = EVP_MD_fetch(nullptr, "SHA1", nullptr);
    EVP_MD* sha_224 = EVP_MD_fetch(nullptr, "SHA2-224", nullptr);
    EVP_MD* sha_256 = EVP_MD_fetch(nullptr, "SHA2-256", nullptr);
    EVP_MD* sha_384 = EVP_MD_fetch(nullptr, "SHA2-384", nullptr);
    EVP_MD* sha_512 = EVP_MD_fetch(nullptr, "SHA2-512", nullptr);
  };
  static const Digests digests;
  if (algorithm.ends_with("SHA_1")) return digests.sha_1;
  if (algorithm.ends_with("SHA_224")) return digests.sha_224;
  if (algorithm.ends_with("SHA_256")) return digests.sha_256;
  if (algorithm.ends_with("SHA_384")) return digests.sha_384;
  return digests.sha_512;
}

const unsigned char* bytes_of(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}
unsigned char* bytes_of(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }

Error failed(const char* what) {
  std::array<char, 256> text{};
  ERR_error_string_n(ERR_get_error(), text.data(), text.size());
  ERR_clear_error();
  return {ErrorKind::InvalidSyntax, std::string(what) + ": " + text.data()};
}

std::shared_ptr<EVP_PKEY> owned(EVP_PKEY* key) { return {key, EVP_PKEY_free}; }

bool is_of_spec(const EVP_PKEY* key, const KeySpec& spec) {
  if (spec.family == KeyFamily::Rsa)
    return EVP_PKEY_is_a(key, "RSA") == 1 && EVP_PKEY_get_bits(key) == spec.bits;
  if (spec.family == KeyFamily::Edwards) return EVP_PKEY_is_a(key, "ED25519") == 1;
  std::array<char, 64> group{};
  size_t size = 0;
  if (EVP_PKEY_is_a(key, "EC") != 1 ||
      EVP_PKEY_get_group_name(key, group.data(), group.size(), &size) != 1)
    return false;
  // OpenSSL knows NIST's curves by two names.
  const int wanted = OBJ_txt2nid(std::string(spec.curve).c_str()) != NID_undef
                         ? OBJ_txt2nid(std::string(spec.curve).c_str())
                         : EC_curve_nist2nid(std::string(spec.curve).c_str());
  const int given = OBJ_txt2nid(group.data());
  return given != NID_undef && given == wanted;
}

bool set_padding(EVP_PKEY_CTX* context, std::string_view algorithm) {
  if (!algorithm.starts_with("RSASSA_")) return true;
  if (algorithm.starts_with("RSASSA_PKCS1"))
    return EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PADDING) == 1;
  // RFC 8017: the salt is as long as the digest (Developer Guide, "RSASSA_PSS").
  return EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PSS_PADDING) == 1 &&
         EVP_PKEY_CTX_set_rsa_mgf1_md(context, digest_of(algorithm)) == 1 &&
         EVP_PKEY_CTX_set_rsa_pss_saltlen(context, RSA_PSS_SALTLEN_DIGEST) == 1;
}

std::string digest_text(std::string_view algorithm, std::string_view message) {
  std::string digest(EVP_MAX_MD_SIZE, '\0');
  unsigned int size = 0;
  const bool is_done = EVP_Digest(message.data(), message.size(), bytes_of(digest), &size,
                                  digest_of(algorithm), nullptr) == 1;
  PAWL_ASSERT(is_done);
  digest.resize(size);
  return digest;
}

bool set_oaep(EVP_PKEY_CTX* context, std::string_view algorithm) {
  const EVP_MD* digest = digest_of(algorithm);
  return EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_OAEP_PADDING) == 1 &&
         EVP_PKEY_CTX_set_rsa_oaep_md(context, digest) == 1 &&
         EVP_PKEY_CTX_set_rsa_mgf1_md(context, digest) == 1;
}

}  // namespace

Result<AsymmetricKey> AsymmetricKey::generate(const KeySpec& spec) {
  EVP_PKEY* key = nullptr;
  if (spec.family == KeyFamily::Rsa) {
    key = EVP_RSA_gen(static_cast<unsigned int>(spec.bits));
  } else if (spec.family == KeyFamily::Edwards) {
    key = EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519");
  } else {
    key = EVP_EC_gen(std::string(spec.curve).c_str());
  }
  if (key == nullptr) return failed("a new key");
  return AsymmetricKey(owned(key));
}

Result<AsymmetricKey> AsymmetricKey::from_private(std::string_view pkcs8, const KeySpec& spec) {
  const unsigned char* at = bytes_of(pkcs8);
  PKCS8_PRIV_KEY_INFO* info =
      d2i_PKCS8_PRIV_KEY_INFO(nullptr, &at, static_cast<long>(pkcs8.size()));
  if (info == nullptr) return failed("a private key");
  const std::shared_ptr<EVP_PKEY> key = owned(EVP_PKCS82PKEY(info));
  PKCS8_PRIV_KEY_INFO_free(info);
  if (key == nullptr) return failed("a private key");
  if (!is_of_spec(key.get(), spec))
    return Error(ErrorKind::InvalidSyntax, "a private key of another kind");
  return AsymmetricKey(key);
}

Result<AsymmetricKey> AsymmetricKey::from_public(std::string_view der, const KeySpec& spec) {
  const unsigned char* at = bytes_of(der);
  const std::shared_ptr<EVP_PKEY> key =
      owned(d2i_PUBKEY(nullptr, &at, static_cast<long>(der.size())));
  if (key == nullptr) return failed("a public key");
  if (!is_of_spec(key.get(), spec))
    return Error(ErrorKind::InvalidSyntax, "a public key of another kind");
  return AsymmetricKey(key);
}

std::string AsymmetricKey::private_der() const {
  PKCS8_PRIV_KEY_INFO* info = EVP_PKEY2PKCS8(key_.get());
  PAWL_ASSERT(info != nullptr);
  unsigned char* bytes = nullptr;
  const int size = i2d_PKCS8_PRIV_KEY_INFO(info, &bytes);
  PKCS8_PRIV_KEY_INFO_free(info);
  PAWL_ASSERT(size > 0);
  std::string der(reinterpret_cast<const char*>(bytes), static_cast<size_t>(size));
  OPENSSL_clear_free(bytes, static_cast<size_t>(size));
  return der;
}

std::string AsymmetricKey::public_der() const {
  unsigned char* bytes = nullptr;
  const int size = i2d_PUBKEY(key_.get(), &bytes);
  PAWL_ASSERT(size > 0);
  std::string der(reinterpret_cast<const char*>(bytes), static_cast<size_t>(size));
  OPENSSL_free(bytes);
  return der;
}

std::optional<std::string> AsymmetricKey::sign(std::string_view algorithm, std::string_view message,
                                               bool is_digest) const {
  size_t size = 0;
  std::string signature;
  if (algorithm.starts_with("ED25519")) {
    const DigestContext context(EVP_MD_CTX_new());
    if (EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, key_.get()) != 1 ||
        EVP_DigestSign(context.get(), nullptr, &size, bytes_of(message), message.size()) != 1)
      return std::nullopt;
    signature.resize(size);
    if (EVP_DigestSign(context.get(), bytes_of(signature), &size, bytes_of(message),
                       message.size()) != 1)
      return std::nullopt;
    return signature;
  }
  const std::string digest = is_digest ? std::string(message) : digest_text(algorithm, message);
  if (digest.size() != digest_bytes(algorithm)) return std::nullopt;
  const KeyContext context(EVP_PKEY_CTX_new(key_.get(), nullptr));
  if (EVP_PKEY_sign_init(context.get()) != 1 || !set_padding(context.get(), algorithm) ||
      EVP_PKEY_CTX_set_signature_md(context.get(), digest_of(algorithm)) != 1 ||
      EVP_PKEY_sign(context.get(), nullptr, &size, bytes_of(digest), digest.size()) != 1)
    return std::nullopt;
  signature.resize(size);
  if (EVP_PKEY_sign(context.get(), bytes_of(signature), &size, bytes_of(digest), digest.size()) !=
      1)
    return std::nullopt;
  signature.resize(size);
  return signature;
}

bool AsymmetricKey::verify(std::string_view algorithm, std::string_view message, bool is_digest,
                           std::string_view signature) const {
  bool is_right = false;
  if (algorithm.starts_with("ED25519")) {
    const DigestContext context(EVP_MD_CTX_new());
    is_right = EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr, key_.get()) == 1 &&
               EVP_DigestVerify(context.get(), bytes_of(signature), signature.size(),
                                bytes_of(message), message.size()) == 1;
  } else {
    const std::string digest = is_digest ? std::string(message) : digest_text(algorithm, message);
    const KeyContext context(EVP_PKEY_CTX_new(key_.get(), nullptr));
    is_right = digest.size() == digest_bytes(algorithm) &&
               EVP_PKEY_verify_init(context.get()) == 1 && set_padding(context.get(), algorithm) &&
               EVP_PKEY_CTX_set_signature_md(context.get(), digest_of(algorithm)) == 1 &&
               EVP_PKEY_verify(context.get(), bytes_of(signature), signature.size(),
                               bytes_of(digest), digest.size()) == 1;
  }
  ERR_clear_error();
  return is_right;
}

std::optional<std::string> AsymmetricKey::encrypt(std::string_view algorithm,
                                                  std::string_view plaintext) const {
  const KeyContext context(EVP_PKEY_CTX_new(key_.get(), nullptr));
  size_t size = 0;
  if (EVP_PKEY_encrypt_init(context.get()) != 1 || !set_oaep(context.get(), algorithm) ||
      EVP_PKEY_encrypt(context.get(), nullptr, &size, bytes_of(plaintext), plaintext.size()) != 1)
    return std::nullopt;
  std::string ciphertext(size, '\0');
  if (EVP_PKEY_encrypt(context.get(), bytes_of(ciphertext), &size, bytes_of(plaintext),
                       plaintext.size()) != 1) {
    ERR_clear_error();
    return std::nullopt;
  }
  ciphertext.resize(size);
  return ciphertext;
}

std::optional<std::string> AsymmetricKey::decrypt(std::string_view algorithm,
                                                  std::string_view ciphertext) const {
  const KeyContext context(EVP_PKEY_CTX_new(key_.get(), nullptr));
  size_t size = 0;
  if (EVP_PKEY_decrypt_init(context.get()) != 1 || !set_oaep(context.get(), algorithm) ||
      EVP_PKEY_decrypt(context.get(), nullptr, &size, bytes_of(ciphertext), ciphertext.size()) !=
          1) {
    ERR_clear_error();
    return std::nullopt;
  }
  std::string plaintext(size, '\0');
  if (EVP_PKEY_decrypt(context.get(), bytes_of(plaintext), &size, bytes_of(ciphertext),
                       ciphertext.size()) != 1) {
    ERR_clear_error();
    return std::nullopt;
  }
  plaintext.resize(size);
  return plaintext;
}

std::optional<std::string> AsymmetricKey::derive(const AsymmetricKey& peer) const {
  const KeyContext context(EVP_PKEY_CTX_new(key_.get(), nullptr));
  size_t size = 0;
  if (EVP_PKEY_derive_init(context.get()) != 1 ||
      EVP_PKEY_derive_set_peer(context.get(), peer.key_.get()) != 1 ||
      EVP_PKEY_derive(context.get(), nullptr, &size) != 1) {
    ERR_clear_error();
    return std::nullopt;
  }
  std::string secret(size, '\0');
  if (EVP_PKEY_derive(context.get(), bytes_of(secret), &size) != 1) return std::nullopt;
  secret.resize(size);
  return secret;
}

size_t digest_bytes(std::string_view algorithm) {
  if (algorithm.starts_with("ED25519")) return 0;
  return static_cast<size_t>(EVP_MD_get_size(digest_of(algorithm)));
}

std::string mac(std::string_view algorithm, std::string_view key, std::string_view message) {
  std::string code(EVP_MAX_MD_SIZE, '\0');
  unsigned int size = 0;
  const bool is_done = HMAC(digest_of(algorithm), key.data(), static_cast<int>(key.size()),
                            bytes_of(message), message.size(), bytes_of(code), &size) != nullptr;
  PAWL_ASSERT(is_done);
  code.resize(size);
  return code;
}

bool is_same(std::string_view a, std::string_view b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

std::optional<std::string> unwrap_aes(std::string_view key, std::string_view wrapped) {
  if (key.size() != 32 || wrapped.size() % 8 != 0 || wrapped.size() < 16) return std::nullopt;
  const CipherContext context(EVP_CIPHER_CTX_new());
  EVP_CIPHER_CTX_set_flags(context.get(), EVP_CIPHER_CTX_FLAG_WRAP_ALLOW);
  std::string plaintext(wrapped.size() + 8, '\0');
  int size = 0;
  if (EVP_DecryptInit_ex(context.get(), EVP_aes_256_wrap_pad(), nullptr, bytes_of(key), nullptr) !=
          1 ||
      EVP_DecryptUpdate(context.get(), bytes_of(plaintext), &size, bytes_of(wrapped),
                        static_cast<int>(wrapped.size())) != 1) {
    ERR_clear_error();
    return std::nullopt;
  }
  plaintext.resize(static_cast<size_t>(size));
  return plaintext;
}

}  // namespace pawl::kms
