// SPDX-License-Identifier: Apache-2.0
// Requests to HTTP APIs in virtual time: what is called, and what comes of answers that do not
// come.
#include "services/apigateway/http/http_gateway.h"

#include <gtest/gtest.h>

#include "json/parse.h"
#include "services/apigateway/gateway_fixture_for_test.h"

namespace pawl::apigateway {
namespace {

const Scope kScope{"000000000000", "us-east-1"};

struct HttpFixture : GatewayFixture {
  explicit HttpFixture(aws::Caller& caller) : gateway(records, ports(caller)) {
    put(RecordKind::HttpApi, "", "api", R"({"ApiId":"api","Name":"n"})");
    put(RecordKind::HttpStage, "api", "$default",
        R"({"StageName":"$default","AutoDeploy":true,"StageVariables":{"v":"w"}})");
    put(RecordKind::HttpRoute, "api", "r",
        R"({"RouteId":"r","RouteKey":"$default","Target":"integrations/i"})");
  }
  void put(RecordKind kind, const char* parent, const char* id, const char* text) {
    store::Batch batch;
    records.put(batch, kScope, kind, parent, id, *json::parse(text));
    ASSERT_TRUE(records.commit(batch));
    gateway.forget("api");
  }
  void ask(std::string body = "") {
    request.method = "POST";
    request.body = std::move(body);
    answers.clear();
    gateway.serve(kScope, {"api", "/x", "api.execute-api.us-east-1.localhost"}, request,
                  [this](aws::HttpResponse response) { answers.push_back(std::move(response)); });
  }

  HttpGateway gateway;
  aws::HttpRequest request;
  std::vector<aws::HttpResponse> answers;
};

constexpr const char* kStart =
    R"({"IntegrationId":"i","IntegrationType":"AWS_PROXY","TimeoutInMillis":10000,
        "IntegrationSubtype":"StepFunctions-StartExecution","RequestParameters":
        {"StateMachineArn":"arn:m","Input":"$request.body","Region":"eu-west-1"}})";

TEST(HttpGateway, StartsAnExecution) {
  aws::RecordingCaller caller([](const aws::Call&) {
    return aws::ApiResult<json::Value>(
        *json::parse(R"({"executionArn":"arn:e","startDate":1700000000.5})"));
  });
  HttpFixture fixture(caller);
  fixture.put(RecordKind::HttpIntegration, "api", "i", kStart);
  fixture.ask(R"({"a": 1})");
  ASSERT_EQ(caller.calls.size(), 1U);
  EXPECT_EQ(caller.calls[0].service, "stepfunctions");
  EXPECT_EQ(caller.calls[0].region, "eu-west-1");
  EXPECT_EQ(caller.calls[0].input,
            *json::parse(R"({"stateMachineArn":"arn:m","input":"{\"a\": 1}"})"));
  ASSERT_EQ(fixture.answers.size(), 1U);
  EXPECT_EQ(fixture.answers[0].headers.get("content-type"), "application/x-amz-json-1.0");
  EXPECT_EQ(fixture.answers[0].body, R"({"executionArn":"arn:e","startDate":1700000000.5})");
  fixture.ask();
  EXPECT_EQ(caller.calls[1].input, *json::parse(R"({"stateMachineArn":"arn:m"})"));
  EXPECT_EQ(fixture.loop.timers(), 0U);
}

TEST(HttpGateway, AnswersWhenNobodyElseDoes) {
  SilentCaller caller;
  HttpFixture fixture(caller);
  fixture.put(RecordKind::HttpIntegration, "api", "i", kStart);
  fixture.ask("{}");
  fixture.loop.advance_by(9'999);
  EXPECT_TRUE(fixture.answers.empty());
  fixture.loop.advance_by(1);
  ASSERT_EQ(fixture.answers.size(), 1U);
  EXPECT_EQ(fixture.answers[0].status, 503);
  EXPECT_EQ(fixture.answers[0].body, R"({"message":"Service Unavailable"})");
  // What comes too late is nobody's.
  caller.receivers[0](json::Value::object());
  EXPECT_EQ(fixture.answers.size(), 1U);
}

TEST(HttpGateway, SeesChangesAtOnce) {
  aws::RecordingCaller caller;
  HttpFixture fixture(caller);
  fixture.ask();
  EXPECT_EQ(fixture.answers[0].status, 500);  // the route leads nowhere
  fixture.put(RecordKind::HttpIntegration, "api", "i", kStart);
  fixture.ask();
  EXPECT_EQ(fixture.answers[0].status, 200);
  fixture.put(RecordKind::HttpApi, "", "api",
              R"({"ApiId":"api","DisableExecuteApiEndpoint":true})");
  fixture.ask();
  EXPECT_EQ(fixture.answers[0].status, 404);
}

TEST(HttpGateway, HttpProxyWithoutAnAnswer) {
  aws::RecordingCaller caller;
  HttpFixture fixture(caller);
  fixture.put(RecordKind::HttpIntegration, "api", "i",
              R"({"IntegrationId":"i","IntegrationType":"HTTP_PROXY","IntegrationMethod":"PUT",
                  "IntegrationUri":"http://${stageVariables.v}.example/p?a=1","RequestParameters":
                  {"overwrite:header.X":"$request.header.none","overwrite:path":"/o/$x"}})");
  fixture.ask("b");
  ASSERT_EQ(fixture.transport.sent.size(), 1U);
  EXPECT_EQ(fixture.transport.sent[0].url, "http://w.example");
  EXPECT_EQ(fixture.transport.sent[0].request.path, "/o/$x");
  EXPECT_EQ(fixture.transport.sent[0].request.query, "a=1");
  EXPECT_EQ(fixture.transport.sent[0].request.method, "PUT");
  fixture.transport.sent[0].receiver(base::Error(base::ErrorKind::Io, "refused"));
  EXPECT_EQ(fixture.answers.at(0).status, 503);
}

TEST(HttpGateway, BadValuesForParametersAreRefused) {
  aws::RecordingCaller caller;
  HttpFixture fixture(caller);
  fixture.put(RecordKind::HttpIntegration, "api", "i",
              R"({"IntegrationId":"i","IntegrationType":"AWS_PROXY",
                  "IntegrationSubtype":"SQS-SendMessage","RequestParameters":
                  {"QueueUrl":"q","MessageBody":"b","DelaySeconds":"$request.body"}})");
  fixture.ask("soon");
  EXPECT_EQ(fixture.answers.at(0).status, 400);
  EXPECT_TRUE(caller.calls.empty());
  fixture.ask("5");
  EXPECT_EQ(caller.calls.at(0).input,
            *json::parse(R"({"QueueUrl":"q","MessageBody":"b","DelaySeconds":5})"));
}

}  // namespace
}  // namespace pawl::apigateway
