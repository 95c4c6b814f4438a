// SPDX-License-Identifier: Apache-2.0
// Payload templates and the intrinsic functions in them.
#include "query/template/payload_template.h"

#include <gtest/gtest.h>

#include "json/parse.h"
#include "json/write.h"

namespace pawl::query {
namespace {

std::string filled(
    std::string_view source,
    std::string_view input = R"({"a":1,"s":"x","l":[1,2,2,"b"],"o":{"k":[1,null]}})") {
  std::vector<TemplateMistake> mistakes;
  const PayloadTemplate made = PayloadTemplate::compile(json::parse(source).value(), mistakes);
  if (!mistakes.empty()) return "mistake at " + mistakes.front().pointer;
  const json::Value document = json::parse(input).value();
  base::Random random(1);
  const auto result = made.evaluate({.input = &document, .random = &random});
  return result ? json::write(*result) : result.error().message;
}

std::string called(const std::string& call) {
  return filled("{\"r.$\":" + json::write(json::Value(call)) + "}");
}

TEST(PayloadTemplate, FillsInWhatEndsInDollar) {
  EXPECT_EQ(filled(R"({"x.$":"$.a","y":{"z.$":"$.o.k"},"lit":"$.a","l":[{"m.$":"$"},"$.a"]})",
                   R"({"a":7,"o":{"k":[]}})"),
            R"({"x":7,"y":{"z":[]},"lit":"$.a","l":[{"m":{"a":7,"o":{"k":[]}}},"$.a"]})");
  EXPECT_EQ(filled("\"just text\""), "\"just text\"");
}

TEST(PayloadTemplate, SaysWhichPathIsAbsent) {
  EXPECT_EQ(filled(R"({"value.$":"$.no"})", R"({"int-literal": 0})"),
            "The JSONPath '$.no' specified for the field 'value.$' could not be found in the input "
            "'{\"int-literal\":0}'");
}

TEST(PayloadTemplate, MistakesHaveTheirPlace) {
  EXPECT_EQ(filled(R"({"a":{"b.$":1}})"), "mistake at /a/b.$");
  EXPECT_EQ(filled(R"({"a.$":"no path"})"), "mistake at /a.$");
  EXPECT_EQ(filled(R"x({"a.$":"States.Nope()"})x"), "mistake at /a.$");
  EXPECT_EQ(filled(R"({"a":1,"a.$":"$"})"), "mistake at /a.$");
}

TEST(Intrinsics, Work) {
  EXPECT_EQ(called("States.Format('{} and {} \\{\\} {}', $.a, $.s, $.o)"),
            R"({"r":"1 and x {} {k=[1, null]}"})");
  EXPECT_EQ(called("States.Array($.a, 'it\\'s', 2.5, null, true)"),
            R"({"r":[1,"it's",2.5,null,true]})");
  EXPECT_EQ(called("States.ArrayPartition($.l, 3)"), R"({"r":[[1,2,2],["b"]]})");
  EXPECT_EQ(called("States.ArrayContains($.l, 'b')"), R"({"r":true})");
  EXPECT_EQ(called("States.ArrayRange(9, 1, -4)"), R"({"r":[9,5,1]})");
  EXPECT_EQ(called("States.ArrayGetItem($.l, 3)"), R"({"r":"b"})");
  EXPECT_EQ(called("States.ArrayLength($.l)"), R"({"r":4})");
  EXPECT_EQ(called("States.ArrayUnique($.l)"), R"({"r":[1,2,"b"]})");
  EXPECT_EQ(called("States.Base64Decode(States.Base64Encode('a b'))"), R"({"r":"a b"})");
  EXPECT_EQ(called("States.Hash('input data', 'MD5')"),
            R"({"r":"812f45842bc6d66ee14572ce20db8e86"})");
  EXPECT_EQ(called("States.JsonMerge($.o, States.StringToJson('{\"z\":1}'), false)"),
            R"({"r":{"k":[1,null],"z":1}})");
  EXPECT_EQ(called("States.JsonToString($.o)"), R"({"r":"{\"k\":[1,null]}"})");
  EXPECT_EQ(called("States.MathAdd(1.5, -1)"), R"({"r":1})");
  EXPECT_EQ(called("States.StringSplit('a.b+c', '.+')"), R"({"r":["a","b","c"]})");
  EXPECT_EQ(called("States.MathRandom(5, 6)"), R"({"r":5})");
  EXPECT_EQ(called("States.UUID()").size(), 8U + 36U);
}

TEST(Intrinsics, FailWithTheirName) {
  for (const char* call :
       {"States.ArrayPartition($.l, 0)", "States.ArrayRange(0, 2000, 1)",
        "States.ArrayRange(0, 9223372036854775807, 1)", "States.ArrayGetItem($.l, 4)",
        "States.ArrayLength($.a)", "States.Base64Decode('?')", "States.Hash('a', 'CRC')",
        "States.JsonMerge($.o, $.o, true)", "States.MathAdd(2147483647, 1)",
        "States.StringToJson('{')", "States.Format('{} {}', 1)"}) {
    const std::string result = called(call);
    EXPECT_TRUE(result.starts_with("States.")) << call << " gave " << result;
  }
}

TEST(Intrinsics, DoNotParse) {
  for (const char* call :
       {"States.Format('{}'", "States.Format('a", "States.MathAdd(1)", "States.UUID(1)",
        "States.Array(a)", "States.Array(1,)", "States.Array(1) x", "States.Array($.a[)"}) {
    EXPECT_TRUE(called(call).starts_with("mistake")) << call;
  }
}

}  // namespace
}  // namespace pawl::query
