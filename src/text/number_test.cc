// SPDX-License-Identifier: Apache-2.0
#include "text/number.h"

#include <cmath>

#include <gtest/gtest.h>

#include "text/regex.h"

namespace pawl::text {
namespace {

TEST(Number, AsJavaWritesIt) {
  EXPECT_EQ(java_number(1), "1.0");
  EXPECT_EQ(java_number(100'000), "100000.0");
  EXPECT_EQ(java_number(1e7), "1.0E7");
  EXPECT_EQ(java_number(1.5e-5), "1.5E-5");
  EXPECT_EQ(java_number(0.001), "0.001");
  EXPECT_EQ(java_number(-2.5), "-2.5");
}

TEST(Number, AsEcmaScriptWritesIt) {
  EXPECT_EQ(ecmascript_number(1), "1");
  EXPECT_EQ(ecmascript_number(1e21), "1e+21");
  EXPECT_EQ(ecmascript_number(0.1 + 0.2), "0.30000000000000004");
}

TEST(Number, Reads) {
  EXPECT_EQ(parse_double("1.5e3"), 1500);
  EXPECT_TRUE(std::isinf(*parse_double("1e400")));
  EXPECT_EQ(parse_double("1e-400"), 0);
  EXPECT_FALSE(parse_double("1x"));
  EXPECT_FALSE(parse_double(""));
}

TEST(Regex, MatchesWholeAndGroups) {
  const Regex regex = Regex::compile("(a+)(b)?", {.ignore_case = true}).value();
  EXPECT_TRUE(regex.matches_whole("AAB"));
  EXPECT_FALSE(regex.matches_whole("xaab"));
  const auto groups = regex.match("xaa");
  ASSERT_TRUE(groups);
  EXPECT_EQ((*groups)[0]->start, 1U);
  EXPECT_FALSE((*groups)[2]);
  EXPECT_FALSE(Regex::compile("(").has_value());
}

TEST(Regex, CatastrophesEnd) {
  const Regex regex = Regex::compile("(a+)+$").value();
  EXPECT_FALSE(regex.match(std::string(40, 'a') + "!"));
}

}  // namespace
}  // namespace pawl::text
