// SPDX-License-Identifier: Apache-2.0
// ByteWriter and ByteReader: numbers and texts as the stored records keep them. Little-endian
// varints (7 bits a byte, the low ones first); signed numbers zigzag. Not for keys, whose order
// counts (store/key.h).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace pawl::base {

/// Appends to a string that it does not own. One thread.
class ByteWriter {
 public:
  explicit ByteWriter(std::string& out) : out_(out) {}

  void byte(uint8_t value) { out_.push_back(static_cast<char>(value)); }
  void boolean(bool value) { byte(value ? 1 : 0); }
  void unsigned_number(uint64_t value) {
    while (value >= 0x80) {
      byte(static_cast<uint8_t>(value | 0x80));
      value >>= 7;
    }
    byte(static_cast<uint8_t>(value));
  }
  void number(int64_t value) {
    unsigned_number(static_cast<uint64_t>(value) << 1 ^ static_cast<uint64_t>(value >> 63));
  }
  /// Length, then the bytes.
  void text(std::string_view value) {
    unsigned_number(value.size());
    out_.append(value);
  }

 private:
  std::string& out_;
};

/// Reads what ByteWriter wrote. Total: behind the end, or after a malformed number, every read
/// gives 0 or "" and ok() is false. Views its bytes. One thread.
class ByteReader {
 public:
  explicit ByteReader(std::string_view bytes) : rest_(bytes) {}

  uint8_t byte() {
    if (rest_.empty()) return fail();
    const auto value = static_cast<uint8_t>(rest_.front());
    rest_.remove_prefix(1);
    return value;
  }
  bool boolean() { return byte() != 0; }
  uint64_t unsigned_number() {
    uint64_t value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      const uint8_t next = byte();
      value |= static_cast<uint64_t>(next & 0x7f) << shift;
      if ((next & 0x80) == 0) return ok_ ? value : 0;
    }
    return fail();
  }
  int64_t number() {
    const uint64_t value = unsigned_number();
    return static_cast<int64_t>(value >> 1 ^ (~(value & 1) + 1));
  }
  std::string_view text() {
    const uint64_t size = unsigned_number();
    if (size > rest_.size()) {
      fail();
      return {};
    }
    const std::string_view value = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return value;
  }

  bool ok() const { return ok_; }
  /// Everything not read yet.
  std::string_view rest() const { return rest_; }

 private:
  uint8_t fail() {
    ok_ = false;
    rest_ = {};
    return 0;
  }

  std::string_view rest_;
  bool ok_ = true;
};

}  // namespace pawl::base
