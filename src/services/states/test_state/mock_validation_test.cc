// SPDX-License-Identifier: Apache-2.0
#include "services/states/test_state/mock_validation.h"

#include "services/states/test_state/mocked_operation.h"
#include "services/states/test_state/test_state_for_test.h"

namespace pawl::states {
namespace {

/// The error of a request whose definition is `state` and whose other members are `rest`.
std::string refusal(const std::string& state, const std::string& rest) {
  std::string refused = "accepted";
  make_run(R"({"definition":)" + state + (rest.empty() ? "" : "," + rest) + "}", refused);
  return refused;
}

std::string task(const std::string& resource) {
  return R"({"Type":"Task","Resource":")" + resource +
         R"(","Parameters":{"FunctionName":"f","StateMachineArn":"a","QueueUrl":"q","TaskToken.$":)"
         R"("$$.Task.Token"},"End":true})";
}

const std::string kInvoke = task("arn:aws:states:::lambda:invoke");
const std::string kMap =
    R"({"Type":"Map","ItemProcessor":{"StartAt":"P","States":{"P":{"Type":"Pass","End":true}}},)"
    R"("End":true})";
const std::string kWritingMap =
    R"({"Type":"Map","ItemProcessor":{"ProcessorConfig":{"Mode":"DISTRIBUTED","ExecutionType":)"
    R"("STANDARD"},"StartAt":"P","States":{"P":{"Type":"Pass","End":true}}},"ResultWriter":)"
    R"({"Resource":"arn:aws:states:::s3:putObject","Parameters":{"Bucket":"b","Prefix":"p"}},)"
    R"("End":true})";
const std::string kParallel =
    R"({"Type":"Parallel","Branches":[{"StartAt":"P","States":{"P":{"Type":"Pass","End":true}}}],)"
    R"("End":true})";

TEST(MockValidation, WithoutMock) {
  EXPECT_EQ(refusal(kInvoke, ""),
            "ValidationException: RoleArn must be specified when testing a Task state");
  EXPECT_EQ(refusal(kInvoke, R"("roleArn":"arn:aws:iam::000000000000:role/r")"), "accepted");
  EXPECT_EQ(refusal(R"({"Type":"Pass","End":true})", R"("revealSecrets":true)"), "accepted");
  EXPECT_EQ(refusal(kInvoke, R"("roleArn":"me")"), "InvalidArn: Invalid Role Arn: 'me'");
  const std::string children =
      "InvalidDefinition: TestState API does not support Map or Parallel states. Supported state "
      "types include: [Task, Wait, Pass, Succeed, Fail, Choice]";
  EXPECT_EQ(refusal(kMap, ""), children);
  EXPECT_EQ(refusal(kParallel, ""), children);
  for (const char* resource : {"arn:aws:states:::sqs:sendMessage.waitForTaskToken",
                               "arn:aws:states:::states:startExecution.sync:2",
                               "arn:aws:states:us-east-1:000000000000:activity:a"}) {
    EXPECT_EQ(
        refusal(task(resource), R"("roleArn":"arn:aws:iam::000000000000:role/r")").substr(0, 17),
        "InvalidDefinition")
        << resource;
  }
}

TEST(MockValidation, WhatNeedsAMock) {
  const std::pair<const char*, const char*> cases[] = {
      {R"("stateConfiguration":{"mapIterationFailureCount":0})", "MapIterationFailureCount"},
      {R"("stateConfiguration":{"retrierRetryCount":1})", "RetrierRetryCount"},
      {R"("stateConfiguration":{"errorCausedByState":"P"})", "ErrorCausedByState"},
      {R"("stateConfiguration":{"mapItemReaderData":"[]"})", "MapItemReaderData"},
      {R"("context":{})", "Context"}};
  for (const auto& [member, name] : cases) {
    EXPECT_EQ(refusal(kMap, member), "ValidationException: TestState does not support " +
                                         std::string(name) + " when a mock is not specified.");
  }
}

TEST(MockValidation, StatesThatTakeNoMock) {
  const std::pair<const char*, const char*> cases[] = {
      {R"({"Type":"Pass","End":true})", "Pass"},
      {R"({"Type":"Succeed"})", "Succeed"},
      {R"({"Type":"Fail"})", "Fail"},
      {R"({"Type":"Wait","Seconds":1,"End":true})", "Wait"},
      {R"({"Type":"Choice","Choices":[{"Variable":"$.a","IsPresent":true,"Next":"B"}]})",
       "Choice"}};
  for (const auto& [state, type] : cases) {
    EXPECT_EQ(refusal(state, R"("mock":{"result":{}})"),
              "ValidationException: State type '" + std::string(type) +
                  "' is not supported when a mock is specified");
  }
}

TEST(MockValidation, WhatAMockMustBe) {
  EXPECT_EQ(refusal(kInvoke, R"("mock":{"result":{}},"revealSecrets":true)"),
            "ValidationException: TestState does not support RevealSecrets when a mock is "
            "specified.");
  const std::string either =
      "ValidationException: A test mock should have only one of the following fields: [result, "
      "errorOutput].";
  EXPECT_EQ(refusal(kInvoke, R"("mock":{"result":{},"errorOutput":{"error":"E"}})"), either);
  EXPECT_EQ(refusal(kInvoke, R"("mock":{})"), either);
  EXPECT_EQ(refusal(kInvoke, R"("mock":{"result":"not JSON","fieldValidationMode":"NONE"})"),
            "ValidationException: Mocked result must be valid JSON");
  EXPECT_EQ(refusal(kMap, R"("mock":{"result":{}})"),
            "ValidationException: Mocked result must be an array.");
  EXPECT_EQ(refusal(kParallel, R"("mock":{"result":{}})"),
            "ValidationException: Mocked result must be an array.");
  EXPECT_EQ(refusal(kWritingMap, R"("mock":{"result":[]})"),
            "ValidationException: Mocked result must be a JSON object.");
  EXPECT_EQ(refusal(kWritingMap, R"("mock":{"result":{}})"), "accepted");
  EXPECT_EQ(refusal(kMap, R"("mock":{"errorOutput":{"error":"E"}})"), "accepted");
}

TEST(MockValidation, Context) {
  const std::string mock = R"("mock":{"result":{}},"context":)";
  const std::string prefix = "ValidationException: Invalid Context object provided: ";
  EXPECT_EQ(refusal(kInvoke, mock + R"({"Execution":{}})"), "accepted");
  EXPECT_EQ(refusal(kInvoke, mock + R"({"Task":{"Token":"t"}})"),
            prefix +
                "Context object contains 'Task' when state is not a Task state with a '.sync' or "
                "'.waitForTaskToken' service integration pattern");
  EXPECT_EQ(refusal(task("arn:aws:states:::lambda:invoke.waitForTaskToken"),
                    mock + R"({"Task":{"Token":"t"}})"),
            "accepted");
  EXPECT_EQ(refusal(kInvoke, mock + R"("[1]")"),
            prefix + "Context object must be a valid JSON object");
}

TEST(MockValidation, ResultsFollowTheServiceModel) {
  ASSERT_NE(aws::installed_model("lambda"), nullptr) << "python3-botocore is not installed";
  const std::string prefix = "ValidationException: Mock result schema validation error: ";
  EXPECT_EQ(refusal(kInvoke, R"("mock":{"result":{"StatusCode":"200"}})"),
            prefix + "Field 'StatusCode' must be a number");
  EXPECT_EQ(
      refusal(kInvoke, R"("mock":{"result":{"StatusCode":"200"},"fieldValidationMode":"NONE"})"),
      "accepted");
  // What a function returns is its own.
  EXPECT_EQ(refusal(kInvoke, R"("mock":{"result":{"Payload":{"a":1},"StatusCode":200}})"),
            "accepted");
  EXPECT_EQ(refusal(kInvoke, R"("mock":{"result":[1]})"),
            "ValidationException: Mocked result must be a JSON object.");
  const std::string start = task("arn:aws:states:::states:startExecution");
  EXPECT_EQ(refusal(start, R"("mock":{"result":{}})"),
            prefix + "Required field 'ExecutionArn' is missing");
  EXPECT_EQ(refusal(start, R"("mock":{"result":{},"fieldValidationMode":"PRESENT"})"), "accepted");
}

TEST(MockedOperation, ByTheNamesOfResources) {
  ASSERT_NE(aws::installed_model("lambda"), nullptr) << "python3-botocore is not installed";
  const auto name_of = [](const char* resource) -> std::string {
    const auto parsed = asl::parse_task_resource(resource);
    if (!parsed) return parsed.error().message;
    const aws::Shape* shape = mocked_output(*parsed, aws::installed_models());
    return shape == nullptr ? "(none)" : shape->name;
  };
  EXPECT_EQ(name_of("arn:aws:states:::sqs:sendMessage"), "SendMessageResult");
  EXPECT_EQ(name_of("arn:aws:states:::aws-sdk:sfn:describeExecution"), "DescribeExecutionOutput");
  EXPECT_EQ(name_of("arn:aws:states:::aws-sdk:eventbridge:putEvents"), "PutEventsResponse");
  EXPECT_EQ(name_of("arn:aws:states:::aws-sdk:secretsmanager:getSecretValue"),
            "GetSecretValueResponse");
  EXPECT_EQ(name_of("arn:aws:states:::aws-sdk:redshiftdata:executeStatement"),
            "ExecuteStatementOutput");
  EXPECT_EQ(name_of("arn:aws:states:::aws-sdk:rds:createDBCluster"), "CreateDBClusterResult");
  // Not its name: definitions say createDBCluster.
  EXPECT_EQ(name_of("arn:aws:states:::aws-sdk:rds:createDbCluster"), "(none)");
  for (const char* resource :
       {"arn:aws:states:::http:invoke", "arn:aws:states:::apigateway:invoke",
        "arn:aws:states:::eks:call", "arn:aws:states:::sqs:sendMessage.waitForTaskToken",
        "arn:aws:states:::states:startExecution.sync",
        "arn:aws:lambda:us-east-1:000000000000:function:f",
        "arn:aws:states:us-east-1:000000000000:activity:a",
        "arn:aws:states:::aws-sdk:nosuchservice:call"}) {
    EXPECT_EQ(name_of(resource), "(none)") << resource;
  }
}

}  // namespace
}  // namespace pawl::states
