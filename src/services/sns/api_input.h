// SPDX-License-Identifier: Apache-2.0
// Members of inputs that the model has checked, the errors of this API in its words, and its page
// tokens.
#pragma once

#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "aws/api_error.h"
#include "aws/arn.h"
#include "aws/service/request.h"
#include "base/error.h"
#include "json/members.h"
#include "json/value.h"
#include "services/sns/topic.h"

namespace pawl::sns {

/// A map of strings; empty if it is absent.
Attributes attributes_member(const json::Value& input, std::string_view name);
json::Value attributes_value(const Attributes& attributes);

/// InvalidParameter, "Invalid parameter: WHAT".
aws::ApiError invalid_parameter(const std::string& what);
aws::ApiError not_found(const std::string& what);
/// A failure of the store is ours.
aws::ApiError as_api_error(const base::Error& error);

/// A result of the store as one of the API.
template <typename T>
aws::ApiResult<T> from_store(base::Result<T> result) {
  if (!result) return as_api_error(result.error());
  if constexpr (std::is_void_v<T>) {
    return {};
  } else {
    return *std::move(result);
  }
}

/// "Invalid parameter: TopicArn Reason: An ARN must have at least 6 elements, not 1".
aws::ApiResult<aws::Arn> arn_member(const json::Value& input, std::string_view name);
/// The topic that it names, which must be in the region that was asked (recorded).
aws::ApiResult<TopicName> topic_member(const aws::Request& request, std::string_view name);

/// AuthorizationError, "User: … is not authorized to perform: SNS:Publish on resource: …".
aws::ApiError not_authorized(const aws::Request& request, const std::string& resource);
/// Errors: that, if `account`, whose resource it is, is not the caller's.
aws::ApiResult<void> check_owner(const aws::Request& request, std::string_view account,
                                 const std::string& resource);

/// Where the page begins that NextToken stands for; "" is the first.
aws::ApiResult<std::string> page_start(const json::Value& input, std::string_view member);
std::string page_token(std::string_view next);

}  // namespace pawl::sns
