// SPDX-License-Identifier: Apache-2.0
// Timestamp: a point in time as the engine keeps it, and its two ISO-8601 readings. No clock: time
// comes in as a value.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace pawl::base {

/// Milliseconds since 1970-01-01T00:00:00Z.
struct Timestamp {
  int64_t ms = 0;

  friend auto operator<=>(const Timestamp&, const Timestamp&) = default;
};

/// "2016-03-14T01:59:00.123Z": always UTC, always three decimals, as AWS prints
/// $$.Execution.StartTime.
std::string format_iso8601(Timestamp time);

/// RFC 3339 profile of ISO-8601 as ASL "Timestamps" demand it: upper-case T and an offset (Z or
/// +hh:mm), seconds with any number of decimals. nullopt for anything else, including a month 13 or
/// an hour 25.
std::optional<Timestamp> parse_iso8601(std::string_view text);

}  // namespace pawl::base
