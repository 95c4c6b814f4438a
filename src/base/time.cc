// SPDX-License-Identifier: Apache-2.0
#include "base/time.h"

#include <array>
#include <cstdio>

namespace pawl::base {
namespace {

constexpr int64_t kMsPerDay = 86'400'000;

// Days from civil and back: Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms".
int64_t days_from_civil(int64_t year, int month, int day) {
  year -= month <= 2;
  const int64_t era = (year >= 0 ? year : year - 399) / 400;
  const int64_t year_of_era = year - era * 400;
  const int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
  const int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
  return era * 146'097 + day_of_era - 719'468;
}

struct Civil {
  int64_t year;
  int month;
  int day;
};

Civil civil_from_days(int64_t days) {
  days += 719'468;
  const int64_t era = (days >= 0 ? days : days - 146'096) / 146'097;
  const int64_t day_of_era = days - era * 146'097;
  const int64_t year_of_era =
      (day_of_era - day_of_era / 1460 + day_of_era / 36'524 - day_of_era / 146'096) / 365;
  const int64_t day_of_year =
      day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const int64_t shifted_month = (5 * day_of_year + 2) / 153;
  const int day = static_cast<int>(day_of_year - (153 * shifted_month + 2) / 5 + 1);
  const int month = static_cast<int>(shifted_month + (shifted_month < 10 ? 3 : -9));
  return {year_of_era + era * 400 + (month <= 2), month, day};
}

int days_in_month(int64_t year, int month) {
  constexpr std::array<int, 12> kDays = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  const bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
  return month == 2 && leap ? 29 : kDays[static_cast<size_t>(month - 1)];
}

/// Reads exactly `digits` decimal digits; -1 if there are fewer.
int64_t take_digits(std::string_view& text, int digits) {
  int64_t value = 0;
  for (int i = 0; i < digits; ++i) {
    if (text.empty() || text.front() < '0' || text.front() > '9') return -1;
    value = value * 10 + (text.front() - '0');
    text.remove_prefix(1);
  }
  return value;
}

bool take(std::string_view& text, char c) {
  if (text.empty() || text.front() != c) return false;
  text.remove_prefix(1);
  return true;
}

/// The fraction after the decimal point in milliseconds, further digits cut off; -1 if there is no
/// digit.
int64_t take_fraction_ms(std::string_view& text) {
  int64_t ms = 0;
  int digits = 0;
  for (; !text.empty() && text.front() >= '0' && text.front() <= '9';
       text.remove_prefix(1), ++digits) {
    if (digits < 3) ms = ms * 10 + (text.front() - '0');
  }
  if (digits == 0) return -1;
  for (; digits < 3; ++digits) ms *= 10;
  return ms;
}

/// "Z" or "+hh:mm" or "-hh:mm" in minutes east of UTC.
std::optional<int64_t> take_offset_minutes(std::string_view& text) {
  if (take(text, 'Z')) return 0;
  const bool west = !text.empty() && text.front() == '-';
  if (!take(text, '+') && !take(text, '-')) return std::nullopt;
  const int64_t hours = take_digits(text, 2);
  if (!take(text, ':')) return std::nullopt;
  const int64_t minutes = take_digits(text, 2);
  if (hours < 0 || hours > 23 || minutes < 0 || minutes > 59) return std::nullopt;
  return (west ? -1 : 1) * (hours * 60 + minutes);
}

}  // namespace

std::string format_iso8601(Timestamp time) {
  int64_t days = time.ms / kMsPerDay;
  int64_t rest = time.ms % kMsPerDay;
  if (rest < 0) {
    rest += kMsPerDay;
    --days;
  }
  const Civil date = civil_from_days(days);
  std::array<char, 64> out{};
  const int length =
      std::snprintf(out.data(), out.size(), "%04lld-%02d-%02dT%02d:%02d:%02d.%03dZ",
                    static_cast<long long>(date.year), date.month, date.day,
                    static_cast<int>(rest / 3'600'000), static_cast<int>(rest / 60'000 % 60),
                    static_cast<int>(rest / 1000 % 60), static_cast<int>(rest % 1000));
  return {out.data(), static_cast<size_t>(length)};
}

std::optional<Timestamp> parse_iso8601(std::string_view text) {
  const int64_t year = take_digits(text, 4);
  if (year < 0 || !take(text, '-')) return std::nullopt;
  const int64_t month = take_digits(text, 2);
  if (month < 1 || month > 12 || !take(text, '-')) return std::nullopt;
  const int64_t day = take_digits(text, 2);
  if (day < 1 || day > days_in_month(year, static_cast<int>(month)) || !take(text, 'T'))
    return std::nullopt;
  const int64_t hour = take_digits(text, 2);
  if (hour < 0 || hour > 23 || !take(text, ':')) return std::nullopt;
  const int64_t minute = take_digits(text, 2);
  if (minute < 0 || minute > 59 || !take(text, ':')) return std::nullopt;
  const int64_t second = take_digits(text, 2);
  if (second < 0 || second > 59) return std::nullopt;
  int64_t fraction_ms = 0;
  if (take(text, '.')) fraction_ms = take_fraction_ms(text);
  if (fraction_ms < 0) return std::nullopt;
  const std::optional<int64_t> offset_minutes = take_offset_minutes(text);
  if (!offset_minutes || !text.empty()) return std::nullopt;
  const int64_t days = days_from_civil(year, static_cast<int>(month), static_cast<int>(day));
  const int64_t minutes = hour * 60 + minute - *offset_minutes;
  return Timestamp{days * kMsPerDay + minutes * 60'000 + second * 1000 + fraction_ms};
}

}  // namespace pawl::base
