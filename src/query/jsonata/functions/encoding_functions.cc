// SPDX-License-Identifier: Apache-2.0
// Encodings: $base64encode/decode, $encodeUrl…, $decodeUrl… (ECMAScript 2023 section 19.2.6).
#include <array>
#include <string>

#include "base/bytes.h"
#include "query/jsonata/builtins.h"
#include "query/jsonata/evaluation.h"
#include "text/unicode.h"

namespace pawl::query::jsonata {
namespace {

/// Buffer.from(text, 'binary'): the low byte of each UTF-16 unit.
Item base64_encode_function(const BuiltinCall& call) {
  if (call[0].is_undefined()) return {};
  std::string bytes;
  for (const char16_t unit : text::to_utf16(call[0].as_string()))
    bytes += static_cast<char>(unit & 0xFF);
  return Item::string(base::base64_encode(bytes));
}

int base64_digit(char c) {
  if (c >= 'A' && c <= 'Z') return c - 'A';
  if (c >= 'a' && c <= 'z') return c - 'a' + 26;
  if (c >= '0' && c <= '9') return c - '0' + 52;
  if (c == '+' || c == '-') return 62;
  if (c == '/' || c == '_') return 63;
  return -1;
}

/// Buffer.from(text, 'base64').toString('binary'): what is no digit is passed over.
Item base64_decode_function(const BuiltinCall& call) {
  if (call[0].is_undefined()) return {};
  std::string text;
  uint32_t bits = 0;
  int count = 0;
  for (const char c : call[0].as_string()) {
    if (c == '=') break;
    const int digit = base64_digit(c);
    if (digit < 0) continue;
    bits = (bits << 6 | static_cast<uint32_t>(digit)) & 0xFFFFFF;
    count += 6;
    if (count >= 8) {
      count -= 8;
      text::append_code_point(text, (bits >> count) & 0xFF);
    }
  }
  return Item::string(text);
}

constexpr std::string_view kUnreserved =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.!~*'()";
constexpr std::string_view kReserved = ";/?:@&=+$,#";

Item malformed(const BuiltinCall& call, std::string_view name) {
  EvaluationError error("D3140");
  error.value = call[0].value();
  error.function_name = name;
  return call.evaluation.fail(std::move(error));
}

Item encode(const BuiltinCall& call, std::string_view name, std::string_view kept) {
  if (call[0].is_undefined()) return {};
  const std::string_view text = call[0].as_string();
  if (text::has_lone_surrogate(text)) return malformed(call, name);
  constexpr std::string_view kHex = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (kUnreserved.find(c) != std::string_view::npos || kept.find(c) != std::string_view::npos) {
      out += c;
    } else {
      out.append(1, '%').append(1, kHex[byte >> 4]).append(1, kHex[byte & 15]);
    }
  }
  if (call.evaluation.exceeds_memory(out.size())) return Item::failure();
  return Item::string(out);
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  const char lower = static_cast<char>(c | 0x20);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

/// The byte of "%XX" at `at`, or -1.
int escaped_byte(std::string_view text, size_t at) {
  if (at + 2 >= text.size() || text[at] != '%') return -1;
  const int high = hex_digit(text[at + 1]);
  const int low = hex_digit(text[at + 2]);
  return high < 0 || low < 0 ? -1 : high * 16 + low;
}

/// Bytes of the UTF-8 sequence that begins so; 0: none does.
size_t sequence_length(int first) {
  if (first < 0x80) return 1;
  if (first >= 0xC2 && first < 0xE0) return 2;
  if (first >= 0xE0 && first < 0xF0) return 3;
  return first >= 0xF0 && first < 0xF5 ? 4 : 0;
}

bool is_whole_code_point(std::string_view bytes) {
  size_t at = 0;
  const char32_t point = text::decode_at(bytes, at);
  return at == bytes.size() && point != 0xFFFD && !text::has_lone_surrogate(bytes);
}

/// ECMAScript "Decode": escapes of reserved characters stay as they are.
Item decode(const BuiltinCall& call, std::string_view name, std::string_view reserved) {
  if (call[0].is_undefined()) return {};
  const std::string_view text = call[0].as_string();
  std::string out;
  for (size_t at = 0; at < text.size();) {
    if (text[at] != '%') {
      out += text[at++];
      continue;
    }
    const int first = escaped_byte(text, at);
    const size_t length = first < 0 ? 0 : sequence_length(first);
    if (length == 0) return malformed(call, name);
    std::string bytes;
    for (size_t i = 0; i < length; ++i) {
      const int byte = escaped_byte(text, at + i * 3);
      if (byte < 0) return malformed(call, name);
      bytes += static_cast<char>(byte);
    }
    const bool is_replacement = bytes == "\xEF\xBF\xBD";
    if (length > 1 && !is_replacement && !is_whole_code_point(bytes)) return malformed(call, name);
    if (length == 1 && reserved.find(bytes[0]) != std::string_view::npos) {
      out += text.substr(at, 3);
    } else {
      out += bytes;
    }
    at += length * 3;
  }
  return Item::string(out);
}

Item encode_url_component(const BuiltinCall& call) {
  return encode(call, "encodeUrlComponent", "");
}
Item encode_url(const BuiltinCall& call) { return encode(call, "encodeUrl", kReserved); }
Item decode_url_component(const BuiltinCall& call) {
  return decode(call, "decodeUrlComponent", "");
}
Item decode_url(const BuiltinCall& call) { return decode(call, "decodeUrl", kReserved); }

constexpr Builtin kFunctions[] = {
    {"base64encode", "<s-:s>", 1, base64_encode_function},
    {"base64decode", "<s-:s>", 1, base64_decode_function},
    {"encodeUrlComponent", "<s-:s>", 1, encode_url_component},
    {"encodeUrl", "<s-:s>", 1, encode_url},
    {"decodeUrlComponent", "<s-:s>", 1, decode_url_component},
    {"decodeUrl", "<s-:s>", 1, decode_url},
};

}  // namespace

std::span<const Builtin> encoding_functions() { return kFunctions; }

}  // namespace pawl::query::jsonata
