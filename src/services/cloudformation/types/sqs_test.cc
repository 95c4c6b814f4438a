// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "services/cloudformation/types/stack_calls_for_test.h"
#include "services/cloudformation/types/type_tables.h"

namespace pawl::cloudformation {
namespace {

constexpr std::string_view kUrl = "http://localhost:4566/000000000000/q";
constexpr std::string_view kGetAttributes =
    R"(sqs.GetQueueAttributes {"QueueUrl":"http://localhost:4566/000000000000/q","AttributeNames":["QueueArn"]})";

class SqsTypes : public testing::Test {
 protected:
  SqsTypes() {
    calls_.answer("sqs.GetQueueUrl", aws::ApiError("QueueDoesNotExist", "no"));
    calls_.answer("sqs.CreateQueue", R"({"QueueUrl": "http://localhost:4566/000000000000/q"})");
    calls_.answer("sqs.GetQueueAttributes",
                  R"({"Attributes": {"QueueArn": "arn:aws:sqs:us-east-1:000000000000:q"}})");
  }
  void TearDown() override { EXPECT_EQ(calls_.unknown_members, std::vector<std::string>()); }

  RecordingCalls calls_;
  const ResourceType& queue_ = *find_type("AWS::SQS::Queue");
};

TEST_F(SqsTypes, MakesAQueue) {
  const auto made = queue_.create(
      calls_,
      request_for_test(
          R"({"QueueName": "q", "DelaySeconds": 5, "RedrivePolicy": {"maxReceiveCount": 3}})"));
  ASSERT_TRUE(made) << *made.error().message;
  EXPECT_TRUE(made->is_done);
  EXPECT_EQ(made->physical_id, kUrl);
  EXPECT_EQ(json::write(made->attributes),
            R"({"Arn":"arn:aws:sqs:us-east-1:000000000000:q","QueueName":"q",)"
            R"("QueueUrl":"http://localhost:4566/000000000000/q"})");
  EXPECT_EQ(
      calls_.take(),
      (std::vector<std::string>{
          R"(sqs.GetQueueUrl {"QueueName":"q"})",
          R"(sqs.CreateQueue {"QueueName":"q","Attributes":{"DelaySeconds":"5","RedrivePolicy":"{\"maxReceiveCount\":3}"},"tags":{"team":"x"}})",
          std::string(kGetAttributes)}));
}

TEST_F(SqsTypes, NamesAQueueAfterItsStack) {
  ASSERT_TRUE(queue_.create(calls_, request_for_test(R"({"FifoQueue": true})")));
  const std::string call = calls_.take()[1];
  EXPECT_NE(call.find(R"("QueueName":"stack-Thing-)"), std::string::npos) << call;
  EXPECT_NE(call.find(R"(.fifo","Attributes":{"FifoQueue":"true"})"), std::string::npos) << call;
}

TEST_F(SqsTypes, DoesNotTakeOverAQueueThatIsThere) {
  calls_.answer("sqs.GetQueueUrl", R"({"QueueUrl": "u"})");
  ResourceRequest request = request_for_test(R"({"QueueName": "q"})");
  const auto made = queue_.create(calls_, request);
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().message,
            "Resource of type 'AWS::SQS::Queue' with identifier 'q' already exists.");
  request.is_repeated = true;  // it may be our own
  EXPECT_TRUE(queue_.create(calls_, request));
}

TEST_F(SqsTypes, WaitsForANameToBecomeFree) {
  calls_.answer("sqs.CreateQueue", aws::ApiError("QueueDeletedRecently", "wait"));
  const auto made = queue_.create(calls_, request_for_test(R"({"QueueName": "q"})"));
  ASSERT_TRUE(made);
  EXPECT_FALSE(made->is_done);
}

TEST_F(SqsTypes, ChangesWhatDiffersAndResetsWhatIsGone) {
  calls_.answer("sqs.ListQueueTags", R"({"Tags": {"team": "y", "old": "1", "aws:x": "s"}})");
  ResourceRequest request = request_for_test(R"({"DelaySeconds": 1, "VisibilityTimeout": 9})",
                                             R"({"DelaySeconds": 1, "MaximumMessageSize": 2048})");
  request.physical_id = kUrl;
  const auto made = queue_.update(calls_, request);
  ASSERT_TRUE(made);
  EXPECT_EQ(made->physical_id, kUrl);
  EXPECT_EQ(
      calls_.take(),
      (std::vector<std::string>{
          R"(sqs.SetQueueAttributes {"QueueUrl":"http://localhost:4566/000000000000/q","Attributes":{"MaximumMessageSize":"1048576","VisibilityTimeout":"9"}})",
          R"(sqs.ListQueueTags {"QueueUrl":"http://localhost:4566/000000000000/q"})",
          R"(sqs.UntagQueue {"QueueUrl":"http://localhost:4566/000000000000/q","TagKeys":["old"]})",
          R"(sqs.TagQueue {"QueueUrl":"http://localhost:4566/000000000000/q","Tags":{"team":"x"}})",
          std::string(kGetAttributes)}));
}

TEST_F(SqsTypes, RemovesAQueueThatIsGone) {
  calls_.answer("sqs.DeleteQueue", aws::ApiError("QueueDoesNotExist", "no"));
  ResourceRequest request = request_for_test("{}");
  request.physical_id = kUrl;
  EXPECT_TRUE(queue_.remove(calls_, request));
  calls_.answer("sqs.DeleteQueue", aws::ApiError("AccessDenied", "no"));
  EXPECT_FALSE(queue_.remove(calls_, request));
}

TEST_F(SqsTypes, PutsAPolicyOnQueuesAndTakesItOff) {
  const ResourceType& policy = *find_type("AWS::SQS::QueuePolicy");
  ResourceRequest request = request_for_test(
      R"({"Queues": ["a"], "PolicyDocument": {"Statement": {"Effect": "Allow",
          "Principal": {"Service": "sns.localhost:4566"}}}})",
      R"({"Queues": ["a", "b"]})");
  const auto made = policy.update(calls_, request);
  ASSERT_TRUE(made);
  EXPECT_TRUE(made->physical_id.starts_with("stack-Thing-")) << made->physical_id;
  EXPECT_EQ(
      calls_.take(),
      (std::vector<std::string>{
          R"(sqs.SetQueueAttributes {"QueueUrl":"a","Attributes":{"Policy":"{\"Statement\":{\"Effect\":\"Allow\",\"Principal\":{\"Service\":\"sns.amazonaws.com\"}}}"}})",
          R"(sqs.SetQueueAttributes {"QueueUrl":"b","Attributes":{"Policy":""}})"}));
}

}  // namespace
}  // namespace pawl::cloudformation
