// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "asl/task_resource.h"

namespace pawl::asl {
namespace {

TaskResource parsed(std::string_view arn) {
  base::Result<TaskResource> resource = parse_task_resource(arn);
  EXPECT_TRUE(resource.has_value()) << arn;
  return resource ? *std::move(resource) : TaskResource{};
}

bool exists(std::string_view arn) { return optimized_integrations().exists(parsed(arn)); }

TEST(TaskResource, LambdaFunctionsAndActivities) {
  const TaskResource function = parsed("arn:aws:lambda:us-east-1:123456789012:function:f:$LATEST");
  EXPECT_EQ(function.kind, ResourceKind::LambdaFunction);
  EXPECT_EQ(function.arn, "arn:aws:lambda:us-east-1:123456789012:function:f:$LATEST");
  const TaskResource activity = parsed("arn:aws-cn:states:cn-north-1:123456789012:activity:a");
  EXPECT_EQ(activity.kind, ResourceKind::Activity);
  EXPECT_EQ(activity.partition, "aws-cn");
}

TEST(TaskResource, IntegrationsSplitIntoServiceActionAndPattern) {
  const TaskResource token = parsed("arn:aws:states:::lambda:invoke.waitForTaskToken");
  EXPECT_EQ(token.kind, ResourceKind::Integration);
  EXPECT_EQ(token.service, "lambda");
  EXPECT_EQ(token.action, "invoke");
  EXPECT_EQ(token.pattern, IntegrationPattern::WaitForTaskToken);
  EXPECT_EQ(token.history_resource(), "invoke.waitForTaskToken");
  EXPECT_EQ(token.history_resource_type(), "lambda");
  const TaskResource nested = parsed("arn:aws:states:::states:startExecution.sync:2");
  EXPECT_EQ(nested.pattern, IntegrationPattern::RunJob);
  EXPECT_EQ(nested.pattern_suffix, ".sync:2");
  EXPECT_EQ(nested.action, "startExecution");
  const TaskResource sdk = parsed("arn:aws:states:::aws-sdk:s3:getObject");
  EXPECT_EQ(sdk.kind, ResourceKind::AwsSdk);
  EXPECT_EQ(sdk.history_resource_type(), "aws-sdk:s3");
  EXPECT_EQ(sdk.history_resource(), "getObject");
}

TEST(TaskResource, RefusesWhatIsNoResource) {
  for (const std::string_view text :
       {"", "lambda", "arn", "arn:aws:states:::", "arn:aws:states:::lambda",
        "arn:aws:states:::a:b:c", "arn:aws:s3:::bucket",
        "arn:aws:swf:us-east-1:123456789012:task:X"}) {
    const base::Result<TaskResource> resource = parse_task_resource(text);
    ASSERT_FALSE(resource.has_value()) << text;
    EXPECT_EQ(resource.error().kind, base::ErrorKind::InvalidSyntax);
  }
}

TEST(OptimizedIntegrations, KnowActionsAndPatterns) {
  EXPECT_TRUE(exists("arn:aws:states:::dynamodb:getItem"));
  EXPECT_FALSE(exists("arn:aws:states:::dynamodb:query"));
  EXPECT_FALSE(exists("arn:aws:states:::lambda:invoke.sync"));
  EXPECT_TRUE(exists("arn:aws:states:::glue:startJobRun.sync"));
  EXPECT_FALSE(exists("arn:aws:states:::glue:startJobRun.sync:2"));
  EXPECT_FALSE(exists("arn:aws:states:::athena:startQueryExecution.waitForTaskToken"));
  EXPECT_TRUE(exists("arn:aws:states:::aws-sdk:cloudwatchlogs:createLogGroup"));
  EXPECT_TRUE(exists("arn:aws:states:::aws-sdk:sqs:sendMessage.waitForTaskToken"));
  EXPECT_FALSE(exists("arn:aws:states:::aws-sdk:s3:getObject.sync"));
  EXPECT_FALSE(exists("arn:aws:states:::aws-sdk:s3:GetObject"));
}

}  // namespace
}  // namespace pawl::asl
