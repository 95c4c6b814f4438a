// SPDX-License-Identifier: Apache-2.0
#include "services/s3/actions/listing_actions.h"

#include <algorithm>

#include "base/bytes.h"
#include "services/s3/acl.h"
#include "services/s3/actions/action_binding.h"
#include "services/s3/errors.h"
#include "services/s3/input.h"
#include "services/s3/listing.h"
#include "services/s3/object_attributes.h"
#include "services/s3/request_context.h"

namespace pawl::s3 {

using aws::ActionResult;
using aws::ApiResult;
using aws::Request;
using json::ObjectBuilder;
using json::Value;

namespace {

constexpr int64_t kPageMax = 1'000;

/// Errors: InvalidArgument.
ApiResult<int64_t> read_max_keys(const Input& input) {
  const int64_t given = input.integer("MaxKeys").value_or(kPageMax);
  if (given < 0) {
    return invalid_argument("Argument maxKeys must be an integer between 0 and 2147483647",
                            "maxKeys", std::to_string(given));
  }
  return given;
}

/// What the three kinds of entries share.
void tell_entry(const ObjectVersion& version, const ListingText& text, ObjectBuilder& out) {
  out.set("Key", text.encoded(version.key)).set("LastModified", seconds_of(version.modified));
  if (version.is_delete_marker) return;
  out.set("ETag", Value(quoted(version.etag)))
      .set("Size", Value(static_cast<int64_t>(version.size)))
      .set("StorageClass", Value(version.attributes.storage_class));
  if (!version.checksum.value.empty()) {
    out.set("ChecksumAlgorithm", Value::array({Value(version.checksum.algorithm)}))
        .set("ChecksumType", Value(version.checksum.is_composite ? "COMPOSITE" : "FULL_OBJECT"));
  }
}

Value contents_of(const ObjectPage& page, const ListingText& text, bool with_owner) {
  std::vector<Value> contents;
  for (const ObjectVersion& object : page.objects) {
    ObjectBuilder one;
    tell_entry(object, text, one);
    if (with_owner) one.set("Owner", owner_of(object.account));
    contents.push_back(std::move(one).build());
  }
  return Value::array(std::move(contents));
}

constexpr std::string_view kTokenMark = "1:";  // the form of tokens

}  // namespace

void ListingActions::bind(aws::ActionTable& table) {
  ActionBinding on(table, *this, storage_.loop());
  on.read("ListObjects", &ListingActions::list_objects);
  on.read("ListObjectsV2", &ListingActions::list_objects_v2);
  on.read("ListObjectVersions", &ListingActions::list_object_versions);
}

ActionResult ListingActions::list_objects(const Request& request) {
  const Input input(request.input);
  const Bucket bucket = PAWL_TRY(open_bucket(storage_, request, Access::Read));
  PAWL_TRY_VOID(check_encoding(input));
  const ListingText text(input);
  const int64_t asked = PAWL_TRY(read_max_keys(input));
  const int64_t max_keys = std::min(asked, kPageMax);
  ObjectListing listing;
  listing.prefix = input.text("Prefix");
  listing.delimiter = input.text("Delimiter");
  listing.after = input.text("Marker");
  listing.count_max = static_cast<size_t>(max_keys);
  const ObjectPage page = PAWL_TRY(s3::list_objects(storage_.metadata(), bucket.name, listing));
  ObjectBuilder out;
  out.set("Name", Value(bucket.name))
      .set("Prefix", text.encoded(listing.prefix))
      .set("Marker", text.encoded(listing.after))
      .set("MaxKeys", Value(max_keys))
      .set("IsTruncated", Value(page.is_truncated));
  if (!listing.delimiter.empty()) {
    out.set("Delimiter", text.encoded(listing.delimiter));
    // "NextMarker: This element is returned only if you have the delimiter request parameter."
    if (page.is_truncated) out.set("NextMarker", text.encoded(page.last));
  }
  if (!page.objects.empty()) out.set("Contents", contents_of(page, text, true));
  text.tell(page.common_prefixes, out);
  return std::move(out).build();
}

ActionResult ListingActions::list_objects_v2(const Request& request) {
  const Input input(request.input);
  const Bucket bucket = PAWL_TRY(open_bucket(storage_, request, Access::Read));
  PAWL_TRY_VOID(check_encoding(input));
  const ListingText text(input);
  const int64_t max_keys = std::min(PAWL_TRY(read_max_keys(input)), kPageMax);
  ObjectListing listing;
  listing.prefix = input.text("Prefix");
  listing.delimiter = input.text("Delimiter");
  listing.count_max = static_cast<size_t>(max_keys);
  const bool has_token = input.has("ContinuationToken");
  if (has_token) {
    const auto token = base::base64_decode(input.text("ContinuationToken"));
    if (!token || !token->starts_with(kTokenMark)) {
      return invalid_argument("The continuation token provided is incorrect", "continuation-token");
    }
    listing.after = token->substr(kTokenMark.size());
  } else {
    listing.after = input.text("StartAfter");
    listing.after_hides_prefix = false;
  }
  const ObjectPage page = PAWL_TRY(s3::list_objects(storage_.metadata(), bucket.name, listing));
  ObjectBuilder out;
  out.set("Name", Value(bucket.name))
      .set("Prefix", text.encoded(listing.prefix))
      .set("MaxKeys", Value(max_keys))
      .set("KeyCount",
           Value(static_cast<int64_t>(page.objects.size() + page.common_prefixes.size())))
      .set("IsTruncated", Value(page.is_truncated));
  if (!listing.delimiter.empty()) out.set("Delimiter", text.encoded(listing.delimiter));
  if (has_token) {
    out.set("ContinuationToken", Value(input.text("ContinuationToken")));
  } else if (!listing.after.empty()) {
    out.set("StartAfter", text.encoded(listing.after));
  }
  if (page.is_truncated) {
    out.set("NextContinuationToken",
            Value(base::base64_encode(std::string(kTokenMark) + page.last)));
  }
  if (!page.objects.empty()) {
    out.set("Contents", contents_of(page, text, input.is_true("FetchOwner")));
  }
  text.tell(page.common_prefixes, out);
  return std::move(out).build();
}

ActionResult ListingActions::list_object_versions(const Request& request) {
  const Input input(request.input);
  const Bucket bucket = PAWL_TRY(open_bucket(storage_, request, Access::Read));
  PAWL_TRY_VOID(check_encoding(input));
  const ListingText text(input);
  const int64_t max_keys = std::min(PAWL_TRY(read_max_keys(input)), kPageMax);
  VersionListing listing;
  listing.prefix = input.text("Prefix");
  listing.delimiter = input.text("Delimiter");
  listing.key_marker = input.text("KeyMarker");
  listing.version_id_marker = input.text("VersionIdMarker");
  listing.count_max = static_cast<size_t>(max_keys);
  if (!listing.version_id_marker.empty() && listing.key_marker.empty()) {
    return invalid_argument("A version-id marker cannot be specified without a key marker.",
                            "version-id-marker", listing.version_id_marker);
  }
  const VersionPage page = PAWL_TRY(list_versions(storage_.metadata(), bucket.name, listing));
  std::vector<Value> versions;
  std::vector<Value> markers;
  for (const ListedVersion& each : page.versions) {
    ObjectBuilder one;
    tell_entry(each.version, text, one);
    one.set("VersionId", Value(each.version.version_id))
        .set("IsLatest", Value(each.is_latest))
        .set("Owner", owner_of(each.version.account));
    (each.version.is_delete_marker ? markers : versions).push_back(std::move(one).build());
  }
  ObjectBuilder out;
  out.set("Name", Value(bucket.name))
      .set("Prefix", text.encoded(listing.prefix))
      .set("KeyMarker", text.encoded(listing.key_marker))
      .set("VersionIdMarker", Value(listing.version_id_marker))
      .set("MaxKeys", Value(max_keys))
      .set("IsTruncated", Value(page.is_truncated));
  if (!listing.delimiter.empty()) out.set("Delimiter", text.encoded(listing.delimiter));
  if (page.is_truncated) {
    out.set("NextKeyMarker", text.encoded(page.next_key_marker));
    if (!page.next_version_id_marker.empty()) {
      out.set("NextVersionIdMarker", Value(page.next_version_id_marker));
    }
  }
  if (!versions.empty()) out.set("Versions", Value::array(std::move(versions)));
  if (!markers.empty()) out.set("DeleteMarkers", Value::array(std::move(markers)));
  text.tell(page.common_prefixes, out);
  return std::move(out).build();
}

}  // namespace pawl::s3
