// SPDX-License-Identifier: Apache-2.0
// Targets, routes, events, answers, logs: what needs no gateway.
#include <gtest/gtest.h>

#include "json/parse.h"
#include "services/apigateway/access_log.h"
#include "services/apigateway/authorizer_decision.h"
#include "services/apigateway/gateway_fixture_for_test.h"
#include "services/apigateway/openapi_source.h"
#include "services/apigateway/outgoing_calls.h"
#include "services/apigateway/proxy_event.h"
#include "services/apigateway/request_target.h"
#include "services/apigateway/route_pattern.h"
#include "services/apigateway/token_bucket.h"

namespace pawl::apigateway {
namespace {

std::string target(const std::string& host, const std::string& path) {
  aws::HttpRequest request;
  request.path = path;
  request.headers.set("Host", host);
  const auto found = request_target(request);
  return found ? found->api_id + " " + found->path + " " + found->domain_name : "none";
}

TEST(RequestTarget, ByHostAndByPath) {
  EXPECT_EQ(target("a1.execute-api.us-east-1.amazonaws.com", "/p/q"),
            "a1 /p/q a1.execute-api.us-east-1.amazonaws.com");
  EXPECT_EQ(target("a1.execute-api.eu-west-1.127.0.0.1.nip.io:80", "/"),
            "a1 / a1.execute-api.eu-west-1.127.0.0.1.nip.io");
  EXPECT_EQ(target("localhost:1", "/_pawl/api/a1"), "a1 / localhost");
  EXPECT_EQ(target("localhost", "/_pawl/api/a1/s/x"), "a1 /s/x localhost");
  EXPECT_EQ(target("localhost", "/_aws/execute-api/a1/s/x"), "a1 /s/x localhost");
  EXPECT_EQ(target("localhost", "/restapis/a1/s/_user_request_/x"), "a1 /s/x localhost");
  EXPECT_EQ(target("localhost", "/restapis/a1/resources"), "none");
  EXPECT_EQ(target("x.a1.execute-api.us-east-1.amazonaws.com", "/"), "none");
  EXPECT_EQ(target("execute-api.us-east-1.amazonaws.com", "/"), "none");
  EXPECT_EQ(target("bucket.s3.localhost", "/_pawl/apis"), "none");
}

TEST(RequestTarget, EndpointsThatWork) {
  EXPECT_EQ(api_endpoint("a", "us-east-1", "127.0.0.1:4566"), "http://127.0.0.1:4566/_pawl/api/a");
  EXPECT_EQ(api_endpoint("a", "us-east-1", "localhost:1"), "http://localhost:1/_pawl/api/a");
  EXPECT_EQ(api_endpoint("a", "eu-west-1", "pawl.example:80"),
            "http://a.execute-api.eu-west-1.pawl.example:80");
  EXPECT_EQ(api_endpoint("a", "eu-west-1", "apigateway.eu-west-1.amazonaws.com"),
            "https://a.execute-api.eu-west-1.amazonaws.com");
}

TEST(RoutePattern, MatchesAndRanks) {
  const auto match = [](std::string_view pattern, std::string_view path) {
    const auto made = RoutePattern::parse(pattern);
    if (!made) return std::string("refused");
    const auto found = made->match(path_segments(path));
    if (!found) return std::string("no");
    std::string text = "yes";
    for (const auto& [name, value] : *found) text += " " + name + "=" + value;
    return text;
  };
  EXPECT_EQ(match("/", "/"), "yes");
  EXPECT_EQ(match("/a/{b}/c", "/a/x%2Fy/c"), "yes b=x%2Fy");
  EXPECT_EQ(match("/a/{b}", "/a/"), "no");
  EXPECT_EQ(match("/{p+}", "/a/b/"), "yes p=a/b/");
  EXPECT_EQ(match("/{p+}", "/"), "no");
  EXPECT_EQ(match("/a b", "/a%20b"), "yes");
  for (const char* bad : {"", "a", "/{}", "/{a}{b}", "/x{a}", "/{a+}/b", "/{a}/{a}", "/{a b}"}) {
    EXPECT_EQ(match(bad, "/"), "refused") << bad;
  }
  EXPECT_GT(RoutePattern::parse("/a/b")->rank(), RoutePattern::parse("/a/{b}")->rank());
  EXPECT_GT(RoutePattern::parse("/{a}/b")->rank(), RoutePattern::parse("/a/{p+}")->rank());
  EXPECT_GT(RoutePattern::parse("/a/{p+}")->rank(), RoutePattern::parse("/{p+}")->rank());
}

TEST(ProxyEvent, Format2) {
  ExampleExchange example;
  const auto event = json::parse(event_2(example.exchange));
  ASSERT_TRUE(event);
  EXPECT_EQ(event->find("rawPath")->as_string(), "/prod/pets/a b");
  EXPECT_EQ(*event->find("cookies"), *json::parse(R"(["a=1","b=2"])"));
  EXPECT_EQ(*event->find("headers"), *json::parse(R"({"host":"api.example.org","x-a":"1,2"})"));
  EXPECT_EQ(*event->find("queryStringParameters"), *json::parse(R"({"x":"1,2","y":""})"));
  EXPECT_EQ(event->find("body"), nullptr);
  const json::Value& context = *event->find("requestContext");
  EXPECT_EQ(context.find("time")->as_string(), "14/Nov/2023:22:13:20 +0000");
  EXPECT_EQ(context.find("authorizer"), nullptr);
}

TEST(ProxyEvent, Format1HasNullForWhatIsNotThere) {
  ExampleExchange example;
  example.exchange.query.clear();
  example.exchange.path_parameters.clear();
  example.exchange.stage_variables.clear();
  const auto event = json::parse(event_1(example.exchange));
  ASSERT_TRUE(event);
  for (const char* member : {"queryStringParameters", "multiValueQueryStringParameters",
                             "pathParameters", "stageVariables", "body"}) {
    EXPECT_TRUE(event->find(member)->is_null()) << member;
  }
}

TEST(ProxyEvent, AnswersOfFunctions) {
  const auto cookie = response_2(R"({"statusCode":200,"cookies":["a","b"],"body":"x"})");
  ASSERT_TRUE(cookie);
  EXPECT_EQ(cookie->headers.get("content-type"), "text/plain;charset=UTF-8");
  EXPECT_EQ(response_2("\"text\"")->body, "text");
  EXPECT_EQ(response_2("[1]")->headers.get("content-type"), "application/json");
  EXPECT_EQ(response_2("{\"statusCode\":\"404\"}")->status, 404);
  EXPECT_FALSE(response_2("{\"statusCode\":99}"));
  EXPECT_FALSE(response_2("{\"statusCode\":200,\"headers\":[]}"));
  EXPECT_FALSE(response_2("nonsense"));
  EXPECT_FALSE(response_1("{\"body\":\"x\"}"));
  EXPECT_FALSE(response_1("\"x\""));
  EXPECT_FALSE(response_1(R"({"statusCode":200,"multiValueHeaders":{"a":"b"}})"));
  EXPECT_FALSE(response_1(R"({"statusCode":200,"headers":{"a\nb":"c"}})"));
}

TEST(AccessLog, LinesFromFormats) {
  ExampleExchange example;
  example.exchange.status = 200;
  EXPECT_EQ(access_log_line(R"({"s":"$context.status","p":"$context.path-x","n":"$context.none"}.)",
                            example.exchange),
            R"({"s":"200","p":"-","n":"-"}.)");
  EXPECT_EQ(access_log_line("$context.stage. $context. $5", example.exchange), "prod. - $5");
}

TEST(AuthorizerDecision, PoliciesAndWildcards) {
  const auto decide = [](const char* statements) {
    const auto decision = read_policy_decision(
        std::string(R"({"principalId":"p","policyDocument":{"Statement":)") + statements + "}}",
        "arn:x/s/GET/a");
    return decision && decision->is_allowed;
  };
  EXPECT_TRUE(decide(R"({"Effect":"Allow","Action":"execute-api:Invoke","Resource":"*"})"));
  EXPECT_TRUE(decide(R"([{"Effect":"Allow","Action":["*"],"Resource":["arn:x/*"]}])"));
  EXPECT_FALSE(decide(R"([{"Effect":"Allow","Action":"*","Resource":"*"},
                          {"Effect":"Deny","Action":"*","Resource":"arn:x/s/GET/a"}])"));
  EXPECT_FALSE(decide(R"([{"Effect":"Allow","Action":"s3:*","Resource":"*"}])"));
  EXPECT_FALSE(decide("[]"));
  EXPECT_FALSE(read_policy_decision("{}", "x"));
  EXPECT_FALSE(read_simple_decision(R"({"isAuthorized":"true"})"));
  EXPECT_TRUE(read_simple_decision(R"({"isAuthorized":true})")->is_allowed);
}

TEST(AuthorizerDecision, FunctionsOfUris) {
  EXPECT_EQ(function_of_uri("arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/"
                            "arn:aws:lambda:us-east-1:000000000000:function:${stageVariables.f}/"
                            "invocations",
                            {{"f", "x"}}),
            "arn:aws:lambda:us-east-1:000000000000:function:x");
  EXPECT_EQ(function_of_uri("arn:aws:lambda:us-east-1:000000000000:function:y", {}),
            "arn:aws:lambda:us-east-1:000000000000:function:y");
  EXPECT_EQ(function_of_uri("http://x", {}), "");
}

TEST(OutgoingCalls, UrlsAreTakenApart) {
  EXPECT_EQ(read_url("https://h:1/p?q=1#f")->origin, "https://h:1");
  EXPECT_EQ(read_url("https://h:1/p?q=1#f")->query, "q=1");
  EXPECT_EQ(read_url("http://h")->path, "/");
  for (const char* bad : {"h", "ftp://h", "http://", "http://u@h/", "http://h h/"}) {
    EXPECT_FALSE(read_url(bad)) << bad;
  }
}

TEST(TokenBuckets, FillsAgain) {
  TokenBuckets buckets;
  EXPECT_TRUE(buckets.take("a", 1, 2, {0}));
  EXPECT_TRUE(buckets.take("a", 1, 2, {0}));
  EXPECT_FALSE(buckets.take("a", 1, 2, {500}));
  EXPECT_TRUE(buckets.take("a", 1, 2, {1'500}));
  EXPECT_FALSE(buckets.take("none", 0, 0, {0}));
}

TEST(OpenApiSource, JsonAndYaml) {
  const auto yaml = read_openapi("a: 1\nb:\n  - 'true'\n  - true\n  - ~\n  - 1.0.0\n");
  ASSERT_TRUE(yaml);
  EXPECT_EQ(*yaml, *json::parse(R"({"a":1,"b":["true",true,null,"1.0.0"]})"));
  EXPECT_FALSE(read_openapi("{'key:value}"));
  EXPECT_FALSE(read_openapi("[1]"));
  std::string bomb = "a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n";
  for (int i = 1; i < 12; ++i) {
    const std::string before = "*a" + std::to_string(i - 1);
    bomb += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [";
    for (int k = 0; k < 10; ++k) bomb += (k > 0 ? "," : "") + before;
    bomb += "]\n";
  }
  EXPECT_FALSE(read_openapi(bomb));
}

}  // namespace
}  // namespace pawl::apigateway
