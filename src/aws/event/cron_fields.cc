// SPDX-License-Identifier: Apache-2.0
#include "aws/event/cron_fields.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <span>
#include <string>

namespace pawl::aws {
namespace {

constexpr int64_t kMinuteMs = 60'000;
constexpr int64_t kHourMs = 60 * kMinuteMs;
constexpr int64_t kDayMs = 24 * kHourMs;

constexpr std::array<std::string_view, 12> kMonths = {"JAN", "FEB", "MAR", "APR", "MAY", "JUN",
                                                      "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"};
constexpr std::array<std::string_view, 7> kDays = {"SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"};

/// What a field may hold.
struct Bounds {
  int first = 0;
  int last = 0;
  std::span<const std::string_view> names = {};  ///< of first, first + 1, …
};

constexpr Bounds kMinuteBounds = {0, 59};
constexpr Bounds kHourBounds = {0, 23};
constexpr Bounds kDayOfMonthBounds = {1, 31};
constexpr Bounds kMonthBounds = {1, 12, kMonths};
constexpr Bounds kDayOfWeekBounds = {1, 7, kDays};
constexpr Bounds kYearBounds = {CronFields::kFirstYear, CronFields::kLastYear};

/// Digits only; nullopt also for more than four.
std::optional<int> number(std::string_view text) {
  if (text.empty() || text.size() > 4) return std::nullopt;
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || text[0] == '-')
    return std::nullopt;
  return value;
}

std::optional<int> single(std::string_view text, const Bounds& bounds) {
  const auto named = std::find(bounds.names.begin(), bounds.names.end(), text);
  if (named != bounds.names.end())
    return bounds.first + static_cast<int>(named - bounds.names.begin());
  const std::optional<int> value = number(text);
  if (!value || *value < bounds.first || *value > bounds.last) return std::nullopt;
  return value;
}

/// "5", "1-5", "*", "0/15", "1-30/5", "*/5": calls `add` with each value. False if it is none.
template <typename Add>
bool add_part(std::string_view part, const Bounds& bounds, const Add& add) {
  int step = 1;
  bool has_step = false;
  if (const size_t slash = part.find('/'); slash != std::string_view::npos) {
    const std::optional<int> given = number(part.substr(slash + 1));
    if (!given || *given < 1 || *given > bounds.last) return false;
    step = *given;
    has_step = true;
    part = part.substr(0, slash);
  }
  int from = bounds.first;
  int to = bounds.last;
  if (const size_t dash = part.find('-'); dash != std::string_view::npos) {
    const std::optional<int> begin = single(part.substr(0, dash), bounds);
    const std::optional<int> end = single(part.substr(dash + 1), bounds);
    if (!begin || !end) return false;
    from = *begin;
    to = *end;
  } else if (part != "*" && !(part.empty() && has_step)) {
    const std::optional<int> value = single(part, bounds);
    if (!value) return false;
    from = *value;
    if (!has_step) to = from;
  }
  // "FRI-MON" goes over the end, as Quartz has it; years do not.
  const int span = bounds.last - bounds.first + 1;
  if (to < from) {
    if (bounds.first == CronFields::kFirstYear) return false;
    to += span;
  }
  for (int value = from; value <= to; value += step)
    add(bounds.first + (value - bounds.first) % span);
  return true;
}

/// Calls `each` with the parts of a list; false if one is refused or empty.
template <typename Each>
bool for_each_part(std::string_view list, const Each& each) {
  while (true) {
    const size_t comma = list.find(',');
    if (!each(list.substr(0, comma))) return false;
    if (comma == std::string_view::npos) return true;
    list = list.substr(comma + 1);
  }
}

template <size_t N>
bool parse_list(std::string_view list, const Bounds& bounds, std::bitset<N>& out, int origin = 0) {
  return for_each_part(list, [&](std::string_view part) {
    return add_part(part, bounds, [&](int value) { out.set(static_cast<size_t>(value - origin)); });
  });
}

int days_in(int year, int month) {
  using namespace std::chrono;
  const year_month_day_last last{std::chrono::year(year) /
                                 std::chrono::month(static_cast<unsigned>(month)) /
                                 std::chrono::last};
  return static_cast<int>(static_cast<unsigned>(last.day()));
}

int64_t day_number(int year, int month, int day) {
  using namespace std::chrono;
  return sys_days(std::chrono::year(year) / std::chrono::month(static_cast<unsigned>(month)) /
                  std::chrono::day(static_cast<unsigned>(day)))
      .time_since_epoch()
      .count();
}

/// 1 is Sunday. 1970-01-01 was a Thursday.
int day_of_week(int64_t day_number) { return static_cast<int>((day_number % 7 + 7 + 4) % 7) + 1; }

bool is_weekend(int64_t day_number) {
  const int day = day_of_week(day_number);
  return day == 1 || day == 7;
}

/// The weekday nearest to a day without leaving its month.
int nearest_weekday(int day, int days, int64_t first_day_number) {
  const int weekday = day_of_week(first_day_number + day - 1);
  if (weekday == 7) return day == 1 ? 3 : day - 1;
  if (weekday == 1) return day == days ? day - 2 : day + 1;
  return day;
}

template <size_t N>
std::optional<int> next_set(const std::bitset<N>& bits, int from) {
  for (size_t at = static_cast<size_t>(from); at < N; ++at)
    if (bits.test(at)) return static_cast<int>(at);
  return std::nullopt;
}

}  // namespace

bool CronFields::parse_day_of_month(std::string_view text, Days& days) {
  return for_each_part(text, [&](std::string_view part) {
    if (part == "L") return days.is_last_of_month = true;
    if (part == "LW") return days.is_last_weekday_of_month = true;
    if (part.ends_with('W')) {
      const auto day = single(part.substr(0, part.size() - 1), kDayOfMonthBounds);
      if (!day) return false;
      days.nearest_weekdays.set(static_cast<size_t>(*day));
      return true;
    }
    return add_part(part, kDayOfMonthBounds,
                    [&](int day) { days.of_month.set(static_cast<size_t>(day)); });
  });
}

bool CronFields::parse_day_of_week(std::string_view text, Days& days) {
  if (const size_t hash = text.find('#'); hash != std::string_view::npos) {
    // "If you use a # character, you can define only one expression in the day-of-week field."
    const auto day = single(text.substr(0, hash), kDayOfWeekBounds);
    const auto nth = number(text.substr(hash + 1));
    if (!day || !nth || *nth < 1 || *nth > 5) return false;
    days.nth_day_of_week = *day;
    days.nth = *nth;
    return true;
  }
  return for_each_part(text, [&](std::string_view part) {
    if (part == "L") {
      days.of_week.set(7);
      return true;
    }
    if (part.size() > 1 && part.ends_with('L')) {
      const auto day = single(part.substr(0, part.size() - 1), kDayOfWeekBounds);
      if (!day) return false;
      days.last_of_week.set(static_cast<size_t>(*day));
      return true;
    }
    return add_part(part, kDayOfWeekBounds,
                    [&](int day) { days.of_week.set(static_cast<size_t>(day)); });
  });
}

std::optional<CronFields> CronFields::parse(std::string_view text) {
  std::string upper(text);
  for (char& c : upper)
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  std::vector<std::string_view> fields;
  for (size_t at = 0; at < upper.size();) {
    const size_t begin = upper.find_first_not_of(' ', at);
    if (begin == std::string::npos) break;
    const size_t end = std::min(upper.find(' ', begin), upper.size());
    fields.push_back(std::string_view(upper).substr(begin, end - begin));
    at = end;
  }
  if (fields.size() != 6) return std::nullopt;
  // "If you specify a value or a * in one of the fields, you must use a ? in the other."
  if ((fields[2] == "?") == (fields[4] == "?")) return std::nullopt;
  CronFields cron;
  const bool is_valid = parse_list(fields[0], kMinuteBounds, cron.minutes_) &&
                        parse_list(fields[1], kHourBounds, cron.hours_) &&
                        (fields[2] == "?" || parse_day_of_month(fields[2], cron.days_)) &&
                        parse_list(fields[3], kMonthBounds, cron.months_) &&
                        (fields[4] == "?" || parse_day_of_week(fields[4], cron.days_)) &&
                        parse_list(fields[5], kYearBounds, cron.years_, kFirstYear);
  if (!is_valid) return std::nullopt;
  return cron;
}

/// The days of a month that fit.
std::bitset<32> CronFields::Days::in(int year, int month) const {
  const int days = days_in(year, month);
  const int64_t first = day_number(year, month, 1);
  std::bitset<32> fitting;
  for (int day = 1; day <= days; ++day) {
    const auto at = static_cast<size_t>(day);
    const int weekday = day_of_week(first + day - 1);
    if (of_month.test(at) || of_week.test(static_cast<size_t>(weekday)) ||
        (last_of_week.test(static_cast<size_t>(weekday)) && day + 7 > days) ||
        (nth_day_of_week == weekday && (day - 1) / 7 + 1 == nth)) {
      fitting.set(at);
    }
    if (nearest_weekdays.test(at)) {
      fitting.set(static_cast<size_t>(nearest_weekday(day, days, first)));
    }
  }
  if (is_last_of_month) fitting.set(static_cast<size_t>(days));
  if (is_last_weekday_of_month) {
    int day = days;
    while (is_weekend(first + day - 1)) --day;
    fitting.set(static_cast<size_t>(day));
  }
  return fitting;
}

std::optional<int64_t> CronFields::next_after(int64_t local_ms) const {
  // The first whole minute after it, from 1970 on.
  const int64_t begin = std::max<int64_t>(local_ms, -1);
  const int64_t from_ms = (begin + 1 + kMinuteMs - 1) / kMinuteMs * kMinuteMs;
  const int64_t from_day = from_ms / kDayMs;
  const std::chrono::year_month_day date{std::chrono::sys_days(
      std::chrono::days(static_cast<int>(std::min<int64_t>(from_day, 1 << 20))))};
  const int first_year = static_cast<int>(date.year());
  const auto first_month = static_cast<int>(static_cast<unsigned>(date.month()));
  for (int year = first_year; year <= kLastYear; ++year) {
    if (!years_.test(static_cast<size_t>(year - kFirstYear))) continue;
    for (int month = year == first_year ? first_month : 1; month <= 12; ++month) {
      if (!months_.test(static_cast<size_t>(month))) continue;
      const std::bitset<32> days = days_.in(year, month);
      for (auto day = next_set(days, 1); day; day = next_set(days, *day + 1)) {
        const int64_t number = day_number(year, month, *day);
        if (number < from_day) continue;
        const int64_t rest_ms = number == from_day ? from_ms - from_day * kDayMs : 0;
        const auto first_hour = static_cast<int>(rest_ms / kHourMs);
        for (auto hour = next_set(hours_, first_hour); hour; hour = next_set(hours_, *hour + 1)) {
          const int64_t rest = *hour == first_hour ? rest_ms % kHourMs : 0;
          const auto minute = next_set(minutes_, static_cast<int>(rest / kMinuteMs));
          if (minute) return number * kDayMs + *hour * kHourMs + *minute * kMinuteMs;
        }
      }
    }
  }
  return std::nullopt;
}

}  // namespace pawl::aws
