// SPDX-License-Identifier: Apache-2.0
#include "services/cloudformation/types/shape_input.h"

#include <gtest/gtest.h>

#include "aws/model/installed_models_for_test.h"
#include "json/parse.h"
#include "json/write.h"

namespace pawl::cloudformation {
namespace {

std::string shaped(std::string_view service, std::string_view operation, std::string_view text) {
  const aws::ServiceModel* model = aws::installed_model(service);
  if (model == nullptr) return "no model";
  return json::write(shape_input(*model->find_operation(operation)->input, *json::parse(text)));
}

class ShapeInput : public testing::Test {
  void SetUp() override {
    ASSERT_NE(aws::installed_model("lambda"), nullptr) << "python3-botocore is missing";
  }
};

TEST_F(ShapeInput, MatchesNamesIgnoringCaseAndConverts) {
  EXPECT_EQ(shaped("stepfunctions", "CreateStateMachine",
                   R"({"RoleArn": "r", "Foo": 1, "TracingConfiguration": {"Enabled": "true"}})"),
            R"({"roleArn":"r","tracingConfiguration":{"enabled":true}})");
  EXPECT_EQ(shaped("lambda", "CreateFunction", R"({"Timeout": "5", "Environment": {"Variables":
                   {"A": 1}}})"),
            R"({"Timeout":5,"Environment":{"Variables":{"A":"1"}}})");
}

TEST_F(ShapeInput, TurnsTagsIntoWhatTheOperationTakes) {
  constexpr std::string_view kTags = R"({"Tags": [{"Key": "a", "Value": "b"}]})";
  EXPECT_EQ(shaped("lambda", "CreateFunction", kTags), R"({"Tags":{"a":"b"}})");
  EXPECT_EQ(shaped("kms", "CreateKey", kTags), R"({"Tags":[{"TagKey":"a","TagValue":"b"}]})");
  EXPECT_EQ(shaped("ssm", "PutParameter", R"({"Tags": {"a": "b"}})"),
            R"({"Tags":[{"Key":"a","Value":"b"}]})");
}

TEST_F(ShapeInput, WritesObjectsAsTextWhereTextIsWanted) {
  EXPECT_EQ(shaped("iam", "CreateRole", R"({"AssumeRolePolicyDocument": {"Version": "v"}})"),
            R"({"AssumeRolePolicyDocument":"{\"Version\":\"v\"}"})");
}

}  // namespace
}  // namespace pawl::cloudformation
