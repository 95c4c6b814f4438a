// SPDX-License-Identifier: Apache-2.0
#include "graph/text_metrics.h"

#include <array>
#include <cstdint>

namespace pawl::graph {
namespace {

/// Advance widths of U+0020 … U+007E in thousandths of the font size (Adobe's Helvetica.afm).
constexpr std::array<uint16_t, 95> kAdvances{
    278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333,  278, 278, 556, 556, 556,
    556, 556, 556, 556, 556, 556, 556, 278, 278, 584, 584, 584, 556, 1015, 667, 667, 722, 722, 667,
    611, 778, 722, 278, 500, 667, 556, 833, 722, 778, 667, 778, 722, 667,  611, 722, 667, 944, 667,
    667, 611, 278, 278, 278, 469, 556, 333, 556, 556, 500, 556, 556, 278,  556, 556, 222, 222, 500,
    222, 833, 556, 556, 556, 556, 333, 500, 278, 556, 500, 722, 500, 500,  500, 334, 260, 334, 584};

/// Fonts that stand in for Helvetica (DejaVu, Verdana) run up to this much wider.
constexpr double kFontReserve = 1.12;

/// The code point at `at`, which moves behind it. Broken UTF-8 counts byte by byte.
char32_t next_code_point(std::string_view text, size_t& at) {
  const auto byte = [&](size_t index) { return static_cast<unsigned char>(text[index]); };
  const unsigned char first = byte(at);
  size_t length = 1;
  if (first >= 0xF0) {
    length = 4;
  } else if (first >= 0xE0) {
    length = 3;
  } else if (first >= 0xC0) {
    length = 2;
  }
  if (at + length > text.size()) length = 1;
  char32_t code_point = length == 1 ? first : first & (0xFFU >> (length + 1));
  for (size_t index = 1; index < length; ++index)
    code_point = (code_point << 6) | (byte(at + index) & 0x3FU);
  at += length;
  return code_point;
}

double advance(char32_t c) {
  if (c >= 0x20 && c <= 0x7E) return kAdvances[c - 0x20];
  if (c < 0x20) return 278;
  const bool combining = (c >= 0x300 && c <= 0x36F) || c == 0x200D || (c >= 0xFE00 && c <= 0xFE0F);
  if (combining) return 0;
  const bool wide = (c >= 0x1100 && c <= 0x115F) || (c >= 0x2E80 && c <= 0xD7A3) ||
                    (c >= 0xF900 && c <= 0xFAFF) || (c >= 0xFE30 && c <= 0xFE6F) ||
                    (c >= 0xFF00 && c <= 0xFF60) || c >= 0x1F000;
  return wide ? 1000 : 620;
}

/// How much of `text` fits into `width_max`, in bytes; at least one character.
size_t fitting_bytes(std::string_view text, double font_size, bool bold, double width_max) {
  size_t end = 0;
  while (end < text.size()) {
    size_t next = end;
    next_code_point(text, next);
    if (end > 0 && text_width(text.substr(0, next), font_size, bold) > width_max) break;
    end = next;
  }
  return end;
}

/// Where to break a text whose first `fitting` bytes fit: behind the last space, else behind the
/// last character that may stand at a line's end, else in the middle of the word.
size_t break_at(std::string_view text, size_t fitting) {
  const size_t space = text.substr(0, fitting + 1).rfind(' ');
  if (space != std::string_view::npos && space > 0) return space;
  const size_t mark = text.substr(0, fitting).find_last_of("-_.:/,");
  if (mark != std::string_view::npos && mark >= fitting / 2) return mark + 1;
  return fitting;
}

std::string_view without_leading_spaces(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  return text;
}

}  // namespace

double text_width(std::string_view text, double font_size, bool bold) {
  double thousandths = 0;
  for (size_t at = 0; at < text.size();) thousandths += advance(next_code_point(text, at));
  return thousandths / 1000 * font_size * kFontReserve * (bold ? 1.12 : 1.0);
}

std::vector<std::string> wrap_text(std::string_view text, double font_size, bool bold,
                                   double width_max, size_t lines_max) {
  std::vector<std::string> lines;
  std::string_view rest = without_leading_spaces(text);
  while (lines.size() + 1 < lines_max && text_width(rest, font_size, bold) > width_max) {
    const size_t end = break_at(rest, fitting_bytes(rest, font_size, bold, width_max));
    lines.emplace_back(rest.substr(0, end));
    rest = without_leading_spaces(rest.substr(end));
  }
  if (text_width(rest, font_size, bold) > width_max) {
    const double room = width_max - text_width("…", font_size, bold);
    lines.push_back(std::string(rest.substr(0, fitting_bytes(rest, font_size, bold, room))) + "…");
  } else if (!rest.empty() || lines.empty()) {
    lines.emplace_back(rest);
  }
  return lines;
}

}  // namespace pawl::graph
