// SPDX-License-Identifier: Apache-2.0
// Diagnostic: one mistake in a definition, in the shape of API ValidateStateMachineDefinition.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace pawl::asl {

enum class Severity { Error, Warning };

/// `code` and `message` are AWS's, whose documentation lists the codes and promises nothing about
/// the wording; `location` is written as AWS writes it: "/States/A/Choices[0]/Next", "/" for the
/// root, names unescaped, or empty for none. `pointer` (RFC 6901) and `position` are ours: the same
/// place for programs and in the source.
struct Diagnostic {
  Severity severity = Severity::Error;
  std::string code;
  std::string message;
  std::string location;
  base::SourcePosition position;
  std::string pointer;
};

inline constexpr std::string_view kSchemaValidationFailed = "SCHEMA_VALIDATION_FAILED";
inline constexpr std::string_view kMissingTransitionTarget = "MISSING_TRANSITION_TARGET";
inline constexpr std::string_view kMissingEndState = "MISSING_END_STATE";
inline constexpr std::string_view kInvalidJsonDescription = "INVALID_JSON_DESCRIPTION";
inline constexpr std::string_view kTooDeeplyNested = "TOO_DEEPLY_NESTED";
inline constexpr std::string_view kDuplicateStateName = "DUPLICATE_STATE_NAME";
inline constexpr std::string_view kInvalidStateName = "INVALID_STATE_NAME";
inline constexpr std::string_view kDuplicateLabelName = "DUPLICATE_LABEL_NAME";
inline constexpr std::string_view kInvalidLabelName = "INVALID_LABEL_NAME";
inline constexpr std::string_view kInvalidVariableName = "INVALID_VARIABLE_NAME";
inline constexpr std::string_view kReservedVariableName = "RESERVED_VARIABLE_NAME";
inline constexpr std::string_view kInvalidJsonataExpression = "INVALID_JSONATA_EXPRESSION";
inline constexpr std::string_view kUnsupportedJsonataExpression = "UNSUPPORTED_JSONATA_EXPRESSION";
// Warnings.
inline constexpr std::string_view kNoDollar = "NO_DOLLAR";
inline constexpr std::string_view kNoPath = "NO_PATH";
inline constexpr std::string_view kPassResultIsStatic = "PASS_RESULT_IS_STATIC";

/// True if at least one diagnostic is an error: the definition is refused.
bool has_errors(const std::vector<Diagnostic>& diagnostics);

/// The text of API error InvalidDefinition: "Invalid State Machine Definition: 'CODE: message at
/// /location, CODE: …'"; a diagnostic without location is "at null", as AWS prints it.
std::string invalid_definition_message(const std::vector<Diagnostic>& diagnostics);

}  // namespace pawl::asl
