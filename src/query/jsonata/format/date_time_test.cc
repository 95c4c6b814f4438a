// SPDX-License-Identifier: Apache-2.0
// Expectations: the reference implementation's suite (function-fromMillis, function-tomillis), V8's
// Date.parse, and the reference itself where it has no case.
#include "query/jsonata/format/date_time.h"

#include <cmath>

#include <gtest/gtest.h>

namespace pawl::query::jsonata {
namespace {

constexpr double kNow = 1'542'192'345'678;  // 2018-11-14T10:45:45.678Z
constexpr double kMarch = 1'521'801'216'617;

std::string shown(double millis, std::optional<std::string_view> picture = {},
                  std::optional<std::string_view> timezone = {}) {
  const auto text = from_millis(millis, picture, timezone, Dialect::Current);
  if (text) return *text;
  return "!" + (text.error().code.empty() ? text.error().value : text.error().code);
}

/// "undefined", "NaN", the moment in ISO 8601, or the error's code after "!".
std::string read(std::string_view timestamp, std::optional<std::string_view> picture = {},
                 Dialect dialect = Dialect::Current) {
  const auto moment = to_millis(timestamp, picture, kNow, dialect);
  if (!moment) return "!" + moment.error().code;
  if (!*moment) return "undefined";
  return std::isnan(**moment) ? "NaN" : shown(**moment);
}

TEST(FromMillis, Iso8601) {
  EXPECT_EQ(shown(1), "1970-01-01T00:00:00.001Z");
  EXPECT_EQ(shown(1'509'380'732'935), "2017-10-30T16:25:32.935Z");
  EXPECT_EQ(shown(-1.5), "1969-12-31T23:59:59.999Z");
  EXPECT_EQ(shown(kMarch, std::nullopt, "+0100"), "2018-03-23T11:33:36.617+01:00");
}

TEST(FromMillis, Components) {
  EXPECT_EQ(shown(kMarch, "[[Year]]: [[[Y0001]]]"), "[Year]: [2018]");
  EXPECT_EQ(shown(kMarch, "[D#1]/[M#1]/[Y0001]"), "23/3/2018");
  EXPECT_EQ(shown(kMarch, "[D#1,2]/[M1,2]/[Y0001,2-2]"), "23/03/18");
  EXPECT_EQ(shown(kMarch, "[Y]-[ M01]-[D 01]T[H01 ]:[ m   ]:[s].[f0  01][Z01:\n 01t]"),
            "2018-03-23T10:33:36.617Z");
  EXPECT_EQ(shown(kMarch, "[Da] [MA] [Yi]"), "w C mmxviii");
  EXPECT_EQ(shown(kMarch, "[FNn], [D1o] [MN,3-3] [YI]"), "Friday, 23rd MAR MMXVIII");
  EXPECT_EQ(shown(kMarch, "[Dwo] of [MNn], [Yw] [C] [E]"),
            "twenty-third of March, two thousand and eighteen ISO ISO");
  EXPECT_EQ(shown(1'199'664'000'000, "[F], [h]:[m]:[s] [PN]"), "monday, 12:00:00 AM");
  EXPECT_EQ(shown(1'483'185'600'000, "[d] days in [Y0001]"), "366 days in 2016");
}

TEST(FromMillis, Weeks) {
  EXPECT_EQ(shown(1'104'537'600'000, "[X0001]-W[W01]-[F1]"), "2004-W53-6");
  EXPECT_EQ(shown(1'199'059'200'000, "[X0001]-W[W01]-[F1]"), "2008-W01-1");
  EXPECT_EQ(shown(1'483'272'000'000, "[w] of [xNn]"), "5 of December");
  EXPECT_EQ(shown(1'419'940'800'000, "[w] of [xNn]"), "1 of January");
}

TEST(FromMillis, TimeZones) {
  constexpr double kNoon = 1'531'310'400'000;
  EXPECT_EQ(shown(kNoon, "[H01]:[m][Z]", "-0500"), "07:00-05:00");
  EXPECT_EQ(shown(kNoon, "[H01]:[m][Z0]", "+0530"), "17:30+5:30");
  EXPECT_EQ(shown(kNoon, "[H01]:[m][z]", "-0500"), "07:00GMT-05:00");
  EXPECT_EQ(shown(kNoon, "[H01]:[m][Z0101t]", "+0000"), "12:00Z");
  EXPECT_EQ(shown(kNoon, "[Z010101t]", "+0530"), "!D3134");
}

TEST(FromMillis, Refuses) {
  EXPECT_EQ(shown(0, "[YN]-[M]"), "!D3133");
  EXPECT_EQ(shown(0, "[Y]-[M"), "!D3135");
  EXPECT_EQ(shown(0, "[q]"), "!D3132");
  EXPECT_EQ(shown(0, "[]"), "!D3132");
  EXPECT_EQ(shown(0, "[Y0\u0660]"), "!D3131");
  EXPECT_EQ(shown(0, "[Y,99999999999]"), "!U1001");
}

TEST(FromMillis, InvalidDates) {
  EXPECT_EQ(shown(8.64e15, "[Y]-[M]-[D]"), "275760-9-13");
  EXPECT_EQ(shown(8.64e15), "5760-09-13T00:00:00.000Z");  // four digits
  EXPECT_EQ(shown(-8.64e15, "[Y]-[M]-[D]"), "-271821-4-20");
  EXPECT_EQ(shown(8.64e15 + 1, "[Y]-[M]-[D]"), "NaN-NaN-NaN");
  EXPECT_EQ(shown(std::nan(""), "[H]:[m] [P]"), "NaN:NaN am");
  EXPECT_EQ(shown(HUGE_VAL, "[MNn]"), "undefined");
  EXPECT_EQ(shown(1e300, "[MN]"), "!Cannot read properties of undefined (reading 'toUpperCase')");
}

TEST(ToMillis, Iso8601) {
  EXPECT_EQ(read("2018-02-01T09:42:13.123+0000"), "2018-02-01T09:42:13.123Z");
  EXPECT_EQ(read("2017-10-30T15:28:34-05:30"), "2017-10-30T20:58:34.000Z");
  EXPECT_EQ(read("2018"), "2018-01-01T00:00:00.000Z");
  EXPECT_EQ(read("2018-02-30"), "2018-03-02T00:00:00.000Z");
  EXPECT_EQ(read("2018-01-01T24:00:00Z"), "2018-01-02T00:00:00.000Z");
  EXPECT_EQ(read("2018-13-01"), "NaN");
  EXPECT_EQ(read("2018-01-01T25:00:00Z"), "NaN");
  EXPECT_EQ(read("01-02-2018"), "!D3110");
  EXPECT_EQ(read("2018-02-03 11:15:33"), "!D3110");
  EXPECT_EQ(to_millis("", std::nullopt, kNow, Dialect::Current).error().value, "");
  EXPECT_EQ(read("2018-01-01-01"), "!D3110");
  EXPECT_EQ(read("2018-01-01-01", std::nullopt, Dialect::V2_0_6), "NaN");
}

/// What V8 reads although ECMAScript's format does not have it.
TEST(ToMillis, LegacyDates) {
  EXPECT_EQ(read("2018Z"), "2018-01-01T00:00:00.000Z");
  EXPECT_EQ(read("2018.5"), "2018-05-01T00:00:00.000Z");
  EXPECT_EQ(read("0012Z"), "2001-12-01T00:00:00.000Z");
  EXPECT_EQ(read("2018-05:30"), "2018-05-30T00:00:00.000Z");
  EXPECT_EQ(read("2018-13:30"), "2018-01-01T13:30:00.000Z");
  EXPECT_EQ(read("2018-01-01+05:30"), "NaN");
}

TEST(ToMillis, Pictures) {
  EXPECT_EQ(read("27 iii MMXVIII", "[D1] [Mi] [YI]"), "2018-03-27T00:00:00.000Z");
  EXPECT_EQ(read("2 Feb 2012", "[D1] [MNn,3-3] [Y0001]"), "2012-02-02T00:00:00.000Z");
  EXPECT_EQ(read("Twentieth of August, two thousand and seventeen", "[DW] of [MNn], [Yw]"),
            "2017-08-20T00:00:00.000Z");
  EXPECT_EQ(read("4/4/2018 12:06 am", "[D1]/[M1]/[Y0001] [h]:[m] [P]"), "2018-04-04T00:06:00.000Z");
  EXPECT_EQ(read("4/4/2018 11:30 pm", "[D1]/[M1]/[Y0001] [h]:[m] [P]"), "2018-04-04T23:30:00.000Z");
  EXPECT_EQ(read("2018--180", "[Y]--[d]"), "2018-06-29T00:00:00.000Z");
  EXPECT_EQ(read("Mon, Twelfth November 2018", "[FNn,*-3], [DWwo] [MNn] [Y]"),
            "2018-11-12T00:00:00.000Z");
  EXPECT_EQ(read("13:45", "[H]:[m]"), "2018-11-14T13:45:00.000Z");
  EXPECT_EQ(read("2020-09-09 08 GMT-05:00", "[Y0001]-[M01]-[D01] [H01] [z]"),
            "2020-09-09T13:00:00.000Z");
  EXPECT_EQ(read("irrelevant", "[Y]-[M]-[D]"), "undefined");
  EXPECT_EQ(read("Hello", "Hello"), "undefined");
  EXPECT_EQ(read("2018-22", "[Y]-[D]"), "!D3136");
  EXPECT_EQ(read("2018-32-5", "[X]-[W]-[F1]"), "!D3136");
}

TEST(ToMillis, DialectsDiffer) {
  constexpr std::string_view kPicture = "[Y0000][M00][D00][H00][m00][s00]";
  EXPECT_EQ(read("20240101123849", kPicture), "2024-01-01T12:38:49.000Z");
  EXPECT_EQ(read("20240101123849", kPicture, Dialect::V2_0_6), "2024-02-21T14:04:09.000Z");
  EXPECT_EQ(read("19:05:04.5", "[H]:[m]:[s].[f1]"), "2018-11-14T19:05:04.500Z");
  EXPECT_EQ(read("19:05:04.5", "[H]:[m]:[s].[f1]", Dialect::V2_0_6), "2018-11-14T19:05:04.005Z");
}

TEST(ToMillis, EndsSoonOnHostilePictures) {
  std::string picture;
  for (int i = 0; i < 100; ++i) picture += "[Yw][MNn][D]";
  EXPECT_EQ(read(std::string(10'000, '1'), picture), "undefined");
  EXPECT_EQ(read(std::string(10'000, 'a'), picture), "undefined");
  EXPECT_EQ(read(std::string(10'000, ' '), picture), "undefined");
  EXPECT_EQ(read(std::string(100'000, '1'), picture + picture + picture), "!U1001");
  EXPECT_EQ(read(std::string(100'000, ']'), std::string(100'000, '[')), "undefined");
}

}  // namespace
}  // namespace pawl::query::jsonata
