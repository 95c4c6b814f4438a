// SPDX-License-Identifier: Apache-2.0
#include "services/apigateway/rest/patch.h"

#include <algorithm>
#include <span>
#include <utility>

#include "aws/http_message.h"
#include "json/members.h"
#include "json/parse.h"

namespace pawl::apigateway {
namespace {

using aws::ApiResult;
using aws::Shape;
using aws::ShapeType;
using json::Value;
using Tokens = std::span<const std::string>;

ApiResult<Value> typed(const PatchOperation& operation, const Shape& shape) {
  const std::string& text = operation.value;
  switch (shape.type) {
    case ShapeType::Boolean: {
      const std::string lower = aws::lower_ascii(text);
      if (lower != "true" && lower != "false") {
        return rest_bad_request("Invalid value specified for " + operation.path + ": " + text);
      }
      return Value(lower == "true");
    }
    case ShapeType::Integer:
    case ShapeType::Long:
    case ShapeType::Float:
    case ShapeType::Double: {
      base::Result<Value> number = json::parse(text);
      if (!number || !number->is_number()) {
        return rest_bad_request("Invalid value specified for " + operation.path + ": " + text);
      }
      if (shape.type == ShapeType::Float || shape.type == ShapeType::Double) {
        return Value(number->as_double());
      }
      int64_t integer = 0;
      if (!number->to_int64(integer)) {
        return rest_bad_request("Invalid value specified for " + operation.path + ": " + text);
      }
      return Value(integer);
    }
    case ShapeType::Structure:
    case ShapeType::Map: {
      base::Result<Value> object = json::parse(text);
      if (!object || !object->is_object()) return invalid_patch_path(operation);
      return *std::move(object);
    }
    default: return Value(text);
  }
}

ApiResult<Value> patched(const Value& at, const Shape& shape, Tokens tokens,
                         const PatchOperation& operation);

/// A list of texts: an item is named by itself or by its index, "add" appends.
ApiResult<Value> patched_list(const Value& at, const Shape& shape, Tokens tokens,
                              const PatchOperation& operation) {
  std::vector<Value> items(at.is_array() ? at.items().begin() : std::span<const Value>().begin(),
                           at.is_array() ? at.items().end() : std::span<const Value>().end());
  const auto is = [](const std::string& text) {
    return [&text](const Value& item) { return item.is_string() && item.as_string() == text; };
  };
  if (tokens.empty()) {
    if (operation.op == "remove" && !operation.has_value) return Value::array();
    if (operation.op == "remove") {
      std::erase_if(items, is(operation.value));
    } else {
      if (operation.op == "replace") items.clear();
      const bool is_new = std::none_of(items.begin(), items.end(), is(operation.value));
      if (is_new) items.push_back(PAWL_TRY(typed(operation, *shape.item.shape)));
    }
    return Value::array(std::move(items));
  }
  if (tokens.size() > 1) return invalid_patch_path(operation);
  const std::string& name = tokens[0];
  auto found = std::find_if(items.begin(), items.end(), is(name));
  const bool is_index =
      !name.empty() && name.size() < 6 &&
      std::all_of(name.begin(), name.end(), [](char c) { return c >= '0' && c <= '9'; });
  if (found == items.end() && is_index) {
    const auto index = static_cast<size_t>(std::stoul(name));
    if (index < items.size()) found = items.begin() + static_cast<std::ptrdiff_t>(index);
  }
  if (operation.op == "remove") {
    if (found != items.end()) items.erase(found);
  } else if (operation.op == "replace" && operation.has_value && found != items.end()) {
    *found = Value(operation.value);
  } else if (found == items.end()) {
    items.emplace_back(is_index && operation.has_value ? operation.value : name);
  }
  return Value::array(std::move(items));
}

ApiResult<Value> patched_member(const Value& at, const std::string& key, const Shape& shape,
                                Tokens rest, const PatchOperation& operation) {
  const Value object = at.is_object() ? at : Value::object();
  const Value* there = object.find(key);
  if (rest.empty() && shape.type != ShapeType::List) {
    if (operation.op == "remove") return object.without_member(key);
    return object.with_member(key, PAWL_TRY(typed(operation, shape)));
  }
  if (rest.empty() && operation.op == "remove" && !operation.has_value) {
    return object.without_member(key);
  }
  return object.with_member(
      key, PAWL_TRY(patched(there == nullptr ? Value() : *there, shape, rest, operation)));
}

ApiResult<Value> patched(const Value& at, const Shape& shape, Tokens tokens,
                         const PatchOperation& operation) {
  if (shape.type == ShapeType::List) return patched_list(at, shape, tokens, operation);
  if (tokens.empty()) return invalid_patch_path(operation);
  const std::string& key = tokens[0];
  if (shape.type == ShapeType::Structure) {
    const aws::Member* member = shape.find(key);
    if (member == nullptr) return invalid_patch_path(operation);
    return patched_member(at, key, *member->shape, tokens.subspan(1), operation);
  }
  if (shape.type == ShapeType::Map) {
    return patched_member(at, key, *shape.value.shape, tokens.subspan(1), operation);
  }
  return invalid_patch_path(operation);
}

}  // namespace

aws::ApiError rest_bad_request(std::string message) {
  return {"BadRequestException", std::move(message), 400};
}

aws::ApiError invalid_patch_path(const PatchOperation& operation) {
  return rest_bad_request("Invalid patch path  '" + operation.path + "' specified for op '" +
                          operation.op + "'. Must be one of: []");
}

std::vector<std::string> PatchOperation::tokens() const {
  if (path.empty()) return {};
  return json::pointer_tokens(path.starts_with('/') ? path : "/" + path);
}

std::vector<PatchOperation> read_patches(const Value& input) {
  std::vector<PatchOperation> operations;
  const Value list = array_member(input, "patchOperations");
  for (const Value& each : list.items()) {
    operations.push_back({text_member(each, "op"), text_member(each, "path"),
                          text_member(each, "value"), text_member(each, "from"),
                          has_member(each, "value")});
  }
  return operations;
}

ApiResult<Value> apply_patch(const Value& record, const PatchOperation& operation,
                             const Shape& shape) {
  if (operation.op != "add" && operation.op != "remove" && operation.op != "replace") {
    return rest_bad_request("Invalid patch operation specified: " + operation.op);
  }
  const std::vector<std::string> tokens = operation.tokens();
  return patched(record, shape, tokens, operation);
}

ApiResult<Value> apply_patches(Value record, const std::vector<PatchOperation>& operations,
                               const Shape& shape) {
  for (const PatchOperation& operation : operations) {
    record = PAWL_TRY(apply_patch(record, operation, shape));
  }
  return record;
}

}  // namespace pawl::apigateway
