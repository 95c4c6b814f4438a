// SPDX-License-Identifier: Apache-2.0
#include "services/cloudformation/types/handler_errors.h"

#include <algorithm>

#include "services/cloudformation/types/request_properties.h"

namespace pawl::cloudformation {

bool failed_with(const aws::ApiResult<json::Value>& result,
                 std::initializer_list<std::string_view> codes) {
  if (result) return false;
  const std::string_view code = aws::bare_error_code(result.error().code);
  return std::find(codes.begin(), codes.end(), code) != codes.end();
}

aws::ApiResult<json::Value> unless(aws::ApiResult<json::Value> result,
                                   std::initializer_list<std::string_view> codes) {
  if (failed_with(result, codes)) return json::Value();
  return result;
}

aws::ApiError already_exists(std::string_view type, std::string_view identifier) {
  return {"AlreadyExists", "Resource of type '" + std::string(type) + "' with identifier '" +
                               std::string(identifier) + "' already exists."};
}

aws::ApiError not_served(std::string_view type, std::string_view property) {
  return {"InvalidRequest",
          "Pawl does not have the property " + std::string(property) + " of " + std::string(type)};
}

aws::ApiResult<void> refuse_properties(std::string_view type, const json::Value& properties,
                                       std::initializer_list<std::string_view> names) {
  for (const std::string_view name : names) {
    if (value_at(properties, name) != nullptr) return not_served(type, name);
  }
  return {};
}

}  // namespace pawl::cloudformation
