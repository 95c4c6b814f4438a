// SPDX-License-Identifier: Apache-2.0
#include "services/iam/identifiers.h"

#include <sys/random.h>

#include <cstdint>

#include "base/assert.h"
#include "base/bytes.h"

namespace pawl::iam {
namespace {

constexpr std::string_view kBase32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
constexpr size_t kIdCharacters = 17;

std::string random_bytes(size_t count) {
  std::string bytes(count, '\0');
  const ssize_t filled = getrandom(bytes.data(), count, 0);  // whole up to 256 bytes
  PAWL_ASSERT(filled == static_cast<ssize_t>(count));
  return bytes;
}

std::string base32(std::string_view bytes) {
  std::string text;
  unsigned buffer = 0;
  int bits = 0;
  for (const char c : bytes) {
    buffer = (buffer << 8) | static_cast<unsigned char>(c);
    for (bits += 8; bits >= 5; bits -= 5) text += kBase32[(buffer >> (bits - 5)) & 31];
    buffer &= (1U << bits) - 1;
  }
  return text;
}

}  // namespace

std::string random_id(std::string_view prefix) {
  return std::string(prefix) + base32(random_bytes(11)).substr(0, kIdCharacters);
}

std::string derived_id(std::string_view prefix, std::string_view text) {
  const std::string hash = base::digest(base::DigestAlgorithm::Sha256, text);
  return std::string(prefix) + base32(hash).substr(0, kIdCharacters);
}

std::string make_access_key_id(std::string_view prefix, std::string_view account) {
  // 80 bits: one that is set, 40 with the account, the rest at random.
  uint64_t number = 0;
  for (const char c : account) number = number * 10 + static_cast<uint64_t>(c - '0');
  std::string bytes = random_bytes(10);
  const uint64_t head =
      uint64_t{1} << 47 | number << 7 | (static_cast<unsigned char>(bytes[5]) & 127);
  for (size_t i = 0; i < 6; ++i) bytes[i] = static_cast<char>(head >> (8 * (5 - i)));
  return std::string(prefix) + base32(bytes);
}

std::string make_secret() { return base::base64_encode(random_bytes(30)); }

std::string make_session_token() {
  return "IQoJb3JpZ2luX2Vj" + base::base64_encode(random_bytes(240));
}

std::string random_letters(size_t count) { return base32(random_bytes(count)).substr(0, count); }

std::string url_encoded(std::string_view text) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  std::string encoded;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if ((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' ||
        c == '.' || c == '_' || c == '~') {
      encoded += c;
    } else {
      encoded += {'%', kHex[byte >> 4], kHex[byte & 15]};
    }
  }
  return encoded;
}

}  // namespace pawl::iam
