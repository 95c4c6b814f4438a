// SPDX-License-Identifier: Apache-2.0
// The texts of type errors are those of AWS's JSON services as measured and published for DynamoDB,
// SQS and Athena: the JSON token, then the Java type.
#include "aws/protocol/json_shape.h"

#include <cmath>
#include <limits>

#include "aws/protocol/timestamp_text.h"
#include "base/bytes.h"
#include "text/unicode.h"

namespace pawl::aws {
namespace {

using json::Value;

constexpr const char* kListNotExpected = "Start of list found where not expected";
constexpr const char* kMapNotExpected = "Start of structure or map found where not expected.";

std::string_view token_name(const Value& wire) {
  if (wire.is_boolean()) return wire.as_boolean() ? "TRUE_VALUE" : "FALSE_VALUE";
  return wire.is_number() ? "NUMBER_VALUE" : "STRING_VALUE";
}

ApiError wrong_type(const Value& wire, std::string_view expected) {
  if (wire.is_array()) return serialization_exception(kListNotExpected);
  if (wire.is_object()) return serialization_exception(kMapNotExpected);
  return serialization_exception(std::string(token_name(wire)) + " can not be converted to " +
                                 std::string(expected));
}

ApiResult<Value> read_integer(const Value& wire, bool is_long) {
  if (!wire.is_number()) return wrong_type(wire, is_long ? "a Long" : "an Integer");
  int64_t number = 0;
  if (!wire.to_int64(number)) {
    // A fraction is cut off, as Java's conversion does.
    const double real = std::trunc(wire.as_double());
    if (!(std::abs(real) < 9.2e18)) return serialization_exception();
    number = static_cast<int64_t>(real);
  }
  if (!is_long && (number > std::numeric_limits<int32_t>::max() ||
                   number < std::numeric_limits<int32_t>::min())) {
    return serialization_exception();
  }
  return Value(number);
}

ApiResult<Value> read_double(const Value& wire, std::string_view expected) {
  if (wire.is_number()) return wire;
  if (wire.is_string()) {
    const std::string_view text = wire.as_string();
    if (text == "NaN" || text == "Infinity" || text == "-Infinity") return wire;
  }
  return wrong_type(wire, expected);
}

ApiResult<Value> read_boolean(const Value& wire) {
  if (wire.is_boolean()) return wire;
  if (wire.is_string()) {
    const std::string_view text = wire.as_string();
    if (text == "true" || text == "1" || text == "yes") return Value(true);
    if (text == "false" || text == "0" || text == "no") return Value(false);
  }
  return wrong_type(wire, "an Boolean");
}

ApiResult<Value> read_blob(const Value& wire) {
  if (!wire.is_string()) return wrong_type(wire, "a Blob");
  const std::string_view given = wire.as_string();
  const std::string quoted = "'" + std::string(given) + "' can not be converted to a Blob: ";
  if (given.size() % 4 != 0) {
    return serialization_exception(quoted +
                                   "Base64 encoded length is expected a multiple of 4 bytes but "
                                   "found: " +
                                   std::to_string(given.size()));
  }
  for (size_t i = 0; i < given.size(); ++i) {
    const char c = given[i];
    const bool letter = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
                        (c >= '0' && c <= '9') || c == '+' || c == '/';
    const bool padding =
        c == '=' && i + 2 >= given.size() && (i + 1 == given.size() || given[i + 1] == '=');
    if (letter || padding) continue;
    size_t end = i;  // of the whole character: what came before is ASCII
    text::decode_at(given, end);
    return serialization_exception(quoted + "Invalid Base64 character: '" +
                                   std::string(given.substr(i, end - i)) + "'");
  }
  const auto bytes = base::base64_decode(given);
  if (!bytes || base::base64_encode(*bytes) != given) {
    return serialization_exception(quoted + "Invalid last non-pad Base64 character dectected");
  }
  return wire;
}

ApiResult<Value> read_timestamp(const Value& wire) {
  if (wire.is_number()) return wire;
  if (wire.is_string()) {
    if (auto time = parse_timestamp(wire.as_string())) return std::move(*time);
  }
  return wrong_type(wire, "milliseconds since epoch");
}

ApiResult<Value> read_list(const Shape& shape, const Value& wire) {
  if (wire.is_object()) return serialization_exception(kMapNotExpected);
  if (!wire.is_array()) return serialization_exception("Expected list or null");
  std::vector<Value> items;
  items.reserve(wire.size());
  for (const Value& item : wire.items()) {
    items.push_back(item.is_null() ? item : PAWL_TRY(read_json(shape.item, item)));
  }
  return Value::array(std::move(items));
}

ApiResult<Value> read_map(const Shape& shape, const Value& wire) {
  if (wire.is_array()) return serialization_exception(kListNotExpected);
  if (!wire.is_object()) return serialization_exception("Expected map or null");
  std::vector<json::Member> entries;
  entries.reserve(wire.size());
  for (const json::Member& entry : wire.members()) {
    entries.emplace_back(entry.key, entry.value.is_null()
                                        ? entry.value
                                        : PAWL_TRY(read_json(shape.value, entry.value)));
  }
  return Value::object(std::move(entries));
}

}  // namespace

ApiResult<Value> read_json_structure(const Shape& shape, const Value& wire, Members which) {
  if (shape.document) return wire;
  if (wire.is_array()) return serialization_exception(kListNotExpected);
  if (!wire.is_object()) return serialization_exception("Expected null");
  std::vector<json::Member> members;
  for (const Member& member : shape.members) {
    if (which == Members::BodyOnly && member.location != Location::Body) continue;
    const Value* found = wire.find(member.wire_name());
    if (found == nullptr || found->is_null()) continue;
    members.emplace_back(member.name, PAWL_TRY(read_json(member, *found)));
  }
  return Value::object(std::move(members));
}

ApiResult<Value> read_json(const Shape& shape, const Value& wire) {
  switch (shape.type) {
    case ShapeType::Structure: return read_json_structure(shape, wire, Members::All);
    case ShapeType::List: return read_list(shape, wire);
    case ShapeType::Map: return read_map(shape, wire);
    case ShapeType::String:
      if (!wire.is_string()) return wrong_type(wire, "a String");
      return wire;
    case ShapeType::Integer: return read_integer(wire, false);
    case ShapeType::Long: return read_integer(wire, true);
    case ShapeType::Float: return read_double(wire, "a Float");
    case ShapeType::Double: return read_double(wire, "a Double");
    case ShapeType::Boolean: return read_boolean(wire);
    case ShapeType::Blob: return read_blob(wire);
    case ShapeType::Timestamp: return read_timestamp(wire);
  }
  return wire;
}

// Trait jsonvalue speaks of headers only: in a body the member is the text it is.
ApiResult<Value> read_json(const Member& member, const Value& wire) {
  return read_json(*member.shape, wire);
}

Value write_json_structure(const Shape& shape, const Value& value, Members which) {
  if (shape.document || !value.is_object()) return value;
  std::vector<json::Member> members;
  members.reserve(value.size());
  for (const json::Member& entry : value.members()) {
    const Member* member = shape.find(entry.name());
    if (member == nullptr || entry.value.is_null()) continue;
    if (which == Members::BodyOnly && member->location != Location::Body) continue;
    members.emplace_back(member->location_name.empty() ? entry.key : Value(member->location_name),
                         write_json(*member, entry.value));
  }
  return Value::object(std::move(members));
}

Value write_json(const Shape& shape, const Value& value) {
  if (shape.type == ShapeType::Structure) return write_json_structure(shape, value, Members::All);
  if (shape.type == ShapeType::List && value.is_array()) {
    std::vector<Value> items;
    items.reserve(value.size());
    for (const Value& item : value.items()) items.push_back(write_json(shape.item, item));
    return Value::array(std::move(items));
  }
  if (shape.type == ShapeType::Map && value.is_object()) {
    std::vector<json::Member> entries;
    entries.reserve(value.size());
    for (const json::Member& entry : value.members()) {
      entries.emplace_back(entry.key, write_json(shape.value, entry.value));
    }
    return Value::object(std::move(entries));
  }
  return value;
}

Value write_json(const Member& member, const Value& value) {
  if (member.shape->type == ShapeType::Timestamp && value.is_number()) {
    const TimestampFormat format = member.timestamp_format != TimestampFormat::Unset
                                       ? member.timestamp_format
                                       : member.shape->timestamp_format;
    if (format == TimestampFormat::Iso8601 || format == TimestampFormat::Rfc822) {
      return Value(format_timestamp(value, format));
    }
  }
  return write_json(*member.shape, value);
}

}  // namespace pawl::aws
