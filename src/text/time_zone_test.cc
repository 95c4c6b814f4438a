// SPDX-License-Identifier: Apache-2.0
#include "text/time_zone.h"

#include <gtest/gtest.h>

namespace pawl::text {
namespace {

constexpr int64_t kHourMs = 3'600'000;

TEST(TimeZone, UtcIsItself) {
  EXPECT_EQ(TimeZone().local_of(1'000), 1'000);
  EXPECT_EQ(TimeZone::find("UTC")->utc_of(5), 5);
}

TEST(TimeZone, NamesOfTheDatabaseOnly) {
  EXPECT_TRUE(TimeZone::find("Europe/Berlin"));
  EXPECT_TRUE(TimeZone::find("America/New_York"));
  EXPECT_FALSE(TimeZone::find("Europe/Atlantis"));
  EXPECT_FALSE(TimeZone::find("GMT+5:30"));
  EXPECT_FALSE(TimeZone::find(""));
  EXPECT_FALSE(TimeZone::find("\xff\xfe"));
}

TEST(TimeZone, ClocksPutForwardAndBack) {
  const TimeZone berlin = *TimeZone::find("Europe/Berlin");
  // 2026-03-29: from 02:00 to 03:00 at 01:00 UTC.
  constexpr int64_t kMidnight = 1'774'742'400'000;
  EXPECT_EQ(berlin.local_of(kMidnight), kMidnight + kHourMs);
  EXPECT_EQ(berlin.utc_of(kMidnight + kHourMs), kMidnight);
  EXPECT_EQ(berlin.utc_of(kMidnight + 2 * kHourMs + kHourMs / 2), std::nullopt);
  EXPECT_EQ(berlin.utc_of_or_shifted(kMidnight + 2 * kHourMs + kHourMs / 2),
            kMidnight + kHourMs + kHourMs / 2);
  EXPECT_EQ(berlin.utc_of(kMidnight + 3 * kHourMs), kMidnight + kHourMs);
  // 2026-10-25: 02:30 is there twice, first as summer time.
  constexpr int64_t kAutumnMidnight = 1'792'886'400'000;
  EXPECT_EQ(berlin.utc_of(kAutumnMidnight + 2 * kHourMs + kHourMs / 2),
            kAutumnMidnight + kHourMs / 2);
  EXPECT_EQ(berlin.local_of(kAutumnMidnight + kHourMs + kHourMs / 2),
            kAutumnMidnight + 2 * kHourMs + kHourMs / 2);
}

}  // namespace
}  // namespace pawl::text
