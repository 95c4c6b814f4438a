// SPDX-License-Identifier: Apache-2.0
#include "store/sealing/aes_gcm.h"

#include <memory>

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/rand.h>

#include "base/assert.h"
#include "base/bytes.h"

namespace pawl::store {
namespace {

constexpr size_t kNonceBytes = 12;
constexpr size_t kTagBytes = 16;
static_assert(kNonceBytes + kTagBytes == kSealBytes);

struct FreeContext {
  void operator()(EVP_CIPHER_CTX* context) const { EVP_CIPHER_CTX_free(context); }
};
using Context = std::unique_ptr<EVP_CIPHER_CTX, FreeContext>;

/// Fetched once: a fetch walks OpenSSL's providers.
const EVP_CIPHER* aes_256_gcm() {
  static EVP_CIPHER* const cipher = EVP_CIPHER_fetch(nullptr, "AES-256-GCM", nullptr);
  PAWL_ASSERT(cipher != nullptr);
  return cipher;
}

const unsigned char* bytes_of(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}
unsigned char* bytes_of(std::string& text, size_t from = 0) {
  return reinterpret_cast<unsigned char*>(text.data() + from);
}

}  // namespace

std::string random_bytes(size_t count) {
  std::string bytes(count, '\0');
  PAWL_ASSERT(RAND_bytes(bytes_of(bytes), static_cast<int>(count)) == 1);
  return bytes;
}

std::string random_uuid() {
  std::string bytes = random_bytes(16);
  bytes[6] = static_cast<char>((static_cast<unsigned char>(bytes[6]) & 0x0f) | 0x40);
  bytes[8] = static_cast<char>((static_cast<unsigned char>(bytes[8]) & 0x3f) | 0x80);
  std::string text = base::hex_encode(bytes);
  for (const size_t place : {20, 16, 12, 8}) text.insert(place, "-");
  return text;
}

std::string seal(std::string_view key, std::string_view plaintext, std::string_view context) {
  PAWL_ASSERT(key.size() == kAesKeyBytes);
  const Context cipher(EVP_CIPHER_CTX_new());
  std::string sealed = random_bytes(kNonceBytes);
  sealed.resize(kNonceBytes + plaintext.size() + kTagBytes);
  int size = 0;
  const bool is_sealed =
      EVP_EncryptInit_ex2(cipher.get(), aes_256_gcm(), bytes_of(key), bytes_of(sealed), nullptr) ==
          1 &&
      EVP_EncryptUpdate(cipher.get(), nullptr, &size, bytes_of(context),
                        static_cast<int>(context.size())) == 1 &&
      EVP_EncryptUpdate(cipher.get(), bytes_of(sealed, kNonceBytes), &size, bytes_of(plaintext),
                        static_cast<int>(plaintext.size())) == 1 &&
      EVP_EncryptFinal_ex(cipher.get(), bytes_of(sealed, kNonceBytes + plaintext.size()), &size) ==
          1 &&
      EVP_CIPHER_CTX_ctrl(cipher.get(), EVP_CTRL_AEAD_GET_TAG, kTagBytes,
                          bytes_of(sealed, kNonceBytes + plaintext.size())) == 1;
  PAWL_ASSERT(is_sealed);
  return sealed;
}

std::optional<std::string> unseal(std::string_view key, std::string_view sealed,
                                  std::string_view context) {
  if (key.size() != kAesKeyBytes || sealed.size() < kSealBytes) return std::nullopt;
  const Context cipher(EVP_CIPHER_CTX_new());
  const std::string_view text = sealed.substr(kNonceBytes, sealed.size() - kSealBytes);
  std::string tag(sealed.substr(sealed.size() - kTagBytes));
  std::string plaintext(text.size() + 1, '\0');
  int size = 0;
  const bool is_open =
      EVP_DecryptInit_ex2(cipher.get(), aes_256_gcm(), bytes_of(key), bytes_of(sealed), nullptr) ==
          1 &&
      EVP_DecryptUpdate(cipher.get(), nullptr, &size, bytes_of(context),
                        static_cast<int>(context.size())) == 1 &&
      EVP_DecryptUpdate(cipher.get(), bytes_of(plaintext), &size, bytes_of(text),
                        static_cast<int>(text.size())) == 1 &&
      EVP_CIPHER_CTX_ctrl(cipher.get(), EVP_CTRL_AEAD_SET_TAG, kTagBytes, bytes_of(tag)) == 1 &&
      EVP_DecryptFinal_ex(cipher.get(), bytes_of(plaintext, text.size()), &size) == 1;
  if (!is_open) {
    wipe(plaintext);
    return std::nullopt;
  }
  plaintext.resize(text.size());
  return plaintext;
}

void wipe(std::string& secret) {
  OPENSSL_cleanse(secret.data(), secret.size());
  secret.clear();
}

}  // namespace pawl::store
