// SPDX-License-Identifier: Apache-2.0
// Keys that sort right: builds byte strings whose order is the order of the values they were made
// of, and reads them back. Not the keyspace prefix (store/batch.h), not the stored values.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace pawl::store {

/// Appends parts to a key. Two keys made of the same kinds of parts compare, byte by byte, as their
/// parts compare one after the other; no key is a prefix of another unless its parts are. One
/// thread.
class KeyBuilder {
 public:
  KeyBuilder() = default;
  explicit KeyBuilder(std::string prefix) : key_(std::move(prefix)) {}

  /// One byte; also tells record types of one keyspace apart.
  KeyBuilder& u8(uint8_t value);
  /// Four bytes, big-endian.
  KeyBuilder& u32(uint32_t value);
  /// Eight bytes, big-endian.
  KeyBuilder& u64(uint64_t value);
  /// Eight bytes, big-endian, sign bit flipped: negative numbers sort first.
  KeyBuilder& i64(int64_t value);
  /// Any bytes: each 00 becomes 00 FF and 00 01 ends the part, so "a" < "a\0" < "ab" holds whatever
  /// follows. At most 2 n + 2 bytes.
  KeyBuilder& text(std::string_view value);
  /// The bytes as they are. Sorts right only as the last part, and ends no prefix.
  KeyBuilder& raw(std::string_view value);

  std::string_view view() const { return key_; }
  /// The key itself; leaves the builder empty.
  std::string take() { return std::exchange(key_, {}); }
  /// Empties the key and keeps its memory.
  void clear() { key_.clear(); }

 private:
  std::string key_;
};

/// Reads the parts of a key in the order in which they were built; nullopt if the bytes cannot be
/// such a part, after which the reader stands where it stood. Views the key, does not own it.
class KeyReader {
 public:
  explicit KeyReader(std::string_view key) : rest_(key) {}

  std::optional<uint8_t> u8();
  std::optional<uint32_t> u32();
  std::optional<uint64_t> u64();
  std::optional<int64_t> i64();
  std::optional<std::string> text();
  /// Everything not read yet.
  std::string_view rest() const { return rest_; }

 private:
  std::string_view rest_;
};

/// The smallest byte string greater than every string that starts with `prefix`; empty if there is
/// none (no prefix, or FF bytes only).
std::string prefix_end(std::string_view prefix);

}  // namespace pawl::store
