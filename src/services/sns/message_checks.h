// SPDX-License-Identifier: Apache-2.0
// From the input of Publish, or of one entry of PublishBatch, to a Message: what AWS checks, in its
// order and words.
#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "aws/api_error.h"
#include "json/value.h"
#include "services/sns/message.h"

namespace pawl::sns {

/// "Message data … 256 KB": text, names, types and values of attributes together.
inline constexpr size_t kMessageBytesMax = size_t{256} << 10;

/// `entry` is the number in a batch, from 1; 0 for Publish. Topic, id and time are left to the
/// caller. Errors: InvalidParameter, ParameterValueInvalid, ValidationException.
aws::ApiResult<Message> read_published(const json::Value& input, size_t entry);

size_t published_bytes(const json::Value& input);

/// Group and deduplication ids against the topic; fills in what ContentBasedDeduplication makes.
aws::ApiResult<void> check_fifo_parameters(Message& message, const Topic& topic,
                                           const json::Value& input);

/// What a filter policy on attributes sees: strings, numbers and arrays by name. Binary values are
/// not seen.
json::Value filtered_attributes(const Message& message);

}  // namespace pawl::sns
