// SPDX-License-Identifier: Apache-2.0
#include "services/lambda/deployment_package.h"

#include <filesystem>

#include "base/bytes.h"
#include "services/lambda/identifiers.h"
#include "services/lambda/stored_json.h"

namespace pawl::lambda {

using json::Value;

namespace {

/// "Deployment package (.zip file archive) size": 50 MB when uploaded directly.
constexpr size_t kZipBytesMax = 52'428'800;
constexpr std::string_view kFolderCode = "folder:";

}  // namespace

aws::ApiError image_not_implemented() {
  return aws::ApiError(
      "NotImplemented",
      "lambda: functions from container images are part of the AWS API, but not of "
      "this server.",
      501, aws::Fault::Receiver);
}

aws::ApiResult<PackageSource> package_source(const Value& code) {
  if (!text_of(code, "ImageUri").empty()) return image_not_implemented();
  PackageSource source{text_of(code, "ZipFile"), "", text_of(code, "S3Bucket"),
                       text_of(code, "S3Key"), text_of(code, "S3ObjectVersion")};
  if (source.bucket == kFolderBucket) {
    std::error_code failure;
    const std::filesystem::path folder(source.object_key);
    if (!folder.is_absolute() || !std::filesystem::is_directory(folder, failure)) {
      return invalid_parameter(source.object_key + " is no absolute path of a folder.");
    }
    source.folder = folder.lexically_normal().string();
    return source;
  }
  if (!source.bucket.empty() && !source.zip_base64.empty()) {
    return invalid_parameter(
        "Please do not provide other FunctionCode parameters when providing a "
        "ZipFile.");
  }
  const Value* zip_file = code.find("ZipFile");
  const bool has_zip = zip_file != nullptr && zip_file->is_string();
  if (!has_zip && (source.bucket.empty() || source.object_key.empty())) {
    return invalid_parameter("Please provide a source for function code.");
  }
  return source;
}

aws::ApiResult<std::string> decode_package(std::string_view base64) {
  auto zip = base::base64_decode(base64);
  if (!zip) return aws::serialization_exception();
  if (zip->size() > kZipBytesMax) {
    return aws::ApiError(
        "RequestEntityTooLargeException",
        "Zipped size must be smaller than " + std::to_string(kZipBytesMax) + " bytes", 413);
  }
  return *std::move(zip);
}

void set_package(Revision& revision, const Package& package) {
  const std::string& text = package.folder.empty() ? package.zip : package.folder;
  revision.code = package.folder.empty() ? new_uuid() : std::string(kFolderCode) + package.folder;
  revision.deployment = new_uuid();
  revision.set("CodeSize", Value(static_cast<int64_t>(package.zip.size())));
  revision.set("CodeSha256",
               Value(base::base64_encode(base::digest(base::DigestAlgorithm::Sha256, text))));
}

std::string code_folder_of(std::string_view code) {
  return code.starts_with(kFolderCode) ? std::string(code.substr(kFolderCode.size())) : "";
}

}  // namespace pawl::lambda
