// SPDX-License-Identifier: Apache-2.0
#include "app/function_references.h"

#include <gtest/gtest.h>

#include "json/parse.h"

namespace pawl::app {
namespace {

TEST(FunctionReferences, EveryLiteralNameOnce) {
  const json::Value definition = *json::parse(R"({"StartAt": "A", "States": {
    "A": {"Type": "Task", "Resource": "arn:aws:lambda:eu-west-1:123456789012:function:one:live"},
    "B": {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "Parameters": {"FunctionName": "two:$LATEST"}},
    "C": {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke.waitForTaskToken",
          "Parameters": {"FunctionName": "arn:aws:lambda:us-east-1:123456789012:function:one"}},
    "D": {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "Parameters": {"FunctionName.$": "$.name"}},
    "E": {"Type": "Task", "Resource": "arn:aws:states:::sqs:sendMessage", "Parameters": {"FunctionName": "no"}},
    "F": {"Type": "Map", "Iterator": {"States": {"G": {"Type": "Task",
          "Resource": "arn:aws-cn:lambda:cn-north-1:123456789012:function:three"}}}},
    "H": {"Type": "Parallel", "Branches": [{"States": {"I": {"Type": "Map", "ItemProcessor": {"States": {
          "J": {"Type": "Task", "Resource": "arn:aws:lambda:us-east-1:123456789012:function:four"}}}}}}]}}})");
  std::string found;
  for (const FunctionReference& reference : function_references(definition)) {
    found += reference.function + "@" + reference.state + " ";
  }
  EXPECT_EQ(found, "one@A two@B three@G four@J ");
}

TEST(FunctionReferences, WrongTypesAreNoReferences) {
  const json::Value definition =
      *json::parse(R"({"States": {"A": 3, "B": {"Resource": 4}, "C": {"Branches": {"x": 1}},
    "D": {"Resource": "arn:aws:states:::lambda:invoke", "Parameters": []}}})");
  EXPECT_TRUE(function_references(definition).empty());
}

}  // namespace
}  // namespace pawl::app
