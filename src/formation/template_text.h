// SPDX-License-Identifier: Apache-2.0
// The text of a CloudFormation template, JSON or YAML 1.1, to a Value in which every function has
// its long form: {"Fn::Sub": …} for !Sub. Not what the template means (formation/template.h).
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/template-formats.html
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/error.h"
#include "json/value.h"

namespace pawl::formation {

/// "Template body" quotas: in a request, and as an object of S3.
inline constexpr size_t kTemplateBodyBytesMax = 51'200;
inline constexpr size_t kTemplateObjectBytesMax = 1'048'576;

struct ReadOptions {
  /// AWS refuses aliases (and so merge keys) in a stack's template, and reads them in what
  /// AWS::Include brings in and in templates that its command line tools have packaged.
  bool aliases = false;
  size_t bytes_max = kTemplateObjectBytesMax;
};

/// The template, an object. Text whose first character is a brace is JSON, all other YAML. Plain
/// YAML scalars have the types of YAML 1.1, but dates, base 60 and infinities stay text; numbers
/// keep how they were written, but for other bases. Of a repeated key the last value counts.
/// Bounded: 200 levels; what aliases expand to has at most 250,000 values and 4 MB.
/// Errors, in AWS's words, with line and column: InvalidSyntax "Template format error: YAML not
/// well-formed. (line 3, column 5)", LimitExceeded. Thread-safe.
base::Result<json::Value> read_template(std::string_view text, const ReadOptions& options = {});

/// The same for a piece of a template (AWS::Include): any value; aliases are read.
base::Result<json::Value> read_fragment(std::string_view text);

/// True if read_template reads the text as JSON.
bool is_json_text(std::string_view text);

}  // namespace pawl::formation
