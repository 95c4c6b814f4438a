// SPDX-License-Identifier: Apache-2.0
// The quotas of Amazon S3 and AWS Lambda.
#include "server/large_requests.h"

namespace pawl::server {
namespace {

constexpr uint64_t kMegabyte = 1024 * 1024;
/// S3 "Amazon S3 multipart upload limits": 5 GiB an object or a part. Chunks that are signed one by
/// one, of 8 KiB at least, add up to 1.2 percent; a form adds its fields.
constexpr uint64_t kObjectBytes = 5 * 1024 * kMegabyte + 64 * kMegabyte;
/// Lambda "Quotas": 50 MB zipped, as base64 text in JSON.
constexpr uint64_t kCodeBytes = 70 * kMegabyte;
/// ECR "Service quotas": layers of 52,000 MiB; parts of 20 MiB by its API, as base64 text.
constexpr uint64_t kLayerBytes = 52'000 * kMegabyte;
constexpr uint64_t kLayerPartBytes = 28 * kMegabyte;

struct LargeOperation {
  std::string_view signing_name;
  std::string_view operation;
  net::BodyBound bound;
};

constexpr LargeOperation kLargeOperations[] = {
    {"s3", "PutObject", {kObjectBytes, true}},
    {"s3", "UploadPart", {kObjectBytes, true}},
    // JSON is decoded whole, so a file would only be a detour.
    {"lambda", "CreateFunction", {kCodeBytes, false}},
    {"lambda", "UpdateFunctionCode", {kCodeBytes, false}},
    {"lambda", "PublishLayerVersion", {kCodeBytes, false}},
    {"ecr", "UploadLayerPart", {kLayerPartBytes, false}},
};

}  // namespace

net::BodyBound large_body_bound(const aws::Route& route, const aws::HttpRequest& head,
                                bool has_s3) {
  // S3 "POST Object".
  if (has_s3 && head.method == "POST" &&
      head.headers.get("Content-Type").starts_with("multipart/form-data")) {
    return {kObjectBytes, true};
  }
  // OCI distribution, "Pushing blobs"; what is signed is for another service.
  const bool is_layer = head.path.starts_with("/v2/") &&
                        head.path.find("/blobs/uploads") != std::string::npos &&
                        !head.headers.get("Authorization").starts_with("AWS");
  if (is_layer) return {kLayerBytes, true};
  if (route.operation == nullptr) return {};
  const std::string& signing_name = route.service->metadata().signing_name;
  for (const LargeOperation& large : kLargeOperations) {
    if (large.operation == route.operation->name && large.signing_name == signing_name) {
      return large.bound;
    }
  }
  return {};
}

}  // namespace pawl::server
