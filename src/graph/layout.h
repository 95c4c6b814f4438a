// SPDX-License-Identifier: Apache-2.0
// Layout: gives a Graph its positions. Graphviz' `dot` decides where things are; how they look is
// graph/svg.h's.
#pragma once

#include <string>

#include "base/error.h"
#include "graph/graph.h"
#include "json/value.h"

namespace pawl::graph {

/// Sizes every node and label, then places nodes, edges and clusters, and sets the graph's size.
/// Names and labels are never given to Graphviz, so nothing in them can act as markup there.
/// Errors: Unsupported if Graphviz' libraries are not installed; LimitExceeded if it gives up.
/// Thread-safe: one layout at a time (Graphviz has global state), others wait.
base::Result<void> lay_out(Graph& graph);

/// The laid out graph as JSON, all that a picture needs: {"width", "height", "nodes": [{"kind",
/// "name", "type", "detail", "pointer", "retryAttempts", "cluster", "x", "y", "width", "height"}
/// …], "edges": [{"kind", "from", "to", "label", "labelLines", "labelBox", "points": [[x, y] …],
/// "tip": [x, y]} …], "clusters": [{"kind", "name", "distributed", "parent", "x", …} …]}. What
/// there is not is absent. `from` and `to` are indexes into nodes, `cluster` and `parent` into
/// clusters; points are a cubic Bézier curve of 1 + 3n points, none if it was not laid out.
json::Value to_json(const Graph& graph);

// Sizes that layout keeps free and graph/svg.cc draws into.
inline constexpr double kNameFontSize = 13;
inline constexpr double kDetailFontSize = 11;
inline constexpr double kLabelFontSize = 11;
inline constexpr double kLabelLineHeight = 15;
inline constexpr double kStateTextX =
    50;  ///< from a state's left side to its texts; the icon stands before them
inline constexpr double kStateRightMargin =
    16;  ///< from the texts to the right side or the mark of Retriers

/// The second line of a state: "Task · checkSize".
std::string state_second_line(const Node& node);
/// What the mark of a state's Retriers takes of its width; 0 if it has none.
double retry_mark_width(const Node& node);

}  // namespace pawl::graph
