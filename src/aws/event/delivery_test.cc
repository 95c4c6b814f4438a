// SPDX-License-Identifier: Apache-2.0
#include "aws/event/delivery.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "aws/service/recording_caller_for_test.h"
#include "aws/service/virtual_loop_for_test.h"
#include "base/bytes.h"
#include "json/parse.h"
#include "json/write.h"

namespace pawl::aws {
namespace {

using json::Value;

std::string input_of(const Target& target) {
  const auto call = target_call(target, {}, "eu-west-1");
  if (!call) return call.error().code;
  return call->service + ":" + call->operation + "@" + call->region + " " +
         json::write(call->input);
}

TEST(TargetCall, EachKindHasItsOperation) {
  EXPECT_EQ(input_of({.arn = "arn:aws:lambda:us-east-1:000000000000:function:f", .payload = "{}"}),
            "lambda:Invoke@us-east-1 {\"FunctionName\":\"arn:aws:lambda:us-east-1:000000000000:"
            "function:f\",\"InvocationType\":\"Event\",\"Payload\":\"e30=\"}");
  EXPECT_EQ(input_of({.arn = "arn:aws:sqs:us-east-1:000000000000:q.fifo",
                      .payload = "x",
                      .message_group_id = "g"}),
            "sqs:SendMessage@us-east-1 {\"QueueUrl\":\"https://sqs.us-east-1.amazonaws.com/"
            "000000000000/q.fifo\",\"MessageBody\":\"x\",\"MessageGroupId\":\"g\"}");
  EXPECT_EQ(input_of({.arn = "arn:aws:sns:us-east-1:000000000000:t", .payload = "x"}),
            "sns:Publish@us-east-1 {\"TopicArn\":\"arn:aws:sns:us-east-1:000000000000:t\","
            "\"Message\":\"x\"}");
  EXPECT_EQ(input_of({.arn = "arn:aws:states:us-east-1:000000000000:stateMachine:m",
                      .payload = "[1]",
                      .waits_for_answer = true}),
            "stepfunctions:StartSyncExecution@us-east-1 {\"stateMachineArn\":\"arn:aws:states:"
            "us-east-1:000000000000:stateMachine:m\",\"input\":\"[1]\"}");
  EXPECT_EQ(input_of({.arn = "arn:aws:events:us-east-1:000000000000:event-bus/b",
                      .payload = "{}",
                      .time = {5'000},
                      .event_source = "s",
                      .event_detail_type = "d"}),
            "events:PutEvents@us-east-1 {\"Entries\":[{\"EventBusName\":\"arn:aws:events:us-east-1:"
            "000000000000:event-bus/b\",\"Source\":\"s\",\"DetailType\":\"d\",\"Detail\":\"{}\","
            "\"Time\":5}]}");
  EXPECT_EQ(input_of({.arn = "arn:aws:logs:us-east-1:000000000000:log-group:/aws/events/g:*",
                      .payload = "line",
                      .time = {7}}),
            "logs:PutLogEvents@us-east-1 {\"logGroupName\":\"/aws/events/g\",\"logStreamName\":"
            "\"pawl\",\"logEvents\":[{\"timestamp\":7,\"message\":\"line\"}]}");
  EXPECT_EQ(input_of({.arn = "arn:aws:kinesis:us-east-1:000000000000:stream/s",
                      .payload = "x",
                      .partition_key = "p"}),
            "kinesis:PutRecord@us-east-1 {\"StreamName\":\"s\",\"Data\":\"eA==\","
            "\"PartitionKey\":\"p\"}");
  EXPECT_EQ(input_of({.arn = "arn:aws:scheduler:::aws-sdk:sqs:sendMessage",
                      .payload = "{\"MessageBody\":\"x\"}"}),
            "sqs:sendMessage@eu-west-1 {\"MessageBody\":\"x\"}");
}

TEST(TargetCall, JobsAndTasksTakeParametersAndOverrides) {
  EXPECT_EQ(
      input_of({.arn = "arn:aws:batch:us-east-1:000000000000:job-queue/q",
                .payload = "{\"Parameters\":{\"Key\":\"v\"},\"ContainerOverrides\":"
                           "{\"Environment\":[{\"Name\":\"N\",\"Value\":\"V\"}]},\"other\":1}",
                .parameters = "{\"JobDefinition\":\"d\",\"JobName\":\"n\",\"RetryStrategy\":"
                              "{\"Attempts\":2}}"}),
      "batch:SubmitJob@us-east-1 {\"jobDefinition\":\"d\",\"jobName\":\"n\",\"retryStrategy\":"
      "{\"attempts\":2},\"parameters\":{\"Key\":\"v\"},\"containerOverrides\":{\"environment\":"
      "[{\"name\":\"N\",\"value\":\"V\"}]},\"jobQueue\":"
      "\"arn:aws:batch:us-east-1:000000000000:job-queue/q\"}");
  EXPECT_EQ(input_of({.arn = "arn:aws:ecs:us-east-1:000000000000:cluster/c",
                      .payload = "{\"containerOverrides\":[{\"name\":\"x\"}]}",
                      .parameters = "{\"TaskDefinitionArn\":\"t\",\"TaskCount\":2,"
                                    "\"EnableECSManagedTags\":true}"}),
            "ecs:RunTask@us-east-1 {\"taskDefinition\":\"t\",\"count\":2,"
            "\"enableECSManagedTags\":true,\"overrides\":{\"containerOverrides\":[{\"name\":\"x\"}]"
            "},\"cluster\":\"arn:aws:ecs:us-east-1:000000000000:cluster/c\"}");
}

TEST(TargetCall, RefusesWhatCannotBeCalled) {
  for (const char* arn :
       {"", "arn", "arn:aws:s3:::bucket", "arn:aws:events:us-east-1:000000000000:rule/r",
        "arn:aws:scheduler:::aws-sdk:sqs",
        "arn:aws:execute-api:us-east-1:000000000000:x/y/GET/z"}) {
    EXPECT_EQ(input_of({.arn = arn}), "ValidationException") << arn;
  }
  EXPECT_EQ(input_of({.arn = "arn:aws:scheduler:::aws-sdk:sqs:sendMessage", .payload = "[]"}),
            "ValidationException");
}

class DeliveryTest : public ::testing::Test {
 protected:
  Delivery::Order order() {
    Delivery::Order order;
    order.target = {.arn = "arn:aws:lambda:us-east-1:000000000000:function:f", .payload = "{}"};
    order.region = "us-east-1";
    order.accepted = loop.now();
    order.dead_letter = {.queue_arn = "arn:aws:sqs:us-east-1:000000000000:dead",
                         .attributes = {{"RULE_ARN", "r"}}};
    return order;
  }
  void start(Delivery::Order order) {
    Delivery::start(ports, std::move(order),
                    [this](Delivery::Result result) { results.push_back(std::move(result)); });
    loop.run();
  }
  size_t count(std::string_view operation) const {
    size_t sum = 0;
    for (const Call& call : caller.calls) sum += call.operation == operation ? 1 : 0;
    return sum;
  }
  std::string attribute(const char* name) const {
    const Value* attributes = caller.calls.back().input.find("MessageAttributes");
    const Value* found = attributes->find(name);
    return found == nullptr ? "" : std::string(found->find("StringValue")->as_string());
  }

  std::function<ApiResult<Value>(const Call&)> answer = [](const Call&) { return Value::object(); };
  VirtualLoop loop;
  RecordingCaller caller{[this](const Call& call) -> ApiResult<Value> { return answer(call); }};
  Delivery::Ports ports{loop, caller};
  std::vector<Delivery::Result> results;
};

TEST_F(DeliveryTest, DeliversOnce) {
  start(order());
  ASSERT_EQ(results.size(), 1U);
  EXPECT_EQ(results[0].outcome, Delivery::Outcome::Delivered);
  EXPECT_EQ(caller.calls.size(), 1U);
  EXPECT_EQ(loop.timers(), 0U);
}

TEST_F(DeliveryTest, TriesAgainWithGrowingPauses) {
  int failures = 3;
  answer = [&](const Call&) -> ApiResult<Value> {
    if (failures-- > 0) return service_unavailable("busy");
    return Value::object();
  };
  std::vector<int64_t> pauses;
  Delivery::Order given = order();
  given.will_retry = [&](int64_t, base::Timestamp next) {
    pauses.push_back(next.ms - loop.now().ms);
  };
  start(std::move(given));
  loop.advance_by(10'000);
  ASSERT_EQ(results.size(), 1U);
  EXPECT_EQ(results[0].outcome, Delivery::Outcome::Delivered);
  EXPECT_EQ(caller.calls.size(), 4U);
  ASSERT_EQ(pauses.size(), 3U);
  for (size_t i = 0; i < pauses.size(); ++i) {
    EXPECT_GE(pauses[i], 500 << i);
    EXPECT_LE(pauses[i], 1'000 << i);
  }
}

TEST_F(DeliveryTest, WhatCannotGetBetterIsADeadLetterAtOnce) {
  answer = [](const Call& call) -> ApiResult<Value> {
    if (call.operation == "Invoke") return ApiError("ResourceNotFoundException", "no f", 404);
    return Value::object();
  };
  start(order());
  ASSERT_EQ(results.size(), 1U);
  EXPECT_EQ(results[0].outcome, Delivery::Outcome::DeadLettered);
  EXPECT_EQ(count("Invoke"), 1U);
  EXPECT_EQ(attribute("ERROR_CODE"), "ResourceNotFoundException");
  EXPECT_EQ(attribute("ERROR_MESSAGE"), "no f");
  EXPECT_EQ(attribute("RULE_ARN"), "r");
  EXPECT_EQ(attribute("TARGET_ARN"), "arn:aws:lambda:us-east-1:000000000000:function:f");
  EXPECT_EQ(attribute("RETRY_ATTEMPTS"), "0");
  EXPECT_EQ(attribute("EXHAUSTED_RETRY_CONDITION"), "");
}

TEST_F(DeliveryTest, GivesUpAfterItsRetriesOrItsAge) {
  answer = [](const Call& call) -> ApiResult<Value> {
    if (call.operation == "Invoke") return throttling("slow down");
    return Value::object();
  };
  Delivery::Order few = order();
  few.retry.retries_max = 2;
  start(std::move(few));
  loop.advance_by(60'000);
  EXPECT_EQ(count("Invoke"), 3U);
  EXPECT_EQ(attribute("RETRY_ATTEMPTS"), "2");
  EXPECT_EQ(attribute("EXHAUSTED_RETRY_CONDITION"), "MaximumRetryAttempts");
  Delivery::Order young = order();
  young.retry.age_ms_max = 60'000;
  start(std::move(young));
  loop.advance_by(120'000);
  ASSERT_EQ(results.size(), 2U);
  EXPECT_EQ(attribute("EXHAUSTED_RETRY_CONDITION"), "MaximumEventAgeInSeconds");
}

TEST_F(DeliveryTest, MakesTheLogStreamThatIsMissing) {
  answer = [this](const Call& call) -> ApiResult<Value> {
    if (call.operation == "PutLogEvents" && count("CreateLogStream") == 0)
      return ApiError("ResourceNotFoundException", "no stream");
    return Value::object();
  };
  Delivery::Order given = order();
  given.target.arn = "arn:aws:logs:us-east-1:000000000000:log-group:g";
  start(std::move(given));
  ASSERT_EQ(results.size(), 1U);
  EXPECT_EQ(results[0].outcome, Delivery::Outcome::Delivered);
  EXPECT_EQ(caller.calls.size(), 3U);
}

TEST_F(DeliveryTest, AnExecutionThatIsThereHasBeenStarted) {
  answer = [](const Call&) -> ApiResult<Value> {
    return ApiError("ExecutionAlreadyExists", "it is there");
  };
  Delivery::Order given = order();
  given.target = {.arn = "arn:aws:states:us-east-1:000000000000:stateMachine:m",
                  .payload = "{}",
                  .execution_name = "n"};
  start(std::move(given));
  ASSERT_EQ(results.size(), 1U);
  EXPECT_EQ(results[0].outcome, Delivery::Outcome::Delivered);
}

TEST_F(DeliveryTest, CallsInTheNameOfTheRole) {
  Delivery::Order given = order();
  given.principal = service_principal("000000000000", "scheduler.amazonaws.com");
  given.target.role_arn = "arn:aws:iam::000000000000:role/path/worker";
  start(std::move(given));
  EXPECT_EQ(caller.calls[0].principal.arn,
            "arn:aws:sts::000000000000:assumed-role/worker/scheduler");
  EXPECT_EQ(caller.calls[0].principal.service, "");
}

TEST_F(DeliveryTest, AStoppedOneSaysNothing) {
  answer = [](const Call&) -> ApiResult<Value> { return service_unavailable("busy"); };
  const auto delivery = Delivery::start(
      ports, order(), [this](Delivery::Result result) { results.push_back(std::move(result)); });
  loop.run();
  delivery->stop();
  loop.advance_by(600'000);
  EXPECT_TRUE(results.empty());
  EXPECT_EQ(caller.calls.size(), 1U);
}

}  // namespace
}  // namespace pawl::aws
