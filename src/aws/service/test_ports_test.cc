// SPDX-License-Identifier: Apache-2.0
// The stand-ins that tests of services rely on.
#include <gtest/gtest.h>

#include "aws/service/recording_caller_for_test.h"
#include "aws/service/virtual_loop_for_test.h"

namespace pawl::aws {
namespace {

TEST(VirtualLoop, RunsWhatIsDueInItsOrderAtItsTime) {
  VirtualLoop loop({1'000});
  std::vector<std::pair<int, int64_t>> ran;
  const auto note = [&](int name) {
    return [&ran, &loop, name] { ran.emplace_back(name, loop.now().ms); };
  };
  loop.run_at({1'500}, note(3));
  loop.run_at({1'200}, [&] {
    note(1)();
    loop.run_at({1'300}, note(2));
  });
  const auto cancelled = loop.run_at({1'250}, note(9));
  loop.work(note(0));
  loop.cancel(cancelled);
  loop.advance_by(400);
  EXPECT_EQ(ran, (std::vector<std::pair<int, int64_t>>{{0, 1'000}, {1, 1'200}, {2, 1'300}}));
  EXPECT_EQ(loop.now().ms, 1'400);
  EXPECT_EQ(loop.timers(), 1U);
}

TEST(RecordingCaller, KeepsCallsAndAnswersAsTold) {
  RecordingCaller caller([](const Call& call) -> ApiResult<json::Value> {
    if (call.operation == "Fail") return ApiError("Broken", "No.");
    return json::Value::object();
  });
  std::vector<bool> answers;
  for (const char* operation : {"Do", "Fail"}) {
    caller.call({.service = "sqs", .operation = operation},
                [&](const ApiResult<json::Value>& result) { answers.push_back(bool(result)); });
  }
  EXPECT_EQ(answers, (std::vector<bool>{true, false}));
  EXPECT_EQ(caller.calls[1].operation, "Fail");
}

}  // namespace
}  // namespace pawl::aws
