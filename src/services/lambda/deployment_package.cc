// SPDX-License-Identifier: Apache-2.0
#include "services/lambda/deployment_package.h"

#include "base/bytes.h"
#include "services/lambda/identifiers.h"

namespace pawl::lambda {

using json::Value;

namespace {

/// "Deployment package (.zip file archive) size": 50 MB when uploaded directly.
constexpr size_t kZipBytesMax = 52'428'800;

}  // namespace

aws::ApiResult<std::string> read_package(const Value& code) {
  for (const char* member : {"S3Bucket", "S3Key", "ImageUri"}) {
    const Value* found = code.find(member);
    if (found == nullptr || found->is_null()) continue;
    return invalid_parameter(
        "Code from S3 or an image is not supported by this server: give "
        "ZipFile.");
  }
  const Value* zip_file = code.find("ZipFile");
  if (zip_file == nullptr || !zip_file->is_string()) {
    return invalid_parameter("Please provide a source for function code.");
  }
  auto zip = base::base64_decode(zip_file->as_string());
  if (!zip) return aws::serialization_exception();
  if (zip->size() > kZipBytesMax) {
    return aws::ApiError(
        "RequestEntityTooLargeException",
        "Zipped size must be smaller than " + std::to_string(kZipBytesMax) + " bytes", 413);
  }
  return *std::move(zip);
}

void set_package(Revision& revision, std::string_view zip) {
  revision.code = new_uuid();
  revision.deployment = new_uuid();
  revision.set("CodeSize", Value(static_cast<int64_t>(zip.size())));
  revision.set("CodeSha256",
               Value(base::base64_encode(base::digest(base::DigestAlgorithm::Sha256, zip))));
}

}  // namespace pawl::lambda
