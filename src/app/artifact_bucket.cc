// SPDX-License-Identifier: Apache-2.0
#include "app/artifact_bucket.h"

#include <utility>

#include "base/bytes.h"
#include "json/members.h"

namespace pawl::app {

using json::Value;

base::Error as_error(const aws::ApiError& error) {
  const std::string message = error.message.value_or("");
  if (error.code == "NoAnswer" || message.empty())
    return {base::ErrorKind::Io, message.empty() ? error.code : message};
  return {base::ErrorKind::Io, error.code + ": " + message};
}

ArtifactBucket::ArtifactBucket(ServiceCalls& calls, std::string region, std::string bucket,
                               std::string prefix)
    : calls_(calls),
      region_(std::move(region)),
      bucket_(std::move(bucket)),
      prefix_(std::move(prefix)) {
  if (!prefix_.empty() && !prefix_.ends_with('/')) prefix_ += '/';
}

base::Result<void> ArtifactBucket::ensure_bucket() {
  if (std::exchange(ensured_, true)) return {};
  if (bucket_.empty()) {
    const auto identity = calls_.call("sts", "GetCallerIdentity", Value::object());
    if (!identity) return as_error(identity.error());
    bucket_ = "pawl-deploy-" + json::text_member(*identity, "Account") + "-" + region_;
  }
  json::ObjectBuilder named;
  named.set("Bucket", Value(bucket_));
  Value input = std::move(named).build();
  const auto head = calls_.call("s3", "HeadBucket", input);
  if (head) return {};
  if (head.error().status != 404) return as_error(head.error());
  if (region_ != "us-east-1") {
    json::ObjectBuilder place;
    place.set("LocationConstraint", Value(region_));
    input = input.with_member("CreateBucketConfiguration", std::move(place).build());
  }
  const auto made = calls_.call("s3", "CreateBucket", input);
  if (!made && made.error().code != "BucketAlreadyOwnedByYou") return as_error(made.error());
  return {};
}

base::Result<StoredArtifact> ArtifactBucket::put(const std::string& name,
                                                 const std::string& bytes) {
  PAWL_TRY_VOID(ensure_bucket());
  StoredArtifact artifact{bucket_, prefix_ + name};
  json::ObjectBuilder named;
  named.set("Bucket", Value(artifact.bucket)).set("Key", Value(artifact.key));
  const Value input = std::move(named).build();
  if (calls_.call("s3", "HeadObject", input)) return artifact;
  const auto stored =
      calls_.call("s3", "PutObject", input.with_member("Body", Value(base::base64_encode(bytes))));
  if (!stored) return as_error(stored.error());
  return artifact;
}

std::string ArtifactBucket::template_url(const StoredArtifact& artifact) const {
  return "https://s3." + region_ + ".amazonaws.com/" + artifact.bucket + "/" + artifact.key;
}

}  // namespace pawl::app
