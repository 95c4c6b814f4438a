// SPDX-License-Identifier: Apache-2.0
// The package that CreateFunction and UpdateFunctionCode carry.
#pragma once

#include <string>
#include <string_view>

#include "aws/api_error.h"
#include "json/value.h"
#include "services/lambda/function_store.h"

namespace pawl::lambda {

/// In place of a bucket's name: the key is the absolute path of a folder on this machine, whose
/// files are the function's code, always as they are now. No bucket can have a name that the
/// service would take for it: AWS has none of this kind, LocalStack the same one.
inline constexpr std::string_view kFolderBucket = "hot-reload";

/// Where a package is. Text only: it goes from thread to thread.
struct PackageSource {
  std::string zip_base64;
  std::string folder;  ///< "": in none
  std::string bucket;  ///< "": not in S3
  std::string object_key;
  std::string object_version;
};

/// What API FunctionCode, LayerVersionContentInput or UpdateFunctionCode's input names. Errors:
/// InvalidParameterValueException, NotImplemented (501) for images.
aws::ApiResult<PackageSource> package_source(const json::Value& code);
/// The bytes. Errors: SerializationException, RequestEntityTooLargeException.
aws::ApiResult<std::string> decode_package(std::string_view base64);

/// A zip, or a folder to be run as it is.
struct Package {
  std::string zip;
  std::string folder;
};

aws::ApiError image_not_implemented();

/// Sets CodeSize and CodeSha256, and gives the revision a code and deployment of its own.
void set_package(Revision& revision, const Package& package);

/// The folder that a revision's code is; "" if it is a package.
std::string code_folder_of(std::string_view code);

}  // namespace pawl::lambda
