// SPDX-License-Identifier: Apache-2.0
#include "app/terminal.h"

#include <gtest/gtest.h>

namespace pawl::app {
namespace {

TEST(Printable, RemovesWhatActsOnATerminal) {
  EXPECT_EQ(printable("plain ñ 状態"), "plain ñ 状態");
  EXPECT_EQ(printable("a\tb\nc\rd"), "a b c d");
  EXPECT_EQ(printable("\x1b[31mred\x1b[0m"), "red");
  EXPECT_EQ(printable("\x1b]0;title\ax"), "x");
  EXPECT_EQ(printable("\x1b]8;;http://x\x1b\\link"), "link");
  EXPECT_EQ(printable("cut \x1b["), "cut ");
  EXPECT_EQ(printable("cut \x1b"), "cut ");
  EXPECT_EQ(printable("a\xc2\x9b"
                      "31m"),
            "a31m")
      << "C1 control sequence introducer";
  EXPECT_EQ(printable("\xff\xc3"), "\uFFFD\uFFFD");
}

TEST(DisplayWidth, CountsColumns) {
  EXPECT_EQ(display_width("abc"), 3U);
  EXPECT_EQ(display_width("é"), 1U);
  EXPECT_EQ(display_width("状態"), 4U);
  EXPECT_EQ(cut_to_width("abcdef", 4), "abc…");
  EXPECT_EQ(cut_to_width("abcd", 4), "abcd");
  EXPECT_EQ(cut_to_width("状態機械", 5), "状態…");
  EXPECT_EQ(cut_to_width("abc", 0), "");
}

TEST(FormatDuration, GrowsWithTime) {
  EXPECT_EQ(format_duration(12), "12 ms");
  EXPECT_EQ(format_duration(1'340), "1.3 s");
  EXPECT_EQ(format_duration(125'000), "2 min 5 s");
  EXPECT_EQ(format_duration(12'000'000), "3 h 20 min");
}

}  // namespace
}  // namespace pawl::app
