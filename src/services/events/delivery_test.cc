// SPDX-License-Identifier: Apache-2.0
// From PutEvents to the target: matching, input, retries, dead letters, restarts, turns.
#include <gtest/gtest.h>

#include <algorithm>

#include "services/events/service_fixture_for_test.h"

namespace pawl::events {
namespace {

using json::Value;

constexpr const char* kToQueue = R"([{"Id":"q","Arn":"arn:aws:sqs:us-east-1:000000000000:queue"}])";

class EventsDeliveryTest : public EventsTest {
 protected:
  void refuse_with(int status, const std::string& code) {
    answers_ = [status, code](const aws::Call& each) -> aws::ApiResult<Value> {
      if (text_member(each.input, "QueueUrl").ends_with("/letters")) return Value::object();
      return aws::ApiError(code, "no", status,
                           status >= 500 ? aws::Fault::Receiver : aws::Fault::Sender);
    };
  }
  const aws::Call* letter() const {
    for (const aws::Call& each : caller_.calls)
      if (text_member(each.input, "QueueUrl").ends_with("/letters")) return &each;
    return nullptr;
  }
  std::string attribute(const char* name) const {
    const Value attributes = object_member(letter()->input, "MessageAttributes");
    return text_member(object_member(attributes, name), "StringValue");
  }
};

TEST_F(EventsDeliveryTest, AnEventComesAsItIs) {
  rule("r", R"({"source":["s"]})", kToQueue);
  const std::string answer = put(R"({"a": 1.50})");
  ASSERT_EQ(sent().size(), 1U) << answer;
  const Value event = last_sent();
  EXPECT_NE(answer.find(text_member(event, "id")), std::string::npos);
  EXPECT_EQ(sent()[0], R"({"version":"0","id":")" + text_member(event, "id") +
                           R"(","detail-type":"T","source":"s","account":"000000000000",)"
                           R"("time":"2023-11-14T22:13:20Z","region":"us-east-1","resources":[],)"
                           R"("detail":{"a":1.50}})");
  EXPECT_EQ(service_->deliveries(), 0U);
  put("{}", "other");
  EXPECT_EQ(sent().size(), 1U);
  EXPECT_EQ(caller_.calls[0].principal.service, "events.amazonaws.com");
}

TEST_F(EventsDeliveryTest, EntriesFailOneByOne) {
  EXPECT_EQ(put("NotJSON"), R"({"FailedEntryCount":1,"Entries":[{"ErrorCode":"MalformedDetail",)"
                            R"("ErrorMessage":"Detail is malformed."}]})");
  EXPECT_EQ(put("{}", "aws.s3"),
            R"({"FailedEntryCount":1,"Entries":[{"ErrorCode":"NotAuthorizedForSourceException",)"
            R"("ErrorMessage":"Not authorized for the source."}]})");
  const std::string both = R"({"Entries":[{"Source":"aws.s3","DetailType":"T","Detail":"{}"},)"
                           R"({"Source":"s","Detail":"{}"}]})";
  EXPECT_NE(call("PutEvents", both, "s3.amazonaws.com").find(R"("FailedEntryCount":1)"),
            std::string::npos);
  json::ObjectBuilder entry;
  entry.set("Source", Value("s"))
      .set("DetailType", Value("T"))
      .set("Detail", Value("{\"x\":\"" + std::string(263'000, 'x') + "\"}"));
  json::ObjectBuilder input;
  input.set("Entries", Value::array({std::move(entry).build()}));
  EXPECT_EQ(call("PutEvents", json::write(std::move(input).build())),
            "ValidationException: Total size of the entries in the request is over the limit.");
}

TEST_F(EventsDeliveryTest, TargetsGetWhatTheyAskFor) {
  rule("r", R"({"source":["s"]})",
       R"([{"Id":"a","Arn":"arn:aws:sqs:us-east-1:000000000000:q.fifo","Input":"{\"x\": 1}",
            "SqsParameters":{"MessageGroupId":"g"}},
           {"Id":"b","Arn":"arn:aws:sqs:us-east-1:000000000000:q","InputPath":"$.detail.n"},
           {"Id":"c","Arn":"arn:aws:sns:us-east-1:000000000000:t","InputTransformer":
             {"InputPathsMap":{"n":"$.detail.n"},"InputTemplate":"\"<n> of <aws.events.rule-name>\""}},
           {"Id":"d","Arn":"arn:aws:states:us-east-1:000000000000:stateMachine:m",
            "RoleArn":"arn:aws:iam::000000000000:role/r"},
           {"Id":"e","Arn":"arn:aws:kinesis:us-east-1:000000000000:stream/s","RoleArn":
            "arn:aws:iam::000000000000:role/r","KinesisParameters":{"PartitionKeyPath":"$.source"}}])");
  put(R"({"n":[7]})");
  const auto of = [this](const char* operation, size_t which = 0) {
    for (const aws::Call& each : caller_.calls)
      if (each.operation == operation && which-- == 0) return each.input;
    return Value::object();
  };
  EXPECT_EQ(text_member(of("SendMessage"), "MessageBody"), R"({"x": 1})");
  EXPECT_EQ(text_member(of("SendMessage"), "MessageGroupId"), "g");
  EXPECT_EQ(text_member(of("SendMessage", 1), "MessageBody"), "[7]");
  EXPECT_EQ(text_member(of("Publish"), "Message"), R"("[7] of r")");
  const std::string execution = text_member(of("StartExecution"), "name");
  EXPECT_EQ(execution.size(), 36U + 1 + 32);
  EXPECT_EQ(text_member(of("PutRecord"), "PartitionKey"), "s");
}

TEST_F(EventsDeliveryTest, WhatFailsIsTriedAgainAlsoByTheNextProcess) {
  rule("r", R"({"source":["s"]})", kToQueue);
  refuse_with(500, "InternalFailure");
  put();
  EXPECT_EQ(sent().size(), 1U);
  EXPECT_EQ(service_->deliveries(), 1U);
  loop_.advance_by(1'000);
  EXPECT_EQ(sent().size(), 2U);
  open();
  EXPECT_EQ(service_->deliveries(), 1U);
  answers_ = nullptr;
  loop_.advance_by(2'000);
  EXPECT_EQ(sent().size(), 3U);
  EXPECT_EQ(service_->deliveries(), 0U);
  EXPECT_EQ(sent()[0], sent()[2]);
  open();
  loop_.advance_by(3'600'000);
  EXPECT_EQ(sent().size(), 3U);
}

TEST_F(EventsDeliveryTest, ManyThatWereLeftAreReadAFewAtATime) {
  rule("r", R"({"source":["s"]})",
       R"([{"Id":"a","Arn":"arn:aws:sqs:us-east-1:000000000000:a"},
           {"Id":"b","Arn":"arn:aws:sqs:us-east-1:000000000000:b"}])");
  refuse_with(500, "InternalFailure");
  for (int i = 0; i < 1'100; ++i) put();
  caller_.calls.clear();
  open();
  EXPECT_EQ(service_->deliveries(), 2'200U);
  answers_ = nullptr;
  loop_.advance_by(10'000);
  EXPECT_EQ(service_->deliveries(), 0U);
  EXPECT_EQ(sent().size(), 2'200U);
  const auto cursor =
      store_.cursor(*store_.keyspace("events/queue", store::Shape::Queue), store::Range::all());
  EXPECT_FALSE(*cursor->first());
}

TEST_F(EventsDeliveryTest, RefusedForGoodIsADeadLetterAtOnce) {
  rule("r", R"({"source":["s"]})",
       R"([{"Id":"q","Arn":")" + std::string(kQueue) + R"(","DeadLetterConfig":{"Arn":")" +
           kLetters + R"("}}])");
  refuse_with(400, "AWS.SimpleQueueService.NonExistentQueue");
  put(R"({"k":1})");
  ASSERT_NE(letter(), nullptr);
  EXPECT_EQ(service_->deliveries(), 0U);
  EXPECT_EQ(text_member(letter()->input, "MessageBody"), sent()[0]);
  EXPECT_EQ(attribute("RULE_ARN"), "arn:aws:events:us-east-1:000000000000:rule/r");
  EXPECT_EQ(attribute("TARGET_ARN"), kQueue);
  EXPECT_EQ(attribute("ERROR_CODE"), "AWS.SimpleQueueService.NonExistentQueue");
  EXPECT_EQ(attribute("RETRY_ATTEMPTS"), "0");
}

TEST_F(EventsDeliveryTest, RetriesEndByNumberOrAge) {
  const std::string letters = R"("DeadLetterConfig":{"Arn":")" + std::string(kLetters) + R"("}}])";
  rule("r", R"({"source":["s"]})",
       R"([{"Id":"q","Arn":")" + std::string(kQueue) +
           R"(","RetryPolicy":{"MaximumRetryAttempts":2},)" + letters);
  refuse_with(503, "ServiceUnavailable");
  put();
  loop_.advance_by(60'000);
  ASSERT_NE(letter(), nullptr);
  EXPECT_EQ(attribute("EXHAUSTED_RETRY_CONDITION"), "MaximumRetryAttempts");
  EXPECT_EQ(attribute("RETRY_ATTEMPTS"), "2");
  EXPECT_EQ(sent().size(), 4U);  // three attempts and the letter

  caller_.calls.clear();
  call("PutTargets", R"({"Rule":"r","Targets":[{"Id":"q","Arn":")" + std::string(kQueue) +
                         R"(","RetryPolicy":{"MaximumEventAgeInSeconds":60},)" + letters + "}");
  put();
  loop_.advance_by(600'000);
  ASSERT_NE(letter(), nullptr);
  EXPECT_EQ(attribute("EXHAUSTED_RETRY_CONDITION"), "MaximumEventAgeInSeconds");
}

TEST_F(EventsDeliveryTest, ATargetOrRuleThatIsGoneGetsNothing) {
  rule("r", R"({"source":["s"]})", kToQueue);
  refuse_with(500, "InternalFailure");
  put();
  call("RemoveTargets", R"({"Rule":"r","Ids":["q"]})");
  loop_.advance_by(600'000);
  EXPECT_EQ(sent().size(), 1U);
  EXPECT_EQ(service_->deliveries(), 0U);
}

/// A rule that feeds itself: each event makes another. Others get theirs, nothing grows.
TEST_F(EventsDeliveryTest, ALoopKeepsNobodyWaiting) {
  rule("loop", R"({"source":["loop"]})",
       R"([{"Id":"b","Arn":"arn:aws:events:us-east-1:000000000000:event-bus/default"}])");
  rule("r", R"({"source":["s"]})", kToQueue);
  json::ObjectBuilder entry;
  entry.set("Source", Value("loop")).set("DetailType", Value("T")).set("Detail", Value("{}"));
  store::Batch batch;
  // Not through call(), which runs until nothing is left to do.
  aws::Request request;
  request.operation = model_->find_operation("PutEvents");
  json::ObjectBuilder input;
  input.set("Entries", Value::array({std::move(entry).build()}));
  request.input = std::move(input).build();
  table_->call(std::move(request), aws::Reply([](const aws::ActionResult&) {}));
  service_->put_service_event("000000000000", "us-east-1", "s", "T", {}, "{}", loop_.now());
  size_t most = 0;
  for (int steps = 0; steps < 2'000 && sent().empty(); ++steps) {
    loop_.step();
    most = std::max(most, service_->deliveries());
  }
  EXPECT_EQ(sent().size(), 1U);
  EXPECT_LE(most, 3U);
  for (int steps = 0; steps < 2'000; ++steps) loop_.step();
  EXPECT_EQ(service_->deliveries(), 1U);
}

/// Each event makes two: they grow to the bound and no further, and others get theirs.
TEST_F(EventsDeliveryTest, ALoopThatDoublesItselfIsBounded) {
  constexpr const char* kBus = R"("Arn":"arn:aws:events:us-east-1:000000000000:event-bus/default")";
  call("PutRule", R"({"Name":"loop","EventPattern":"{\"source\":[\"loop\"]}"})");
  call("PutTargets", R"({"Rule":"loop","Targets":[{"Id":"a",)" + std::string(kBus) +
                         R"(},{"Id":"b",)" + kBus + "}]}");
  rule("r", R"({"source":["s"]})", kToQueue);
  // As the server answers: by the API, once rules hand on too much.
  answers_ = [this](const aws::Call& each) -> aws::ApiResult<Value> {
    if (each.operation != "PutEvents") return Value::object();
    return aws::throttling("Rate exceeded");
  };
  service_->put_service_event("000000000000", "us-east-1", "loop", "T", {}, "{}", loop_.now());
  size_t most = 0;
  for (int steps = 0; steps < 20'000; ++steps) {
    loop_.step();
    most = std::max(most, service_->deliveries());
  }
  EXPECT_GT(most, 200U);
  EXPECT_LT(most, 800U);
  service_->put_service_event("000000000000", "us-east-1", "s", "T", {}, "{}", loop_.now());
  for (int steps = 0; steps < 2'000 && sent().empty(); ++steps) loop_.step();
  EXPECT_EQ(sent().size(), 1U);
  EXPECT_EQ(call("DisableRule", R"({"Name":"loop"})"), "{}");
}

TEST_F(EventsDeliveryTest, ABusHandsOnToAnother) {
  call("CreateEventBus", R"({"Name":"other"})");
  call("PutRule", R"({"Name":"o","EventBusName":"other","EventPattern":"{\"source\":[\"s\"]}"})");
  call("PutTargets",
       R"({"Rule":"o","EventBusName":"other","Targets":)" + std::string(kToQueue) + "}");
  rule("r", R"({"source":["s"]})",
       R"([{"Id":"b","Arn":"arn:aws:events:us-east-1:000000000000:event-bus/other"}])");
  const std::string answer = put(R"({"k":1})");
  ASSERT_EQ(sent().size(), 1U);
  EXPECT_NE(answer.find(text_member(last_sent(), "id")), std::string::npos);
}

TEST_F(EventsDeliveryTest, KnowsWhetherAnybodyWants) {
  EXPECT_FALSE(service_->has_rules_for("aws.states"));
  rule("r", R"({"source":["aws.states"]})", kToQueue);
  EXPECT_TRUE(service_->has_rules_for("aws.states"));
  EXPECT_FALSE(service_->has_rules_for("aws.s3"));
  service_->put_service_event("000000000000", "us-east-1", "aws.states", "T", {"arn:x"},
                              R"({"status":"RUNNING"})", {1'700'000'000'000});
  loop_.run();
  ASSERT_EQ(sent().size(), 1U);
  const Value event = last_sent();
  EXPECT_EQ(json::write(*event.find("resources")), R"(["arn:x"])");
  call("DisableRule", R"({"Name":"r"})");
  EXPECT_FALSE(service_->has_rules_for("aws.states"));
  rule("any", R"({"detail":{"x":[{"exists":true}]}})", kToQueue);
  EXPECT_TRUE(service_->has_rules_for("aws.s3"));
}

}  // namespace
}  // namespace pawl::events
