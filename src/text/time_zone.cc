// SPDX-License-Identifier: Apache-2.0
#include "text/time_zone.h"

#include <unicode/timezone.h>
#include <unicode/unistr.h>

namespace pawl::text {
namespace {

constexpr int64_t kDayMs = 86'400'000;

}  // namespace

struct TimeZone::Zone {
  std::unique_ptr<const icu::TimeZone> rules;
};

std::optional<TimeZone> TimeZone::find(std::string_view name) {
  if (name == "UTC") return TimeZone();
  const icu::UnicodeString id = icu::UnicodeString::fromUTF8(
      icu::StringPiece(name.data(), static_cast<int32_t>(name.size())));
  icu::UnicodeString canonical;
  UBool is_in_database = false;
  UErrorCode status = U_ZERO_ERROR;
  // "GMT+5:30" is a zone to ICU, but not one of the database.
  icu::TimeZone::getCanonicalID(id, canonical, is_in_database, status);
  if (U_FAILURE(status) != 0 || is_in_database == 0) return std::nullopt;
  auto zone = std::make_shared<Zone>();
  zone->rules.reset(icu::TimeZone::createTimeZone(id));
  if (zone->rules == nullptr || *zone->rules == icu::TimeZone::getUnknown()) return std::nullopt;
  return TimeZone(std::move(zone));
}

int64_t TimeZone::offset_ms_at(int64_t utc_ms) const {
  if (!zone_) return 0;
  int32_t standard_ms = 0;
  int32_t daylight_ms = 0;
  UErrorCode status = U_ZERO_ERROR;
  zone_->rules->getOffset(static_cast<UDate>(utc_ms), 0, standard_ms, daylight_ms, status);
  return U_FAILURE(status) != 0 ? 0 : int64_t{standard_ms} + daylight_ms;
}

std::optional<int64_t> TimeZone::utc_of(int64_t local_ms) const {
  if (!zone_) return local_ms;
  // Clocks are changed by less than a day, and not twice within two.
  for (const int64_t near : {local_ms - kDayMs, local_ms + kDayMs}) {
    const int64_t utc_ms = local_ms - offset_ms_at(near);
    if (local_of(utc_ms) == local_ms) return utc_ms;
  }
  return std::nullopt;
}

int64_t TimeZone::utc_of_or_shifted(int64_t local_ms) const {
  return utc_of(local_ms).value_or(local_ms - offset_ms_at(local_ms - kDayMs));
}

}  // namespace pawl::text
