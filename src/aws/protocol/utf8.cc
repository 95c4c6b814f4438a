// SPDX-License-Identifier: Apache-2.0
// Table 3-7 of the Unicode Standard; ASCII eight bytes at a time.
#include "aws/protocol/utf8.h"

#include <cstdint>
#include <cstring>

namespace pawl::aws {
namespace {

bool is_between(char c, unsigned first, unsigned last) {
  const auto byte = static_cast<unsigned char>(c);
  return byte >= first && byte <= last;
}

/// The length of the character that begins here; 0 if none does.
size_t character_bytes(std::string_view bytes) {
  const auto lead = static_cast<unsigned char>(bytes.front());
  if (lead < 0x80) return 1;
  if (lead < 0xc2 || lead > 0xf4) return 0;
  const size_t size = lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
  if (bytes.size() < size) return 0;
  const unsigned first = lead == 0xe0 ? 0xa0 : lead == 0xf0 ? 0x90 : 0x80;
  const unsigned last = lead == 0xed ? 0x9f : lead == 0xf4 ? 0x8f : 0xbf;
  if (!is_between(bytes[1], first, last)) return 0;
  for (size_t i = 2; i < size; ++i) {
    if (!is_between(bytes[i], 0x80, 0xbf)) return 0;
  }
  return size;
}

}  // namespace

bool is_utf8(std::string_view bytes) {
  constexpr uint64_t kHighBits = 0x8080808080808080ULL;
  while (!bytes.empty()) {
    uint64_t word = kHighBits;
    if (bytes.size() >= sizeof word) std::memcpy(&word, bytes.data(), sizeof word);
    const size_t size = (word & kHighBits) == 0 ? sizeof word : character_bytes(bytes);
    if (size == 0) return false;
    bytes.remove_prefix(size);
  }
  return true;
}

}  // namespace pawl::aws
