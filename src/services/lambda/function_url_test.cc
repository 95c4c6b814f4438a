// SPDX-License-Identifier: Apache-2.0
#include "services/lambda/function_url.h"

#include <gtest/gtest.h>

#include "json/parse.h"
#include "json/write.h"

namespace pawl::lambda {
namespace {

using json::Value;

aws::HttpRequest request_for(const std::string& host, const std::string& path) {
  aws::HttpRequest request;
  request.method = "POST";
  request.path = path;
  request.headers.set("Host", host);
  return request;
}

TEST(FunctionUrl, NamesBelowAHostThatCanHaveThemAndPathsElsewhere) {
  EXPECT_EQ(function_url("abc", "eu-west-1", "pawl.test:4566"),
            "http://abc.lambda-url.eu-west-1.pawl.test:4566/");
  for (const char* host : {"127.0.0.1:4566", "localhost:80", "[::1]:4566", "10.0.0.1"}) {
    EXPECT_EQ(function_url("abc", "eu-west-1", host),
              "http://" + std::string(host) + "/_pawl/lambda-url/abc/");
  }
}

TEST(FunctionUrl, BothFormsMeanTheSame) {
  const auto by_host = url_target(request_for("abc.lambda-url.eu-west-1.pawl.test:1", "/x/y"));
  ASSERT_TRUE(by_host);
  EXPECT_EQ(by_host->id, "abc");
  EXPECT_EQ(by_host->path, "/x/y");
  const auto by_path = url_target(request_for("127.0.0.1", "/_pawl/lambda-url/abc/x/y"));
  ASSERT_TRUE(by_path);
  EXPECT_EQ(by_path->id, "abc");
  EXPECT_EQ(by_path->path, "/x/y");
  EXPECT_EQ(url_target(request_for("127.0.0.1", "/_pawl/lambda-url/abc"))->path, "/");
  EXPECT_FALSE(url_target(request_for("lambda.eu-west-1.amazonaws.com", "/")));
  EXPECT_FALSE(url_target(request_for("a.b.lambda-url.x.test", "/")));
}

TEST(FunctionUrl, ARequestIsAnEventOfFormat2) {
  aws::HttpRequest request = request_for("abc.lambda-url.eu-west-1.pawl.test", "/a%20b");
  request.query = "q=1&q=2&r=%26";
  request.headers.add("X-Twice", "one");
  request.headers.add("x-twice", "two");
  request.headers.add("Cookie", "c=1; d=2");
  request.headers.set("Content-Type", "text/plain");
  request.body = "text";
  const auto event =
      json::parse(url_event(request, *url_target(request), "id", {1'583'348'638'390}));
  ASSERT_TRUE(event);
  EXPECT_EQ(event->find("rawPath")->as_string(), "/a b");
  EXPECT_EQ(json::write(*event->find("queryStringParameters")), R"({"q":"1,2","r":"&"})");
  EXPECT_EQ(json::write(*event->find("cookies")), R"(["c=1","d=2"])");
  EXPECT_EQ(event->find("headers")->find("x-twice")->as_string(), "one,two");
  EXPECT_EQ(event->find("headers")->find("cookie"), nullptr);
  EXPECT_EQ(event->find("body")->as_string(), "text");
  EXPECT_EQ(event->find("requestContext")->find("time")->as_string(), "04/Mar/2020:19:03:58 +0000");
  request.headers.set("Content-Type", "image/png");
  const auto binary = json::parse(url_event(request, *url_target(request), "id", {0}));
  EXPECT_EQ(binary->find("body")->as_string(), "dGV4dA==");
  EXPECT_TRUE(binary->find("isBase64Encoded")->as_boolean());
}

TEST(FunctionUrl, AResultIsAnAnswer) {
  const aws::HttpResponse made = url_response(
      R"({"statusCode":201,"headers":{"x-a":"b"},"cookies":["c=1"],"body":"aGk=","isBase64Encoded":true})",
      "application/json");
  EXPECT_EQ(made.status, 201);
  EXPECT_EQ(made.body, "hi");
  EXPECT_EQ(made.headers.get("x-a"), "b");
  EXPECT_EQ(made.headers.get("Set-Cookie"), "c=1");
  EXPECT_EQ(url_response(R"("text")", "application/json").body, "text");
  EXPECT_EQ(url_response(R"({"a":1})", "").body, R"({"a":1})");
  EXPECT_EQ(url_response(R"({"statusCode":"no number"})", "").status, 502);
  EXPECT_EQ(url_response(R"({"statusCode":200,"body":"?","isBase64Encoded":true})", "").status,
            502);
  const aws::HttpResponse streamed =
      url_response(R"({"statusCode":418,"headers":{"x":"y"}})" + std::string(8, '\0') + "tea",
                   "application/vnd.awslambda.http-integration-response");
  EXPECT_EQ(streamed.status, 418);
  EXPECT_EQ(streamed.body, "tea");
}

TEST(FunctionUrl, Cors) {
  const Value cors = *json::parse(
      R"({"AllowOrigins":["https://a.test"],"AllowMethods":["GET","POST"],"MaxAge":60,)"
      R"("AllowCredentials":true,"ExposeHeaders":["x-e"]})");
  aws::HttpRequest request = request_for("h", "/");
  aws::HttpResponse response;
  EXPECT_FALSE(apply_cors(cors, request, response));
  EXPECT_TRUE(response.headers.empty());
  request.headers.set("Origin", "https://b.test");
  EXPECT_FALSE(apply_cors(cors, request, response));
  EXPECT_TRUE(response.headers.empty());
  request.headers.set("Origin", "https://a.test");
  EXPECT_FALSE(apply_cors(cors, request, response));
  EXPECT_EQ(response.headers.get("Access-Control-Allow-Origin"), "https://a.test");
  EXPECT_EQ(response.headers.get("Access-Control-Expose-Headers"), "x-e");
  request.method = "OPTIONS";
  request.headers.set("Access-Control-Request-Method", "POST");
  EXPECT_TRUE(apply_cors(cors, request, response));
  EXPECT_EQ(response.headers.get("Access-Control-Allow-Methods"), "GET,POST");
  EXPECT_EQ(response.headers.get("Access-Control-Max-Age"), "60");
}

}  // namespace
}  // namespace pawl::lambda
