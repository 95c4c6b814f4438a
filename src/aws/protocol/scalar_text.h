// SPDX-License-Identifier: Apache-2.0
// Scalars as plain text: in paths, queries, headers, form parameters and XML.
#pragma once

#include <string>
#include <string_view>

#include "aws/api_error.h"
#include "aws/model/shape.h"
#include "json/value.h"

namespace pawl::aws {

struct ScalarTextOptions {
  TimestampFormat timestamp_format = TimestampFormat::Iso8601;  ///< where the model names none
  bool milliseconds_always = false;
};

/// Total: what is not of the member's type is written as its JSON text.
std::string scalar_to_text(const Member& member, const json::Value& value,
                           const ScalarTextOptions& options = {});

/// Errors: SerializationException naming the text and the type, or nothing if it is no text.
/// `member` is of a scalar shape.
ApiResult<json::Value> scalar_from_text(const Member& member, std::string_view text);

}  // namespace pawl::aws
