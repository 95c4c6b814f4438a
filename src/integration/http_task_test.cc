// SPDX-License-Identifier: Apache-2.0
#include "integration/http_task.h"

#include "integration/http_exchange.h"
#include "integration/service_fixture_for_test.h"

namespace pawl::integration {
namespace {

constexpr const char* kConnectionArn =
    "arn:aws:events:eu-west-1:000000000000:connection/c/11111111-2222-3333-4444-555555555555";

std::string invocation(const std::string& more) {
  return R"({"ApiEndpoint":"https://api.example.com/pets?page=1","Method":"POST",)"
         R"("Authentication":{"ConnectionArn":")" +
         std::string(kConnectionArn) + R"("})" + (more.empty() ? "" : "," + more) + "}";
}

class HttpTaskTest : public ServiceFixture {
 protected:
  HttpTaskTest() {
    transport_.answer = [](const PlayedTransport::Sent&) {
      aws::HttpResponse response;
      response.headers.add("Content-Type", "application/json");
      response.body = R"({"id":7})";
      return base::Result<aws::HttpResponse>(response);
    };
  }

  void connect(const std::string& description, const std::string& secret) {
    answer("DescribeConnection", description);
    json::ObjectBuilder out;
    out.set("SecretString", json::Value(secret));
    answer("GetSecretValue", json::write(std::move(out).build()));
  }
  void connect_with_key() {
    connect(R"({"AuthorizationType":"API_KEY","SecretArn":"s",)"
            R"("AuthParameters":{"ApiKeyAuthParameters":{"ApiKeyName":"x-api-key"}}})",
            R"({"api_key_name":"x-api-key","api_key_value":"k"})");
  }
  const PlayedTransport::Sent& sent(size_t index = 0) const { return transport_.sent.at(index); }
};

TEST_F(HttpTaskTest, SendsTheRequestWithTheConnectionsKey) {
  connect_with_key();
  call("http:invoke",
       invocation(R"("RequestBody":{"name":"rex"},"QueryParameters":{"a":["b","c"]})"));
  EXPECT_EQ(input(0), R"({"Name":"c"})");
  EXPECT_EQ(caller_.calls[0].region, "eu-west-1");
  EXPECT_EQ(input(1), R"({"SecretId":"s"})");
  EXPECT_EQ(sent().origin, "https://api.example.com");
  EXPECT_EQ(sent().request.path, "/pets");
  EXPECT_EQ(sent().request.query, "page=1&a=b&a=c");
  EXPECT_EQ(sent().request.body, R"({"name":"rex"})");
  EXPECT_EQ(sent().request.headers.get("x-api-key"), "k");
  EXPECT_EQ(sent().request.headers.get("content-type"), "application/json");
  EXPECT_EQ(sent().request.headers.get("user-agent"), "Amazon|StepFunctions|HttpInvoke|us-east-1");
  EXPECT_EQ(sent().request.headers.get("range"), "bytes=0-262144");
  EXPECT_EQ(json::write(output()),
            R"({"Headers":{"content-type":["application/json"]},"ResponseBody":{"id":7},)"
            R"("StatusCode":200,"StatusText":"OK"})");
}

TEST_F(HttpTaskTest, BasicAuthorizationAndTheConnectionsParameters) {
  connect(R"({"AuthorizationType":"BASIC","SecretArn":"s","AuthParameters":{)"
          R"("BasicAuthParameters":{"Username":"u"},"InvocationHttpParameters":{)"
          R"("HeaderParameters":[{"Key":"x-tenant","Value":"t"}],)"
          R"("QueryStringParameters":[{"Key":"q","Value":"1"}],)"
          R"("BodyParameters":[{"Key":"secret","IsValueSecret":true}]}}})",
          R"({"username":"u","password":"p","invocation_http_parameters":{)"
          R"("body_parameters":[{"key":"secret","value":"hidden","is_value_secret":true}]}})");
  call("http:invoke",
       invocation(R"("RequestBody":{"secret":"no","a":1},"Headers":{"x-tenant":"other"})"));
  EXPECT_EQ(sent().request.headers.get("authorization"), "Basic dTpw");
  EXPECT_EQ(sent().request.headers.get("x-tenant"), "t");
  EXPECT_EQ(sent().request.query, "page=1&q=1");
  EXPECT_EQ(sent().request.body, R"({"secret":"hidden","a":1})");
}

TEST_F(HttpTaskTest, ATokenIsFetchedFirst) {
  connect(R"({"AuthorizationType":"OAUTH_CLIENT_CREDENTIALS","SecretArn":"s","AuthParameters":{)"
          R"("OAuthParameters":{"AuthorizationEndpoint":"https://login.example.com/token",)"
          R"("HttpMethod":"POST","ClientParameters":{"ClientID":"id"},"OAuthHttpParameters":{)"
          R"("BodyParameters":[{"Key":"scope","Value":"all"}]}}}})",
          R"({"client_id":"id","client_secret":"cs"})");
  transport_.answer = [](const PlayedTransport::Sent& sent) {
    aws::HttpResponse response;
    if (sent.origin == "https://login.example.com") response.body = R"({"access_token":"tok"})";
    return base::Result<aws::HttpResponse>(response);
  };
  call("http:invoke", invocation(""));
  ASSERT_EQ(transport_.sent.size(), 2U);
  EXPECT_EQ(sent(0).request.path, "/token");
  EXPECT_EQ(sent(0).request.body,
            "scope=all&grant_type=client_credentials&client_id=id&client_secret=cs");
  EXPECT_EQ(sent(1).request.headers.get("authorization"), "Bearer tok");
  EXPECT_EQ(sent(1).request.body, "");
}

TEST_F(HttpTaskTest, NoTokenIsTheConnectionsError) {
  connect(R"({"AuthorizationType":"OAUTH_CLIENT_CREDENTIALS","SecretArn":"s","AuthParameters":{)"
          R"("OAuthParameters":{"AuthorizationEndpoint":"https://login.example.com/token"}}})",
          R"({"client_id":"id","client_secret":"cs"})");
  transport_.answer = [](const PlayedTransport::Sent&) {
    aws::HttpResponse response;
    response.status = 401;
    return base::Result<aws::HttpResponse>(response);
  };
  call("http:invoke", invocation(""));
  EXPECT_EQ(error(), "Events.ConnectionResource.InvalidConnectionState");
  EXPECT_EQ(transport_.sent.size(), 1U);
}

TEST_F(HttpTaskTest, TestStateSeesTheExchangeWithoutWhatTheConnectionAdds) {
  connect_with_key();
  for (const bool with_secrets : {false, true}) {
    engine::TaskRequest request = task("http:invoke", invocation(R"("RequestBody":"text")"));
    request.http_trace = std::make_shared<engine::HttpTrace>(with_secrets);
    const auto trace = request.http_trace;
    run(std::move(request));
    const auto [sent, received] = trace->texts();
    EXPECT_EQ(sent,
              R"({"protocol":"https","method":"POST","url":"https://api.example.com/pets?page=1",)"
              R"("headers":"[Content-Type: application/json, User-Agent: )"
              R"(Amazon|StepFunctions|HttpInvoke|us-east-1, Range: bytes=0-262144)" +
                  std::string(with_secrets ? ", x-api-key: k" : "") + R"(]","body":"text"})");
    EXPECT_EQ(received, R"({"protocol":"https","statusCode":"200","statusMessage":"OK",)"
                        R"("headers":"[Content-Type: application/json]","body":"{\"id\":7}"})");
  }
}

TEST_F(HttpTaskTest, UrlEncodedBodies) {
  connect_with_key();
  call("http:invoke", invocation(R"("RequestBody":{"a":["x y","z"],"b":{"c":true}},"Transform":{)"
                                 R"("RequestBodyEncoding":"URL_ENCODED",)"
                                 R"("RequestEncodingOptions":{"ArrayFormat":"BRACKETS"}})"));
  EXPECT_EQ(sent().request.body, "a%5B%5D=x%20y&a%5B%5D=z&b%5Bc%5D=true");
  EXPECT_EQ(sent().request.headers.get("content-type"),
            "application/x-www-form-urlencoded;charset=utf-8");
}

TEST_F(HttpTaskTest, StatusesAndSocketsAreErrors) {
  connect_with_key();
  transport_.answer = [](const PlayedTransport::Sent&) {
    aws::HttpResponse response;
    response.status = 404;
    response.body = "nothing here";
    return base::Result<aws::HttpResponse>(response);
  };
  call("http:invoke", invocation(""));
  EXPECT_EQ(error(), "States.Http.StatusCode.404");
  EXPECT_EQ(
      cause(),
      R"({"Headers":{},"ResponseBody":"nothing here","StatusCode":404,"StatusText":"Not Found"})");
  transport_.answer = [](const PlayedTransport::Sent&) {
    return base::Result<aws::HttpResponse>(base::Error(base::ErrorKind::Io, "timed out"));
  };
  call("http:invoke", invocation(""));
  EXPECT_EQ(error(), "States.Http.Socket");
}

TEST_F(HttpTaskTest, WhatIsNoRequestIsNotSent) {
  connect_with_key();
  const std::pair<std::string, std::string> mistakes[] = {
      {invocation(R"("Headers":{"X-Amz-Date":"x"})"),
       "[The header 'X-Amz-Date' is not supported by Step Functions]"},
      {invocation(R"("Headers":{"Host":"x"})"),
       "[The header 'Host' is not supported by Step Functions]"},
      {invocation(R"("Headers":{"x":"a\r\nHost: b"})"),
       "[The value of the field 'Headers' has an invalid format]"},
      {invocation(R"("QueryParameters":"?a=b")"),
       "[The value of the field 'QueryParameters' has an invalid format]"},
      {R"({"ApiEndpoint":"https://x","Method":"GET"})",
       "[The field 'Authentication' is required but was missing]"},
      {R"({"ApiEndpoint":"ftp://x","Method":"GET"})",
       "[The value of the field 'ApiEndpoint' has an invalid format]"},
      {R"({"Method":"GET"})", "[The field 'ApiEndpoint' is required but was missing]"},
  };
  for (const auto& [parameters, mistake] : mistakes) {
    call("http:invoke", parameters);
    EXPECT_EQ(error(), "States.Runtime");
    EXPECT_TRUE(cause().ends_with(mistake)) << cause();
  }
  EXPECT_TRUE(transport_.sent.empty());
}

TEST_F(HttpTaskTest, AConnectionThatIsNotThereIsAnError) {
  refuse("DescribeConnection", aws::ApiError("ResourceNotFoundException", "No connection.", 400));
  call("http:invoke", invocation(""));
  EXPECT_EQ(error(), "Events.ConnectionResource.ResourceNotFoundException");
}

TEST_F(HttpTaskTest, ApiGatewayIsCalledByEndpointStageAndPath) {
  call("apigateway:invoke",
       R"({"ApiEndpoint":"id.execute-api.us-east-1.amazonaws.com","Method":"POST","Stage":"prod",)"
       R"("Path":"/pets","Headers":{"a":["b","c"]},"QueryParameters":{"q":["1"]},)"
       R"("RequestBody":{"n":1},"AuthType":"NO_AUTH"})");
  EXPECT_EQ(sent().origin, "https://id.execute-api.us-east-1.amazonaws.com");
  EXPECT_EQ(sent().request.path, "/prod/pets");
  EXPECT_EQ(sent().request.query, "q=1");
  EXPECT_EQ(sent().request.headers.get("a"), "b,c");
  EXPECT_EQ(sent().request.body, R"({"n":1})");
  EXPECT_EQ(json::write(output()),
            R"({"Headers":{"Content-Type":["application/json"]},"ResponseBody":{"id":7},)"
            R"("StatusCode":200,"StatusText":"OK"})");
}

TEST_F(HttpTaskTest, ApiGatewaysErrorsAreItsStatuses) {
  transport_.answer = [](const PlayedTransport::Sent&) {
    aws::HttpResponse response;
    response.status = 403;
    response.body = R"({"message":"Missing Authentication Token"})";
    return base::Result<aws::HttpResponse>(response);
  };
  call("apigateway:invoke", R"({"ApiEndpoint":"http://127.0.0.1:1","Method":"GET"})");
  EXPECT_EQ(sent().origin, "http://127.0.0.1:1");
  EXPECT_EQ(error(), "ApiGateway.403");
  EXPECT_EQ(cause(), R"({"message":"Missing Authentication Token"})");
}

TEST(EncodeForm, ListsInEveryFormat) {
  const json::Value object = json::parse(R"({"a":["x","y"]})").value();
  EXPECT_EQ(encode_form(object, ArrayFormat::Indices), "a%5B0%5D=x&a%5B1%5D=y");
  EXPECT_EQ(encode_form(object, ArrayFormat::Repeat), "a=x&a=y");
  EXPECT_EQ(encode_form(object, ArrayFormat::Commas), "a=x%2Cy");
  EXPECT_EQ(encode_form(object, ArrayFormat::Brackets), "a%5B%5D=x&a%5B%5D=y");
  EXPECT_EQ(encode_form(object, ArrayFormat::None), "a=%5B%22x%22%2C%22y%22%5D");
}

}  // namespace
}  // namespace pawl::integration
