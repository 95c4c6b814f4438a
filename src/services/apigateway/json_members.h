// SPDX-License-Identifier: Apache-2.0
// Reading members of records and inputs, whose shape the model or we have checked: what is missing
// or of another type reads as nothing.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "json/value.h"

namespace pawl::apigateway {

inline bool has(const json::Value& object, std::string_view member) {
  const json::Value* found = object.find(member);
  return found != nullptr && !found->is_null();
}

inline std::string text_of(const json::Value& object, std::string_view member) {
  const json::Value* found = object.find(member);
  return found != nullptr && found->is_string() ? std::string(found->as_string()) : std::string();
}

inline int64_t number_of(const json::Value& object, std::string_view member, int64_t other = 0) {
  const json::Value* found = object.find(member);
  int64_t number = other;
  if (found != nullptr && found->is_number() && !found->to_int64(number)) return other;
  return number;
}

inline double double_of(const json::Value& object, std::string_view member, double other = 0) {
  const json::Value* found = object.find(member);
  return found != nullptr && found->is_number() ? found->as_double() : other;
}

inline bool flag_of(const json::Value& object, std::string_view member) {
  const json::Value* found = object.find(member);
  return found != nullptr && found->is_boolean() && found->as_boolean();
}

/// {} and [] if there is none.
inline json::Value object_of(const json::Value& object, std::string_view member) {
  const json::Value* found = object.find(member);
  return found != nullptr && found->is_object() ? *found : json::Value::object();
}
inline json::Value array_of(const json::Value& object, std::string_view member) {
  const json::Value* found = object.find(member);
  return found != nullptr && found->is_array() ? *found : json::Value::array();
}

inline std::vector<std::string> strings_of(const json::Value& object, std::string_view member) {
  std::vector<std::string> texts;
  const json::Value list = array_of(object, member);
  for (const json::Value& item : list.items()) {
    if (item.is_string()) texts.emplace_back(item.as_string());
  }
  return texts;
}

inline json::Value array_of_texts(const std::vector<std::string>& texts) {
  std::vector<json::Value> items;
  items.reserve(texts.size());
  for (const std::string& text : texts) items.emplace_back(text);
  return json::Value::array(std::move(items));
}

}  // namespace pawl::apigateway
