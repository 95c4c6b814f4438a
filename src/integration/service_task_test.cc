// SPDX-License-Identifier: Apache-2.0
// What is called and what becomes of the answer, as recorded from AWS where it is.
#include "integration/service_fixture_for_test.h"

namespace pawl::integration {
namespace {

class ServiceTaskTest : public ServiceFixture {};

TEST_F(ServiceTaskTest, AwsSdkCallsTheOperationAndShowsItsOutput) {
  answer("GetObject",
         R"({"Body":"dGV4dCBkYXRh","ContentLength":9,"ETag":"\"332e\"","LastModified":1700000000,)"
         R"("AcceptRanges":"bytes"})");
  call("aws-sdk:s3:getObject", R"({"Bucket":"b","Key":"k"})");
  ASSERT_EQ(caller_.calls.size(), 1U);
  const aws::Call& sent = caller_.calls[0];
  EXPECT_EQ(sent.service, "s3");
  EXPECT_EQ(sent.operation, "GetObject");
  EXPECT_EQ(input(0), R"({"Bucket":"b","Key":"k"})");
  EXPECT_EQ(sent.principal.arn, "arn:aws:sts::000000000000:assumed-role/r/e");
  EXPECT_EQ(sent.role_arn, "");
  EXPECT_EQ(json::write(output()),
            R"({"AcceptRanges":"bytes","Body":"text data","ContentLength":9,"ETag":"\"332e\"",)"
            R"("LastModified":"2023-11-14T22:13:20Z","Metadata":{}})");
  EXPECT_EQ(sink_.count<interpreter::TaskStarted>(), 1U);
}

TEST_F(ServiceTaskTest, AwsSdkPutsWhateverJsonAsTheBody) {
  call("aws-sdk:s3:putObject", R"({"Bucket":"b","Key":"k","Body":["List", "Data"]})");
  // The checksum is the one that AWS recorded for this body.
  EXPECT_EQ(json::write(parse(input(0))),
            R"({"Bucket":"b","Key":"k","Body":"WyJMaXN0IiwiRGF0YSJd",)"
            R"("ContentType":"text/plain; charset=UTF-8","ChecksumAlgorithm":"CRC32",)"
            R"("ChecksumCRC32":"1F2MPA=="})");
  EXPECT_EQ(json::write(output()), "{}");
}

TEST_F(ServiceTaskTest, AwsSdkErrorsAreTheClassesOfTheSdk) {
  refuse("GetObject", aws::ApiError("NoSuchKey", "The specified key does not exist.", 404));
  call("aws-sdk:s3:getObject", R"({"Bucket":"b","Key":"k"})");
  EXPECT_EQ(error(), "S3.NoSuchKeyException");
  const std::string text = cause();
  const std::string begin =
      "The specified key does not exist. (Service: S3, Status Code: 404, "
      "Request ID: ";
  EXPECT_EQ(text.substr(0, begin.size()), begin);
  EXPECT_NE(text.find(", Extended Request ID: "), std::string::npos);

  refuse("PutItem", aws::ApiError("ValidationException", "1 validation error detected", 400));
  call("aws-sdk:dynamodb:putItem", R"({"TableName":"t","Item":null})");
  EXPECT_EQ(input(1), R"({"TableName":"t"})");
  EXPECT_EQ(error(), "DynamoDb.DynamoDbException");
  EXPECT_TRUE(cause().starts_with(
      "1 validation error detected (Service: DynamoDb, Status Code: 400, Request ID: "));
  EXPECT_TRUE(cause().ends_with(")"));

  refuse("ListTopics", aws::ApiError("SdkClientException", "Unable to execute HTTP request"));
  call("aws-sdk:sns:listTopics", "{}");
  EXPECT_EQ(error(), "Sns.SdkClientException");
  EXPECT_EQ(cause(), "Unable to execute HTTP request");
}

TEST_F(ServiceTaskTest, IdsThatAServerGaveStandInTheCause) {
  aws::ApiError error("NoSuchBucket", "No.", 404);
  json::ObjectBuilder members;
  members.set("RequestId", json::Value("theirs")).set("HostId", json::Value("host"));
  error.members = std::move(members).build();
  refuse("GetObject", error);
  call("aws-sdk:s3:getObject", R"({"Bucket":"b","Key":"k"})");
  EXPECT_EQ(cause(),
            "No. (Service: S3, Status Code: 404, Request ID: theirs, Extended Request ID: host)");
}

TEST_F(ServiceTaskTest, ParametersThatTheOperationLacksAreRefusedBeforeTheCall) {
  call("aws-sdk:s3:getObject", R"({"Bucket":"b","Keys":"k"})");
  EXPECT_TRUE(caller_.calls.empty());
  EXPECT_EQ(error(), "States.Runtime");
  EXPECT_EQ(cause(), R"(An error occurred while executing the state 'S'. The Parameters )"
                     R"('{"Bucket":"b","Keys":"k"}' could not be used to start the Task: )"
                     R"([The field "Keys" is not supported by Step Functions])");
}

TEST_F(ServiceTaskTest, CredentialsAreTheCallsRole) {
  engine::TaskRequest request = task("aws-sdk:s3:listBuckets", "{}");
  request.command.credentials_role_arn = "arn:aws:iam::111111111111:role/other";
  run(std::move(request));
  EXPECT_EQ(caller_.calls[0].role_arn, "arn:aws:iam::111111111111:role/other");
  EXPECT_EQ(caller_.calls[0].principal.account_id, "111111111111");
  EXPECT_EQ(caller_.calls[0].principal.arn, "arn:aws:sts::111111111111:assumed-role/other/e");
}

TEST_F(ServiceTaskTest, ARepeatedCallHasTheSameTokenOfIdempotency) {
  call("aws-sdk:secretsmanager:createSecret", R"({"Name":"n"})");
  call("aws-sdk:secretsmanager:createSecret", R"({"Name":"n"})");
  EXPECT_EQ(input(0), input(1));
  EXPECT_NE(caller_.calls[0].input.find("ClientRequestToken"), nullptr);
  EXPECT_EQ(caller_.calls[0].idempotency_token, caller_.calls[1].idempotency_token);
  engine::TaskRequest other = task("aws-sdk:secretsmanager:createSecret", R"({"Name":"n"})");
  other.command.task.sequence = 2;
  run(std::move(other));
  EXPECT_NE(input(0), input(2));
}

TEST_F(ServiceTaskTest, AnAnswerIsKeptUnderTheTasksKeyIfTheEngineFindsItThere) {
  engine::TaskRequest request = task("dynamodb:putItem", R"({"TableName":"t","Item":{}})");
  request.keeps_answers = true;
  request.completed = R"({"kept":1})";
  run(std::move(request));
  EXPECT_FALSE(caller_.calls[0].completion_key.empty());
  EXPECT_EQ(caller_.calls[0].completed, R"({"kept":1})");
  call("dynamodb:putItem", R"({"TableName":"t","Item":{}})");
  EXPECT_EQ(caller_.calls[1].completion_key, "");
}

TEST_F(ServiceTaskTest, OptimizedDynamoDbAddsItsMetadata) {
  answer("GetItem", R"({"Item":{"data":{"S":"HelloWorld"},"id":{"S":"id1"}}})");
  call("dynamodb:getItem", R"({"TableName":"t","Key":{"id":{"S":"id1"}}})");
  const json::Value result = output();
  EXPECT_EQ(json::write(*result.find("Item")), R"({"data":{"S":"HelloWorld"},"id":{"S":"id1"}})");
  const json::Value& headers = *result.find("SdkHttpMetadata")->find("HttpHeaders");
  EXPECT_EQ(headers.find("Content-Length")->as_string(), "53");  // recorded
  EXPECT_EQ(headers.find("Server")->as_string(), "Server");
  EXPECT_NE(headers.find("x-amzn-requestid"), nullptr);
  EXPECT_NE(result.find("SdkResponseMetadata")->find("RequestId"), nullptr);
}

TEST_F(ServiceTaskTest, OptimizedErrorsAreThoseOfTheFirstSdk) {
  refuse("PutItem",
         aws::ApiError("ResourceNotFoundException", "Requested resource not found", 400));
  call("dynamodb:putItem", R"({"TableName":"t","Item":{}})");
  EXPECT_EQ(error(), "DynamoDB.ResourceNotFoundException");
  EXPECT_TRUE(cause().starts_with(
      "Requested resource not found (Service: AmazonDynamoDBv2; Status Code: 400; Error Code: "
      "ResourceNotFoundException; Request ID: "));
  EXPECT_TRUE(cause().ends_with("; Proxy: null)"));

  refuse("Publish", aws::ApiError("NotFound", "Topic does not exist", 404));
  call("sns:publish", R"({"TopicArn":"t","Message":{"a":1}})");
  EXPECT_EQ(input(1), R"({"TopicArn":"t","Message":"{\"a\":1}"})");
  EXPECT_EQ(error(), "SNS.NotFoundException");
  EXPECT_NE(cause().find("Error Code: NotFound;"), std::string::npos);

  refuse("SendMessage", aws::ApiError("MissingParameter",
                                      "The request must contain the parameter MessageBody.", 400));
  call("sqs:sendMessage", R"({"QueueUrl":"q","MessageBody":null})");
  EXPECT_EQ(error(), "SQS.AmazonSQSException");
}

TEST_F(ServiceTaskTest, MetadataCountsWhatTheServiceWouldHaveSent) {
  const std::string id(36, 'i');
  answer("Publish", R"({"MessageId":")" + id + R"("})");
  call("sns:publish", R"({"TopicArn":"t","Message":"m"})");
  const json::Value first = output();
  const json::Value& plain = *first.find("SdkHttpMetadata")->find("HttpHeaders");
  EXPECT_EQ(plain.find("Content-Type")->as_string(), "text/xml");
  EXPECT_EQ(plain.find("Content-Length")->as_string(), "294");  // recorded

  answer("SendMessage",
         R"({"MD5OfMessageBody":")" + std::string(32, 'm') + R"(","MessageId":")" + id + R"("})");
  call("sqs:sendMessage", R"({"QueueUrl":"q","MessageBody":"m"})");
  const json::Value second = output();
  EXPECT_NE(second.find("MD5OfMessageBody"), nullptr);
  const json::Value& queued = *second.find("SdkHttpMetadata")->find("HttpHeaders");
  EXPECT_EQ(queued.find("Content-Type")->as_string(), "application/x-amz-json-1.0");
  EXPECT_EQ(queued.find("Content-Length")->as_string(), "106");  // recorded
}

TEST_F(ServiceTaskTest, ATaskTokensCallIsSubmittedOnly) {
  answer("SendMessage", R"({"MessageId":"1"})");
  call("sqs:sendMessage.waitForTaskToken", R"({"QueueUrl":"q","MessageBody":{"t":"token"}})");
  EXPECT_EQ(sink_.count<interpreter::TaskSubmitted>(), 1U);
  EXPECT_EQ(sink_.count<interpreter::TaskSucceeded>(), 0U);
  EXPECT_EQ(dispatcher_.tokens().open_count(), 1U);
}

TEST_F(ServiceTaskTest, PutEventsNamesItsExecutionAndFailsWithAnEntry) {
  answer("PutEvents", R"({"FailedEntryCount":0,"Entries":[{"EventId":"1"}]})");
  answer("PutEvents", R"({"FailedEntryCount":1,"Entries":[{"ErrorCode":"MalformedDetail"}]})");
  const std::string parameters =
      R"({"Entries":[{"Detail":{"a":1},"DetailType":"d","Source":"s","Resources":["r"]}]})";
  call("events:putEvents", parameters);
  EXPECT_EQ(input(0),
            R"({"Entries":[{"Detail":"{\"a\":1}","DetailType":"d","Source":"s","Resources":["r",)"
            R"("arn:aws:states:us-east-1:000000000000:stateMachine:m",)"
            R"("arn:aws:states:us-east-1:000000000000:execution:m:e"]}]})");
  EXPECT_EQ(sink_.count<interpreter::TaskSucceeded>(), 1U);
  call("events:putEvents", parameters);
  EXPECT_EQ(error(), "EventBridge.FailedEntry");
  EXPECT_TRUE(cause().starts_with(R"({"Entries":[{"ErrorCode":"MalformedDetail"}],)"));
}

TEST_F(ServiceTaskTest, InvokeModelTakesAndGivesJson) {
  if (aws::installed_model("bedrock-runtime") == nullptr) GTEST_SKIP() << "the models are older";
  answer("InvokeModel", R"({"body":"eyJ0ZXh0IjoiaGkifQ==","contentType":"application/json"})");
  call("bedrock:invokeModel", R"({"ModelId":"m","Body":{"prompt":"x"}})");
  ASSERT_EQ(caller_.calls.size(), 1U);
  EXPECT_EQ(caller_.calls[0].service, "bedrock-runtime");
  EXPECT_EQ(caller_.calls[0].input.find("body")->as_string(), "eyJwcm9tcHQiOiJ4In0=");
  EXPECT_EQ(json::write(output()), R"({"Body":{"text":"hi"},"ContentType":"application/json"})");
}

TEST_F(ServiceTaskTest, EmrsActionsAreNotQuiteItsOperations) {
  answer("AddJobFlowSteps", R"({"StepIds":["s-1"]})");
  call("elasticmapreduce:addStep", R"({"ClusterId":"j-1","Step":{"Name":"n"}})");
  ASSERT_EQ(caller_.calls.size(), 1U);
  EXPECT_EQ(caller_.calls[0].operation, "AddJobFlowSteps");
  EXPECT_EQ(input(0), R"({"JobFlowId":"j-1","Steps":[{"Name":"n"}]})");
  const json::Value result = output();
  EXPECT_EQ(result.find("StepId")->as_string(), "s-1");
}

TEST_F(ServiceTaskTest, NothingIsAnsweredOnceTheDispatcherIsClosed) {
  dispatcher_.close();
  call("aws-sdk:s3:listBuckets", "{}");
  EXPECT_EQ(caller_.calls.size(), 1U);
  EXPECT_TRUE(sink_.answers.empty());
}

TEST(Dispatcher, SaysThatServicesAreNotAvailableWithoutACaller) {
  engine::VirtualClock clock({0});
  PlayedEntropy entropy;
  const IntegrationDispatcher dispatcher({.clock = clock, .entropy = entropy});
  EXPECT_FALSE(dispatcher.is_available(
      asl::parse_task_resource("arn:aws:states:::aws-sdk:s3:listBuckets").value()));
}

}  // namespace
}  // namespace pawl::integration
