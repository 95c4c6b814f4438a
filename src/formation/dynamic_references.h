// SPDX-License-Identifier: Apache-2.0
// Dynamic references in the texts of a resolved value: {{resolve:ssm:name:version}}.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/dynamic-references.html
#pragma once

#include "base/error.h"
#include "formation/evaluator.h"
#include "json/value.h"

namespace pawl::formation {

/// "CloudFormation quotas": dynamic references in one template.
inline constexpr size_t kDynamicReferencesMax = 60;

/// The value with every dynamic reference replaced; what the answers contain is not looked at
/// again. Errors: those of `references`, an answer that is no text.
base::Result<json::Value> resolve_dynamic_references(const json::Value& value,
                                                     References& references);

/// How many there are in all texts of a value.
size_t count_dynamic_references(const json::Value& value);

}  // namespace pawl::formation
