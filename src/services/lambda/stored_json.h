// SPDX-License-Identifier: Apache-2.0
// How the records of this service stand in the store: JSON objects with a number of their format.
#pragma once

#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "aws/api_error.h"
#include "base/error.h"
#include "json/members.h"
#include "json/value.h"

namespace pawl::lambda {

/// Errors: ServiceException if the text is no record of a format that this version knows.
aws::ApiResult<json::Value> decode_record(std::string_view text);
std::string encode_record(const json::Value& record);

/// A failure of the store as API error.
aws::ApiError store_failure(const base::Error& error);

template <typename T>
aws::ApiResult<T> of_store(base::Result<T> result) {
  if (!result) return store_failure(result.error());
  if constexpr (std::is_void_v<T>) {
    return {};
  } else {
    return std::move(*result);
  }
}

}  // namespace pawl::lambda
