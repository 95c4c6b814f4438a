// SPDX-License-Identifier: Apache-2.0
// Tags of topics.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "aws/api_error.h"
#include "json/value.h"

namespace pawl::sns {

using Tags = std::vector<std::pair<std::string, std::string>>;

inline constexpr size_t kTagsMax = 50;

/// The member "Tags" of an input. Errors: InvalidParameter, TagLimitExceeded.
aws::ApiResult<Tags> tags_member(const json::Value& input);
json::Value tags_value(const Tags& tags);

}  // namespace pawl::sns
