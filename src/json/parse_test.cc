// SPDX-License-Identifier: Apache-2.0
#include "json/parse.h"

#include <gtest/gtest.h>

#include "json/jackson_error.h"
#include "json/write.h"

namespace pawl::json {
namespace {

TEST(Parse, RefusesWhatIsNotJsonWithItsPlace) {
  for (const char* text : {"", " ", "{", "[1,]", "{\"a\":}", "{'a':1}", "01", "1.", "nul",
                           "\"\\x\"", "[1] 2", "NaN", "\"\t\""}) {
    const auto value = parse(text);
    ASSERT_FALSE(value) << text;
    EXPECT_EQ(value.error().kind, base::ErrorKind::InvalidJson) << text;
    EXPECT_GE(value.error().position.line, 1) << text;
  }
  EXPECT_EQ(parse("{\n  \"a\": x\n}").error().position.line, 2);
}

TEST(Parse, RefusesWhatIsNotUtf8) {
  EXPECT_FALSE(parse("\"\xff\""));
  EXPECT_FALSE(parse("\"\xc3\""));
  EXPECT_FALSE(parse(R"("\ud83d")"));
  EXPECT_FALSE(parse(R"("\ude00")"));
  EXPECT_FALSE(parse(std::string_view("1\0", 2)));
  EXPECT_EQ(parse(R"("\ud83d\ude00")")->as_string(), "\U0001F600");
}

TEST(Parse, RefusesNumbersBeyondDoubles) {
  const auto huge = parse("[1, 1E400]");
  ASSERT_FALSE(huge);
  EXPECT_EQ(huge.error().position.column, 5);
}

TEST(Parse, DepthAndSizeAreBounded) {
  EXPECT_TRUE(parse(std::string(1'000, '[') + std::string(1'000, ']')));
  EXPECT_EQ(parse(std::string(1'001, '[')).error().kind, base::ErrorKind::LimitExceeded);
  EXPECT_EQ(parse("[1,2,3]", {.bytes_max = 6}).error().kind, base::ErrorKind::LimitExceeded);
}

TEST(Parse, ReportsRepeatedKeysWithTheirPointer) {
  std::vector<std::string> duplicates;
  ASSERT_TRUE(parse(R"({"a":[{"b":1,"b":2}],"c":1,"c":2})", {.duplicates = &duplicates}));
  EXPECT_EQ(duplicates, (std::vector<std::string>{"/a/0/b", "/c"}));
}

TEST(Parse, LocatesPointers) {
  const char* text = "{\n  \"a\": [1,\n    {\"b~/\": true}],\n  \"c\": 2\n}";
  const auto at = [&](const char* pointer) {
    const auto position = locate(text, pointer);
    return position ? std::to_string(position->line) + ":" + std::to_string(position->column)
                    : "none";
  };
  EXPECT_EQ(at(""), "1:1");
  EXPECT_EQ(at("/a"), "2:3");
  EXPECT_EQ(at("/a/0"), "2:9");
  EXPECT_EQ(at("/a/1/b~0~1"), "3:6");
  EXPECT_EQ(at("/c"), "4:3");
  EXPECT_EQ(at("/d"), "none");
}

TEST(Write, EscapesLikeJackson) {
  EXPECT_EQ(write(Value("\"\\\b\t\n\f\r\x01\x1f/é")),
            "\"\\\"\\\\\\b\\t\\n\\f\\r\\u0001\\u001F/é\"");
}

TEST(JacksonError, UnrecognizedToken) {
  const std::string_view text = "not a definition";
  const JacksonError error = jackson_error(text, parse(text).error());
  EXPECT_EQ(error.message,
            "Unrecognized token 'not': was expecting (JSON String, Number, Array, Object or token "
            "'null', 'true' or "
            "'false')");
  EXPECT_EQ(error.location, "[Source: (String)\"not a definition\"; line: 1, column: 4]");
}

TEST(JacksonError, QuotesWholeCharacters) {
  std::string text = "[x";
  for (int i = 0; i < 499; ++i) text += "\u2028";
  const JacksonError error = jackson_error(text, parse(text).error());
  EXPECT_EQ(error.location, "[Source: (String)\"" + text.substr(0, 2 + 498 * 3) +
                                "\"[truncated 1 chars]; line: 1, column: 3]");
}

}  // namespace
}  // namespace pawl::json
