// SPDX-License-Identifier: Apache-2.0
#include "services/s3/listing.h"

#include "services/s3/errors.h"
#include "services/s3/header_text.h"
#include "services/s3/version_id.h"

namespace pawl::s3 {

using aws::ApiResult;
using json::Value;

namespace {

/// The key up to the first delimiter behind the prefix; "" if there is none.
std::string_view common_prefix_of(std::string_view key, std::string_view prefix,
                                  std::string_view delimiter) {
  if (delimiter.empty()) return {};
  const size_t at = key.find(delimiter, prefix.size());
  return at == std::string_view::npos ? std::string_view() : key.substr(0, at + delimiter.size());
}

/// The common prefix that a marker is, or lies in; "" if none.
std::string hidden_prefix(std::string_view marker, std::string_view prefix,
                          std::string_view delimiter) {
  if (!marker.starts_with(prefix)) return {};
  return std::string(common_prefix_of(marker, prefix, delimiter));
}

}  // namespace

ApiResult<ObjectPage> list_objects(const MetadataStore& metadata, std::string_view bucket,
                                   const ObjectListing& listing) {
  ObjectPage page;
  auto scan = metadata.versions(bucket, listing.prefix);
  if (!listing.after.empty()) scan.seek_behind(listing.after);
  if (listing.after_hides_prefix) {
    const std::string hidden = hidden_prefix(listing.after, listing.prefix, listing.delimiter);
    if (!hidden.empty()) scan.seek_behind_prefix(hidden);
  }
  while (auto version = PAWL_TRY(scan.next())) {
    const bool is_older = !page.objects.empty() && page.objects.back().key == version->key;
    if (is_older || version->is_delete_marker) {
      scan.seek_behind(version->key);
      continue;
    }
    const size_t shown = page.objects.size() + page.common_prefixes.size();
    if (shown >= listing.count_max) {
      page.is_truncated = shown > 0;
      break;
    }
    const std::string_view common =
        common_prefix_of(version->key, listing.prefix, listing.delimiter);
    if (!common.empty()) {
      page.last = common;
      page.common_prefixes.emplace_back(common);
      scan.seek_behind_prefix(page.last);
      continue;
    }
    page.last = version->key;
    // Older versions of the key are not wanted; without versioning there are none to jump over.
    if (!version->is_null_version()) scan.seek_behind(version->key);
    page.objects.push_back(std::move(*version));
  }
  return page;
}

ApiResult<VersionPage> list_versions(const MetadataStore& metadata, std::string_view bucket,
                                     const VersionListing& listing) {
  VersionPage page;
  auto scan = metadata.versions(bucket, listing.prefix);
  std::string last_key;  // whose newest version has been seen
  if (!listing.key_marker.empty()) {
    scan.seek_behind(listing.key_marker);
    if (!listing.version_id_marker.empty()) {
      const auto marked =
          PAWL_TRY(metadata.version(bucket, listing.key_marker, listing.version_id_marker));
      const auto sequence =
          marked ? std::optional(marked->sequence) : sequence_of(listing.version_id_marker);
      if (!sequence) {
        return invalid_argument("Invalid version id specified", "version-id-marker",
                                listing.version_id_marker);
      }
      scan.seek_behind(listing.key_marker, *sequence);
      last_key = listing.key_marker;
    }
  }
  const std::string hidden = hidden_prefix(listing.key_marker, listing.prefix, listing.delimiter);
  if (!hidden.empty()) scan.seek_behind_prefix(hidden);
  while (auto version = PAWL_TRY(scan.next())) {
    if (page.versions.size() + page.common_prefixes.size() >= listing.count_max) {
      page.is_truncated = listing.count_max > 0;
      break;
    }
    const std::string_view common =
        common_prefix_of(version->key, listing.prefix, listing.delimiter);
    if (!common.empty()) {
      page.next_key_marker = common;
      page.next_version_id_marker.clear();
      page.common_prefixes.emplace_back(common);
      scan.seek_behind_prefix(page.next_key_marker);
      continue;
    }
    const bool is_latest = version->key != last_key;
    last_key = version->key;
    page.next_key_marker = version->key;
    page.next_version_id_marker = version->version_id;
    page.versions.push_back({std::move(*version), is_latest});
  }
  if (!page.is_truncated) {
    page.next_key_marker.clear();
    page.next_version_id_marker.clear();
  }
  return page;
}

ApiResult<UploadPage> list_uploads(const MetadataStore& metadata, std::string_view bucket,
                                   const UploadListing& listing) {
  UploadPage page;
  auto scan = metadata.uploads(bucket, listing.prefix);
  if (!listing.key_marker.empty()) {
    scan.seek_behind(listing.key_marker);
    if (const auto sequence = sequence_of(listing.upload_id_marker)) {
      scan.seek_behind(listing.key_marker, *sequence);
    }
  }
  const std::string hidden = hidden_prefix(listing.key_marker, listing.prefix, listing.delimiter);
  if (!hidden.empty()) scan.seek_behind_prefix(hidden);
  while (auto upload = PAWL_TRY(scan.next())) {
    if (page.uploads.size() + page.common_prefixes.size() >= listing.count_max) {
      page.is_truncated = listing.count_max > 0;
      break;
    }
    const std::string common(common_prefix_of(upload->key, listing.prefix, listing.delimiter));
    if (!common.empty()) {
      scan.seek_behind_prefix(common);
      page.common_prefixes.push_back(common);
      continue;
    }
    page.uploads.push_back(std::move(*upload));
  }
  return page;
}

ApiResult<void> check_encoding(const Input& input) {
  const std::string encoding = input.text("EncodingType");
  if (!input.has("EncodingType") || encoding == "url") return {};
  return invalid_argument("Invalid Encoding Method specified in Request", "encoding-type",
                          encoding);
}

Value ListingText::encoded(std::string_view text) const {
  return is_url_ ? Value(encode_key(text)) : Value(text);
}

void ListingText::tell(const std::vector<std::string>& common_prefixes,
                       json::ObjectBuilder& out) const {
  if (is_url_) out.set("EncodingType", Value("url"));
  if (common_prefixes.empty()) return;
  std::vector<Value> list;
  for (const std::string& prefix : common_prefixes) {
    json::ObjectBuilder one;
    one.set("Prefix", encoded(prefix));
    list.push_back(std::move(one).build());
  }
  out.set("CommonPrefixes", Value::array(std::move(list)));
}

}  // namespace pawl::s3
