// SPDX-License-Identifier: Apache-2.0
// Members of inputs as APIs type them, besides json/members.h, and results of the store as results
// of an API.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "aws/api_error.h"
#include "base/error.h"
#include "json/members.h"
#include "json/value.h"

namespace pawl::aws {

/// Texts by name; empty if it is absent.
std::map<std::string, std::string> map_member(const json::Value& input, std::string_view name);
/// The bytes of a blob; nullopt if it is absent.
std::optional<std::string> find_blob(const json::Value& input, std::string_view name);
/// A timestamp in milliseconds; nullopt if it is absent.
std::optional<int64_t> find_time(const json::Value& input, std::string_view name);

json::Value blob_value(std::string_view bytes);
/// A timestamp as protocols take it: seconds, with milliseconds behind the point.
json::Value time_value(int64_t ms);

/// A failure of the store is ours.
template <typename T>
ApiResult<T> from_store(base::Result<T> result) {
  if (!result) return internal_failure(result.error().message);
  if constexpr (std::is_void_v<T>) {
    return {};
  } else {
    return *std::move(result);
  }
}

}  // namespace pawl::aws
