// SPDX-License-Identifier: Apache-2.0
#include "interpreter/choice_rules.h"

#include <gtest/gtest.h>

namespace pawl::interpreter {
namespace {

TEST(ChoiceRules, Utf16Order) {
  EXPECT_LT(compare_utf16("a", "b"), 0);
  EXPECT_LT(compare_utf16("a", "aa"), 0);
  EXPECT_EQ(compare_utf16("ä", "ä"), 0);
  EXPECT_GT(compare_utf16("B", "A"), 0);
  // U+1F600 is D83D DE00 in UTF-16 and sorts before U+FF5E, though its code point is larger.
  EXPECT_LT(compare_utf16("\U0001F600", "\uFF5E"), 0);
  EXPECT_GT(compare_utf16("\U0001F600", "\uD7FF"), 0);
}

TEST(ChoiceRules, StringMatchesPieces) {
  const auto match = [](std::vector<std::string> pieces, std::string_view text) {
    return matches_pattern(asl::StringPattern{std::move(pieces)}, text);
  };
  EXPECT_TRUE(match({"abc"}, "abc"));
  EXPECT_FALSE(match({"abc"}, "abcd"));
  EXPECT_TRUE(match({"foo", ".txt"}, "foo23.txt"));
  EXPECT_FALSE(match({"foo", ".txt"}, "foo23.zip"));
  EXPECT_TRUE(match({"", ""}, ""));
  EXPECT_TRUE(match({"a", "b", "c"}, "axxbxxc"));
  EXPECT_FALSE(match({"ab", "ba"}, "aba"));  // the ends may not overlap
  EXPECT_TRUE(match({"", "x", ""}, "yxy"));
}

TEST(ChoiceRules, ValuesOfOtherTypesAreNeverEqual) {
  using asl::ChoiceOperator;
  EXPECT_FALSE(compare_values(ChoiceOperator::NumericEquals, json::Value("1"), json::Value(1)));
  EXPECT_TRUE(compare_values(ChoiceOperator::NumericEquals, json::Value::number_from_lexeme("1.0"),
                             json::Value(1)));
  EXPECT_TRUE(compare_values(ChoiceOperator::NumericLessThan,
                             json::Value(int64_t{9007199254740992}),
                             json::Value(int64_t{9007199254740993})));
  EXPECT_TRUE(compare_values(ChoiceOperator::TimestampEquals, json::Value("2016-08-18T17:33:00Z"),
                             json::Value("2016-08-18T19:33:00+02:00")));
  EXPECT_FALSE(compare_values(ChoiceOperator::TimestampEquals, json::Value("2016-08-18"),
                              json::Value("2016-08-18")));
}

}  // namespace
}  // namespace pawl::interpreter
