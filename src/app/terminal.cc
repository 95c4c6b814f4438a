// SPDX-License-Identifier: Apache-2.0
#include "app/terminal.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>

namespace pawl::app {
namespace {

/// Bytes of the UTF-8 character that starts with `first`.
size_t sequence_length(unsigned char first) {
  if (first >= 0xF0) return 4;
  if (first >= 0xE0) return 3;
  return first >= 0xC0 ? 2 : 1;
}

char32_t code_point_at(std::string_view text, size_t at, size_t length) {
  char32_t code_point = static_cast<unsigned char>(text[at]);
  if (length > 1) code_point &= 0xFFU >> (length + 1);
  for (size_t index = 1; index < length; ++index) {
    code_point = (code_point << 6) | (static_cast<unsigned char>(text[at + index]) & 0x3FU);
  }
  return code_point;
}

/// Bytes of the character at `at`, or 0 if the text is not UTF-8 there.
size_t valid_length(std::string_view text, size_t at) {
  const auto first = static_cast<unsigned char>(text[at]);
  const size_t length = sequence_length(first);
  if ((first >= 0x80 && first < 0xC2) || first > 0xF4 || at + length > text.size()) return 0;
  for (size_t index = 1; index < length; ++index) {
    if ((static_cast<unsigned char>(text[at + index]) & 0xC0) != 0x80) return 0;
  }
  return length;
}

/// Columns of one character: the blocks of East Asian wide characters and emoji take two.
size_t columns_of(char32_t c) {
  if ((c >= 0x300 && c <= 0x36F) || c == 0x200D || (c >= 0xFE00 && c <= 0xFE0F)) return 0;
  const bool wide = (c >= 0x1100 && c <= 0x115F) || (c >= 0x2E80 && c <= 0xD7A3) ||
                    (c >= 0xF900 && c <= 0xFAFF) || (c >= 0xFE30 && c <= 0xFE6F) ||
                    (c >= 0xFF00 && c <= 0xFF60) || (c >= 0x1F300 && c <= 0x1FAFF);
  return wide ? 2 : 1;
}

/// The end of the escape sequence that starts at `at` (ECMA-48: CSI … final byte, OSC … BEL or ESC
/// backslash, else two characters).
size_t skip_escape(std::string_view text, size_t at) {
  if (at + 1 >= text.size()) return text.size();
  const char kind = text[at + 1];
  size_t end = at + 2;
  if (kind == '[') {
    while (end < text.size() && (text[end] < 0x40 || text[end] > 0x7E)) ++end;
    return std::min(end + 1, text.size());
  }
  if (kind == ']') {
    while (end < text.size() && text[end] != '\a' && text[end] != '\x1b') ++end;
    if (end < text.size() && text[end] == '\x1b') ++end;  // ESC \ ends it too
    return std::min(end + 1, text.size());
  }
  return end;
}

}  // namespace

Palette make_palette(bool colors) {
  if (!colors) return {};
  return {"\x1b[1m",  "\x1b[2m",  "\x1b[31m", "\x1b[32m",
          "\x1b[33m", "\x1b[34m", "\x1b[36m", "\x1b[0m"};
}

bool is_terminal(int descriptor) { return isatty(descriptor) == 1; }

bool wants_colors(int descriptor, bool no_color) {
  if (no_color || !is_terminal(descriptor)) return false;
  const char* unwanted = std::getenv("NO_COLOR");
  if (unwanted != nullptr && *unwanted != '\0') return false;
  const char* term = std::getenv("TERM");
  return term != nullptr && std::string_view(term) != "dumb";
}

TerminalSize terminal_size(int descriptor) {
  winsize size{};
  TerminalSize result;
  if (ioctl(descriptor, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 && size.ws_row > 0) {
    result.columns = size.ws_col;
    result.rows = size.ws_row;
  }
  return result;
}

std::string printable(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (size_t at = 0; at < text.size();) {
    const unsigned char c = static_cast<unsigned char>(text[at]);
    if (c == 0x1B) {
      at = skip_escape(text, at);
    } else if (c < 0x20 || c == 0x7F) {
      out += ' ';
      ++at;
    } else if (c == 0xC2 && at + 1 < text.size() &&
               static_cast<unsigned char>(text[at + 1]) < 0xA0) {
      at += 2;  // C1 controls, U+0080 … U+009F
    } else if (const size_t length = valid_length(text, at); length > 0) {
      out += text.substr(at, length);
      at += length;
    } else {
      out += "\uFFFD";
      ++at;
    }
  }
  return out;
}

size_t display_width(std::string_view text) {
  size_t columns = 0;
  for (size_t at = 0; at < text.size();) {
    const size_t length =
        std::min(sequence_length(static_cast<unsigned char>(text[at])), text.size() - at);
    columns += columns_of(code_point_at(text, at, length));
    at += length;
  }
  return columns;
}

std::string cut_to_width(std::string_view text, size_t columns) {
  if (display_width(text) <= columns) return std::string(text);
  if (columns == 0) return {};
  size_t used = 0;
  size_t at = 0;
  while (at < text.size()) {
    const size_t length =
        std::min(sequence_length(static_cast<unsigned char>(text[at])), text.size() - at);
    const size_t width = columns_of(code_point_at(text, at, length));
    if (used + width > columns - 1) break;
    used += width;
    at += length;
  }
  return std::string(text.substr(0, at)) + "…";
}

std::string format_duration(int64_t ms) {
  char text[48];
  if (ms < 1'000) {
    std::snprintf(text, sizeof text, "%lld ms", static_cast<long long>(ms));
  } else if (ms < 60'000) {
    std::snprintf(text, sizeof text, "%.1f s", static_cast<double>(ms) / 1'000);
  } else if (ms < 3'600'000) {
    std::snprintf(text, sizeof text, "%lld min %lld s", static_cast<long long>(ms / 60'000),
                  static_cast<long long>(ms % 60'000 / 1'000));
  } else {
    std::snprintf(text, sizeof text, "%lld h %lld min", static_cast<long long>(ms / 3'600'000),
                  static_cast<long long>(ms % 3'600'000 / 60'000));
  }
  return text;
}

}  // namespace pawl::app
