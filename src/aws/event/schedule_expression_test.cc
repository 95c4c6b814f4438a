// SPDX-License-Identifier: Apache-2.0
#include "aws/event/schedule_expression.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace pawl::aws {
namespace {

using base::Timestamp;
using Dialect = ScheduleExpression::Dialect;

Timestamp at(std::string_view text) { return *base::parse_iso8601(text); }

/// The next `count` times after `from`, up to the minute.
std::vector<std::string> times(std::string_view expression, std::string_view from, size_t count,
                               std::string_view zone = "UTC") {
  std::vector<std::string> texts;
  const auto schedule = ScheduleExpression::parse(expression, zone, Dialect::Scheduler);
  if (!schedule) return {schedule.error().message};
  auto next = schedule->next_after(at(from));
  for (; next && texts.size() < count; next = schedule->next_after(*next))
    texts.push_back(base::format_iso8601(*next).substr(0, 16));
  return texts;
}

using Texts = std::vector<std::string>;

TEST(ScheduleExpression, RulesTakeWhatAwsTakes) {
  for (const char* text :
       {"rate(1 minute)", "rate(5 minutes)", "rate(1 hour)", "rate(2 days)", "cron(0 2 ? * SAT *)",
        "cron(0 12 * * ? *)", "cron(5,35 14 * * ? *)", "cron(15 10 ? * 6L 2002-2005)",
        "cron(0/5 5 ? JAN 1-5 2022)", "cron(0/15 * * * ? *)", "cron(0 18 ? * MON-FRI *)",
        "cron(0 9 ? * 2#1 *)", "cron(0 8 LW * ? *)", "cron(0 8 3W * ? *)", "cron(*/10 * ? * * *)",
        "cron(0 8 ? * FRI-MON *)", "cron(0 0 L JAN-MAR,Dec ? 2026/2)"}) {
    EXPECT_TRUE(ScheduleExpression::parse(text)) << text;
  }
}

TEST(ScheduleExpression, RulesRefuseTheRest) {
  for (const char* text : {"",
                           "rate",
                           "rate()",
                           "rate(10)",
                           "rate(1 minutes)",
                           "rate(2 minute)",
                           "rate(0 minutes)",
                           "rate(-1 minutes)",
                           "rate(10 MINUTES)",
                           "rate( 10 minutes )",
                           " rate(10 minutes)",
                           "rate(10 minutes) ",
                           "rate(10  minutes)",
                           "rate(10 seconds)",
                           "rate(10 years)",
                           "rate(foo minutes)",
                           "rate(99999999999999999999 days)",
                           "at(2026-11-27T10:00:00)",
                           "cron()",
                           "cron(INVALID)",
                           "cron(0 1 * * * *)",
                           "cron(0 1 ? * ? *)",
                           "cron(7 20 * * NOT *)",
                           "cron(0 dummy ? * MON-FRI *)",
                           "cron(71 8 1 * ? *)",
                           "cron(0 24 * * ? *)",
                           "cron(0 0 32 * ? *)",
                           "cron(0 0 0 * ? *)",
                           "cron(0 0 1 13 ? *)",
                           "cron(0 0 ? * 8 *)",
                           "cron(0 0 ? * 0 *)",
                           "cron(0 0 1 1 ? 1969)",
                           "cron(0 0 1 1 ? 2200)",
                           "cron(0 0 * * ?)",
                           "cron(0 0 * * ? * *)",
                           "cron(0/0 0 * * ? *)",
                           "cron(, 0 * * ? *)",
                           "cron(1- 0 * * ? *)",
                           "cron(0 0 ? * 3#6 *)",
                           "cron(0 0 ? * 3#1,6#3 *)",
                           "cron(0 0 ? * W *)",
                           "cron(0 0 W * ? *)",
                           "cron(? 0 * * ? *)",
                           "cron(0 0 * ? ? *)",
                           "cron(0 0 1 1 ? 2030-2020)",
                           "cron(0 0 -1 * ? *)"}) {
    const auto parsed = ScheduleExpression::parse(text);
    ASSERT_FALSE(parsed) << text;
    EXPECT_EQ(parsed.error().message, "Parameter ScheduleExpression is not valid.");
  }
}

TEST(ScheduleExpression, SchedulerHasAtAndItsOwnWords) {
  EXPECT_TRUE(ScheduleExpression::parse("rate(1 minutes)", "UTC", Dialect::Scheduler));
  EXPECT_EQ(times("rate(10 years)", "2026-01-01T00:00:00Z", 1),
            Texts{"Invalid Schedule Expression rate(10 years)."});
  EXPECT_EQ(times("at(2026-02-30T10:00:00)", "2026-01-01T00:00:00Z", 1),
            Texts{"Invalid Schedule Expression at(2026-02-30T10:00:00)."});
  EXPECT_EQ(times("at(2026-02-03T10:00:00Z)", "2026-01-01T00:00:00Z", 1),
            Texts{"Invalid Schedule Expression at(2026-02-03T10:00:00Z)."});
  EXPECT_EQ(times("at(2026-02-03T10:00:00)", "2026-01-01T00:00:00Z", 2), Texts{"2026-02-03T10:00"});
  EXPECT_EQ(times("at(2026-02-03T10:00:00)", "2026-01-01T00:00:00Z", 2, "Asia/Kolkata"),
            Texts{"2026-02-03T04:30"});
  EXPECT_EQ(times("at(2026-02-03T10:00:00)", "2026-02-03T10:00:00Z", 1), Texts{});
  EXPECT_FALSE(ScheduleExpression::parse("rate(1 minute)", "Mars/Olympus", Dialect::Scheduler));
}

TEST(ScheduleExpression, RatesCountFromTheirStart) {
  const auto rate = *ScheduleExpression::parse("rate(10 minutes)");
  EXPECT_EQ(rate.next_after({1'000}), Timestamp{601'000});
  EXPECT_EQ(rate.next_after({0}, {5'000}), Timestamp{5'000});
  EXPECT_EQ(rate.next_after({5'000}, {5'000}), Timestamp{605'000});
  EXPECT_EQ(rate.next_after({1'300'000}, {5'000}), Timestamp{1'805'000});
}

TEST(ScheduleExpression, CronFieldsMeanWhatTheGuideSays) {
  constexpr const char* kFriday = "2026-11-27T16:30:00Z";
  EXPECT_EQ(times("cron(0/15 * * * ? *)", kFriday, 2),
            (Texts{"2026-11-27T16:45", "2026-11-27T17:00"}));
  EXPECT_EQ(times("cron(0 18 ? * MON-FRI *)", kFriday, 2),
            (Texts{"2026-11-27T18:00", "2026-11-30T18:00"}));
  EXPECT_EQ(
      times("cron(0 8 ? * SAT-MON *)", kFriday, 4),
      (Texts{"2026-11-28T08:00", "2026-11-29T08:00", "2026-11-30T08:00", "2026-12-05T08:00"}));
  EXPECT_EQ(
      times("cron(0 0 L * ? *)", kFriday, 4),
      (Texts{"2026-11-30T00:00", "2026-12-31T00:00", "2027-01-31T00:00", "2027-02-28T00:00"}));
  // 2027-02-28 is a Sunday, 2027-01-31 too.
  EXPECT_EQ(times("cron(0 0 LW * ? *)", kFriday, 3),
            (Texts{"2026-11-30T00:00", "2026-12-31T00:00", "2027-01-29T00:00"}));
  // The first is a Saturday in August 2026 and a Sunday in November.
  EXPECT_EQ(
      times("cron(0 0 1W * ? *)", "2026-07-20T00:00:00Z", 4),
      (Texts{"2026-08-03T00:00", "2026-09-01T00:00", "2026-10-01T00:00", "2026-11-02T00:00"}));
  EXPECT_EQ(times("cron(0 0 31W * ? *)", "2026-05-01T00:00:00Z", 2),
            (Texts{"2026-05-29T00:00", "2026-07-31T00:00"}));
  EXPECT_EQ(times("cron(0 9 ? * 2#1 *)", kFriday, 2),
            (Texts{"2026-12-07T09:00", "2027-01-04T09:00"}));
  EXPECT_EQ(times("cron(0 9 ? * MON#5 *)", kFriday, 2),
            (Texts{"2026-11-30T09:00", "2027-03-29T09:00"}));
  EXPECT_EQ(times("cron(15 10 ? * 6L *)", kFriday, 2),
            (Texts{"2026-12-25T10:15", "2027-01-29T10:15"}));
  EXPECT_EQ(times("cron(0 0 29 2 ? *)", kFriday, 2),
            (Texts{"2028-02-29T00:00", "2032-02-29T00:00"}));
  EXPECT_EQ(
      times("cron(30 22-1 * * ? *)", kFriday, 4),
      (Texts{"2026-11-27T22:30", "2026-11-27T23:30", "2026-11-28T00:30", "2026-11-28T01:30"}));
}

TEST(ScheduleExpression, ACronThatNeverComes) {
  EXPECT_EQ(times("cron(0 0 31 2 ? *)", "2026-01-01T00:00:00Z", 1), Texts{});
  EXPECT_EQ(times("cron(0 0 ? 2 MON#5 2026-2027)", "2026-01-01T00:00:00Z", 1), Texts{});
  EXPECT_EQ(times("cron(0/5 5 ? JAN 1-5 2022)", "2026-01-01T00:00:00Z", 1), Texts{});
  EXPECT_EQ(times("cron(59 23 31 12 ? 2199)", "2199-12-31T23:59:00Z", 1), Texts{});
  EXPECT_EQ(times("cron(* * * * ? *)", "2300-01-01T00:00:00Z", 1), Texts{});
}

TEST(ScheduleExpression, SkipsWhatTheWallNeverShowsAndRunsOnceWhatItShowsTwice) {
  EXPECT_EQ(times("cron(30 2 * * ? *)", "2026-03-27T12:00:00Z", 3, "Europe/Berlin"),
            (Texts{"2026-03-28T01:30", "2026-03-30T00:30", "2026-03-31T00:30"}));
  EXPECT_EQ(times("cron(30 2 * * ? *)", "2026-10-24T12:00:00Z", 2, "Europe/Berlin"),
            (Texts{"2026-10-25T00:30", "2026-10-26T01:30"}));
  EXPECT_EQ(
      times("cron(0/30 * * * ? *)", "2026-10-25T00:00:00Z", 4, "Europe/Berlin"),
      (Texts{"2026-10-25T00:30", "2026-10-25T02:00", "2026-10-25T02:30", "2026-10-25T03:00"}));
}

}  // namespace
}  // namespace pawl::aws
