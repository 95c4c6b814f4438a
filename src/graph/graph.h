// SPDX-License-Identifier: Apache-2.0
// Graph: the states of a definition and the ways between them, first without (build_graph) and then
// with positions (graph/layout.h). Made from the definition's JSON, not from a Program, so that
// JSONata machines and definitions with mistakes can be drawn too.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "json/value.h"

namespace pawl::graph {

/// Index into Graph::nodes and Graph::clusters.
using NodeIndex = size_t;
using ClusterIndex = size_t;

/// In points; y grows downwards, the origin is the upper left corner of the picture.
struct Point {
  double x = 0;
  double y = 0;
};

struct Rectangle {
  double x = 0;
  double y = 0;
  double width = 0;
  double height = 0;
};

/// Join: where the branches of a Parallel or the iterations of a Map come together again; it is
/// drawn as a dot.
enum class NodeKind : uint8_t { Start, End, State, Join };

struct Node {
  NodeKind kind = NodeKind::State;
  std::string name{};     ///< the state's; empty for other kinds
  std::string pointer{};  ///< JSON pointer of the state in the definition
  std::string type{};     ///< "Task" …, as written
  std::string
      detail{};  ///< a second line for people: the function, the time to wait …; may be empty
  int64_t retry_attempts = -1;            ///< the most attempts of its Retriers; -1: it has none
  std::optional<ClusterIndex> cluster{};  ///< the innermost it lies in
  Rectangle box{};
};

enum class EdgeKind : uint8_t { Next, Choice, Default, Catch };

struct Edge {
  EdgeKind kind = EdgeKind::Next;
  NodeIndex from = 0;
  NodeIndex to = 0;
  std::optional<ClusterIndex> cluster{};  ///< the innermost its label lies in
  std::string label{};  ///< the condition or the error names, whole; empty for Next
  std::vector<std::string> label_lines{};  ///< the same, broken and shortened for the picture
  Rectangle label_box{};                   ///< if there is a label
  std::vector<Point> curve{};  ///< cubic Bézier: 1 + 3n points; empty if it was not laid out
  Point tip{};                 ///< where the arrow ends
};

enum class ClusterKind : uint8_t { Parallel, Map, Branch };

/// What lies inside a Parallel or a Map; Branch: one branch of a Parallel.
struct Cluster {
  ClusterKind kind = ClusterKind::Parallel;
  std::string name{};        ///< the state's name; of a Branch "Branch 1"
  bool distributed = false;  ///< of a Map
  std::optional<ClusterIndex> parent{};
  Rectangle box{};
};

struct Graph {
  std::vector<Node> nodes;
  std::vector<Edge> edges;
  std::vector<Cluster> clusters;  ///< parents before children
  double width = 0;
  double height = 0;
};

/// More states or transitions than this are refused: laying them out would take minutes and nobody
/// could read the picture.
inline constexpr size_t kStatesMax = 2'000;
inline constexpr size_t kTransitionsMax = 2'500;

/// The graph of a definition, without positions. What is not understood is left out: a transition
/// to a state that is not there has no edge. Errors: TypeMismatch if there are no "States" at all;
/// LimitExceeded above kStatesMax states, kTransitionsMax transitions or a nesting of more than 100
/// levels. Thread-safe.
base::Result<Graph> build_graph(const json::Value& definition);

}  // namespace pawl::graph
