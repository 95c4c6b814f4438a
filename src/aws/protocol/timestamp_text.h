// SPDX-License-Identifier: Apache-2.0
// Timestamps of the AWS protocols: in a Value they are numbers, seconds since 1970 with a fraction;
// on the wire also ISO-8601 and HTTP dates (Smithy 2.0, "timestampFormat trait").
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "aws/model/shape.h"
#include "base/time.h"
#include "json/value.h"

namespace pawl::aws {

/// "1700000000.123"; without a fraction if there is none.
json::Value timestamp_value(base::Timestamp time);

/// The nearest millisecond, kept within the years 1 to 9999. `seconds` is a number.
base::Timestamp timestamp_of(const json::Value& seconds);

/// "Tue, 29 Apr 2014 18:30:38 GMT" (RFC 9110 section 5.6.7); milliseconds are dropped.
std::string format_http_date(base::Timestamp time);

/// `seconds` as text. `milliseconds_always`: "….000Z" also for a whole second, as S3 does.
std::string format_timestamp(const json::Value& seconds, TimestampFormat format,
                             bool milliseconds_always = false);

/// Any of the formats, as AWS and its SDKs take them; nullopt if it is none.
std::optional<json::Value> parse_timestamp(std::string_view text);

}  // namespace pawl::aws
