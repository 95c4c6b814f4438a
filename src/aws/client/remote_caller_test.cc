// SPDX-License-Identifier: Apache-2.0
// Calls to a server that a test plays: what it is sent, by whom, how often, and what is made of its
// answers.
#include "aws/client/remote_caller.h"

#include <gtest/gtest.h>

#include <deque>

#include "aws/model/installed_models_for_test.h"
#include "aws/protocol/protocol_codec.h"
#include "aws/service/virtual_loop_for_test.h"
#include "aws/signing/hmac.h"
#include "aws/signing/verify.h"
#include "base/bytes.h"
#include "json/parse.h"
#include "json/write.h"

namespace pawl::aws {
namespace {

json::Value parse(std::string_view text) { return *json::parse(text); }

/// Answers what is queued, then always the last.
class PlayedServer final : public HttpTransport {
 public:
  struct Sent {
    std::string url;
    HttpRequest request;
  };
  using Play = std::function<base::Result<HttpResponse>(const Sent&)>;

  void send(std::string url, HttpRequest request, Receiver receiver) override {
    sent.push_back({std::move(url), std::move(request)});
    const Play play = plays.front();
    if (plays.size() > 1) plays.pop_front();
    receiver(play(sent.back()));
  }
  void answer(int status, std::string body, Headers headers = {}) {
    plays.push_back([=](const Sent&) { return HttpResponse{status, headers, body}; });
  }
  void fail(std::string message) {
    plays.push_back([=](const Sent&) { return base::Error(base::ErrorKind::Io, message); });
  }

  std::deque<Play> plays;
  std::vector<Sent> sent;
};

class Places final : public EndpointResolver {
 public:
  Endpoint resolve(const ServiceModel& service, std::string_view region) const override {
    const auto found = urls.find(service.metadata().service_name);
    if (found != urls.end()) return {Endpoint::Kind::Url, found->second};
    if (!is_aws) return {};
    return {Endpoint::Kind::Aws, aws_endpoint_url(service, region)};
  }
  std::map<std::string, std::string> urls;
  bool is_aws = true;
};

class Keys final : public CredentialSource {
 public:
  ApiResult<Credentials> credentials() override {
    if (!has) return ApiError("SdkClientException", "No keys.");
    return Credentials{"AKID", "secret", ""};
  }
  bool has = true;
};

class RemoteCallerTest : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_NE(installed_model("sqs"), nullptr) << "python3-botocore is not installed";
  }

  ApiResult<json::Value> call(Call call) {
    std::optional<ApiResult<json::Value>> answer;
    caller_.call(std::move(call), [&](ApiResult<json::Value> result) {
      EXPECT_FALSE(answer);
      answer = std::move(result);
    });
    loop_.advance_by(60'000);
    EXPECT_TRUE(answer);
    return answer ? *std::move(answer) : ApiError("NoAnswer", "");
  }
  ApiResult<json::Value> call(const std::string& service, const std::string& operation,
                              std::string_view input) {
    return call({.service = service, .operation = operation, .input = parse(input)});
  }
  std::string header(const std::string& name, size_t index = 0) const {
    return std::string(server_.sent.at(index).request.headers.get(name));
  }

  VirtualLoop loop_;
  PlayedServer server_;
  Places places_;
  Keys keys_;
  uint64_t entropy_ = 0;
  RemoteCaller caller_{{.models = installed_models(),
                        .loop = loop_,
                        .transport = server_,
                        .endpoints = places_,
                        .credentials = keys_,
                        .entropy = [this] { return ++entropy_; }}};
};

/// The played server is one of ours: it checks the signature, decodes what came and encodes what
/// goes back.
TEST_F(RemoteCallerTest, SpeaksEveryProtocolAndSigns) {
  struct Case {
    const char* service;
    const char* operation;
    const char* input;
    const char* output;
  };
  for (
      const Case& c : {
          Case{"sqs", "SendMessage", R"({"QueueUrl":"http://q","MessageBody":"hä"})",
               R"({"MD5OfMessageBody":"d","MessageId":"m"})"},
          Case{"logs", "CreateLogGroup", R"({"logGroupName":"/a b"})", "{}"},
          Case{"lambda", "Invoke", R"({"FunctionName":"a:1/ü","Payload":"e30="})",
               R"({"StatusCode":200,"FunctionError":"Unhandled","Payload":"e30="})"},
          Case{
              "s3", "PutObject",
              R"({"Bucket":"b","Key":"a/../b//ü +?","Body":"AAEC","ContentType":"t","Metadata":{"k":"v"}})",
              R"({"ETag":"\"e\""})"},
          Case{"s3", "ListObjectsV2", R"({"Bucket":"b","Prefix":"x y","MaxKeys":3})",
               R"({"IsTruncated":false,"Contents":[{"Key":"k","Size":5}]})"},
          Case{"sns", "Publish", R"({"TopicArn":"t","Message":"a&b=c"})", R"({"MessageId":"m"})"},
          Case{"ec2", "DescribeInstances", R"({"InstanceIds":["i-1","i-2"]})",
               R"({"NextToken":"n"})"},
          Case{"dynamodb", "GetItem", R"({"TableName":"t","Key":{"k":{"B":"AA=="}}})",
               R"({"Item":{"k":{"N":"1"}}})"},
      }) {
    SCOPED_TRACE(std::string(c.service) + ":" + c.operation);
    const ServiceModel& model = *installed_model(c.service);
    const OperationModel& operation = *model.find_operation(c.operation);
    const ProtocolCodec& wire = codec(model.metadata().protocol);
    server_.plays.clear();
    server_.sent.clear();
    server_.plays.push_back([&](const PlayedServer::Sent& sent) -> base::Result<HttpResponse> {
      VerifyOptions options;
      options.now = loop_.now();
      options.protocol = model.metadata().protocol;
      options.signing_name = model.metadata().signing_name;
      const auto verified = verify_request(
          sent.request, [](std::string_view, std::string_view) { return "secret"; }, options);
      EXPECT_TRUE(verified) << verified.error().code << verified.error().message.value_or("");
      if (verified) {
        EXPECT_EQ(verified->scope.region, "eu-west-1");
      }
      const auto input = wire.decode_request(operation, sent.request);
      EXPECT_TRUE(input);
      if (input) {
        json::Value expected = parse(c.input);
        for (const char* streamed : {"Payload", "Body"}) {
          const Member* payload = operation.input->payload;
          const bool streams =
              payload != nullptr && payload->name == streamed && input->find(streamed) == nullptr;
          if (streams) expected = expected.without_member(streamed);
        }
        EXPECT_EQ(*input, expected) << json::write(*input);
      }
      HttpResponse response = wire.encode_response(operation, parse(c.output), {"id"});
      if (operation.output != nullptr && operation.output->payload != nullptr &&
          response.body.empty()) {
        response.body = "{}";
      }
      return response;
    });
    const auto output = call({.service = c.service,
                              .operation = c.operation,
                              .input = parse(c.input),
                              .region = "eu-west-1"});
    ASSERT_TRUE(output) << output.error().code << output.error().message.value_or("");
    EXPECT_EQ(*output, parse(c.output)) << json::write(*output);
    EXPECT_EQ(server_.sent.size(), 1U);
    EXPECT_EQ("https://" + header("Host"), server_.sent[0].url);
    EXPECT_EQ(server_.sent[0].url, aws_endpoint_url(model, "eu-west-1"));
  }
}

TEST_F(RemoteCallerTest, S3HasItsOwnRules) {
  places_.urls["s3"] = "https://minio.local:9000";
  server_.answer(200, "<DeleteResult/>");
  ASSERT_TRUE(call("s3", "DeleteObjects", R"({"Bucket":"b","Delete":{"Objects":[{"Key":"k"}]}})"));
  const HttpRequest& sent = server_.sent[0].request;
  EXPECT_EQ(server_.sent[0].url, "https://minio.local:9000");
  EXPECT_EQ(header("Host"), "minio.local:9000");
  EXPECT_EQ(header("X-Amz-Content-Sha256"), sha256_hex(sent.body));
  EXPECT_EQ(header("Content-MD5"),
            base::base64_encode(base::digest(base::DigestAlgorithm::Md5, sent.body)));
  EXPECT_EQ(sent.path, "/b");
}

TEST_F(RemoteCallerTest, WhatIsThrottledOrFailsIsTriedThrice) {
  server_.answer(400, R"({"__type":"ThrottlingException","message":"slow"})");
  server_.answer(503, "");
  server_.answer(200, "{}");
  const base::Timestamp began = loop_.now();
  std::vector<int64_t> times;
  for (auto& play : server_.plays) {
    play = [&, inner = play](const PlayedServer::Sent& sent) {
      times.push_back(loop_.now().ms - began.ms);
      return inner(sent);
    };
  }
  EXPECT_TRUE(call("logs", "ListTagsLogGroup", R"({"logGroupName":"g"})"));
  ASSERT_EQ(times.size(), 3U);
  EXPECT_GT(times[1], 0);
  EXPECT_LT(times[1], 2'000);
  EXPECT_LT(times[2] - times[1], 4'000);
  // Each attempt has its own date and signature.
  EXPECT_NE(header("Authorization", 0), header("Authorization", 2));
}

TEST_F(RemoteCallerTest, GivesUpAfterThreeAttempts) {
  server_.answer(500, R"({"__type":"InternalFailure"})", {{"x-amzn-RequestId", "r-1"}});
  auto failed = call("logs", "ListTagsLogGroup", R"({"logGroupName":"g"})");
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().code, "InternalFailure");
  EXPECT_EQ(failed.error().status, 500);
  EXPECT_EQ(failed.error().members.find("RequestId")->as_string(), "r-1");
  EXPECT_EQ(server_.sent.size(), 3U);
  server_.plays.clear();
  server_.fail("Connection refused");
  failed = call("logs", "ListTagsLogGroup", R"({"logGroupName":"g"})");
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().code, "SdkClientException");
  EXPECT_EQ(failed.error().message, "Connection refused");
  EXPECT_EQ(failed.error().status, 0);
  EXPECT_EQ(server_.sent.size(), 6U);
}

TEST_F(RemoteCallerTest, TheSendersFaultsAreAnswersAtOnce) {
  server_.answer(404,
                 "<?xml version=\"1.0\"?><ErrorResponse><Error><Type>Sender</Type><Code>NotFound"
                 "</Code><Message>No topic</Message></Error><RequestId>r-2</RequestId>"
                 "</ErrorResponse>");
  const auto failed = call("sns", "GetTopicAttributes", R"({"TopicArn":"t"})");
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().code, "NotFound");
  EXPECT_EQ(failed.error().message, "No topic");
  EXPECT_EQ(failed.error().status, 404);
  EXPECT_EQ(failed.error().members.find("RequestId")->as_string(), "r-2");
  EXPECT_EQ(server_.sent.size(), 1U);
}

TEST_F(RemoteCallerTest, AServiceThatAlwaysFailsIsSparedRetries) {
  server_.answer(503, "");
  for (int i = 0; i < 60; ++i) EXPECT_FALSE(call("sqs", "ListQueues", "{}"));
  // 500 tokens pay for 100 retries.
  EXPECT_EQ(server_.sent.size(), 160U);
}

TEST_F(RemoteCallerTest, TokensAreDrawnOnceForAllAttempts) {
  server_.answer(503, "");
  server_.answer(200, R"({"executionId":"e"})");
  // StartQueryExecution has a ClientRequestToken.
  server_.plays.back() = [](const PlayedServer::Sent&) {
    return HttpResponse{200, {}, R"({"QueryExecutionId":"q"})"};
  };
  ASSERT_TRUE(call("athena", "StartQueryExecution", R"({"QueryString":"select 1"})"));
  ASSERT_EQ(server_.sent.size(), 2U);
  const json::Value first = parse(server_.sent[0].request.body);
  ASSERT_NE(first.find("ClientRequestToken"), nullptr);
  EXPECT_EQ(first.find("ClientRequestToken")->as_string().size(), 36U);
  EXPECT_EQ(server_.sent[0].request.body, server_.sent[1].request.body);
  ASSERT_TRUE(call({.service = "athena",
                    .operation = "StartQueryExecution",
                    .input = parse(R"({"QueryString":"select 1"})"),
                    .idempotency_token = "task-1"}));
  const json::Value given = parse(server_.sent[2].request.body);
  EXPECT_EQ(given.find("ClientRequestToken")->as_string(), "task-1");
}

TEST_F(RemoteCallerTest, HostsOfAwsHaveTheirPrefixes) {
  server_.answer(200, R"({"executionArn":"e","startDate":1,"stopDate":1,"status":"SUCCEEDED"})");
  ASSERT_TRUE(call("stepfunctions", "StartSyncExecution", R"({"stateMachineArn":"m"})"));
  EXPECT_EQ(server_.sent[0].url, "https://sync-states.us-east-1.amazonaws.com");
  EXPECT_EQ(header("Host"), "sync-states.us-east-1.amazonaws.com");
  places_.urls["stepfunctions"] = "http://127.0.0.1:80";
  ASSERT_TRUE(call("stepfunctions", "StartSyncExecution", R"({"stateMachineArn":"m"})"));
  EXPECT_EQ(server_.sent[1].url, "http://127.0.0.1:80");
  EXPECT_EQ(header("Host", 1), "127.0.0.1");
}

TEST_F(RemoteCallerTest, GlobalServicesAreSignedForTheirRegion) {
  server_.answer(200, "<ListRolesResponse><ListRolesResult/></ListRolesResponse>");
  ASSERT_TRUE(call({.service = "iam", .operation = "ListRoles", .region = "eu-west-1"}));
  EXPECT_EQ(server_.sent[0].url, "https://iam.amazonaws.com");
  EXPECT_NE(header("Authorization").find("/us-east-1/iam/aws4_request"), std::string::npos);
}

constexpr const char* kAssumed =
    "<AssumeRoleResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><AssumeRoleResult>"
    "<Credentials><AccessKeyId>ASIA</AccessKeyId><SecretAccessKey>s2</SecretAccessKey>"
    "<SessionToken>token</SessionToken><Expiration>2023-11-14T23:13:20Z</Expiration>"
    "</Credentials></AssumeRoleResult></AssumeRoleResponse>";

TEST_F(RemoteCallerTest, ARoleIsAssumedOnceWhileItLasts) {
  server_.plays.push_back([](const PlayedServer::Sent& sent) {
    const bool is_sts = sent.url.find("sts.") != std::string::npos;
    return HttpResponse{200, {}, is_sts ? kAssumed : "{}"};
  });
  const Call as_role{.service = "logs",
                     .operation = "ListTagsLogGroup",
                     .input = parse(R"({"logGroupName":"g"})"),
                     .role_arn = "arn:aws:iam::1:role/r"};
  int answers = 0;
  for (int i = 0; i < 3; ++i) {
    caller_.call(as_role, [&](const ApiResult<json::Value>& result) { answers += bool(result); });
  }
  loop_.run();
  EXPECT_EQ(answers, 3);
  ASSERT_EQ(server_.sent.size(), 4U);
  EXPECT_EQ(server_.sent[0].url, "https://sts.us-east-1.amazonaws.com");
  EXPECT_NE(server_.sent[0].request.body.find("RoleArn=arn%3Aaws%3Aiam%3A%3A1%3Arole%2Fr"),
            std::string::npos);
  EXPECT_NE(header("Authorization", 1).find("Credential=ASIA/"), std::string::npos);
  EXPECT_EQ(header("X-Amz-Security-Token", 1), "token");
  // It is good for an hour from the loop's first moment; five minutes before its end it is renewed.
  loop_.advance_by(54 * 60'000);
  ASSERT_TRUE(call(as_role));
  EXPECT_EQ(server_.sent.size(), 5U);
  loop_.advance_by(60'000);
  ASSERT_TRUE(call(as_role));
  EXPECT_EQ(server_.sent.size(), 7U);
}

TEST_F(RemoteCallerTest, ARoleThatMayNotBeAssumedIsAnAnswer) {
  server_.answer(403,
                 "<ErrorResponse><Error><Code>AccessDenied</Code><Message>not you</Message>"
                 "</Error></ErrorResponse>");
  Call as_role{.service = "logs", .operation = "ListTagsLogGroup", .role_arn = "r"};
  as_role.input = parse(R"({"logGroupName":"g"})");
  const auto refused = call(as_role);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, "AccessDenied");
  EXPECT_EQ(server_.sent.size(), 1U);
  places_.is_aws = false;
  places_.urls["logs"] = "http://logs.local";
  const auto nobody = call(as_role);
  ASSERT_FALSE(nobody);
  EXPECT_NE(nobody.error().message->find("--endpoint sts=URL"), std::string::npos);
}

TEST_F(RemoteCallerTest, RefusesWhatItCannotSend) {
  server_.answer(200, "{}");
  EXPECT_EQ(call("nonesuch", "Do", "{}").error().status, 501);
  EXPECT_EQ(call("sqs", "Fly", "{}").error().status, 501);
  EXPECT_EQ(call("s3", "GetObject", R"({"Bucket":"b"})").error().code, "SdkClientException");
  keys_.has = false;
  EXPECT_EQ(call("sqs", "ListQueues", "{}").error().message, "No keys.");
  places_.is_aws = false;
  EXPECT_EQ(call("sqs", "ListQueues", "{}").error().message,
            "Service sqs has no endpoint elsewhere.");
  EXPECT_TRUE(server_.sent.empty());
}

}  // namespace
}  // namespace pawl::aws
