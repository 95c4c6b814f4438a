// SPDX-License-Identifier: Apache-2.0
#include "json/members.h"

#include <utility>

namespace pawl::json {

const Value* member_of(const Value& object, std::string_view name) {
  const Value* found = object.find(name);
  return found != nullptr && !found->is_null() ? found : nullptr;
}

bool has_member(const Value& object, std::string_view name) {
  return member_of(object, name) != nullptr;
}

std::optional<std::string> find_text(const Value& object, std::string_view name) {
  const Value* found = object.find(name);
  if (found == nullptr || !found->is_string()) return std::nullopt;
  return std::string(found->as_string());
}

std::string text_member(const Value& object, std::string_view name) {
  const Value* found = object.find(name);
  return found != nullptr && found->is_string() ? std::string(found->as_string()) : std::string();
}

std::optional<int64_t> find_integer(const Value& object, std::string_view name) {
  const Value* found = object.find(name);
  int64_t number = 0;
  if (found == nullptr || !found->is_number() || !found->to_int64(number)) return std::nullopt;
  return number;
}

int64_t integer_member(const Value& object, std::string_view name, int64_t otherwise) {
  return find_integer(object, name).value_or(otherwise);
}

std::optional<double> find_number(const Value& object, std::string_view name) {
  const Value* found = object.find(name);
  if (found == nullptr || !found->is_number()) return std::nullopt;
  return found->as_double();
}

bool flag_member(const Value& object, std::string_view name, bool otherwise) {
  const Value* found = object.find(name);
  return found != nullptr && found->is_boolean() ? found->as_boolean() : otherwise;
}

Value object_member(const Value& object, std::string_view name) {
  const Value* found = object.find(name);
  return found != nullptr && found->is_object() ? *found : Value::object();
}

Value array_member(const Value& object, std::string_view name) {
  const Value* found = object.find(name);
  return found != nullptr && found->is_array() ? *found : Value::array();
}

std::span<const Value> items_member(const Value& object, std::string_view name) {
  const Value* found = object.find(name);
  if (found == nullptr || !found->is_array()) return {};
  return found->items();
}

std::vector<std::string> texts_member(const Value& object, std::string_view name) {
  std::vector<std::string> texts;
  for (const Value& item : items_member(object, name)) {
    if (item.is_string()) texts.emplace_back(item.as_string());
  }
  return texts;
}

Value texts_value(const std::vector<std::string>& texts) {
  std::vector<Value> items;
  items.reserve(texts.size());
  for (const std::string& text : texts) items.emplace_back(text);
  return Value::array(std::move(items));
}

void copy_members(const Value& from, std::initializer_list<std::string_view> names,
                  ObjectBuilder& out) {
  for (const std::string_view name : names) {
    if (const Value* found = from.find(name)) out.set(name, *found);
  }
}

Value selected(const Value& object, std::initializer_list<std::string_view> names) {
  ObjectBuilder out;
  copy_members(object, names, out);
  return std::move(out).build();
}

}  // namespace pawl::json
