// SPDX-License-Identifier: Apache-2.0
// Members of inputs. SQS says in words of its own what is missing, so the model demands nothing
// (models/sqs/overlay.json).
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "aws/api_error.h"
#include "json/members.h"
#include "json/value.h"

namespace pawl::sqs {

/// Texts by name: Attributes, Tags.
std::map<std::string, std::string> map_of(const json::Value& input, std::string_view name);

/// Errors of all three: MissingRequiredParameterException.
aws::ApiResult<std::string> required_text(const json::Value& input, std::string_view name);
aws::ApiResult<std::vector<std::string>> required_texts(const json::Value& input,
                                                        std::string_view name);
aws::ApiResult<int64_t> required_number(const json::Value& input, std::string_view name);

/// The number, or `otherwise`. Error: "Value 21 for parameter N is invalid. Reason: …".
aws::ApiResult<int64_t> number_between(const json::Value& input, std::string_view name,
                                       int64_t least, int64_t most, int64_t otherwise);

}  // namespace pawl::sqs
