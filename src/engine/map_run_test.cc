// SPDX-License-Identifier: Apache-2.0
// Distributed Maps from their definitions: ItemSelector, ItemBatcher, ResultWriter's
// transformations.
#include <gtest/gtest.h>

#include <string>

#include "asl/compile.h"
#include "engine/local_engine.h"
#include "engine/program_builder_for_test.h"

namespace pawl::engine {
namespace {

/// A Distributed Map with `fields` over one Pass state with `item_fields`.
std::string map_definition(const std::string& fields, const std::string& item_fields = "") {
  return R"({"StartAt":"M","States":{"M":{"Type":"Map","End":true,)" + fields +
         R"("ItemProcessor":{"ProcessorConfig":{"Mode":"DISTRIBUTED","ExecutionType":"STANDARD"},)"
         R"("StartAt":"P","States":{"P":{"Type":"Pass","End":true)" +
         item_fields + "}}}}}}";
}

/// The output, or "error: cause".
std::string run(const std::string& definition, const std::string& input) {
  const asl::Compilation compilation = asl::compile(definition);
  for (const asl::Diagnostic& diagnostic : compilation.diagnostics) {
    ADD_FAILURE() << diagnostic.code << ": " << diagnostic.message << " at " << diagnostic.location;
  }
  if (!compilation.program) return "(not compiled)";
  VirtualClock clock({1'700'000'000'000});
  CountingEntropy entropy;
  ScriptedDispatcher dispatcher;
  LocalEngine engine(
      {.clock = clock, .entropy = entropy, .dispatcher = dispatcher, .virtual_clock = &clock});
  const ExecutionId id = engine.start(compilation.program, test_info(), text_payload(input));
  engine.run_until_idle();
  const interpreter::ExecutionState& state = *engine.state(id);
  if (state.status == interpreter::ExecutionStatus::Succeeded) return state.output.text();
  return state.error.error.value_or("") + ": " + state.error.cause.value_or("");
}

TEST(MapRun, ItemSelectorSeesInputAndItem) {
  EXPECT_EQ(
      run(map_definition(
              R"("ItemSelector":{"constant":"c","index.$":"$$.Map.Item.Index",)"
              R"("value.$":"$$.Map.Item.Value","input.$":"$.x"},"ItemsPath":"$.items",)"),
          R"({"x": 7, "items": ["a", "b"]})"),
      R"([{"constant":"c","index":0,"value":"a","input":7},{"constant":"c","index":1,"value":"b","input":7}])");
}

TEST(MapRun, FailingItemSelectorFailsTheRun) {
  const std::string outcome =
      run(map_definition(R"("ItemSelector":{"value.$":"$.missing"},"ItemsPath":"$.items",)"),
          R"({"items":[1,2]})");
  EXPECT_TRUE(
      outcome.starts_with("States.Runtime: An error occurred while executing the state 'M' "
                          "(entered at the event id #2). "))
      << outcome;
}

TEST(MapRun, BatchInputAndPathLimits) {
  EXPECT_EQ(
      run(map_definition(
              R"("ItemBatcher":{"MaxItemsPerBatchPath":"$.n","BatchInput":{"shared.$":"$.x"}},)"
              R"("ItemsPath":"$.items",)"),
          R"({"n": 2, "x": 7, "items": [1, 2, 3]})"),
      R"([{"BatchInput":{"shared":7},"Items":[1,2]},{"BatchInput":{"shared":7},"Items":[3]}])");
}

TEST(MapRun, BatchLimitMustBePositive) {
  EXPECT_EQ(
      run(map_definition(R"("ItemBatcher":{"MaxItemsPerBatchPath":"$.n"},"ItemsPath":"$.items",)"),
          R"({"n": 0, "items": [1]})"),
      "States.Runtime: An error occurred while executing the state 'M' (entered at the event id "
      "#2). "
      "MaxItemsPerBatch must be positive.");
}

TEST(MapRun, FlattenJoinsArraysOnly) {
  EXPECT_EQ(
      run(map_definition(
              R"("ResultWriter":{"WriterConfig":{"OutputType":"JSON","Transformation":"FLATTEN"}},)"),
          R"([[1, 2], 3, []])"),
      "[1,2,3]");
}

TEST(MapRun, TransformationNoneDescribesTheChildren) {
  const std::string output =
      run(map_definition(
              R"("ResultWriter":{"WriterConfig":{"OutputType":"JSON","Transformation":"NONE"}},)"),
          "[5]");
  EXPECT_NE(output.find(R"("Input":"5","InputDetails":{"Included":true},"Name":)"),
            std::string::npos)
      << output;
  EXPECT_NE(output.find(R"("Output":"5","OutputDetails":{"Included":true},)"), std::string::npos)
      << output;
  EXPECT_NE(output.find(R"("Status":"SUCCEEDED")"), std::string::npos) << output;
}

TEST(MapRun, ItemContextReachesTheChild) {
  EXPECT_EQ(run(map_definition(
                    R"("Label":"L",)",
                    R"(,"Parameters":{"i.$":"$$.Map.Item.Index","m.$":"$$.StateMachine.Name"})"),
                "[8, 9]"),
            R"([{"i":0,"m":"machine/L"},{"i":1,"m":"machine/L"}])");
}

// The command to start the run comes from the same step as the one to cancel it: by then its frame
// is gone.
TEST(MapRun, RunWhoseSiblingFailsInTheSameStepSelectsNothing) {
  const std::string map =
      R"({"Type":"Map","End":true,"ItemSelector":{"v.$":"$$.Map.Item.Value"},"ItemProcessor":{"ProcessorConfig":)"
      R"({"Mode":"DISTRIBUTED","ExecutionType":"STANDARD"},"StartAt":"P","States":{"P":{"Type":"Pass","End":true}}}})";
  EXPECT_EQ(
      run(R"({"StartAt":"B","States":{"B":{"Type":"Parallel","End":true,"Branches":[{"StartAt":"M","States":{"M":)" +
              map +
              R"(}},{"StartAt":"F","States":{"F":{"Type":"Fail","Error":"E","Cause":"C"}}}]}}})",
          "[1]"),
      "E: C");
}

TEST(MapRun, NestedRunsUseTheMachinesOwnName) {
  const std::string inner =
      R"({"Type":"Map","End":true,"Label":"Inner","ItemProcessor":{"ProcessorConfig":{"Mode":"DISTRIBUTED",)"
      R"("ExecutionType":"STANDARD"},"StartAt":"P","States":{"P":{"Type":"Pass","End":true,)"
      R"("Parameters":{"m.$":"$$.StateMachine.Name"}}}}})";
  const std::string outer =
      R"({"StartAt":"M","States":{"M":{"Type":"Map","End":true,"Label":"Outer","ItemProcessor":{"ProcessorConfig":)"
      R"({"Mode":"DISTRIBUTED","ExecutionType":"STANDARD"},"StartAt":"I","States":{"I":)" +
      inner + "}}}}}";
  EXPECT_EQ(run(outer, "[[1]]"), R"([[{"m":"machine/Inner"}]])");
}

}  // namespace
}  // namespace pawl::engine
