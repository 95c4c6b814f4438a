// SPDX-License-Identifier: Apache-2.0
#include "integration/shape_conversion.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "aws/http_message.h"
#include "aws/protocol/timestamp_text.h"
#include "base/bytes.h"
#include "integration/sdk_names.h"
#include "json/parse.h"
#include "json/write.h"

namespace pawl::integration {
namespace {

using aws::Shape;
using aws::ShapeType;
using base::Error;
using base::ErrorKind;
using base::Result;
using json::ObjectBuilder;
using json::Value;

const aws::Member* find_member(const Shape& shape, std::string_view name) {
  if (const aws::Member* exact = shape.find(name)) return exact;
  const auto same = [&](const aws::Member& member) {
    return aws::equals_ignoring_case(member.name, name);
  };
  const auto& members = shape.members;
  auto found = std::find_if(members.begin(), members.end(), same);
  if (found == members.end()) {  // "EqualsValue", "Nul"
    found = std::find_if(members.begin(), members.end(), [&](const aws::Member& member) {
      return aws::equals_ignoring_case(sdk_member_name(member.name), name);
    });
  }
  return found == members.end() ? nullptr : &*found;
}

/// The parameters as a tree of an operation's input.
class InputConversion {
 public:
  explicit InputConversion(SdkDialect dialect) : dialect_(dialect) {}

  Result<Value> convert(const Value& value, const Shape& shape, std::string_view field) const {
    if (shape.document) return fresh(value);
    switch (shape.type) {
      case ShapeType::Structure: return structure(value, shape, field);
      case ShapeType::List: return list(value, shape, field);
      case ShapeType::Map: return map(value, shape, field);
      case ShapeType::String: return Value(text_of(value));
      case ShapeType::Blob: return blob(value);
      case ShapeType::Timestamp: return timestamp(value, field);
      case ShapeType::Boolean: return boolean(value, field);
      default: return number(value, field);
    }
  }

 private:
  static Error invalid(std::string_view field, std::string_view owed) {
    return Error(ErrorKind::InvalidSyntax, "The value for the field '" + std::string(field) +
                                               "' must be " + std::string(owed));
  }

  /// A copy that shares no node: the call goes to another thread.
  static Value fresh(const Value& value) {
    Result<Value> parsed = json::parse(json::write(value));
    return parsed ? *std::move(parsed) : Value();
  }

  static std::string text_of(const Value& value) {
    return value.is_string() ? std::string(value.as_string()) : json::write(value);
  }

  Result<Value> structure(const Value& value, const Shape& shape, std::string_view field) const {
    if (!value.is_object()) return invalid(field, "an object");
    ObjectBuilder out;
    for (const json::Member& each : value.members()) {
      const aws::Member* member = find_member(shape, each.name());
      if (member == nullptr) {
        return Error(ErrorKind::InvalidSyntax, "The field \"" + std::string(each.name()) +
                                                   "\" is not supported by Step Functions");
      }
      if (each.value.is_null()) continue;
      out.set(member->name, PAWL_TRY(convert_member(each.value, *member, each.name())));
    }
    return std::move(out).build();
  }

  Result<Value> convert_member(const Value& value, const aws::Member& member,
                               std::string_view field) const {
    if (member.json_value) return fresh(value);
    // NOTE: recorded: what streams is JSON, also if it is a text: S3 gets the quotes too.
    const bool streams =
        member.shape->type == ShapeType::Blob && (member.streaming || member.shape->streaming);
    if (streams && dialect_ == SdkDialect::Java2)
      return Value(base::base64_encode(json::write(value)));
    return convert(value, *member.shape, field);
  }

  Result<Value> list(const Value& value, const Shape& shape, std::string_view field) const {
    if (!value.is_array()) return invalid(field, "an array");
    std::vector<Value> items;
    items.reserve(value.size());
    for (const Value& item : value.items()) {
      items.push_back(item.is_null() ? Value() : PAWL_TRY(convert(item, *shape.item.shape, field)));
    }
    return Value::array(std::move(items));
  }

  Result<Value> map(const Value& value, const Shape& shape, std::string_view field) const {
    if (!value.is_object()) return invalid(field, "an object");
    ObjectBuilder out;
    for (const json::Member& each : value.members()) {
      if (each.value.is_null() && !shape.sparse) continue;
      out.set(each.name(), PAWL_TRY(convert(each.value, *shape.value.shape, each.name())));
    }
    return std::move(out).build();
  }

  Result<Value> blob(const Value& value) const {
    if (dialect_ == SdkDialect::Java1 && value.is_string() &&
        base::base64_decode(value.as_string())) {
      return Value(std::string(value.as_string()));
    }
    return Value(base::base64_encode(text_of(value)));
  }

  static Result<Value> timestamp(const Value& value, std::string_view field) {
    if (value.is_number()) return Value::number_from_lexeme(value.number_text());
    if (value.is_string()) {
      if (const std::optional<Value> parsed = aws::parse_timestamp(value.as_string()))
        return *parsed;
    }
    return invalid(field, "an ISO-8601 timestamp");
  }

  static Result<Value> boolean(const Value& value, std::string_view field) {
    if (value.is_boolean()) return value;
    if (value.is_string() && value.as_string() == "true") return Value(true);
    if (value.is_string() && value.as_string() == "false") return Value(false);
    return invalid(field, "a BOOLEAN");
  }

  static Result<Value> number(const Value& value, std::string_view field) {
    if (value.is_number()) return Value::number_from_lexeme(value.number_text());
    if (value.is_string()) {
      const Result<Value> parsed = json::parse(value.as_string());
      if (parsed && parsed->is_number()) return Value::number_from_lexeme(parsed->number_text());
    }
    return invalid(field, "a NUMBER");
  }

  SdkDialect dialect_;
};

class OutputConversion {
 public:
  explicit OutputConversion(SdkDialect dialect) : dialect_(dialect) {}

  Value convert(const Value& value, const Shape& shape) const {
    if (shape.document) return value;
    switch (shape.type) {
      case ShapeType::Structure: return structure(value, shape);
      case ShapeType::List: return list(value, shape);
      case ShapeType::Map: return map(value, shape);
      case ShapeType::Blob: return blob(value);
      case ShapeType::Timestamp: return timestamp(value);
      default: return value;
    }
  }

 private:
  using Named = std::pair<std::string, Value>;

  Value structure(const Value& value, const Shape& shape) const {
    if (!value.is_object()) return value;
    std::vector<Named> named;
    for (const aws::Member& member : shape.members) {
      const Value* found = value.find(member.name);
      if (found != nullptr && !found->is_null()) {
        named.emplace_back(member_name(member, dialect_), convert(*found, *member.shape));
      } else if (member.location == aws::Location::Headers) {
        named.emplace_back(member_name(member, dialect_), Value::object());
      }
    }
    std::sort(named.begin(), named.end(),
              [](const Named& a, const Named& b) { return a.first < b.first; });
    ObjectBuilder out;
    for (Named& each : named) out.set(each.first, std::move(each.second));
    return std::move(out).build();
  }

  Value list(const Value& value, const Shape& shape) const {
    if (!value.is_array()) return value;
    std::vector<Value> items;
    items.reserve(value.size());
    for (const Value& item : value.items()) items.push_back(convert(item, *shape.item.shape));
    return Value::array(std::move(items));
  }

  Value map(const Value& value, const Shape& shape) const {
    if (!value.is_object()) return value;
    ObjectBuilder out;
    for (const json::Member& each : value.members())
      out.set(each.name(), convert(each.value, *shape.value.shape));
    return std::move(out).build();
  }

  Value blob(const Value& value) const {
    if (dialect_ == SdkDialect::Java1 || !value.is_string()) return value;
    const std::optional<std::string> bytes = base::base64_decode(value.as_string());
    return bytes && is_utf8(*bytes) ? Value(*bytes) : value;
  }

  /// As Java's Instant.toString(): no fraction where there is none.
  Value timestamp(const Value& value) const {
    if (!value.is_number()) return value;
    const base::Timestamp time = aws::timestamp_of(value);
    if (dialect_ == SdkDialect::Java1) return Value(time.ms);
    std::string text = base::format_iso8601(time);
    constexpr std::string_view kWhole = ".000Z";
    if (text.ends_with(kWhole)) text.replace(text.size() - kWhole.size(), kWhole.size(), "Z");
    return Value(text);
  }

  SdkDialect dialect_;
};

}  // namespace

Result<Value> to_api_input(const Value& parameters, const Shape& shape, SdkDialect dialect) {
  return InputConversion(dialect).convert(parameters, shape, "Parameters");
}

Value from_api_output(const Value& output, const Shape& shape, SdkDialect dialect) {
  return OutputConversion(dialect).convert(output, shape);
}

std::string member_name(const aws::Member& member, SdkDialect dialect) {
  if (dialect == SdkDialect::Java2) return sdk_member_name(member.name);
  std::string name = member.name;
  if (!name.empty() && name.front() >= 'a' && name.front() <= 'z')
    name.front() = static_cast<char>(name.front() - 'a' + 'A');
  return name;
}

bool is_utf8(std::string_view text) {
  const auto byte = [&](size_t index) { return static_cast<unsigned char>(text[index]); };
  for (size_t i = 0; i < text.size();) {
    const unsigned lead = byte(i);
    const size_t length = lead < 0x80   ? 1
                          : lead < 0xC2 ? 0
                          : lead < 0xE0 ? 2
                          : lead < 0xF0 ? 3
                          : lead < 0xF5 ? 4
                                        : 0;
    if (length == 0 || i + length > text.size()) return false;
    char32_t code_point = length == 1 ? lead : lead & (0xFFU >> (length + 1));
    for (size_t k = 1; k < length; ++k) {
      if ((byte(i + k) & 0xC0U) != 0x80U) return false;
      code_point = code_point << 6 | (byte(i + k) & 0x3FU);
    }
    const bool is_overlong =
        (length == 3 && code_point < 0x800) || (length == 4 && code_point < 0x10000);
    if (is_overlong || code_point > 0x10FFFF || (code_point >= 0xD800 && code_point < 0xE000))
      return false;
    i += length;
  }
  return true;
}

}  // namespace pawl::integration
