// SPDX-License-Identifier: Apache-2.0
#include "services/apigateway/vtl/value.h"

#include <algorithm>
#include <cmath>

#include "text/number.h"

namespace pawl::apigateway::vtl {
namespace {

// A part may be in a value many times over: a few steps can make what would fill any memory.
constexpr size_t kDepthMax = 100;
constexpr size_t kPartsMax = 1'000'000;
constexpr size_t kBytesMax = 10 * 1024 * 1024;

}  // namespace

Value::Value(ValueList items)
    : kind_(Kind::List), list_(std::make_shared<ValueList>(std::move(items))) {}
Value::Value(ValueMap members)
    : kind_(Kind::Map), map_(std::make_shared<ValueMap>(std::move(members))) {}

Value Value::of_json(const json::Value& value) {
  switch (value.kind()) {
    case json::Kind::Null: return {};
    case json::Kind::Boolean: return Value(value.as_boolean());
    case json::Kind::Number: {
      int64_t integer = 0;
      if (value.is_integer_lexeme() && value.to_int64(integer)) return Value(integer);
      return Value(value.as_double());
    }
    case json::Kind::String: return Value(std::string(value.as_string()));
    case json::Kind::Array: {
      ValueList items;
      items.reserve(value.size());
      for (const json::Value& item : value.items()) items.push_back(of_json(item));
      return Value(std::move(items));
    }
    case json::Kind::Object: {
      ValueMap members;
      members.reserve(value.size());
      for (const json::Member& each : value.members()) {
        members.emplace_back(std::string(each.name()), of_json(each.value));
      }
      return Value(std::move(members));
    }
  }
  return {};
}

json::Value Value::to_json() const {
  size_t parts = 0;
  return to_json(0, parts);
}

json::Value Value::to_json(size_t depth, size_t& parts) const {
  if (depth > kDepthMax || ++parts > kPartsMax) return {};
  switch (kind_) {
    case Kind::Null:
    case Kind::Object: return {};
    case Kind::Boolean: return json::Value(integer_ != 0);
    case Kind::Integer: return json::Value(integer_);
    case Kind::Double: return std::isfinite(double_) ? json::Value(double_) : json::Value();
    case Kind::Text: return json::Value(text_);
    case Kind::List: {
      std::vector<json::Value> items;
      for (const Value& item : *list_) items.push_back(item.to_json(depth + 1, parts));
      return json::Value::array(std::move(items));
    }
    case Kind::Map: {
      json::ObjectBuilder out;
      for (const auto& [key, value] : *map_) out.set(key, value.to_json(depth + 1, parts));
      return std::move(out).build();
    }
  }
  return {};
}

bool Value::contains_container(const Value& other) const {
  size_t parts = 0;
  return other.container() != nullptr && contains_container(other.container(), 0, parts);
}

bool Value::contains_container(const void* other, size_t depth, size_t& parts) const {
  if (container() == nullptr) return false;
  if (container() == other || depth > kDepthMax || ++parts > kPartsMax) return true;
  if (list_) {
    return std::any_of(list_->begin(), list_->end(), [&](const Value& item) {
      return item.contains_container(other, depth + 1, parts);
    });
  }
  return std::any_of(map_->begin(), map_->end(), [&](const auto& each) {
    return each.second.contains_container(other, depth + 1, parts);
  });
}

Value* Value::find(std::string_view key) const {
  if (kind_ != Kind::Map) return nullptr;
  const auto found = std::find_if(map_->begin(), map_->end(),
                                  [key](const auto& each) { return each.first == key; });
  return found == map_->end() ? nullptr : &found->second;
}

void Value::put(std::string_view key, Value value) const {
  if (kind_ != Kind::Map || value.contains_container(*this)) return;
  if (Value* there = find(key)) {
    *there = std::move(value);
  } else {
    map_->emplace_back(std::string(key), std::move(value));
  }
}

std::string Value::printed() const {
  if (kind_ == Kind::Text) return text_;
  std::string out;
  print(out, 0);
  return out;
}

void Value::print(std::string& out, size_t depth) const {
  if (depth > kDepthMax || out.size() > kBytesMax) return;
  switch (kind_) {
    case Kind::Null: out += "null"; return;
    case Kind::Boolean: out += integer_ != 0 ? "true" : "false"; return;
    case Kind::Integer: out += std::to_string(integer_); return;
    case Kind::Double: out += text::java_number(double_); return;
    case Kind::Text: out += text_; return;
    case Kind::Object: return;
    case Kind::List: {
      out += '[';
      bool is_first = true;
      for (const Value& item : *list_) {
        if (!std::exchange(is_first, false)) out += ", ";
        item.print(out, depth + 1);
      }
      out += ']';
      return;
    }
    case Kind::Map: {
      out += '{';
      bool is_first = true;
      for (const auto& [key, value] : *map_) {
        if (!std::exchange(is_first, false)) out += ", ";
        out += key + "=";
        value.print(out, depth + 1);
      }
      out += '}';
      return;
    }
  }
}

bool operator==(const Value& a, const Value& b) {
  if (a.is_number() && b.is_number()) {
    return a.kind_ == Value::Kind::Integer && b.kind_ == Value::Kind::Integer
               ? a.integer_ == b.integer_
               : a.number() == b.number();
  }
  if (a.kind_ != b.kind_) {
    // Velocity compares the texts of what is of different classes.
    return !a.is_null() && !b.is_null() && a.printed() == b.printed();
  }
  switch (a.kind_) {
    case Value::Kind::Null: return true;
    case Value::Kind::Boolean: return a.integer_ == b.integer_;
    case Value::Kind::Text: return a.text_ == b.text_;
    case Value::Kind::Object: return a.object_ == b.object_;
    default: return a.list_ == b.list_ && a.map_ == b.map_ ? true : a.printed() == b.printed();
  }
}

}  // namespace pawl::apigateway::vtl
