// SPDX-License-Identifier: Apache-2.0
// What is written for people: colours where the terminal has them, and text that cannot act on the
// terminal.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace pawl::app {

/// The few styles used; empty strings where colours are off.
struct Palette {
  std::string_view bold, dim, red, green, yellow, blue, cyan, reset;
};

Palette make_palette(bool colors);

/// Colours for a descriptor: it is a terminal, and neither --no-color, NO_COLOR nor TERM=dumb says
/// otherwise.
bool wants_colors(int descriptor, bool no_color);
bool is_terminal(int descriptor);

struct TerminalSize {
  size_t columns = 80;
  size_t rows = 24;
};
TerminalSize terminal_size(int descriptor);

/// `text` without control characters and escape sequences; tabs become spaces, broken UTF-8 becomes
/// U+FFFD. Names, errors and what functions print come from outside: they must not move the cursor
/// or worse.
std::string printable(std::string_view text);

/// Columns that printable UTF-8 takes on a terminal.
size_t display_width(std::string_view text);

/// The first `columns` columns, with "…" at the end if something is missing.
std::string cut_to_width(std::string_view text, size_t columns);

/// "12 ms", "1.3 s", "2 min 5 s", "3 h 20 min".
std::string format_duration(int64_t ms);

}  // namespace pawl::app
