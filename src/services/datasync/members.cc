// SPDX-License-Identifier: Apache-2.0
#include "services/datasync/members.h"

namespace pawl::datasync {

std::string text_member(const json::Value& object, std::string_view name) {
  const json::Value* value = object.find(name);
  return value != nullptr && value->is_string() ? std::string(value->as_string()) : std::string();
}

int64_t integer_member(const json::Value& object, std::string_view name) {
  const json::Value* value = object.find(name);
  int64_t number = 0;
  if (value != nullptr && value->is_number()) value->to_int64(number);
  return number;
}

void copy_members(const json::Value& from, std::initializer_list<std::string_view> names,
                  json::ObjectBuilder& out) {
  for (const std::string_view name : names) {
    if (const json::Value* value = from.find(name)) out.set(name, *value);
  }
}

aws::ApiError invalid_request(std::string message) {
  return {"InvalidRequestException", std::move(message)};
}

aws::ApiError as_api_error(const base::Error& error) {
  return aws::internal_failure(error.message);
}

}  // namespace pawl::datasync
