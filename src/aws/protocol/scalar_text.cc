// SPDX-License-Identifier: Apache-2.0
// Numbers keep their lexeme where JSON allows it.
#include "aws/protocol/scalar_text.h"

#include "aws/http_message.h"
#include "aws/protocol/timestamp_text.h"
#include "aws/protocol/utf8.h"
#include "base/bytes.h"
#include "base/integer.h"
#include "json/write.h"
#include "text/number.h"

namespace pawl::aws {
namespace {

using json::Value;

ApiError malformed(std::string_view text, std::string_view type) {
  return serialization_exception("'" + std::string(text) + "' can not be converted to " +
                                 std::string(type));
}

bool is_not_a_number_word(std::string_view text) {
  return text == "NaN" || text == "Infinity" || text == "-Infinity";
}

}  // namespace

std::string scalar_to_text(const Member& member, const Value& value,
                           const ScalarTextOptions& options) {
  if (value.is_string()) return std::string(value.as_string());
  if (value.is_boolean()) return value.as_boolean() ? "true" : "false";
  if (value.is_number() && member.shape->type == ShapeType::Timestamp) {
    TimestampFormat format = member.timestamp_format;
    if (format == TimestampFormat::Unset) format = member.shape->timestamp_format;
    if (format == TimestampFormat::Unset) format = options.timestamp_format;
    return format_timestamp(value, format, options.milliseconds_always);
  }
  return json::write(value);
}

ApiResult<Value> scalar_from_text(const Member& member, std::string_view text) {
  if (!is_utf8(text)) return serialization_exception();
  switch (member.shape->type) {
    case ShapeType::Integer:
    case ShapeType::Long: {
      const auto number = base::parse_int64(text);
      if (!number) return malformed(text, "an Integer");
      if (member.shape->type == ShapeType::Integer &&
          *number != static_cast<int64_t>(static_cast<int32_t>(*number))) {
        return malformed(text, "an Integer");
      }
      return Value(*number);
    }
    case ShapeType::Float:
    case ShapeType::Double:
      if (is_not_a_number_word(text)) return Value(text);
      if (!text::parse_double(text)) return malformed(text, "a Double");
      return Value::number_from_lexeme(text);
    case ShapeType::Boolean:
      if (equals_ignoring_case(text, "true") || text == "1") return Value(true);
      if (equals_ignoring_case(text, "false") || text == "0") return Value(false);
      return malformed(text, "a Boolean");
    case ShapeType::Timestamp: {
      auto time = parse_timestamp(text);
      if (!time) return malformed(text, "a Timestamp");
      return std::move(*time);
    }
    case ShapeType::Blob:
      if (!base::base64_decode(text)) return malformed(text, "a Blob");
      return Value(text);
    default: return Value(text);
  }
}

}  // namespace pawl::aws
