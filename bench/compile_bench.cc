// SPDX-License-Identifier: Apache-2.0
// Definition text to Program. Goal: 10 KB in 250 µs.
#include <string>

#include <benchmark/benchmark.h>

#include "asl/compile.h"

namespace {

/// A machine of about `bytes` with the usual mix: tasks with templates, Retry and Catch, choices,
/// passes.
std::string definition_of(size_t bytes) {
  std::string states;
  size_t count = 0;
  while (states.size() < bytes) {
    const std::string n = std::to_string(count++);
    const std::string next = std::to_string(count);
    states +=
        R"("Task)" + n +
        R"(":{"Type":"Task","Comment":"Calls a function","Resource":"arn:aws:states:::lambda:invoke",)"
        R"("Parameters":{"FunctionName":"arn:aws:lambda:us-east-1:123456789012:function:work","Payload":{"order.$":"$.order.id",)"
        R"-("text.$":"States.Format('order {} of {}', $.order.id, $$.Execution.Name)","fixed":{"a":1,"b":[true,null]}}},)-"
        R"("ResultSelector":{"body.$":"$.Payload"},"ResultPath":"$.result","TimeoutSeconds":30,)"
        R"("Retry":[{"ErrorEquals":["Lambda.ServiceException","Lambda.SdkClientException"],"IntervalSeconds":2,"MaxAttempts":6,"BackoffRate":2}],)"
        R"("Catch":[{"ErrorEquals":["States.ALL"],"ResultPath":"$.error","Next":"Failed"}],"Next":"Choice)" +
        n + R"("},)" + R"("Choice)" + n +
        R"(":{"Type":"Choice","Choices":[{"And":[{"Variable":"$.result.body.ok","BooleanEquals":true},)"
        R"({"Variable":"$.result.body.count","NumericGreaterThan":3}],"Next":"Pass)" +
        n + R"("}],"Default":"Failed"},)" + R"("Pass)" + n +
        R"(":{"Type":"Pass","Result":{"done":true},"ResultPath":"$.done","Next":"Task)" + next +
        R"("},)";
  }
  return R"({"Comment":"bench","StartAt":"Task0","States":{)" + states + R"("Task)" +
         std::to_string(count) +
         R"(":{"Type":"Succeed"},"Failed":{"Type":"Fail","Error":"E","Cause":"C"}}})";
}

void compile_definition(benchmark::State& state) {
  const std::string text = definition_of(static_cast<size_t>(state.range(0)));
  for (auto _ : state) {
    const pawl::asl::Compilation compilation = pawl::asl::compile(text);
    if (compilation.program == nullptr) {
      state.SkipWithError(pawl::asl::invalid_definition_message(compilation.diagnostics).c_str());
      break;
    }
    benchmark::DoNotOptimize(compilation.program->states.data());
  }
  state.SetBytesProcessed(static_cast<int64_t>(state.iterations() * text.size()));
}
BENCHMARK(compile_definition)
    ->Arg(1'000)
    ->Arg(10'000)
    ->Arg(100'000)
    ->Arg(900'000)
    ->Unit(benchmark::kMicrosecond);

}  // namespace
