// SPDX-License-Identifier: Apache-2.0
// OpenSSL 3: fetching an algorithm by name costs more than a short hash, so it is done once.
#include "aws/signing/hmac.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "base/assert.h"
#include "base/bytes.h"

namespace pawl::aws {
namespace {

const EVP_MD* sha256() {
  static const EVP_MD* const kAlgorithm = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  PAWL_ASSERT(kAlgorithm != nullptr);
  return kAlgorithm;
}

}  // namespace

std::string hmac_sha256(std::string_view key, std::string_view message) {
  unsigned char out[EVP_MAX_MD_SIZE];
  unsigned size = 0;
  // HMAC() takes no null key, not even an empty one.
  const char* const key_bytes = key.empty() ? "" : key.data();
  const unsigned char* done =
      HMAC(sha256(), key_bytes, static_cast<int>(key.size()),
           reinterpret_cast<const unsigned char*>(message.data()), message.size(), out, &size);
  PAWL_ASSERT(done != nullptr);
  return std::string(reinterpret_cast<const char*>(out), size);
}

std::string sha256_hex(std::string_view bytes) {
  unsigned char out[EVP_MAX_MD_SIZE];
  unsigned size = 0;
  PAWL_ASSERT(EVP_Digest(bytes.data(), bytes.size(), out, &size, sha256(), nullptr) == 1);
  return base::hex_encode({reinterpret_cast<const char*>(out), size});
}

bool equals_constant_time(std::string_view a, std::string_view b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

struct Sha256::Context {
  EVP_MD_CTX* handle = EVP_MD_CTX_new();

  Context() {
    PAWL_ASSERT(handle != nullptr && EVP_DigestInit_ex2(handle, sha256(), nullptr) == 1);
  }
  Context(const Context&) = delete;
  Context& operator=(const Context&) = delete;
  ~Context() { EVP_MD_CTX_free(handle); }
};

Sha256::Sha256() : context_(std::make_unique<Context>()) {}
Sha256::~Sha256() = default;
Sha256::Sha256(Sha256&&) noexcept = default;
Sha256& Sha256::operator=(Sha256&&) noexcept = default;

void Sha256::update(std::string_view bytes) {
  PAWL_ASSERT(EVP_DigestUpdate(context_->handle, bytes.data(), bytes.size()) == 1);
}

std::string Sha256::finish_hex() {
  unsigned char out[EVP_MAX_MD_SIZE];
  unsigned size = 0;
  PAWL_ASSERT(EVP_DigestFinal_ex(context_->handle, out, &size) == 1);
  PAWL_ASSERT(EVP_DigestInit_ex2(context_->handle, sha256(), nullptr) == 1);
  return base::hex_encode({reinterpret_cast<const char*>(out), size});
}

}  // namespace pawl::aws
