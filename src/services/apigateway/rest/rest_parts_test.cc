// SPDX-License-Identifier: Apache-2.0
// What REST APIs are made of, each by itself: patches, schemas, integration URIs, what templates
// see.
#include <gtest/gtest.h>

#include "aws/model/service_model.h"
#include "json/parse.h"
#include "json/write.h"
#include "services/apigateway/gateway_fixture_for_test.h"
#include "services/apigateway/rest/integration_action.h"
#include "services/apigateway/rest/json_schema.h"
#include "services/apigateway/rest/patch.h"
#include "services/apigateway/rest/template_input.h"

namespace pawl::apigateway {
namespace {

using json::Value;

const aws::ServiceModel& thing_model() {
  static const auto model = aws::ServiceModel::compile(
      "things", *json::parse(R"({"metadata":{"protocol":"rest-json"},"operations":{},"shapes":{
        "Thing":{"type":"structure","members":{"name":{"shape":"Text"},"count":{"shape":"Number"},
          "on":{"shape":"Flag"},"texts":{"shape":"Texts"},"map":{"shape":"Map"},
          "inner":{"shape":"Thing"}}},
        "Text":{"type":"string"},"Number":{"type":"integer"},"Flag":{"type":"boolean"},
        "Texts":{"type":"list","member":{"shape":"Text"}},
        "Map":{"type":"map","key":{"shape":"Text"},"value":{"shape":"Flag"}}}})"));
  return **model;
}

std::string patched(const char* record, const char* op, const char* path, const char* value) {
  const PatchOperation operation{op, path, value == nullptr ? "" : value, "", value != nullptr};
  const auto made =
      apply_patch(*json::parse(record), operation, *thing_model().find_shape("Thing"));
  return made ? json::write(*made) : made.error().code;
}

TEST(Patch, TakesTypesFromTheShape) {
  EXPECT_EQ(patched("{}", "replace", "/name", "1"), R"({"name":"1"})");
  EXPECT_EQ(patched("{}", "replace", "/count", "1"), R"({"count":1})");
  EXPECT_EQ(patched("{}", "replace", "/on", "TRUE"), R"({"on":true})");
  EXPECT_EQ(patched("{}", "add", "/map/a~1b~0c", "true"), R"({"map":{"a/b~c":true}})");
  EXPECT_EQ(patched("{}", "replace", "/inner/inner/count", "2"),
            R"({"inner":{"inner":{"count":2}}})");
  EXPECT_EQ(patched(R"({"name":"x","map":{"a":true}})", "remove", "/map/a", nullptr),
            R"({"name":"x","map":{}})");
  EXPECT_EQ(patched(R"({"name":"x"})", "remove", "/name", nullptr), "{}");
}

TEST(Patch, ListsOfTexts) {
  EXPECT_EQ(patched("{}", "add", "/texts/a~1b", nullptr), R"({"texts":["a/b"]})");
  EXPECT_EQ(patched("{}", "add", "/texts", "x"), R"({"texts":["x"]})");
  EXPECT_EQ(patched(R"({"texts":["a","b"]})", "replace", "/texts/a", "c"),
            R"({"texts":["c","b"]})");
  EXPECT_EQ(patched(R"({"texts":["a","b"]})", "replace", "/texts/1", "c"),
            R"({"texts":["a","c"]})");
  EXPECT_EQ(patched(R"({"texts":["a","b"]})", "remove", "/texts/a", nullptr), R"({"texts":["b"]})");
  EXPECT_EQ(patched(R"({"texts":["a","b"]})", "remove", "/texts", "b"), R"({"texts":["a"]})");
  EXPECT_EQ(patched(R"({"texts":["a"]})", "remove", "/texts", nullptr), "{}");
}

TEST(Patch, RefusesWhatIsNotThere) {
  for (const char* path : {"", "/", "/other", "/name/x", "/texts/a/b", "/inner", "/count"}) {
    EXPECT_EQ(patched("{}", "replace", path, "x"), "BadRequestException") << path;
  }
  EXPECT_EQ(patched("{}", "copy", "/name", "x"), "BadRequestException");
  EXPECT_EQ(patched("{}", "replace", "/on", "yes"), "BadRequestException");
  EXPECT_EQ(patched("{}", "replace", "/count", "1.5"), "BadRequestException");
}

bool fits(const char* schema, const char* body) {
  return matches_schema(schema, *json::parse(body), [](const std::string& name) {
    return name == "Pet"    ? std::optional<std::string>(R"({"type":"object","required":["n"]})")
           : name == "Loop" ? std::optional<std::string>(R"({"$ref":"https://x/models/Loop"})")
                            : std::nullopt;
  });
}

TEST(JsonSchema, Draft4) {
  EXPECT_TRUE(fits(R"({"type":["string","null"]})", "null"));
  EXPECT_FALSE(fits(R"({"type":"integer"})", "1.5"));
  EXPECT_TRUE(fits(R"({"type":"integer"})", "1.0"));
  EXPECT_FALSE(fits(R"({"minimum":1,"exclusiveMinimum":true})", "1"));
  EXPECT_FALSE(fits(R"({"maxLength":1})", "\"äö\""));
  EXPECT_TRUE(fits(R"({"maxLength":2,"pattern":"^ä"})", "\"äö\""));
  EXPECT_FALSE(fits(R"({"items":{"type":"number"},"maxItems":2})", "[1,\"2\"]"));
  EXPECT_FALSE(fits(R"({"uniqueItems":true})", "[1,2,1.0]"));
  EXPECT_FALSE(fits(R"({"enum":[1,"a"]})", "\"b\""));
  EXPECT_FALSE(fits(R"({"properties":{"a":{}},"additionalProperties":false})", R"({"b":1})"));
  EXPECT_TRUE(fits(R"({"patternProperties":{"^x":{"type":"string"}},"additionalProperties":false})",
                   R"({"x1":"a"})"));
  EXPECT_FALSE(fits(R"({"oneOf":[{"type":"number"},{"type":"integer"}]})", "1"));
  EXPECT_TRUE(fits(R"({"not":{"type":"number"}})", "\"1\""));
  EXPECT_FALSE(
      fits(R"({"items":{"$ref":"https://apigateway.amazonaws.com/restapis/a/models/Pet"}})",
           R"([{"n":1},{}])"));
  EXPECT_TRUE(fits(R"({"definitions":{"a":{"type":"string"}},"items":{"$ref":"#/definitions/a"}})",
                   R"(["x"])"));
  EXPECT_FALSE(fits(R"({"$ref":"https://x/models/Loop"})", "1"));
  EXPECT_FALSE(fits(R"({"$ref":"#"})", "1"));
  EXPECT_FALSE(fits(R"({"$ref":"#/none"})", "1"));
  EXPECT_FALSE(fits("no schema", "1"));
}

TEST(IntegrationAction, UrisAndCalls) {
  const auto uri =
      parse_integration_uri("arn:aws:apigateway:eu-west-1:states:action/StartExecution");
  ASSERT_TRUE(uri);
  EXPECT_EQ(uri->service + " " + uri->rest + " " + uri->region, "states StartExecution eu-west-1");
  EXPECT_EQ(parse_integration_uri("arn:aws:apigateway:r:sub.s3:path/b/{k}")->rest, "b/{k}");
  for (const char* bad : {"", "arn:aws:lambda:r:x:action/A", "arn:aws:apigateway:r:states:A",
                          "arn:aws:apigateway:r::action/A", "arn:aws:apigateway:r:sqs:path/"}) {
    EXPECT_FALSE(parse_integration_uri(bad)) << bad;
  }
  const Scope scope{"000000000000", "us-east-1"};
  aws::HttpRequest request;
  request.headers.set("Content-Type", "application/json");
  request.body = R"({"input":"{}"})";
  const auto call = integration_call(*uri, scope, request, "http://h");
  ASSERT_TRUE(call);
  EXPECT_EQ(call->service + " " + call->operation, "stepfunctions StartExecution");
  request.body = "[1]";
  EXPECT_EQ(integration_call(*uri, scope, request, "").error().code, "SerializationException");
  const auto queue = *parse_integration_uri("arn:aws:apigateway:r:sqs:path/000000000000/q");
  request.headers.set("Content-Type", "application/x-www-form-urlencoded");
  request.body = "Action=SendMessage&MessageBody=a%20b&DelaySeconds=3";
  const auto sent = integration_call(queue, scope, request, "http://h");
  ASSERT_TRUE(sent);
  EXPECT_EQ(sent->input,
            *json::parse(
                R"({"MessageBody":"a b","DelaySeconds":3,"QueueUrl":"http://h/000000000000/q"})"));
  request.body = "MessageBody=a";
  EXPECT_FALSE(integration_call(queue, scope, request, "http://h"));
}

std::string rendered(const char* text, const std::string& body, ExampleExchange& example) {
  const auto made = vtl::Template::parse(text);
  if (!made) return "refused";
  const auto out = render_template(*made, example.exchange, body, /*of_response=*/true);
  return out ? out->text : "failed";
}

TEST(TemplateInput, WhatTemplatesSee) {
  ExampleExchange example;
  const std::string body = R"({"a":{"b":[{"c":1},{"c":"x"}]},"t":"it's"})";
  EXPECT_EQ(rendered("$input.json('$.a.b[0]') $input.json('$')", body, example),
            R"({"c":1} )" + body);
  EXPECT_EQ(rendered("$input.path('$.a.b').size() $input.path('$.a.b[*].c')", body, example),
            "2 [1, x]");
  EXPECT_EQ(rendered("$input.json('$..c') $input.json('$.none')", body, example), R"([1,"x"] "")");
  EXPECT_EQ(rendered("$input.params('id')|$input.params('x')|$input.params('none')|"
                     "$input.params().path.id|$input.params('X-A')",
                     "", example),
            "a b|1,2||a b|1,2");
  EXPECT_EQ(
      rendered("$context.stage $context.identity.sourceIp $stageVariables.colour", "", example),
      "prod 127.0.0.1 red");
  EXPECT_EQ(
      rendered("$util.escapeJavaScript($input.body) $util.urlEncode('a b/')", "\"'\n", example),
      R"(\"\'\n a%20b%2F)");
  EXPECT_EQ(
      rendered("$util.base64Decode($util.base64Encode('x')) $util.parseJson('{\"a\":[5]}').a[0]",
               "", example),
      "x 5");
  EXPECT_EQ(rendered("$input.body", "raw", example), "raw");
}

TEST(TemplateInput, Overrides) {
  ExampleExchange example;
  const auto made = vtl::Template::parse(
      "#set($context.responseOverride.status = 404)"
      "#set($context.responseOverride.header.X-A = 'b')");
  ASSERT_TRUE(made);
  const auto out = render_template(*made, example.exchange, "", /*of_response=*/true);
  ASSERT_TRUE(out);
  EXPECT_EQ(out->status, 404);
  EXPECT_EQ(out->headers.at("X-A"), "b");
}

TEST(TemplateInput, PathsThatAreNone) {
  const vtl::Value root = vtl::Value::of_json(*json::parse(R"({"a":[1,2]})"));
  for (const char* path : {"", "a", "$.", "$..", "$[", "$[x]", "$x", "$.a[1", "$.b", "$.a[7]"}) {
    EXPECT_FALSE(select_path(root, path)) << path;
  }
  EXPECT_EQ(select_path(root, "$['a'][-1]")->integer(), 2);
}

}  // namespace
}  // namespace pawl::apigateway
