// SPDX-License-Identifier: Apache-2.0
// SVG 1.1 by hand: clusters first, then edges, labels and nodes, so that nothing hides a name.
#include "graph/svg.h"

#include <array>
#include <cmath>
#include <cstdio>
#include <string_view>

#include "graph/layout.h"
#include "graph/text_metrics.h"

namespace pawl::graph {
namespace {

constexpr double kIconSize = 30;

/// What a state type looks like: its colour, the tint behind a cluster, and the icon's strokes in a
/// 20 x 20 box.
struct TypeLook {
  std::string_view type;
  std::string_view color;
  std::string_view icon;
};

constexpr std::array<TypeLook, 8> kTypeLooks{{
    {"Task", "#d9730d", "M11.5 3 5 11.2h4.6L8.5 17 15 8.8h-4.6z"},
    {"Pass", "#5b6b7f", "M4 10h11M11 5.5 15.5 10 11 14.5"},
    {"Choice", "#b8860b", "M10 3.2 16.8 10 10 16.8 3.2 10z"},
    {"Wait", "#7a4fd0", "M10 3.5a6.5 6.5 0 1 0 .01 0M10 6.2V10l2.6 2"},
    {"Succeed", "#1d8a4b", "M4.5 10.5 8.5 14.5 15.5 6"},
    {"Fail", "#c9313d", "M5.2 5.2l9.6 9.6M14.8 5.2l-9.6 9.6"},
    {"Parallel", "#0f7f8c", "M5 3.8v12.4M10 3.8v12.4M15 3.8v12.4"},
    {"Map", "#2f6fce", "M3.5 7.5h9v9h-9zM7 7.2V4h9.2v9.2H12.8"},
}};
constexpr TypeLook kUnknownLook{"", "#5b6b7f", "M10 5v6M10 14.2v.2"};

const TypeLook& look_of(std::string_view type) {
  for (const TypeLook& look : kTypeLooks) {
    if (look.type == type) return look;
  }
  return kUnknownLook;
}

struct StatusLook {
  std::string_view border;
  std::string_view fill;
};

StatusLook status_look(StateStatus status) {
  switch (status) {
    case StateStatus::Running: return {"#2f6fce", "#e8f0fd"};
    case StateStatus::Succeeded: return {"#1d8a4b", "#e5f5eb"};
    case StateStatus::Failed: return {"#c9313d", "#fdeaec"};
    case StateStatus::Caught: return {"#d98b0d", "#fdf3de"};
    case StateStatus::Aborted: return {"#5b6b7f", "#eceff3"};
    case StateStatus::NotEntered: break;
  }
  return {"#c3cbd6", "#ffffff"};
}

/// XML 1.0 text: markup escaped, characters that XML forbids replaced.
std::string escape(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '"': out += "&quot;"; break;
      case '\'': out += "&#39;"; break;
      default: {
        const bool control = static_cast<unsigned char>(c) < 0x20 || c == 0x7F;
        out += control ? ' ' : c;
      }
    }
  }
  return out;
}

class SvgWriter {
 public:
  SvgWriter(const Graph& graph, const SvgOptions& options) : graph_(graph), options_(options) {}

  std::string write() && {
    const std::string width = number(graph_.width);
    const std::string height = number(graph_.height);
    add("<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"" + width + "\" height=\"" + height +
        "\" viewBox=\"0 0 " + width + " " + height +
        "\" role=\"img\" font-family=\"'Helvetica Neue', Helvetica, Arial, 'Liberation Sans', "
        "sans-serif\">");
    add("<title>" + escape(options_.title) + "</title>");
    add("<rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>");
    for (const Cluster& cluster : graph_.clusters) add_cluster(cluster);
    for (const Edge& edge : graph_.edges) add_edge(edge);
    for (const Edge& edge : graph_.edges) add_label(edge);
    for (const Node& node : graph_.nodes) add_node(node);
    add("</svg>");
    return std::move(out_);
  }

 private:
  void add(std::string_view line) {
    out_ += line;
    out_ += '\n';
  }

  static std::string number(double value) {
    char text[32];
    std::snprintf(text, sizeof text, "%.1f", value);
    std::string out = text;
    if (out.ends_with(".0")) out.resize(out.size() - 2);
    return out;
  }

  static std::string position(const Point& point) {
    return number(point.x) + " " + number(point.y);
  }

  static std::string rectangle(const Rectangle& box, double radius) {
    return "<rect x=\"" + number(box.x) + "\" y=\"" + number(box.y) + "\" width=\"" +
           number(box.width) + "\" height=\"" + number(box.height) + "\" rx=\"" + number(radius) +
           "\"";
  }

  StateStatus status_of(const Node& node) const {
    const auto found = options_.statuses.find(node.name);
    return found == options_.statuses.end() ? StateStatus::NotEntered : found->second;
  }

  void add_cluster(const Cluster& cluster) {
    if (cluster.kind == ClusterKind::Branch) return;  // it only keeps a branch's states together
    const std::string color(look_of(cluster.kind == ClusterKind::Map ? "Map" : "Parallel").color);
    std::string line = rectangle(cluster.box, 12) + " fill=\"" + color +
                       "\" fill-opacity=\"0.05\" stroke=\"" + color + "\" stroke-opacity=\"0.45\"";
    if (cluster.distributed) line += " stroke-width=\"2\" stroke-dasharray=\"7 4\"";
    add(line + "/>");
  }

  static std::string_view edge_color(EdgeKind kind) {
    switch (kind) {
      case EdgeKind::Catch: return "#c9313d";
      case EdgeKind::Choice:
      case EdgeKind::Default:
      case EdgeKind::Next: break;
    }
    return "#7b8794";
  }

  void add_edge(const Edge& edge) {
    if (edge.curve.size() < 4) return;
    std::string path = "M" + position(edge.curve[0]);
    for (size_t at = 1; at + 2 < edge.curve.size(); at += 3) {
      path += "C" + position(edge.curve[at]) + " " + position(edge.curve[at + 1]) + " " +
              position(edge.curve[at + 2]);
    }
    const std::string color(edge_color(edge.kind));
    std::string line =
        "<path d=\"" + path + "\" fill=\"none\" stroke=\"" + color + "\" stroke-width=\"1.5\"";
    if (edge.kind == EdgeKind::Catch) line += " stroke-dasharray=\"5 4\"";
    add(line + "/>");
    add_arrow(edge, color);
  }

  /// The arrow points from the curve's end to the tip that dot left room for.
  void add_arrow(const Edge& edge, const std::string& color) {
    if (graph_.nodes[edge.to].kind == NodeKind::Join) {
      add("<path d=\"M" + position(edge.curve.back()) + "L" + position(edge.tip) + "\" stroke=\"" +
          color + "\" stroke-width=\"1.5\"/>");
      return;
    }
    constexpr double kHalfWidth = 4.2;
    const Point& base = edge.curve.back();
    const double dx = edge.tip.x - base.x;
    const double dy = edge.tip.y - base.y;
    const double length = std::hypot(dx, dy);
    if (length == 0) return;
    const Point side{-dy / length * kHalfWidth, dx / length * kHalfWidth};
    add("<path d=\"M" + position(edge.tip) + "L" + position({base.x + side.x, base.y + side.y}) +
        "L" + position({base.x - side.x, base.y - side.y}) + "z\" fill=\"" + color + "\"/>");
  }

  void add_label(const Edge& edge) {
    if (edge.label_lines.empty() || edge.curve.empty()) return;
    const bool caught = edge.kind == EdgeKind::Catch;
    const std::string color = caught ? "#a3222d" : "#3d4856";
    const std::string border = caught ? "#f0c4c8" : "#d8dee6";
    add("<g><title>" + escape(edge.label) + "</title>");
    add(rectangle(edge.label_box, 6) + " fill=\"#ffffff\" stroke=\"" + border + "\"/>");
    double y = edge.label_box.y + kLabelLineHeight;
    for (const std::string& text : edge.label_lines) {
      add_text({edge.label_box.x + edge.label_box.width / 2, y}, text, kLabelFontSize,
               "text-anchor=\"middle\" fill=\"" + color + "\"" +
                   (edge.kind == EdgeKind::Default ? " font-style=\"italic\"" : ""));
      y += kLabelLineHeight;
    }
    add("</g>");
  }

  void add_text(const Point& at, const std::string& text, double size,
                const std::string& attributes) {
    add("<text x=\"" + number(at.x) + "\" y=\"" + number(at.y) + "\" font-size=\"" + number(size) +
        "\" " + attributes + ">" + escape(text) + "</text>");
  }

  void add_node(const Node& node) {
    switch (node.kind) {
      case NodeKind::Start: add_terminal(node, "Start", "#1f2a37", "#ffffff"); break;
      case NodeKind::End: add_terminal(node, "End", "#ffffff", "#1f2a37"); break;
      case NodeKind::Join: add_join(node); break;
      case NodeKind::State: add_state(node); break;
    }
  }

  void add_terminal(const Node& node, const std::string& text, const std::string& fill,
                    const std::string& color) {
    const Point middle{node.box.x + node.box.width / 2, node.box.y + node.box.height / 2};
    add("<circle cx=\"" + number(middle.x) + "\" cy=\"" + number(middle.y) + "\" r=\"" +
        number(node.box.width / 2 - 1) + "\" fill=\"" + fill +
        "\" stroke=\"#1f2a37\" stroke-width=\"1.5\"/>");
    add_text({middle.x, middle.y + 4}, text, 12,
             "text-anchor=\"middle\" font-weight=\"600\" fill=\"" + color + "\"");
  }

  void add_join(const Node& node) {
    add("<circle cx=\"" + number(node.box.x + node.box.width / 2) + "\" cy=\"" +
        number(node.box.y + node.box.height / 2) + "\" r=\"" + number(node.box.width / 2 - 1.5) +
        "\" fill=\"#7b8794\"/>");
  }

  void add_state(const Node& node) {
    const TypeLook& look = look_of(node.type);
    const bool colored = !options_.statuses.empty();
    const StateStatus status = status_of(node);
    const StatusLook colors = status_look(status);
    const bool faded = colored && status == StateStatus::NotEntered;
    const std::string second_line = state_second_line(node);
    add(std::string("<g") + (faded ? " opacity=\"0.7\"" : "") + "><title>" +
        escape(node.name + " (" + second_line + ")") + "</title>");
    add(rectangle({node.box.x, node.box.y + 1.5, node.box.width, node.box.height}, 9) +
        " fill=\"#1f2a37\" fill-opacity=\"0.07\"/>");
    std::string box = rectangle(node.box, 9) + " fill=\"" + std::string(colors.fill) +
                      "\" stroke=\"" + std::string(colors.border) + "\" stroke-width=\"" +
                      (faded || !colored ? "1.2" : "2") + "\"";
    if (status == StateStatus::Running) box += " stroke-dasharray=\"6 3\"";
    add(box + "/>");
    add_icon(node, look);
    const double mark = retry_mark_width(node);
    const double room =
        node.box.width - kStateTextX - kStateRightMargin + 4 - (mark > 0 ? mark + 10 : 0);
    const double middle = node.box.y + node.box.height / 2;
    add_text({node.box.x + kStateTextX, middle - 3},
             wrap_text(node.name, kNameFontSize, true, room, 1)[0], kNameFontSize,
             "font-weight=\"600\" fill=\"#1f2a37\"");
    add_text({node.box.x + kStateTextX, middle + 13},
             wrap_text(second_line, kDetailFontSize, false, room, 1)[0], kDetailFontSize,
             "fill=\"#5b6b7f\"");
    if (node.retry_attempts >= 0) add_retry_mark(node);
    add("</g>");
  }

  void add_icon(const Node& node, const TypeLook& look) {
    const double left = node.box.x + 11;
    const double top = node.box.y + (node.box.height - kIconSize) / 2;
    add(rectangle({left, top, kIconSize, kIconSize}, 7) + " fill=\"" + std::string(look.color) +
        "\"/>");
    add("<path transform=\"translate(" + position({left + 5, top + 5}) + ")\" d=\"" +
        std::string(look.icon) +
        "\" fill=\"none\" stroke=\"#ffffff\" stroke-width=\"1.8\" stroke-linecap=\"round\" "
        "stroke-linejoin=\"round\"/>");
  }

  /// A small loop with the number of attempts, on the right where no edge ends.
  void add_retry_mark(const Node& node) {
    const std::string attempts =
        node.retry_attempts > 99 ? "99+" : std::to_string(node.retry_attempts);
    const double width = retry_mark_width(node);
    const Rectangle mark{node.box.x + node.box.width - width - 10,
                         node.box.y + node.box.height / 2 - 9, width, 18};
    add("<g><title>" + escape("Retried up to " + std::to_string(node.retry_attempts) + " times") +
        "</title>");
    add(rectangle(mark, 9) + " fill=\"#ffffff\" stroke=\"#b8860b\"/>");
    add("<path transform=\"translate(" + position({mark.x + 5, mark.y + 4}) +
        ")\" d=\"M8.6 3.2A4 4 0 1 0 9 6M8.8 .9V3.5H6.2\" fill=\"none\" stroke=\"#b8860b\" "
        "stroke-width=\"1.4\" "
        "stroke-linecap=\"round\" stroke-linejoin=\"round\"/>");
    add_text({mark.x + 18, mark.y + 12.7}, attempts, 10, "font-weight=\"600\" fill=\"#8a6508\"");
    add("</g>");
  }

  const Graph& graph_;
  const SvgOptions& options_;
  std::string out_;
};

}  // namespace

std::string to_svg(const Graph& graph, const SvgOptions& options) {
  return SvgWriter(graph, options).write();
}

}  // namespace pawl::graph
