// SPDX-License-Identifier: Apache-2.0
// validate(): a decoded input against the constraints of its shape (required, length, range,
// pattern, enum), in the words of the framework behind AWS's services. Types are the codec's.
#pragma once

#include "aws/api_error.h"
#include "aws/model/shape.h"
#include "json/value.h"

namespace pawl::aws {

/// Every violation in the model's order, ten at most:
/// "2 validation errors detected: Value '' at 'name' failed to satisfy constraint: Member must have
/// length greater than or equal to 1; Value null at …". Lengths of strings are code points.
/// Errors: ValidationException. Thread-safe.
/// `shows_values` false: no value is told, also not that it is null: "Value at 'name' failed …", as
/// IAM does for all.
ApiResult<void> validate(const json::Value& input, const Shape& shape, bool shows_values = true);

}  // namespace pawl::aws
