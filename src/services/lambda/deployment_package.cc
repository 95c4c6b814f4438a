// SPDX-License-Identifier: Apache-2.0
#include "services/lambda/deployment_package.h"

#include <filesystem>

#include "base/bytes.h"
#include "json/members.h"
#include "services/lambda/identifiers.h"

namespace pawl::lambda {

using json::Value;

namespace {

/// "Deployment package (.zip file archive) size": 50 MB when uploaded directly.
constexpr size_t kZipBytesMax = 52'428'800;
constexpr std::string_view kFolderCode = "folder:";
constexpr std::string_view kImageCode = "image:";

}  // namespace

aws::ApiError image_error(const std::string& uri, const base::Error& error) {
  switch (error.kind) {
    case base::ErrorKind::NotFound:
      return invalid_parameter("Source image " + uri +
                               " does not exist. Provide a valid source image.");
    case base::ErrorKind::InvalidSyntax:
    case base::ErrorKind::InvalidJson:
      return invalid_parameter("Source image " + uri +
                               " is not valid. Provide a valid source image.");
    case base::ErrorKind::Unsupported:
      return invalid_parameter(
          "The image manifest, config or layer media type for the source image " + uri +
          " is not supported. " + error.message);
    default: return service_exception(uri + ": " + error.message);
  }
}

aws::ApiResult<PackageSource> package_source(const Value& code) {
  PackageSource source{text_member(code, "ZipFile"), "", text_member(code, "S3Bucket"),
                       text_member(code, "S3Key"), text_member(code, "S3ObjectVersion")};
  source.image_uri = text_member(code, "ImageUri");
  if (!source.image_uri.empty()) {
    if (source.bucket.empty() && source.zip_base64.empty()) return source;
    return invalid_parameter(
        "Please do not provide other FunctionCode parameters when providing an ImageUri.");
  }
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
  if (!package.image.uri.empty()) {
    revision.code = std::string(kImageCode) + package.image.uri + " " + package.image.resolved_uri;
    revision.deployment = new_uuid();
    revision.set("CodeSize", Value(0));
    // The digest without its algorithm.
    const std::string& resolved = package.image.resolved_uri;
    revision.set("CodeSha256", Value(resolved.substr(resolved.rfind(':') + 1)));
    return;
  }
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

std::optional<PackageImage> code_image_of(std::string_view code) {
  if (!code.starts_with(kImageCode)) return std::nullopt;
  code.remove_prefix(kImageCode.size());
  const size_t space = code.find(' ');
  if (space == std::string_view::npos) return std::nullopt;
  return PackageImage{std::string(code.substr(0, space)), std::string(code.substr(space + 1))};
}

}  // namespace pawl::lambda
