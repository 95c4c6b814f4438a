// SPDX-License-Identifier: Apache-2.0
// Members of JSON objects for those who take what is there: of stored records and of input that a
// model has validated.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "json/value.h"

namespace pawl::aws {

/// "", 0, false and {} if the member is not there or something else.
inline std::string text_of(const json::Value& object, std::string_view member) {
  const json::Value* found = object.find(member);
  return found != nullptr && found->is_string() ? std::string(found->as_string()) : std::string();
}

inline int64_t number_of(const json::Value& object, std::string_view member,
                         int64_t otherwise = 0) {
  const json::Value* found = object.find(member);
  int64_t number = 0;
  return found != nullptr && found->is_number() && found->to_int64(number) ? number : otherwise;
}

inline bool flag_of(const json::Value& object, std::string_view member) {
  const json::Value* found = object.find(member);
  return found != nullptr && found->is_boolean() && found->as_boolean();
}

inline json::Value object_of(const json::Value& object, std::string_view member) {
  const json::Value* found = object.find(member);
  return found != nullptr && found->is_object() ? *found : json::Value::object();
}

/// Seconds, as APIs have timestamps, in milliseconds; -1 if the member is not there.
inline int64_t milliseconds_of(const json::Value& object, std::string_view member) {
  const json::Value* found = object.find(member);
  if (found == nullptr || !found->is_number()) return -1;
  const double ms = found->as_double() * 1'000;
  return ms > -1e15 && ms < 1e15 ? static_cast<int64_t>(ms + (ms < 0 ? -0.5 : 0.5)) : -1;
}

inline json::Value seconds(int64_t ms) {
  return ms % 1'000 == 0 ? json::Value(ms / 1'000) : json::Value(static_cast<double>(ms) / 1'000);
}

/// Copies the member if it is there.
inline void copy_member(json::ObjectBuilder& out, const json::Value& from, std::string_view name) {
  if (const json::Value* found = from.find(name)) out.set(name, *found);
}

}  // namespace pawl::aws
