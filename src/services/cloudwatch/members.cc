// SPDX-License-Identifier: Apache-2.0
#include "services/cloudwatch/members.h"

namespace pawl::cloudwatch {

std::optional<int64_t> time_member(const json::Value& object, std::string_view name) {
  const std::optional<double> time = find_number(object, name);
  if (!time) return std::nullopt;
  return static_cast<int64_t>(*time * 1000);
}

json::Value seconds(int64_t ms) { return json::Value(static_cast<double>(ms) / 1000); }

aws::ApiError invalid_value(std::string message) {
  return {"InvalidParameterValueException", std::move(message)};
}

aws::ApiError invalid_combination(std::string message) {
  return {"InvalidParameterCombinationException", std::move(message)};
}

aws::ApiError as_api_error(const base::Error& error) {
  return aws::internal_failure(error.message);
}

}  // namespace pawl::cloudwatch
