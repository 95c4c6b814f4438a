// SPDX-License-Identifier: Apache-2.0
#include "base/bytes.h"

#include <array>

#include <openssl/evp.h>

#include "base/assert.h"

namespace pawl::base {
namespace {

const EVP_MD* algorithm_of(DigestAlgorithm algorithm) {
  switch (algorithm) {
    case DigestAlgorithm::Md5: return EVP_md5();
    case DigestAlgorithm::Sha1: return EVP_sha1();
    case DigestAlgorithm::Sha256: return EVP_sha256();
    case DigestAlgorithm::Sha384: return EVP_sha384();
    case DigestAlgorithm::Sha512: return EVP_sha512();
  }
  PAWL_ASSERT(false);
}

}  // namespace

std::string base64_encode(std::string_view bytes) {
  std::string out((bytes.size() + 2) / 3 * 4 + 1,
                  '\0');  // EVP_EncodeBlock writes a NUL behind the text
  const int length = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(out.data()),
                                     reinterpret_cast<const unsigned char*>(bytes.data()),
                                     static_cast<int>(bytes.size()));
  out.resize(static_cast<size_t>(length));
  return out;
}

std::optional<std::string> base64_decode(std::string_view text) {
  if (text.size() % 4 != 0) return std::nullopt;
  size_t padding = 0;
  if (text.ends_with("==")) {
    padding = 2;
  } else if (text.ends_with('=')) {
    padding = 1;
  }
  // EVP_DecodeBlock trims white space and takes '=' anywhere: RFC 4648 allows neither.
  if (text.substr(0, text.size() - padding).find_first_of("= \t\r\n") != std::string_view::npos)
    return std::nullopt;
  std::string out(text.size() / 4 * 3, '\0');
  const int length = EVP_DecodeBlock(reinterpret_cast<unsigned char*>(out.data()),
                                     reinterpret_cast<const unsigned char*>(text.data()),
                                     static_cast<int>(text.size()));
  if (length < 0) return std::nullopt;
  out.resize(static_cast<size_t>(length) - padding);
  return out;
}

std::string hex_encode(std::string_view bytes) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string out;
  out.reserve(bytes.size() * 2);
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    out += kDigits[byte >> 4];
    out += kDigits[byte & 15];
  }
  return out;
}

std::string digest(DigestAlgorithm algorithm, std::string_view bytes) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> out{};
  unsigned int length = 0;
  const int done =
      EVP_Digest(bytes.data(), bytes.size(), out.data(), &length, algorithm_of(algorithm), nullptr);
  PAWL_ASSERT(done == 1);
  return {reinterpret_cast<const char*>(out.data()), length};
}

std::optional<DigestAlgorithm> digest_algorithm_named(std::string_view name) {
  if (name == "MD5") return DigestAlgorithm::Md5;
  if (name == "SHA-1") return DigestAlgorithm::Sha1;
  if (name == "SHA-256") return DigestAlgorithm::Sha256;
  if (name == "SHA-384") return DigestAlgorithm::Sha384;
  if (name == "SHA-512") return DigestAlgorithm::Sha512;
  return std::nullopt;
}

}  // namespace pawl::base
