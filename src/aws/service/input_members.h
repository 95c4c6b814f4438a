// SPDX-License-Identifier: Apache-2.0
// Members of inputs that the model has checked, and results of the store as results of an API.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "aws/api_error.h"
#include "base/error.h"
#include "json/value.h"

namespace pawl::aws {

/// nullopt if it is absent; an empty text is there.
std::optional<std::string> find_text(const json::Value& input, std::string_view name);
/// "" if it is absent.
std::string text_member(const json::Value& input, std::string_view name);
std::optional<int64_t> find_integer(const json::Value& input, std::string_view name);
bool flag_member(const json::Value& input, std::string_view name, bool otherwise = false);
/// Texts of a list; empty if it is absent.
std::vector<std::string> texts_member(const json::Value& input, std::string_view name);
/// Texts by name; empty if it is absent.
std::map<std::string, std::string> map_member(const json::Value& input, std::string_view name);
/// The bytes of a blob; nullopt if it is absent.
std::optional<std::string> find_blob(const json::Value& input, std::string_view name);
/// Items of a list; empty if it is absent.
std::span<const json::Value> items_member(const json::Value& input, std::string_view name);

json::Value texts_value(const std::vector<std::string>& texts);
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
