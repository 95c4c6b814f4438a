// SPDX-License-Identifier: Apache-2.0
#include "aws/event/schedule_expression.h"

#include <charconv>
#include <string>
#include <utility>
#include <variant>

#include "aws/event/cron_fields.h"
#include "text/time_zone.h"

namespace pawl::aws {
namespace {

using base::Timestamp;

constexpr int64_t kMinuteMs = 60'000;
/// "rate(value unit)": no value beyond this makes sense, and none overflows.
constexpr size_t kRateDigitsMax = 8;

struct Unit {
  std::string_view one;
  std::string_view many;
  int64_t ms;
};
constexpr Unit kUnits[] = {{"minute", "minutes", kMinuteMs},
                           {"hour", "hours", 60 * kMinuteMs},
                           {"day", "days", 24 * 60 * kMinuteMs}};

/// What stands between "name(" and ")".
std::optional<std::string_view> inside(std::string_view text, std::string_view name) {
  if (!text.starts_with(name) || !text.ends_with(")")) return std::nullopt;
  text.remove_prefix(name.size());
  if (!text.starts_with("(")) return std::nullopt;
  return text.substr(1, text.size() - 2);
}

std::optional<int64_t> digits(std::string_view text) {
  if (text.empty() || text.find_first_not_of("0123456789") != std::string_view::npos)
    return std::nullopt;
  int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

/// "5 minutes" in milliseconds.
std::optional<int64_t> period_of(std::string_view text, ScheduleExpression::Dialect dialect) {
  const size_t blank = text.find(' ');
  if (blank == std::string_view::npos || blank > kRateDigitsMax) return std::nullopt;
  const std::optional<int64_t> value = digits(text.substr(0, blank));
  if (!value || *value == 0) return std::nullopt;
  const std::string_view word = text.substr(blank + 1);
  for (const Unit& unit : kUnits) {
    if (word != unit.one && word != unit.many) continue;
    // "If the value is equal to 1, then the unit must be singular."
    const bool agrees = (*value == 1) == (word == unit.one);
    if (!agrees && dialect == ScheduleExpression::Dialect::Rules) return std::nullopt;
    return *value * unit.ms;
  }
  return std::nullopt;
}

/// "yyyy-mm-ddThh:mm:ss" on a wall's clock.
std::optional<int64_t> local_time_of(std::string_view text) {
  if (text.size() != std::string_view("2026-11-27T10:00:00").size()) return std::nullopt;
  const auto time = base::parse_iso8601(std::string(text) + "Z");
  if (!time) return std::nullopt;
  return time->ms;
}

}  // namespace

struct ScheduleExpression::Rate {
  int64_t period_ms;
};

struct ScheduleExpression::At {
  Timestamp time;
};

struct ScheduleExpression::Compiled {
  text::TimeZone zone;
  std::variant<Rate, CronFields, At> schedule;
};

base::Result<ScheduleExpression> ScheduleExpression::parse(std::string_view text,
                                                           std::string_view time_zone,
                                                           Dialect dialect) {
  const auto make = [](Compiled compiled) {
    return ScheduleExpression(std::make_shared<const Compiled>(std::move(compiled)));
  };
  const auto zone = text::TimeZone::find(time_zone);
  if (!zone) {
    return base::Error(base::ErrorKind::InvalidSyntax,
                       "Invalid Schedule Expression Timezone " + std::string(time_zone) + ".");
  }
  if (const auto rate = inside(text, "rate")) {
    if (const auto period_ms = period_of(*rate, dialect)) return make({*zone, Rate{*period_ms}});
  } else if (const auto cron = inside(text, "cron")) {
    if (auto fields = CronFields::parse(*cron)) return make({*zone, *std::move(fields)});
  } else if (const auto at = inside(text, "at"); at && dialect == Dialect::Scheduler) {
    if (const auto local_ms = local_time_of(*at))
      return make({*zone, At{{zone->utc_of_or_shifted(*local_ms)}}});
  }
  return base::Error(base::ErrorKind::InvalidSyntax,
                     dialect == Dialect::Rules
                         ? "Parameter ScheduleExpression is not valid."
                         : "Invalid Schedule Expression " + std::string(text) + ".");
}

ScheduleExpression::Kind ScheduleExpression::kind() const {
  constexpr Kind kKinds[] = {Kind::Rate, Kind::Cron, Kind::At};
  return kKinds[compiled_->schedule.index()];
}

int64_t ScheduleExpression::period_ms() const {
  const Rate* rate = std::get_if<Rate>(&compiled_->schedule);
  return rate != nullptr ? rate->period_ms : 0;
}

std::optional<Timestamp> ScheduleExpression::next_after(Timestamp time) const {
  if (const Rate* rate = std::get_if<Rate>(&compiled_->schedule))
    return Timestamp{time.ms + rate->period_ms};
  if (const At* at = std::get_if<At>(&compiled_->schedule))
    return at->time > time ? std::optional(at->time) : std::nullopt;
  const CronFields& cron = std::get<CronFields>(compiled_->schedule);
  const text::TimeZone& zone = compiled_->zone;
  int64_t local_ms = zone.local_of(time.ms);
  // Skips what the wall never shows, and what it shows for the second time.
  while (const auto next = cron.next_after(local_ms)) {
    const auto utc_ms = zone.utc_of(*next);
    if (utc_ms && *utc_ms > time.ms) return Timestamp{*utc_ms};
    local_ms = *next;
  }
  return std::nullopt;
}

std::optional<Timestamp> ScheduleExpression::next_after(Timestamp time, Timestamp start) const {
  const int64_t period = period_ms();
  if (period == 0) return next_after(time);
  if (time < start) return start;
  return Timestamp{start.ms + ((time.ms - start.ms) / period + 1) * period};
}

}  // namespace pawl::aws
