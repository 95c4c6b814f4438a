// SPDX-License-Identifier: Apache-2.0
// `pawl graph`: a definition as a picture.
#pragma once

#include <string>

namespace pawl::app {

struct GraphOptions {
  std::string definition;
  std::string output;  ///< .svg or .json; "-" is SVG on stdout
  bool no_color = false;
};

/// A definition with mistakes is drawn as far as it goes, and its mistakes are named as warnings.
int run_graph(const GraphOptions& options);

}  // namespace pawl::app
