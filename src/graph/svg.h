// SPDX-License-Identifier: Apache-2.0
// A laid out Graph as an SVG picture of its own, without scripts, styles from elsewhere, fonts or
// links.
#pragma once

#include <cstdint>
#include <string>
#include <unordered_map>

#include "graph/graph.h"
#include "graph/palette.h"

namespace pawl::graph {

struct SvgOptions {
  std::string title;  ///< <title>: read by screen readers, shown by browsers
  std::unordered_map<std::string, StateStatus> statuses = {};  ///< by name; empty: no colouring
  /// By name: what to say of a state before its type, "3 of 5 items".
  std::unordered_map<std::string, std::string> notes = {};
  /// By name: how often it was entered, if more than once.
  std::unordered_map<std::string, int64_t> visits = {};
  Theme theme = Theme::Light;
};

/// Names and labels are escaped: markup in them is shown, never acted on. `graph` must be laid out.
/// Thread-safe.
std::string to_svg(const Graph& graph, const SvgOptions& options = {});

}  // namespace pawl::graph
