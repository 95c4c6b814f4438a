// SPDX-License-Identifier: Apache-2.0
// Members of inputs and records.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "aws/api_error.h"
#include "base/error.h"
#include "json/members.h"
#include "json/value.h"

namespace pawl::cloudwatch {

/// A timestamp member, seconds, in milliseconds.
std::optional<int64_t> time_member(const json::Value& object, std::string_view name);
json::Value seconds(int64_t ms);

aws::ApiError invalid_value(std::string message);        ///< InvalidParameterValue
aws::ApiError invalid_combination(std::string message);  ///< InvalidParameterCombination
aws::ApiError as_api_error(const base::Error& error);

}  // namespace pawl::cloudwatch
