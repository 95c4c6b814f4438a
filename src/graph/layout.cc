// SPDX-License-Identifier: Apache-2.0
// Writes the graph in Graphviz' language with sizes but without any text, lets `dot` place it and reads the positions back.
#include "graph/layout.h"

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

// Sizes that graph/svg.cc draws into.
constexpr double kNameFontSize = 13;
constexpr double kDetailFontSize = 11;
constexpr double kLabelFontSize = 11;
constexpr double kStateHeight = 52;
constexpr double kStateWidthMin = 140;
constexpr double kStateWidthMax = 340;
constexpr double kIconWidth = 50;   ///< icon with its margins
constexpr double kRightMargin = 18;
constexpr double kTerminalSize = 46;  ///< Start and End
constexpr double kJoinSize = 12;
constexpr double kLabelWidthMax = 190;
constexpr size_t kLabelLinesMax = 3;
constexpr double kLabelLineHeight = 15;
constexpr double kLabelPaddingX = 8;
constexpr double kLabelPaddingY = 4;

/// Above this many nodes and edges `dot` may not search as long for the best picture.
constexpr size_t kLargeGraph = 400;

void append_number(std::string& out, double number) {
  char text[32];
  std::snprintf(text, sizeof text, "%.4f", number);
  out += text;
}

void size_node(Node& node) {
  switch (node.kind) {
    case NodeKind::Start:
    case NodeKind::End:
      node.box.width = node.box.height = kTerminalSize;
      return;
    case NodeKind::Join:
      node.box.width = node.box.height = kJoinSize;
      return;
    case NodeKind::State:
      break;
  }
  const double name = text_width(node.name, kNameFontSize, true);
  const std::string second_line = node.detail.empty() ? node.type : node.type + " · " + node.detail;
  const double detail = text_width(second_line, kDetailFontSize);
  const double width = kIconWidth + std::max(name, detail) + kRightMargin;
  node.box.width = std::clamp(width, kStateWidthMin, kStateWidthMax);
  node.box.height = kStateHeight;
}

void size_label(Edge& edge) {
  if (edge.label.empty()) return;
  edge.label_lines = wrap_text(edge.label, kLabelFontSize, false, kLabelWidthMax, kLabelLinesMax);
  double width = 0;
  for (const std::string& line : edge.label_lines) width = std::max(width, text_width(line, kLabelFontSize));
  edge.label_box.width = width + 2 * kLabelPaddingX;
  edge.label_box.height = static_cast<double>(edge.label_lines.size()) * kLabelLineHeight + 2 * kLabelPaddingY;
}

/// The graph in the DOT language: nodes are "n3", clusters "cluster_3", edges carry their index as attribute "id".
class DotWriter {
 public:
  explicit DotWriter(const Graph& graph) : graph_(graph) {
    children_.resize(graph.clusters.size() + 1);
    members_.resize(graph.clusters.size() + 1);
    for (ClusterIndex index = 0; index < graph.clusters.size(); ++index) {
      children_[slot(graph.clusters[index].parent)].push_back(index);
    }
    for (NodeIndex index = 0; index < graph.nodes.size(); ++index) {
      members_[slot(graph.nodes[index].cluster)].push_back(index);
    }
  }

  std::string write() && {
    out_ = "digraph g {\nrankdir=TB; nodesep=0.45; ranksep=0.42; splines=spline; outputorder=nodesfirst;\n";
    if (graph_.nodes.size() + graph_.edges.size() > kLargeGraph) {
      out_ += "splines=polyline; nslimit=1; nslimit1=1; mclimit=0.2;\n";
    }
    out_ += "node [shape=box, fixedsize=true, label=\"\"]; edge [id=\"\"];\n";
    write_members(graph_.clusters.size());
    for (size_t index = 0; index < graph_.edges.size(); ++index) write_edge(index);
    out_ += "}\n";
    return std::move(out_);
  }

 private:
  size_t slot(const std::optional<ClusterIndex>& cluster) const { return cluster ? *cluster : graph_.clusters.size(); }

  void write_members(size_t cluster_slot) {
    for (const NodeIndex index : members_[cluster_slot]) write_node(index);
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

  void write_edge(size_t index) {
    const Edge& edge = graph_.edges[index];
    out_ += "n" + std::to_string(edge.from) + " -> n" + std::to_string(edge.to) + " [id=\"" + std::to_string(index) + "\"";
    // The main way is kept straight, Catchers step aside.
    out_ += edge.kind == EdgeKind::Catch ? ", weight=1" : ", weight=4";
    if (!edge.label.empty()) write_label_box(edge);
    out_ += "];\n";
  }

  /// An empty table of fixed size keeps the label's place free, whatever fonts Graphviz would find.
  void write_label_box(const Edge& edge) {
    out_ += R"(, label=<<TABLE BORDER="0" CELLBORDER="0" CELLPADDING="0" CELLSPACING="0" FIXEDSIZE="TRUE" WIDTH=")";
    out_ += std::to_string(static_cast<int>(edge.label_box.width) + 6);
    out_ += "\" HEIGHT=\"" + std::to_string(static_cast<int>(edge.label_box.height) + 2);
    out_ += R"("><TR><TD></TD></TR></TABLE>>)";
  }

  const Graph& graph_;
  std::string out_;
  std::vector<std::vector<ClusterIndex>> children_;  ///< by slot; the last slot is the picture itself
  std::vector<std::vector<NodeIndex>> members_;
};

/// The number behind `prefix` in a name of DotWriter's.
size_t index_in(std::string_view name, std::string_view prefix) {
  size_t index = SIZE_MAX;
  if (name.starts_with(prefix)) std::from_chars(name.data() + prefix.size(), name.data() + name.size(), index);
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
    for (node_t* node = graphviz_.ag_first_node(source_); node != nullptr; node = graphviz_.ag_next_node(source_, node)) {
      read_node(node);
      for (edge_t* edge = graphviz_.ag_first_out(source_, node); edge != nullptr;
           edge = graphviz_.ag_next_out(source_, edge)) {
        read_edge(edge);
      }
    }
    read_clusters(source_);
  }

 private:
  Point point(pointf from) const { return {from.x - box_.LL.x + kMargin, box_.UR.y - from.y + kMargin}; }

  void center(Rectangle& rectangle, pointf at) const {
    const Point middle = point(at);
    rectangle.x = middle.x - rectangle.width / 2;
    rectangle.y = middle.y - rectangle.height / 2;
  }

  void read_node(node_t* node) {
    const size_t index = index_in(graphviz_.ag_name(node), "n");
    if (index < graph_.nodes.size()) center(graph_.nodes[index].box, ND_coord(node));
  }

  void read_edge(edge_t* source) {
    const size_t index = index_in(graphviz_.ag_get(source, const_cast<char*>("id")), "");
    const splines* way = ED_spl(source);
    if (index >= graph_.edges.size() || way == nullptr || way->size == 0) return;
    Edge& edge = graph_.edges[index];
    const bezier& curve = way->list[0];
    for (int at = 0; at < curve.size; ++at) edge.curve.push_back(point(curve.list[at]));
    edge.tip = curve.eflag != 0 ? point(curve.ep) : edge.curve.back();
    if (ED_label(source) != nullptr) center(edge.label_box, ED_label(source)->pos);
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
  GVC_t* context = graphviz.gv_context();
  graph_t* source = graphviz.ag_mem_read(dot.c_str());
  const bool placed = source != nullptr && graphviz.gv_layout(context, source, "dot") == 0;
  if (placed) {
    PositionReader(graphviz, source, graph).read();
    graphviz.gv_free_layout(context, source);
  }
  if (source != nullptr) graphviz.ag_close(source);
  graphviz.gv_free_context(context);
  if (!placed) return base::Error(base::ErrorKind::LimitExceeded, "Graphviz cannot lay this graph out.");
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
  set_box(object, node.box);
  return std::move(object).build();
}

json::Value edge_json(const Edge& edge) {
  json::ObjectBuilder object;
  object.set("kind", json::Value(kind_name(edge.kind)))
      .set("from", json::Value(static_cast<int64_t>(edge.from)))
      .set("to", json::Value(static_cast<int64_t>(edge.to)));
  if (!edge.label.empty()) object.set("label", json::Value(edge.label));
  std::vector<json::Value> points;
  for (const Point& at : edge.curve) points.push_back(json::Value::array({number(at.x), number(at.y)}));
  object.set("points", json::Value::array(std::move(points)));
  object.set("tip", json::Value::array({number(edge.tip.x), number(edge.tip.y)}));
  return std::move(object).build();
}

}  // namespace

base::Result<void> lay_out(Graph& graph) {
  for (Node& node : graph.nodes) size_node(node);
  for (Edge& edge : graph.edges) size_label(edge);
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
