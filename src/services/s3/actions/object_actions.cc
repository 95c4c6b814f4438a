// SPDX-License-Identifier: Apache-2.0
#include "services/s3/actions/object_actions.h"

#include <algorithm>

#include "aws/protocol/timestamp_text.h"
#include "services/s3/actions/action_binding.h"
#include "services/s3/actions/object_parts.h"
#include "services/s3/errors.h"
#include "services/s3/incoming_body.h"
#include "services/s3/input.h"
#include "services/s3/key_gate.h"
#include "services/s3/object_attributes.h"
#include "services/s3/request_context.h"

namespace pawl::s3 {

using aws::ActionResult;
using aws::ApiResult;
using aws::Output;
using aws::Request;
using json::ObjectBuilder;
using json::Value;

namespace {

constexpr size_t kDeletesMax = 1'000;
constexpr int kReadAttempts = 3;
constexpr int64_t kDayMs = 86'400'000;

/// response-content-type and its like. response-expires is a date to the model, a text to S3.
void override_headers(const Request& request, ObjectBuilder& out, aws::Headers& headers) {
  static constexpr std::pair<std::string_view, std::string_view> kOverrides[] = {
      {"ResponseCacheControl", "CacheControl"},
      {"ResponseContentDisposition", "ContentDisposition"},
      {"ResponseContentEncoding", "ContentEncoding"},
      {"ResponseContentLanguage", "ContentLanguage"},
      {"ResponseContentType", "ContentType"}};
  const Input input(request.input);
  for (const auto& [from, to] : kOverrides) {
    if (input.has(from)) out.set(to, Value(input.text(from)));
  }
  if (request.http == nullptr) return;
  const auto parameters = aws::parse_query(request.http->query);
  const std::string* expires = aws::find_parameter(parameters, "response-expires");
  if (expires != nullptr) headers.set("Expires", *expires);
}

bool is_archived(const ObjectVersion& version) {
  const std::string& storage_class = version.attributes.storage_class;
  return (storage_class == "GLACIER" || storage_class == "DEEP_ARCHIVE") &&
         version.restore.find("ongoing-request=\"false\"") == std::string::npos;
}

}  // namespace

Conditions read_conditions(const Request& request, std::string_view prefix) {
  const Input input(request.input);
  const std::string name(prefix);
  Conditions conditions;
  conditions.if_match = input.text(name + "IfMatch");
  conditions.if_none_match = input.text(name + "IfNoneMatch");
  conditions.if_modified_since = input.time(name + "IfModifiedSince");
  conditions.if_unmodified_since = input.time(name + "IfUnmodifiedSince");
  return conditions;
}

void ObjectActions::bind(aws::ActionTable& table) {
  ActionBinding on(table, *this, storage_.loop());
  const auto for_writing = [gate = KeyGate(storage_)](Request request, aws::Reply reply,
                                                      const KeyGate::Action& action) {
    gate.write(std::move(request), std::move(reply), action);
  };
  const auto for_reading = [gate = KeyGate(storage_)](Request request, aws::Reply reply,
                                                      const KeyGate::Action& action) {
    gate.read(std::move(request), std::move(reply), action);
  };
  on.behind(for_writing).write_slowly("PutObject", &ObjectActions::put_object, has_short_body);
  on.behind(for_reading).read("GetObject", &ObjectActions::get_object);
  on.read("HeadObject", &ObjectActions::head_object);
  on.read("GetObjectAttributes", &ObjectActions::get_object_attributes);
  on.write("DeleteObject", &ObjectActions::delete_object);
  on.write("DeleteObjects", &ObjectActions::delete_objects);
  on.write("RestoreObject", &ObjectActions::restore_object);
}

ActionResult ObjectActions::put_object(const Request& request) {
  const Bucket bucket = PAWL_TRY(open_bucket(storage_, request, Access::Write));
  Draft draft;
  ObjectVersion& made = draft.version;
  made.bucket = bucket.name;
  made.key = Input(request.input).text("Key");
  PAWL_TRY_VOID(check_key(made.key));
  const Conditions conditions = read_conditions(request, "");
  PAWL_TRY_VOID(check_write_form(conditions));
  made.account = request.account_id();
  made.attributes = PAWL_TRY(read_attributes(storage_, request, bucket));
  // "PutObject": without a checksum of the client's S3 computes CRC64NVME.
  const ClaimedChecksum claim = PAWL_TRY(claimed_checksum(request));
  BodyWishes wishes;
  if (!claim.algorithm) wishes.checksum = ChecksumAlgorithm::Crc64Nvme;
  ReceivedBody body = PAWL_TRY(receive_body(storage_.contents(), request, wishes));
  made.size = body.content.content().size;
  made.etag = etag_of(body.md5, made.attributes.encryption);
  made.checksum = body.algorithm.empty() ? Checksum{"CRC64NVME", body.wished, false}
                                         : Checksum{body.algorithm, body.checksum, false};
  made.pieces.push_back({body.content.content(), 0, ""});
  draft.contents.push_back(std::move(body.content));
  draft.event = "ObjectCreated:Put";
  draft.origin = origin_of(request);
  Value output;
  draft.before_commit = [&](const ObjectVersion& version) -> ApiResult<void> {
    ObjectBuilder out;
    out.set("ETag", Value(quoted(version.etag)));
    tell_checksum(version.checksum, out);
    tell_encryption(version.attributes.encryption, out);
    if (!version.is_null_version()) out.set("VersionId", Value(version.version_id));
    PAWL_TRY_VOID(tell_expiration(storage_, version, out));
    output = std::move(out).build();
    request.keep_answer(output);
    return {};
  };
  PAWL_TRY(storage_.put(std::move(draft), conditions));
  return output;
}

ApiResult<void> ObjectActions::choose_bytes(const Request& request, Reading& reading,
                                            ObjectBuilder& out) {
  const Input input(request.input);
  const ObjectVersion& version = reading.version;
  const bool wants_checksum = aws::equals_ignoring_case(input.text("ChecksumMode"), "ENABLED");
  reading.length = version.size;
  if (const auto number = input.integer("PartNumber")) {
    const PartPlace place = PAWL_TRY(find_part(version, *number, input.has("Range")));
    reading.offset = place.offset;
    reading.length = place.size;
    reading.output.status = 206;
    if (version.has_parts()) {
      out.set("PartsCount", Value(static_cast<int64_t>(version.pieces.size())));
    }
    if (wants_checksum) tell_part_checksum(version, place, out);
  } else {
    const auto range = PAWL_TRY(parse_range(input.text("Range"), version.size));
    if (range) {
      reading.offset = range->first;
      reading.length = range->length;
      reading.output.status = 206;
    }
    // A checksum is one of the whole.
    if (wants_checksum && reading.length == version.size) tell_checksum(version.checksum, out);
  }
  if (reading.output.status == 206 && reading.length > 0) {
    const uint64_t last = reading.offset + reading.length - 1;
    out.set("ContentRange", Value("bytes " + std::to_string(reading.offset) + "-" +
                                  std::to_string(last) + "/" + std::to_string(version.size)));
  }
  out.set("ContentLength", Value(static_cast<int64_t>(reading.length)));
  return {};
}

ApiResult<ObjectActions::Reading> ObjectActions::begin_reading(const Request& request,
                                                               std::string_view method) {
  const Input input(request.input);
  const Bucket bucket = PAWL_TRY(open_bucket(storage_, request, Access::Read));
  Reading reading;
  reading.version =
      PAWL_TRY(storage_.find(bucket, input.text("Key"), input.text("VersionId"), method));
  const ObjectVersion& version = reading.version;
  PAWL_TRY_VOID(check_customer_key(request, version));
  if (method == "GET" && is_archived(version)) {
    return error("InvalidObjectState", "The operation is not valid for the object's storage class",
                 403, {{"StorageClass", version.attributes.storage_class}});
  }
  const ReadVerdict verdict =
      PAWL_TRY(check_read(read_conditions(request, ""), version, storage_.now()));
  if (verdict == ReadVerdict::NotModified) {
    reading.is_modified = false;
    reading.output.status = 304;
    reading.output.headers = {{"ETag", quoted(version.etag)},
                              {"Last-Modified", aws::format_http_date(version.modified)}};
    return reading;
  }
  ObjectBuilder out;
  PAWL_TRY_VOID(tell_object(storage_, bucket, version, out, reading.output.headers));
  override_headers(request, out, reading.output.headers);
  PAWL_TRY_VOID(choose_bytes(request, reading, out));
  reading.output.value = std::move(out).build();
  return reading;
}

ActionResult ObjectActions::get_object(const Request& request) {
  // A version that is replaced between the look at its record and that at its bytes is looked for
  // anew.
  for (int attempt = 0; attempt < kReadAttempts; ++attempt) {
    Reading reading = PAWL_TRY(begin_reading(request, "GET"));
    if (!reading.is_modified) return std::move(reading.output);
    auto source = PAWL_TRY(storage_.open_content(reading.version, reading.offset, reading.length));
    if (!source) continue;
    if (reading.length > kInlineBytesMax) {
      reading.output.stream = std::move(source);
      return std::move(reading.output);
    }
    std::string& bytes = reading.output.streamed_body;
    bytes.resize(reading.length);
    for (size_t filled = 0; filled < bytes.size();) {
      const size_t count =
          PAWL_TRY(answered(source->read(bytes.data() + filled, bytes.size() - filled)));
      if (count == 0) break;
      filled += count;
    }
    return std::move(reading.output);
  }
  return no_such_key(Input(request.input).text("Key"));
}

ActionResult ObjectActions::head_object(const Request& request) {
  Reading reading = PAWL_TRY(begin_reading(request, "HEAD"));
  return std::move(reading.output);
}

ActionResult ObjectActions::get_object_attributes(const Request& request) {
  const Input input(request.input);
  const Bucket bucket = PAWL_TRY(open_bucket(storage_, request, Access::Read));
  const ObjectVersion version =
      PAWL_TRY(storage_.find(bucket, input.text("Key"), input.text("VersionId"), "GET"));
  PAWL_TRY_VOID(check_customer_key(request, version));
  const auto asked = input.items("ObjectAttributes");
  const auto wants = [&](std::string_view name) {
    return std::any_of(asked.begin(), asked.end(), [&](const Value& each) {
      return each.is_string() && each.as_string() == name;
    });
  };
  ObjectBuilder out;
  out.set("LastModified", seconds_of(version.modified));
  tell_version(bucket, version, out);
  if (wants("ETag")) out.set("ETag", Value(version.etag));
  if (wants("Checksum") && !version.checksum.value.empty()) {
    ObjectBuilder checksum;
    tell_checksum(version.checksum, checksum);
    out.set("Checksum", std::move(checksum).build());
  }
  if (wants("ObjectParts") && version.has_parts()) {
    out.set("ObjectParts", describe_parts(version, input));
  }
  if (wants("StorageClass")) out.set("StorageClass", Value(version.attributes.storage_class));
  if (wants("ObjectSize")) out.set("ObjectSize", Value(static_cast<int64_t>(version.size)));
  return std::move(out).build();
}

ActionResult ObjectActions::delete_object(const Request& request) {
  const Input input(request.input);
  const Bucket bucket = PAWL_TRY(open_bucket(storage_, request, Access::Write));
  const Deletion deletion = PAWL_TRY(storage_.erase(
      bucket, input.text("Key"), input.text("VersionId"),
      input.is_true("BypassGovernanceRetention"), input.text("IfMatch"), origin_of(request)));
  ObjectBuilder out;
  if (deletion.is_delete_marker) out.set("DeleteMarker", Value(true));
  if (!deletion.version_id.empty()) out.set("VersionId", Value(deletion.version_id));
  return std::move(out).build();
}

ActionResult ObjectActions::delete_objects(const Request& request) {
  const Bucket bucket = PAWL_TRY(open_bucket(storage_, request, Access::Write));
  const Value* batch = Input(request.input).find("Delete");
  const auto objects = batch == nullptr ? std::span<const Value>() : Input(*batch).items("Objects");
  if (objects.empty() || objects.size() > kDeletesMax) return malformed_xml();
  const bool is_quiet = Input(*batch).is_true("Quiet");
  const bool bypass = Input(request.input).is_true("BypassGovernanceRetention");
  std::vector<Value> deleted;
  std::vector<Value> errors;
  for (const Value& object : objects) {
    const std::string key = Input(object).text("Key");
    const std::string version_id = Input(object).text("VersionId");
    const auto deletion = storage_.erase(bucket, key, version_id, bypass,
                                         Input(object).text("ETag"), origin_of(request));
    ObjectBuilder one;
    one.set("Key", Value(key));
    if (!version_id.empty()) one.set("VersionId", Value(version_id));
    if (!deletion) {
      one.set("Code", Value(deletion.error().code))
          .set("Message", Value(deletion.error().message.value_or("")));
      errors.push_back(std::move(one).build());
      continue;
    }
    if (deletion->is_delete_marker) {
      one.set("DeleteMarker", Value(true))
          .set("DeleteMarkerVersionId", Value(deletion->version_id));
    }
    if (!is_quiet) deleted.push_back(std::move(one).build());
  }
  ObjectBuilder out;
  if (!deleted.empty()) out.set("Deleted", Value::array(std::move(deleted)));
  if (!errors.empty()) out.set("Errors", Value::array(std::move(errors)));
  return std::move(out).build();
}

ActionResult ObjectActions::restore_object(const Request& request) {
  const Input input(request.input);
  const Bucket bucket = PAWL_TRY(open_bucket(storage_, request, Access::Write));
  const ObjectVersion version =
      PAWL_TRY(storage_.find(bucket, input.text("Key"), input.text("VersionId"), "POST"));
  const std::string& storage_class = version.attributes.storage_class;
  if (storage_class != "GLACIER" && storage_class != "DEEP_ARCHIVE") {
    return error("InvalidObjectState",
                 "Restore is not allowed for the object's current storage class", 403,
                 {{"StorageClass", storage_class}});
  }
  const Value* restore = input.find("RestoreRequest");
  const int64_t days = restore == nullptr ? 0 : Input(*restore).integer("Days").value_or(0);
  if (days <= 0) return malformed_xml();
  // Nothing has been moved away, so what takes AWS hours is done at once.
  const base::Timestamp until{(storage_.now().ms / kDayMs + days + 1) * kDayMs};
  const std::string told =
      "ongoing-request=\"false\", expiry-date=\"" + aws::format_http_date(until) + "\"";
  PAWL_TRY(storage_.amend(version, "ObjectRestore:Post", origin_of(request),
                          [&](ObjectVersion& changed) -> ApiResult<void> {
                            changed.restore = told;
                            return {};
                          }));
  Output output;
  output.status = version.restore.empty() ? 202 : 200;
  return output;
}

}  // namespace pawl::s3
