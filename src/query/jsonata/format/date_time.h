// SPDX-License-Identifier: Apache-2.0
// $fromMillis and $toMillis: moments as text and back (XPath F&O 9.8 fn:format-dateTime). The
// calendar is proleptic Gregorian, everything in UTC; the current time comes from the caller.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "query/jsonata/format/dialect.h"
#include "query/jsonata/format/format_error.h"

namespace pawl::query::jsonata {

/// `millis` since 1970 as `picture` shows it, ISO 8601 without one ("2018-04-10T14:30:05.123Z");
/// `timezone` is "+hhmm" or "-hhmm". Texts are UTF-8. Moments beyond 8.64e15 ms show as "NaN".
/// Errors: D3130 … D3135; U1001; JavaScript's own. Pure, thread-safe.
tl::expected<std::string, FormatError> from_millis(double millis,
                                                   std::optional<std::string_view> picture,
                                                   std::optional<std::string_view> timezone,
                                                   Dialect dialect);

/// The moment that `timestamp` tells, read by `picture`, or as ISO 8601 without one. Fields above
/// the first that is given are those of `now_ms`. nullopt ("undefined"): the timestamp does not
/// match the picture. The number may be NaN: a date that does not exist.
/// Time and memory grow with the product of both texts' lengths; U1001 beyond a bound on it.
/// Errors: D3110 (not ISO 8601; value: the timestamp), D3130 … D3136; JavaScript's own.
tl::expected<std::optional<double>, FormatError> to_millis(std::string_view timestamp,
                                                           std::optional<std::string_view> picture,
                                                           double now_ms, Dialect dialect);

}  // namespace pawl::query::jsonata
