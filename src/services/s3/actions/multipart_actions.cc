// SPDX-License-Identifier: Apache-2.0
// Completing is in completion.cc.
#include "services/s3/actions/multipart_actions.h"

#include <algorithm>

#include "base/integer.h"
#include "services/s3/acl.h"
#include "services/s3/actions/action_binding.h"
#include "services/s3/actions/completion.h"
#include "services/s3/actions/object_actions.h"
#include "services/s3/checksums.h"
#include "services/s3/errors.h"
#include "services/s3/input.h"
#include "services/s3/key_gate.h"
#include "services/s3/lifecycle_run.h"
#include "services/s3/listing.h"
#include "services/s3/object_attributes.h"
#include "services/s3/request_context.h"
#include "services/s3/version_id.h"

namespace pawl::s3 {

using aws::ActionResult;
using aws::ApiResult;
using aws::Request;
using json::ObjectBuilder;
using json::Value;

namespace {

constexpr int64_t kPartNumberMax = 10'000;
constexpr int64_t kPageMax = 1'000;

/// The checksum that CreateMultipartUpload asks for, or its default.
ApiResult<Checksum> read_upload_checksum(const Input& input) {
  const std::string named = input.text("ChecksumAlgorithm");
  const std::string type = input.text("ChecksumType");
  if (named.empty()) {
    if (!type.empty()) {
      return invalid_request(
          "The x-amz-checksum-type header can only be used with the x-amz-checksum-algorithm "
          "header.");
    }
    return Checksum{"CRC64NVME", "", false};
  }
  const auto algorithm = checksum_algorithm_named(named);
  if (!algorithm) {
    return invalid_request(
        "Checksum algorithm provided is unsupported. Please try again with any of the valid types: "
        "[CRC32, CRC32C, CRC64NVME, SHA1, SHA256]");
  }
  if (!type.empty() && type != "COMPOSITE" && type != "FULL_OBJECT") {
    return invalid_request("Value for x-amz-checksum-type header is invalid.");
  }
  const bool is_whole = *algorithm == ChecksumAlgorithm::Crc64Nvme;
  const bool is_composite = type.empty() ? !is_whole : type == "COMPOSITE";
  if (is_composite ? is_whole : !is_crc(*algorithm)) {
    return invalid_request("The " + type + " checksum type cannot be used with the " +
                           aws::lower_ascii(named) + " checksum algorithm.");
  }
  return Checksum{std::string(name_of(*algorithm)), "", is_composite};
}

Value initiator_of(std::string_view account) {
  const Value owner = owner_of(account);
  ObjectBuilder initiator;
  initiator.set("ID", *owner.find("ID")).set("DisplayName", Value(account));
  return std::move(initiator).build();
}

void tell_upload_checksum(const Upload& upload, ObjectBuilder& out) {
  if (!upload.checksum_asked) return;
  out.set("ChecksumAlgorithm", Value(upload.checksum.algorithm))
      .set("ChecksumType", Value(upload.checksum.is_composite ? "COMPOSITE" : "FULL_OBJECT"));
}

}  // namespace

void MultipartActions::bind(aws::ActionTable& table) {
  ActionBinding on(table, *this, storage_.loop());
  const auto for_writing = [gate = KeyGate(storage_)](aws::Request request, aws::Reply reply,
                                                      const KeyGate::Action& action) {
    gate.write(std::move(request), std::move(reply), action);
  };
  on.behind(for_writing).write("CreateMultipartUpload", &MultipartActions::create_multipart_upload);
  on.write_slowly("UploadPart", &MultipartActions::upload_part, has_short_body);
  on.write("CompleteMultipartUpload", &MultipartActions::complete_multipart_upload);
  on.write("AbortMultipartUpload", &MultipartActions::abort_multipart_upload);
  on.read("ListParts", &MultipartActions::list_parts);
  on.read("ListMultipartUploads", &MultipartActions::list_multipart_uploads);
}

ActionResult MultipartActions::create_multipart_upload(const Request& request) {
  const Input input(request.input);
  const Bucket bucket = PAWL_TRY(open_bucket(storage_, request, Access::Write));
  Upload upload;
  upload.bucket = bucket.name;
  upload.key = input.text("Key");
  PAWL_TRY_VOID(check_key(upload.key));
  upload.checksum = PAWL_TRY(read_upload_checksum(input));
  upload.checksum_asked = input.has("ChecksumAlgorithm");
  upload.attributes = PAWL_TRY(read_attributes(storage_, request, bucket));
  upload.account = request.account_id();
  upload.initiated = storage_.now();
  upload.sequence = storage_.next_sequence();
  upload.id = make_version_id(upload.sequence);
  PAWL_TRY_VOID(storage_.commit([&](store::Batch& batch) -> ApiResult<void> {
    PAWL_TRY(storage_.bucket(bucket.name));
    storage_.metadata().put(batch, upload);
    return {};
  }));
  ObjectBuilder out;
  out.set("Bucket", Value(upload.bucket))
      .set("Key", Value(upload.key))
      .set("UploadId", Value(upload.id));
  tell_upload_checksum(upload, out);
  tell_encryption(upload.attributes.encryption, out);
  return std::move(out).build();
}

ApiResult<PartTarget> find_part_target(Storage& storage, const Request& request) {
  const Input input(request.input);
  const Bucket bucket = PAWL_TRY(open_bucket(storage, request, Access::Write));
  const std::string id = input.text("UploadId");
  auto upload = PAWL_TRY(storage.metadata().upload(bucket.name, input.text("Key"), id));
  if (!upload) return no_such_upload(id);
  const int64_t number = input.integer("PartNumber").value_or(0);
  if (number < 1 || number > kPartNumberMax) {
    return invalid_argument("Part number must be an integer between 1 and 10000, inclusive",
                            "partNumber", std::to_string(number));
  }
  const CustomerKey key = PAWL_TRY(read_customer_key(request));
  const std::string& expected = upload->attributes.encryption.customer_key_md5;
  if (key.is_given != !expected.empty()) {
    return invalid_request(
        "The multipart upload initiate requested encryption. Subsequent part requests must include "
        "the appropriate encryption parameters.");
  }
  if (key.is_given && key.md5 != expected) {
    return invalid_request(
        "The provided encryption parameters did not match the ones used originally.");
  }
  return PartTarget{std::move(*upload), static_cast<uint32_t>(number)};
}

ApiResult<Part> keep_part(Storage& storage, const PartTarget& target, ReceivedBody body) {
  Part part;
  part.number = target.number;
  part.content = body.content.content();
  part.md5 = body.md5;
  part.checksum = body.wished;
  part.modified = storage.now();
  std::vector<Content> dropped;
  PAWL_TRY_VOID(storage.commit([&](store::Batch& batch) -> ApiResult<void> {
    const Upload& upload = target.upload;
    const MetadataStore& metadata = storage.metadata();
    if (!PAWL_TRY(metadata.upload(upload.bucket, upload.key, upload.id))) {
      return no_such_upload(upload.id);
    }
    if (const auto old = PAWL_TRY(metadata.part(upload, part.number))) {
      storage.drop(batch, old->content, dropped);
    }
    body.content.keep(batch);
    metadata.put(batch, upload, part);
    return {};
  }));
  storage.discard_after_sync(std::move(dropped));
  return part;
}

ActionResult MultipartActions::upload_part(const Request& request) {
  const PartTarget target = PAWL_TRY(find_part_target(storage_, request));
  const Upload& upload = target.upload;
  const ClaimedChecksum claim = PAWL_TRY(claimed_checksum(request));
  if (upload.checksum_asked && claim.algorithm &&
      name_of(*claim.algorithm) != upload.checksum.algorithm) {
    return invalid_request(
        "Checksum Type mismatch occurred, expected checksum Type: " +
        aws::lower_ascii(upload.checksum.algorithm) +
        ", actual checksum Type: " + aws::lower_ascii(name_of(*claim.algorithm)));
  }
  BodyWishes wishes;
  wishes.checksum = checksum_algorithm_named(upload.checksum.algorithm);
  wishes.is_part = true;
  ReceivedBody body = PAWL_TRY(receive_body(storage_.contents(), request, wishes));
  const std::string algorithm = body.algorithm;
  const std::string checksum = body.checksum;
  const Part part = PAWL_TRY(keep_part(storage_, target, std::move(body)));
  ObjectBuilder out;
  out.set("ETag", Value(quoted(part.md5)));
  if (!algorithm.empty()) out.set(member_of(algorithm), Value(checksum));
  if (algorithm.empty() && upload.checksum_asked) {
    out.set(member_of(upload.checksum.algorithm), Value(part.checksum));
  }
  tell_encryption(upload.attributes.encryption, out);
  return std::move(out).build();
}

ActionResult MultipartActions::complete_multipart_upload(const Request& request) {
  return complete_upload(storage_, request);
}

ActionResult MultipartActions::abort_multipart_upload(const Request& request) {
  const Input input(request.input);
  const Bucket bucket = PAWL_TRY(open_bucket(storage_, request, Access::Write));
  const std::string id = input.text("UploadId");
  if (!PAWL_TRY(abort_upload(storage_, bucket.name, input.text("Key"), id))) {
    return no_such_upload(id);
  }
  return Value::object();
}

ActionResult MultipartActions::list_parts(const Request& request) {
  const Input input(request.input);
  const Bucket bucket = PAWL_TRY(open_bucket(storage_, request, Access::Own));
  const std::string id = input.text("UploadId");
  const auto upload = PAWL_TRY(storage_.metadata().upload(bucket.name, input.text("Key"), id));
  if (!upload) return no_such_upload(id);
  // The marker is a text in some models, a number in others.
  const int64_t marker =
      input.integer("PartNumberMarker")
          .value_or(base::parse_int64(input.text("PartNumberMarker")).value_or(0));
  const int64_t count_max =
      std::clamp<int64_t>(input.integer("MaxParts").value_or(kPageMax), 0, kPageMax);
  auto parts = PAWL_TRY(storage_.metadata().parts(*upload, static_cast<uint32_t>(marker),
                                                  static_cast<size_t>(count_max) + 1));
  const bool is_truncated = static_cast<int64_t>(parts.size()) > count_max;
  if (is_truncated) parts.pop_back();
  std::vector<Value> list;
  for (const Part& part : parts) {
    ObjectBuilder one;
    one.set("PartNumber", Value(static_cast<int64_t>(part.number)))
        .set("LastModified", seconds_of(part.modified))
        .set("ETag", Value(quoted(part.md5)))
        .set("Size", Value(static_cast<int64_t>(part.content.size)));
    if (upload->checksum_asked) {
      one.set(member_of(upload->checksum.algorithm), Value(part.checksum));
    }
    list.push_back(std::move(one).build());
  }
  const int64_t last = parts.empty() ? 0 : static_cast<int64_t>(parts.back().number);
  ObjectBuilder out;
  out.set("Bucket", Value(bucket.name))
      .set("Key", Value(upload->key))
      .set("UploadId", Value(upload->id))
      .set("PartNumberMarker", Value(marker))
      .set("NextPartNumberMarker", Value(last))
      .set("MaxParts", Value(count_max))
      .set("IsTruncated", Value(is_truncated))
      .set("Initiator", initiator_of(upload->account))
      .set("Owner", owner_of(upload->account))
      .set("StorageClass", Value(upload->attributes.storage_class));
  if (!list.empty()) out.set("Parts", Value::array(std::move(list)));
  tell_upload_checksum(*upload, out);
  return std::move(out).build();
}

ActionResult MultipartActions::list_multipart_uploads(const Request& request) {
  const Input input(request.input);
  const Bucket bucket = PAWL_TRY(open_bucket(storage_, request, Access::Own));
  PAWL_TRY_VOID(check_encoding(input));
  const ListingText text(input);
  UploadListing listing;
  listing.prefix = input.text("Prefix");
  listing.delimiter = input.text("Delimiter");
  listing.key_marker = input.text("KeyMarker");
  listing.upload_id_marker = input.text("UploadIdMarker");
  listing.count_max = static_cast<size_t>(
      std::clamp<int64_t>(input.integer("MaxUploads").value_or(kPageMax), 0, kPageMax));
  const UploadPage page = PAWL_TRY(list_uploads(storage_.metadata(), bucket.name, listing));
  std::vector<Value> uploads;
  for (const Upload& upload : page.uploads) {
    ObjectBuilder one;
    one.set("UploadId", Value(upload.id))
        .set("Key", text.encoded(upload.key))
        .set("Initiated", seconds_of(upload.initiated))
        .set("StorageClass", Value(upload.attributes.storage_class))
        .set("Owner", owner_of(upload.account))
        .set("Initiator", initiator_of(upload.account));
    tell_upload_checksum(upload, one);
    uploads.push_back(std::move(one).build());
  }
  ObjectBuilder out;
  out.set("Bucket", Value(bucket.name))
      .set("KeyMarker", text.encoded(listing.key_marker))
      .set("UploadIdMarker", Value(listing.upload_id_marker))
      .set("NextKeyMarker", text.encoded(page.uploads.empty() ? "" : page.uploads.back().key))
      .set("NextUploadIdMarker", Value(page.uploads.empty() ? "" : page.uploads.back().id))
      .set("MaxUploads", Value(static_cast<int64_t>(listing.count_max)))
      .set("IsTruncated", Value(page.is_truncated));
  if (input.has("Prefix")) out.set("Prefix", text.encoded(listing.prefix));
  if (!listing.delimiter.empty()) out.set("Delimiter", text.encoded(listing.delimiter));
  if (!uploads.empty()) out.set("Uploads", Value::array(std::move(uploads)));
  text.tell(page.common_prefixes, out);
  return std::move(out).build();
}

}  // namespace pawl::s3
