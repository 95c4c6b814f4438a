// SPDX-License-Identifier: Apache-2.0
// Members of inputs that the model has checked, the errors of this API, and its page tokens.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "aws/api_error.h"
#include "base/error.h"
#include "json/value.h"
#include "services/logs/log_store.h"

namespace pawl::logs {

/// "" if it is absent.
std::string text_member(const json::Value& input, std::string_view name);
std::optional<int64_t> integer_member(const json::Value& input, std::string_view name);
bool flag_member(const json::Value& input, std::string_view name, bool otherwise);

aws::ApiError group_not_found();
aws::ApiError stream_not_found();
aws::ApiError invalid_parameter(std::string message);
/// NotFound is a group that has gone meanwhile; the rest is ours.
aws::ApiError as_api_error(const base::Error& error);

/// 56 digits, as AWS's event ids: they sort as the events do.
std::string event_id(LogPosition position);
std::optional<LogPosition> parse_event_id(std::string_view text);

}  // namespace pawl::logs
