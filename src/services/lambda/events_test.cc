// SPDX-License-Identifier: Apache-2.0
// Asynchronous invocations: retries, restarts, and what is told to whom in the end.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <thread>

#include "services/lambda/service_for_test.h"

namespace pawl::lambda {
namespace {

using json::Value;

const std::string kQueue = "arn:aws:sqs:us-east-1:000000000000:letters";
constexpr const char* kFails = "def handler(event, context):\n    raise ValueError('no')";

class EventsTest : public ServiceTest {
 protected:
  void SetUp() override {
    ServiceTest::SetUp();
    caller_.answer_with([](const LoopCaller::Asked& asked) -> aws::ApiResult<Value> {
      if (asked.operation != "GetQueueUrl") return Value::object();
      return Value::object().with_member("QueueUrl", Value("http://here/letters"));
    });
  }
  std::vector<Value> sent(const std::string& operation) {
    std::vector<Value> found;
    for (const LoopCaller::Asked& asked : caller_.asked()) {
      if (asked.operation == operation) found.push_back(*json::parse(asked.input));
    }
    return found;
  }
  /// Moves the clock from timer to timer while there are events, and tells by how much.
  int64_t run_to_the_end() {
    const int64_t began = loop_->now().ms;
    while (has_events()) {
      loop_->advance_to_next_timer();
      std::this_thread::yield();
    }
    return loop_->now().ms - began;
  }
};

TEST_F(EventsTest, AFailureIsTriedThreeTimesAndToldToItsDestination) {
  create("f", kFails);
  call("PutFunctionEventInvokeConfig",
       *json::parse(R"({"FunctionName":"f","DestinationConfig":{"OnFailure":{"Destination":")" +
                    kQueue + R"("}}})"));
  EXPECT_EQ(member(invoke_event("f", R"({"a":1})"), "StatusCode"), "202");
  EXPECT_GE(run_to_the_end(), 180'000);  // one minute and two
  const auto messages = sent("SendMessage");
  ASSERT_EQ(messages.size(), 1U);
  const auto record = json::parse(messages[0].find("MessageBody")->as_string());
  ASSERT_TRUE(record);
  const Value& context = *record->find("requestContext");
  EXPECT_EQ(context.find("condition")->as_string(), "RetriesExhausted");
  EXPECT_EQ(json::write(*context.find("approximateInvokeCount")), "3");
  EXPECT_EQ(context.find("functionArn")->as_string(),
            "arn:aws:lambda:us-east-1:000000000000:function:f:$LATEST");
  EXPECT_EQ(json::write(*record->find("requestPayload")), R"({"a":1})");
  EXPECT_EQ(record->find("responseContext")->find("functionError")->as_string(), "Unhandled");
  EXPECT_EQ(record->find("responsePayload")->find("errorType")->as_string(), "ValueError");
}

TEST_F(EventsTest, RetriesMayBeSwitchedOffAndSuccessHasADestinationToo) {
  create("f", kFails);
  create("g", "def handler(event, context):\n    return [event]");
  for (const char* name : {"f", "g"}) {
    call("PutFunctionEventInvokeConfig",
         *json::parse(std::string(R"({"FunctionName":")") + name +
                      R"(","MaximumRetryAttempts":0,"DestinationConfig":{"OnSuccess":)" +
                      R"({"Destination":")" + kQueue + R"("},"OnFailure":{"Destination":)" +
                      R"("arn:aws:sns:us-east-1:000000000000:t"}}})"));
    invoke_event(name, "7");
  }
  run_to_the_end();
  const auto published = sent("Publish");
  ASSERT_EQ(published.size(), 1U);
  EXPECT_NE(published[0].find("Message")->as_string().find("RetriesExhausted"), std::string::npos);
  const auto messages = sent("SendMessage");
  ASSERT_EQ(messages.size(), 1U);
  const auto record = json::parse(messages[0].find("MessageBody")->as_string());
  EXPECT_EQ(record->find("requestContext")->find("condition")->as_string(), "Success");
  EXPECT_EQ(json::write(*record->find("responsePayload")), "[7]");
}

TEST_F(EventsTest, TheDeadLetterQueueGetsTheEventItself) {
  create("f", kFails);
  call(
      "UpdateFunctionConfiguration",
      *json::parse(R"({"FunctionName":"f","DeadLetterConfig":{"TargetArn":")" + kQueue + R"("}})"));
  invoke_event("f", R"({"a": 1})");
  run_to_the_end();
  const auto messages = sent("SendMessage");
  ASSERT_EQ(messages.size(), 1U);
  EXPECT_EQ(messages[0].find("MessageBody")->as_string(), R"({"a": 1})");
  const Value& attributes = *messages[0].find("MessageAttributes");
  EXPECT_EQ(attributes.find("ErrorMessage")->find("StringValue")->as_string(), "no");
  EXPECT_EQ(attributes.find("ErrorCode")->find("StringValue")->as_string(), "200");
}

TEST_F(EventsTest, AThrottledFunctionTellsItsDestinationAtOnce) {
  create("f", kFails);
  call("PutFunctionConcurrency", R"({"FunctionName":"f","ReservedConcurrentExecutions":0})");
  call("PutFunctionEventInvokeConfig",
       *json::parse(R"({"FunctionName":"f","DestinationConfig":{"OnFailure":{"Destination":")" +
                    kQueue + R"("}}})"));
  invoke_event("f", "1");
  run_to_the_end();
  ASSERT_EQ(sent("SendMessage").size(), 1U);
  EXPECT_NE(sent("SendMessage")[0].find("MessageBody")->as_string().find("ZeroReservedConcurrency"),
            std::string::npos);
}

TEST_F(EventsTest, ALetterThatCannotBeSentIsTriedAgainAfterARestart) {
  create("f", "def handler(event, context):\n    return 1");
  call("PutFunctionEventInvokeConfig",
       *json::parse(R"({"FunctionName":"f","DestinationConfig":{"OnSuccess":{"Destination":")" +
                    kQueue + R"("}}})"));
  caller_.answer_with([](const LoopCaller::Asked&) -> aws::ApiResult<Value> {
    return aws::ApiError("InternalFailure", "out of order", 500);
  });
  invoke_event("f", "1");
  while (sent("GetQueueUrl").empty()) std::this_thread::yield();
  restart();
  EXPECT_TRUE(has_events());
  caller_.answer_with([](const LoopCaller::Asked&) -> aws::ApiResult<Value> {
    return Value::object().with_member("QueueUrl", Value("u"));
  });
  restart();
  run_to_the_end();
  EXPECT_EQ(sent("SendMessage").size(), 1U);
}

TEST_F(EventsTest, EventsOutliveTheServiceUntilTheyHaveRun) {
  // It fails once, and its second attempt comes after the restart.
  create("f",
         "def handler(event, context):\n"
         "    if event == 'fail': raise ValueError('no')\n");
  invoke_event("f", R"("fail")");
  const store::Keyspace events = *store_.keyspace("lambda/events", store::Shape::Queue);
  const auto attempts = [&] {
    const auto cursor = store_.cursor(events, store::Range::all());
    if (!*cursor->first()) return std::string("gone");
    return json::write(*json::parse(cursor->value())->find("attempt"));
  };
  while (attempts() != "1") std::this_thread::yield();
  restart();
  while (attempts() != "2") std::this_thread::yield();  // at once, as its time was lost
  EXPECT_TRUE(has_events());
  call("DeleteFunction", R"({"FunctionName":"f"})");
  restart();
  while (has_events()) std::this_thread::yield();  // nobody is left to run it
}

}  // namespace
}  // namespace pawl::lambda
