// SPDX-License-Identifier: Apache-2.0
#include "services/s3/java_date.h"

#include <cstdio>
#include <tuple>
#include <utility>

namespace pawl::s3 {
namespace {

constexpr int64_t kDayS = 86'400;
constexpr int64_t kHourS = 3'600;

struct Date {
  int64_t year;
  int month;  ///< from 1
  int day;
  int weekday;  ///< 0: Sunday
};

/// Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms": civil_from_days.
Date date_of(int64_t days) {
  const int64_t shifted = days + 719'468;
  const int64_t era = (shifted >= 0 ? shifted : shifted - 146'096) / 146'097;
  const int64_t day_of_era = shifted - era * 146'097;
  const int64_t year_of_era =
      (day_of_era - day_of_era / 1'460 + day_of_era / 36'524 - day_of_era / 146'096) / 365;
  const int64_t day_of_year =
      day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const int64_t shifted_month = (5 * day_of_year + 2) / 153;
  const int month = static_cast<int>(shifted_month < 10 ? shifted_month + 3 : shifted_month - 9);
  const int day = static_cast<int>(day_of_year - (153 * shifted_month + 2) / 5 + 1);
  const int weekday = static_cast<int>(((days + 4) % 7 + 7) % 7);
  return {year_of_era + era * 400 + (month <= 2 ? 1 : 0), month, day, weekday};
}

/// From the second Sunday of March to the first of November, by the standard time of the day.
bool is_daylight_time(const Date& date, int64_t second_of_day) {
  if (date.month != 3 && date.month != 11) return date.month > 3 && date.month < 11;
  const int sunday = date.day - date.weekday;  // the one before, or today
  if (date.month == 3) {
    if (date.weekday == 0 && date.day >= 8 && date.day <= 14) return second_of_day >= 2 * kHourS;
    return sunday >= 8;
  }
  if (date.weekday == 0 && date.day <= 7) return second_of_day < kHourS;
  return sunday < 1;
}

}  // namespace

std::string java_date(base::Timestamp time) {
  static constexpr const char* kDays[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  static constexpr const char* kMonths[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                            "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const auto split = [](int64_t seconds) {
    const int64_t days = seconds >= 0 ? seconds / kDayS : (seconds - kDayS + 1) / kDayS;
    return std::pair(date_of(days), seconds - days * kDayS);
  };
  const int64_t standard = time.ms / 1'000 - 8 * kHourS;
  auto [date, second] = split(standard);
  const bool daylight = is_daylight_time(date, second);
  if (daylight) std::tie(date, second) = split(standard + kHourS);
  char text[64];
  std::snprintf(text, sizeof(text), "%s %s %02d %02d:%02d:%02d %s %lld", kDays[date.weekday],
                kMonths[date.month - 1], date.day, static_cast<int>(second / kHourS),
                static_cast<int>(second / 60 % 60), static_cast<int>(second % 60),
                daylight ? "PDT" : "PST", static_cast<long long>(date.year));
  return text;
}

}  // namespace pawl::s3
