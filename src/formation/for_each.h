// SPDX-License-Identifier: Apache-2.0
// Fn::ForEach: a piece of a template repeated for each item of a collection.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-foreach.html
#pragma once

#include "base/error.h"
#include "formation/resolver.h"
#include "json/value.h"

namespace pawl::formation {

/// The value with all loops done. Within a loop over X, {"Ref": "X"} is the item, "${X}" in texts
/// of Fn::Sub and in the loop's own keys too; "&{X}" in keys is the item without what is neither
/// letter nor digit. Other texts stay. Errors: a malformed loop, a collection that depends on
/// resources, more than 250,000 values.
base::Result<json::Value> expand_loops(const json::Value& value, const Scope& scope);

}  // namespace pawl::formation
