// SPDX-License-Identifier: Apache-2.0
#include "services/sqs/message_attributes.h"

#include <algorithm>

#include "base/bytes.h"
#include "json/members.h"
#include "services/sqs/errors.h"
#include "text/number.h"

namespace pawl::sqs {
namespace {

constexpr size_t kAttributesMax = 10;
constexpr size_t kNameMax = 256;

/// Developer Guide, "Message attribute components": what is wrong with a name; "" if nothing.
std::string_view mistake_of_name(std::string_view name) {
  if (name.size() >= kNameMax)
    return "Message (user) attribute names must be shorter than 256 Bytes";
  const bool plain = std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '-' || c == '.';
  });
  if (!plain || name.empty()) {
    return "Message (user) attributes name can only contain upper and lower score characters, "
           "digits, periods, hyphens and underscores. ";
  }
  std::string lower(name);
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  if (lower.starts_with("aws.") || lower.starts_with("amazon.") || lower.starts_with('.') ||
      lower.ends_with('.')) {
    return "You can't use message attribute names beginning with 'AWS.' or 'Amazon.'. These "
           "strings are reserved for internal use. Additionally, they cannot start or end with "
           "'.'.";
  }
  return "";
}

aws::ApiError complaint(std::string_view name, std::string_view text) {
  return invalid_parameter("Message (user) attribute '" + std::string(name) + "' " +
                           std::string(text));
}

/// Lists of values are in the API and in no queue.
bool has_items(const json::Value& value, std::string_view member) {
  const json::Value* list = value.find(member);
  return list != nullptr && list->size() > 0;
}

aws::ApiResult<MessageAttribute> read_attribute(std::string_view name, const json::Value& value) {
  MessageAttribute attribute;
  attribute.name = name;
  attribute.data_type = text_member(value, "DataType");
  if (const auto mistake = mistake_of_name(name); !mistake.empty()) {
    return invalid_parameter(std::string(mistake));
  }
  if (has_items(value, "StringListValues") || has_items(value, "BinaryListValues")) {
    return aws::ApiError("UnsupportedOperation",
                         "Message attribute list values in SendMessage operation are not "
                         "supported.");
  }
  if (attribute.data_type.empty()) {
    return complaint(name, "must contain a non-empty message attribute type.");
  }
  if (attribute.data_type.size() >= kNameMax) {
    return invalid_parameter("Message (user) attribute types must be shorter than 256 Bytes");
  }
  const std::string_view kind =
      std::string_view(attribute.data_type).substr(0, attribute.data_type.find('.'));
  if (kind != "String" && kind != "Number" && kind != "Binary") {
    return invalid_parameter("The type of message (user) attribute '" + std::string(name) +
                             "' is invalid. You must use only the following supported type "
                             "prefixes: Binary, Number, String.");
  }
  if (kind == "Binary") {
    attribute.value = base::base64_decode(text_member(value, "BinaryValue")).value_or("");
  } else {
    attribute.value = text_member(value, "StringValue");
  }
  if (attribute.value.empty()) {
    return complaint(name, "must contain a non-empty value of type '" + std::string(kind) + "'.");
  }
  if (kind == "Number" && !text::parse_double(attribute.value)) {
    return invalid_parameter("Can't cast the value of message (user) attribute '" +
                             std::string(name) + "' to a number.");
  }
  if (kind != "Binary" && !has_valid_characters(attribute.value)) {
    return invalid_parameter(std::string(kInvalidCharacters));
  }
  return attribute;
}

/// Four bytes, big-endian.
void append_size(std::string& out, size_t size) {
  for (int shift = 24; shift >= 0; shift -= 8) out += static_cast<char>(size >> shift & 0xff);
}

void append_part(std::string& out, std::string_view part) {
  append_size(out, part.size());
  out += part;
}

}  // namespace

aws::ApiResult<std::vector<MessageAttribute>> read_message_attributes(
    const json::Value* attributes) {
  std::vector<MessageAttribute> read;
  if (attributes == nullptr || !attributes->is_object()) return read;
  if (attributes->size() > kAttributesMax) {
    return invalid_parameter("Number of message attributes [" + std::to_string(attributes->size()) +
                             "] exceeds the allowed maximum [10].");
  }
  for (const json::Member& member : attributes->members()) {
    read.push_back(PAWL_TRY(read_attribute(member.name(), member.value)));
  }
  return read;
}

json::Value write_message_attributes(const std::vector<MessageAttribute>& attributes) {
  json::ObjectBuilder out;
  for (const MessageAttribute& attribute : attributes) {
    json::ObjectBuilder value;
    if (attribute.is_binary()) {
      value.set("BinaryValue", json::Value(base::base64_encode(attribute.value)));
    } else {
      value.set("StringValue", json::Value(attribute.value));
    }
    value.set("DataType", json::Value(attribute.data_type));
    out.set(attribute.name, std::move(value).build());
  }
  return std::move(out).build();
}

std::vector<MessageAttribute> wanted_attributes(const std::vector<MessageAttribute>& attributes,
                                                const std::vector<std::string>& names) {
  std::vector<MessageAttribute> wanted;
  for (const MessageAttribute& attribute : attributes) {
    const bool is_wanted = std::any_of(names.begin(), names.end(), [&](std::string_view name) {
      if (name == "All" || name == ".*" || name == attribute.name) return true;
      return name.ends_with(".*") && attribute.name.starts_with(name.substr(0, name.size() - 2));
    });
    if (is_wanted) wanted.push_back(attribute);
  }
  return wanted;
}

std::string md5_of_attributes(std::vector<MessageAttribute> attributes) {
  if (attributes.empty()) return "";
  std::sort(attributes.begin(), attributes.end(),
            [](const MessageAttribute& a, const MessageAttribute& b) { return a.name < b.name; });
  std::string bytes;
  for (const MessageAttribute& attribute : attributes) {
    append_part(bytes, attribute.name);
    append_part(bytes, attribute.data_type);
    bytes += static_cast<char>(attribute.is_binary() ? 2 : 1);
    append_part(bytes, attribute.value);
  }
  return base::hex_encode(base::digest(base::DigestAlgorithm::Md5, bytes));
}

bool has_valid_characters(std::string_view text) {
  for (size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if (byte < 0x20 && byte != '\t' && byte != '\n' && byte != '\r') return false;
    // U+FFFE and U+FFFF are EF BF BE and EF BF BF; surrogates cannot stand in UTF-8.
    if (byte == 0xef && text.substr(i + 1, 1) == "\xbf" && i + 2 < text.size() &&
        static_cast<unsigned char>(text[i + 2]) >= 0xbe) {
      return false;
    }
  }
  return true;
}

}  // namespace pawl::sqs
