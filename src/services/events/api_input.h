// SPDX-License-Identifier: Apache-2.0
// Members of inputs that the model has checked and of stored records, this API's errors in its
// words, and its page tokens.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "aws/api_error.h"
#include "aws/service/request.h"
#include "base/error.h"
#include "base/time.h"
#include "json/members.h"
#include "json/value.h"
#include "services/events/names.h"

namespace pawl::events {

/// Seconds with a fraction, as the protocols carry timestamps; and back.
json::Value time_value(base::Timestamp time);
base::Timestamp time_of(const json::Value& object, std::string_view member);

aws::ApiError not_found(const std::string& what);
aws::ApiError already_exists(const std::string& what);
aws::ApiError bus_not_found(const std::string& name);
aws::ApiError rule_not_found(const RuleName& rule);
aws::ApiError limit_exceeded();

template <typename T>
aws::ApiResult<T> of_store(base::Result<T> result) {
  if (!result)
    return aws::ApiError("InternalException", result.error().message, 500, aws::Fault::Receiver);
  if constexpr (std::is_void_v<T>) {
    return {};
  } else {
    return *std::move(result);
  }
}

Scope scope_of(const aws::Request& request);
/// Of a member that is a bus's name or ARN; the default one if it is not there.
BusName bus_member(const aws::Request& request, std::string_view member = "EventBusName");

/// Where the page begins that NextToken stands for; "" is the first.
aws::ApiResult<std::string> page_start(const json::Value& input);
std::string page_token(std::string_view next);
size_t page_limit(const json::Value& input);

}  // namespace pawl::events
