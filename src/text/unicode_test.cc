// SPDX-License-Identifier: Apache-2.0
#include "text/unicode.h"

#include <gtest/gtest.h>

namespace pawl::text {
namespace {

constexpr std::string_view kHigh = "\xED\xA0\xBD";  // U+D83D
constexpr std::string_view kLow = "\xED\xB8\x80";   // U+DE00
constexpr std::string_view kText = "aé€😀b";        // 1, 2, 3, 4, 1 bytes

TEST(Unicode, Counts) {
  EXPECT_EQ(count_code_points(kText), 5);
  EXPECT_EQ(utf16_length(kText), 6);
  EXPECT_EQ(utf16_length("plain ASCII text"), 16);
  EXPECT_EQ(utf16_length(kHigh), 1);
}

TEST(Unicode, Positions) {
  EXPECT_EQ(utf16_offset_of_byte(kText, 6), 3);
  EXPECT_EQ(utf16_offset_of_byte(kText, 10), 5);
  EXPECT_EQ(byte_of_utf16_offset(kText, 3), 6);
  EXPECT_EQ(byte_of_utf16_offset(kText, 4), 6);  // inside the pair
  EXPECT_EQ(byte_of_utf16_offset(kText, 5), 10);
  EXPECT_EQ(byte_of_utf16_offset(kText, 99), kText.size());
  EXPECT_EQ(byte_of_code_point(kText, 4), 10);
  EXPECT_EQ(byte_of_code_point(kText, 99), kText.size());
  EXPECT_EQ(byte_of_code_point("0123456789", 9), 9);
}

TEST(Unicode, LoneSurrogates) {
  EXPECT_FALSE(has_lone_surrogate(kText));
  EXPECT_TRUE(has_lone_surrogate(std::string("x") + std::string(kLow)));
  EXPECT_FALSE(has_lone_surrogate("\xED\x9F\xBF"));  // U+D7FF
  std::string joined(kHigh);
  append_code_point(joined, 0xDE00);
  EXPECT_EQ(joined, "😀");
  EXPECT_EQ(from_utf16(to_utf16(kHigh)), kHigh);
  EXPECT_EQ(from_utf16(to_utf16(kText)), kText);
}

TEST(Unicode, DecodesWithoutLeavingTheText) {
  for (const std::string_view text : {"\xF0\x9F", "\xFF", "\xC0\x80", "\xE2\x28\xA1"}) {
    size_t at = 0;
    EXPECT_EQ(decode_at(text, at), U'\uFFFD');
    EXPECT_EQ(at, 1);
  }
}

TEST(Unicode, OrdersByUnits) {
  EXPECT_LT(compare_utf16("a", "b"), 0);
  EXPECT_LT(compare_utf16("a", "ab"), 0);
  EXPECT_EQ(compare_utf16(kText, kText), 0);
  EXPECT_LT(compare_utf16("x😀", "x\uFF5E"), 0);  // the bytes say otherwise
  EXPECT_GT(compare_utf16("\uE000", "😀"), 0);
  EXPECT_LT(compare_utf16(kHigh, "😀"), 0);
  EXPECT_GT(compare_utf16("é", "z"), 0);
}

TEST(Unicode, Case) {
  EXPECT_EQ(to_lower("ASCII @[`{ 1"), "ascii @[`{ 1");
  EXPECT_EQ(to_upper("ascii @[`{ 1"), "ASCII @[`{ 1");
  EXPECT_EQ(to_upper("straße ŉ ﬁ"), "STRASSE ʼN FI");
  EXPECT_EQ(to_lower("ΟΔΥΣΣΕΥΣ Σ"), "οδυσσευς σ");
  EXPECT_EQ(to_lower("İI"), "i\u0307i");
  EXPECT_EQ(to_upper(std::string("é") + std::string(kHigh)), "É" + std::string(kHigh));
}

}  // namespace
}  // namespace pawl::text
