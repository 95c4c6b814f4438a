// SPDX-License-Identifier: Apache-2.0
// Members of inputs that the model has checked, the errors of this API, and its page tokens.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "aws/api_error.h"
#include "base/error.h"
#include "json/members.h"
#include "json/value.h"
#include "services/logs/log_store.h"

namespace pawl::logs {

aws::ApiError group_not_found();
aws::ApiError stream_not_found();
aws::ApiError invalid_parameter(std::string message);
/// NotFound is a group that has gone meanwhile; the rest is ours.
aws::ApiError as_api_error(const base::Error& error);

/// Names make the order of every list: a token is the last name that was given. "" without token.
aws::ApiResult<std::string> page_start(const json::Value& input);
std::string page_token(std::string_view last_name);
size_t page_size(const json::Value& input, std::string_view member = "limit");
/// arn:PARTITION:logs:REGION:ACCOUNT:RESOURCE.
std::string logs_arn(const std::string& account, const std::string& region,
                     std::string_view resource);

/// 56 digits, as AWS's event ids: they sort as the events do.
std::string event_id(LogPosition position);
std::optional<LogPosition> parse_event_id(std::string_view text);

}  // namespace pawl::logs
