// SPDX-License-Identifier: Apache-2.0
// The playground: each kind of text in both languages, what is wrong with it, and what never ends.
#include <gtest/gtest.h>

#include "console/evaluate_api.h"
#include "console/evaluation.h"
#include "json/parse.h"
#include "json/write.h"

namespace pawl::console {
namespace {

using json::Value;

/// The answer's text without "micros", or "Code: message".
std::string answer(const std::string& body) {
  ApiRequest request;
  auto parsed = json::parse(body);
  EXPECT_TRUE(parsed) << body;
  request.body = parsed.value_or(Value::object());
  request.received = {1'700'000'000'000};
  const auto text = EvaluateApi::answer(request);
  if (!text) return text.error().code + ": " + text.error().message.value_or("");
  const auto value = json::parse(*text);
  EXPECT_TRUE(value->find("micros") != nullptr);
  return json::write(value->without_member("micros"));
}

std::string path(const std::string& text) {
  std::string quoted;
  json::write_string(text, quoted);
  return answer(
      R"({"language":"JSONPath","kind":"path","text":)" + quoted +
      R"(,"input":{"a":[1,2,{"b":"x"}]},"context":{"State":{"Name":"S"}},"variables":{"v":9}})");
}

std::string jsonata(const std::string& text, const std::string& kind = "expression") {
  std::string quoted;
  json::write_string(text, quoted);
  return answer(
      R"({"language":"JSONata","kind":")" + kind + R"(","text":)" + quoted +
      R"(,"input":{"a":[1,2,3]},"context":{"State":{"Name":"S"}},"variables":{"v":9},"states":{"result":5}})");
}

TEST(Evaluation, JsonPaths) {
  EXPECT_EQ(path("$.a[0]"), R"({"value":1,"definite":true})");
  EXPECT_EQ(path("$..b"), R"({"value":["x"],"definite":false})");
  EXPECT_EQ(path("$$.State.Name"), R"({"value":"S","definite":true})");
  EXPECT_EQ(path("$v"), R"({"value":9,"definite":true})");
  EXPECT_EQ(path("States.Format('{}-{}', $v, $.a[1])"), R"({"value":"9-2"})");
  EXPECT_EQ(
      path("$.no.more"),
      R"({"error":"States.Runtime","cause":"Missing property in path $['no']","definite":true})");
  const std::string wrong = path("$.a[?(@");
  EXPECT_NE(wrong.find(R"("error":"SCHEMA_VALIDATION_FAILED")"), std::string::npos) << wrong;
  EXPECT_NE(wrong.find(R"("position":{"line":1,)"), std::string::npos) << wrong;
}

TEST(Evaluation, PayloadTemplates) {
  EXPECT_EQ(
      answer(
          R"json({"language":"JSONPath","kind":"template","text":"{\"x.$\":\"$.n\",\"l\":[{\"y.$\":\"States.MathAdd($.n,1)\"}]}","input":{"n":1}})json"),
      R"json({"value":{"x":1,"l":[{"y":2}]},"parts":[{"pointer":"/x.$","text":"$.n","value":1},{"pointer":"/l/0/y.$","text":"States.MathAdd($.n,1)","value":2}]})json");
  EXPECT_EQ(
      answer(
          R"({"language":"JSONPath","kind":"template","text":"{\n \"x.$\": \"no path\"}","input":{}})"),
      R"({"error":"SCHEMA_VALIDATION_FAILED","cause":"The value for the field 'x.$' must be a valid JSONPath or a valid intrinsic function call","position":{"line":2,"column":2,"offset":3}})");
  const std::string broken =
      answer(R"({"language":"JSONPath","kind":"template","text":"{\n\"x\" 1}"})");
  EXPECT_NE(broken.find(R"("error":"INVALID_JSON_DESCRIPTION")"), std::string::npos) << broken;
  EXPECT_NE(broken.find(R"("position":{"line":2,)"), std::string::npos) << broken;
}

TEST(Evaluation, ChoiceRules) {
  EXPECT_EQ(
      answer(
          R"json({"language":"JSONPath","kind":"condition","text":"{\"Or\":[{\"Variable\":\"$v\",\"NumericEquals\":2},{\"Variable\":\"$$.State.Name\",\"StringEqualsPath\":\"$.s\"}]}","input":{"s":"S"},"variables":{"v":1},"context":{"State":{"Name":"S"}}})json"),
      R"json({"value":true,"parts":[{"pointer":"/Or/0","text":"","value":false},{"pointer":"/Or/0/Variable","text":"$v","value":1},{"pointer":"/Or/1","text":"","value":true},{"pointer":"/Or/1/Variable","text":"$$.State.Name","value":"S"},{"pointer":"/Or/1/StringEqualsPath","text":"$.s","value":"S"}]})json");
  const std::string wrong = answer(
      R"({"language":"JSONPath","kind":"condition","text":"{\"Variable\":\"$.a\",\n\"NumericEquals\":\"1\"}"})");
  EXPECT_NE(wrong.find(R"("position":{"line":2,"column":1)"), std::string::npos) << wrong;
}

TEST(Evaluation, JsonataExpressions) {
  EXPECT_EQ(jsonata("$sum($states.input.a) + $v + $states.result"), R"({"value":20})");
  EXPECT_EQ(jsonata("{% $states.context.State.Name %}"), R"({"value":"S"})");
  EXPECT_EQ(jsonata("$millis()"), R"({"value":1700000000000})");
  EXPECT_EQ(
      jsonata("$states.input.no"),
      R"({"error":"States.QueryEvaluationError","cause":"The expression returned nothing (undefined).","undefined":true})");
  EXPECT_EQ(jsonata("$v > 3", "condition"), R"({"value":true})");
  EXPECT_EQ(
      jsonata("$v", "condition"),
      R"({"error":"States.QueryEvaluationError","cause":"A condition must give true or false, but this gave a value of type 'number'."})");
  EXPECT_EQ(
      jsonata("a.b"),
      R"({"error":"UNSUPPORTED_JSONATA_EXPRESSION","cause":"Reference to 'a' at the top level is not supported. The state's input is $states.input."})");
  EXPECT_EQ(
      jsonata("{% 1 +\n  'x' %}"),
      R"({"error":"States.QueryEvaluationError","cause":"T2002: The right side of the \"+\" operator must evaluate to a number","position":{"line":1,"column":6,"offset":5}})");
  const std::string syntax = jsonata("1 + ");
  EXPECT_NE(syntax.find("INVALID_JSONATA_EXPRESSION"), std::string::npos) << syntax;
  EXPECT_NE(jsonata("").find("\"error\""), std::string::npos);
}

TEST(Evaluation, JsonataTemplates) {
  EXPECT_EQ(
      answer(
          R"({"language":"JSONata","kind":"template","text":"{\"a\":[\"{% $states.input + 1 %}\"],\"b\":\"c\"}","input":1})"),
      R"({"value":{"a":[2],"b":"c"},"parts":[{"pointer":"/a/0","text":"$states.input + 1","value":2}]})");
  const std::string failed = answer(
      R"({"language":"JSONata","kind":"template","text":"{\"ok\":\"{% 1 %}\",\n\"bad\":\"{% $number('x') %}\"}"})");
  EXPECT_NE(failed.find(R"("error":"States.QueryEvaluationError")"), std::string::npos) << failed;
  EXPECT_NE(failed.find(R"("position":{"line":2,"column":1)"), std::string::npos) << failed;
}

TEST(Evaluation, WhatNeverEndsIsStopped) {
  const auto bound = [](const std::string& text) {
    const std::string result = jsonata(text);
    EXPECT_NE(result.find("States.QueryEvaluationError"), std::string::npos) << result;
  };
  bound("($f := function($x) { $f($x + 1) + 1 }; $f(1))");
  bound("($f := function($x) { $f($x + 1) }; $f(1))");
  bound("$map([1..100000], function($x) { $map([1..100000], function($y) { $y }) })");
}

TEST(Evaluation, WrongRequestsAreRefused) {
  EXPECT_EQ(answer(R"({})"), "ValidationException: \"language\" must be a string.");
  for (const char* body :
       {R"({"language":"SQL","kind":"path","text":"$"})",
        R"({"language":"JSONata","kind":"poem","text":"1"})",
        R"({"language":"JSONata","kind":"expression","text":1})",
        R"({"language":"JSONata","kind":"expression","text":"1","context":[]})",
        R"({"language":"JSONata","kind":"expression","text":"1","variables":"x"})"})
    EXPECT_TRUE(answer(body).starts_with("ValidationException: ")) << answer(body);
}

TEST(Evaluation, LargeInput) {
  std::string items = "[0";
  for (int i = 1; i < 700'000; ++i) items += ",123456";
  EXPECT_EQ(answer(R"json({"language":"JSONPath","kind":"path","text":"$.length()","input":)json" +
                   items + "]}"),
            R"({"value":700000,"definite":true})");
  EXPECT_EQ(
      answer(
          R"json({"language":"JSONata","kind":"expression","text":"$count($states.input)","input":)json" +
          items + "]}"),
      R"({"value":700000})");
}

}  // namespace
}  // namespace pawl::console
