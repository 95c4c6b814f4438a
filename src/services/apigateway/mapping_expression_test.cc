// SPDX-License-Identifier: Apache-2.0
#include "services/apigateway/mapping_expression.h"

#include <gtest/gtest.h>

#include "services/apigateway/gateway_fixture_for_test.h"

namespace pawl::apigateway {
namespace {

std::string value(std::string_view text, ExampleExchange& example,
                  const aws::HttpResponse* response = nullptr) {
  const auto made = MappingExpression::parse(text);
  if (!made) return "refused";
  return made->evaluate(example.exchange, response).value_or("nothing");
}

std::string rest_value(std::string_view text, ExampleExchange& example) {
  const auto made = MappingExpression::parse_rest(text);
  return made ? made->evaluate(example.exchange).value_or("nothing") : "refused";
}

TEST(MappingExpression, OfHttpApis) {
  ExampleExchange example;
  example.http.body = R"({"a":{"b":[1,"two",{"c d":true}]},"n":null})";
  EXPECT_EQ(value("$request.header.x-A", example), "1,2");
  EXPECT_EQ(value("$request.querystring.x", example), "1,2");
  EXPECT_EQ(value("$request.querystring.y", example), "");
  EXPECT_EQ(value("$request.querystring.z", example), "nothing");
  EXPECT_EQ(value("$request.path", example), "/pets/a%20b");
  EXPECT_EQ(value("$request.path.id", example), "a b");
  EXPECT_EQ(value("$request.body", example), example.http.body);
  EXPECT_EQ(value("$request.body.a.b[1]", example), "two");
  EXPECT_EQ(value("$request.body.a.b[2]['c d']", example), "true");
  EXPECT_EQ(value("$request.body.n", example), "null");
  EXPECT_EQ(value("$request.body.a.b[9]", example), "nothing");
  EXPECT_EQ(value("$context.routeKey", example), "GET /pets/{id}");
  EXPECT_EQ(value("$context.nothing", example), "nothing");
  EXPECT_EQ(value("$stageVariables.colour", example), "red");
  EXPECT_EQ(value("text $request.path", example), "text $request.path");
  EXPECT_EQ(value("a-${stageVariables.colour}-${context.stage}-${request.header.none}", example),
            "a-red-prod-");
  example.http.body = "no json";
  EXPECT_EQ(value("$request.body.a", example), "nothing");
  EXPECT_EQ(value("$request.body", example), "no json");
}

TEST(MappingExpression, OfResponses) {
  ExampleExchange example;
  const aws::HttpResponse response{200, {{"X-B", "b"}}, R"({"k":1.50})"};
  EXPECT_EQ(value("$response.header.x-b", example, &response), "b");
  EXPECT_EQ(value("$response.body.k", example, &response), "1.50");
  EXPECT_EQ(value("$response.body.k", example), "nothing");
}

TEST(MappingExpression, OfRestApis) {
  ExampleExchange example;
  EXPECT_EQ(rest_value("method.request.header.X-A", example), "1,2");
  EXPECT_EQ(rest_value("method.request.path.id", example), "a b");
  EXPECT_EQ(rest_value("'it''s'", example), "it''s");
  EXPECT_EQ(rest_value("context.stage", example), "prod");
  EXPECT_EQ(rest_value("stageVariables.colour", example), "red");
  for (const char* text : {"", "'", "method.request.header.", "method.request.cookie.a", "text",
                           "integration.response.bodyx", "$request.header.a"}) {
    EXPECT_EQ(rest_value(text, example), "refused") << text;
  }
}

TEST(MappingExpression, WhatIsNoneIsRefused) {
  ExampleExchange example;
  for (const char* text : {"$request", "$request.header.", "$request.headers.a", "$body",
                           "$request.body[", "$request.body[a]", "$request.body..a",
                           "$request.body['a", "${request.path", "${}", "$request.header.a b"}) {
    EXPECT_EQ(value(text, example), "refused") << text;
  }
  EXPECT_EQ(MappingExpression::parse("$request.nothing").error().message,
            "Invalid mapping expression specified: Validation Result: warnings : [], errors : "
            "[Invalid mapping expression parameter specified: $request.nothing]");
}

}  // namespace
}  // namespace pawl::apigateway
