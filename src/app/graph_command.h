// SPDX-License-Identifier: Apache-2.0
// `pawl graph`: a definition as a picture, in the colours of an execution if its history is given.
#pragma once

#include <string>

namespace pawl::app {

struct GraphOptions {
  std::string definition;
  std::string history;  ///< a file, as GetExecutionHistory answers; empty: no execution is shown
  std::string output;   ///< .svg or .json; "-" is SVG on stdout
  bool no_color = false;
};

/// A definition with mistakes is drawn as far as it goes, and its mistakes are named as warnings.
int run_graph(const GraphOptions& options);

}  // namespace pawl::app
