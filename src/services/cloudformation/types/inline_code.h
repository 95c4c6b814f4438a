// SPDX-License-Identifier: Apache-2.0
// Code.ZipFile of a function: a text, not a file. CloudFormation packs it as index.js or index.py,
// with the module that answers custom resources.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cfn-lambda-function-code-cfnresponsemodule.html
#pragma once

#include <string>
#include <string_view>

#include "base/error.h"

namespace pawl::cloudformation {

/// The zip file; the same bytes for the same code. Errors: TypeMismatch for a runtime whose code is
/// not text (Java), LimitExceeded beyond 4 MiB.
base::Result<std::string> inline_package(std::string_view runtime, std::string_view code);

}  // namespace pawl::cloudformation
