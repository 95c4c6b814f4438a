// SPDX-License-Identifier: Apache-2.0
// Patterns against events, and what is said of wrong ones: pattern_cases.json. The law of arrays is
// tested where it came from, with filter policies (services/sns/filter_policy_test.cc).
#include "aws/event/event_pattern.h"

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "json/parse.h"
#include "json/write.h"

namespace pawl::aws {
namespace {

using json::Value;

Value cases() {
  std::ifstream file(PAWL_SOURCE_DIR "/src/aws/event/pattern_cases.json");
  std::stringstream text;
  text << file.rdbuf();
  const auto parsed = json::parse(text.str());
  EXPECT_TRUE(parsed) << "pattern_cases.json: " << (parsed ? "" : parsed.error().message);
  return parsed ? *parsed : Value::object();
}

TEST(EventPattern, MatchesAsDocumented) {
  const Value all = cases();
  ASSERT_GT(all.find("matching")->size(), 20U);
  for (const Value& test : all.find("matching")->items()) {
    const std::string text = json::write(*test.find("pattern"));
    const auto pattern = EventPattern::compile(text);
    ASSERT_TRUE(pattern) << text << ": " << pattern.error().message;
    for (const auto& [member, expected] : {std::pair("matches", true), std::pair("not", false)}) {
      for (const Value& event : test.find(member)->items())
        EXPECT_EQ(pattern->matches(event), expected) << text << json::write(event);
    }
  }
}

TEST(EventPattern, SaysWhatIsWrongInAwsWords) {
  const Value all = cases();
  ASSERT_GT(all.find("refused")->size(), 15U);
  for (const Value& test : all.find("refused")->items()) {
    const Value* pattern = test.find("pattern");
    const std::string text =
        pattern->is_string() ? std::string(pattern->as_string()) : json::write(*pattern);
    const auto compiled = EventPattern::compile(text);
    ASSERT_FALSE(compiled) << text;
    EXPECT_EQ(compiled.error().message, "Event pattern is not valid. Reason: " +
                                            std::string(test.find("reason")->as_string()))
        << text;
  }
}

TEST(EventPattern, TellsThePlaceInTextOfSeveralLines) {
  const auto compiled = EventPattern::compile("{\n  \"a\": [\n  ]\n}");
  ASSERT_FALSE(compiled);
  EXPECT_TRUE(compiled.error().message.ends_with("; line: 3, column: 4]"))
      << compiled.error().message;
}

TEST(EventPattern, BoundsCombinationsAndWildcards) {
  std::string either = "{";
  for (int i = 0; i < 12; ++i) {
    const std::string name = "k" + std::to_string(i);
    either += (i == 0 ? "\"" : ",\"") + name + R"(":{"$or":[{"a":[1]},{"b":[1]}]})";
  }
  const auto many = EventPattern::compile(either + "}");
  ASSERT_FALSE(many);
  EXPECT_EQ(many.error().kind, base::ErrorKind::LimitExceeded);

  EXPECT_TRUE(EventPattern::compile(R"({"a":[{"wildcard":"arn:aws:*:*:*:table/*"}]})"));
  EXPECT_TRUE(EventPattern::compile(R"({"a":[{"wildcard":"*.png"},{"wildcard":"*.jpg"},"x"]})"));
  EXPECT_TRUE(EventPattern::compile(R"({"a":[{"wildcard":"*a*a*a*a*"}]})"));
  const auto wild = EventPattern::compile(R"({"a":[{"wildcard":"*a*a*a*a*a*a*"}]})");
  ASSERT_FALSE(wild);
  EXPECT_EQ(wild.error().message,
            "Event pattern is not valid. Reason: Rule is too complex - try using fewer wildcard "
            "characters or fewer repeating character sequences after a wildcard character");
  EXPECT_FALSE(EventPattern::compile(R"({"a":[{"wildcard":"x*aaaaaaaaaaaaaaaaaaaaaaa"}]})"));
  // The wildcards of one key count together.
  EXPECT_FALSE(EventPattern::compile(
      R"({"a":[{"wildcard":"*a*a*a*"},{"anything-but":{"wildcard":["*aa*a*"]}}]})"));
  EXPECT_TRUE(
      EventPattern::compile(R"({"a":[{"wildcard":"*a*a*a*"}],"b":[{"wildcard":"*a*a*"}]})"));
}

TEST(ValuePattern, WildcardsTakeTogetherWhatOneValueCanReach) {
  EXPECT_EQ(wildcard_complexity({"abc"}, 10), 1U);
  EXPECT_EQ(wildcard_complexity({"a*"}, 10), 2U);
  EXPECT_EQ(wildcard_complexity({"*.png"}, 10), 2U);
  EXPECT_EQ(wildcard_complexity({"*.png", "*.jpg"}, 10), 4U);
  EXPECT_EQ(wildcard_complexity({"*aaa"}, 10), 4U);
  EXPECT_EQ(wildcard_complexity({std::string("*") + std::string(40, 'a')}, 10), 11U);
}

/// Two members lead to one key: it is tried out, and within bounds.
TEST(EventPattern, TriesOutNamesWithDots) {
  const auto pattern = EventPattern::compile(R"({"a":{"b":[1],"c":[2]}})");
  ASSERT_TRUE(pattern);
  const auto matches = [&](const char* text) { return pattern->matches(*json::parse(text)); };
  EXPECT_TRUE(matches(R"({"a.b":1,"a":{"c":2}})"));
  EXPECT_TRUE(matches(R"({"a.b":0,"a":{"b":1,"c":2}})"));
  EXPECT_TRUE(matches(R"({"a.b":1,"a":{"b":0,"c":2}})"));
  EXPECT_FALSE(matches(R"({"a.b":1,"a":{"b":1}})"));
  EXPECT_FALSE(matches(R"({"a.b":0,"a":[{"b":1},{"c":2}]})"));
  EXPECT_TRUE(matches(R"({"a.b":1,"a":[{"b":0},{"c":2}]})"));
}

}  // namespace
}  // namespace pawl::aws
