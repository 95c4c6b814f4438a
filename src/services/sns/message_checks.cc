// SPDX-License-Identifier: Apache-2.0
#include "services/sns/message_checks.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <utility>

#include "base/bytes.h"
#include "json/parse.h"
#include "services/sns/api_input.h"
#include "text/number.h"
#include "text/unicode.h"

namespace pawl::sns {
namespace {

using aws::ApiError;
using aws::ApiResult;
using json::Value;

constexpr size_t kAttributeNameMax = 256;
constexpr size_t kSubjectMax = 100;
constexpr size_t kDepthMax = 500;

ApiError invalid_value(const std::string& message) { return {"ParameterValueInvalid", message}; }

bool is_name_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '_' || c == '.';
}

ApiResult<void> check_attribute_name(const std::string& name) {
  if (name.size() > kAttributeNameMax)
    return invalid_value("Length of message attribute name must be less than 256 bytes.");
  if (name.starts_with('.'))
    return invalid_value("Invalid message attribute name starting with character '.' was found.");
  if (name.ends_with('.'))
    return invalid_value("Invalid message attribute name ending with character '.' was found.");
  for (size_t at = 0; at < name.size();) {
    const size_t start = at;
    const char32_t character = text::decode_at(name, at);
    if (character >= 0x80 || !is_name_character(name[start])) {
      std::array<char, 16> hex{};
      std::snprintf(hex.data(), hex.size(), "#x%X", static_cast<unsigned>(character));
      return invalid_value(
          "Invalid non-alphanumeric character '" + std::string(hex.data()) +
          "' was found in the message attribute name. Can only include alphanumeric characters, "
          "hyphens, underscores, or dots.");
    }
    if (name[start] == '.' && start > 0 && name[start - 1] == '.')
      return invalid_value("Message attribute name can not have successive '.' character.");
  }
  return {};
}

/// "String", "Number.int", "Binary.gif", "String.Array".
bool is_data_type(std::string_view type) {
  for (const std::string_view base : {"String", "Number", "Binary"}) {
    if (type == base) return true;
    if (type.starts_with(base) && type.size() > base.size() + 1 && type[base.size()] == '.')
      return true;
  }
  return false;
}

ApiResult<MessageAttribute> read_attribute(const std::string& name, const Value& input,
                                           size_t entry) {
  PAWL_TRY_VOID(check_attribute_name(name));
  MessageAttribute out;
  out.name = name;
  const std::optional<std::string> type = find_text(input, "DataType");
  if (!type) {
    const std::string path =
        entry == 0 ? "" : "publishBatchRequestEntries." + std::to_string(entry) + ".member.";
    return aws::validation_exception("1 validation error detected: Value null at '" + path +
                                     "messageAttributes." + name +
                                     ".member.dataType' failed to satisfy constraint: Member must "
                                     "not be null");
  }
  out.data_type = *type;
  const std::string named = "The message attribute '" + name + "' ";
  if (!is_data_type(out.data_type))
    return invalid_value(named +
                         "has an invalid message attribute type, the set of supported type "
                         "prefixes is Binary, Number, and String.");
  const std::optional<std::string> text = find_text(input, "StringValue");
  const std::optional<std::string> bytes = find_text(input, "BinaryValue");
  const std::optional<std::string>& wanted = out.is_binary() ? bytes : text;
  const std::string must_have = named +
                                "must contain non-empty message attribute value for message "
                                "attribute type '" +
                                out.data_type + "'.";
  if (!text && !bytes) return invalid_value(must_have);
  if (!wanted)
    return invalid_value(named + "with type '" + out.data_type + "' must use field '" +
                         (out.is_binary() ? "Binary" : "String") + "'.");
  if (wanted->empty()) return invalid_value(must_have);
  out.value = *wanted;
  if (out.data_type.starts_with("Number") && !text::parse_double(out.value))
    return invalid_value("Could not cast message attribute '" + name + "' value to number.");
  return out;
}

/// MessageStructure json: texts by protocol. What is no string does not count (recorded).
ApiResult<void> split_by_protocol(Message& message) {
  const auto parsed = json::parse(message.text, {.depth_max = kDepthMax});
  if (!parsed || !parsed->is_object())
    return invalid_parameter("Message Structure - JSON message body failed to parse");
  const Value* plain = parsed->find("default");
  if (plain == nullptr || !plain->is_string())
    return invalid_parameter("Message Structure - No default entry in JSON message body");
  for (const json::Member& member : parsed->members()) {
    if (member.value.is_string())
      message.text_of_protocol.insert_or_assign(std::string(member.name()),
                                                std::string(member.value.as_string()));
  }
  message.text = plain->as_string();
  return {};
}

bool is_subject(std::string_view subject) {
  if (subject.empty() || text::count_code_points(subject) > kSubjectMax) return false;
  return std::none_of(subject.begin(), subject.end(),
                      [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
}

Value array_or_text(const std::string& text) {
  const auto parsed = json::parse(text, {.depth_max = kDepthMax});
  return parsed && parsed->is_array() ? *parsed : Value(text);
}

}  // namespace

size_t published_bytes(const Value& input) {
  size_t bytes = text_member(input, "Message").size();
  const Value* attributes = input.find("MessageAttributes");
  if (attributes == nullptr || !attributes->is_object()) return bytes;
  for (const json::Member& member : attributes->members()) {
    bytes += member.name().size() + text_member(member.value, "DataType").size() +
             text_member(member.value, "StringValue").size() +
             text_member(member.value, "BinaryValue").size() / 4 * 3;
  }
  return bytes;
}

ApiResult<Message> read_published(const Value& input, size_t entry) {
  Message message;
  message.subject = find_text(input, "Subject");
  if (message.subject && !is_subject(*message.subject)) return invalid_parameter("Subject");
  message.text = text_member(input, "Message");
  if (message.text.empty()) return invalid_parameter("Empty message");
  if (const Value* attributes = input.find("MessageAttributes");
      attributes != nullptr && attributes->is_object()) {
    for (const json::Member& member : attributes->members())
      message.attributes.push_back(
          PAWL_TRY(read_attribute(std::string(member.name()), member.value, entry)));
  }
  if (entry == 0 && published_bytes(input) > kMessageBytesMax)
    return invalid_parameter("Message too long");
  if (const std::optional<std::string> structure = find_text(input, "MessageStructure")) {
    if (*structure == "json") PAWL_TRY_VOID(split_by_protocol(message));
  }
  message.group_id = text_member(input, "MessageGroupId");
  message.deduplication_id = text_member(input, "MessageDeduplicationId");
  return message;
}

ApiResult<void> check_fifo_parameters(Message& message, const Topic& topic, const Value& input) {
  if (!topic.is_fifo()) {
    if (!message.deduplication_id.empty())
      return invalid_parameter(
          "MessageDeduplicationId Reason: The request includes MessageDeduplicationId parameter "
          "that is not valid for this topic type");
    return {};
  }
  if (message.group_id.empty())
    return invalid_parameter("The MessageGroupId parameter is required for FIFO topics");
  if (!message.deduplication_id.empty()) return {};
  if (!topic.is_true("ContentBasedDeduplication"))
    return invalid_parameter(
        "The topic should either have ContentBasedDeduplication enabled or MessageDeduplicationId "
        "provided explicitly");
  message.deduplication_id =
      base::hex_encode(base::digest(base::DigestAlgorithm::Sha256, text_member(input, "Message")));
  return {};
}

Value filtered_attributes(const Message& message) {
  json::ObjectBuilder out;
  for (const MessageAttribute& each : message.attributes) {
    if (each.is_binary()) continue;
    if (each.data_type.starts_with("Number")) {
      out.set(each.name, Value::number_from_lexeme(each.value));
    } else {
      out.set(each.name,
              each.data_type == "String.Array" ? array_or_text(each.value) : Value(each.value));
    }
  }
  return std::move(out).build();
}

}  // namespace pawl::sns
