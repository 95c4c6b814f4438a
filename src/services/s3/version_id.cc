// SPDX-License-Identifier: Apache-2.0
// 24 bytes: the sequence, hidden by the 16 random bytes behind it.
#include "services/s3/version_id.h"

#include <sys/random.h>

#include <algorithm>

#include "base/assert.h"
#include "base/bytes.h"

namespace pawl::s3 {
namespace {

constexpr size_t kIdCharacters = 32;
constexpr size_t kRandomBytes = 16;

uint64_t mask_of(std::string_view random) {
  uint64_t mask = 0;
  for (size_t i = 0; i < 8; ++i) {
    const auto a = static_cast<uint8_t>(random[i]);
    const auto b = static_cast<uint8_t>(random[i + 8]);
    mask = (mask << 8) | static_cast<uint8_t>(a ^ b);
  }
  return mask;
}

}  // namespace

std::string random_bytes(size_t count) {
  std::string bytes(count, 0);
  PAWL_ASSERT(::getrandom(bytes.data(), count, 0) == static_cast<ssize_t>(count));
  return bytes;
}

std::string make_version_id(uint64_t sequence) {
  const std::string random = random_bytes(kRandomBytes);
  const uint64_t hidden = sequence ^ mask_of(random);
  std::string bytes;
  for (int shift = 56; shift >= 0; shift -= 8) bytes += static_cast<char>(hidden >> shift);
  std::string id = base::base64_encode(bytes + random);
  std::replace(id.begin(), id.end(), '+', '.');
  std::replace(id.begin(), id.end(), '/', '_');
  return id;
}

bool is_version_id(std::string_view id) {
  return id.size() == kIdCharacters && std::all_of(id.begin(), id.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                  c == '.' || c == '_';
         });
}

std::optional<uint64_t> sequence_of(std::string_view id) {
  if (!is_version_id(id)) return std::nullopt;
  std::string text(id);
  std::replace(text.begin(), text.end(), '.', '+');
  std::replace(text.begin(), text.end(), '_', '/');
  const auto bytes = base::base64_decode(text);
  if (!bytes || bytes->size() != 8 + kRandomBytes) return std::nullopt;
  uint64_t hidden = 0;
  for (size_t i = 0; i < 8; ++i) hidden = (hidden << 8) | static_cast<uint8_t>((*bytes)[i]);
  return hidden ^ mask_of(std::string_view(*bytes).substr(8));
}

}  // namespace pawl::s3
