// SPDX-License-Identifier: Apache-2.0
#include "text/unicode.h"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <utility>

#include <unicode/ustring.h>

namespace pawl::text {
namespace {

constexpr char32_t kReplacement = 0xFFFD;

bool is_continuation(char byte) { return (static_cast<unsigned char>(byte) & 0xC0) == 0x80; }
bool is_high_surrogate(char32_t unit) { return unit >= 0xD800 && unit <= 0xDBFF; }
bool is_low_surrogate(char32_t unit) { return unit >= 0xDC00 && unit <= 0xDFFF; }
char32_t joined(char32_t high, char32_t low) {
  return 0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00);
}

/// How many bytes at the front are ASCII.
size_t ascii_prefix(std::string_view text) {
  size_t at = 0;
  for (; at + 8 <= text.size(); at += 8) {
    uint64_t eight = 0;
    std::memcpy(&eight, text.data() + at, 8);
    if ((eight & 0x8080808080808080U) != 0) break;
  }
  while (at < text.size() && static_cast<unsigned char>(text[at]) < 0x80) ++at;
  return at;
}

size_t units_of(char32_t code_point) { return code_point >= 0x10000 ? 2 : 1; }

/// The UTF-16 units of a text, one after the other.
class Units {
 public:
  explicit Units(std::string_view text) : text_(text) {}

  /// -1 at the end.
  int32_t next() {
    if (pending_ != 0) return static_cast<int32_t>(std::exchange(pending_, 0));
    if (at_ == text_.size()) return -1;
    const char32_t code_point = decode_at(text_, at_);
    if (code_point < 0x10000) return static_cast<int32_t>(code_point);
    pending_ = 0xDC00 + ((code_point - 0x10000) & 0x3FF);
    return static_cast<int32_t>(0xD800 + ((code_point - 0x10000) >> 10));
  }

 private:
  std::string_view text_;
  size_t at_ = 0;
  char32_t pending_ = 0;
};

using IcuMapping = int32_t (*)(UChar*, int32_t, const UChar*, int32_t, const char*, UErrorCode*);

std::string map_case(std::string_view text, IcuMapping mapping) {
  const std::u16string source = to_utf16(text);
  std::u16string mapped(source.size() + 16, u'\0');
  while (true) {
    UErrorCode status = U_ZERO_ERROR;
    const int32_t length = mapping(mapped.data(), static_cast<int32_t>(mapped.size()),
                                   source.data(), static_cast<int32_t>(source.size()), "", &status);
    const bool fits = static_cast<size_t>(length) <= mapped.size();
    mapped.resize(static_cast<size_t>(length));
    if (fits || length <= 0) return from_utf16(mapped);
  }
}

template <char kFirst, char kLast>
std::string map_ascii(std::string_view text) {
  std::string mapped(text);
  for (char& byte : mapped)
    if (byte >= kFirst && byte <= kLast) byte = static_cast<char>(byte ^ 0x20);
  return mapped;
}

}  // namespace

bool is_ascii(std::string_view text) { return ascii_prefix(text) == text.size(); }

bool has_lone_surrogate(std::string_view text) {
  for (size_t at = ascii_prefix(text); at < text.size();) {
    const char32_t code_point = decode_at(text, at);
    if (is_high_surrogate(code_point) || is_low_surrogate(code_point)) return true;
  }
  return false;
}

size_t count_code_points(std::string_view text) {
  size_t at = ascii_prefix(text);
  size_t count = at;
  for (; at < text.size(); ++count) decode_at(text, at);
  return count;
}

size_t utf16_length(std::string_view text) { return utf16_offset_of_byte(text, text.size()); }

size_t utf16_offset_of_byte(std::string_view text, size_t byte) {
  const size_t end = std::min(byte, text.size());
  size_t at = ascii_prefix(text.substr(0, end));
  size_t units = at;
  while (at < end) units += units_of(decode_at(text, at));
  return units;
}

size_t byte_of_utf16_offset(std::string_view text, size_t offset) {
  size_t at = ascii_prefix(text.substr(0, offset));
  size_t units = at;
  while (at < text.size()) {
    size_t next = at;
    units += units_of(decode_at(text, next));
    if (units > offset) return at;
    at = next;
  }
  return at;
}

size_t byte_of_code_point(std::string_view text, size_t index) {
  size_t at = ascii_prefix(text.substr(0, index));
  for (size_t count = at; count < index && at < text.size(); ++count) decode_at(text, at);
  return at;
}

char32_t decode_at(std::string_view text, size_t& byte) {
  const auto first = static_cast<unsigned char>(text[byte]);
  ++byte;
  if (first < 0x80) return first;
  const size_t more = first >= 0xF0 ? 3 : first >= 0xE0 ? 2 : 1;
  if (first < 0xC2 || first > 0xF4 || text.size() - byte < more) return kReplacement;
  char32_t code_point = first & (0x3FU >> more);
  for (size_t i = 0; i < more; ++i) {
    if (!is_continuation(text[byte + i])) return kReplacement;
    code_point = (code_point << 6) | (static_cast<unsigned char>(text[byte + i]) & 0x3F);
  }
  constexpr char32_t kLeast[] = {0, 0x80, 0x800, 0x10000};
  if (code_point < kLeast[more] || code_point > 0x10FFFF) return kReplacement;
  byte += more;
  return code_point;
}

void append_code_point(std::string& text, char32_t code_point) {
  const auto tail = [&](int shift) {
    text += static_cast<char>(0x80 | ((code_point >> shift) & 0x3F));
  };
  if (is_low_surrogate(code_point) && text.size() >= 3) {
    size_t at = text.size() - 3;
    if (text[at] == '\xED') {
      const char32_t before = decode_at(text, at);
      if (is_high_surrogate(before)) {
        text.resize(text.size() - 3);
        code_point = joined(before, code_point);
      }
    }
  }
  if (code_point < 0x80) {
    text += static_cast<char>(code_point);
  } else if (code_point < 0x800) {
    text += static_cast<char>(0xC0 | (code_point >> 6));
    tail(0);
  } else if (code_point < 0x10000) {
    text += static_cast<char>(0xE0 | (code_point >> 12));
    tail(6);
    tail(0);
  } else {
    text += static_cast<char>(0xF0 | ((code_point >> 18) & 0x07));
    tail(12);
    tail(6);
    tail(0);
  }
}

int compare_utf16(std::string_view a, std::string_view b) {
  size_t at = static_cast<size_t>(
      std::mismatch(a.begin(), a.begin() + static_cast<ptrdiff_t>(std::min(a.size(), b.size())),
                    b.begin())
          .first -
      a.begin());
  if (at == a.size() || at == b.size()) return a.size() < b.size() ? -1 : a.size() > b.size();
  // Up to U+D7FF the order of bytes is that of units.
  if (static_cast<unsigned char>(a[at]) < 0x80 && static_cast<unsigned char>(b[at]) < 0x80)
    return a[at] < b[at] ? -1 : 1;
  while (at > 0 && is_continuation(a[at])) --at;
  while (at > 0 && is_continuation(b[at])) --at;
  Units left(a.substr(at));
  Units right(b.substr(at));
  while (true) {
    const int32_t l = left.next();
    const int32_t r = right.next();
    if (l != r) return l < r ? -1 : 1;
    if (l < 0) return 0;
  }
}

std::string to_lower(std::string_view text) {
  return is_ascii(text) ? map_ascii<'A', 'Z'>(text) : map_case(text, &u_strToLower);
}

std::string to_upper(std::string_view text) {
  return is_ascii(text) ? map_ascii<'a', 'z'>(text) : map_case(text, &u_strToUpper);
}

std::u16string to_utf16(std::string_view text) {
  std::u16string units;
  units.reserve(text.size());
  for (size_t at = 0; at < text.size();) {
    const char32_t code_point = decode_at(text, at);
    if (code_point < 0x10000) {
      units += static_cast<char16_t>(code_point);
    } else {
      units += static_cast<char16_t>(0xD800 + ((code_point - 0x10000) >> 10));
      units += static_cast<char16_t>(0xDC00 + ((code_point - 0x10000) & 0x3FF));
    }
  }
  return units;
}

std::string from_utf16(std::u16string_view units) {
  std::string text;
  text.reserve(units.size());
  for (const char16_t unit : units) append_code_point(text, unit);  // joins pairs
  return text;
}

}  // namespace pawl::text
