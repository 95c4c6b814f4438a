// SPDX-License-Identifier: Apache-2.0
// Messages as recorded from AWS (Lambda, EventBridge, Step Functions, KMS, IAM, DynamoDB).
#include "aws/service/validation.h"

#include <gtest/gtest.h>

#include "aws/model/installed_models_for_test.h"
#include "json/parse.h"

namespace pawl::aws {
namespace {

json::Value parse(std::string_view text) { return *json::parse(text); }

/// Validates against structure "In" whose members and other shapes are given as JSON.
std::string message(std::string_view shapes, std::string_view input) {
  const auto model = ServiceModel::compile(
      "test", parse(R"({"metadata":{"protocol":"json"},"operations":{},"shapes":{)" +
                    std::string(shapes) + "}}"));
  EXPECT_TRUE(model) << (model ? "" : model.error().message);
  const auto valid = validate(parse(input), *(*model)->find_shape("In"));
  return valid ? "" : *valid.error().message;
}

constexpr const char* kName = R"("In":{"type":"structure","required":["name"],"members":{
  "name":{"shape":"Name"},"maxResults":{"shape":"Max"}}},
  "Name":{"type":"string","min":1,"max":5,"pattern":"[a-z]+"},"Max":{"type":"integer","max":1000})";

TEST(Validate, Scalars) {
  EXPECT_EQ(message(kName, R"({"name":"abc"})"), "");
  EXPECT_EQ(
      message(kName, "{}"),
      "1 validation error detected: Value null at 'name' failed to satisfy constraint: Member "
      "must not be null");
  EXPECT_EQ(message(kName, R"({"name":"abcdef"})"),
            "1 validation error detected: Value 'abcdef' at 'name' failed to satisfy constraint: "
            "Member must have length less than or equal to 5");
  EXPECT_EQ(message(kName, R"({"name":"","maxResults":1001})"),
            "3 validation errors detected: Value '' at 'name' failed to satisfy constraint: Member "
            "must have length greater than or equal to 1; Value '' at 'name' failed to satisfy "
            "constraint: Member must satisfy regular expression pattern: [a-z]+; Value '1001' at "
            "'maxResults' failed to satisfy constraint: Member must have value less than or equal "
            "to 1000");
  EXPECT_EQ(message(kName, R"({"name":"ééééé"})"),
            "1 validation error detected: Value 'ééééé' at 'name' failed to satisfy constraint: "
            "Member must satisfy regular expression pattern: [a-z]+");
}

TEST(Validate, ListsOfScalarsTellAllConstraints) {
  constexpr const char* kShapes = R"("In":{"type":"structure","members":{
      "Architectures":{"shape":"As"}}},"As":{"type":"list","member":{"shape":"A"},"max":1},
      "A":{"type":"string","enum":["x86_64","arm64"]})";
  EXPECT_EQ(message(kShapes, R"({"Architectures":["X86_64"]})"),
            "1 validation error detected: Value '[X86_64]' at 'architectures' failed to satisfy "
            "constraint: Member must satisfy constraint: [Member must satisfy enum value set: "
            "[x86_64, arm64], Member must not be null]");
  EXPECT_EQ(message(kShapes, R"({"Architectures":["x86_64","arm64"]})"),
            "1 validation error detected: Value '[x86_64, arm64]' at 'architectures' failed to "
            "satisfy constraint: Member must have length less than or equal to 1");
}

TEST(Validate, MapsTellKeysAndValues) {
  constexpr const char* kShapes = R"("In":{"type":"structure","members":{"R":{"shape":"Routing"}}},
      "Routing":{"type":"structure","members":{"AdditionalVersionWeights":{"shape":"W"}}},
      "W":{"type":"map","key":{"shape":"V"},"value":{"shape":"P"}},
      "V":{"type":"string","min":1,"max":1024,"pattern":"[0-9]+"},
      "P":{"type":"double","min":0.0,"max":1.0})";
  EXPECT_EQ(
      message(kShapes, R"({"R":{"AdditionalVersionWeights":{"2":2}}})"),
      "1 validation error detected: Value '{2=2.0}' at 'r.additionalVersionWeights' failed to "
      "satisfy constraint: Map value must satisfy constraint: [Member must have value less "
      "than or equal to 1.0, Member must have value greater than or equal to 0.0, Member must "
      "not be null]");
  EXPECT_EQ(
      message(kShapes, R"({"R":{"AdditionalVersionWeights":{"$LATEST":0.5}}})"),
      "1 validation error detected: Value '{$LATEST=0.5}' at 'r.additionalVersionWeights' "
      "failed to satisfy constraint: Map keys must satisfy constraint: [Member must have "
      "length less than or equal to 1024, Member must have length greater than or equal to 1, "
      "Member must satisfy regular expression pattern: [0-9]+]");
}

constexpr const char* kTargets = R"("In":{"type":"structure","members":{"Targets":{"shape":"Ts"}}},
  "Ts":{"type":"list","member":{"shape":"T"},"max":2},
  "T":{"type":"structure","members":{"Id":{"shape":"Id"},"Arn":{"shape":"Id"}}},
  "Id":{"type":"string","max":3})";

TEST(Validate, StructuresInListsByPath) {
  EXPECT_EQ(message(kTargets, R"({"Targets":[{"Id":"long"}]})"),
            "1 validation error detected: Value 'long' at 'targets.1.member.id' failed to satisfy "
            "constraint: Member must have length less than or equal to 3");
  EXPECT_EQ(message(kTargets, R"({"Targets":[{"Id":"a"},{"Id":"b"},{}]})"),
            "1 validation error detected: Value '[T(id=a, arn=null), T(id=b, arn=null), T(id=null, "
            "arn=null)]' at 'targets' failed to satisfy constraint: Member must have length less "
            "than or equal to 2");
}

TEST(Validate, TellsTenAtMostAndNoSecrets) {
  std::string input = R"({"Targets":[)";
  for (int i = 0; i < 20; ++i) input += std::string(i == 0 ? "" : ",") + R"({"Id":"long"})";
  EXPECT_TRUE(message(kTargets, input + "]}").starts_with("10 validation errors detected: "));
  EXPECT_EQ(message(R"("In":{"type":"structure","members":{"Id":{"shape":"S"}}},
      "S":{"type":"string","pattern":"[\\w]+","sensitive":true})",
                    R"({"Id":"a-b"})"),
            "1 validation error detected: Value at 'id' failed to satisfy constraint: Member must "
            "satisfy regular expression pattern: [\\w]+");
}

TEST(Validate, StepFunctionsAsRecorded) {
  const ServiceModel* model = installed_model("stepfunctions");
  ASSERT_NE(model, nullptr) << "python3-botocore is not installed";
  const auto check = [&](const char* operation, const char* input) {
    const auto valid = validate(parse(input), *model->find_operation(operation)->input);
    return valid ? "" : *valid.error().message;
  };
  EXPECT_EQ(check("ListExecutions", R"({"maxResults":1001})"),
            "1 validation error detected: Value '1001' at 'maxResults' failed to satisfy "
            "constraint: Member must have value less than or equal to 1000");
  EXPECT_EQ(check("CreateStateMachineAlias",
                  R"({"name":"123","routingConfiguration":[
                     {"stateMachineVersionArn":"arn:x","weight":100}]})"),
            "1 validation error detected: Value '123' at 'name' failed to satisfy constraint: "
            "Member must satisfy regular expression pattern: "
            "^(?=.*[a-zA-Z_\\-\\.])[a-zA-Z0-9_\\-\\.]+$");
  EXPECT_EQ(check("StartExecution", "{}"),
            "1 validation error detected: Value null at 'stateMachineArn' failed to satisfy "
            "constraint: Member must not be null");
  EXPECT_EQ(check("UntagResource", R"({"resourceArn":"arn:x"})"),
            "1 validation error detected: Value null at 'tagKeys' failed to satisfy constraint: "
            "Member must not be null");
}

}  // namespace
}  // namespace pawl::aws
