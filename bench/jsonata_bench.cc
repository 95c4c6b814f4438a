// SPDX-License-Identifier: Apache-2.0
// The eight JSONata expressions of the goals, over `$states.input` of 1,000 items; the peer runs
// the same ones (bench/peer/jsonata.mjs).
#include <benchmark/benchmark.h>

#include <string>

#include "json/parse.h"
#include "query/jsonata/expression.h"

namespace {

using pawl::json::Value;

Value states() {
  std::string text =
      R"({"input":{"a":{"b":42,"name":"x"},"counter":5,"tags":["a","b","c"],"items":[)";
  for (int i = 0; i < 1000; ++i) {
    if (i > 0) text += ',';
    text += R"({"id":)" + std::to_string(i) + R"(,"group":"g)" + std::to_string(i % 10) +
            R"(","price":)" + std::to_string(i * 7919 % 1000) + R"(,"qty":)" +
            std::to_string(i % 7) + "}";
  }
  return *pawl::json::parse(text + "]}}");
}

class Scope : public pawl::query::VariableScope {
 public:
  const Value* find(std::string_view name) const override {
    return name == "states" ? &states_ : nullptr;
  }

 private:
  Value states_ = states();
};

void evaluate(benchmark::State& state, const char* source) {
  const auto expression = pawl::query::jsonata::Expression::compile(source, {});
  const Scope scope;
  pawl::query::jsonata::EvaluationInput input;
  input.variables = &scope;
  for (auto _ : state) {
    auto result = expression->evaluate(input);
    benchmark::DoNotOptimize(result);
    if (!result) state.SkipWithError(result.error().message().c_str());
  }
}

BENCHMARK_CAPTURE(evaluate, path, "$states.input.a.b");
BENCHMARK_CAPTURE(evaluate, counter, "$states.input.counter + 1");
BENCHMARK_CAPTURE(evaluate, concat, "'Hello ' & $states.input.a.name & '!'");
BENCHMARK_CAPTURE(
    evaluate, object,
    R"({"id": $states.input.a.b, "tags": $states.input.tags, "n": $count($states.input.items)})");
BENCHMARK_CAPTURE(evaluate, group, "$states.input.items{group: $sum(price)}");
BENCHMARK_CAPTURE(evaluate, filter, "$states.input.items[price > 500 and qty = 3].id");
BENCHMARK_CAPTURE(evaluate, map, "$map($states.input.items, function($v){$v.price * $v.qty})");
BENCHMARK_CAPTURE(evaluate, sort, "$states.input.items^(price).id");

}  // namespace
