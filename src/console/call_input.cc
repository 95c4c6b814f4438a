// SPDX-License-Identifier: Apache-2.0
#include "console/call_input.h"

#include <utility>
#include <vector>

#include "aws/protocol/json_shape.h"

namespace pawl::console {
namespace {

using aws::ApiResult;
using aws::ShapeType;
using json::Value;

aws::ApiError wrong_type(const std::string& path, std::string_view wanted) {
  return aws::serialization_exception("\"" + path + "\" must be " + std::string(wanted) + ".");
}

ApiResult<Value> read(const aws::Member& member, const Value& given, const std::string& path);

ApiResult<Value> read_structure(const aws::Shape& shape, const Value& given,
                                const std::string& path) {
  if (!given.is_object()) return wrong_type(path, "an object");
  json::ObjectBuilder out;
  for (const json::Member& each : given.members()) {
    const std::string name(each.name());
    const aws::Member* member = shape.find(name);
    if (member == nullptr) {
      return aws::validation_exception("\"" + path + "\" has no member \"" + name + "\".");
    }
    if (each.value.is_null()) continue;
    out.set(name, PAWL_TRY(read(*member, each.value, path + "." + name)));
  }
  return std::move(out).build();
}

ApiResult<Value> read_list(const aws::Shape& shape, const Value& given, const std::string& path) {
  if (!given.is_array()) return wrong_type(path, "an array");
  std::vector<Value> items;
  items.reserve(given.size());
  for (const Value& each : given.items()) {
    const std::string place = path + "[" + std::to_string(items.size()) + "]";
    items.push_back(each.is_null() ? each : PAWL_TRY(read(shape.item, each, place)));
  }
  return Value::array(std::move(items));
}

ApiResult<Value> read_map(const aws::Shape& shape, const Value& given, const std::string& path) {
  if (!given.is_object()) return wrong_type(path, "an object");
  std::vector<json::Member> entries;
  entries.reserve(given.size());
  for (const json::Member& each : given.members()) {
    const std::string place = path + "." + std::string(each.name());
    entries.emplace_back(each.key, each.value.is_null()
                                       ? each.value
                                       : PAWL_TRY(read(shape.value, each.value, place)));
  }
  return Value::object(std::move(entries));
}

ApiResult<Value> read_shape(const aws::Shape& shape, const Value& given, const std::string& path) {
  if (shape.document) return given;
  switch (shape.type) {
    case ShapeType::Structure: return read_structure(shape, given, path);
    case ShapeType::List: return read_list(shape, given, path);
    case ShapeType::Map: return read_map(shape, given, path);
    default: break;
  }
  return aws::read_json(shape, given);
}

ApiResult<Value> read(const aws::Member& member, const Value& given, const std::string& path) {
  if (member.json_value) return given;
  if (!member.shape->is_scalar() || member.shape->document) {
    return read_shape(*member.shape, given, path);
  }
  ApiResult<Value> value = aws::read_json(member, given);
  if (value) return value;
  aws::ApiError error = std::move(value).error();
  error.message = "\"" + path + "\": " + error.message.value_or("not of the member's type");
  return error;
}

}  // namespace

ApiResult<Value> read_call_input(const aws::Shape& shape, const Value& given) {
  return read_shape(shape, given, "input");
}

}  // namespace pawl::console
