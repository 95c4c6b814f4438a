// SPDX-License-Identifier: Apache-2.0
// Expression: what the reference suite (tests/jsonata) does not ask: bounds, bad input, what AWS
// adds and leaves out, positions. Figures of AWS are measured ones.
#include "query/jsonata/expression.h"

#include <gtest/gtest.h>

#include <string>

#include "json/parse.h"
#include "json/write.h"

namespace pawl::query::jsonata {
namespace {

/// The result as JSON, "undefined", "function", or "CODE" of the error.
std::string evaluated(std::string_view source, const EvaluationLimits& limits,
                      const Expression::Options& options = {}, std::string_view document = "") {
  const auto expression = Expression::compile(source, options);
  if (!expression) return expression.error().code;
  EvaluationInput input;
  json::Value value;
  if (!document.empty()) value = *json::parse(document);
  if (!document.empty()) input.input = &value;
  input.limits = &limits;
  const auto result = expression->evaluate(input);
  if (!result) return result.error().is_bound() ? result.error().message() : result.error().code;
  if (result->kind == EvaluationResult::Kind::Undefined) return "undefined";
  return result->kind == EvaluationResult::Kind::Function ? "function" : json::write(result->value);
}

std::string strict(std::string_view source) {
  return evaluated(source, EvaluationLimits::strict());
}

std::string current(std::string_view source, std::string_view document = "") {
  return evaluated(source, EvaluationLimits::extended(), {Dialect::Current, FunctionSet::Reference},
                   document);
}

constexpr std::string_view kStack =
    "Stack overflow error: Check for non-terminating recursive function. Consider rewriting as "
    "tail-recursive";
constexpr std::string_view kMemory =
    "Expression evaluation memory limit exceeded: Check for excessive memory usage";
constexpr std::string_view kTime = "Expression evaluation timeout: Check for infinite loop";

std::string sum_of_ones(int terms) {
  std::string source = "1";
  for (int i = 1; i < terms; ++i) source += "+1";
  return source;
}

TEST(JsonataBounds, AreThoseMeasuredOnAws) {
  EXPECT_EQ(strict("[1..873782] ~> $count()"), "873782");
  EXPECT_EQ(strict("[1..873783] ~> $count()"), kMemory);
  const std::string doubled =
      "($p := function($s, $n) { $n = 0 ? $s : $p($s & $s, $n - 1) }; $length($p('x', ";
  EXPECT_EQ(strict(doubled + "22)))"), "4194304");
  EXPECT_EQ(strict(doubled + "23)))"), kMemory);
  EXPECT_EQ(strict(sum_of_ones(90)), "90");
  EXPECT_EQ(strict(sum_of_ones(200)), kStack);
}

TEST(JsonataBounds, EndRecursionsAndRegularExpressions) {
  EXPECT_EQ(strict("($f := function($x){ 1 + $f($x) }; $f(1))"), kStack);
  EXPECT_EQ(strict("($f := function($x){ $f($x + 1) }; $f(1))"), kTime);
  EXPECT_EQ(strict("$match('" + std::string(40, 'a') + "b', /^(a+)+$/)"), kTime);
  EXPECT_EQ(strict("[1..10000001]"), "D2014");
  EXPECT_EQ(strict("$pad('x', 100000000)"), kMemory);
  EXPECT_EQ(strict(std::string(100'000, '(')), "U1001");
  EXPECT_EQ(strict(std::string(100'000, '[')), "U1001");
  EXPECT_EQ(strict(sum_of_ones(100'000)), "U1001");
  // Lambdas that keep each other alive are counted.
  EXPECT_EQ(strict("($f := function($x, $n){ $n = 0 ? $x : $f(function(){ $x }, $n - 1) }; "
                   "$count([$f(1, 3000000)]))"),
            kMemory);
}

TEST(JsonataBounds, TailCallsNeedNoStack) {
  EXPECT_EQ(strict("($f := function($n){ $n = 0 ? 'done' : $f($n - 1) }; $f(100000))"), "\"done\"");
}

TEST(JsonataErrors, NameCodePositionAndToken) {
  const auto expression = Expression::compile("$x.a + 'é' & 1 +", {});
  ASSERT_FALSE(expression);
  EXPECT_EQ(expression.error().code, "S0207");
  EXPECT_EQ(expression.error().position, 16u);  // UTF-16 units, not bytes
  const auto wrong = Expression::compile("1 + 'a'", {})->evaluate({});
  ASSERT_FALSE(wrong);
  EXPECT_EQ(wrong.error().code, "T2002");
  EXPECT_EQ(wrong.error().token, "+");
  EXPECT_EQ(wrong.error().message(),
            "The right side of the \"+\" operator must evaluate to a number");
  const auto argument = Expression::compile("$sum('a')", {})->evaluate({});
  ASSERT_FALSE(argument);
  EXPECT_EQ(argument.error().message(),
            "Argument 1 of function \"sum\" must be an array of \"numbers\"");
}

TEST(JsonataErrors, BadInput) {
  EXPECT_EQ(strict("\"open"), "S0101");
  EXPECT_EQ(strict("'\\q'"), "S0103");
  EXPECT_EQ(strict("'\\u12'"), "S0104");
  EXPECT_EQ(strict("/abc"), "S0302");
  EXPECT_EQ(strict("/(/"), "S0302");
  EXPECT_EQ(strict("1e1000"), "S0102");
  EXPECT_EQ(strict("(1/0) + 1"), "D1001");
  EXPECT_EQ(strict("$encodeUrl('\\ud800')"), "D3140");
  EXPECT_EQ(strict("$formatNumber(1, 'x')"), "D3086");
  EXPECT_EQ(strict("$toMillis('yesterday')"), "D3110");
  EXPECT_EQ(strict("1 ~> 2"), "T2006");
  EXPECT_EQ(strict(""), "S0207");
}

TEST(JsonataStates, FunctionsOfAws) {
  EXPECT_EQ(strict("$partition([1,2,3,4,5], 2)"), "[[1,2],[3,4],[5]]");
  EXPECT_EQ(strict("$range(0.9, 7.9, 3.5)"), "[0,3,6]");
  EXPECT_EQ(strict("$hash('x', 'MD5')"), "\"9dd4e461268c8034f5c8564e155c67a6\"");
  EXPECT_EQ(strict("$random(7) = $random(7)"), "true");
  EXPECT_EQ(strict("$length($uuid())"), "36");
  EXPECT_EQ(strict("$parse('{\"a\": [1]}').a[0]"), "1");
  EXPECT_EQ(strict("$eval('1+1')"), "T1006");
  EXPECT_EQ(current("$eval('1+1')"), "2");
}

TEST(JsonataStates, NonFiniteNumbersAreTexts) {
  EXPECT_EQ(strict("1/0"), "\"Infinity\"");
  EXPECT_EQ(strict("[1/0]"), "[\"Infinity\"]");
  EXPECT_EQ(strict("$string(1/0)"), "D3001");
}

TEST(JsonataStates, NewerOperatorsAreErrors) {
  EXPECT_EQ(strict("$a ?? 1"), "S0211");
  EXPECT_EQ(current("a ?? 1", "{}"), "1");
  EXPECT_EQ(current("a ?: 1", "{\"a\": 0}"), "1");
}

TEST(JsonataResults, ForgetWhatOnlyTheLanguageKnows) {
  EXPECT_EQ(current("{'f': function(){1}, 'ids': items.id}", "{\"items\":[{\"id\":1},{\"id\":2}]}"),
            "{\"f\":\"\",\"ids\":[1,2]}");
  EXPECT_EQ(strict("function(){1}"), "function");
  EXPECT_EQ(strict("1.0 + 2"), "3");
  EXPECT_EQ(strict("0.1 + 0.2"), "0.30000000000000004");
}

TEST(JsonataAnalysis, FindsWhatIsReferredTo) {
  const auto expression = Expression::compile(
      "($x := $a; $f := function($y){ name & $y }; phone & $states.input.b & $count($x))", {});
  EXPECT_EQ(expression->free_variables(), (std::vector<std::string>{"a", "states"}));
  EXPECT_EQ(expression->top_level_references(), std::vector<std::string>{"phone"});
  EXPECT_EQ(expression->fields_of("states"), std::vector<std::string>{"input"});
}

}  // namespace
}  // namespace pawl::query::jsonata
