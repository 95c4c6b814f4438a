// SPDX-License-Identifier: Apache-2.0
// What takes time, or a restart, or cannot be seen from outside. The API: tests/clients.
#include "services/dynamodb/service.h"

#include <gtest/gtest.h>

#include <string>
#include <thread>
#include <vector>

#include "services/dynamodb/item_writer.h"
#include "services/dynamodb/service_for_test.h"

namespace pawl::dynamodb {
namespace {

constexpr const char* kTable =
    R"({"TableName":"table","BillingMode":"PAY_PER_REQUEST",
        "KeySchema":[{"AttributeName":"p","KeyType":"HASH"}],
        "AttributeDefinitions":[{"AttributeName":"p","AttributeType":"S"}])";
constexpr int64_t kHourMs = 3'600'000;

class DynamoTest : public testing::Test {
 protected:
  std::string call(const std::string& operation, const std::string& input) {
    return dynamo.call(operation, input);
  }
  void make_table(const std::string& more = "") {
    ASSERT_TRUE(call("CreateTable", kTable + more + "}").starts_with("{")) << more;
  }
  std::string put(const std::string& key, const std::string& more = "") {
    return call("PutItem",
                R"({"TableName":"table","Item":{"p":{"S":")" + key + "\"}" + more + "}}");
  }
  int64_t count(const std::string& more = "") {
    call("Scan", R"({"TableName":"table","Select":"COUNT")" + more + "}");
    int64_t number = -1;
    (void)dynamo.last().find("Count")->to_int64(number);
    return number;
  }
  std::string stream_arn() {
    call("DescribeTable", R"({"TableName":"table"})");
    return std::string(dynamo.last().find("Table")->find("LatestStreamArn")->as_string());
  }
  std::string iterator(const std::string& arn, const std::string& type = "TRIM_HORIZON") {
    call("DescribeStream", R"({"StreamArn":")" + arn + "\"}");
    const json::Value shards = *dynamo.last().find("StreamDescription")->find("Shards");
    const std::string shard(shards.items()[0].find("ShardId")->as_string());
    call("GetShardIterator", R"({"ShardIteratorType":")" + type + R"(","StreamArn":")" + arn +
                                 R"(","ShardId":")" + shard + "\"}");
    return std::string(dynamo.last().find("ShardIterator")->as_string());
  }
  size_t records(const std::string& from) {
    call("GetRecords", R"({"ShardIterator":")" + from + "\"}");
    const json::Value* found = dynamo.last().find("Records");
    return found == nullptr ? 999 : found->size();
  }

  DynamoForTest dynamo;
};

TEST_F(DynamoTest, EveryBoundOperationIsModelled) { EXPECT_TRUE(dynamo.names_are_right()); }

TEST_F(DynamoTest, ItemsExpire) {
  make_table(R"(,"StreamSpecification":{"StreamEnabled":true,"StreamViewType":"OLD_IMAGE"})");
  const int64_t now = dynamo.loop.now().ms / 1000;
  const auto until = [&](int64_t seconds) {
    return R"(,"until":{"N":")" + std::to_string(now + seconds) + "\"}";
  };
  put("before", until(100));
  ASSERT_TRUE(call("UpdateTimeToLive", R"({"TableName":"table","TimeToLiveSpecification":
      {"Enabled":true,"AttributeName":"until"}})")
                  .starts_with("{"));
  put("soon", until(50));
  put("longer", until(50));
  put("longer", until(5'000));
  put("never");
  put("text", R"(,"until":{"S":"1"})");
  put("ancient", until(-int64_t{6} * 365 * 24 * 3600));
  dynamo.loop.advance_by(49'000);
  EXPECT_EQ(count(), 6);
  dynamo.loop.advance_by(3'000);
  EXPECT_EQ(count(), 5);
  dynamo.open();
  dynamo.loop.advance_by(60'000);
  EXPECT_EQ(count(), 4);
  dynamo.loop.advance_by(5'000'000);
  EXPECT_EQ(count(), 3);  // never, text, ancient
  call("GetRecords", R"({"ShardIterator":")" + iterator(stream_arn()) + "\"}");
  const json::Value last = dynamo.last().find("Records")->items().back();
  EXPECT_EQ(json::write(*last.find("userIdentity")),
            R"({"PrincipalId":"dynamodb.amazonaws.com","Type":"Service"})");
  EXPECT_EQ(last.find("eventName")->as_string(), "REMOVE");
}

TEST_F(DynamoTest, StreamRecordsLiveForADay) {
  make_table(R"(,"StreamSpecification":{"StreamEnabled":true,"StreamViewType":"KEYS_ONLY"})");
  put("a");
  dynamo.loop.advance_by(23 * kHourMs);
  put("b");
  const std::string arn = stream_arn();
  EXPECT_EQ(records(iterator(arn)), 2u);
  dynamo.loop.advance_by(2 * kHourMs);
  EXPECT_EQ(records(iterator(arn)), 1u);
  const auto cursor = dynamo.store.cursor(dynamo.database().stream_records(), store::Range::all());
  ASSERT_TRUE(cursor->first().value());
  EXPECT_FALSE(cursor->next().value()) << "what nobody can read is not kept";
  dynamo.open();
  put("c");
  EXPECT_EQ(records(iterator(arn)), 2u);
  // A closed stream is there for a day too, then not even its name.
  call("DeleteTable", R"({"TableName":"table"})");
  EXPECT_EQ(records(iterator(arn)), 2u);
  dynamo.loop.advance_by(25 * kHourMs);
  EXPECT_EQ(
      call("DescribeStream", R"({"StreamArn":")" + arn + "\"}"),
      "ResourceNotFoundException: Requested resource not found: Stream: " + arn + " not found");
}

TEST_F(DynamoTest, IteratorsExpire) {
  make_table(R"(,"StreamSpecification":{"StreamEnabled":true,"StreamViewType":"KEYS_ONLY"})");
  const std::string from = iterator(stream_arn());
  dynamo.loop.advance_by(16 * 60'000);
  EXPECT_TRUE(call("GetRecords", R"({"ShardIterator":")" + from + "\"}")
                  .starts_with("ExpiredIteratorException"));
}

TEST_F(DynamoTest, TokensCountForTenMinutesAndAcrossRestarts) {
  make_table();
  const auto add = [&](const char* n) {
    return call("TransactWriteItems",
                std::string(R"({"ClientRequestToken":"t","TransactItems":[{"Update":{
        "TableName":"table","Key":{"p":{"S":"a"}},"UpdateExpression":"ADD n :n",
        "ExpressionAttributeValues":{":n":{"N":")") +
                    n + "\"}}}}]}");
  };
  const auto value = [&] {
    call("GetItem", R"({"TableName":"table","Key":{"p":{"S":"a"}}})");
    return std::string(dynamo.last().find("Item")->find("n")->find("N")->as_string());
  };
  EXPECT_EQ(add("1"), "{}");
  EXPECT_EQ(add("1"), "{}");
  dynamo.open();
  EXPECT_EQ(add("1"), "{}");
  EXPECT_EQ(value(), "1");
  EXPECT_TRUE(add("2").starts_with("IdempotentParameterMismatchException"));
  dynamo.loop.advance_by(11 * 60'000);
  EXPECT_EQ(add("2"), "{}");
  EXPECT_EQ(value(), "3");
}

TEST_F(DynamoTest, FillingAnIndexGoesOnAfterARestart) {
  make_table();
  for (int i = 0; i < 1'300; ++i) put("k" + std::to_string(i), R"(,"g":{"S":"x"})");
  call("UpdateTable", R"({"TableName":"table",
    "AttributeDefinitions":[{"AttributeName":"g","AttributeType":"S"}],
    "GlobalSecondaryIndexUpdates":[{"Create":{"IndexName":"by-g",
      "KeySchema":[{"AttributeName":"g","KeyType":"HASH"}],
      "Projection":{"ProjectionType":"KEYS_ONLY"}}}]})");
  EXPECT_EQ(call("Scan", R"({"TableName":"table","IndexName":"by-g"})"),
            "ValidationException: Cannot read from backfilling global secondary index: by-g");
  // Written while it is being filled.
  put("k1");
  put("k2", R"(,"g":{"S":"y"})");
  put("new", R"(,"g":{"S":"x"})");
  dynamo.open();
  dynamo.loop.run();
  EXPECT_EQ(count(R"(,"IndexName":"by-g")"), 1'300);
  call("DescribeTable", R"({"TableName":"table"})");
  const json::Value index = dynamo.last().find("Table")->find("GlobalSecondaryIndexes")->items()[0];
  EXPECT_EQ(index.find("ItemCount")->number_text(), "1300");
  EXPECT_EQ(index.find("IndexStatus")->as_string(), "ACTIVE");
}

TEST_F(DynamoTest, ADroppedTableLeavesNothing) {
  make_table(R"(,"StreamSpecification":{"StreamEnabled":true,"StreamViewType":"KEYS_ONLY"})");
  put("a");
  call("DeleteTable", R"({"TableName":"table"})");
  EXPECT_FALSE(
      dynamo.store.cursor(dynamo.database().items(), store::Range::all())->first().value());
  make_table();
  EXPECT_EQ(count(), 0);
}

/// Item, index entry, stream record and count of a write are on disk together or not at all.
TEST(DynamoPowerLoss, NothingIsTorn) {
  constexpr int kWrites = 6;
  for (size_t survivors = 0; survivors <= kWrites; ++survivors) {
    DynamoForTest dynamo({.can_lose_power = true});
    dynamo.call("CreateTable", R"({"TableName":"table","BillingMode":"PAY_PER_REQUEST",
      "KeySchema":[{"AttributeName":"p","KeyType":"HASH"}],
      "AttributeDefinitions":[{"AttributeName":"p","AttributeType":"S"},
                              {"AttributeName":"g","AttributeType":"S"}],
      "GlobalSecondaryIndexes":[{"IndexName":"by-g","Projection":{"ProjectionType":"ALL"},
        "KeySchema":[{"AttributeName":"g","KeyType":"HASH"}]}],
      "StreamSpecification":{"StreamEnabled":true,"StreamViewType":"NEW_IMAGE"}})");
    ASSERT_TRUE(dynamo.store.commit(store::Batch(), store::Sync::Yes));
    for (int i = 0; i < kWrites; ++i) {
      EXPECT_EQ(dynamo.call("PutItem", R"({"TableName":"table","Item":{"g":{"S":"x"},"p":{"S":"k)" +
                                           std::to_string(i) + "\"}}}"),
                "{}");
    }
    dynamo.lose_power(survivors);
    const auto count = [&](const std::string& more) {
      dynamo.call("Scan", R"({"TableName":"table")" + more + "}");
      return dynamo.last().find("Count")->number_text();
    };
    EXPECT_EQ(count(""), std::to_string(survivors));
    EXPECT_EQ(count(R"(,"IndexName":"by-g")"), std::to_string(survivors));
    dynamo.call("DescribeTable", R"({"TableName":"table"})");
    EXPECT_EQ(dynamo.last().find("Table")->find("ItemCount")->number_text(),
              std::to_string(survivors));
    size_t records = 0;
    const auto cursor =
        dynamo.store.cursor(dynamo.database().stream_records(), store::Range::all());
    for (bool more = cursor->first().value(); more; more = cursor->next().value()) ++records;
    EXPECT_EQ(records, survivors);
  }
}

TEST_F(DynamoTest, AnothersTableIsOutOfReach) {
  make_table();
  const auto get = [&](const std::string& table) {
    return call("GetItem", R"({"TableName":")" + table + R"(","Key":{"p":{"S":"a"}}})");
  };
  EXPECT_EQ(get("arn:aws:dynamodb:us-east-1:000000000000:table/table"), "{}");
  EXPECT_EQ(get("arn:aws:dynamodb:us-east-1:111111111111:table/table"),
            "AccessDeniedException: User: arn:aws:iam::000000000000:root is not authorized to "
            "perform: dynamodb:GetItem on resource: "
            "arn:aws:dynamodb:us-east-1:111111111111:table/table because no resource-based policy "
            "allows the dynamodb:GetItem action");
  EXPECT_TRUE(get("arn:aws:dynamodb:eu-west-1:000000000000:table/table")
                  .starts_with("ValidationException: 1 validation error detected: Invalid AWS"));
  EXPECT_TRUE(
      get("/table").ends_with("Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+"));
}

TEST_F(DynamoTest, ConditionalOperatorsNeedSomethingToJoin) {
  make_table();
  const std::string scan = R"({"TableName":"table","ConditionalOperator":"OR")";
  EXPECT_EQ(call("Scan", scan + "}"),
            "ValidationException: ConditionalOperator cannot be used without Filter or Expected");
  EXPECT_EQ(call("Scan", scan + R"(,"ScanFilter":{"a":{"ComparisonOperator":"NULL"}}})"),
            "ValidationException: ConditionalOperator can only be used when Filter or Expected has "
            "two or more elements");
}

TEST_F(DynamoTest, Policies) {
  make_table();
  const std::string arn = R"({"ResourceArn":"arn:aws:dynamodb:us-east-1:000000000000:table/table")";
  EXPECT_TRUE(call("GetResourcePolicy", arn + "}").starts_with("PolicyNotFoundException"));
  EXPECT_TRUE(call("PutResourcePolicy", arn + R"(,"Policy":"{}"})").starts_with("{"));
  EXPECT_TRUE(call("PutResourcePolicy", arn + R"(,"Policy":"{}","ExpectedRevisionId":"NO_POLICY"})")
                  .starts_with("PolicyNotFoundException"));
  dynamo.open();
  EXPECT_TRUE(call("GetResourcePolicy", arn + "}").starts_with(R"({"Policy":"{}","RevisionId":)"));
  EXPECT_TRUE(call("DeleteResourcePolicy", arn + "}").starts_with(R"({"RevisionId":)"));
  EXPECT_EQ(call("DeleteResourcePolicy", arn + "}"), "{}");
}

TEST_F(DynamoTest, ThreadsLoseNothing) {
  make_table();
  put("sum", R"(,"n":{"N":"0"})");
  Database& database = dynamo.database();
  const auto table = database.find({"000000000000", "us-east-1", "table"});
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      Write write;
      write.kind = Write::Kind::Update;
      write.table = table;
      write.item = {{"p", AttributeValue::string("sum")}};
      UpdateAction add;
      add.kind = UpdateAction::Kind::Add;
      add.path = {PathElement{"n"}};
      add.operand.value = AttributeValue::number("1");
      write.update = Update{{add}};
      for (int j = 0; j < 200; ++j) {
        ItemWriter writer(database, table);
        (void)writer.stage(write);
        (void)writer.commit();
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  call("GetItem", R"({"TableName":"table","Key":{"p":{"S":"sum"}}})");
  EXPECT_EQ(dynamo.last().find("Item")->find("n")->find("N")->as_string(), "800");
}

}  // namespace
}  // namespace pawl::dynamodb
