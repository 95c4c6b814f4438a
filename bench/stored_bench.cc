// SPDX-License-Identifier: Apache-2.0
// Step records: what an execution costs the store in bytes and time.
#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

#include <benchmark/benchmark.h>

#include "asl/compile.h"
#include "interpreter/step.h"
#include "interpreter/stored/step_record.h"

namespace pawl {
namespace {

using namespace interpreter;

/// Ten Pass states whose input, 300 bytes, goes through all 22 events.
struct TenPasses {
  ExecutionState state;
  StepDelta delta;
  std::string record;

  TenPasses() {
    std::string states;
    for (int i = 0; i < 10; ++i) {
      const std::string next =
          i < 9 ? R"("Next":"P)" + std::to_string(i + 1) + "\"}" : std::string(R"("End":true})");
      states += (i > 0 ? "," : "") + std::string("\"P") + std::to_string(i) +
                R"(":{"Type":"Pass",)" + next;
    }
    const asl::Compilation compilation =
        asl::compile(R"({"StartAt":"P0","States":{)" + states + "}}");
    if (!compilation.program) std::abort();
    auto info = std::make_shared<ExecutionInfo>();
    const std::string input = R"({"text":")" + std::string(289, 'x') + "\"}";
    state = make_execution(info, json::Payload::from_text(input).value());
    StepResult result;
    step(*compilation.program, state, {base::Timestamp{1'700'000'000'000}, 1, ExecutionStarted{}},
         result);
    delta.add(result);
    encode_step_record(state, delta, RecordKind::Full, record);
    if (state.status != ExecutionStatus::Succeeded || delta.events.size() != 22) std::abort();
  }
};

void encode_ten_passes(benchmark::State& state) {
  const TenPasses run;
  std::string out;
  for (auto _ : state) {
    out.clear();
    encode_step_record(run.state, run.delta, RecordKind::Full, out);
    benchmark::DoNotOptimize(out.data());
  }
  state.counters["bytes"] = static_cast<double>(run.record.size());
}
BENCHMARK(encode_ten_passes);

void read_events_of_ten_passes(benchmark::State& state) {
  const TenPasses run;
  std::vector<HistoryEvent> events;
  for (auto _ : state) {
    events.clear();
    if (!read_record_events(run.record, 1, 100, events)) state.SkipWithError("unreadable");
  }
}
BENCHMARK(read_events_of_ten_passes);

void apply_ten_passes(benchmark::State& state) {
  const TenPasses run;
  ExecutionState again;
  for (auto _ : state) {
    if (!apply_step_record(run.record, again)) state.SkipWithError("unreadable");
  }
}
BENCHMARK(apply_ten_passes);

}  // namespace
}  // namespace pawl
