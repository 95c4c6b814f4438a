// SPDX-License-Identifier: Apache-2.0
// What ECR keeps of repositories and images, and how it stands in the store: JSON objects with the
// number of their format. docs/formats/ecr.md.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "aws/api_error.h"
#include "base/time.h"
#include "json/members.h"
#include "json/value.h"

namespace pawl::ecr {

/// Account and region: one registry.
struct Scope {
  std::string account;
  std::string region;
};

struct RepositoryName {
  std::string account;
  std::string region;
  std::string name;

  Scope scope() const { return {account, region}; }
  /// "arn:aws:ecr:REGION:ACCOUNT:repository/NAME".
  std::string arn() const;
  /// "ACCOUNT.dkr.ecr.REGION.amazonaws.com/NAME".
  std::string uri() const;
};

struct Repository {
  base::Timestamp created_at;
  std::string tag_mutability = "MUTABLE";
  std::string exclusion_filters = {};  ///< JSON text of imageTagMutabilityExclusionFilters
  bool scans_on_push = false;
  std::string encryption = {};  ///< JSON text of encryptionConfiguration
  std::string policy = {};      ///< "": none; as it was given
  std::string lifecycle_policy = {};
  base::Timestamp lifecycle_run_at = {};
  std::string preview_policy = {};  ///< of the last StartLifecyclePolicyPreview
  std::map<std::string, std::string> tags = {};
};

struct Image {
  std::string digest;
  std::string media_type;
  std::string config_media_type;  ///< ECR's artifactMediaType
  std::string artifact_type;      ///< the manifest's own; else that of its configuration
  std::string subject;            ///< the digest it refers to; "": none
  uint64_t bytes = 0;             ///< of its layers and configuration, packed
  base::Timestamp pushed_at;
  std::optional<base::Timestamp> pulled_at = {};
  std::vector<std::string> tags = {};
  std::vector<std::string> blobs = {};      ///< configuration and layers
  std::vector<std::string> manifests = {};  ///< of an index
};

std::string encode(const Repository& repository);
std::string encode(const Image& image);
/// Errors: ServerException if the text is no record of a format that this version knows.
aws::ApiResult<Repository> decode_repository(std::string_view text);
aws::ApiResult<Image> decode_image(std::string_view text);

}  // namespace pawl::ecr
