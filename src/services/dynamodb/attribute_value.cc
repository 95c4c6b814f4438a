// SPDX-License-Identifier: Apache-2.0
#include "services/dynamodb/attribute_value.h"

#include <algorithm>

#include "services/dynamodb/number.h"

namespace pawl::dynamodb {
namespace {

/// "Numbers: about one byte per two significant digits, plus one".
size_t number_size(std::string_view text) {
  size_t first = 0;
  size_t last = text.size();
  const auto counts = [&](size_t i) { return text[i] >= '1' && text[i] <= '9'; };
  while (first < last && !counts(first)) ++first;
  while (last > first && !counts(last - 1)) --last;
  const auto digits = static_cast<size_t>(std::count_if(
      text.begin() + static_cast<std::ptrdiff_t>(first),
      text.begin() + static_cast<std::ptrdiff_t>(last), [](char c) { return c != '.'; }));
  return (digits + 1) / 2 + 1 + (text.starts_with('-') ? 1 : 0);
}

int sign(std::strong_ordering order) { return order < 0 ? -1 : order > 0 ? 1 : 0; }

bool same_elements(std::vector<std::string> a, std::vector<std::string> b) {
  std::sort(a.begin(), a.end());
  std::sort(b.begin(), b.end());
  return a == b;
}

}  // namespace

std::optional<Type> type_named(std::string_view name) {
  for (size_t i = 0; i < kTypeNames.size(); ++i) {
    if (kTypeNames[i] == name) return static_cast<Type>(i);
  }
  return std::nullopt;
}

AttributeValue AttributeValue::string(std::string_view text) {
  AttributeValue out;
  out.type = Type::S;
  out.text = text;
  return out;
}

AttributeValue AttributeValue::number(std::string text) {
  AttributeValue out;
  out.type = Type::N;
  out.text = std::move(text);
  return out;
}

AttributeValue AttributeValue::of(Type type) {
  AttributeValue out;
  out.type = type;
  return out;
}

const AttributeValue* find(const Item& item, std::string_view name) {
  for (const Attribute& attribute : item) {
    if (attribute.name == name) return &attribute.value;
  }
  return nullptr;
}

AttributeValue* find(Item& item, std::string_view name) {
  for (Attribute& attribute : item) {
    if (attribute.name == name) return &attribute.value;
  }
  return nullptr;
}

void set(Item& item, std::string_view name, AttributeValue value) {
  if (AttributeValue* found = find(item, name)) {
    *found = std::move(value);
  } else {
    item.push_back({std::string(name), std::move(value)});
  }
}

bool remove_attribute(Item& item, std::string_view name) {
  return std::erase_if(item, [&](const Attribute& a) { return a.name == name; }) != 0;
}

bool equal(const Item& a, const Item& b) {
  if (a.size() != b.size()) return false;
  return std::all_of(a.begin(), a.end(), [&](const Attribute& attribute) {
    const AttributeValue* other = find(b, attribute.name);
    return other != nullptr && equal(attribute.value, *other);
  });
}

bool equal(const AttributeValue& a, const AttributeValue& b) {
  if (a.type != b.type) return false;
  switch (a.type) {
    case Type::S:
    case Type::N:
    case Type::B: return a.text == b.text;
    case Type::SS:
    case Type::NS:
    case Type::BS: return a.set.size() == b.set.size() && same_elements(a.set, b.set);
    case Type::M: return equal(a.map, b.map);
    case Type::L:
      return std::equal(
          a.list.begin(), a.list.end(), b.list.begin(), b.list.end(),
          [](const AttributeValue& x, const AttributeValue& y) { return equal(x, y); });
    case Type::Null: return true;
    case Type::Bool: return a.boolean == b.boolean;
  }
  return false;
}

std::optional<int> compare(const AttributeValue& a, const AttributeValue& b) {
  if (a.type != b.type) return std::nullopt;
  if (a.type == Type::S || a.type == Type::B) return sign(a.text <=> b.text);
  if (a.type != Type::N) return std::nullopt;
  const auto x = Number::parse(a.text);
  const auto y = Number::parse(b.text);
  if (!x || !y) return std::nullopt;
  return sign(*x <=> *y);
}

size_t size_of(const AttributeValue& value) {
  size_t size = 0;
  switch (value.type) {
    case Type::S:
    case Type::B: return value.text.size();
    case Type::N: return number_size(value.text);
    case Type::SS:
    case Type::BS:
      for (const std::string& element : value.set) size += element.size();
      return size;
    case Type::NS:
      for (const std::string& element : value.set) size += number_size(element);
      return size;
    case Type::M: return 3 + value.map.size() + size_of(value.map);
    case Type::L:
      size = 3;
      for (const AttributeValue& element : value.list) size += 1 + size_of(element);
      return size;
    case Type::Null:
    case Type::Bool: return 1;
  }
  return size;
}

size_t size_of(const Item& item) {
  size_t size = 0;
  for (const Attribute& attribute : item) size += attribute.name.size() + size_of(attribute.value);
  return size;
}

}  // namespace pawl::dynamodb
