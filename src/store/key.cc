// SPDX-License-Identifier: Apache-2.0
// The encodings of store/key.h.
#include "store/key.h"

namespace pawl::store {
namespace {

constexpr char kEscape = '\0';
constexpr char kEscapedZero = '\xff';  // sorts after the terminator, so "a" < "a\0"
constexpr char kTerminator = '\x01';
constexpr uint64_t kSignBit = uint64_t{1} << 63;

template <typename Unsigned>
void append_big_endian(std::string& key, Unsigned value) {
  char bytes[sizeof(Unsigned)];
  for (size_t i = sizeof(Unsigned); i-- > 0; value = static_cast<Unsigned>(value >> 8))
    bytes[i] = static_cast<char>(value & 0xff);
  key.append(bytes, sizeof bytes);
}

template <typename Unsigned>
std::optional<Unsigned> take_big_endian(std::string_view& rest) {
  if (rest.size() < sizeof(Unsigned)) return std::nullopt;
  uint64_t value = 0;
  for (size_t i = 0; i < sizeof(Unsigned); ++i)
    value = value << 8 | static_cast<unsigned char>(rest[i]);
  rest.remove_prefix(sizeof(Unsigned));
  return static_cast<Unsigned>(value);
}

}  // namespace

KeyBuilder& KeyBuilder::u8(uint8_t value) {
  append_big_endian(key_, value);
  return *this;
}

KeyBuilder& KeyBuilder::u32(uint32_t value) {
  append_big_endian(key_, value);
  return *this;
}

KeyBuilder& KeyBuilder::u64(uint64_t value) {
  append_big_endian(key_, value);
  return *this;
}

KeyBuilder& KeyBuilder::i64(int64_t value) { return u64(static_cast<uint64_t>(value) ^ kSignBit); }

KeyBuilder& KeyBuilder::text(std::string_view value) {
  for (;;) {
    const size_t zero = value.find(kEscape);
    key_.append(value.substr(0, zero));
    if (zero == std::string_view::npos) break;
    key_.push_back(kEscape);
    key_.push_back(kEscapedZero);
    value.remove_prefix(zero + 1);
  }
  key_.push_back(kEscape);
  key_.push_back(kTerminator);
  return *this;
}

KeyBuilder& KeyBuilder::raw(std::string_view value) {
  key_.append(value);
  return *this;
}

std::optional<uint8_t> KeyReader::u8() { return take_big_endian<uint8_t>(rest_); }
std::optional<uint32_t> KeyReader::u32() { return take_big_endian<uint32_t>(rest_); }
std::optional<uint64_t> KeyReader::u64() { return take_big_endian<uint64_t>(rest_); }

std::optional<int64_t> KeyReader::i64() {
  const auto value = u64();
  if (!value) return std::nullopt;
  return static_cast<int64_t>(*value ^ kSignBit);
}

std::optional<std::string> KeyReader::text() {
  std::string value;
  std::string_view rest = rest_;
  for (;;) {
    const size_t escape = rest.find(kEscape);
    if (escape == std::string_view::npos || escape + 1 == rest.size()) return std::nullopt;
    value.append(rest.substr(0, escape));
    const char kind = rest[escape + 1];
    rest.remove_prefix(escape + 2);
    if (kind == kTerminator) break;
    if (kind != kEscapedZero) return std::nullopt;
    value.push_back(kEscape);
  }
  rest_ = rest;
  return value;
}

std::string prefix_end(std::string_view prefix) {
  while (!prefix.empty() && prefix.back() == '\xff') prefix.remove_suffix(1);
  std::string end(prefix);
  if (!end.empty()) end.back() = static_cast<char>(static_cast<unsigned char>(end.back()) + 1);
  return end;
}

}  // namespace pawl::store
