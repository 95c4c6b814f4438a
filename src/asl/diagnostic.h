// SPDX-License-Identifier: Apache-2.0
// Diagnostic: one mistake in a definition, in the shape of API ValidateStateMachineDefinition.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace pawl::asl {

enum class Severity { Error, Warning };

/// `code` and `message` are AWS's ("SCHEMA_VALIDATION_FAILED", "MISSING_TRANSITION_TARGET", "INVALID_JSON_DESCRIPTION" …);
/// `location` is a JSON pointer ("/States/A/Next"; "/" is the root) or empty; `position` is ours: where that is in the source.
struct Diagnostic {
  Severity severity = Severity::Error;
  std::string code;
  std::string message;
  std::string location;
  base::SourcePosition position;
};

inline constexpr std::string_view kSchemaValidationFailed = "SCHEMA_VALIDATION_FAILED";
inline constexpr std::string_view kMissingTransitionTarget = "MISSING_TRANSITION_TARGET";
inline constexpr std::string_view kInvalidJsonDescription = "INVALID_JSON_DESCRIPTION";

/// True if at least one diagnostic is an error: the definition is refused.
bool has_errors(const std::vector<Diagnostic>& diagnostics);

/// The text of API error InvalidDefinition: "Invalid State Machine Definition: 'CODE: message at /location, CODE: …'".
std::string invalid_definition_message(const std::vector<Diagnostic>& diagnostics);

}  // namespace pawl::asl
