// SPDX-License-Identifier: Apache-2.0
// Calendar arithmetic is base/time's; here are only the spellings.
#include "aws/protocol/timestamp_text.h"

#include <array>
#include <cmath>
#include <cstdio>

#include "base/integer.h"
#include "text/number.h"

namespace pawl::aws {
namespace {

using base::Timestamp;
using json::Value;

constexpr int64_t kYear1Ms = -62'135'596'800'000;
constexpr int64_t kYear9999Ms = 253'402'300'799'999;
constexpr std::array<std::string_view, 12> kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                      "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
constexpr std::array<std::string_view, 7> kDays = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};

/// "29 Apr 2014 18:30:38 GMT" to an ISO text; "" if it is none.
std::string iso_of_http_date(std::string_view text) {
  const size_t comma = text.find(", ");
  if (comma != std::string_view::npos) text.remove_prefix(comma + 2);
  if (text.size() < 22) return "";
  std::string day(text.substr(0, text.find(' ')));
  if (day.size() == 1) day.insert(0, "0");
  const size_t at = text.find(' ');
  if (at == std::string_view::npos || text.size() < at + 21) return "";
  const std::string_view month = text.substr(at + 1, 3);
  size_t index = 0;
  while (index < kMonths.size() && kMonths[index] != month) ++index;
  if (index == kMonths.size()) return "";
  const std::string_view year = text.substr(at + 5, 4);
  const std::string_view rest = text.substr(at + 10);
  const size_t zone = rest.find(' ');
  if (zone == std::string_view::npos) return "";
  const std::string_view zone_name = rest.substr(zone + 1);
  if (zone_name != "GMT" && zone_name != "UTC" && zone_name != "+0000") return "";
  char number[8];
  std::snprintf(number, sizeof(number), "-%02d-", static_cast<int>(index + 1));
  return std::string(year) + number + day + "T" + std::string(rest.substr(0, zone)) + "Z";
}

}  // namespace

Value timestamp_value(Timestamp time) {
  const int64_t fraction = std::abs(time.ms % 1'000);
  if (fraction == 0) return Value(time.ms / 1'000);
  std::string text = std::to_string(std::abs(time.ms / 1'000)) + ".";
  const std::string digits = std::to_string(1'000 + fraction);
  text += digits.substr(1);
  while (text.ends_with('0')) text.pop_back();
  return Value::number_from_lexeme((time.ms < 0 ? "-" : "") + text);
}

Timestamp timestamp_of(const Value& seconds) {
  const double ms = std::nearbyint(seconds.as_double() * 1'000.0);
  if (!(ms > static_cast<double>(kYear1Ms))) return {kYear1Ms};
  if (ms > static_cast<double>(kYear9999Ms)) return {kYear9999Ms};
  return {static_cast<int64_t>(ms)};
}

std::string format_http_date(Timestamp time) {
  const std::string iso = base::format_iso8601(time);
  const int64_t days = time.ms >= 0 ? time.ms / 86'400'000 : (time.ms - 86'399'999) / 86'400'000;
  const int64_t weekday = ((days + 4) % 7 + 7) % 7;  // 1970-01-01 was a Thursday
  const size_t month = static_cast<size_t>((iso[5] - '0') * 10 + iso[6] - '0' - 1);
  return std::string(kDays[static_cast<size_t>(weekday)]) + ", " + iso.substr(8, 2) + " " +
         std::string(kMonths[month]) + " " + iso.substr(0, 4) + " " + iso.substr(11, 8) + " GMT";
}

std::string format_timestamp(const Value& seconds, TimestampFormat format,
                             bool milliseconds_always) {
  if (format == TimestampFormat::UnixTimestamp) return seconds.number_text();
  const Timestamp time = timestamp_of(seconds);
  if (format == TimestampFormat::Rfc822) return format_http_date(time);
  std::string iso = base::format_iso8601(time);
  if (!milliseconds_always && iso.ends_with(".000Z")) iso.replace(iso.size() - 5, 5, "Z");
  return iso;
}

std::optional<Value> parse_timestamp(std::string_view text) {
  if (const auto time = base::parse_iso8601(text)) return timestamp_value(*time);
  if (text::parse_double(text)) return Value::number_from_lexeme(text);
  if (text.size() == 10) {
    if (const auto day = base::parse_iso8601(std::string(text) + "T00:00:00Z")) {
      return timestamp_value(*day);
    }
  }
  if (const auto time = base::parse_iso8601(iso_of_http_date(text))) return timestamp_value(*time);
  return std::nullopt;
}

}  // namespace pawl::aws
