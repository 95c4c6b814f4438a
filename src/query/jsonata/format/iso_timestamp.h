// SPDX-License-Identifier: Apache-2.0
// ISO 8601 timestamps as $toMillis takes them without a picture: the reference's regular
// expression, then ECMAScript's Date.parse with what V8 adds to it.
#pragma once

#include <string_view>

#include "query/jsonata/format/dialect.h"

namespace pawl::query::jsonata {

/// True if the reference's expression lets `timestamp` through: a year and, optionally, month, day,
/// time, fraction, zone; 2.0.6 also takes repeated ones. Linear.
bool is_iso_timestamp(std::string_view timestamp, Dialect dialect);

/// Date.parse of a text that is_iso_timestamp holds for, where local time is UTC; NaN if it names
/// no date.
double parse_iso_timestamp(std::string_view timestamp);

}  // namespace pawl::query::jsonata
