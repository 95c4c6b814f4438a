// SPDX-License-Identifier: Apache-2.0
// The bytes that stored records are made of: LEB128 varints, zigzag for signed numbers, fixed
// little-endian words. Not for keys, whose order counts (store/key.h).
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/error.h"

namespace pawl::base {

inline void append_varint(std::string& out, uint64_t value) {
  while (value >= 0x80) {
    out += static_cast<char>(value | 0x80);
    value >>= 7;
  }
  out += static_cast<char>(value);
}

/// Zigzag: small numbers of either sign are short.
inline void append_signed(std::string& out, int64_t value) {
  append_varint(out, (static_cast<uint64_t>(value) << 1) ^ static_cast<uint64_t>(value >> 63));
}

inline void append_sized(std::string& out, std::string_view bytes) {
  append_varint(out, bytes.size());
  out += bytes;
}

/// Of stored differences: what no writer wrote may not overflow either.
inline int64_t wrapping_sum(int64_t a, int64_t b) {
  return static_cast<int64_t>(static_cast<uint64_t>(a) + static_cast<uint64_t>(b));
}
inline int64_t wrapping_difference(int64_t a, int64_t b) {
  return static_cast<int64_t>(static_cast<uint64_t>(a) - static_cast<uint64_t>(b));
}

/// Reads from the front. The first read that finds too little, or a number out of range, fails the
/// reader; from then on every read gives zero. So a caller checks ok() once, at the end.
class ByteReader {
 public:
  explicit ByteReader(std::string_view bytes) : rest_(bytes) {}

  uint8_t byte() {
    if (rest_.empty()) {
      fail();
      return 0;
    }
    const auto value = static_cast<uint8_t>(rest_.front());
    rest_.remove_prefix(1);
    return value;
  }

  uint64_t varint() {
    uint64_t value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      const uint64_t group = byte();
      if (shift == 63 && group > 1) break;  // beyond 64 bits
      value |= (group & 0x7f) << shift;
      if ((group & 0x80) == 0) return ok_ ? value : 0;
    }
    fail();
    return 0;
  }

  uint32_t varint32() { return static_cast<uint32_t>(at_most(varint(), UINT32_MAX)); }

  int64_t signed_varint() {
    const uint64_t value = varint();
    return static_cast<int64_t>((value >> 1) ^ (0 - (value & 1)));
  }

  /// A number that is never negative, such as an event's id.
  int64_t positive() { return static_cast<int64_t>(at_most(varint(), INT64_MAX)); }

  bool boolean() { return at_most(byte(), 1) != 0; }

  uint32_t fixed32() {
    uint32_t value = 0;
    for (int shift = 0; shift < 32; shift += 8) value |= static_cast<uint32_t>(byte()) << shift;
    return value;
  }

  std::string_view bytes(uint64_t count) {
    if (count > rest_.size()) {
      fail();
      return {};
    }
    const std::string_view value = rest_.substr(0, static_cast<size_t>(count));
    rest_.remove_prefix(static_cast<size_t>(count));
    return value;
  }

  std::string_view sized() { return bytes(varint()); }

  /// How many of something follow, each of one byte or more: so memory stays in proportion.
  size_t count() { return static_cast<size_t>(at_most(varint(), rest_.size())); }

  void fail() {
    ok_ = false;
    rest_ = {};
  }
  /// `value`, or failure if it is more than `most`.
  uint64_t at_most(uint64_t value, uint64_t most) {
    if (value <= most) return value;
    fail();
    return 0;
  }

  bool ok() const { return ok_; }
  bool at_end() const { return rest_.empty(); }
  std::string_view rest() const { return rest_; }

 private:
  std::string_view rest_;
  bool ok_ = true;
};

/// Appends to a string that it does not own. What it writes the reader's function of the same name
/// reads.
class ByteWriter {
 public:
  explicit ByteWriter(std::string& out) : out_(out) {}

  void byte(uint8_t value) { out_ += static_cast<char>(value); }
  void boolean(bool value) { byte(value ? 1 : 0); }
  void varint(uint64_t value) { append_varint(out_, value); }
  void signed_varint(int64_t value) { append_signed(out_, value); }
  void sized(std::string_view bytes) { append_sized(out_, bytes); }

 private:
  std::string& out_;
};

inline Error malformed_record(std::string_view what) {
  return {ErrorKind::InvalidSyntax, "stored record: malformed " + std::string(what)};
}

}  // namespace pawl::base
