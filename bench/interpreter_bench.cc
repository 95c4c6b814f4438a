// SPDX-License-Identifier: Apache-2.0
// step() alone, in process: transitions of Pass chains, Choice loops and inline Maps, events
// included.
#include <algorithm>
#include <memory>
#include <string>

#include <benchmark/benchmark.h>

#include "asl/compile.h"
#include "bench/documents.h"
#include "interpreter/step.h"
#include "json/parse.h"

namespace pawl {
namespace {

using namespace interpreter;

std::shared_ptr<const asl::Program> compile_or_die(const std::string& definition) {
  asl::Compilation compilation = asl::compile(definition);
  if (!compilation.program) std::abort();
  return compilation.program;
}

/// Runs one execution to its end; true if it succeeded.
bool run(const asl::Program& program, const std::shared_ptr<const ExecutionInfo>& info,
         const json::Payload& input, StepResult& result) {
  ExecutionState state = make_execution(info, input);
  InputEvent event{base::Timestamp{1}, 1, ExecutionStarted{}};
  while (state.status == ExecutionStatus::Running) {
    step(program, state, event, result);
    if (result.commands.empty()) return false;
    event.event = Resumed{};
  }
  return state.status == ExecutionStatus::Succeeded;
}

void run_all(benchmark::State& state, const std::string& definition, const std::string& input,
             int64_t transitions) {
  const auto program = compile_or_die(definition);
  auto info = std::make_shared<ExecutionInfo>();
  info->limits = base::Limits::extended();
  const json::Payload payload(json::parse(input).value());
  StepResult result;
  for (auto _ : state) {
    if (!run(*program, info, payload, result)) state.SkipWithError("the execution did not succeed");
  }
  state.SetItemsProcessed(state.iterations() * transitions);
}

std::string pass_chain(int length, const std::string& fields) {
  std::string states;
  for (int i = 0; i < length; ++i) {
    states += (i > 0 ? "," : "") + std::string("\"P") + std::to_string(i) + R"(":{"Type":"Pass",)" +
              fields +
              (i + 1 < length ? R"("Next":"P)" + std::to_string(i + 1) + "\"}"
                              : std::string(R"("End":true})"));
  }
  return R"({"StartAt":"P0","States":{)" + states + "}}";
}

void pass_10(benchmark::State& state) { run_all(state, pass_chain(10, ""), R"({"a":1})", 10); }
BENCHMARK(pass_10);

void pass_chain_1000(benchmark::State& state) {
  run_all(state, pass_chain(1000, ""), R"({"a":1})", 1'000);
}
BENCHMARK(pass_chain_1000);

void pass_result_path_1kb(benchmark::State& state) {
  run_all(state, pass_chain(1000, R"("Result":{"done":true},"ResultPath":"$.result",)"),
          bench::order_document(), 1'000);
}
BENCHMARK(pass_result_path_1kb);

/// 1,000 turns of Choice and Pass: 2,000 transitions.
void choice_loop(benchmark::State& state) {
  run_all(
      state,
      R"x({"StartAt":"C","States":{"C":{"Type":"Choice","Choices":[{"Variable":"$.n","NumericGreaterThanEquals":1000,
          "Next":"E"}],"Default":"P"},"P":{"Type":"Pass","Parameters":{"n.$":"States.MathAdd($.n, 1)"},"Next":"C"},
          "E":{"Type":"Succeed"}}})x",
      R"({"n":0})", 2'000);
}
BENCHMARK(choice_loop);

void map_1000(benchmark::State& state) {
  std::string items = "0";
  for (int i = 1; i < 1'000; ++i) items += "," + std::to_string(i);
  run_all(
      state,
      R"({"StartAt":"M","States":{"M":{"Type":"Map","End":true,"ItemProcessor":{"StartAt":"P","States":{
          "P":{"Type":"Pass","End":true}}}}}})",
      "[" + items + "]", 1'000);
}
BENCHMARK(map_1000);

/// The time of one transition after so many events: what it costs may not grow with history.
void transition_at_event(benchmark::State& state) {
  const auto program = compile_or_die(
      R"x({"StartAt":"A","States":{"A":{"Type":"Choice","Choices":[{"Variable":"$.stop","IsPresent":true,"Next":"E"}],
      "Default":"A"},"E":{"Type":"Succeed"}}})x");
  auto info = std::make_shared<ExecutionInfo>();
  info->limits = base::Limits::extended();
  info->limits.transitions_per_step_max = 1;
  ExecutionState execution = make_execution(info, json::Payload(json::Value::object()));
  StepResult result;
  InputEvent event{base::Timestamp{1}, 1, ExecutionStarted{}};
  step(*program, execution, event, result);
  event.event = Resumed{};
  while (execution.next_event_id < state.range(0)) step(*program, execution, event, result);
  for (auto _ : state) step(*program, execution, event, result);
}
BENCHMARK(transition_at_event)->Arg(10)->Arg(20'000)->Iterations(5'000);

}  // namespace
}  // namespace pawl
