// SPDX-License-Identifier: Apache-2.0
// Compiled JSONPath on 1 KB and on 1,000 items.
#include <benchmark/benchmark.h>

#include "bench/documents.h"
#include "json/parse.h"
#include "query/path/path.h"

namespace pawl {
namespace {

void evaluate(benchmark::State& state, const std::string& text, const char* path_text) {
  const json::Value document = json::parse(text).value();
  const query::Path path = query::Path::compile(path_text).value();
  const query::Bindings bindings{.input = &document};
  for (auto _ : state) benchmark::DoNotOptimize(path.evaluate(bindings));
}

void path_a_b(benchmark::State& state) { evaluate(state, bench::order_document(), "$.a.b"); }
BENCHMARK(path_a_b);

void path_filter_1000(benchmark::State& state) {
  evaluate(state, bench::items_document(), "$.items[?(@.price > 500)].id");
}
BENCHMARK(path_filter_1000);

void path_wildcard_1000(benchmark::State& state) {
  evaluate(state, bench::items_document(), "$.items[*].qty");
}
BENCHMARK(path_wildcard_1000);

}  // namespace
}  // namespace pawl
