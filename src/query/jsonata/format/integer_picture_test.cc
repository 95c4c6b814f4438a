// SPDX-License-Identifier: Apache-2.0
// Expectations: the reference implementation's suite (function-formatInteger,
// function-parseInteger).
#include "query/jsonata/format/integer_picture.h"

#include <cmath>

#include <gtest/gtest.h>

namespace pawl::query::jsonata {
namespace {

std::string shown(double value, std::string_view picture) {
  const auto text = format_integer(value, picture);
  return text ? *text : "!" + text.error().code;
}

double read(std::string_view text, std::string_view picture) {
  const auto number = parse_integer(text, picture);
  EXPECT_TRUE(number);
  return *number;
}

TEST(IntegerPicture, FormatsDecimals) {
  EXPECT_EQ(shown(-3, "0000"), "-0003");
  EXPECT_EQ(shown(12.6, "###0"), "12");
  EXPECT_EQ(shown(1234567890, "#,##0"), "1,234,567,890");
  EXPECT_EQ(shown(1234567890, "#:###,##0"), "1234:567,890");
  EXPECT_EQ(shown(12340, "###\u0661"), "\u0661\u0662\u0663\u0664\u0660");
  EXPECT_EQ(shown(1234567, "0😀000"), "1😀234😀567");
  EXPECT_EQ(shown(1e21, "0"), "1e+21");
}

TEST(IntegerPicture, FormatsOrdinals) {
  EXPECT_EQ(shown(1, "0;o"), "1st");
  EXPECT_EQ(shown(12, "###0;o"), "12th");
  EXPECT_EQ(shown(23, "0;o"), "23rd");
  EXPECT_EQ(shown(730, "w;o"), "seven hundred and thirtieth");
  EXPECT_EQ(shown(1'000'000'000'001, "w;o"), "one trillion and first");
}

TEST(IntegerPicture, FormatsWords) {
  EXPECT_EQ(shown(0, "w"), "zero");
  EXPECT_EQ(shown(99, "W"), "NINETY-NINE");
  EXPECT_EQ(shown(555, "Ww"), "Five Hundred and Fifty-Five");
  EXPECT_EQ(shown(327'730, "w"),
            "three hundred and twenty-seven thousand, seven hundred and thirty");
  EXPECT_EQ(shown(1e46, "w"), "ten billion trillion trillion trillion");
}

TEST(IntegerPicture, FormatsLetters) {
  EXPECT_EQ(shown(27, "a"), "aa");
  EXPECT_EQ(shown(300, "A"), "KN");
  EXPECT_EQ(shown(0, "A"), "");
  EXPECT_EQ(shown(1984, "I"), "MCMLXXXIV");
  EXPECT_EQ(shown(99, "i"), "xcix");
}

TEST(IntegerPicture, Refuses) {
  EXPECT_EQ(shown(12340, "##0\uFF10"), "!D3131");
  EXPECT_EQ(shown(1, ""), "!D3130");
  const auto sequence = format_integer(123456, "α");
  ASSERT_FALSE(sequence);
  EXPECT_EQ(sequence.error().code, "D3130");
  EXPECT_EQ(sequence.error().value, "α");
  EXPECT_FALSE(parse_integer("1", "#"));
  EXPECT_EQ(parse_integer("1", "\u0660").error().value, "Invalid code point -1535");
}

TEST(IntegerPicture, HasBounds) {
  EXPECT_EQ(shown(HUGE_VAL, "w"), "!U1001");
  EXPECT_EQ(shown(HUGE_VAL, "a"), "!U1001");
  EXPECT_EQ(shown(1e300, "I"), "!U1001");
  EXPECT_FALSE(shown(1.7e308, "w").empty());
}

TEST(IntegerPicture, Parses) {
  EXPECT_EQ(read("0123", "000"), 123);
  EXPECT_EQ(read("12,345,678", "#,##0"), 12'345'678);
  EXPECT_EQ(read("1234:567,890", "#:###,##0"), 1'234'567'890);
  EXPECT_EQ(read("28th", "#0;o"), 28);
  EXPECT_EQ(read("\u0661\u0662", "##\u0661"), 12);
  EXPECT_EQ(read("MCMLXXXIV", "I"), 1984);
  EXPECT_EQ(read("KN", "A"), 300);
  EXPECT_EQ(read("three hundred and twenty-seven thousand, seven hundred and thirtieth", "w;o"),
            327'730);
  EXPECT_EQ(read("one thousand trillion", "w"), 1e15);
  EXPECT_EQ(read(" 0x1F", "0"), 31);
  EXPECT_TRUE(std::isnan(read("many", "w")));
  EXPECT_TRUE(std::isnan(read("", "0")));
}

}  // namespace
}  // namespace pawl::query::jsonata
