// SPDX-License-Identifier: Apache-2.0
// Pages of objects, versions and uploads: prefixes, delimiters, markers. Each is a range scan that
// jumps over what a common prefix holds. Pure but for the reads.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "json/value.h"
#include "services/s3/input.h"
#include "services/s3/metadata_store.h"

namespace pawl::s3 {

struct ObjectListing {
  std::string prefix;
  std::string delimiter;
  std::string after;  ///< only keys and prefixes behind it
  /// A common prefix that `after` lies in is not shown again (markers; not start-after).
  bool after_hides_prefix = true;
  size_t count_max = 1'000;
};

struct ObjectPage {
  std::vector<ObjectVersion> objects;
  std::vector<std::string> common_prefixes;
  bool is_truncated = false;
  std::string last;  ///< key or prefix: where the next page goes on; "" if nothing was shown
};

/// The latest versions that are no delete markers.
aws::ApiResult<ObjectPage> list_objects(const MetadataStore& metadata, std::string_view bucket,
                                        const ObjectListing& listing);

struct VersionListing {
  std::string prefix;
  std::string delimiter;
  std::string key_marker;
  std::string version_id_marker;
  size_t count_max = 1'000;
};

struct ListedVersion {
  ObjectVersion version;
  bool is_latest = false;
};

struct VersionPage {
  std::vector<ListedVersion> versions;  ///< delete markers among them
  std::vector<std::string> common_prefixes;
  bool is_truncated = false;
  std::string next_key_marker;
  std::string next_version_id_marker;
};

/// Errors: InvalidArgument (a version id marker that is none).
aws::ApiResult<VersionPage> list_versions(const MetadataStore& metadata, std::string_view bucket,
                                          const VersionListing& listing);

struct UploadListing {
  std::string prefix;
  std::string delimiter;
  std::string key_marker;
  std::string upload_id_marker;  ///< ignored without a key marker
  size_t count_max = 1'000;
};

struct UploadPage {
  std::vector<Upload> uploads;
  std::vector<std::string> common_prefixes;
  bool is_truncated = false;
};

aws::ApiResult<UploadPage> list_uploads(const MetadataStore& metadata, std::string_view bucket,
                                        const UploadListing& listing);

/// encoding-type: "url" or none. Errors: InvalidArgument.
aws::ApiResult<void> check_encoding(const Input& input);

/// Keys as an answer shows them.
class ListingText {
 public:
  explicit ListingText(const Input& input) : is_url_(input.text("EncodingType") == "url") {}
  json::Value encoded(std::string_view text) const;
  /// CommonPrefixes and EncodingType.
  void tell(const std::vector<std::string>& common_prefixes, json::ObjectBuilder& out) const;

 private:
  bool is_url_;
};

}  // namespace pawl::s3
