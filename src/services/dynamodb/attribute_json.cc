// SPDX-License-Identifier: Apache-2.0
#include "services/dynamodb/attribute_json.h"

#include <algorithm>
#include <set>
#include <utility>

#include "base/bytes.h"
#include "services/dynamodb/errors.h"
#include "services/dynamodb/number.h"

namespace pawl::dynamodb {
namespace {

using aws::ApiResult;
using json::Value;

std::string bytes_of(const Value& json) {
  return base::base64_decode(json.as_string()).value_or(std::string());
}

std::string collection_text(const Value& json) {
  std::string out = "[";
  for (const Value& item : json.items()) {
    if (out.size() > 1) out += ", ";
    out += item.as_string();
  }
  return out + "]";
}

ApiResult<std::vector<std::string>> read_elements(Type type, const Value& json) {
  std::vector<std::string> out;
  out.reserve(json.size());
  for (const Value& item : json.items()) {
    if (!item.is_string())
      return invalid(
          "Supplied AttributeValue is empty, must contain exactly "
          "one of the supported datatypes");
    if (type == Type::NS) {
      out.push_back(PAWL_TRY(Number::parse(item.as_string())).text());
    } else {
      out.push_back(type == Type::BS ? bytes_of(item) : std::string(item.as_string()));
    }
  }
  return out;
}

ApiResult<AttributeValue> read_set(Type type, const Value& json) {
  AttributeValue out = AttributeValue::of(type);
  if (json.size() == 0) {
    return invalid_parameter(type == Type::SS   ? "An string set  may not be empty"
                             : type == Type::NS ? "An number set  may not be empty"
                                                : "Binary sets should not be empty");
  }
  out.set = PAWL_TRY(read_elements(type, json));
  const std::set<std::string_view> distinct(out.set.begin(), out.set.end());
  if (distinct.size() == out.set.size()) return out;
  if (type == Type::NS) return invalid("Input collection contains duplicates");
  return invalid_parameter("Input collection " + collection_text(json) +
                           (type == Type::BS ? "of type BS" : "") + " contains duplicates.");
}

ApiResult<AttributeValue> read_at(const Value& json, size_t depth);

ApiResult<Item> read_item_at(const Value& json, size_t depth) {
  Item out;
  out.reserve(json.size());
  for (const json::Member& member : json.members())
    out.push_back({std::string(member.name()), PAWL_TRY(read_at(member.value, depth))});
  return out;
}

ApiResult<AttributeValue> read_typed(Type type, const Value& json, size_t depth) {
  AttributeValue out = AttributeValue::of(type);
  switch (type) {
    case Type::S: out.text = json.as_string(); break;
    case Type::N: out.text = PAWL_TRY(Number::parse(json.as_string())).text(); break;
    case Type::B: out.text = bytes_of(json); break;
    case Type::SS:
    case Type::NS:
    case Type::BS: return read_set(type, json);
    case Type::M:
    case Type::L:
      // NOTE: 32 levels below the attribute itself (Developer Guide "Naming rules and data types").
      if (depth > kNestingMax) {
        return invalid("Nesting Levels have exceeded supported limits");
      }
      if (type == Type::M) {
        out.map = PAWL_TRY(read_item_at(json, depth + 1));
        break;
      }
      out.list.reserve(json.size());
      for (const Value& item : json.items()) out.list.push_back(PAWL_TRY(read_at(item, depth + 1)));
      break;
    case Type::Null:
      if (!json.as_boolean())
        return invalid_parameter("Null attribute value types must have the value of true");
      break;
    case Type::Bool: out.boolean = json.as_boolean(); break;
  }
  return out;
}

ApiResult<AttributeValue> read_at(const Value& json, size_t depth) {
  std::optional<AttributeValue> out;
  size_t types = 0;
  if (json.is_object()) {
    for (const json::Member& member : json.members()) {
      const std::optional<Type> type = type_named(member.name());
      if (!type || member.value.is_null()) continue;
      ++types;
      out = PAWL_TRY(read_typed(*type, member.value, depth));
    }
  }
  if (types == 0) {
    return invalid(
        "Supplied AttributeValue is empty, must contain exactly one of the supported datatypes");
  }
  if (types > 1) {
    return invalid(
        "Supplied AttributeValue has more than one datatypes set, must contain exactly one of the "
        "supported datatypes");
  }
  return *std::move(out);
}

}  // namespace

ApiResult<AttributeValue> read_attribute(const Value& json) { return read_at(json, 1); }

ApiResult<Item> read_item(const Value& json) { return read_item_at(json, 1); }

Value write_attribute(const AttributeValue& value) {
  const auto wrapped = [&](Value inner) {
    std::vector<json::Member> members;
    members.emplace_back(type_name(value.type), std::move(inner));
    return Value::object(std::move(members));
  };
  switch (value.type) {
    case Type::S:
    case Type::N: return wrapped(Value(value.text));
    case Type::B: return wrapped(Value(base::base64_encode(value.text)));
    case Type::SS:
    case Type::NS:
    case Type::BS: {
      std::vector<Value> items;
      items.reserve(value.set.size());
      for (const std::string& element : value.set)
        items.emplace_back(value.type == Type::BS ? base::base64_encode(element) : element);
      return wrapped(Value::array(std::move(items)));
    }
    case Type::M: return wrapped(write_item(value.map));
    case Type::L: {
      std::vector<Value> items;
      items.reserve(value.list.size());
      for (const AttributeValue& element : value.list) items.push_back(write_attribute(element));
      return wrapped(Value::array(std::move(items)));
    }
    case Type::Null: return wrapped(Value(true));
    case Type::Bool: return wrapped(Value(value.boolean));
  }
  return {};
}

Value write_item(const Item& item) {
  std::vector<json::Member> members;
  members.reserve(item.size());
  for (const Attribute& attribute : item)
    members.emplace_back(attribute.name, write_attribute(attribute.value));
  return Value::object(std::move(members));
}

std::string quoted(const AttributeValue& value) {
  std::string text = value.text;
  if (value.type == Type::B) text = base::base64_encode(value.text);
  if (value.type == Type::Bool) text = value.boolean ? "true" : "false";
  if (value.type == Type::Null) text = "true";
  return "{" + std::string(type_name(value.type)) + ":" + text + "}";
}

}  // namespace pawl::dynamodb
