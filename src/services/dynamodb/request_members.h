// SPDX-License-Identifier: Apache-2.0
// Members of inputs that the model has checked.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "json/value.h"

namespace pawl::dynamodb {

/// The member if it is there and not null.
inline const json::Value* member_of(const json::Value& input, std::string_view name) {
  const json::Value* found = input.find(name);
  return found != nullptr && !found->is_null() ? found : nullptr;
}

/// "" if it is absent.
inline std::string text_member(const json::Value& input, std::string_view name) {
  const json::Value* found = input.find(name);
  return found != nullptr && found->is_string() ? std::string(found->as_string()) : std::string();
}

inline std::optional<int64_t> integer_member(const json::Value& input, std::string_view name) {
  const json::Value* found = input.find(name);
  int64_t value = 0;
  if (found == nullptr || !found->is_number() || !found->to_int64(value)) return std::nullopt;
  return value;
}

inline bool flag_member(const json::Value& input, std::string_view name, bool otherwise = false) {
  const json::Value* found = input.find(name);
  return found != nullptr && found->is_boolean() ? found->as_boolean() : otherwise;
}

}  // namespace pawl::dynamodb
