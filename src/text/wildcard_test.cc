// SPDX-License-Identifier: Apache-2.0
#include "text/wildcard.h"

#include <string>

#include <gtest/gtest.h>

namespace pawl::text {
namespace {

TEST(Wildcard, StarsTakeAnything) {
  EXPECT_TRUE(matches_wildcard("prod*", "prod-1"));
  EXPECT_TRUE(matches_wildcard("*a*b", "xxaxxbb"));
  EXPECT_TRUE(matches_wildcard("*a*b", "aXbab"));
  EXPECT_TRUE(matches_wildcard("*", ""));
  EXPECT_TRUE(matches_wildcard("**", ""));
  EXPECT_TRUE(matches_wildcard("a**c", "abbc"));
  EXPECT_FALSE(matches_wildcard("*a", "ab"));
  EXPECT_FALSE(matches_wildcard("a*a", "a"));
}

TEST(Wildcard, TheRestStandsForItself) {
  EXPECT_TRUE(matches_wildcard("", ""));
  EXPECT_TRUE(matches_wildcard("prod", "prod"));
  EXPECT_FALSE(matches_wildcard("prod", "prod-1"));
  EXPECT_FALSE(matches_wildcard("prod-1", "prod"));
  EXPECT_FALSE(matches_wildcard("", "a"));
  EXPECT_FALSE(matches_wildcard("Prod", "prod"));
  EXPECT_TRUE(matches_wildcard("a?", "a?"));
  EXPECT_FALSE(matches_wildcard("a?", "ab"));
  EXPECT_TRUE(matches_wildcard("a\\*", "a\\b"));
}

TEST(Wildcard, AQuestionMarkTakesOneByte) {
  constexpr WildcardSyntax kSyntax{.question_mark = true};
  EXPECT_TRUE(matches_wildcard("arn:*/GET/?ets/*", "arn:aws:x/GET/pets/1/2", kSyntax));
  EXPECT_FALSE(matches_wildcard("arn:*/GET/pets", "arn:aws:x/POST/pets", kSyntax));
  EXPECT_TRUE(matches_wildcard("?", "a", kSyntax));
  EXPECT_FALSE(matches_wildcard("?", "", kSyntax));
  EXPECT_FALSE(matches_wildcard("?", "ab", kSyntax));
  EXPECT_TRUE(matches_wildcard("*?", "ab", kSyntax));
  EXPECT_FALSE(matches_wildcard("*?", "", kSyntax));
}

TEST(Wildcard, ABackslashMakesPlain) {
  constexpr WildcardSyntax kSyntax{.question_mark = true, .backslash = true};
  EXPECT_TRUE(matches_wildcard("a\\*", "a*", kSyntax));
  EXPECT_FALSE(matches_wildcard("a\\*", "ab", kSyntax));
  EXPECT_TRUE(matches_wildcard("\\?*", "?b", kSyntax));
  EXPECT_FALSE(matches_wildcard("\\?", "b", kSyntax));
  EXPECT_TRUE(matches_wildcard("a\\\\b", "a\\b", kSyntax));
  EXPECT_TRUE(matches_wildcard("a\\", "a\\", kSyntax)) << "the last one has nothing to make plain";
  EXPECT_TRUE(matches_wildcard("*\\*", "a*b*", kSyntax)) << "the star takes one more";
  EXPECT_FALSE(matches_wildcard("\\*", "", kSyntax));
}

TEST(Wildcard, ManyStarsDoNotExplode) {
  std::string pattern;
  for (int i = 0; i < 50; ++i) pattern += "a*";
  EXPECT_FALSE(matches_wildcard(pattern + "b", std::string(2'000, 'a')));
}

}  // namespace
}  // namespace pawl::text
