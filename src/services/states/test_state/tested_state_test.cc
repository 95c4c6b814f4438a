// SPDX-License-Identifier: Apache-2.0
#include "services/states/test_state/tested_state.h"

#include "services/states/test_state/test_state_for_test.h"

namespace pawl::states {
namespace {

std::string refusal(const std::string& definition, const std::optional<std::string>& name = {}) {
  const auto tested = compile_tested_state(definition, name);
  return tested ? "compiles" : shown(tested.error());
}

TEST(TestedState, TargetsOfALoneStateNeedNotExist) {
  const auto tested = compile_tested_state(
      R"({"Type":"Choice","Choices":[{"Variable":"$.a","IsPresent":true,"Next":"A \"1\""},
          {"Variable":"$.b","IsPresent":true,"Next":"B"}],"Default":"B"})",
      std::nullopt);
  ASSERT_TRUE(tested) << shown(tested.error());
  EXPECT_EQ(tested->state().name, "StateName");
  EXPECT_EQ(tested->state().type, asl::StateType::Choice);
  ASSERT_EQ(tested->program->states.size(), 3U);
  EXPECT_EQ(tested->program->states[2].name, "A \"1\"");
}

TEST(TestedState, ALoneStateMayGoBackToItself) {
  EXPECT_EQ(refusal(R"({"Type":"Task","Resource":"arn:aws:states:::lambda:invoke",
      "Parameters":{"FunctionName":"f"},"Catch":[{"ErrorEquals":["A"],"Next":"StateName"}],
      "Next":"Other"})"),
            "compiles");
}

TEST(TestedState, IsFoundInsideAMap) {
  const auto tested = compile_tested_state(
      R"({"StartAt":"M","States":{"M":{"Type":"Map","End":true,"ItemProcessor":{"StartAt":"I",
          "States":{"I":{"Type":"Wait","Seconds":1,"End":true}}}}}})",
      "I");
  ASSERT_TRUE(tested) << shown(tested.error());
  EXPECT_EQ(tested->state().type, asl::StateType::Wait);
}

TEST(TestedState, WhatIsRefused) {
  const std::string machine = R"({"StartAt":"A","States":{"A":{"Type":"Pass","End":true}}})";
  EXPECT_EQ(refusal(machine, "B"), "ValidationException: State not found in definition");
  EXPECT_EQ(
      refusal(R"({"StartAt":"A","States":{"A":{"Type":"What","End":true}}})", "A"),
      "InvalidDefinition: Invalid State Machine Definition: 'SCHEMA_VALIDATION_FAILED: The field "
      "'Type' should have one of these values: [Task, Wait, Pass, Succeed, Fail, Choice, Parallel, "
      "Map] at /States/A/Type'");
  EXPECT_EQ(refusal(R"({"Type":"Parallel","Branches":[],"End":true})"),
            "InvalidDefinition: Invalid State Machine Definition: 'SCHEMA_VALIDATION_FAILED: Value "
            "cannot be empty at /States/StateName/Branches'");
  EXPECT_NE(refusal("{").find("INVALID_JSON_DESCRIPTION"), std::string::npos);
  EXPECT_NE(refusal("[1]").find("Definition must be a valid JSON object"), std::string::npos);
  // A machine without stateName is no state.
  EXPECT_EQ(refusal(machine).substr(0, 17), "InvalidDefinition");
  EXPECT_EQ(refusal(R"({"Type":"Task","Resource":"what","End":true})").substr(0, 17),
            "InvalidDefinition");
}

}  // namespace
}  // namespace pawl::states
