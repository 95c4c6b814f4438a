// SPDX-License-Identifier: Apache-2.0
// Tags of machines and activities: lists of {"key","value"} in the order in which keys came first.
#pragma once

#include <string_view>

#include "aws/api_error.h"
#include "aws/service/request.h"
#include "json/value.h"

namespace pawl::states {

/// API TagResource: "you can have up to 50 tags per resource".
inline constexpr size_t kTagsMax = 50;

/// `present` with `added` (lists of tags; a key that is there gets the new value).
/// Errors: TooManyTags naming `arn`; ValidationException for a key that begins with "aws:", which
/// only services give (Principal::via_service).
aws::ApiResult<json::Value> with_tags(const json::Value& present, const json::Value* added,
                                      std::string_view arn, const aws::Principal& principal);

/// `present` without the tags whose keys `keys` (a list of texts) names.
json::Value without_tags(const json::Value& present, const json::Value& keys);

}  // namespace pawl::states
