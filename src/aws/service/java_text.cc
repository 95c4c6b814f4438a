// SPDX-License-Identifier: Apache-2.0
// toString of String, List, Map, ByteBuffer and of coral's generated structures.
#include "aws/service/java_text.h"

#include "base/bytes.h"
#include "json/write.h"
#include "text/number.h"

namespace pawl::aws {
namespace {

std::string structure_text(const Shape& shape, const json::Value& value) {
  std::vector<std::string> names = shape.printed_members;
  if (names.empty()) {
    for (const Member& member : shape.members) names.push_back(lower_first(member.name));
  }
  std::string out = shape.name + "(";
  for (size_t i = 0; i < names.size(); ++i) {
    out += (i == 0 ? "" : ", ") + names[i] + "=";
    const json::Value* found = nullptr;
    const Shape* found_shape = nullptr;
    for (const Member& member : shape.members) {
      if (lower_first(member.name) != names[i]) continue;
      found = value.find(member.name);
      found_shape = member.shape;
    }
    out += found == nullptr ? "null" : java_text(*found_shape, *found);
  }
  return out + ")";
}

std::string blob_text(std::string_view base64) {
  const auto bytes = base::base64_decode(base64);
  const std::string size = std::to_string(bytes ? bytes->size() : 0);
  return "java.nio.HeapByteBuffer[pos=0 lim=" + size + " cap=" + size + "]";
}

}  // namespace

std::string lower_first(std::string_view name) {
  std::string out(name);
  if (!out.empty() && out[0] >= 'A' && out[0] <= 'Z') out[0] = static_cast<char>(out[0] + 32);
  return out;
}

std::string java_text(const Shape& shape, const json::Value& value) {
  if (value.is_null()) return "null";
  if (shape.type == ShapeType::Structure && value.is_object()) return structure_text(shape, value);
  if (shape.type == ShapeType::List && value.is_array()) {
    std::string out = "[";
    for (size_t i = 0; i < value.size(); ++i) {
      if (i != 0) out += ", ";
      out += java_text(*shape.item.shape, value.items()[i]);
    }
    return out + "]";
  }
  if (shape.type == ShapeType::Map && value.is_object()) {
    std::string out = "{";
    for (size_t i = 0; i < value.size(); ++i) {
      if (i != 0) out += ", ";
      const json::Member& entry = value.members()[i];
      out += std::string(entry.name()) + "=" + java_text(*shape.value.shape, entry.value);
    }
    return out + "}";
  }
  if (value.is_string()) {
    return shape.type == ShapeType::Blob ? blob_text(value.as_string())
                                         : std::string(value.as_string());
  }
  if (value.is_number() && (shape.type == ShapeType::Double || shape.type == ShapeType::Float)) {
    return text::java_number(value.as_double());
  }
  return json::write(value);
}

}  // namespace pawl::aws
