// SPDX-License-Identifier: Apache-2.0
#include "query/jsonata/format/iso_timestamp.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <limits>

#include "query/jsonata/format/utc_date.h"

namespace pawl::query::jsonata {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// True if `text` begins with the shape: 'd' is a digit, '0' … '9' a digit up to that one, all else
/// itself.
bool has_shape(std::string_view text, std::string_view shape) {
  if (text.size() < shape.size()) return false;
  for (size_t i = 0; i < shape.size(); ++i) {
    const bool fits = shape[i] == 'd'      ? is_digit(text[i])
                      : is_digit(shape[i]) ? text[i] >= '0' && text[i] <= shape[i]
                                           : text[i] == shape[i];
    if (!fits) return false;
  }
  return true;
}

/// ([+-][0-2]\d:?[0-5]\d|Z)? to the end.
bool is_zone(std::string_view text) {
  if (text.empty() || text == "Z") return true;
  if (text[0] != '+' && text[0] != '-') return false;
  text.remove_prefix(1);
  return (text.size() == 4 && has_shape(text, "2d5d")) ||
         (text.size() == 5 && has_shape(text, "2d:5d"));
}

/// (T…)*(\.\d+)? and the zone, to the end.
bool is_time(std::string_view text, size_t times_max) {
  constexpr std::string_view kTime = "T2d:5d:5d";
  for (size_t times = 0; times < times_max && has_shape(text, kTime); ++times)
    text.remove_prefix(kTime.size());
  if (has_shape(text, ".d")) {
    text.remove_prefix(1);
    while (!text.empty() && is_digit(text[0])) text.remove_prefix(1);
  }
  return is_zone(text);
}

/// V8's reading of a number: leading zeros do not count among the nine digits that do.
struct Number {
  int value = 0;
  size_t length = 0;
};

/// Reads a timestamp that is_iso_timestamp holds for.
class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {}

  double read() {
    year_month_day_[count_++] = number().value;
    const bool strict = read_date();
    if (strict && peek() == 'T') return read_time();
    if (strict && at_ == text_.size()) return moment(true);
    return read_legacy();
  }

 private:
  char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }

  Number number() {
    constexpr int kSignificantDigitsMax = 9;
    const size_t begin = at_;
    int value = 0;
    while (peek() == '0') ++at_;
    for (int digits = 0; is_digit(peek()); ++digits, ++at_)
      if (digits < kSignificantDigitsMax) value = value * 10 + (peek() - '0');
    return {value, at_ - begin};
  }

  /// ECMAScript 21.4.1.32 Date Time String Format: -MM, -DD. False where it is left; V8 has then
  /// consumed the hyphen.
  bool read_date() {
    for (const int most : {12, 31}) {
      if (peek() != '-') return true;
      ++at_;
      const size_t begin = at_;
      const Number field = number();
      if (field.length != 2 || field.value < 1 || field.value > most) {
        at_ = begin;
        return false;
      }
      year_month_day_[count_++] = field.value;
    }
    return true;
  }

  /// THH:mm:ss[.sss][Z|(+|-)HH[:]mm]; the shape is known, the ranges are not.
  double read_time() {
    ++at_;
    const int hour = number().value;
    ++at_;
    const int minute = number().value;
    ++at_;
    const int second = number().value;
    int millisecond = 0;
    if (peek() == '.') {
      ++at_;
      const Number fraction = number();
      // 24:00:00.000 is the end of the day; nothing else begins with 24.
      if (hour == 24 && fraction.value > 0) return kNaN;
      millisecond = milliseconds(fraction);
    }
    if (hour > 24 || (hour == 24 && (minute > 0 || second > 0))) return kNaN;
    if (peek() == 'T') return kNaN;
    time_ms_ = ((hour * 60.0 + minute) * 60 + second) * 1000 + millisecond;
    return read_zone() ? moment(true) : kNaN;
  }

  /// The first three digits of a fraction.
  static int milliseconds(Number fraction) {
    int value = fraction.value;
    for (size_t length = fraction.length; length < 3; ++length) value *= 10;
    for (size_t length = std::min<size_t>(fraction.length, 9); length > 3; --length) value /= 10;
    return value;
  }

  bool read_zone() {
    if (at_ == text_.size() || peek() == 'Z') return true;
    const int sign = peek() == '-' ? -1 : 1;
    ++at_;
    Number hours = number();
    int minutes = 0;
    if (hours.length == 4) {
      minutes = hours.value % 100;
      hours.value /= 100;
    } else {
      ++at_;
      minutes = number().value;
    }
    if (hours.value > 23) return false;
    offset_minutes_ = sign * (hours.value * 60 + minutes);
    return true;
  }

  /// What V8 does with a text that is no Date Time String: numbers are fields of a date, one before
  /// a colon is the hour and then the minute follows, other colons and "Z" are passed over, a sign
  /// may not stand anywhere else than behind a field.
  double read_legacy() {
    while (at_ < text_.size()) {
      if (is_digit(peek())) {
        const int value = number().value;
        if (peek() == ':') {
          ++at_;
          const int minute = number().value;
          if (value > 24 || (value == 24 && minute > 0)) return kNaN;
          time_ms_ = (value * 60.0 + minute) * 60'000;
          continue;
        }
        if (count_ == year_month_day_.size()) return kNaN;
        year_month_day_[count_++] = value;
        if (peek() == '-') ++at_;
      } else if (peek() == 'Z' || peek() == '.' || peek() == ':') {
        ++at_;
      } else {
        return kNaN;
      }
    }
    return moment(false);
  }

  /// V8 DayComposer: without a strict format a first field that can be a day makes it month, day,
  /// year.
  double moment(bool strict) {
    const bool is_month_first = !strict && year_month_day_[0] >= 1 && year_month_day_[0] <= 31;
    int year = year_month_day_[0];
    int month = year_month_day_[1];
    int day = year_month_day_[2];
    if (is_month_first) {
      month = year_month_day_[0];
      day = year_month_day_[1];
      year = year_month_day_[2];
    }
    if (!strict && year >= 0 && year <= 99) year += year <= 49 ? 2000 : 1900;
    if (month < 1 || month > 12 || day < 1 || day > 31) return kNaN;
    return date_utc_full_year(year, month - 1, day, 0, 0, 0, time_ms_) - offset_minutes_ * 60'000.0;
  }

  std::string_view text_;
  size_t at_ = 0;
  std::array<int, 3> year_month_day_{1, 1, 1};
  size_t count_ = 0;
  double time_ms_ = 0;
  int offset_minutes_ = 0;
};

}  // namespace

bool is_iso_timestamp(std::string_view timestamp, Dialect dialect) {
  if (!has_shape(timestamp, "dddd")) return false;
  const bool repeats = dialect == Dialect::V2_0_6;
  std::string_view rest = timestamp.substr(4);
  // (-[01]\d)*(-[0-3]\d)* is (-[0-3]\d)*; a hyphen may also begin the zone.
  for (size_t fields = 0;; ++fields) {
    if (is_time(rest, repeats ? SIZE_MAX : 1)) return true;
    const bool more =
        repeats || fields == 0 || (fields == 1 && has_shape(timestamp.substr(4), "-1d"));
    if (!more || !has_shape(rest, "-3d")) return false;
    rest.remove_prefix(3);
  }
}

double parse_iso_timestamp(std::string_view timestamp) { return Reader(timestamp).read(); }

}  // namespace pawl::query::jsonata
