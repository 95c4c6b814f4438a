// SPDX-License-Identifier: Apache-2.0
#include "base/time.h"

#include <gtest/gtest.h>

namespace pawl::base {
namespace {

TEST(Timestamp, PrintsAndReadsBack) {
  EXPECT_EQ(format_iso8601({0}), "1970-01-01T00:00:00.000Z");
  EXPECT_EQ(format_iso8601({-1}), "1969-12-31T23:59:59.999Z");
  for (const int64_t ms :
       {int64_t{951'782'400'000}, int64_t{1'709'164'800'123}, int64_t{4'102'444'799'999}}) {
    EXPECT_EQ(parse_iso8601(format_iso8601({ms}))->ms, ms);
  }
}

TEST(Timestamp, OffsetsAndFractions) {
  EXPECT_EQ(parse_iso8601("2016-08-18T17:33:00Z"), parse_iso8601("2016-08-18T19:33:00+02:00"));
  EXPECT_EQ(parse_iso8601("2016-08-18T17:33:00.5Z")->ms % 1000, 500);
  EXPECT_EQ(parse_iso8601("2016-08-18T17:33:00.123999999Z")->ms % 1000, 123);
}

TEST(Timestamp, WhatIsNoTimestamp) {
  for (const char* text :
       {"", "2016-13-05T21:29:29Z", "2016-12-05T25:29:29Z", "2016-12-05 21:29:29Z",
        "05-12-2016T21:29:29Z", "2016-12-05T21:29:29", "2016-02-30T00:00:00Z",
        "2016-12-05T21:29:29.Z", "2016-12-05T21:29:29Zx"}) {
    EXPECT_FALSE(parse_iso8601(text)) << text;
  }
}

}  // namespace
}  // namespace pawl::base
