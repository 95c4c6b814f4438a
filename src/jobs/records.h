// SPDX-License-Identifier: Apache-2.0
// Records of the store: JSON objects with a number of their format; AWS's lists of names and values
// in them, and the ids they are kept by.
#pragma once

#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "aws/api_error.h"
#include "base/error.h"
#include "json/value.h"

namespace pawl::jobs {

/// An object of AWS's name-value pairs: [{"name": …, "value": …}].
std::vector<std::pair<std::string, std::string>> pairs_of(const json::Value& object,
                                                          std::string_view member);
/// `base` with those of `over`, which win, behind it.
std::vector<std::pair<std::string, std::string>> merged_pairs(
    std::vector<std::pair<std::string, std::string>> base,
    const std::vector<std::pair<std::string, std::string>>& over);
/// The same of [{"name": …, "valueFrom": …}].
std::vector<std::pair<std::string, std::string>> secrets_of(const json::Value& object,
                                                            std::string_view member);
json::Value pairs_value(const std::vector<std::pair<std::string, std::string>>& pairs);

/// Errors: InvalidSyntax if the text is no record of a format that this version knows.
base::Result<json::Value> decode_record(std::string_view text);
std::string encode_record(const json::Value& record);

/// 128 random bits.
std::string new_uuid();
/// The same as ECS writes its ids: 32 hexadecimal digits.
std::string new_task_id();

/// A failure of the store as an answer: ServerException, 500.
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

}  // namespace pawl::jobs
