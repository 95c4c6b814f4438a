// SPDX-License-Identifier: Apache-2.0
// Members of inputs and records.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "aws/api_error.h"
#include "base/error.h"
#include "json/value.h"

namespace pawl::cloudwatch {

/// "" if it is absent.
std::string text_member(const json::Value& object, std::string_view name);
std::optional<int64_t> integer_member(const json::Value& object, std::string_view name);
bool flag_member(const json::Value& object, std::string_view name, bool otherwise = false);
void copy_members(const json::Value& from, std::initializer_list<std::string_view> names,
                  json::ObjectBuilder& out);
/// The items of an array member; none if it is absent.
std::span<const json::Value> items_of(const json::Value& object, std::string_view name);

std::optional<double> number_member(const json::Value& object, std::string_view name);
/// A timestamp member, seconds, in milliseconds.
std::optional<int64_t> time_member(const json::Value& object, std::string_view name);
json::Value seconds(int64_t ms);

aws::ApiError invalid_value(std::string message);        ///< InvalidParameterValue
aws::ApiError invalid_combination(std::string message);  ///< InvalidParameterCombination
aws::ApiError as_api_error(const base::Error& error);

}  // namespace pawl::cloudwatch
