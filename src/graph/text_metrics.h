// SPDX-License-Identifier: Apache-2.0
// How wide text is in a sans-serif face, without a font at hand: the advance widths of Helvetica
// and Arial, which the fonts that browsers put in their place follow or stay below. Sizes boxes;
// draws nothing.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace pawl::graph {

/// The width of UTF-8 `text` at `font_size`, in the font's unit. Bold is 12 % wider.
double text_width(std::string_view text, double font_size, bool bold = false);

/// Breaks `text` into at most `lines_max` lines of at most `width_max`; words that are longer are
/// broken inside. What does not fit ends in "…". Never cuts a UTF-8 sequence. At least one line.
std::vector<std::string> wrap_text(std::string_view text, double font_size, bool bold,
                                   double width_max, size_t lines_max);

}  // namespace pawl::graph
