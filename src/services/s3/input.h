// SPDX-License-Identifier: Apache-2.0
// Input: the members of a decoded request, or of a structure in it, by name and type. Views the
// value, which must live longer.
#pragma once

#include <cmath>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/time.h"
#include "json/value.h"

namespace pawl::s3 {

class Input {
 public:
  explicit Input(const json::Value& value) : value_(&value) {}

  const json::Value* find(std::string_view name) const {
    const json::Value* found = value_->find(name);
    return found == nullptr || found->is_null() ? nullptr : found;
  }
  bool has(std::string_view name) const { return find(name) != nullptr; }
  /// "" if absent.
  std::string text(std::string_view name) const {
    const json::Value* found = find(name);
    return found != nullptr && found->is_string() ? std::string(found->as_string()) : std::string();
  }
  std::optional<int64_t> integer(std::string_view name) const {
    const json::Value* found = find(name);
    int64_t number = 0;
    if (found == nullptr || !found->is_number() || !found->to_int64(number)) return std::nullopt;
    return number;
  }
  bool is_true(std::string_view name) const {
    const json::Value* found = find(name);
    return found != nullptr && found->is_boolean() && found->as_boolean();
  }
  std::optional<base::Timestamp> time(std::string_view name) const {
    const json::Value* found = find(name);
    if (found == nullptr || !found->is_number()) return std::nullopt;
    return base::Timestamp{std::llround(found->as_double() * 1'000)};
  }
  /// The items of a list, none if absent.
  std::span<const json::Value> items(std::string_view name) const {
    const json::Value* found = find(name);
    return found != nullptr && found->is_array() ? found->items() : std::span<const json::Value>();
  }

 private:
  const json::Value* value_;
};

/// Whole seconds, as S3 tells times.
inline json::Value seconds_of(base::Timestamp time) { return json::Value(time.ms / 1'000); }

}  // namespace pawl::s3
