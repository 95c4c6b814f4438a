// SPDX-License-Identifier: Apache-2.0
// Layout: gives a Graph its positions. Graphviz' `dot` decides where things are; how they look is
// graph/svg.h's.
#pragma once

#include "base/error.h"
#include "graph/graph.h"
#include "json/value.h"

namespace pawl::graph {

/// Sizes every node and label, then places nodes, edges and clusters, and sets the graph's size.
/// Names and labels are never given to Graphviz, so nothing in them can act as markup there.
/// Errors: Unsupported if Graphviz' libraries are not installed; LimitExceeded if it gives up.
/// Thread-safe: one layout at a time (Graphviz has global state), others wait.
base::Result<void> lay_out(Graph& graph);

/// The laid out graph as JSON: {"width", "height", "nodes": [{"name", "type", "pointer", "x", "y",
/// "width", "height"} …], "edges": [{"from", "to", "kind", "label", "points": [[x, y] …]} …],
/// "clusters": […]}. `from` and `to` are indexes into nodes; points are a cubic Bézier curve.
json::Value to_json(const Graph& graph);

}  // namespace pawl::graph
