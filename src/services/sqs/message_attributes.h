// SPDX-License-Identifier: Apache-2.0
// Message attributes between the API's JSON and messages: checks, sizes, and the MD5 that SDKs
// compute over them too (Developer Guide, "Amazon SQS message metadata", "Calculating the MD5
// message digest for message attributes").
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "aws/api_error.h"
#include "json/value.h"
#include "services/sqs/message.h"

namespace pawl::sqs {

/// `attributes` is the MessageAttributes of an input, or null if it has none.
/// Errors: InvalidParameterValueException, UnsupportedOperation for lists of values.
aws::ApiResult<std::vector<MessageAttribute>> read_message_attributes(
    const json::Value* attributes);

/// MessageAttributes of a received message.
json::Value write_message_attributes(const std::vector<MessageAttribute>& attributes);

/// Those that MessageAttributeNames of ReceiveMessage asks for: names, "prefix.*", "All" or ".*".
std::vector<MessageAttribute> wanted_attributes(const std::vector<MessageAttribute>& attributes,
                                                const std::vector<std::string>& names);

/// MD5 in hex, whatever the order of `attributes`; "" if there are none.
std::string md5_of_attributes(std::vector<MessageAttribute> attributes);

/// What AWS says of a text that has others.
inline constexpr std::string_view kInvalidCharacters =
    "Invalid characters found. Valid unicode characters are #x9 | #xA | #xD | #x20 to #xD7FF | "
    "#xE000 to #xFFFD | #x10000 to #x10FFFF";
/// Checks the characters of a body or value. API SendMessage "MessageBody": XML's.
bool has_valid_characters(std::string_view text);

}  // namespace pawl::sqs
