// SPDX-License-Identifier: Apache-2.0
// A laid out Graph as an SVG picture of its own, without scripts, styles from elsewhere, fonts or
// links.
#pragma once

#include <cstdint>
#include <string>
#include <unordered_map>

#include "graph/graph.h"

namespace pawl::graph {

/// How far an execution has come with a state. Caught: it failed and a Catcher took over.
enum class StateStatus : uint8_t { NotEntered, Running, Succeeded, Failed, Caught, Aborted };

struct SvgOptions {
  std::string title;  ///< <title>: read by screen readers, shown by browsers
  std::unordered_map<std::string, StateStatus> statuses;  ///< by state name; empty: no colouring
};

/// Names and labels are escaped: markup in them is shown, never acted on. `graph` must be laid out.
/// Thread-safe.
std::string to_svg(const Graph& graph, const SvgOptions& options = {});

}  // namespace pawl::graph
