// SPDX-License-Identifier: Apache-2.0
// JSON values: parse, write, change and look up in a document of 1 KB with 15 members.
#include <benchmark/benchmark.h>

#include "bench/documents.h"
#include "json/parse.h"
#include "json/payload.h"
#include "json/write.h"

namespace pawl {
namespace {

void parse_1kb(benchmark::State& state) {
  const std::string text = bench::order_document();
  for (auto _ : state) benchmark::DoNotOptimize(json::parse(text));
  state.SetBytesProcessed(static_cast<int64_t>(state.iterations() * text.size()));
}
BENCHMARK(parse_1kb);

void validate_1kb(benchmark::State& state) {
  const std::string text = bench::order_document();
  for (auto _ : state) benchmark::DoNotOptimize(json::validate(text));
}
BENCHMARK(validate_1kb);

void write_1kb(benchmark::State& state) {
  const json::Value value = json::parse(bench::order_document()).value();
  for (auto _ : state) benchmark::DoNotOptimize(json::write(value));
}
BENCHMARK(write_1kb);

void with_member(benchmark::State& state) {
  const json::Value value = json::parse(bench::order_document()).value();
  const json::Value result(int64_t{42});
  for (auto _ : state) benchmark::DoNotOptimize(value.with_member("result", result));
}
BENCHMARK(with_member);

void find_member(benchmark::State& state) {
  const json::Value value = json::parse(bench::order_document()).value();
  for (auto _ : state) benchmark::DoNotOptimize(value.find("shipping"));
}
BENCHMARK(find_member);

}  // namespace
}  // namespace pawl
