// SPDX-License-Identifier: Apache-2.0
// Writes the graph in Graphviz' language with sizes but without any text, lets `dot` place it and
// reads the positions back.
#include "graph/layout.h"

#include <malloc.h>

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "graph/graphviz.h"
#include "graph/text_metrics.h"

namespace pawl::graph {
namespace {

constexpr double kPointsPerInch = 72;
constexpr double kMargin = 24;  ///< around the whole picture

constexpr double kStateHeight = 52;
constexpr double kStateWidthMin = 140;
constexpr double kStateWidthMax = 380;
constexpr double kTerminalSize = 46;  ///< Start and End
constexpr double kJoinSize = 12;
constexpr double kLabelWidthMax = 190;
constexpr size_t kLabelLinesMax = 3;
constexpr double kLabelPaddingX = 8;
constexpr double kLabelPaddingY = 4;

/// Routing edges around everything else is what takes `dot` long: minutes for hundreds of states
/// that all lead to each other. Such a graph gets straight edges without labels, as does a very
/// large one.
constexpr size_t kManyObjects = 900;
constexpr size_t kManyEdges = 150;

bool is_tangled(const Graph& graph) {
  const size_t nodes = graph.nodes.size();
  const size_t edges = graph.edges.size();
  return nodes + edges > kManyObjects || (edges > kManyEdges && 2 * edges > 3 * nodes);
}

void append_number(std::string& out, double number) {
  char text[32];
  std::snprintf(text, sizeof text, "%.4f", number);
  out += text;
}

void size_node(Node& node) {
  switch (node.kind) {
    case NodeKind::Start:
    case NodeKind::End: node.box.width = node.box.height = kTerminalSize; return;
    case NodeKind::Join: node.box.width = node.box.height = kJoinSize; return;
    case NodeKind::State: break;
  }
  const double name = text_width(node.name, kNameFontSize, true);
  const double detail = text_width(state_second_line(node), kDetailFontSize);
  const double mark = retry_mark_width(node);
  const double width =
      kStateTextX + std::max(name, detail) + kStateRightMargin + (mark > 0 ? mark + 10 : 0);
  node.box.width = std::clamp(width, kStateWidthMin, kStateWidthMax);
  node.box.height = kStateHeight;
}

void size_label(Edge& edge) {
  if (edge.label.empty()) return;
  edge.label_lines = wrap_text(edge.label, kLabelFontSize, false, kLabelWidthMax, kLabelLinesMax);
  double width = 0;
  for (const std::string& line : edge.label_lines)
    width = std::max(width, text_width(line, kLabelFontSize));
  edge.label_box.width = width + 2 * kLabelPaddingX;
  edge.label_box.height =
      static_cast<double>(edge.label_lines.size()) * kLabelLineHeight + 2 * kLabelPaddingY;
}

/// The graph in the DOT language: nodes are "n3", labels "l3",
/// clusters "cluster_3"; edges carry their index as attribute "id".
class DotWriter {
 public:
  explicit DotWriter(const Graph& graph) : graph_(graph) {
    children_.resize(graph.clusters.size() + 1);
    members_.resize(graph.clusters.size() + 1);
    labels_.resize(graph.clusters.size() + 1);
    for (ClusterIndex index = 0; index < graph.clusters.size(); ++index) {
      children_[slot(graph.clusters[index].parent)].push_back(index);
    }
    for (NodeIndex index = 0; index < graph.nodes.size(); ++index) {
      members_[slot(graph.nodes[index].cluster)].push_back(index);
    }
    for (size_t index = 0; index < graph.edges.size(); ++index) {
      if (!graph.edges[index].label_lines.empty())
        labels_[slot(graph.edges[index].cluster)].push_back(index);
    }
  }

  std::string write() && {
    out_ =
        "digraph g {\nrankdir=TB; nodesep=0.4; ranksep=0.4; splines=spline; "
        "outputorder=nodesfirst;\n";
    if (is_tangled(graph_))
      out_ += "splines=line; nslimit=0.1; nslimit1=0.1; mclimit=0.1; searchsize=10;\n";
    out_ += "node [shape=box, fixedsize=true, label=\"\"]; edge [id=\"\", arrowsize=0.9];\n";
    write_members(graph_.clusters.size());
    for (size_t index = 0; index < graph_.edges.size(); ++index) write_edge(index);
    out_ += "}\n";
    return std::move(out_);
  }

 private:
  size_t slot(const std::optional<ClusterIndex>& cluster) const {
    return cluster ? *cluster : graph_.clusters.size();
  }

  void write_members(size_t cluster_slot) {
    for (const NodeIndex index : members_[cluster_slot]) write_node(index);
    for (const size_t index : labels_[cluster_slot]) write_label(index);
    for (const ClusterIndex child : children_[cluster_slot]) {
      out_ += "subgraph cluster_" + std::to_string(child) + " {\nmargin=";
      out_ += graph_.clusters[child].kind == ClusterKind::Branch ? "6" : "16";
      out_ += ";\n";
      write_members(child);
      out_ += "}\n";
    }
  }

  void write_node(NodeIndex index) {
    const Node& node = graph_.nodes[index];
    out_ += "n" + std::to_string(index) + " [width=";
    append_number(out_, node.box.width / kPointsPerInch);
    out_ += ", height=";
    append_number(out_, node.box.height / kPointsPerInch);
    if (node.kind != NodeKind::State) out_ += ", shape=circle";
    out_ += "];\n";
  }

  /// A label is a node of its own on the edge's way, so that it lies on the line and never on
  /// anything else.
  void write_label(size_t index) {
    const Rectangle& box = graph_.edges[index].label_box;
    out_ += "l" + std::to_string(index) + " [width=";
    append_number(out_, box.width / kPointsPerInch);
    out_ += ", height=";
    append_number(out_, box.height / kPointsPerInch);
    out_ += "];\n";
  }

  void write_edge(size_t index) {
    const Edge& edge = graph_.edges[index];
    const std::string from = "n" + std::to_string(edge.from);
    const std::string to = "n" + std::to_string(edge.to);
    // The main way is kept straight, Catchers step aside.
    const std::string weight = edge.kind == EdgeKind::Catch ? "1" : "8";
    const std::string attributes = " [id=\"" + std::to_string(index) + "\", weight=" + weight;
    if (edge.label_lines.empty()) {
      out_ += from + " -> " + to + attributes + "];\n";
      return;
    }
    const std::string label = "l" + std::to_string(index);
    out_ += from + " -> " + label + attributes + ", arrowhead=none];\n";
    out_ += label + " -> " + to + attributes + "];\n";
  }

  const Graph& graph_;
  std::string out_;
  std::vector<std::vector<ClusterIndex>>
      children_;  ///< by slot; the last slot is the picture itself
  std::vector<std::vector<NodeIndex>> members_;
  std::vector<std::vector<size_t>> labels_;  ///< of edges
};

/// The number behind `prefix` in a name of DotWriter's.
size_t index_in(std::string_view name, std::string_view prefix) {
  size_t index = SIZE_MAX;
  if (name.starts_with(prefix))
    std::from_chars(name.data() + prefix.size(), name.data() + name.size(), index);
  return index;
}

/// Copies positions from Graphviz, whose y grows upwards, into the graph.
class PositionReader {
 public:
  PositionReader(const Graphviz& graphviz, graph_t* source, Graph& graph)
      : graphviz_(graphviz), source_(source), graph_(graph), box_(GD_bb(source)) {}

  void read() {
    graph_.width = box_.UR.x - box_.LL.x + 2 * kMargin;
    graph_.height = box_.UR.y - box_.LL.y + 2 * kMargin;
    for (node_t* node = graphviz_.ag_first_node(source_); node != nullptr;
         node = graphviz_.ag_next_node(source_, node)) {
      read_node(node);
      for (edge_t* edge = graphviz_.ag_first_out(source_, node); edge != nullptr;
           edge = graphviz_.ag_next_out(source_, edge)) {
        read_edge(edge);
      }
    }
    read_clusters(source_);
  }

 private:
  Point point(pointf from) const {
    return {from.x - box_.LL.x + kMargin, box_.UR.y - from.y + kMargin};
  }

  void center(Rectangle& rectangle, pointf at) const {
    const Point middle = point(at);
    rectangle.x = middle.x - rectangle.width / 2;
    rectangle.y = middle.y - rectangle.height / 2;
  }

  void read_node(node_t* node) {
    const std::string_view name = graphviz_.ag_name(node);
    if (const size_t index = index_in(name, "n"); index < graph_.nodes.size()) {
      center(graph_.nodes[index].box, ND_coord(node));
    } else if (const size_t label = index_in(name, "l"); label < graph_.edges.size()) {
      center(graph_.edges[label].label_box, ND_coord(node));
    }
  }

  /// The part in front of a label and the one behind it become one curve, which runs straight
  /// beneath the label.
  void read_edge(edge_t* source) {
    const size_t index = index_in(graphviz_.ag_get(source, const_cast<char*>("id")), "");
    const splines* way = ED_spl(source);
    if (index >= graph_.edges.size() || way == nullptr || way->size == 0) return;
    Edge& edge = graph_.edges[index];
    const bezier& part = way->list[0];
    std::vector<Point> points;
    for (int at = 0; at < part.size; ++at) points.push_back(point(part.list[at]));
    const bool behind_label = part.eflag != 0;
    if (behind_label) edge.tip = point(part.ep);
    if (behind_label)
      std::swap(points, edge.curve);  // now `points` is the first part, if it has been read
    if (!points.empty() && !edge.curve.empty()) {
      const Point from = points.back();
      points.insert(points.end(), {from, edge.curve.front()});
    }
    points.insert(points.end(), edge.curve.begin(), edge.curve.end());
    edge.curve = std::move(points);
  }

  void read_clusters(graph_t* parent) {
    for (graph_t* inner = graphviz_.ag_first_subgraph(parent); inner != nullptr;
         inner = graphviz_.ag_next_subgraph(inner)) {
      const size_t index = index_in(graphviz_.ag_name(inner), "cluster_");
      if (index < graph_.clusters.size()) {
        const boxf box = GD_bb(inner);
        const Point corner = point({box.LL.x, box.UR.y});
        graph_.clusters[index].box = {corner.x, corner.y, box.UR.x - box.LL.x, box.UR.y - box.LL.y};
      }
      read_clusters(inner);
    }
  }

  const Graphviz& graphviz_;
  graph_t* source_;
  Graph& graph_;
  boxf box_;
};

base::Result<void> place(Graph& graph, const Graphviz& graphviz) {
  const std::string dot = DotWriter(graph).write();
  graphviz.ag_set_error_level(AGMAX);  // it would write to stderr
  const ExpectedLeaks leaks;
  GVC_t* context = graphviz.gv_context();
  graph_t* source = graphviz.ag_mem_read(dot.c_str());
  const bool placed = source != nullptr && graphviz.gv_layout(context, source, "dot") == 0;
  if (placed) {
    PositionReader(graphviz, source, graph).read();
    graphviz.gv_free_layout(context, source);
  }
  if (source != nullptr) graphviz.ag_close(source);
  graphviz.gv_free_context(context);
  // A large layout takes hundreds of megabytes, which the C library would keep for this thread.
  if (graph.nodes.size() + graph.edges.size() > kManyObjects / 2) malloc_trim(0);
  if (!placed)
    return base::Error(base::ErrorKind::LimitExceeded, "Graphviz cannot lay this graph out.");
  return {};
}

json::Value number(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.1f", value);
  return json::Value::number_from_lexeme(text);
}

void set_box(json::ObjectBuilder& object, const Rectangle& box) {
  object.set("x", number(box.x))
      .set("y", number(box.y))
      .set("width", number(box.width))
      .set("height", number(box.height));
}

void set_cluster(json::ObjectBuilder& object, std::string_view name,
                 const std::optional<ClusterIndex>& cluster) {
  if (cluster) object.set(name, json::Value(static_cast<int64_t>(*cluster)));
}

std::string_view kind_name(NodeKind kind) {
  switch (kind) {
    case NodeKind::Start: return "Start";
    case NodeKind::End: return "End";
    case NodeKind::Join: return "Join";
    case NodeKind::State: break;
  }
  return "State";
}

std::string_view kind_name(EdgeKind kind) {
  switch (kind) {
    case EdgeKind::Choice: return "Choice";
    case EdgeKind::Default: return "Default";
    case EdgeKind::Catch: return "Catch";
    case EdgeKind::Next: break;
  }
  return "Next";
}

std::string_view kind_name(ClusterKind kind) {
  switch (kind) {
    case ClusterKind::Map: return "Map";
    case ClusterKind::Branch: return "Branch";
    case ClusterKind::Parallel: break;
  }
  return "Parallel";
}

json::Value node_json(const Node& node) {
  json::ObjectBuilder object;
  object.set("kind", json::Value(kind_name(node.kind)));
  if (node.kind == NodeKind::State) {
    object.set("name", json::Value(node.name))
        .set("type", json::Value(node.type))
        .set("detail", json::Value(node.detail))
        .set("pointer", json::Value(node.pointer));
    if (node.retry_attempts >= 0) object.set("retryAttempts", json::Value(node.retry_attempts));
  }
  set_cluster(object, "cluster", node.cluster);
  set_box(object, node.box);
  return std::move(object).build();
}

json::Value edge_json(const Edge& edge) {
  json::ObjectBuilder object;
  object.set("kind", json::Value(kind_name(edge.kind)))
      .set("from", json::Value(static_cast<int64_t>(edge.from)))
      .set("to", json::Value(static_cast<int64_t>(edge.to)));
  if (!edge.label.empty()) object.set("label", json::Value(edge.label));
  if (!edge.label_lines.empty()) {
    json::ObjectBuilder box;
    set_box(box, edge.label_box);
    std::vector<json::Value> lines;
    for (const std::string& line : edge.label_lines) lines.emplace_back(line);
    object.set("labelLines", json::Value::array(std::move(lines)))
        .set("labelBox", std::move(box).build());
  }
  std::vector<json::Value> points;
  for (const Point& at : edge.curve)
    points.push_back(json::Value::array({number(at.x), number(at.y)}));
  object.set("points", json::Value::array(std::move(points)));
  object.set("tip", json::Value::array({number(edge.tip.x), number(edge.tip.y)}));
  return std::move(object).build();
}

}  // namespace

std::string state_second_line(const Node& node) {
  return node.detail.empty() ? node.type : node.type + " · " + node.detail;
}

double retry_mark_width(const Node& node) {
  if (node.retry_attempts < 0) return 0;
  return 24 +
         text_width(node.retry_attempts > 99 ? "99+" : std::to_string(node.retry_attempts), 10);
}

base::Result<void> lay_out(Graph& graph) {
  for (Node& node : graph.nodes) size_node(node);
  if (!is_tangled(graph)) {
    for (Edge& edge : graph.edges) size_label(edge);
  }
  static std::mutex mutex;
  const std::lock_guard lock(mutex);
  const Graphviz* graphviz = PAWL_TRY(load_graphviz());
  return place(graph, *graphviz);
}

json::Value to_json(const Graph& graph) {
  std::vector<json::Value> nodes;
  for (const Node& node : graph.nodes) nodes.push_back(node_json(node));
  std::vector<json::Value> edges;
  for (const Edge& edge : graph.edges) edges.push_back(edge_json(edge));
  std::vector<json::Value> clusters;
  for (const Cluster& cluster : graph.clusters) {
    json::ObjectBuilder object;
    object.set("kind", json::Value(kind_name(cluster.kind))).set("name", json::Value(cluster.name));
    if (cluster.distributed) object.set("distributed", json::Value(true));
    set_cluster(object, "parent", cluster.parent);
    set_box(object, cluster.box);
    clusters.push_back(std::move(object).build());
  }
  json::ObjectBuilder object;
  object.set("width", number(graph.width))
      .set("height", number(graph.height))
      .set("nodes", json::Value::array(std::move(nodes)))
      .set("edges", json::Value::array(std::move(edges)))
      .set("clusters", json::Value::array(std::move(clusters)));
  return std::move(object).build();
}

}  // namespace pawl::graph
