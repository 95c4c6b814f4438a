// SPDX-License-Identifier: Apache-2.0
#include "services/s3/header_text.h"

#include <algorithm>
#include <cstdio>

#include "aws/http_message.h"
#include "base/bytes.h"

namespace pawl::s3 {
namespace {

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return -1;
}

/// RFC 2047 section 4.2.
std::string decode_q(std::string_view text) {
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '_') {
      out += ' ';
    } else if (text[i] == '=' && i + 2 < text.size() && hex_digit(text[i + 1]) >= 0 &&
               hex_digit(text[i + 2]) >= 0) {
      out += static_cast<char>(hex_digit(text[i + 1]) * 16 + hex_digit(text[i + 2]));
      i += 2;
    } else {
      out += text[i];
    }
  }
  return out;
}

/// As JavaMail's decoder: four characters at a time, and what is no digit counts as 63, as the
/// recorded answer to "=GGG" shows.
std::string decode_b(std::string_view text) {
  constexpr std::string_view kDigits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  const auto digit = [&](char c) {
    const size_t at = kDigits.find(c);
    return static_cast<unsigned>(at == std::string_view::npos ? 63 : at);
  };
  std::string out;
  for (size_t i = 0; i + 4 <= text.size(); i += 4) {
    const unsigned word = digit(text[i]) << 18 | digit(text[i + 1]) << 12 |
                          digit(text[i + 2]) << 6 | digit(text[i + 3]);
    out += static_cast<char>(word >> 16);
    if (text[i + 2] != '=') out += static_cast<char>(word >> 8);
    if (text[i + 3] != '=') out += static_cast<char>(word);
  }
  return out;
}

/// Length of the well-formed UTF-8 sequence at the beginning; 0 if there is none.
size_t sequence_bytes(std::string_view text) {
  const auto lead = static_cast<uint8_t>(text[0]);
  const size_t length = lead < 0x80   ? 1
                        : lead < 0xC2 ? 0
                        : lead < 0xE0 ? 2
                        : lead < 0xF0 ? 3
                        : lead < 0xF5 ? 4
                                      : 0;
  if (length == 0 || text.size() < length) return 0;
  for (size_t i = 1; i < length; ++i) {
    if ((static_cast<uint8_t>(text[i]) & 0xC0) != 0x80) return 0;
  }
  const auto second = length > 1 ? static_cast<uint8_t>(text[1]) : 0;
  if ((lead == 0xE0 && second < 0xA0) || (lead == 0xED && second > 0x9F) ||
      (lead == 0xF0 && second < 0x90) || (lead == 0xF4 && second > 0x8F)) {
    return 0;
  }
  return length;
}

std::string repaired(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const size_t length = sequence_bytes(text);
    if (length == 0) {
      out += "\xEF\xBF\xBD";
      text.remove_prefix(1);
    } else {
      out += text.substr(0, length);
      text.remove_prefix(length);
    }
  }
  return out;
}

bool is_plain(char c) {
  const auto byte = static_cast<uint8_t>(c);
  return byte < 0x7F && (byte >= 0x20 || c == '\r' || c == '\n' || c == '\t');
}

}  // namespace

std::string decode_header_word(std::string_view text) {
  constexpr std::string_view kBegin = "=?";
  constexpr std::string_view kEnd = "?=";
  const auto plain = [&] { return repaired(text); };
  if (!text.starts_with(kBegin) || !text.ends_with(kEnd) || text.size() < 8) return plain();
  const std::string_view inner = text.substr(2, text.size() - 4);
  const size_t charset = inner.find('?');
  if (charset == std::string_view::npos) return plain();
  if (!aws::equals_ignoring_case(inner.substr(0, charset), "UTF-8")) return plain();
  const std::string_view rest = inner.substr(charset + 1);
  if (rest.size() < 2 || rest[1] != '?') return plain();
  const std::string_view word = rest.substr(2);
  if (rest[0] == 'Q' || rest[0] == 'q') return repaired(decode_q(word));
  if (rest[0] == 'B' || rest[0] == 'b') return repaired(decode_b(word));
  return plain();
}

std::string encode_header_word(std::string_view text) {
  size_t ascii = 0;
  size_t other = 0;
  for (std::string_view rest = text; !rest.empty();) {
    const size_t length = std::max<size_t>(sequence_bytes(rest), 1);
    if (is_plain(rest[0])) {
      ++ascii;
    } else {
      other += length == 4 ? 2 : 1;  // UTF-16 units, as Java counts
    }
    rest.remove_prefix(length);
  }
  if (other == 0) return std::string(text);
  if (ascii <= other) return "=?UTF-8?B?" + base::base64_encode(text) + "?=";
  std::string out = "=?UTF-8?Q?";
  for (const char c : text) {
    const auto byte = static_cast<uint8_t>(c);
    if (c == ' ') {
      out += '_';
    } else if (byte < 0x20 || byte >= 0x7F || c == '=' || c == '_' || c == '?') {
      char escape[4];
      std::snprintf(escape, sizeof(escape), "=%02X", byte);
      out += escape;
    } else {
      out += c;
    }
  }
  return out + "?=";
}

std::optional<Pairs> parse_tagging(std::string_view text) {
  Pairs tags;
  if (text.empty()) return tags;
  for (auto& [name, value] : aws::parse_query(text)) {
    // A value cannot hold an "=" that is not encoded.
    if (name.empty() || find_pair(tags, name) != nullptr) return std::nullopt;
    tags.emplace_back(std::move(name), std::move(value));
  }
  for (size_t at = 0; at <= text.size();) {
    const size_t end = std::min(text.find('&', at), text.size());
    const std::string_view part = text.substr(at, end - at);
    if (std::count(part.begin(), part.end(), '=') > 1) return std::nullopt;
    at = end + 1;
  }
  return tags;
}

std::optional<CopySource> parse_copy_source(std::string_view text) {
  if (text.starts_with('/')) text.remove_prefix(1);
  CopySource source;
  constexpr std::string_view kVersion = "?versionId=";
  if (const size_t version = text.rfind(kVersion); version != std::string_view::npos) {
    source.version_id = aws::uri_decode(text.substr(version + kVersion.size()));
    text = text.substr(0, version);
  }
  const std::string decoded = aws::uri_decode(text, true);
  const size_t begin = decoded.starts_with('/') ? 1 : 0;
  const size_t slash = decoded.find('/', begin);
  if (slash == std::string::npos || slash == begin || slash + 1 == decoded.size()) {
    return std::nullopt;
  }
  source.bucket = decoded.substr(begin, slash - begin);
  source.key = decoded.substr(slash + 1);
  return source;
}

std::string encode_key(std::string_view key) {
  std::string out = aws::uri_encode(key, "/* ");
  std::replace(out.begin(), out.end(), ' ', '+');
  return out;
}

}  // namespace pawl::s3
