// SPDX-License-Identifier: Apache-2.0
// How far a text can be written as JSON without an escape. Internal to json.
#pragma once

#include <cstdint>
#include <cstring>
#include <string_view>

namespace pawl::json {

/// True for '"', '\\' and control characters (RFC 8259 section 7).
constexpr bool needs_escape(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte < 0x20 || byte == '"' || byte == '\\';
}

/// The number of bytes before the first that needs an escape. Eight at a time: most text has none.
inline size_t plain_run(std::string_view text) {
  constexpr uint64_t kOnes = 0x0101010101010101ULL;
  constexpr uint64_t kHighs = 0x8080808080808080ULL;
  // The high bit of each byte below `n`, for n up to 128; exact for "is there one".
  const auto below = [](uint64_t word, uint64_t n) { return (word - kOnes * n) & ~word & kHighs; };
  const auto equal = [&](uint64_t word, char c) {
    return below(word ^ (kOnes * static_cast<unsigned char>(c)), 1);
  };
  const auto is_plain = [&](const char* eight) {
    uint64_t word = 0;
    std::memcpy(&word, eight, 8);
    return (below(word, 0x20) | equal(word, '"') | equal(word, '\\')) == 0;
  };
  size_t at = 0;
  while (at + 8 <= text.size() && is_plain(text.data() + at)) at += 8;
  // The last bytes once more, with some that were looked at before.
  if (at + 8 > text.size() && text.size() >= 8 && is_plain(text.data() + text.size() - 8))
    return text.size();
  while (at < text.size() && !needs_escape(text[at])) ++at;
  return at;
}

}  // namespace pawl::json
