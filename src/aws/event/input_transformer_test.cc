// SPDX-License-Identifier: Apache-2.0
#include "aws/event/input_transformer.h"

#include <gtest/gtest.h>

#include "json/parse.h"
#include "json/write.h"

namespace pawl::aws {
namespace {

using json::Value;

constexpr const char* kEventText =
    R"({"version":"0","id":"1","detail-type":"T","source":"s","time":"2015-11-11T21:29:54Z",)"
    R"("resources":["r0","r1"],"detail":{"instance-id":"i-1","n":5,"text":"say \"hi\"",)"
    R"("deep":{"a":[1,"x"]},"list":[{"k":1},{"k":2}],"a/b":true}})";

Value event() { return *json::parse(kEventText); }

std::string transformed(const InputTransformer::Paths& paths, std::string_view text) {
  const auto transformer = InputTransformer::compile(paths, text);
  if (!transformer) return transformer.error().message;
  return transformer->apply(
      event(),
      {.rule_arn = "arn:rule", .rule_name = "rule", .ingestion_time = "2015-11-11T21:29:55Z"});
}

TEST(EventPath, SelectsWhatItNames) {
  const auto selected = [](const char* path) {
    const auto compiled = EventPath::compile(path);
    if (!compiled) return std::string("wrong");
    const auto value = compiled->select(event());
    return value ? json::write(*value) : std::string("nothing");
  };
  EXPECT_EQ(selected("$.detail.instance-id"), R"("i-1")");
  EXPECT_EQ(selected("$.resources[1]"), R"("r1")");
  EXPECT_EQ(selected("$.resources[2]"), "nothing");
  EXPECT_EQ(selected("$.detail.list[*].k"), "[1,2]");
  EXPECT_EQ(selected("$.detail.deep.*"), R"([[1,"x"]])");
  EXPECT_EQ(selected("$['detail']['n']"), "5");
  EXPECT_EQ(selected("$.detail.a/b"), "true");
  EXPECT_EQ(selected("$.detail.none"), "nothing");
  EXPECT_EQ(selected("$"), json::write(event()));
  for (const char* wrong : {"", "detail", "$detail", "$.", "$..a", "$.a[", "$.a[x]", "$.a[?(@.b)]",
                            "$.a['b", "$.a b", "$[-1]"})
    EXPECT_EQ(selected(wrong), "wrong") << wrong;
}

TEST(InputTransformer, PutsValuesInto) {
  const InputTransformer::Paths paths = {{"id", "$.detail.instance-id"}, {"n", "$.detail.n"},
                                         {"text", "$.detail.text"},      {"deep", "$.detail.deep"},
                                         {"none", "$.detail.none"},      {"list", "$.resources"}};
  EXPECT_EQ(transformed(paths, R"({"a": <id>, "b": "<id>", "c": <n>, "d": <deep>})"),
            R"({"a": "i-1", "b": "i-1", "c": 5, "d": {"a":[1,"x"]}})");
  EXPECT_EQ(transformed(paths, R"("<id> is in state \"<n>\"")"), R"("i-1 is in state \"5\"")");
  EXPECT_EQ(transformed(paths, R"("said: <text>")"), R"("said: say \"hi\"")");
  EXPECT_EQ(transformed(paths, R"("deep <deep> <list>")"), R"("deep {a:[1,x]} [r0,r1]")");
  EXPECT_EQ(transformed(paths, R"({"x": <none>, "y": "[<none>]"})"), R"({"x": "", "y": "[]"})");
  EXPECT_EQ(transformed(paths, "<deep>"), R"({"a":[1,"x"]})");
  EXPECT_EQ(transformed(paths, "\"one <n>\"\n\"two\""), "\"one 5\"\n\"two\"");
  EXPECT_EQ(transformed({}, R"({"a": "1 < 2 > 0"})"),
            "InputTemplate for target  contains invalid placeholder  2 .");
  EXPECT_EQ(transformed({}, R"({"a": "1 < 2"})"), R"({"a": "1 < 2"})");
}

TEST(InputTransformer, HasVariablesOfItsOwn) {
  EXPECT_EQ(transformed({}, R"({"r": <aws.events.rule-arn>, "n": "<aws.events.rule-name>", )"
                            R"("t": "<aws.events.event.ingestion-time>"})"),
            R"({"r": "arn:rule", "n": "rule", "t": "2015-11-11T21:29:55Z"})");
  EXPECT_EQ(transformed({}, "<aws.events.event.json>"), json::write(event()));
  const auto whole = json::parse(transformed({}, R"({"e": <aws.events.event>})"));
  ASSERT_TRUE(whole);
  EXPECT_EQ(whole->find("e")->find("detail"), nullptr);
  EXPECT_NE(whole->find("e")->find("detailType"), nullptr);
}

TEST(InputTransformer, SaysWhatIsWrong) {
  EXPECT_EQ(*InputTransformer::mistake({{"a", "$.a"}}, R"("of <a> and <b>")", "t1"),
            "InputTemplate for target t1 contains invalid placeholder b.");
  EXPECT_EQ(*InputTransformer::mistake({{"a", "$.a"}}, "hello <a>", "t1"),
            "Invalid InputTemplate for target t1 : [Source: (String)\"hello null\"; line: 1, "
            "column: 6].");
  EXPECT_EQ(*InputTransformer::mistake({{"a", "b"}}, "<a>", "t1"),
            "Invalid InputPath for target t1 : b.");
  EXPECT_TRUE(InputTransformer::mistake({{"aws.events.event", "$.a"}}, "<aws.events.event>", "t"));
  EXPECT_TRUE(InputTransformer::mistake({}, "", "t"));
}

}  // namespace
}  // namespace pawl::aws
