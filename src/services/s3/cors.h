// SPDX-License-Identifier: Apache-2.0
// CORS rules (S3 User Guide, "How does Amazon S3 evaluate the CORS configuration on a bucket?").
// Pure.
#pragma once

#include <optional>
#include <string_view>

#include "aws/http_message.h"
#include "json/value.h"

namespace pawl::s3 {

/// The headers that the first rule that fits gives; nullopt if none does. `requested_headers`: of a
/// preflight, comma-separated; "" for the request itself.
std::optional<aws::Headers> cors_headers(const json::Value& configuration, std::string_view origin,
                                         std::string_view method,
                                         std::string_view requested_headers);

}  // namespace pawl::s3
