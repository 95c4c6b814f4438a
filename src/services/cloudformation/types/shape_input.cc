// SPDX-License-Identifier: Apache-2.0
#include "services/cloudformation/types/shape_input.h"

#include <algorithm>

#include "json/parse.h"
#include "json/write.h"

namespace pawl::cloudformation {
namespace {

using aws::Shape;
using aws::ShapeType;

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; }

bool same_name(std::string_view a, std::string_view b) {
  return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(),
                                            [](char x, char y) { return lower(x) == lower(y); });
}

bool ends_with_name(std::string_view text, std::string_view end) {
  return text.size() >= end.size() && same_name(text.substr(text.size() - end.size()), end);
}

const aws::Member* member_of(const Shape& shape, std::string_view name) {
  if (const aws::Member* exact = shape.find(name)) return exact;
  for (const aws::Member& each : shape.members) {
    if (same_name(each.name, name)) return &each;
  }
  return nullptr;
}

/// A tag or the like: a structure of two texts, "TagKey" and "TagValue", "key" and "value", "Name"
/// is none.
struct PairNames {
  std::string_view key;
  std::string_view value;
};

std::optional<PairNames> pair_names(const Shape& shape) {
  if (shape.type != ShapeType::Structure || shape.members.size() != 2) return std::nullopt;
  const std::string_view first = shape.members[0].name;
  const std::string_view second = shape.members[1].name;
  if (ends_with_name(first, "key") && ends_with_name(second, "value"))
    return PairNames{first, second};
  if (ends_with_name(second, "key") && ends_with_name(first, "value"))
    return PairNames{second, first};
  return std::nullopt;
}

json::Value structure(const Shape& shape, const json::Value& value) {
  if (!value.is_object()) return value;
  if (shape.document) return value;
  const std::optional<PairNames> pair = pair_names(shape);
  json::ObjectBuilder members;
  for (const json::Member& each : value.members()) {
    const aws::Member* member = member_of(shape, each.name());
    if (member == nullptr && pair)
      member = member_of(shape, same_name(each.name(), "Key") ? pair->key : pair->value);
    if (member != nullptr) members.set(member->name, shape_input(*member->shape, each.value));
  }
  return std::move(members).build();
}

json::Value list(const Shape& shape, const json::Value& value) {
  const Shape& item = *shape.item.shape;
  std::vector<json::Value> items;
  if (value.is_array()) {
    for (const json::Value& each : value.items()) items.push_back(shape_input(item, each));
  } else if (const auto pair = pair_names(item);
             pair && value.is_object() && value.find("Key") == nullptr) {
    for (const json::Member& each : value.members()) {
      items.push_back(json::Value::object(
          {{pair->key, each.key},
           {pair->value, shape_input(*item.find(pair->value)->shape, each.value)}}));
    }
  } else {
    items.push_back(shape_input(item, value));
  }
  return json::Value::array(std::move(items));
}

json::Value map(const Shape& shape, const json::Value& value) {
  const Shape& item = *shape.value.shape;
  json::ObjectBuilder members;
  if (value.is_object()) {
    for (const json::Member& each : value.members())
      members.set(each.key, shape_input(item, each.value));
    return std::move(members).build();
  }
  if (!value.is_array()) return value;
  for (const json::Value& each : value.items()) {
    const json::Value* key = each.find("Key");
    const json::Value* of_key = each.find("Value");
    if (key == nullptr || of_key == nullptr || !key->is_string()) return value;
    members.set(*key, shape_input(item, *of_key));
  }
  return std::move(members).build();
}

json::Value number(const json::Value& value) {
  if (!value.is_string()) return value;
  auto parsed = json::parse(value.as_string());
  return parsed && parsed->is_number() ? *std::move(parsed) : value;
}

json::Value boolean(const json::Value& value) {
  if (!value.is_string()) return value;
  if (same_name(value.as_string(), "true")) return json::Value(true);
  if (same_name(value.as_string(), "false")) return json::Value(false);
  return value;
}

}  // namespace

json::Value shape_input(const Shape& shape, const json::Value& value) {
  switch (shape.type) {
    case ShapeType::Structure: return structure(shape, value);
    case ShapeType::List: return list(shape, value);
    case ShapeType::Map: return map(shape, value);
    case ShapeType::String:
      return value.is_string() || value.is_null() ? value : json::Value(json::write(value));
    case ShapeType::Integer:
    case ShapeType::Long:
    case ShapeType::Float:
    case ShapeType::Double: return number(value);
    case ShapeType::Boolean: return boolean(value);
    case ShapeType::Blob:
    case ShapeType::Timestamp: return value;
  }
  return value;
}

}  // namespace pawl::cloudformation
