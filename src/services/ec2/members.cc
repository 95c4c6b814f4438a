// SPDX-License-Identifier: Apache-2.0
#include "services/ec2/members.h"

namespace pawl::ec2 {

std::string text_member(const json::Value& object, std::string_view name) {
  const json::Value* value = object.find(name);
  return value != nullptr && value->is_string() ? std::string(value->as_string()) : std::string();
}

std::optional<int64_t> integer_member(const json::Value& object, std::string_view name) {
  const json::Value* value = object.find(name);
  int64_t number = 0;
  if (value == nullptr || !value->is_number() || !value->to_int64(number)) return std::nullopt;
  return number;
}

bool flag_member(const json::Value& object, std::string_view name, bool otherwise) {
  const json::Value* value = object.find(name);
  return value != nullptr && value->is_boolean() ? value->as_boolean() : otherwise;
}

void copy_members(const json::Value& from, std::initializer_list<std::string_view> names,
                  json::ObjectBuilder& out) {
  for (const std::string_view name : names) {
    if (const json::Value* value = from.find(name)) out.set(name, *value);
  }
}

std::span<const json::Value> items_of(const json::Value& object, std::string_view name) {
  const json::Value* value = object.find(name);
  return value != nullptr && value->is_array() ? value->items() : std::span<const json::Value>();
}

aws::ApiError as_api_error(const base::Error& error) {
  return aws::internal_failure(error.message);
}

}  // namespace pawl::ec2
