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

/// The strokes of an icon in a 20 x 20 box. The console has the same (console/src/graph/looks.ts).
struct Icon {
  std::string_view name;
  std::string_view strokes;
};

constexpr std::array<Icon, 8> kTypeIcons{{
    {"Task", "M11.5 3 5 11.2h4.6L8.5 17 15 8.8h-4.6z"},
    {"Pass", "M4 10h11M11 5.5 15.5 10 11 14.5"},
    {"Choice", "M10 3.2 16.8 10 10 16.8 3.2 10z"},
    {"Wait", "M10 3.5a6.5 6.5 0 1 0 .01 0M10 6.2V10l2.6 2"},
    {"Succeed", "M4.5 10.5 8.5 14.5 15.5 6"},
    {"Fail", "M5.2 5.2l9.6 9.6M14.8 5.2l-9.6 9.6"},
    {"Parallel", "M5 3.8v12.4M10 3.8v12.4M15 3.8v12.4"},
    {"Map", "M3.5 7.5h9v9h-9zM7 7.2V4h9.2v9.2H12.8"},
}};
constexpr std::string_view kUnknownIcon = "M10 5v6M10 14.2v.2";

/// Of Tasks, by the service they call.
constexpr std::array<Icon, 12> kServiceIcons{{
    {"lambda", "M6 4h2.4l5.4 12H16M10 9.2 6 16"},
    {"s3", "M4 5.5 5.6 16h8.8L16 5.5M4 5.5c0 1.2 2.7 2 6 2s6-.8 6-2-2.7-2-6-2-6 .8-6 2"},
    {"dynamodb",
     "M4.5 5.5c0 1.2 2.5 2 5.5 2s5.5-.8 5.5-2-2.5-2-5.5-2-5.5.8-5.5 2v9c0 1.2 2.5 2 5.5 "
     "2s5.5-.8 5.5-2v-9M4.5 10c0 1.2 2.5 2 5.5 2s5.5-.8 5.5-2"},
    {"sqs", "M3.5 6h4v8h-4zM9.5 6h3v8h-3zM14.5 6h2v8h-2z"},
    {"sns", "M4 8.5v3l7 3.5V5zM13.5 7.5a4 4 0 0 1 0 5M6 12v4"},
    {"batch", "M4 4h5v5H4zM11 4h5v5h-5zM4 11h5v5H4zM11 11h5v5h-5z"},
    {"ecs", "M10 3.2 16 6.6v6.8l-6 3.4-6-3.4V6.6zM4 6.6l6 3.4 6-3.4M10 10v6.8"},
    {"states", "M4 4h4v4H4zM12 12h4v4h-4zM8 6h6v6"},
    {"events", "M10 3.5v4M10 12.5v4M3.5 10h4M12.5 10h4M10 8l2 2-2 2-2-2z"},
    {"http", "M10 3.5a6.5 6.5 0 1 0 .01 0M3.5 10h13M10 3.5c-4 4.2-4 8.8 0 13 4-4.2 4-8.8 0-13"},
    {"apigateway",
     "M10 3.5a6.5 6.5 0 1 0 .01 0M3.5 10h13M10 3.5c-4 4.2-4 8.8 0 13 4-4.2 4-8.8 0-13"},
    {"activity", "M10 4a2.8 2.8 0 1 0 .01 0M4.5 16.5c0-3.5 2.4-5.3 5.5-5.3s5.5 1.8 5.5 5.3"},
}};

template <size_t Count>
std::string_view icon_named(const std::array<Icon, Count>& icons, std::string_view name,
                            std::string_view otherwise) {
  for (const Icon& icon : icons) {
    if (icon.name == name) return icon.strokes;
  }
  return otherwise;
}

/// The service that a Task's detail names ("sqs:sendMessage", "aws-sdk:s3:getObject", "activity
/// NAME"); a function's name alone is Lambda's.
std::string_view service_of(std::string_view detail) {
  if (detail.empty()) return {};
  if (detail.starts_with("activity ")) return "activity";
  constexpr std::string_view kSdk = "aws-sdk:";
  if (detail.starts_with(kSdk)) detail.remove_prefix(kSdk.size());
  const auto is_in = [](char c, char from, char to) { return c >= from && c <= to; };
  size_t end = 0;
  while (end < detail.size() && (is_in(detail[end], 'a', 'z') || is_in(detail[end], '0', '9')))
    ++end;
  if (end == 0 || end + 1 >= detail.size() || detail[end] != ':') return "lambda";
  const char behind = detail[end + 1];  // a version or "$LATEST" is a function's
  const bool is_action = is_in(behind, 'a', 'z') || is_in(behind, 'A', 'Z');
  return is_action ? detail.substr(0, end) : "lambda";
}

std::string_view icon_of(const Node& node) {
  const std::string_view of_type = icon_named(kTypeIcons, node.type, kUnknownIcon);
  if (node.type != "Task") return of_type;
  return icon_named(kServiceIcons, service_of(node.detail), of_type);
}

/// What says the same as a status' colour, in a 16 x 16 box, and in words.
struct StatusMark {
  std::string_view strokes;
  std::string_view word;
};

StatusMark mark_of(StateStatus status) {
  switch (status) {
    case StateStatus::Running: return {"M6.2 4.6 11.4 8 6.2 11.4z", "running"};
    case StateStatus::Succeeded: return {"M4.6 8.3 7 10.7 11.4 5.8", "succeeded"};
    case StateStatus::Failed: return {"M5.3 5.3l5.4 5.4M10.7 5.3l-5.4 5.4", "failed"};
    case StateStatus::Caught: return {"M8 4.2v4.6M8 11.4v.2", "failed and caught"};
    case StateStatus::Aborted: return {"M5 8h6", "aborted"};
    case StateStatus::NotEntered: break;
  }
  return {"", "not entered"};
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
    add("<rect width=\"100%\" height=\"100%\"" + inked("fill", Ink::Canvas) + "/>");
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

  std::string_view ink(Ink which) const { return color(options_.theme, which); }
  std::string inked(const char* attribute, Ink which) const {
    return attributed(attribute, ink(which));
  }
  static std::string attributed(const char* attribute, std::string_view value) {
    return " " + std::string(attribute) + "=\"" + std::string(value) + "\"";
  }

  void add_cluster(const Cluster& cluster) {
    if (cluster.kind == ClusterKind::Branch) return;  // it only keeps a branch's states together
    const bool is_map = cluster.kind == ClusterKind::Map;
    const std::string_view tint = type_color(options_.theme, is_map ? "Map" : "Parallel");
    std::string line = rectangle(cluster.box, 14) + attributed("fill", tint) +
                       " fill-opacity=\"0.06\"" + attributed("stroke", tint) +
                       " stroke-opacity=\"0.75\" stroke-width=\"1.4\"";
    // A Distributed Map's has dots between its dashes.
    line += cluster.distributed ? " stroke-dasharray=\"9 4 2 4\"" : " stroke-dasharray=\"6 4\"";
    add(line + "/>");
  }

  std::string_view edge_color(EdgeKind kind) const {
    return ink(kind == EdgeKind::Catch ? Ink::Catch : Ink::Edge);
  }

  bool was_entered(NodeIndex index) const {
    const Node& node = graph_.nodes[index];
    return node.kind != NodeKind::State || status_of(node) != StateStatus::NotEntered;
  }

  void add_edge(const Edge& edge) {
    if (edge.curve.size() < 4) return;
    std::string path = "M" + position(edge.curve[0]);
    for (size_t at = 1; at + 2 < edge.curve.size(); at += 3) {
      path += "C" + position(edge.curve[at]) + " " + position(edge.curve[at + 1]) + " " +
              position(edge.curve[at + 2]);
    }
    const std::string color(edge_color(edge.kind));
    const bool is_quiet =
        !options_.statuses.empty() && !(was_entered(edge.from) && was_entered(edge.to));
    if (is_quiet) add("<g opacity=\"0.7\">");
    std::string line = "<path d=\"" + path + "\" fill=\"none\" stroke=\"" + color +
                       "\" stroke-width=\"1.6\" stroke-linecap=\"round\"";
    if (edge.kind == EdgeKind::Catch) line += " stroke-dasharray=\"2 5\"";
    add(line + "/>");
    add_arrow(edge, color);
    if (is_quiet) add("</g>");
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
    const std::string color(ink(caught ? Ink::Catch : Ink::Text));
    add("<g><title>" + escape(edge.label) + "</title>");
    add(rectangle(edge.label_box, 7) + inked("fill", Ink::Node) +
        inked("stroke", caught ? Ink::Catch : Ink::NodeBorder) + "/>");
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
      case NodeKind::Start: add_terminal(node, "Start", Ink::EdgeTaken, Ink::Canvas); break;
      case NodeKind::End: add_terminal(node, "End", Ink::Node, Ink::Text); break;
      case NodeKind::Join: add_join(node); break;
      case NodeKind::State: add_state(node); break;
    }
  }

  void add_terminal(const Node& node, const std::string& text, Ink fill, Ink front) {
    const Point middle{node.box.x + node.box.width / 2, node.box.y + node.box.height / 2};
    add("<circle cx=\"" + number(middle.x) + "\" cy=\"" + number(middle.y) + "\" r=\"" +
        number(node.box.width / 2 - 1) + "\"" + inked("fill", fill) +
        inked("stroke", Ink::EdgeTaken) + " stroke-width=\"1.5\"/>");
    add_text({middle.x, middle.y + 4}, text, 12,
             "text-anchor=\"middle\" font-weight=\"600\"" + inked("fill", front));
  }

  void add_join(const Node& node) {
    add("<circle cx=\"" + number(node.box.x + node.box.width / 2) + "\" cy=\"" +
        number(node.box.y + node.box.height / 2) + "\" r=\"" + number(node.box.width / 2 - 1.5) +
        "\"" + inked("fill", Ink::Edge) + "/>");
  }

  void add_state(const Node& node) {
    const bool is_colored = !options_.statuses.empty();
    const StateStatus status = status_of(node);
    const bool is_faded = is_colored && status == StateStatus::NotEntered;
    const std::string second_line = second_line_of(node);
    const std::string status_words = is_colored ? ", " + std::string(mark_of(status).word) : "";
    add("<g><title>" + escape(node.name + " (" + second_line + ")" + status_words) + "</title>");
    if (options_.theme == Theme::Light) {
      add(rectangle({node.box.x, node.box.y + 1.5, node.box.width, node.box.height}, 10) +
          " fill=\"#1f2a37\" fill-opacity=\"0.08\"/>");
    }
    const bool is_plain = status == StateStatus::NotEntered;
    const std::string_view border =
        is_plain ? ink(Ink::NodeBorder) : status_color(options_.theme, status);
    std::string box =
        rectangle(node.box, 10) + attributed("fill", status_fill(options_.theme, status)) +
        attributed("stroke", border) + " stroke-width=\"" + (is_plain ? "1.2" : "2") + "\"";
    if (status == StateStatus::Running) box += " stroke-dasharray=\"6 3\"";
    add(box + "/>");
    add_icon(node, is_faded);
    add_texts(node, second_line, is_faded ? Ink::Quiet : Ink::Text);
    if (node.retry_attempts >= 0) add_retry_mark(node);
    if (!is_plain) {
      add_status_mark(node, status);
      add_visits_mark(node, status_color(options_.theme, status));
    }
    add("</g>");
  }

  std::string second_line_of(const Node& node) const {
    const auto note = options_.notes.find(node.name);
    const std::string line = state_second_line(node);
    return note == options_.notes.end() ? line : note->second + " · " + line;
  }

  void add_texts(const Node& node, const std::string& second_line, Ink of_name) {
    const double mark = retry_mark_width(node);
    const double room =
        node.box.width - kStateTextX - kStateRightMargin + 4 - (mark > 0 ? mark + 10 : 0);
    const double middle = node.box.y + node.box.height / 2;
    add_text({node.box.x + kStateTextX, middle - 3},
             wrap_text(node.name, kNameFontSize, true, room, 1)[0], kNameFontSize,
             "font-weight=\"600\"" + inked("fill", of_name));
    std::string line = second_line;
    // What the execution did matters more than what the state is made of.
    if (const auto note = options_.notes.find(node.name);
        note != options_.notes.end() && text_width(line, kDetailFontSize) > room)
      line = note->second;
    add_text({node.box.x + kStateTextX, middle + 13},
             wrap_text(line, kDetailFontSize, false, room, 1)[0], kDetailFontSize,
             inked("fill", Ink::Quiet).substr(1));
  }

  void add_strokes(const Point& at, std::string_view strokes, std::string_view color,
                   const char* width) {
    add("<path transform=\"translate(" + position(at) + ")\" d=\"" + std::string(strokes) +
        "\" fill=\"none\"" + attributed("stroke", color) + attributed("stroke-width", width) +
        " stroke-linecap=\"round\" stroke-linejoin=\"round\"/>");
  }

  void add_icon(const Node& node, bool is_faded) {
    const double left = node.box.x + 11;
    const double top = node.box.y + (node.box.height - kIconSize) / 2;
    add(rectangle({left, top, kIconSize, kIconSize}, 8) +
        attributed("fill", type_color(options_.theme, node.type)) +
        (is_faded ? " fill-opacity=\"0.55\"/>" : "/>"));
    add_strokes({left + 5, top + 5}, icon_of(node), "#ffffff", "1.7");
  }

  /// A disc on the upper right corner: the colour says it, and so does what is in it.
  void add_status_mark(const Node& node, StateStatus status) {
    const Point middle{node.box.x + node.box.width - 5, node.box.y + 4};
    add("<circle cx=\"" + number(middle.x) + "\" cy=\"" + number(middle.y) + "\" r=\"9\"" +
        attributed("fill", status_color(options_.theme, status)) + inked("stroke", Ink::Canvas) +
        " stroke-width=\"2\"/>");
    add_strokes({middle.x - 8, middle.y - 8}, mark_of(status).strokes, ink(Ink::Canvas), "1.8");
  }

  /// "3×" beside the status, on the border.
  void add_visits_mark(const Node& node, std::string_view front) {
    const auto found = options_.visits.find(node.name);
    if (found == options_.visits.end()) return;
    const std::string text =
        (found->second > 9'999 ? std::string("9999+") : std::to_string(found->second)) + "×";
    const double width = text_width(text, 10, true) + 8;
    const Rectangle pill{node.box.x + node.box.width - 17 - width, node.box.y - 4, width, 16};
    add("<g><title>" + escape("Entered " + std::to_string(found->second) + " times") + "</title>");
    add(rectangle(pill, 8) + attributed("fill", front) + inked("stroke", Ink::Canvas) +
        " stroke-width=\"2\"/>");
    add_text({pill.x + width / 2, pill.y + 11.6}, text, 10,
             "text-anchor=\"middle\" font-weight=\"600\"" + inked("fill", Ink::Canvas));
    add("</g>");
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
    const std::string_view front = ink(Ink::Quiet);
    add(rectangle(mark, 9) + inked("fill", Ink::Node) + inked("stroke", Ink::NodeBorder) + "/>");
    add_strokes({mark.x + 5, mark.y + 4}, "M8.6 3.2A4 4 0 1 0 9 6M8.8 .9V3.5H6.2", front, "1.4");
    add_text({mark.x + 18, mark.y + 12.7}, attempts, 10,
             "font-weight=\"600\"" + attributed("fill", front));
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
