// SPDX-License-Identifier: Apache-2.0
// TimeZone: what the clocks on the wall show somewhere, by the IANA time zone database as ICU
// carries it. No clock: time comes in as a value, in milliseconds since 1970-01-01T00:00:00Z; a
// local time is the same count on the wall's clock.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

namespace pawl::text {

/// Immutable, cheap to copy, thread-safe. UTC needs no database; another zone is read from it when
/// it is found for the first time.
class TimeZone {
 public:
  /// UTC.
  TimeZone() = default;

  /// "Europe/Berlin", "UTC", "Etc/GMT+5"; nullopt for a name that the database does not have.
  static std::optional<TimeZone> find(std::string_view name);

  int64_t local_of(int64_t utc_ms) const { return utc_ms + offset_ms_at(utc_ms); }

  /// When the wall shows `local_ms`: for the first time, if clocks were set back; nullopt if they
  /// were put forward over it, so that no wall ever showed it.
  std::optional<int64_t> utc_of(int64_t local_ms) const;
  /// The same, but a time that never was is taken by the clock as it went before.
  int64_t utc_of_or_shifted(int64_t local_ms) const;

 private:
  struct Zone;
  explicit TimeZone(std::shared_ptr<const Zone> zone) : zone_(std::move(zone)) {}
  int64_t offset_ms_at(int64_t utc_ms) const;

  std::shared_ptr<const Zone> zone_;  ///< null: UTC
};

}  // namespace pawl::text
