// SPDX-License-Identifier: Apache-2.0
#include "interpreter/inspection.h"

#include <gtest/gtest.h>

#include "asl/compile.h"
#include "interpreter/step.h"
#include "json/parse.h"
#include "json/write.h"

namespace pawl::interpreter {
namespace {

/// The first step of a machine whose only frame is in its first state.
struct Inspected {
  explicit Inspected(std::string_view definition, std::string input, bool inspect = true) {
    program = asl::compile(definition).program;
    auto info = std::make_shared<ExecutionInfo>();
    state = make_execution(std::move(info), *json::Payload::from_text(std::move(input)));
    if (inspect) result.inspection = &inspection;
    step(*program, state, {{1}, 1, ExecutionStarted{}}, result);
  }

  std::shared_ptr<const asl::Program> program;
  ExecutionState state;
  Inspection inspection;
  StepResult result;
};

std::string text(const std::optional<json::Payload>& payload) {
  return payload ? payload->text() : "(none)";
}

constexpr const char* kTwoStates =
    R"({"StartAt":"A","States":{
      "A":{"Type":"Pass","InputPath":"$.a","Parameters":{"p.$":"$"},"ResultPath":"$.r","Next":"B"},
      "B":{"Type":"Pass","Result":2,"End":true}}})";

TEST(Inspection, RunsOneStateAlone) {
  const Inspected one(kTwoStates, R"({"a":[1]})");
  EXPECT_EQ(one.state.status, ExecutionStatus::Succeeded);
  EXPECT_EQ(one.state.output.text(), R"({"a":[1],"r":{"p":[1]}})");
  EXPECT_EQ(one.program->states[one.inspection.next].name, "B");
  EXPECT_EQ(text(one.inspection.after_input_path), "[1]");
  EXPECT_EQ(text(one.inspection.after_parameters), R"({"p":[1]})");
  EXPECT_EQ(text(one.inspection.after_result_selector), R"({"p":[1]})");
  EXPECT_EQ(text(one.inspection.after_result_path), R"({"a":[1],"r":{"p":[1]}})");
  EXPECT_EQ(text(one.inspection.result), "(none)");
}

TEST(Inspection, NobodyLooksUnlessAsked) {
  const Inspected all(kTwoStates, R"({"a":[1]})", false);
  EXPECT_EQ(all.state.status, ExecutionStatus::Succeeded);
  EXPECT_EQ(all.state.output.text(), "2");
  EXPECT_EQ(text(all.inspection.after_input_path), "(none)");
}

TEST(Inspection, BatchesKeepBothLimits) {
  const auto batches = [](const std::string& limits) {
    const Inspected map(
        R"({"StartAt":"M","States":{"M":{"Type":"Map","End":true,"ItemBatcher":{)" + limits +
            R"(},"ItemProcessor":{"ProcessorConfig":{"Mode":"DISTRIBUTED","ExecutionType":
            "STANDARD"},"StartAt":"P","States":{"P":{"Type":"Pass","End":true}}}}}})",
        R"([1,22,"333",4])");
    EXPECT_EQ(map.state.find(kRootFrame)->phase, Phase::MapRun);
    return json::write(map.inspection.after_item_batcher.value_or(json::Value())) + " " +
           std::to_string(map.inspection.iterations.value_or(0));
  };
  EXPECT_EQ(batches(R"("MaxItemsPerBatch":3)"), R"([{"Items":[1,22,"333"]},{"Items":[4]}] 2)");
  // {"Items":[1,22]} has 16 bytes; what alone is too long is a batch of its own.
  EXPECT_EQ(batches(R"("MaxInputBytesPerBatch":16)"),
            R"([{"Items":[1,22]},{"Items":["333"]},{"Items":[4]}] 3)");
}

TEST(Inspection, TellsWhoHandledAnError) {
  Inspected map(R"({"StartAt":"P","States":{"P":{"Type":"Parallel","End":true,
      "Branches":[{"StartAt":"F","States":{"F":{"Type":"Fail"}}}],
      "Retry":[{"ErrorEquals":["A"]},{"ErrorEquals":["B"],"MaxAttempts":0}],
      "Catch":[{"ErrorEquals":["A"],"Next":"X"},{"ErrorEquals":["B"],"Next":"X"}]},
      "X":{"Type":"Succeed"}}})",
                "{}");
  ASSERT_EQ(map.state.find(kRootFrame)->phase, Phase::MapRun);
  MapRunEnded ended;
  ended.task = {kRootFrame, map.state.find(kRootFrame)->task};
  ended.error = asl::ExecutionError{"B", "why"};
  step(*map.program, map.state, {{2}, 2, ended}, map.result);
  EXPECT_EQ(map.state.status, ExecutionStatus::Succeeded);
  EXPECT_EQ(map.inspection.retry_index, 1U);
  EXPECT_FALSE(map.inspection.retry_delay_ms);
  EXPECT_EQ(map.inspection.catch_index, 1U);
  EXPECT_EQ(map.inspection.error->error, "B");
  EXPECT_EQ(map.program->states[map.inspection.next].name, "X");
}

}  // namespace
}  // namespace pawl::interpreter
