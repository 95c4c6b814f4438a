// SPDX-License-Identifier: Apache-2.0
// A result that somebody made up (TestState's mocks) against the output shape of the operation it
// stands for, in AWS's words.
#pragma once

#include <optional>
#include <string>

#include "aws/model/shape.h"
#include "json/value.h"

namespace pawl::aws {

/// API TestState, mock.fieldValidationMode.
enum class SchemaMode {
  Strict,   ///< required fields must be there
  Present,  ///< only what is there is looked at
};

/// The first violation, depth first in the model's order: "Field 'StatusCode' must be a number",
/// "Required field 'ExecutionArn' is missing"; nullopt if `result` fits. Fields go by their names
/// in upper camel case as Step Functions shows them; fields the shape does not know are ignored.
/// Patterns are not looked at. Thread-safe.
std::optional<std::string> result_schema_violation(const Shape& output, const json::Value& result,
                                                   SchemaMode mode);

}  // namespace pawl::aws
