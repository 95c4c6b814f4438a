// SPDX-License-Identifier: Apache-2.0
// `graph`: definitions that are right, wrong, and none at all.
#include "console/graph_api.h"

#include <gtest/gtest.h>

#include "console/console_for_test.h"
#include "json/members.h"
#include "json/write.h"

namespace pawl::console {
namespace {

using json::Value;

Value graph_of(TestConsole& console, const std::string& definition, const char* type = nullptr) {
  json::ObjectBuilder body;
  body.set("definition", Value(definition));
  if (type != nullptr) body.set("type", Value(type));
  return console.json("graph", json::write(std::move(body).build()));
}

std::string place(const Value& diagnostic) {
  std::string text;
  for (const char* name : {"line", "column", "endLine", "endColumn"}) {
    text += (text.empty() ? "" : " ") + std::to_string(integer_member(diagnostic, name));
  }
  return text;
}

TEST(GraphApi, DrawsWhatIsRight) {
  TestConsole console;
  const Value answer = graph_of(console, R"({"StartAt":"A","States":{
    "A":{"Type":"Choice","Choices":[{"Variable":"$.x","IsPresent":true,"Next":"M"}],"Default":"B"},
    "B":{"Type":"Pass","End":true},
    "M":{"Type":"Map","ItemProcessor":{"StartAt":"C","States":{"C":{"Type":"Pass","End":true}}},
         "End":true}}})");
  EXPECT_EQ(text_member(answer, "result"), "OK") << json::write(answer);
  const Value graph = object_member(answer, "graph");
  const auto edges = items_member(graph, "edges");
  size_t labels = 0;
  for (const Value& edge : edges) {
    if (edge.find("label") == nullptr) continue;
    ++labels;
    EXPECT_FALSE(items_member(edge, "labelLines").empty());
    EXPECT_GT(find_number(object_member(edge, "labelBox"), "width").value_or(0), 0);
  }
  EXPECT_EQ(labels, 2U);
  bool has_inner = false;
  for (const Value& node : items_member(graph, "nodes")) {
    if (text_member(node, "name") != "C") continue;
    has_inner = true;
    EXPECT_EQ(integer_member(node, "cluster", -1), 0);
    EXPECT_EQ(text_member(node, "pointer"), "/States/M/ItemProcessor/States/C");
  }
  EXPECT_TRUE(has_inner);
}

TEST(GraphApi, ShowsWhatCanBeUnderstoodOfMistakes) {
  TestConsole console;
  const Value answer = graph_of(console,
                                "{\"StartAt\": \"A\",\n"
                                " \"States\": {\n"
                                "  \"A\": {\"Type\": \"Pass\", \"Next\": \"Nowhere\"},\n"
                                "  \"Ü\": {\"Type\": \"Nonsense\", \"End\": true}\n"
                                "}}");
  EXPECT_EQ(text_member(answer, "result"), "FAIL");
  const Value graph = object_member(answer, "graph");
  EXPECT_NE(graph.find("nodes"), nullptr) << json::write(answer);
  const auto diagnostics = items_member(answer, "diagnostics");
  ASSERT_GE(diagnostics.size(), 2U) << json::write(answer);
  bool marks_next = false;
  bool marks_type = false;
  for (const Value& each : diagnostics) {
    EXPECT_EQ(text_member(each, "severity"), "ERROR");
    // The key with its value; columns count characters.
    marks_next = marks_next || place(each) == "3 25 3 42";
    marks_type = marks_type || place(each) == "4 9 4 27";
  }
  EXPECT_TRUE(marks_next) << json::write(answer);
  EXPECT_TRUE(marks_type) << json::write(answer);
}

TEST(GraphApi, WhatIsNoJsonHasAPlaceAndNoGraph) {
  TestConsole console;
  const Value answer = graph_of(console, "{\n \"StartAt\": }");
  EXPECT_EQ(text_member(answer, "result"), "FAIL");
  EXPECT_TRUE(answer.find("graph")->is_null());
  const auto diagnostics = items_member(answer, "diagnostics");
  ASSERT_EQ(diagnostics.size(), 1U);
  EXPECT_EQ(text_member(diagnostics[0], "code"), "INVALID_JSON_DESCRIPTION");
  EXPECT_EQ(integer_member(diagnostics[0], "line"), 2);
}

TEST(GraphApi, BadDefinitionsNeverBreakIt) {
  TestConsole console;
  const std::string deep = std::string(5'000, '[') + std::string(5'000, ']');
  for (const std::string& definition :
       {std::string(), std::string("null"), std::string("7"), std::string("[]"), std::string("{}"),
        std::string(R"({"States":7})"), std::string(R"({"StartAt":7,"States":{"A":7}})"),
        std::string(R"({"States":{"A":{"Type":["Pass"],"Next":{}}}})"), std::string("\xff\xfe"),
        std::string("{\"a\":\"\0\"}", 9), deep,
        std::string(R"({"StartAt":"<img src=x>","States":{"<img src=x>":{"Type":"Task"}}})")}) {
    const Value answer = graph_of(console, definition);
    // What is no UTF-8 cannot be asked in JSON.
    if (answer.find("__type") != nullptr) continue;
    EXPECT_EQ(text_member(answer, "result"), "FAIL") << definition.substr(0, 60);
    EXPECT_FALSE(items_member(answer, "diagnostics").empty()) << definition.substr(0, 60);
    EXPECT_NE(answer.find("graph"), nullptr);
  }
}

TEST(GraphApi, RefusesWhatIsTooLargeOrOfWrongType) {
  TestConsole console;
  const auto status = [&](const std::string& body) { return console.post("graph", body).status; };
  EXPECT_EQ(status("{}"), 400);
  EXPECT_EQ(status(R"({"definition":{}})"), 400);
  EXPECT_EQ(status(R"({"definition":"{}","type":"FAST"})"), 400);
  EXPECT_EQ(status(R"({"definition":")" + std::string(1'048'577, ' ') + R"("})"), 400);
  EXPECT_EQ(status(R"({"definition":"{}","type":"EXPRESS"})"), 200);
}

TEST(GraphApi, WhatWouldTakeTooLongIsNotDrawn) {
  TestConsole console;
  std::string states;
  for (int i = 0; i < 500; ++i) {
    states += R"("S)" + std::to_string(i) +
              R"(":{"Type":"Task","Resource":"arn:aws:states:::sqs:sendMessage","End":true,)"
              R"("Catch":[{"ErrorEquals":["States.ALL"],"Next":"F"}]},)";
  }
  const Value answer =
      graph_of(console, R"({"StartAt":"S0","States":{)" + states + R"("F":{"Type":"Fail"}}})");
  EXPECT_TRUE(answer.find("graph")->is_null());
  EXPECT_NE(text_member(answer, "graphError").find("transitions"), std::string::npos);
  EXPECT_FALSE(items_member(answer, "diagnostics").empty());
}

TEST(GraphApi, TheSameDefinitionIsLaidOutOnce) {
  TestConsole console;
  const std::string body =
      R"({"definition":"{\"StartAt\":\"A\",\"States\":{\"A\":{\"Type\":\"Succeed\"}}}"})";
  const auto first = console.begin("graph", body);
  EXPECT_FALSE(*first) << "a layout is no work for the thread that reads requests";
  console.loop.run();
  ASSERT_TRUE(*first);
  const auto second = console.begin("graph", body);
  ASSERT_TRUE(*second);
  EXPECT_EQ((*second)->body, (*first)->body);
}

}  // namespace
}  // namespace pawl::console
