// SPDX-License-Identifier: Apache-2.0
#include "services/s3/actions/copy_actions.h"

#include "services/s3/actions/action_binding.h"
#include "services/s3/actions/multipart_actions.h"
#include "services/s3/actions/object_actions.h"
#include "services/s3/errors.h"
#include "services/s3/incoming_body.h"
#include "services/s3/input.h"
#include "services/s3/key_gate.h"
#include "services/s3/object_attributes.h"
#include "services/s3/request_context.h"

namespace pawl::s3 {

using aws::ActionResult;
using aws::ApiResult;
using aws::Request;
using json::ObjectBuilder;
using json::Value;

namespace {

constexpr uint64_t kSourceBytesMax = uint64_t{5} << 30;

bool never_quick(const Request&) { return false; }

void tell_source_version(const Bucket& bucket, const ObjectVersion& version, ObjectBuilder& out) {
  if (bucket.versioning != Versioning::Never && !version.is_null_version()) {
    out.set("CopySourceVersionId", Value(version.version_id));
  }
}

/// The algorithm of the copy's checksum: the request's, else the source's.
ApiResult<ChecksumAlgorithm> wanted_algorithm(const Request& request, const ObjectVersion& source) {
  const std::string named = Input(request.input).text("ChecksumAlgorithm");
  if (named.empty()) {
    return checksum_algorithm_named(source.checksum.algorithm)
        .value_or(ChecksumAlgorithm::Crc64Nvme);
  }
  const auto algorithm = checksum_algorithm_named(named);
  if (!algorithm) {
    return invalid_request(
        "Checksum algorithm provided is unsupported. Please try again with any of the valid types: "
        "[CRC32, CRC32C, CRC64NVME, SHA1, SHA256]");
  }
  return *algorithm;
}

ApiResult<void> check_directive(const Input& input, std::string_view member,
                                std::string_view header) {
  const std::string directive = input.text(member);
  if (directive.empty() || directive == "COPY" || directive == "REPLACE") return {};
  return invalid_argument("Unknown " +
                              std::string(member == "TaggingDirective" ? "tagging" : "metadata") +
                              " directive.",
                          header, directive);
}

}  // namespace

void CopyActions::bind(aws::ActionTable& table) {
  ActionBinding on(table, *this, storage_.loop());
  const auto for_writing = [gate = KeyGate(storage_)](aws::Request request, aws::Reply reply,
                                                      const KeyGate::Action& action) {
    gate.write(std::move(request), std::move(reply), action);
  };
  on.behind(for_writing).write_slowly("CopyObject", &CopyActions::copy_object, never_quick);
  on.write_slowly("UploadPartCopy", &CopyActions::upload_part_copy, never_quick);
}

ApiResult<CopyActions::Source> CopyActions::find_source(const Request& request) {
  const std::string text = Input(request.input).text("CopySource");
  const auto named = parse_copy_source(text);
  if (!named) {
    return invalid_argument("Invalid copy source object key", "x-amz-copy-source", text);
  }
  Source source;
  source.bucket = PAWL_TRY(open_source_bucket(storage_, request, named->bucket));
  source.is_by_id = !named->version_id.empty();
  auto found = storage_.find(source.bucket, named->key, named->version_id, "GET");
  if (!found && found.error().code == "MethodNotAllowed") {
    return invalid_request(
        "The source of a copy request may not specifically refer to a delete marker by version "
        "id.");
  }
  source.version = PAWL_TRY(std::move(found));
  PAWL_TRY_VOID(
      check_copy_source(read_conditions(request, "CopySource"), source.version, storage_.now()));
  const Attributes& attributes = source.version.attributes;
  if ((attributes.storage_class == "GLACIER" || attributes.storage_class == "DEEP_ARCHIVE") &&
      source.version.restore.empty()) {
    return error("ObjectNotInActiveTierError",
                 "The source object of the COPY operation is not in the active tier and is only "
                 "stored in Amazon S3 Glacier.",
                 403);
  }
  const std::string& key_md5 = attributes.encryption.customer_key_md5;
  if (!key_md5.empty() && Input(request.input).text("CopySourceSSECustomerKeyMD5") != key_md5) {
    return invalid_request(
        "The object was stored using a form of Server Side Encryption. The correct parameters must "
        "be provided to retrieve the object.");
  }
  return source;
}

ApiResult<Attributes> CopyActions::copied_attributes(const Request& request, const Bucket& bucket,
                                                     const Source& source) {
  const Input input(request.input);
  PAWL_TRY_VOID(check_directive(input, "MetadataDirective", "x-amz-metadata-directive"));
  PAWL_TRY_VOID(check_directive(input, "TaggingDirective", "x-amz-tagging-directive"));
  Attributes attributes = PAWL_TRY(read_attributes(storage_, request, bucket));
  if (input.text("MetadataDirective") != "REPLACE") {
    const std::string redirect = input.text("WebsiteRedirectLocation");
    attributes.metadata = source.version.attributes.metadata;
    attributes.headers = source.version.attributes.headers;
    std::erase_if(attributes.headers, [](const auto& header) {
      return header.first == "x-amz-website-redirect-location";
    });
    if (!redirect.empty()) {
      attributes.headers.emplace_back("x-amz-website-redirect-location", redirect);
    }
  }
  if (input.text("TaggingDirective") != "REPLACE") {
    attributes.tags = source.version.attributes.tags;
  }
  return attributes;
}

ApiResult<void> CopyActions::copy_content(const Request& request, const Source& source,
                                          Draft& draft) {
  const ObjectVersion& from = source.version;
  const ChecksumAlgorithm algorithm = PAWL_TRY(wanted_algorithm(request, from));
  const bool same_checksum = from.checksum.algorithm == name_of(algorithm) &&
                             !from.checksum.is_composite && !from.checksum.value.empty();
  const bool same_tag = from.attributes.encryption.algorithm == "AES256";
  ObjectVersion& made = draft.version;
  made.size = from.size;
  if (from.pieces.size() == 1 && !from.has_parts() && same_checksum && same_tag) {
    auto content = storage_.contents().copy(from.pieces[0].content);
    if (!content) {
      if (content.error().kind == base::ErrorKind::NotFound) return no_such_key(from.key);
      return internal_error(content.error());
    }
    made.etag = etag_of(from.etag, made.attributes.encryption);
    made.checksum = from.checksum;
    made.pieces.push_back({content->content(), 0, ""});
    draft.contents.push_back(std::move(*content));
    return {};
  }
  const auto bytes = PAWL_TRY(storage_.open_content(from, 0, from.size));
  if (!bytes) return no_such_key(from.key);
  ReceivedBody body = PAWL_TRY(copy_body(storage_.contents(), *bytes, algorithm));
  made.etag = etag_of(body.md5, made.attributes.encryption);
  made.checksum = {std::string(name_of(algorithm)), body.wished, false};
  made.pieces.push_back({body.content.content(), 0, ""});
  draft.contents.push_back(std::move(body.content));
  return {};
}

ActionResult CopyActions::copy_object(const Request& request) {
  const Input input(request.input);
  const Bucket bucket = PAWL_TRY(open_bucket(storage_, request, Access::Write));
  const std::string key = input.text("Key");
  PAWL_TRY_VOID(check_key(key));
  const Conditions conditions = read_conditions(request, "");
  PAWL_TRY_VOID(check_write_form(conditions));
  const Source source = PAWL_TRY(find_source(request));
  if (source.version.size > kSourceBytesMax) {
    return invalid_request(
        "The specified copy source is larger than the maximum allowable size for a copy source: " +
        std::to_string(kSourceBytesMax));
  }
  const bool in_place =
      source.bucket.name == bucket.name && source.version.key == key && !source.is_by_id;
  const bool changes =
      input.has("StorageClass") || input.has("ServerSideEncryption") ||
      input.has("SSECustomerAlgorithm") || input.has("WebsiteRedirectLocation") ||
      input.text("MetadataDirective") == "REPLACE" || !source.version.restore.empty() ||
      !source.version.attributes.encryption.kms_key.empty() ||
      PAWL_TRY(storage_.metadata().configuration(bucket.name, "encryption")).has_value();
  if (in_place && !changes) {
    return invalid_request(
        "This copy request is illegal because it is trying to copy an object to itself without "
        "changing the object's metadata, storage class, website redirect location or encryption "
        "attributes.");
  }
  Draft draft;
  draft.version.bucket = bucket.name;
  draft.version.key = key;
  draft.version.account = request.account_id();
  draft.version.attributes = PAWL_TRY(copied_attributes(request, bucket, source));
  PAWL_TRY_VOID(copy_content(request, source, draft));
  draft.event = "ObjectCreated:Copy";
  draft.origin = origin_of(request);
  Value output;
  draft.before_commit = [&](const ObjectVersion& version) -> ApiResult<void> {
    ObjectBuilder result;
    result.set("ETag", Value(quoted(version.etag)))
        .set("LastModified", seconds_of(version.modified));
    tell_checksum(version.checksum, result);
    ObjectBuilder out;
    out.set("CopyObjectResult", std::move(result).build());
    tell_source_version(source.bucket, source.version, out);
    tell_version(bucket, version, out);
    tell_encryption(version.attributes.encryption, out);
    PAWL_TRY_VOID(tell_expiration(storage_, version, out));
    output = std::move(out).build();
    request.keep_answer(output);
    return {};
  };
  PAWL_TRY(storage_.put(std::move(draft), conditions));
  return output;
}

ActionResult CopyActions::upload_part_copy(const Request& request) {
  const Input input(request.input);
  const PartTarget target = PAWL_TRY(find_part_target(storage_, request));
  const Source source = PAWL_TRY(find_source(request));
  ByteRange range{0, source.version.size};
  if (input.has("CopySourceRange")) {
    range = PAWL_TRY(parse_copy_range(input.text("CopySourceRange"), source.version.size));
  }
  if (range.length > kSourceBytesMax) {
    return invalid_request(
        "The specified copy source is larger than the maximum allowable size for a copy source: " +
        std::to_string(kSourceBytesMax));
  }
  const auto bytes = PAWL_TRY(storage_.open_content(source.version, range.first, range.length));
  if (!bytes) return no_such_key(source.version.key);
  ReceivedBody body = PAWL_TRY(copy_body(
      storage_.contents(), *bytes, checksum_algorithm_named(target.upload.checksum.algorithm)));
  const Part part = PAWL_TRY(keep_part(storage_, target, std::move(body)));
  ObjectBuilder result;
  result.set("ETag", Value(quoted(part.md5))).set("LastModified", seconds_of(part.modified));
  if (target.upload.checksum_asked) {
    result.set(member_of(target.upload.checksum.algorithm), Value(part.checksum));
  }
  ObjectBuilder out;
  out.set("CopyPartResult", std::move(result).build());
  tell_source_version(source.bucket, source.version, out);
  tell_encryption(target.upload.attributes.encryption, out);
  return std::move(out).build();
}

}  // namespace pawl::s3
