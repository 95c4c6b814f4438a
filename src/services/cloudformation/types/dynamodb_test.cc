// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "services/cloudformation/types/dynamodb_table.h"
#include "services/cloudformation/types/stack_calls_for_test.h"

namespace pawl::cloudformation {
namespace {

using Calls = std::vector<std::string>;

constexpr std::string_view kKeys =
    R"("KeySchema": [{"AttributeName": "a", "KeyType": "HASH"}],
       "AttributeDefinitions": [{"AttributeName": "a", "AttributeType": "S"},
                                {"AttributeName": "b", "AttributeType": "S"}])";

std::string with_keys(std::string_view more) {
  return "{" + std::string(kKeys) + (more.empty() ? "" : ", ") + std::string(more) + "}";
}

std::string index(std::string_view name, std::string_view more = "") {
  return R"({"IndexName": ")" + std::string(name) +
         R"(", "KeySchema": [{"AttributeName": "b", "KeyType": "HASH"}],
             "Projection": {"ProjectionType": "ALL"})" +
         std::string(more) + "}";
}

class DynamoDbTypes : public testing::Test {
 protected:
  void TearDown() override { EXPECT_EQ(calls_.unknown_members, Calls()); }

  /// UpdateTable's next input for a table that is as described.
  std::string next(std::string_view before, std::string_view after, std::string_view described) {
    const dynamodb::Table a{dynamodb::kTable, *json::parse(with_keys(before))};
    const dynamodb::Table b{dynamodb::kTable, *json::parse(with_keys(after))};
    return json::write(dynamodb::next_change(a, b, *json::parse(described)));
  }

  RecordingCalls calls_;
  const ResourceType& table_ = *find_type("AWS::DynamoDB::Table");
};

constexpr std::string_view kOnDemand =
    R"({"BillingModeSummary": {"BillingMode": "PAY_PER_REQUEST"}})";

TEST_F(DynamoDbTypes, MakesATableAndWaits) {
  const std::string properties = with_keys(
      R"("TableName": "table", "BillingMode": "PAY_PER_REQUEST", "SSESpecification":
         {"SSEEnabled": true}, "StreamSpecification": {"StreamViewType": "NEW_IMAGE"},
         "GlobalSecondaryIndexes": [)" +
      index("idx") + R"(], "ResourcePolicy": {"PolicyDocument": {}}, "TimeToLiveSpecification":
         {"AttributeName": "ttl", "Enabled": true})");
  ResourceRequest request = request_for_test(properties);
  const auto first = table_.create(calls_, request);
  ASSERT_TRUE(first) << first.error().message.value_or("");
  EXPECT_EQ(first->physical_id, "table");
  EXPECT_FALSE(first->is_done);
  EXPECT_EQ(
      calls_.take(),
      (Calls{
          R"(dynamodb.CreateTable {"KeySchema":[{"AttributeName":"a","KeyType":"HASH"}],)"
          R"("AttributeDefinitions":[{"AttributeName":"a","AttributeType":"S"},)"
          R"({"AttributeName":"b","AttributeType":"S"}],"TableName":"table","BillingMode":"PAY_PER_REQUEST",)"
          R"("GlobalSecondaryIndexes":[{"IndexName":"idx","KeySchema":[{"AttributeName":"b","KeyType":"HASH"}],)"
          R"("Projection":{"ProjectionType":"ALL"}}],"StreamSpecification":{"StreamEnabled":true,)"
          R"("StreamViewType":"NEW_IMAGE"},"SSESpecification":{"Enabled":true},"ResourcePolicy":"{}",)"
          R"("Tags":[{"Key":"team","Value":"x"}]})"}));
  request.physical_id = "table";
  calls_.answer("dynamodb.DescribeTable", R"({"Table": {"TableStatus": "CREATING"}})");
  const auto second = table_.create(calls_, request);
  ASSERT_TRUE(second);
  EXPECT_FALSE(second->is_done);
  calls_.answer("dynamodb.DescribeTable",
                R"({"Table": {"TableStatus": "ACTIVE", "TableName": "table", "TableArn": "arn",
                    "LatestStreamArn": "stream"}})");
  calls_.take();
  const auto third = table_.create(calls_, request);
  ASSERT_TRUE(third);
  EXPECT_EQ(calls_.take().back(),
            R"(dynamodb.UpdateTimeToLive {"TableName":"table","TimeToLiveSpecification":)"
            R"({"Enabled":true,"AttributeName":"ttl"}})");
  calls_.answer("dynamodb.DescribeTimeToLive",
                R"({"TimeToLiveDescription": {"TimeToLiveStatus": "ENABLED",
                    "AttributeName": "ttl"}})");
  const auto last = table_.create(calls_, request);
  ASSERT_TRUE(last);
  EXPECT_TRUE(last->is_done);
  EXPECT_EQ(json::write(last->attributes), R"({"Arn":"arn","StreamArn":"stream"})");
}

TEST_F(DynamoDbTypes, ChangesATableStepByStep) {
  const std::string provisioned =
      R"("ProvisionedThroughput": {"ReadCapacityUnits": 2, "WriteCapacityUnits": 3})";
  EXPECT_EQ(next("", provisioned, kOnDemand),
            R"({"BillingMode":"PROVISIONED","ProvisionedThroughput":{"ReadCapacityUnits":2,)"
            R"("WriteCapacityUnits":3}})");
  EXPECT_EQ(next("", provisioned,
                 R"({"ProvisionedThroughput": {"ReadCapacityUnits": 2, "WriteCapacityUnits": 3}})"),
            "null");
  constexpr std::string_view kMode = R"("BillingMode": "PAY_PER_REQUEST")";
  EXPECT_EQ(next(provisioned, kMode, "{}"), R"({"BillingMode":"PAY_PER_REQUEST"})");
  EXPECT_EQ(next(kMode, kMode, kOnDemand), "null");
  const std::string stream =
      std::string(kMode) + R"(, "StreamSpecification": {"StreamViewType": "KEYS_ONLY"})";
  EXPECT_EQ(next(kMode, stream, kOnDemand),
            R"({"StreamSpecification":{"StreamEnabled":true,"StreamViewType":"KEYS_ONLY"}})");
  const std::string other =
      R"({"BillingModeSummary": {"BillingMode": "PAY_PER_REQUEST"}, "StreamSpecification":
          {"StreamEnabled": true, "StreamViewType": "NEW_IMAGE"}})";
  EXPECT_EQ(next(kMode, stream, other), R"({"StreamSpecification":{"StreamEnabled":false}})");
}

TEST_F(DynamoDbTypes, MakesAndRemovesIndexesOneByOne) {
  constexpr std::string_view kMode = R"("BillingMode": "PAY_PER_REQUEST")";
  const std::string one =
      std::string(kMode) + R"(, "GlobalSecondaryIndexes": [)" + index("one") + "]";
  const std::string added = next(kMode, one, kOnDemand);
  EXPECT_NE(added.find(R"("GlobalSecondaryIndexUpdates":[{"Create":{"IndexName":"one")"),
            std::string::npos)
      << added;
  EXPECT_NE(added.find(R"("AttributeDefinitions":[)"), std::string::npos);
  EXPECT_EQ(next(one, kMode,
                 R"({"BillingModeSummary": {"BillingMode": "PAY_PER_REQUEST"},
                     "GlobalSecondaryIndexes": [{"IndexName": "one"}]})"),
            R"({"GlobalSecondaryIndexUpdates":[{"Delete":{"IndexName":"one"}}]})");
}

TEST_F(DynamoDbTypes, RefusesSeveralIndexChangesAtOnce) {
  const std::string before =
      with_keys(R"("TableName": "table", "GlobalSecondaryIndexes": [)" + index("one") + "]");
  const std::string after =
      with_keys(R"("TableName": "table", "GlobalSecondaryIndexes": [)" + index("two") + "]");
  ResourceRequest request = request_for_test(after, before);
  request.physical_id = "table";
  const auto made = table_.update(calls_, request);
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().message,
            "Cannot perform more than one GSI creation or deletion in a single update");
}

TEST_F(DynamoDbTypes, KnowsWhatNeedsAnotherTable) {
  const json::Value before = *json::parse(with_keys(""));
  EXPECT_FALSE(table_.replaces(before, before));
  EXPECT_TRUE(table_.replaces(
      before, *json::parse(with_keys(R"("LocalSecondaryIndexes": [)" + index("l") + "]"))));
  EXPECT_TRUE(table_.replaces(
      before,
      *json::parse(R"({"AttributeDefinitions": [{"AttributeName": "a", "AttributeType": "N"}]})")));
}

TEST_F(DynamoDbTypes, TakesAGlobalTableOfThisRegion) {
  const ResourceType& global = *find_type("AWS::DynamoDB::GlobalTable");
  const auto first =
      global.create(calls_, request_for_test(with_keys(
                                R"("TableName": "table", "BillingMode": "PROVISIONED",
             "WriteProvisionedThroughputSettings": {"WriteCapacityAutoScalingSettings":
               {"MinCapacity": 3, "MaxCapacity": 9}},
             "Replicas": [{"Region": "us-east-1", "DeletionProtectionEnabled": true,
               "ReadProvisionedThroughputSettings": {"ReadCapacityUnits": 7},
               "Tags": [{"Key": "a", "Value": "b"}]}])")));
  ASSERT_TRUE(first) << first.error().message.value_or("");
  const std::string call = calls_.take()[0];
  EXPECT_NE(call.find(R"("ProvisionedThroughput":{"ReadCapacityUnits":7,"WriteCapacityUnits":3})"),
            std::string::npos)
      << call;
  EXPECT_NE(call.find(R"("DeletionProtectionEnabled":true)"), std::string::npos) << call;
  EXPECT_NE(call.find(R"({"Key":"a","Value":"b"})"), std::string::npos) << call;
  EXPECT_FALSE(global.create(
      calls_, request_for_test(with_keys(R"("Replicas": [{"Region": "eu-west-1"}])"))));
}

TEST_F(DynamoDbTypes, WaitsUntilATableIsGone) {
  ResourceRequest request = request_for_test("{}");
  request.physical_id = "table";
  calls_.answer("dynamodb.DescribeTable", R"({"Table": {"TableStatus": "ACTIVE"}})");
  const auto first = table_.remove(calls_, request);
  ASSERT_TRUE(first);
  EXPECT_FALSE(first->is_done);
  EXPECT_EQ(calls_.take().back(), R"(dynamodb.DeleteTable {"TableName":"table"})");
  calls_.answer("dynamodb.DescribeTable", aws::ApiError("ResourceNotFoundException", "no"));
  EXPECT_TRUE(table_.remove(calls_, request)->is_done);
}

}  // namespace
}  // namespace pawl::cloudformation
