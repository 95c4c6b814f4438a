// SPDX-License-Identifier: Apache-2.0
#include "integration/mock/mock_config.h"

#include <gtest/gtest.h>

#include <string>

#include "integration/mock/mock_file_for_test.h"

namespace pawl::integration {
namespace {

std::string return_at(const MockedResponse& response, uint64_t number) {
  const MockedResponse::Answer* answer = response.find(number);
  if (answer == nullptr) return "(none)";
  const auto* returned = std::get_if<MockedReturn>(answer);
  return returned != nullptr ? returned->output
                             : "throws " + std::get<asl::ExecutionError>(*answer).error.value();
}

std::string error_of(const std::string& text) {
  const auto config = MockConfig::parse(text);
  if (config) return "(accepted)";
  return std::to_string(config.error().position.line) + ":" +
         std::to_string(config.error().position.column) + " " + config.error().message;
}

/// A file whose only mocked response is `response`, on line 2.
std::string error_of_response(const std::string& response) {
  return error_of("{\"StateMachines\":{},\"MockedResponses\":\n{\"R\":" + response + "}}");
}

TEST(MockConfig, ReadsTheExampleOfTheGuide) {
  const auto config = MockConfig::parse(kMockFileOfTheGuide).value();
  const MockConfig::TestCase* happy = config->find("LambdaSQSIntegration", "HappyPath");
  ASSERT_NE(happy, nullptr);
  EXPECT_EQ(happy->size(), 2u);
  EXPECT_EQ(return_at(*happy->at("LambdaState"), 0),
            R"({"StatusCode":200,"Payload":{"StatusCode":200,"body":"Hello from Lambda!"}})");
  EXPECT_EQ(return_at(*happy->at("LambdaState"), 1), "(none)");
  const MockedResponse& retried =
      *config->find("LambdaSQSIntegration", "RetryPath")->at("LambdaState");
  EXPECT_EQ(return_at(retried, 0), "throws Lambda.ResourceNotReadyException");
  EXPECT_EQ(return_at(retried, 1), "throws Lambda.TimeoutException");
  EXPECT_EQ(return_at(retried, 2), "throws Lambda.TimeoutException");
  EXPECT_EQ(return_at(retried, 3).substr(0, 17), R"({"StatusCode":200)");
  EXPECT_EQ(return_at(retried, 4), "(none)");
  EXPECT_EQ(config->find("LambdaSQSIntegration", "HybridPath")->size(), 1u);
  EXPECT_EQ(config->find("LambdaSQSIntegration", "Other"), nullptr);
  EXPECT_EQ(config->find("Other", "HappyPath"), nullptr);
}

TEST(MockConfig, ReturnMayBeAnyValueAndRangesComeInAnyOrder) {
  const auto config = MockConfig::parse(R"({"MockedResponses": {"R": {
      "7": {"Return": null}, "2-3": {"Return": "text"}, "0": {"Return": 1.0}}},
      "StateMachines": {"M": {"TestCases": {"C": {"S": "R"}}}}})");
  const MockedResponse& response = *config.value()->find("M", "C")->at("S");
  EXPECT_EQ(return_at(response, 0), "1.0");
  EXPECT_EQ(return_at(response, 1), "(none)");
  EXPECT_EQ(return_at(response, 3), "\"text\"");
  EXPECT_EQ(return_at(response, 4), "(none)");
  EXPECT_EQ(return_at(response, 7), "null");
}

TEST(MockConfig, ResponsesWithoutAnswersAreLeftToTheExecution) {
  EXPECT_EQ(error_of_response("{}"), "(accepted)");
}

TEST(MockConfig, ErrorsNameTheirPlace) {
  EXPECT_TRUE(error_of("{\n  \"StateMachines\": x}").starts_with("2:20 "));
  EXPECT_EQ(error_of("[]"), "1:1 The mock configuration must be of type object, but it is array");
  EXPECT_EQ(error_of(R"({"StateMachines":{}})"),
            "1:1 The mock configuration has no \"MockedResponses\"");
  EXPECT_EQ(error_of(R"({"StateMachines":{"M":{}},"MockedResponses":{}})"),
            "1:19 /StateMachines/M has no \"TestCases\"");
  EXPECT_EQ(error_of("{\"MockedResponses\":{},\n\"MockedResponses\":{},\"StateMachines\":{}}"),
            "1:2 /MockedResponses is there twice");
  EXPECT_EQ(error_of("{\"MockedResponses\":{},\"StateMachines\":\n{\"M\":{\"TestCases\":{\"C\":\n"
                     "{\"S\":\"R\"}}}}}"),
            "3:2 /StateMachines/M/TestCases/C/S names the mocked response \"R\", which "
            "MockedResponses does not define");
  EXPECT_EQ(error_of(R"({"MockedResponses":{},"StateMachines":{"M":{"TestCases":{"C":{"S":1}}}}})"),
            "1:63 /StateMachines/M/TestCases/C/S must be of type string, but it is number");
}

TEST(MockConfig, ErrorsOfResponses) {
  EXPECT_EQ(error_of_response(R"({"first":{"Return":1}})"),
            "2:7 /MockedResponses/R/first is no invocation number: write \"0\", or \"1-2\" for a "
            "range");
  for (const char* number :
       {"", "-", "-1", "1-", "2-1", "1-2-3", " 1", "1.0", "99999999999999999999"}) {
    EXPECT_NE(error_of_response("{\"" + std::string(number) + "\":{\"Return\":1}}"), "(accepted)")
        << number;
  }
  EXPECT_EQ(error_of_response(R"({"0-2":{"Return":1},"2":{"Return":1}})"),
            "2:26 /MockedResponses/R/2 covers an invocation that another member covers too");
  EXPECT_EQ(error_of_response(R"({"0":{}})"),
            "2:7 /MockedResponses/R/0 must have one member, \"Return\" or \"Throw\"");
  EXPECT_EQ(error_of_response(R"({"0":{"Return":1,"Throw":{"Error":"E"}}})"),
            "2:7 /MockedResponses/R/0 must have one member, \"Return\" or \"Throw\"");
  EXPECT_EQ(error_of_response(R"({"0":{"Throw":{"Cause":"c"}}})"),
            "2:12 /MockedResponses/R/0/Throw has no \"Error\"");
  EXPECT_EQ(error_of_response(R"({"0":{"Throw":{"Error":"E","Cause":1}}})"),
            "2:33 /MockedResponses/R/0/Throw/Cause must be of type string, but it is number");
}

}  // namespace
}  // namespace pawl::integration
