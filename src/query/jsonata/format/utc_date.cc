// SPDX-License-Identifier: Apache-2.0
#include "query/jsonata/format/utc_date.h"

#include <cmath>
#include <cstdint>
#include <limits>

namespace pawl::query::jsonata {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr double kMillisInADay = 86'400'000;
constexpr double kMillisMax = 8.64e15;  // ECMAScript TimeClip

double time_clip(double millis) {
  return std::abs(millis) <= kMillisMax ? std::trunc(millis) + 0.0 : kNaN;  // false for NaN, too
}

/// Days since 1970-01-01 of a date in the proleptic Gregorian calendar; `month` is 1 … 12.
/// Years are counted from March, so that the leap day is the last.
int64_t days_from_civil(int64_t year, int64_t month, int64_t day) {
  year -= month <= 2 ? 1 : 0;
  const int64_t era = (year >= 0 ? year : year - 399) / 400;
  const int64_t year_of_era = year - era * 400;
  const int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
  const int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
  return era * 146'097 + day_of_era - 719'468;
}

struct YearMonth {
  double year;
  double month;  ///< 0 … 11

  YearMonth next() const {
    return month == 11 ? YearMonth{year + 1, 0} : YearMonth{year, month + 1};
  }
  YearMonth previous() const {
    return month == 0 ? YearMonth{year - 1, 11} : YearMonth{year, month - 1};
  }
};

/// ISO 8601: the first week of a year is the one with its first Thursday; F&O extends this to
/// months. Weeks begin on Monday.
double start_of_first_week(YearMonth period) {
  const double first = date_utc(period.year, period.month);
  double weekday = UtcDate(first).weekday();
  if (weekday == 0) weekday = 7;
  return weekday > 4 ? first + (8 - weekday) * kMillisInADay
                     : first - (weekday - 1) * kMillisInADay;
}

double weeks_between(double start, double end) { return (end - start) / (kMillisInADay * 7) + 1; }

/// The week of `today` in a period that has `whole_weeks` at least.
double week_of(double today, YearMonth period, YearMonth following, YearMonth preceding,
               double whole_weeks) {
  double week = weeks_between(start_of_first_week(period), today);
  if (week > whole_weeks) {
    if (today >= start_of_first_week(following)) week = 1;
  } else if (week < 1) {
    week = weeks_between(start_of_first_week(preceding), today);
  }
  return std::floor(week);
}

}  // namespace

double date_utc_full_year(double year, double month, double day, double hour, double minute,
                          double second, double millisecond) {
  // ECMAScript MakeDay and MakeTime, with the bounds on years and months of V8.
  constexpr double kYearsMax = 1e6;
  constexpr double kMonthsMax = 1e7;
  year = std::trunc(year);
  month = std::trunc(month);
  if (!(std::abs(year) <= kYearsMax) || !(std::abs(month) <= kMonthsMax)) return kNaN;
  const double years_more = std::floor(month / 12);
  const auto whole_year = static_cast<int64_t>(year + years_more);
  const auto month_in_year = static_cast<int64_t>(month - years_more * 12);
  const double days =
      static_cast<double>(days_from_civil(whole_year, month_in_year + 1, 1)) + std::trunc(day) - 1;
  const double time = std::trunc(hour) * 3'600'000 + std::trunc(minute) * 60'000 +
                      std::trunc(second) * 1000 + std::trunc(millisecond);
  return time_clip(days * kMillisInADay + time);
}

double date_utc(double year, double month, double day, double hour, double minute, double second,
                double millisecond) {
  const double whole = std::trunc(year);
  if (whole >= 0 && whole <= 99) year = 1900 + whole;
  return date_utc_full_year(year, month, day, hour, minute, second, millisecond);
}

UtcDate::UtcDate(double millis)
    : millis_(time_clip(millis)),
      year_(kNaN),
      month_(kNaN),
      day_(kNaN),
      weekday_(kNaN),
      hour_(kNaN),
      minute_(kNaN),
      second_(kNaN),
      millisecond_(kNaN) {
  if (std::isnan(millis_)) return;
  const double days = std::floor(millis_ / kMillisInADay);
  const auto in_day = static_cast<int64_t>(millis_ - days * kMillisInADay);
  hour_ = static_cast<double>(in_day / 3'600'000);
  minute_ = static_cast<double>(in_day / 60'000 % 60);
  second_ = static_cast<double>(in_day / 1000 % 60);
  millisecond_ = static_cast<double>(in_day % 1000);

  const auto whole_days = static_cast<int64_t>(days);
  weekday_ = static_cast<double>(((whole_days + 4) % 7 + 7) % 7);
  // The inverse of days_from_civil.
  const int64_t shifted = whole_days + 719'468;
  const int64_t era = (shifted >= 0 ? shifted : shifted - 146'096) / 146'097;
  const int64_t day_of_era = shifted - era * 146'097;
  const int64_t year_of_era =
      (day_of_era - day_of_era / 1460 + day_of_era / 36'524 - day_of_era / 146'096) / 365;
  const int64_t day_of_year =
      day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const int64_t month_from_march = (5 * day_of_year + 2) / 153;
  day_ = static_cast<double>(day_of_year - (153 * month_from_march + 2) / 5 + 1);
  month_ = static_cast<double>((month_from_march + 2) % 12);
  year_ = static_cast<double>(year_of_era + era * 400 + (month_ <= 1 ? 1 : 0));
}

double UtcDate::day_in_year() const {
  return (date_utc(year_, month_, day_) - date_utc(year_, 0)) / kMillisInADay + 1;
}

double UtcDate::week_in_year() const {
  return week_of(date_utc(year_, month_, day_), {year_, 0}, {year_ + 1, 0}, {year_ - 1, 0}, 52);
}

double UtcDate::week_in_month() const {
  const YearMonth period{year_, month_};
  return week_of(date_utc(year_, month_, day_), period, period.next(), period.previous(), 4);
}

double UtcDate::week_year() const {
  if (millis_ < start_of_first_week({year_, 0})) return year_ - 1;
  if (millis_ >= start_of_first_week({year_ + 1, 0})) return year_ + 1;
  return year_;
}

double UtcDate::week_month() const {
  const YearMonth period{year_, month_};
  if (millis_ < start_of_first_week(period)) return period.previous().month + 1;
  if (millis_ >= start_of_first_week(period.next())) return period.next().month + 1;
  return month_ + 1;
}

std::optional<double> UtcDate::component(char16_t specifier) const {
  switch (specifier) {
    case u'Y': return year_;
    case u'M': return month_ + 1;
    case u'D': return day_;
    case u'd': return day_in_year();
    case u'F': return weekday_ == 0 ? 7 : weekday_;
    case u'W': return week_in_year();
    case u'w': return week_in_month();
    case u'X': return week_year();
    case u'x': return week_month();
    case u'H': return hour_;
    case u'h': return std::fmod(hour_, 12) == 0 ? 12 : std::fmod(hour_, 12);
    case u'm': return minute_;
    case u's': return second_;
    case u'f': return millisecond_;
    default: return std::nullopt;
  }
}

}  // namespace pawl::query::jsonata
