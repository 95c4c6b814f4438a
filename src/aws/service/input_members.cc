// SPDX-License-Identifier: Apache-2.0
#include "aws/service/input_members.h"

#include "base/bytes.h"

namespace pawl::aws {

using json::Value;

std::map<std::string, std::string> map_member(const Value& input, std::string_view name) {
  std::map<std::string, std::string> map;
  const Value* value = input.find(name);
  if (value == nullptr || !value->is_object()) return map;
  for (const json::Member& member : value->members()) {
    if (member.value.is_string())
      map.insert_or_assign(std::string(member.name()), std::string(member.value.as_string()));
  }
  return map;
}

std::optional<std::string> find_blob(const Value& input, std::string_view name) {
  const Value* value = input.find(name);
  if (value == nullptr || !value->is_string()) return std::nullopt;
  return base::base64_decode(value->as_string());
}

std::optional<int64_t> find_time(const Value& input, std::string_view name) {
  const std::optional<double> seconds = json::find_number(input, name);
  if (!seconds) return std::nullopt;
  const double ms = *seconds * 1'000;
  if (!(ms > -1e15 && ms < 1e15)) return std::nullopt;
  return static_cast<int64_t>(ms + (ms < 0 ? -0.5 : 0.5));
}

Value blob_value(std::string_view bytes) { return Value(base::base64_encode(bytes)); }

Value time_value(int64_t ms) {
  std::string lexeme = std::to_string(ms / 1000);
  if (const int64_t rest = ms % 1000; rest != 0) {
    const std::string digits = std::to_string(rest);
    lexeme += "." + std::string(3 - digits.size(), '0') + digits;
  }
  return Value::number_from_lexeme(lexeme);
}

}  // namespace pawl::aws
