// SPDX-License-Identifier: Apache-2.0
// The package that CreateFunction and UpdateFunctionCode carry.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "aws/api_error.h"
#include "base/error.h"
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
  std::string image_uri = {};  ///< "": no image
};

/// What API FunctionCode, LayerVersionContentInput or UpdateFunctionCode's input names. Errors:
/// InvalidParameterValueException.
aws::ApiResult<PackageSource> package_source(const json::Value& code);
/// The bytes. Errors: SerializationException, RequestEntityTooLargeException.
aws::ApiResult<std::string> decode_package(std::string_view base64);

/// A container image, by its name and by its digest: "…/repository@sha256:…".
struct PackageImage {
  std::string uri;
  std::string resolved_uri;
};

/// A zip, a folder to be run as it is, or an image.
struct Package {
  std::string zip;
  std::string folder;
  PackageImage image = {};

  bool is_zip() const { return folder.empty() && image.uri.empty(); }
};

/// API CreateFunction and UpdateFunctionCode, for an image that there is not, or is none. `error`:
/// of container::ImageCache.
aws::ApiError image_error(const std::string& uri, const base::Error& error);

/// Sets CodeSize and CodeSha256, and gives the revision a code and deployment of its own.
void set_package(Revision& revision, const Package& package);

/// The folder that a revision's code is; "" if it is a package.
std::string code_folder_of(std::string_view code);
/// The image that a revision's code is.
std::optional<PackageImage> code_image_of(std::string_view code);

}  // namespace pawl::lambda
