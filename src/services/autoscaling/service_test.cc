// SPDX-License-Identifier: Apache-2.0
#include "services/autoscaling/service.h"

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>

#include "aws/model/installed_models_for_test.h"
#include "json/members.h"
#include "json/parse.h"
#include "json/write.h"
#include "store/memory/memory_store.h"

namespace pawl::autoscaling {
namespace {

using json::Value;

constexpr const char* kPlace =
    R"("ServiceNamespace":"dynamodb","ResourceId":"table/t","ScalableDimension":"dynamodb:table:ReadCapacityUnits")";

class AutoScalingTest : public testing::Test {
 protected:
  void SetUp() override {
    const aws::ServiceModel* model = aws::installed_model("application-autoscaling");
    ASSERT_NE(model, nullptr) << "python3-botocore is not installed";
    service_ = AutoScalingService::open(store_).value();
    table_.emplace(*service_, *model);
    service_->bind(*table_);
    const auto checked = table_->check();
    ASSERT_TRUE(checked) << checked.error().message;
  }

  /// The output as text, or "CODE: MESSAGE".
  std::string call(const std::string& operation, const std::string& members,
                   const std::string& account = "000000000000") {
    aws::Request request;
    request.operation = table_->model().find_operation(operation);
    request.input = json::parse("{" + members + "}").value();
    request.received = {1'500};
    request.principal.account_id = account;
    std::string answer = "(none)";
    table_->call(std::move(request), aws::Reply([&](aws::ActionResult result) {
                   last_ = result ? result->value : Value();
                   answer = result
                                ? json::write(result->value)
                                : result.error().code + ": " + result.error().message.value_or("");
                 }));
    return answer;
  }
  std::string place(const std::string& more) const { return kPlace + ("," + more); }

  store::MemoryStore store_;
  std::unique_ptr<AutoScalingService> service_;
  std::optional<aws::ActionTable> table_;
  Value last_;
};

TEST_F(AutoScalingTest, RegistersATargetAndChangesWhatIsGiven) {
  EXPECT_EQ(call("RegisterScalableTarget", place(R"("MinCapacity":1)")),
            "ValidationException: MaxCapacity is required for a new scalable target");
  EXPECT_EQ(call("RegisterScalableTarget", place(R"("MinCapacity":5,"MaxCapacity":1)")),
            "ValidationException: Minimum capacity must be less than or equal to maximum capacity");
  call("RegisterScalableTarget", place(R"("MinCapacity":1,"MaxCapacity":5,"Tags":{"a":"b"})"));
  const std::string arn = json::text_member(last_, "ScalableTargetARN");
  EXPECT_TRUE(
      arn.starts_with("arn:aws:application-autoscaling:us-east-1:000000000000:scalable-target/0"))
      << arn;
  call("RegisterScalableTarget",
       place(R"("MaxCapacity":7,"SuspendedState":{"ScheduledScalingSuspended":true})"));
  EXPECT_EQ(json::text_member(last_, "ScalableTargetARN"), arn);
  EXPECT_EQ(
      call("DescribeScalableTargets", R"("ServiceNamespace":"dynamodb")"),
      R"({"ScalableTargets":[{"CreationTime":1.5,"ScalableTargetARN":")" + arn +
          R"(","RoleARN":"arn:aws:iam::000000000000:role/aws-service-role/dynamodb.application-autoscaling.amazonaws.com/)"
          R"(AWSServiceRoleForApplicationAutoScaling_DynamoDBTable",)" +
          kPlace +
          R"(,"MinCapacity":1,"MaxCapacity":7,"SuspendedState":{"DynamicScalingInSuspended":false,)"
          R"("DynamicScalingOutSuspended":false,"ScheduledScalingSuspended":true}}]})");
  EXPECT_EQ(call("DescribeScalableTargets", R"("ServiceNamespace":"ecs")"),
            R"({"ScalableTargets":[]})");
  EXPECT_EQ(call("DescribeScalableTargets", R"("ServiceNamespace":"dynamodb")", "111111111111"),
            R"({"ScalableTargets":[]})");
  EXPECT_EQ(call("ListTagsForResource", R"("ResourceARN":")" + arn + "\""),
            R"({"Tags":{"a":"b"}})");
  call("TagResource", R"("ResourceARN":")" + arn + R"(","Tags":{"c":"d"})");
  call("UntagResource", R"("ResourceARN":")" + arn + R"(","TagKeys":["a"])");
  EXPECT_EQ(call("ListTagsForResource", R"("ResourceARN":")" + arn + "\""),
            R"({"Tags":{"c":"d"}})");
}

TEST_F(AutoScalingTest, ATargetTakesAlongWhatIsOfIt) {
  const std::string policy = place(
      R"("PolicyName":"p","PolicyType":"TargetTrackingScaling","TargetTrackingScalingPolicyConfiguration":{"TargetValue":70})");
  EXPECT_TRUE(call("PutScalingPolicy", policy)
                  .starts_with("ObjectNotFoundException: No scalable target registered for service "
                               "namespace: dynamodb, resource ID: table/t,"));
  call("RegisterScalableTarget", place(R"("MinCapacity":1,"MaxCapacity":5)"));
  call("PutScalingPolicy", policy);
  const std::string arn = json::text_member(last_, "PolicyARN");
  EXPECT_TRUE(arn.starts_with("arn:aws:autoscaling:us-east-1:000000000000:scalingPolicy:")) << arn;
  EXPECT_TRUE(arn.ends_with(":resource/dynamodb/table/t:policyName/p")) << arn;
  call("PutScalingPolicy", policy);
  EXPECT_EQ(json::text_member(last_, "PolicyARN"), arn);
  EXPECT_EQ(call("PutScalingPolicy", place(R"("PolicyName":"p","PolicyType":"StepScaling")")),
            "ValidationException: The type of a scaling policy cannot be changed");
  call(
      "PutScheduledAction",
      place(
          R"j("ScheduledActionName":"a","Schedule":"at(2030-01-01T00:00:00)","ScalableTargetAction":{"MinCapacity":2})j"));
  call("DescribeScheduledActions", R"("ServiceNamespace":"dynamodb","ScheduledActionNames":["a"])");
  EXPECT_EQ(json::array_member(last_, "ScheduledActions").size(), 1U);
  call("DescribeScalingPolicies", R"("ServiceNamespace":"dynamodb","PolicyNames":["other"])");
  EXPECT_EQ(json::array_member(last_, "ScalingPolicies").size(), 0U);
  EXPECT_EQ(call("DeregisterScalableTarget", kPlace), "{}");
  EXPECT_EQ(call("DescribeScalingPolicies", R"("ServiceNamespace":"dynamodb")"),
            R"({"ScalingPolicies":[]})");
  EXPECT_EQ(call("DescribeScheduledActions", R"("ServiceNamespace":"dynamodb")"),
            R"({"ScheduledActions":[]})");
  EXPECT_TRUE(call("DeregisterScalableTarget", kPlace).starts_with("ObjectNotFoundException: "));
}

TEST_F(AutoScalingTest, Pages) {
  for (const char* name : {"a", "b", "c"}) {
    call(
        "RegisterScalableTarget",
        R"("ServiceNamespace":"dynamodb","ResourceId":"table/)" + std::string(name) +
            R"(","ScalableDimension":"dynamodb:table:ReadCapacityUnits","MinCapacity":1,"MaxCapacity":2)");
  }
  call("DescribeScalableTargets", R"("ServiceNamespace":"dynamodb","MaxResults":2)");
  EXPECT_EQ(json::array_member(last_, "ScalableTargets").size(), 2U);
  const std::string token = json::text_member(last_, "NextToken");
  call("DescribeScalableTargets", R"("ServiceNamespace":"dynamodb","NextToken":")" + token + "\"");
  EXPECT_EQ(json::array_member(last_, "ScalableTargets").size(), 1U);
  EXPECT_EQ(call("DescribeScalableTargets", R"("ServiceNamespace":"dynamodb","NextToken":"!")"),
            "InvalidNextTokenException: The next token is not one of ours");
}

}  // namespace
}  // namespace pawl::autoscaling
