// SPDX-License-Identifier: Apache-2.0
// A result that somebody made up (TestState's mocks) against the output shape of the operation it
// stands for, in AWS's words.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "aws/model/shape.h"
#include "json/value.h"

namespace pawl::aws {

/// API TestState, mock.fieldValidationMode.
enum class SchemaMode {
  Strict,   ///< required fields must be there
  Present,  ///< only what is there is looked at
};

/// How a member is called in results: "stateMachineArn" is "StateMachineArn".
using MemberNaming = std::string (*)(std::string_view model_member);

/// With a capital.
std::string capitalized_member(std::string_view model_member);

/// The first violation, depth first in the model's order: "Field 'StatusCode' must be a number",
/// "Required field 'ExecutionArn' is missing"; nullopt if `result` fits. Fields go by `naming`
/// or the model's names; fields the shape does not know are ignored. Patterns are not looked at.
/// Thread-safe.
std::optional<std::string> result_schema_violation(const Shape& output, const json::Value& result,
                                                   SchemaMode mode,
                                                   MemberNaming naming = capitalized_member);

}  // namespace pawl::aws
