// SPDX-License-Identifier: Apache-2.0
// Members of objects whose types are settled already: inputs that the protocol's codec has checked
// against the model, and records that this service wrote.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "json/value.h"

namespace pawl::states {

/// "" if it is absent.
inline std::string text_member(const json::Value& object, std::string_view name) {
  const json::Value* value = object.find(name);
  return value != nullptr && value->is_string() ? std::string(value->as_string()) : std::string();
}

inline std::optional<std::string> optional_text_member(const json::Value& object,
                                                       std::string_view name) {
  const json::Value* value = object.find(name);
  if (value == nullptr || !value->is_string()) return std::nullopt;
  return std::string(value->as_string());
}

/// false if it is absent.
inline bool flag_member(const json::Value& object, std::string_view name) {
  const json::Value* value = object.find(name);
  return value != nullptr && value->is_boolean() && value->as_boolean();
}

/// 0 if it is absent or no integer.
inline int64_t integer_member(const json::Value& object, std::string_view name) {
  const json::Value* value = object.find(name);
  int64_t number = 0;
  return value != nullptr && value->is_number() && value->to_int64(number) ? number : 0;
}

}  // namespace pawl::states
