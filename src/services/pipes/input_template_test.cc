// SPDX-License-Identifier: Apache-2.0
#include "services/pipes/input_template.h"

#include <gtest/gtest.h>

#include "json/parse.h"

namespace pawl::pipes {
namespace {

const char* const kEvent =
    R"({"messageId":"m","body":"{\"city\":\"Köln\",\"n\":[1,2],\"o\":{\"a\":\"b\"}}",)"
    R"("attributes":{"SenderId":"AIDA"}})";

std::string apply(std::string_view text, std::string_view event = kEvent) {
  const auto compiled = InputTemplate::compile(text);
  if (!compiled) return "error: " + compiled.error().message;
  PipeVariables variables;
  variables.pipe_arn = "arn:pipe";
  variables.pipe_name = "p";
  variables.ingestion_time = "2026-11-27T10:00:00.000Z";
  return compiled->apply(json::parse(event).value(), variables);
}

TEST(InputTemplate, LooksIntoABodyThatIsJson) {
  EXPECT_EQ(apply(R"({"city": <$.body.city>, "second": <$.body.n[1]>, "o": <$.body.o>})"),
            R"({"city": "Köln", "second": 2, "o": {"a":"b"}})");
  EXPECT_EQ(apply(R"({"in": "<$.body.city>: <$.body.n>", "o": "<$.body.o>"})"),
            R"({"in": "Köln: [1,2]", "o": "{\"a\":\"b\"}"})");
  EXPECT_EQ(apply("<$.body>", R"({"body":"plain \"text\""})"), R"("plain \"text\"")");
}

TEST(InputTemplate, TextThatIsNoJson) {
  EXPECT_EQ(apply("Hello, <$.attributes.SenderId>!"), "Hello, AIDA!");
  EXPECT_EQ(apply("static"), "static");
  EXPECT_EQ(apply(R"("Hello, <$.attributes.SenderId>")"), R"("Hello, AIDA")");
}

TEST(InputTemplate, Variables) {
  EXPECT_EQ(apply(R"({"p": <aws.pipes.pipe-arn>, "n": "<aws.pipes.pipe-name>"})"),
            R"({"p": "arn:pipe", "n": "p"})");
  EXPECT_EQ(apply("<aws.pipes.event.ingestion-time>"), R"("2026-11-27T10:00:00.000Z")");
  EXPECT_EQ(apply(R"({"e": <aws.pipes.event>})", R"({"body":"{\"a\":1}"})"),
            R"({"e": {"body":"{\"a\":1}"}})");
  EXPECT_EQ(apply(R"({"e": <aws.pipes.event.json>})", R"({"body":"{\"a\":1}"})"),
            R"({"e": {"body":{"a":1}}})");
}

TEST(InputTemplate, WhatIsNotThereAndWhatIsNoVariable) {
  EXPECT_EQ(apply(R"({"a": <$.body.none>, "b": "<$.none>", "c": "1 < 2 > 0"})"),
            R"({"a": "", "b": "", "c": "1 < 2 > 0"})");
  EXPECT_TRUE(apply("<aws.pipes.none>").starts_with("error: "));
  EXPECT_TRUE(apply("<$[>").starts_with("error: "));
}

TEST(InputTemplate, ParametersMayBePaths) {
  const json::Value event = json::parse(kEvent).value();
  EXPECT_EQ(dynamic_parameter("$.body.city", event), "Köln");
  EXPECT_EQ(dynamic_parameter("$.body.none", event), "");
  EXPECT_EQ(dynamic_parameter("plain", event), "plain");
}

}  // namespace
}  // namespace pawl::pipes
