// SPDX-License-Identifier: Apache-2.0
#include "services/cloudwatch/members.h"

namespace pawl::cloudwatch {

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

std::optional<double> number_member(const json::Value& object, std::string_view name) {
  const json::Value* value = object.find(name);
  if (value == nullptr || !value->is_number()) return std::nullopt;
  return value->as_double();
}

std::optional<int64_t> time_member(const json::Value& object, std::string_view name) {
  const std::optional<double> time = number_member(object, name);
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
