// SPDX-License-Identifier: Apache-2.0
#include "graph/graph.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <utility>

#include "graph/condition_label.h"
#include "graph/layout.h"
#include "graph/png.h"
#include "graph/svg.h"
#include "graph/text_metrics.h"
#include "json/parse.h"
#include "json/write.h"

namespace pawl::graph {
namespace {

json::Value parsed(const std::string& text) {
  base::Result<json::Value> value = json::parse(text);
  EXPECT_TRUE(value) << text;
  return *value;
}

Graph built(const std::string& text) {
  base::Result<Graph> graph = build_graph(parsed(text));
  EXPECT_TRUE(graph);
  return *std::move(graph);
}

Graph laid_out(const std::string& text) {
  Graph graph = built(text);
  const base::Result<void> done = lay_out(graph);
  EXPECT_TRUE(done) << (done ? "" : done.error().message);
  return graph;
}

constexpr const char* kFileCheck = R"({"StartAt": "Check", "States": {
  "Check": {"Type": "Task", "Resource": "arn:aws:lambda:eu-west-1:123456789012:function:size:live", "Next": "Choose",
            "Retry": [{"ErrorEquals": ["A"], "MaxAttempts": 5}, {"ErrorEquals": ["B"]}],
            "Catch": [{"ErrorEquals": ["A"], "Next": "Bad"}, {"ErrorEquals": ["States.ALL"], "Next": "Bad"}]},
  "Choose": {"Type": "Choice", "Choices": [{"Variable": "$", "NumericGreaterThan": 2000000, "Next": "Big"}],
             "Default": "Check"},
  "Big": {"Type": "Pass", "End": true},
  "Bad": {"Type": "Fail", "Error": "E"}}})";

constexpr const char* kNested = R"({"StartAt": "Both", "States": {
  "Both": {"Type": "Parallel", "Next": "After", "Branches": [
    {"StartAt": "Each", "States": {"Each": {"Type": "Map", "End": true, "ItemProcessor": {
      "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "EXPRESS"},
      "StartAt": "One", "States": {"One": {"Type": "Pass", "End": true}}}}}},
    {"StartAt": "Left", "States": {
      "Left": {"Type": "Wait", "Seconds": 3, "Next": "Right"}, "Right": {"Type": "Succeed"}}}]},
  "After": {"Type": "Pass", "End": true}}})";

const Node& node_named(const Graph& graph, const std::string& name) {
  const auto found = std::find_if(graph.nodes.begin(), graph.nodes.end(),
                                  [&](const Node& node) { return node.name == name; });
  EXPECT_NE(found, graph.nodes.end()) << name;
  return *found;
}

const Edge* edge_between(const Graph& graph, const std::string& from, const std::string& to) {
  for (const Edge& edge : graph.edges) {
    if (graph.nodes[edge.from].name == from && graph.nodes[edge.to].name == to) return &edge;
  }
  return nullptr;
}

bool overlap(const Rectangle& a, const Rectangle& b) {
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
}

bool inside(const Rectangle& inner, const Rectangle& outer) {
  return inner.x >= outer.x && inner.y >= outer.y &&
         inner.x + inner.width <= outer.x + outer.width &&
         inner.y + inner.height <= outer.y + outer.height;
}

TEST(BuildGraph, StatesTransitionsAndLabels) {
  const Graph graph = built(kFileCheck);
  EXPECT_EQ(node_named(graph, "Check").detail, "size:live");
  EXPECT_EQ(node_named(graph, "Check").retry_attempts, 5);
  EXPECT_EQ(node_named(graph, "Big").retry_attempts, -1);
  EXPECT_EQ(node_named(graph, "Bad").detail, "E");
  EXPECT_EQ(node_named(graph, "Check").pointer, "/States/Check");
  ASSERT_NE(edge_between(graph, "Check", "Bad"), nullptr);
  EXPECT_EQ(edge_between(graph, "Check", "Bad")->label, "A, States.ALL")
      << "two Catchers, one edge";
  EXPECT_EQ(edge_between(graph, "Check", "Bad")->kind, EdgeKind::Catch);
  EXPECT_EQ(edge_between(graph, "Choose", "Big")->label, "$ > 2000000");
  EXPECT_EQ(edge_between(graph, "Choose", "Check")->kind, EdgeKind::Default);
  const auto ends = std::count_if(graph.nodes.begin(), graph.nodes.end(),
                                  [](const Node& node) { return node.kind == NodeKind::End; });
  EXPECT_EQ(ends, 1);
}

TEST(BuildGraph, ParallelAndMapAreClusters) {
  const Graph graph = built(kNested);
  ASSERT_EQ(graph.clusters.size(), 4U);  // the Parallel, two branches, the Map
  EXPECT_EQ(node_named(graph, "Each").detail, "distributed");
  const auto map =
      std::find_if(graph.clusters.begin(), graph.clusters.end(),
                   [](const Cluster& cluster) { return cluster.kind == ClusterKind::Map; });
  EXPECT_TRUE(map->distributed);
  EXPECT_EQ(graph.clusters[*map->parent].name, "Branch 1");
  EXPECT_EQ(node_named(graph, "Left").detail, "3 s");
  EXPECT_EQ(node_named(graph, "One").pointer,
            "/States/Both/Branches/0/States/Each/ItemProcessor/States/One");
}

TEST(BuildGraph, ForgivesWhatIsWrong) {
  const Graph graph = built(R"({"States": {
    "A": {"Type": 7, "Next": "Nowhere"}, "B": 3, "C": {"Type": "Map", "Iterator": []},
    "D": {"Type": "Choice", "Choices": {"x": 1}}, "E": {"Type": "Parallel", "Branches": [1, {}]}}})");
  EXPECT_EQ(std::count_if(graph.nodes.begin(), graph.nodes.end(),
                          [](const Node& node) { return node.kind == NodeKind::State; }),
            4);
  EXPECT_TRUE(graph.edges.empty());
}

TEST(BuildGraph, RefusesWhatCannotBeDrawn) {
  EXPECT_EQ(build_graph(parsed("[]")).error().kind, base::ErrorKind::TypeMismatch);
  EXPECT_EQ(build_graph(parsed(R"({"States": []})")).error().kind, base::ErrorKind::TypeMismatch);
  std::string many = R"({"StartAt": "S0", "States": {)";
  for (size_t index = 0; index <= kStatesMax; ++index) {
    many += (index == 0 ? "\"S" : ",\"S") + std::to_string(index) + R"(":{"Type":"Succeed"})";
  }
  EXPECT_EQ(build_graph(parsed(many + "}}")).error().kind, base::ErrorKind::LimitExceeded);
  std::string deep = R"({"Type": "Pass", "End": true})";
  for (int level = 0; level < 150; ++level) {
    deep = R"({"Type": "Map", "End": true, "Iterator": {"StartAt": "A", "States": {"A": )" + deep +
           "}}}";
  }
  const json::Value definition = parsed(R"({"StartAt": "A", "States": {"A": )" + deep + "}}");
  EXPECT_EQ(build_graph(definition).error().kind, base::ErrorKind::LimitExceeded);
}

TEST(ConditionLabel, ReadsAsASentence) {
  const auto label = [](const char* rule) { return condition_label(parsed(rule)); };
  EXPECT_EQ(label(R"({"Variable": "$.a", "StringEquals": "x"})"), "$.a = \"x\"");
  EXPECT_EQ(label(R"({"Variable": "$.a", "NumericLessThanEqualsPath": "$.b"})"), "$.a ≤ $.b");
  EXPECT_EQ(label(R"({"Variable": "$.a", "IsPresent": false})"), "$.a is not present");
  EXPECT_EQ(label(R"({"Not": {"Variable": "$.a", "BooleanEquals": true}})"), "not $.a = true");
  EXPECT_EQ(
      label(
          R"({"And": [{"Variable": "$.a", "IsNull": true}, {"Or": [{"Variable": "$.b", "IsString": true},
                      {"Variable": "$.c", "StringMatches": "*.log"}]}]})"),
      "$.a is null and ($.b is a string or $.c matches \"*.log\")");
  EXPECT_EQ(label(R"({"Condition": "{% $n > 1\n  and $m %}"})"), "$n > 1 and $m");
  EXPECT_EQ(label("3"), "?");
  EXPECT_EQ(label(R"({"And": 3})"), "?");
}

TEST(TextMetrics, WrapsWithinWidthAndNeverCutsACharacter) {
  const std::string text =
      "$.order.customer.address.country = \"Österreich\" and ñandú ñandú ñandú ñandú ñandú";
  const std::vector<std::string> lines = wrap_text(text, 11, false, 120, 3);
  ASSERT_EQ(lines.size(), 3U);
  for (const std::string& line : lines) {
    EXPECT_LE(text_width(line, 11), 120.0) << line;
    std::string literal;
    json::write_string(line, literal);
    EXPECT_TRUE(json::validate(literal)) << "UTF-8: " << line;
  }
  EXPECT_TRUE(lines.back().ends_with("…"));
  EXPECT_EQ(wrap_text("", 11, false, 120, 3).size(), 1U);
  EXPECT_GT(text_width("状態", 10), text_width("ab", 10));
}

TEST(Layout, NothingOverlaps) {
  for (const char* definition : {kFileCheck, kNested}) {
    const Graph graph = laid_out(definition);
    std::vector<Rectangle> boxes;
    for (const Node& node : graph.nodes) boxes.push_back(node.box);
    for (const Edge& edge : graph.edges) {
      EXPECT_GE(edge.curve.size(), 4U);
      EXPECT_EQ(edge.curve.size() % 3, 1U);
      if (!edge.label.empty()) boxes.push_back(edge.label_box);
    }
    const Rectangle picture{0, 0, graph.width, graph.height};
    for (size_t a = 0; a < boxes.size(); ++a) {
      EXPECT_TRUE(inside(boxes[a], picture));
      for (size_t b = a + 1; b < boxes.size(); ++b)
        EXPECT_FALSE(overlap(boxes[a], boxes[b])) << a << " " << b;
    }
    for (const Node& node : graph.nodes) {
      if (!node.cluster) continue;
      EXPECT_TRUE(inside(node.box, graph.clusters[*node.cluster].box)) << node.name;
    }
  }
}

TEST(Layout, IsTheSameEveryTime) {
  EXPECT_EQ(to_svg(laid_out(kFileCheck)), to_svg(laid_out(kFileCheck)));
}

TEST(Layout, TangledGraphsTakeSeconds) {
  // Every task leads to one handler of errors: routing the edges with curves would take minutes.
  std::string text =
      R"({"StartAt": "S0", "States": {"F": {"Type": "Fail"}, "S200": {"Type": "Succeed"})";
  for (int index = 0; index < 200; ++index) {
    text += ",\"S" + std::to_string(index) +
            R"(":{"Type":"Task","Resource":"arn:aws:states:::sqs:sendMessage","Next":"S)" +
            std::to_string(index + 1) + R"(","Catch":[{"ErrorEquals":["A"],"Next":"F"}]})";
  }
  const Graph graph = laid_out(text + "}}");
  EXPECT_GT(graph.height, 1000);
}

TEST(Layout, AsJson) {
  const json::Value value = to_json(laid_out(kNested));
  EXPECT_EQ(value.find("clusters")->size(), 4U);
  const json::Value& node = value.find("nodes")->items()[1];
  EXPECT_EQ(node.find("name")->as_string(), "Both");
  EXPECT_TRUE(node.find("x")->is_number());
  EXPECT_EQ(value.find("edges")->items()[0].find("points")->items()[0].size(), 2U);
}

TEST(Svg, MarkupInNamesIsInert) {
  const std::string svg = to_svg(laid_out(R"({"StartAt": "<script>alert(1)</script>", "States": {
      "<script>alert(1)</script>": {"Type": "Choice", "Choices":
        [{"Variable": "$.a", "StringEquals": "</text><image href='x'/>&\"", "Next": "\u0007]]>"}]},
      "\u0007]]>": {"Type": "Task", "Resource": "\"onload=\"x", "End": true}}})"),
                                 {.title = "</title><b>", .statuses = {}});
  EXPECT_EQ(svg.find("<script"), std::string::npos);
  EXPECT_EQ(svg.find("<image"), std::string::npos);
  EXPECT_EQ(svg.find("<b>"), std::string::npos);
  EXPECT_EQ(svg.find("]]>"), std::string::npos);
  EXPECT_EQ(svg.find('\x07'), std::string::npos);
  EXPECT_NE(svg.find("&lt;script&gt;"), std::string::npos);
}

TEST(Svg, ColoursByStatus) {
  const Graph graph = laid_out(kFileCheck);
  const std::string plain = to_svg(graph);
  const std::string colored =
      to_svg(graph, {.title = "t", .statuses = {{"Check", StateStatus::Succeeded}}});
  const std::string green(status_color(Theme::Light, StateStatus::Succeeded));
  EXPECT_EQ(plain.find(green), std::string::npos);
  EXPECT_NE(colored.find(green), std::string::npos);
  EXPECT_NE(colored.find(", succeeded</title>"), std::string::npos) << "not by colour alone";
  EXPECT_NE(colored.find("fill-opacity=\"0.55\""), std::string::npos)
      << "states not entered step back";
}

TEST(Svg, ThemesHaveColoursOfTheirOwn) {
  const Graph graph = laid_out(kFileCheck);
  const std::string dark = to_svg(graph, {.title = "t", .theme = Theme::Dark});
  for (const Ink ink : {Ink::Canvas, Ink::Text, Ink::Quiet, Ink::Edge}) {
    EXPECT_EQ(dark.find(color(Theme::Light, ink)), std::string::npos);
    EXPECT_NE(dark.find(color(Theme::Dark, ink)), std::string::npos);
  }
}

TEST(Svg, NotesStandBeforeTheType) {
  const Graph graph = laid_out(kFileCheck);
  const std::string svg = to_svg(graph, {.title = "t",
                                         .statuses = {{"Check", StateStatus::Succeeded}},
                                         .notes = {{"Check", "retried twice"}},
                                         .visits = {{"Check", 12}}});
  EXPECT_NE(svg.find(">12×</text>"), std::string::npos);
  EXPECT_NE(svg.find(">Check (retried twice · Task"), std::string::npos);
}

/// Width and height as the picture's header says them; {0, 0} if it is no PNG.
std::pair<uint32_t, uint32_t> png_size(const std::string& png) {
  if (!png.starts_with("\x89PNG\r\n\x1a\n") || png.size() < 24) return {0, 0};
  const auto number = [&png](size_t at) {
    uint32_t value = 0;
    for (size_t i = 0; i < 4; ++i) value = value << 8 | static_cast<unsigned char>(png[at + i]);
    return value;
  };
  return {number(16), number(20)};
}

TEST(Png, HasTheSizeOfThePictureTimesItsScale) {
  const Graph graph = laid_out(kFileCheck);
  const std::string svg = to_svg(graph);
  for (const double scale : {1.0, 2.0, 2.5}) {
    const auto png = to_png(svg, {.width = graph.width, .height = graph.height, .scale = scale});
    ASSERT_TRUE(png) << png.error().message;
    const auto [width, height] = png_size(*png);
    EXPECT_NEAR(width, graph.width * scale, 1);
    EXPECT_NEAR(height, graph.height * scale, 1);
  }
}

TEST(Png, PixelsAreBounded) {
  const auto png = to_png("<svg/>", {.width = 40'000, .height = 10, .scale = 1});
  ASSERT_FALSE(png);
  EXPECT_EQ(png.error().kind, base::ErrorKind::LimitExceeded);
  EXPECT_FALSE(to_png("<svg/>", {.width = 9'000, .height = 9'000, .scale = 1}));
  EXPECT_EQ(png_scale(10, 10), 2);
  EXPECT_LT(png_scale(9'000, 9'000), 1);
  for (const auto& [width, height] : {std::pair{333.3, 77'777.7}, std::pair{9'876.5, 8'765.4}}) {
    const PngOptions options{.width = width, .height = height, .scale = png_scale(width, height)};
    const auto made = to_png(to_svg(laid_out(kFileCheck)), options);
    EXPECT_TRUE(made) << made.error().message;
  }
}

TEST(Png, WhatIsNoPictureIsRefused) {
  const auto png = to_png("<svg", {.width = 10, .height = 10, .scale = 1});
  EXPECT_FALSE(png);
}

}  // namespace
}  // namespace pawl::graph
