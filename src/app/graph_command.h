// SPDX-License-Identifier: Apache-2.0
// `pawl graph`: a definition as a picture, in the colours of an execution if its history is given,
// or an execution that a running server has.
#pragma once

#include <string>

#include "graph/palette.h"

namespace pawl::app {

struct GraphOptions {
  std::string definition;     ///< a file; empty with `execution_arn`
  std::string history;        ///< a file, as GetExecutionHistory answers; "": no execution is shown
  std::string execution_arn;  ///< of a server that runs; "": none
  std::string endpoint;       ///< of that server; "": AWS_ENDPOINT_URL, else http://127.0.0.1:4566
  std::string region;         ///< "": AWS_REGION, else us-east-1
  std::string output;         ///< .svg, .png or .json; "-" is SVG on stdout
  double scale = 0;           ///< pixels a unit of a PNG, 0.1 to 16; 0: 2, or less for large ones
  graph::Theme theme = graph::Theme::Light;
  bool no_color = false;
};

/// A definition with mistakes is drawn as far as it goes, and its mistakes are named as warnings.
int run_graph(const GraphOptions& options);

}  // namespace pawl::app
