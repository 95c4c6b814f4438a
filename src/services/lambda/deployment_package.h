// SPDX-License-Identifier: Apache-2.0
// The package that CreateFunction and UpdateFunctionCode carry.
#pragma once

#include <string>
#include <string_view>

#include "aws/api_error.h"
#include "json/value.h"
#include "services/lambda/function_store.h"

namespace pawl::lambda {

/// The zip of API FunctionCode, or of UpdateFunctionCode's input, which has the same members.
/// Errors: InvalidParameterValueException, also for code in S3 and images, which are not here;
/// RequestEntityTooLargeException.
aws::ApiResult<std::string> read_package(const json::Value& code);

/// Sets CodeSize and CodeSha256, and gives the revision a code and deployment of its own.
void set_package(Revision& revision, std::string_view zip);

}  // namespace pawl::lambda
