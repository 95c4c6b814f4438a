// SPDX-License-Identifier: Apache-2.0
// `call` and what every request goes through, over the installed models and a caller that answers
// what the test says.
#include "console/call_api.h"

#include <gtest/gtest.h>

#include "aws/model/installed_models_for_test.h"
#include "console/console_for_test.h"
#include "json/members.h"
#include "json/write.h"

namespace pawl::console {
namespace {

using json::Value;

class CallApiTest : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_NE(aws::installed_model("sqs"), nullptr) << "python3-botocore is not installed";
  }
  /// Status and code of what must be an error.
  static std::string error(TestConsole& console, const std::string& body,
                           std::string_view name = "call") {
    const net::HttpResponse answer = console.post(name, body);
    const auto value = json::parse(answer.body);
    EXPECT_TRUE(value && value->is_object()) << answer.body;
    EXPECT_FALSE(text_member(*value, "message").empty()) << answer.body;
    return std::to_string(answer.status) + " " + text_member(*value, "__type");
  }
};

TEST_F(CallApiTest, CallsInTheNameOfWhoAsks) {
  TestConsole console;
  ApiRequest request;
  request.principal.account_id = "123456789012";
  request.region = "eu-west-1";
  EXPECT_EQ(console
                .post("call",
                      R"({"service":"sqs","operation":"SendMessage","input":{"QueueUrl":"q",
                          "MessageBody":"hello","DelaySeconds":3,"MessageAttributes":null}})",
                      request)
                .body,
            "{}");
  ASSERT_EQ(console.caller.calls.size(), 1U);
  const aws::Call& call = console.caller.calls[0];
  EXPECT_EQ(call.service + "." + call.operation, "sqs.SendMessage");
  EXPECT_EQ(call.principal.account_id, "123456789012");
  EXPECT_EQ(call.region, "eu-west-1");
  EXPECT_EQ(json::write(call.input), R"({"QueueUrl":"q","MessageBody":"hello","DelaySeconds":3})");
}

TEST_F(CallApiTest, ErrorsAreTextWhateverNamesAreAskedFor) {
  TestConsole console;
  std::string faces;
  for (int i = 0; i < 100; ++i) faces += "\xF0\x9F\x98\x80";
  EXPECT_EQ(error(console, R"({"service":"x)" + faces + R"(","operation":"SendMessage"})"),
            "400 ValidationException");
  EXPECT_EQ(error(console, R"({"service":"sqs","operation":"x)" + faces + "\"}"),
            "400 UnknownOperationException");
  EXPECT_EQ(error(console, "{}", "x\xF0\x9F"), "404 UnknownOperationException");
}

TEST_F(CallApiTest, ServicesHaveTheNamesPeopleUse) {
  TestConsole console;
  for (const char* name : {"states", "sfn", "stepfunctions"}) {
    console.post("call", R"({"service":")" + std::string(name) +
                             R"(","operation":"ListStateMachines","region":"eu-west-3"})");
    ASSERT_FALSE(console.caller.calls.empty());
    EXPECT_EQ(console.caller.calls.back().service, "stepfunctions");
    EXPECT_EQ(console.caller.calls.back().region, "eu-west-3");
  }
}

TEST_F(CallApiTest, AnErrorKeepsItsCodeMessageAndStatus) {
  TestConsole console([](const aws::Call&) {
    aws::ApiError error("StateMachineDoesNotExist", "State Machine Does Not Exist: 'x'", 400);
    return aws::ApiResult<Value>(error);
  });
  const net::HttpResponse answer =
      console.post("call", R"({"service":"states","operation":"ListStateMachines"})");
  EXPECT_EQ(answer.status, 400);
  EXPECT_EQ(
      answer.body,
      R"({"__type":"StateMachineDoesNotExist","message":"State Machine Does Not Exist: 'x'"})");
}

TEST_F(CallApiTest, WhatNoModelHasIsRefused) {
  TestConsole console;
  EXPECT_EQ(error(console, R"({"service":"nosuch","operation":"X"})"), "400 ValidationException");
  EXPECT_EQ(error(console, R"({"service":"../../etc","operation":"X"})"),
            "400 ValidationException");
  EXPECT_EQ(error(console, R"({"service":"","operation":""})"), "400 ValidationException");
  EXPECT_EQ(error(console, R"({"service":"sqs","operation":"Nosuch"})"),
            "400 UnknownOperationException");
  EXPECT_EQ(error(console, R"({"service":"sqs","operation":"SendMessage","region":"a/../b"})"),
            "400 ValidationException");
  EXPECT_TRUE(console.caller.calls.empty());
}

TEST_F(CallApiTest, WrongTypesNeverReachAService) {
  TestConsole console;
  const std::string begin = R"({"service":"sqs","operation":"SendMessage","input":)";
  for (const char* input : {"7", "[]", "\"x\"", R"({"QueueUrl":7})", R"({"QueueUrl":{"a":1}})",
                            R"({"DelaySeconds":"7"})", R"({"MessageAttributes":[]})",
                            R"({"MessageAttributes":{"a":7}})"}) {
    EXPECT_EQ(error(console, begin + input + "}"), "400 SerializationException") << input;
  }
  EXPECT_EQ(error(console, begin + R"({"Nosuch":1}})"), "400 ValidationException");
  EXPECT_EQ(error(console, begin + R"({"MessageAttributes":{"a":{"DataTyp":"String"}}}})"),
            "400 ValidationException");
  EXPECT_TRUE(console.caller.calls.empty());
}

TEST_F(CallApiTest, BodiesThatAreNoObjectsAreRefused) {
  TestConsole console;
  for (const char* body : {"[]", "7", "{", "null", "\"call\"", "{} {}", "\xff"}) {
    EXPECT_EQ(error(console, body), "400 SerializationException") << body;
  }
  for (const char* body : {"", "{}", R"({"service":7,"operation":"X"})", R"({"service":"sqs"})",
                           R"({"service":"sqs","operation":null})"}) {
    EXPECT_EQ(error(console, body), "400 ValidationException") << body;
  }
  EXPECT_EQ(error(console, "{}", "nosuch"), "404 UnknownOperationException");
  EXPECT_EQ(error(console, "{}", ""), "404 UnknownOperationException");
  EXPECT_EQ(error(console, "{}", "call/"), "404 UnknownOperationException");
}

TEST_F(CallApiTest, LargePayloadsThatStreamAreRefused) {
  TestConsole console([](const aws::Call&) {
    json::ObjectBuilder out;
    out.set("Body", Value(std::string(CallApi::kStreamedBytesMax / 3 * 4 + 8, 'A')));
    return aws::ApiResult<Value>(std::move(out).build());
  });
  EXPECT_EQ(error(console,
                  R"({"service":"s3","operation":"GetObject","input":{"Bucket":"b","Key":"k"}})"),
            "413 RequestEntityTooLargeException");
}

TEST_F(CallApiTest, ConfigTellsWhoAsks) {
  TestConsole console;
  EXPECT_EQ(json::write(console.json("config", "{}")),
            R"({"version":"1.2.3","region":"us-east-1","account":"000000000000",)"
            R"("principal":"arn:aws:iam::000000000000:root","signs":false,)"
            R"("enforcesPolicies":false,"isBuilt":false})");
}

}  // namespace
}  // namespace pawl::console
