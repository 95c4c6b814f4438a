// SPDX-License-Identifier: Apache-2.0
#include "console/text_position.h"

#include <algorithm>
#include <utility>

#include "text/unicode.h"

namespace pawl::console {

using json::Value;

Value position_of_byte(std::string_view text, size_t byte) {
  const std::string_view before = text.substr(0, std::min(byte, text.size()));
  const auto line = std::count(before.begin(), before.end(), '\n') + 1;
  const size_t newline = before.rfind('\n');
  const std::string_view in_line =
      newline == std::string_view::npos ? before : before.substr(newline + 1);
  json::ObjectBuilder out;
  out.set("line", Value(static_cast<int64_t>(line)))
      .set("column", Value(static_cast<int64_t>(text::count_code_points(in_line) + 1)))
      .set("offset", Value(static_cast<int64_t>(text::utf16_offset_of_byte(text, before.size()))));
  return std::move(out).build();
}

Value position_of_place(std::string_view text, const base::SourcePosition& place) {
  size_t start = 0;
  for (int line = 1; line < place.line; ++line) {
    const size_t newline = text.find('\n', start);
    if (newline == std::string_view::npos) break;
    start = newline + 1;
  }
  return position_of_byte(text, start + static_cast<size_t>(std::max(place.column, 1) - 1));
}

}  // namespace pawl::console
