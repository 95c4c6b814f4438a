// SPDX-License-Identifier: Apache-2.0
// UtcDate: a moment's calendar fields as ECMAScript's Date gives them in UTC, and the week numbers
// that pictures of dates show (ISO 8601, XPath F&O 9.8.4). No time zones, no clock.
#pragma once

#include <optional>

namespace pawl::query::jsonata {

/// Date.UTC: milliseconds since 1970. Months count from 0; fields may lie beyond their range, years
/// 0 … 99 mean 1900 … 1999; fractions are cut off. NaN beyond 8.64e15 ms around 1970, and if any
/// field is NaN.
double date_utc(double year, double month, double day = 1, double hour = 0, double minute = 0,
                double second = 0, double millisecond = 0);

/// The same without the rule for two-digit years.
double date_utc_full_year(double year, double month, double day, double hour, double minute,
                          double second, double millisecond);

/// Fields of a moment; all NaN for an "Invalid Date" (NaN, or beyond 8.64e15 ms around 1970).
class UtcDate {
 public:
  explicit UtcDate(double millis);

  double millis() const { return millis_; }
  double year() const { return year_; }
  double month() const { return month_; }      ///< 0 … 11
  double day() const { return day_; }          ///< 1 … 31
  double weekday() const { return weekday_; }  ///< 0 is Sunday
  double hour() const { return hour_; }
  double minute() const { return minute_; }
  double second() const { return second_; }
  double millisecond() const { return millisecond_; }

  /// The value of a picture's component (F&O 9.8.4.1; "X" and "x", the year and month that a week
  /// belongs to, are JSONata's). nullopt: not a number ("P", "C", "E", time zones, unknown ones).
  std::optional<double> component(char16_t specifier) const;

 private:
  double day_in_year() const;
  double week_in_year() const;
  double week_in_month() const;
  double week_year() const;
  double week_month() const;

  double millis_;
  double year_;
  double month_;
  double day_;
  double weekday_;
  double hour_;
  double minute_;
  double second_;
  double millisecond_;
};

}  // namespace pawl::query::jsonata
