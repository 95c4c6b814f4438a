// SPDX-License-Identifier: Apache-2.0
// Matching a timestamp against an analysed picture: which piece of the text each part of the
// picture takes, exactly as the regular expression that the reference builds would decide. Not the
// meaning of the pieces.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "query/jsonata/format/date_time_picture.h"
#include "query/jsonata/format/dialect.h"
#include "query/jsonata/format/format_error.h"

namespace pawl::query::jsonata {

/// One piece of `timestamp` per part (views into it); nullopt if it does not match.
/// Time and memory: parts times units of the timestamp, without backtracking.
/// Errors: U1001 if that product is over 64 Mi; D3130 for a numbering sequence; D3133 for a name
/// of what has none.
tl::expected<std::optional<std::vector<std::u16string_view>>, FormatError> match_timestamp(
    std::u16string_view timestamp, const DateTimePicture& picture, Dialect dialect);

/// The separator that a time zone's digits have, if any.
std::u16string_view zone_separator(const DateTimePart& part);

}  // namespace pawl::query::jsonata
