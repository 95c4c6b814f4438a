// SPDX-License-Identifier: Apache-2.0
// An SVG picture as PNG, by librsvg and Cairo, which are loaded when the first one is made: nothing
// else of this program takes their time or memory.
#pragma once

#include <string>
#include <string_view>

#include "base/error.h"

namespace pawl::graph {

/// Cairo's bound of a side, and what 256 MB of pixels are.
inline constexpr double kPngSideMax = 32'000;
inline constexpr double kPngPixelsMax = 64'000'000;

struct PngOptions {
  double width = 0;  ///< of the picture, in its own units; both positive
  double height = 0;
  double scale = 2;  ///< pixels a unit
};

/// 2, or as much as the bounds allow a picture of this size.
double png_scale(double width, double height);

/// `svg` is trusted: what graph/svg.h writes. Errors: LimitExceeded beyond the bounds; Unsupported
/// if the libraries cannot be loaded or there is no font; InvalidSyntax if it is no picture.
/// Thread-safe: one at a time, others wait.
base::Result<std::string> to_png(std::string_view svg, const PngOptions& options);

}  // namespace pawl::graph
