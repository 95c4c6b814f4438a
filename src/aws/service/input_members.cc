// SPDX-License-Identifier: Apache-2.0
#include "aws/service/input_members.h"

#include "base/bytes.h"

namespace pawl::aws {

using json::Value;

std::optional<std::string> find_text(const Value& input, std::string_view name) {
  const Value* value = input.find(name);
  if (value == nullptr || !value->is_string()) return std::nullopt;
  return std::string(value->as_string());
}

std::string text_member(const Value& input, std::string_view name) {
  return find_text(input, name).value_or("");
}

std::optional<int64_t> find_integer(const Value& input, std::string_view name) {
  const Value* value = input.find(name);
  int64_t number = 0;
  if (value == nullptr || !value->is_number() || !value->to_int64(number)) return std::nullopt;
  return number;
}

bool flag_member(const Value& input, std::string_view name, bool otherwise) {
  const Value* value = input.find(name);
  return value != nullptr && value->is_boolean() ? value->as_boolean() : otherwise;
}

std::vector<std::string> texts_member(const Value& input, std::string_view name) {
  std::vector<std::string> texts;
  for (const Value& item : items_member(input, name)) {
    if (item.is_string()) texts.emplace_back(item.as_string());
  }
  return texts;
}

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

std::span<const Value> items_member(const Value& input, std::string_view name) {
  const Value* value = input.find(name);
  if (value == nullptr || !value->is_array()) return {};
  return value->items();
}

Value texts_value(const std::vector<std::string>& texts) {
  std::vector<Value> items;
  items.reserve(texts.size());
  for (const std::string& text : texts) items.emplace_back(text);
  return Value::array(std::move(items));
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
