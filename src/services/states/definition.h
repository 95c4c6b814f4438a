// SPDX-License-Identifier: Apache-2.0
// Definitions as the API takes them: compiled as strictly as AWS checks, and the versions' texts.
#pragma once

#include <string>

#include "asl/compile.h"
#include "aws/api_error.h"
#include "json/value.h"

namespace pawl::states {

/// A Resource that AWS would not know is an error. `resources` knows which there are; null: as
/// asl::CompileOptions::catalog.
asl::Compilation compile_strictly(const std::string& definition, asl::StateMachineType type,
                                  const asl::ResourceCatalog* resources);

/// Errors: InvalidDefinition with all mistakes.
aws::ApiResult<void> check_definition(const std::string& definition, asl::StateMachineType type,
                                      const asl::ResourceCatalog* resources);

/// API CreateStateMachine, versionDescription: "You can only set the description if the publish
/// parameter is set to true. Otherwise […] throws ValidationException".
aws::ApiResult<void> check_version_description(const json::Value& input);

}  // namespace pawl::states
