// SPDX-License-Identifier: Apache-2.0
// Parameters of a task to the input of an operation and its output to a task's result, by the
// shapes of the model: names, blobs, timestamps, JSON where the API wants text.
#pragma once

#include <cstdint>
#include <string_view>

#include "aws/model/shape.h"
#include "base/error.h"
#include "json/value.h"

namespace pawl::integration {

/// The two SDKs that Step Functions calls with, whose conventions show in names and values.
enum class SdkDialect : uint8_t {
  Java1,  ///< optimized integrations: the model's names with a capital, epoch milliseconds, base64
  Java2,  ///< aws-sdk: sdk_member_name(), ISO-8601, blobs as text
};

/// Names match regardless of case and in both dialects; null is absent. A text member takes any
/// JSON as its text, numbers and booleans may be given as text, timestamps as ISO-8601. Blobs: in
/// Java2 the UTF-8 of the text (or of the JSON; if they stream, always the JSON), in Java1 base64.
/// The result is a new tree that shares nothing with `parameters`. Errors: InvalidSyntax, in Step
/// Functions' words: 'The field "X" is not supported by Step Functions'.
base::Result<json::Value> to_api_input(const json::Value& parameters, const aws::Shape& shape,
                                       SdkDialect dialect);

/// Members in alphabetical order; absent ones are left out, but for maps of headers (recorded: S3's
/// Metadata). Java2: a blob that is no UTF-8 stays base64.
json::Value from_api_output(const json::Value& output, const aws::Shape& shape, SdkDialect dialect);

/// A member's name in parameters and results.
std::string member_name(const aws::Member& member, SdkDialect dialect);

/// `text` is well-formed UTF-8.
bool is_utf8(std::string_view text);

}  // namespace pawl::integration
