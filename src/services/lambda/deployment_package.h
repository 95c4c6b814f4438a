// SPDX-License-Identifier: Apache-2.0
// The package that CreateFunction and UpdateFunctionCode carry.
#pragma once

#include <string>
#include <string_view>

#include "aws/api_error.h"
#include "json/value.h"
#include "services/lambda/function_store.h"

namespace pawl::lambda {

/// Where a package is. Text only: it goes from thread to thread.
struct PackageSource {
  std::string zip_base64;
  std::string bucket;  ///< "": not in S3
  std::string object_key;
  std::string object_version;
};

/// What API FunctionCode, LayerVersionContentInput or UpdateFunctionCode's input names. Errors:
/// InvalidParameterValueException, NotImplemented (501) for images.
aws::ApiResult<PackageSource> package_source(const json::Value& code);
/// The bytes. Errors: SerializationException, RequestEntityTooLargeException.
aws::ApiResult<std::string> decode_package(std::string_view base64);

aws::ApiError image_not_implemented();

/// Sets CodeSize and CodeSha256, and gives the revision a code and deployment of its own.
void set_package(Revision& revision, std::string_view zip);

}  // namespace pawl::lambda
