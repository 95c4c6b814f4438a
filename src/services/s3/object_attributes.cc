// SPDX-License-Identifier: Apache-2.0
#include "services/s3/object_attributes.h"

#include <algorithm>

#include "aws/protocol/timestamp_text.h"
#include "base/bytes.h"
#include "json/parse.h"
#include "json/write.h"
#include "services/s3/acl.h"
#include "services/s3/checksums.h"
#include "services/s3/encryption.h"
#include "services/s3/errors.h"
#include "services/s3/header_text.h"
#include "services/s3/input.h"
#include "services/s3/lifecycle.h"
#include "services/s3/tags.h"
#include "services/s3/version_id.h"

namespace pawl::s3 {
namespace {

using aws::ApiResult;
using json::ObjectBuilder;
using json::Value;

constexpr size_t kMetadataBytesMax = 2 * 1024;

struct SystemHeader {
  std::string_view header;
  std::string_view member;
};
/// Expires is kept as it was written: it need not be a date.
constexpr SystemHeader kSystemHeaders[] = {
    {"Content-Type", "ContentType"},
    {"Cache-Control", "CacheControl"},
    {"Content-Disposition", "ContentDisposition"},
    {"Content-Encoding", "ContentEncoding"},
    {"Content-Language", "ContentLanguage"},
    {"Expires", "Expires"},
    {"x-amz-website-redirect-location", "WebsiteRedirectLocation"}};

constexpr std::string_view kStorageClasses[] = {
    "STANDARD",       "REDUCED_REDUNDANCY", "STANDARD_IA", "ONEZONE_IA", "INTELLIGENT_TIERING",
    "GLACIER",        "DEEP_ARCHIVE",       "OUTPOSTS",    "GLACIER_IR", "SNOW",
    "EXPRESS_ONEZONE"};

/// Content-Encoding without aws-chunked, which is only the way of sending.
std::string without_chunked(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const size_t comma = std::min(text.find(','), text.size());
    std::string_view one = text.substr(0, comma);
    text.remove_prefix(std::min(comma + 1, text.size()));
    while (one.starts_with(' ')) one.remove_prefix(1);
    while (one.ends_with(' ')) one.remove_suffix(1);
    if (one.empty() || one == "aws-chunked") continue;
    if (!out.empty()) out += ',';
    out += one;
  }
  return out;
}

Pairs read_system_headers(const aws::Request& request) {
  Pairs headers;
  for (const SystemHeader& each : kSystemHeaders) {
    std::string text = header_or_member(request, each.header, each.member);
    if (each.member == "Expires" && request.http == nullptr) {
      const auto time = Input(request.input).time("Expires");
      if (time) text = aws::format_http_date(*time);
    }
    if (each.member == "ContentEncoding") text = without_chunked(text);
    if (each.member == "ContentType" && text.empty()) text = "binary/octet-stream";
    if (!text.empty()) headers.emplace_back(each.header, std::move(text));
  }
  return headers;
}

ApiResult<Pairs> read_metadata(const Input& input) {
  Pairs metadata;
  size_t bytes = 0;
  const Value* entries = input.find("Metadata");
  if (entries == nullptr || !entries->is_object()) return metadata;
  for (const json::Member& entry : entries->members()) {
    if (!entry.value.is_string()) continue;
    std::string name = aws::lower_ascii(entry.name());
    std::string value = decode_header_word(entry.value.as_string());
    bytes += name.size() + value.size();
    metadata.emplace_back(std::move(name), std::move(value));
  }
  if (bytes > kMetadataBytesMax) {
    return error(
        "MetadataTooLarge", "Your metadata headers exceed the maximum allowed metadata size", 400,
        {{"MaxSizeAllowed", std::to_string(kMetadataBytesMax)}, {"Size", std::to_string(bytes)}});
  }
  std::sort(metadata.begin(), metadata.end());
  return metadata;
}

/// The default retention of the bucket's Object Lock.
ApiResult<void> apply_default_retention(Storage& storage, const Bucket& bucket,
                                        Attributes& attributes) {
  if (!bucket.object_lock || !attributes.lock_mode.empty()) return {};
  const auto text = PAWL_TRY(storage.metadata().configuration(bucket.name, "object-lock"));
  if (!text) return {};
  const auto configuration = json::parse(*text);
  const Value* rule = configuration ? configuration->find("Rule") : nullptr;
  const Value* retention = rule == nullptr ? nullptr : rule->find("DefaultRetention");
  if (retention == nullptr) return {};
  const Input input(*retention);
  attributes.lock_mode = input.text("Mode");
  const int64_t days = input.integer("Days").value_or(0) + 365 * input.integer("Years").value_or(0);
  attributes.retain_until = {storage.now().ms + days * 86'400'000};
  return {};
}

}  // namespace

ApiResult<void> read_lock(Storage& storage, const aws::Request& request, const Bucket& bucket,
                          Attributes& attributes) {
  const Input input(request.input);
  const std::string mode = input.text("ObjectLockMode");
  const auto until = input.time("ObjectLockRetainUntilDate");
  const std::string hold = input.text("ObjectLockLegalHoldStatus");
  if (mode.empty() && !until && hold.empty()) return {};
  if (mode.empty() != !until) {
    return invalid_argument(
        "x-amz-object-lock-retain-until-date and x-amz-object-lock-mode must both be supplied",
        mode.empty() ? "x-amz-object-lock-mode" : "x-amz-object-lock-retain-until-date");
  }
  if (!bucket.object_lock) return invalid_request("Bucket is missing Object Lock Configuration");
  if (until) {
    if (mode != "GOVERNANCE" && mode != "COMPLIANCE") {
      return invalid_argument("Unknown wormMode directive.", "x-amz-object-lock-mode", mode);
    }
    if (*until <= storage.now()) {
      return invalid_argument("The retain until date must be in the future!",
                              "x-amz-object-lock-retain-until-date", base::format_iso8601(*until));
    }
    attributes.lock_mode = mode;
    attributes.retain_until = *until;
  }
  if (!hold.empty()) {
    if (hold != "ON" && hold != "OFF") {
      return invalid_argument("Legal Hold must be either of 'ON' or 'OFF'",
                              "x-amz-object-lock-legal-hold", hold);
    }
    attributes.legal_hold = hold;
  }
  return {};
}

ApiResult<Attributes> read_attributes(Storage& storage, const aws::Request& request,
                                      const Bucket& bucket) {
  const Input input(request.input);
  Attributes attributes;
  attributes.headers = read_system_headers(request);
  attributes.metadata = PAWL_TRY(read_metadata(input));
  attributes.tags = PAWL_TRY(read_tagging_header(input.text("Tagging")));
  if (const std::string given = input.text("StorageClass"); !given.empty()) {
    if (std::find(std::begin(kStorageClasses), std::end(kStorageClasses), given) ==
        std::end(kStorageClasses)) {
      return error("InvalidStorageClass", "The storage class you specified is not valid", 400,
                   {{"StorageClassRequested", given}});
    }
    attributes.storage_class = given;
  }
  const Value acl = PAWL_TRY(read_acl(request.input, bucket.account, false));
  if (!acl.is_null()) {
    PAWL_TRY_VOID(check_acl_allowed(storage, bucket, acl));
    if (!is_owners_own(acl)) attributes.acl = json::write(acl);
  }
  PAWL_TRY_VOID(read_lock(storage, request, bucket, attributes));
  PAWL_TRY_VOID(apply_default_retention(storage, bucket, attributes));
  attributes.encryption = PAWL_TRY(read_encryption(storage, request, bucket));
  return attributes;
}

void tell_encryption(const Encryption& encryption, ObjectBuilder& out) {
  if (!encryption.algorithm.empty()) {
    out.set("ServerSideEncryption", Value(encryption.algorithm));
  }
  if (!encryption.kms_key.empty()) out.set("SSEKMSKeyId", Value(encryption.kms_key));
  if (encryption.bucket_key) out.set("BucketKeyEnabled", Value(true));
  if (!encryption.customer_key_md5.empty()) {
    out.set("SSECustomerAlgorithm", Value("AES256"))
        .set("SSECustomerKeyMD5", Value(encryption.customer_key_md5));
  }
}

void tell_checksum(const Checksum& checksum, ObjectBuilder& out) {
  if (checksum.value.empty()) return;
  out.set(member_of(checksum.algorithm), Value(checksum.value))
      .set("ChecksumType", Value(checksum.is_composite ? "COMPOSITE" : "FULL_OBJECT"));
}

void tell_version(const Bucket& bucket, const ObjectVersion& version, ObjectBuilder& out) {
  if (bucket.versioning != Versioning::Never) out.set("VersionId", Value(version.version_id));
}

ApiResult<void> tell_expiration(Storage& storage, const ObjectVersion& version,
                                ObjectBuilder& out) {
  const auto text = PAWL_TRY(storage.metadata().configuration(version.bucket, "lifecycle"));
  if (!text) return {};
  const auto configuration = json::parse(*text);
  if (!configuration) return {};
  const auto expiry = expiry_of(*configuration, version);
  if (expiry) out.set("Expiration", Value(expiration_header(*expiry)));
  return {};
}

ApiResult<void> tell_object(Storage& storage, const Bucket& bucket, const ObjectVersion& version,
                            ObjectBuilder& out, aws::Headers& headers) {
  const Attributes& attributes = version.attributes;
  out.set("AcceptRanges", Value("bytes"))
      .set("LastModified", seconds_of(version.modified))
      .set("ETag", Value(quoted(version.etag)));
  for (const SystemHeader& each : kSystemHeaders) {
    const std::string* text = find_pair(attributes.headers, each.header);
    if (text == nullptr) continue;
    if (each.member == "Expires") {
      headers.set(each.header, *text);
    } else {
      out.set(each.member, Value(*text));
    }
  }
  ObjectBuilder metadata;
  for (const auto& [name, value] : attributes.metadata) {
    metadata.set(name, Value(encode_header_word(value)));
  }
  if (!metadata.empty()) out.set("Metadata", std::move(metadata).build());
  if (attributes.storage_class != "STANDARD") {
    out.set("StorageClass", Value(attributes.storage_class));
  }
  if (!attributes.tags.empty()) {
    out.set("TagCount", Value(static_cast<int64_t>(attributes.tags.size())));
  }
  if (!version.restore.empty()) out.set("Restore", Value(version.restore));
  if (!attributes.lock_mode.empty()) {
    out.set("ObjectLockMode", Value(attributes.lock_mode))
        .set("ObjectLockRetainUntilDate", aws::timestamp_value(attributes.retain_until));
  }
  if (!attributes.legal_hold.empty()) {
    out.set("ObjectLockLegalHoldStatus", Value(attributes.legal_hold));
  }
  tell_encryption(attributes.encryption, out);
  tell_version(bucket, version, out);
  return tell_expiration(storage, version, out);
}

std::string etag_of(const std::string& md5, const Encryption& encryption) {
  if (encryption.algorithm == "AES256") return md5;
  return base::hex_encode(random_bytes(16));
}

std::string quoted(std::string_view etag) { return '"' + std::string(etag) + '"'; }

}  // namespace pawl::s3
