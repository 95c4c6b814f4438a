// SPDX-License-Identifier: Apache-2.0
// S3's errors with the members that AWS puts beside code and message (API Reference, "Error
// Responses"; texts as recorded).
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

#include "aws/api_error.h"
#include "base/error.h"

namespace pawl::s3 {

using ErrorMembers = std::initializer_list<std::pair<std::string_view, std::string_view>>;

aws::ApiError error(std::string_view code, std::string_view message, int status,
                    ErrorMembers members = {});

aws::ApiError no_such_bucket(std::string_view bucket);
aws::ApiError no_such_key(std::string_view key);
aws::ApiError no_such_version(std::string_view key, std::string_view version_id);
aws::ApiError no_such_upload(std::string_view upload_id);
aws::ApiError malformed_xml();
aws::ApiError malformed_acl();
aws::ApiError invalid_argument(std::string_view message, std::string_view name,
                               std::string_view value);
/// Without ArgumentValue.
aws::ApiError invalid_argument(std::string_view message, std::string_view name);
aws::ApiError invalid_request(std::string_view message);
aws::ApiError access_denied(std::string_view message = "Access Denied");
aws::ApiError precondition_failed(std::string_view condition);
/// `method`: of HTTP; the version that was asked for is a delete marker.
aws::ApiError delete_marker_not_allowed(std::string_view method);
/// 500 InternalError; what the operating system said stays here.
aws::ApiError internal_error(const base::Error& cause);

/// The value of a base::Result, or InternalError.
template <typename T>
aws::ApiResult<T> answered(base::Result<T> result) {
  if (!result) return internal_error(result.error());
  if constexpr (std::is_void_v<T>) {
    return {};
  } else {
    return std::move(*result);
  }
}

}  // namespace pawl::s3
