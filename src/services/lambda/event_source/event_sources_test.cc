// SPDX-License-Identifier: Apache-2.0
// Pollers in virtual time, with a queue and a stream that the test plays.
#include "services/lambda/event_source/event_sources.h"

#include <deque>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "aws/service/recording_caller_for_test.h"
#include "aws/service/virtual_loop_for_test.h"
#include "json/parse.h"
#include "json/write.h"
#include "services/lambda/stored_json.h"
#include "store/memory/memory_store.h"

namespace pawl::lambda {
namespace {

using json::Value;

const ResourceScope kScope{"000000000000", "us-east-1"};
const std::string kQueue = "arn:aws:sqs:us-east-1:000000000000:q";
const std::string kStream = "arn:aws:dynamodb:us-east-1:000000000000:table/t/stream/now";

class EventSourcesTest : public testing::Test {
 protected:
  EventSourcesTest() : caller_([this](const aws::Call& call) { return answer(call); }) {}

  void SetUp() override { open(); }

  void open() {
    EventSources::Options options;
    options.loop = &loop_;
    options.caller = &caller_;
    options.invoke = [this](InvokeCall call, Invoker::Done done) {
      invoked_.push_back(call.payload);
      InvokeOutcome outcome;
      const std::string result = results_.empty() ? "null" : results_.front();
      if (!results_.empty()) results_.pop_front();
      if (result == "throttled") {
        return done(aws::ApiError("TooManyRequestsException", "Rate Exceeded.", 429));
      }
      outcome.function_error = result == "error";
      outcome.payload = outcome.function_error ? R"({"errorMessage":"no"})" : result;
      outcome.executed_version = "$LATEST";
      done(std::move(outcome));
    };
    auto opened = EventSources::open(store_, *ResourceStore::open(store_), std::move(options));
    ASSERT_TRUE(opened);
    sources_ = std::move(*opened);
    sources_->begin();
    loop_.run();
  }

  void map(const std::string& members) {
    mapping_ = *json::parse(R"({"UUID":"u","State":"Enabled","FunctionArn":)"
                            R"("arn:aws:lambda:us-east-1:000000000000:function:f")" +
                            members + "}");
    sources_->set(kScope, encode_record(mapping_));
    loop_.run();
  }

  /// A long poll waits until there is a message: the answer of a call that finds none comes never,
  /// so that virtual time stands still.
  aws::ApiResult<Value> answer(const aws::Call& call) {
    if (call.operation == "GetQueueUrl") {
      return Value::object().with_member("QueueUrl", Value("http://here/q"));
    }
    if (call.operation == "ReceiveMessage") return receive();
    if (call.operation == "DescribeStream") {
      return *json::parse(R"({"StreamDescription":{"Shards":[{"ShardId":"s1"}]}})");
    }
    if (call.operation == "GetShardIterator") {
      const Value* number = call.input.find("SequenceNumber");
      const std::string after(number != nullptr ? number->as_string() : "0");
      return Value::object().with_member("ShardIterator", Value(after));
    }
    if (call.operation == "GetRecords") return read(call);
    return Value::object();
  }

  aws::ApiResult<Value> receive() {
    if (messages_.empty()) return aws::ApiError("Later", "the test has no message", 500);
    std::vector<Value> given;
    while (!messages_.empty() && given.size() < 10) {
      const std::string body = messages_.front();
      messages_.pop_front();
      const std::string id = "m" + std::to_string(++received_);
      given.push_back(Value::object()
                          .with_member("MessageId", Value(id))
                          .with_member("ReceiptHandle", Value("r" + id))
                          .with_member("Body", Value(body)));
    }
    return Value::object().with_member("Messages", Value::array(std::move(given)));
  }

  aws::ApiResult<Value> read(const aws::Call& call) {
    const int after = std::stoi(std::string(call.input.find("ShardIterator")->as_string()));
    int64_t limit = 0;
    call.input.find("Limit")->to_int64(limit);
    std::vector<Value> records;
    int last = after;
    for (int i = after + 1; i <= records_ && static_cast<int64_t>(records.size()) < limit; ++i) {
      last = i;
      records.push_back(*json::parse(R"({"eventName":"INSERT","dynamodb":{"SequenceNumber":")" +
                                     std::to_string(i) +
                                     R"(","ApproximateCreationDateTime":1700000000}})"));
    }
    return Value::object()
        .with_member("Records", Value::array(std::move(records)))
        .with_member("NextShardIterator", Value(std::to_string(last)));
  }

  std::vector<std::string> deleted() const {
    std::vector<std::string> handles;
    for (const aws::Call& call : caller_.calls) {
      if (call.operation != "DeleteMessageBatch") continue;
      for (const Value& entry : call.input.find("Entries")->items()) {
        handles.emplace_back(entry.find("ReceiptHandle")->as_string());
      }
    }
    return handles;
  }
  size_t records_of(size_t invocation) const {
    const auto event = json::parse(invoked_.at(invocation));
    return event ? event->find("Records")->size() : 0;
  }
  std::vector<size_t> batches() const {
    std::vector<size_t> sizes;
    for (size_t i = 0; i < invoked_.size(); ++i) sizes.push_back(records_of(i));
    return sizes;
  }

  store::MemoryStore store_;
  aws::VirtualLoop loop_;
  aws::RecordingCaller caller_;
  Value mapping_;
  std::unique_ptr<EventSources> sources_;
  std::vector<std::string> invoked_;
  std::deque<std::string> results_;
  std::deque<std::string> messages_;
  int received_ = 0;
  int records_ = 0;
};

TEST_F(EventSourcesTest, MessagesAreDeletedOnceTheFunctionHasThem) {
  messages_ = {"one", "two"};
  map(R"(,"EventSourceArn":")" + kQueue + R"(","BatchSize":10)");
  ASSERT_EQ(batches(), std::vector<size_t>{2});
  const auto event = json::parse(invoked_[0]);
  const Value& record = event->find("Records")->items()[0];
  EXPECT_EQ(json::write(record),
            R"({"messageId":"m1","receiptHandle":"rm1","body":"one","attributes":{},)"
            R"("messageAttributes":{},"md5OfMessageAttributes":null,"md5OfBody":"",)"
            R"("eventSource":"aws:sqs","eventSourceARN":")" +
                kQueue + R"(","awsRegion":"us-east-1"})");
  EXPECT_EQ(deleted(), (std::vector<std::string>{"rm1", "rm2"}));
}

TEST_F(EventSourcesTest, WhatTheFunctionFailsStaysInTheQueue) {
  messages_ = {"one"};
  results_ = {"error"};
  map(R"(,"EventSourceArn":")" + kQueue + R"(")");
  EXPECT_EQ(invoked_.size(), 1U);
  EXPECT_TRUE(deleted().empty());
}

TEST_F(EventSourcesTest, OnlyTheItemsThatTheFunctionNamesAreKept) {
  messages_ = {"one", "two", "three"};
  results_ = {R"({"batchItemFailures":[{"itemIdentifier":"m2"}]})"};
  map(R"(,"EventSourceArn":")" + kQueue +
      R"(","FunctionResponseTypes":["ReportBatchItemFailures"])");
  EXPECT_EQ(deleted(), (std::vector<std::string>{"rm1", "rm3"}));
}

TEST_F(EventSourcesTest, AnItemThatIsNoneFailsTheWholeBatch) {
  for (const char* result : {R"({"batchItemFailures":[{"itemIdentifier":"other"}]})",
                             R"({"batchItemFailures":[{"itemIdentifier":""}]})",
                             R"({"batchItemFailures":[{}]})", R"({"batchItemFailures":3})"}) {
    messages_ = {"one"};
    results_ = {result};
    map(R"(,"EventSourceArn":")" + kQueue +
        R"(","FunctionResponseTypes":["ReportBatchItemFailures"])");
    EXPECT_TRUE(deleted().empty()) << result;
  }
}

TEST_F(EventSourcesTest, AWindowGathersABatch) {
  messages_ = {"one"};
  map(R"(,"EventSourceArn":")" + kQueue +
      R"(","BatchSize":100,"MaximumBatchingWindowInSeconds":5)");
  EXPECT_TRUE(invoked_.empty());
  messages_ = {"two"};
  loop_.advance_by(4'000);
  EXPECT_TRUE(invoked_.empty());
  loop_.advance_by(1'000);
  EXPECT_EQ(batches(), std::vector<size_t>{2});
}

TEST_F(EventSourcesTest, FiltersDeleteWhatNobodyWants) {
  messages_ = {R"({"kind":"a","n":5})", R"({"kind":"b","n":5})", "no json",
               R"({"kind":"a","n":1})"};
  map(R"(,"EventSourceArn":")" + kQueue +
      R"(","FilterCriteria":{"Filters":[{"Pattern":)"
      R"("{\"body\":{\"kind\":[\"a\"],\"n\":[{\"numeric\":[\">\",3]}]}}"}]})");
  EXPECT_EQ(batches(), std::vector<size_t>{1});
  EXPECT_EQ(deleted(), (std::vector<std::string>{"rm2", "rm3", "rm4", "rm1"}));
}

TEST_F(EventSourcesTest, AMappingThatEndsGivesBackWhatItHolds) {
  messages_ = {"one"};
  map(R"(,"EventSourceArn":")" + kQueue +
      R"(","BatchSize":100,"MaximumBatchingWindowInSeconds":300)");
  sources_->remove("u");
  loop_.run();
  const aws::Call& last = caller_.calls.back();
  EXPECT_EQ(last.operation, "ChangeMessageVisibility");
  EXPECT_EQ(json::write(*last.input.find("VisibilityTimeout")), "0");
  const size_t calls = caller_.calls.size();
  loop_.advance_by(3'600'000);
  EXPECT_EQ(caller_.calls.size(), calls);
  EXPECT_TRUE(invoked_.empty());
}

TEST_F(EventSourcesTest, ADisabledMappingPollsNothing) {
  map(R"(,"EventSourceArn":")" + kQueue + R"(")");
  sources_->set(kScope, encode_record(mapping_.with_member("State", Value("Disabled"))));
  loop_.run();
  messages_ = {"one"};
  loop_.advance_by(3'600'000);
  EXPECT_TRUE(invoked_.empty());
}

TEST_F(EventSourcesTest, AStreamIsReadInOrderAndOnFromThereAfterARestart) {
  records_ = 5;
  map(R"(,"EventSourceArn":")" + kStream + R"(","StartingPosition":"TRIM_HORIZON","BatchSize":2)");
  loop_.advance_by(1'000);
  EXPECT_EQ(batches(), (std::vector<size_t>{2, 2, 1}));
  sources_.reset();
  invoked_.clear();
  records_ = 6;
  open();
  map(R"(,"EventSourceArn":")" + kStream + R"(","StartingPosition":"TRIM_HORIZON","BatchSize":2)");
  loop_.advance_by(1'000);
  EXPECT_EQ(batches(), std::vector<size_t>{1});
  EXPECT_NE(invoked_[0].find(R"("SequenceNumber":"6")"), std::string::npos);
}

TEST_F(EventSourcesTest, AFailedBatchIsTriedAgainAndThenGivenUp) {
  records_ = 2;
  results_ = {"error", "throttled", "error", "error"};
  map(R"(,"EventSourceArn":")" + kStream +
      R"(","StartingPosition":"TRIM_HORIZON","BatchSize":2,"MaximumRetryAttempts":2,)"
      R"("DestinationConfig":{"OnFailure":{"Destination":"arn:aws:sns:us-east-1:000000000000:t"}})");
  loop_.advance_by(60'000);
  EXPECT_EQ(batches(), (std::vector<size_t>{2, 2, 2, 2}));
  std::string told;
  for (const aws::Call& call : caller_.calls) {
    if (call.operation == "Publish") told = call.input.find("Message")->as_string();
  }
  const auto record = json::parse(told);
  ASSERT_TRUE(record) << told;
  EXPECT_EQ(record->find("requestContext")->find("condition")->as_string(),
            "RetryAttemptsExhausted");
  EXPECT_EQ(record->find("DDBStreamBatchInfo")->find("endSequenceNumber")->as_string(), "2");
  records_ = 3;
  loop_.advance_by(1'000);
  EXPECT_EQ(batches().back(), 1U);  // it goes on behind
}

TEST_F(EventSourcesTest, BisectingFindsTheRecordThatFails) {
  records_ = 4;
  results_ = {"error", "null", "error", "null", "error"};
  map(R"(,"EventSourceArn":")" + kStream +
      R"(","StartingPosition":"TRIM_HORIZON","BatchSize":4,"MaximumRetryAttempts":0,)"
      R"("BisectBatchOnFunctionError":true)");
  loop_.advance_by(60'000);
  EXPECT_EQ(batches(), (std::vector<size_t>{4, 2, 2, 1, 1}));
}

TEST_F(EventSourcesTest, AStreamGoesOnAtTheFirstItemThatFailed) {
  records_ = 3;
  results_ = {R"({"batchItemFailures":[{"itemIdentifier":"2"}]})"};
  map(R"(,"EventSourceArn":")" + kStream +
      R"(","StartingPosition":"TRIM_HORIZON","BatchSize":3,)"
      R"("FunctionResponseTypes":["ReportBatchItemFailures"])");
  loop_.advance_by(10'000);
  ASSERT_EQ(batches(), (std::vector<size_t>{3, 2}));
  EXPECT_EQ(invoked_[1].find(R"("SequenceNumber":"1")"), std::string::npos);
}

}  // namespace
}  // namespace pawl::lambda
