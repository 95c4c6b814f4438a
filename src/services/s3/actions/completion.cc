// SPDX-License-Identifier: Apache-2.0
#include "services/s3/actions/completion.h"

#include <algorithm>
#include <map>

#include "aws/http_message.h"
#include "base/bytes.h"
#include "services/s3/actions/object_actions.h"
#include "services/s3/checksums.h"
#include "services/s3/errors.h"
#include "services/s3/incoming_body.h"
#include "services/s3/input.h"
#include "services/s3/object_attributes.h"
#include "services/s3/request_context.h"

namespace pawl::s3 {
namespace {

using aws::ActionResult;
using aws::ApiResult;
using aws::Request;
using json::ObjectBuilder;
using json::Value;

constexpr uint64_t kPartBytesMin = uint64_t{5} << 20;

std::string unquoted(std::string_view etag) {
  if (etag.size() >= 2 && etag.front() == '"' && etag.back() == '"') {
    etag = etag.substr(1, etag.size() - 2);
  }
  return std::string(etag);
}

std::string raw_of_hex(std::string_view hex) {
  std::string raw;
  for (size_t i = 0; i + 1 < hex.size(); i += 2) {
    raw += static_cast<char>(std::stoi(std::string(hex.substr(i, 2)), nullptr, 16));
  }
  return raw;
}

/// The parts that the request lists, each as it was uploaded.
class Selection {
 public:
  Selection(const Upload& upload, const std::vector<Part>& parts) : upload_(upload) {
    for (const Part& part : parts) uploaded_.emplace(part.number, &part);
  }

  ApiResult<std::vector<const Part*>> choose(std::span<const Value> listed) const {
    std::vector<const Part*> chosen;
    for (const Value& item : listed) {
      const Input input(item);
      const int64_t number = input.integer("PartNumber").value_or(0);
      const std::string etag = unquoted(input.text("ETag"));
      if (!chosen.empty() && number <= static_cast<int64_t>(chosen.back()->number)) {
        return error("InvalidPartOrder",
                     "The list of parts was not in ascending order. Parts must be ordered by part "
                     "number.",
                     400, {{"UploadId", upload_.id}});
      }
      const auto found = uploaded_.find(static_cast<uint32_t>(number));
      if (found == uploaded_.end() || found->second->md5 != etag) {
        return error(
            "InvalidPart",
            "One or more of the specified parts could not be found.  The part may not have "
            "been uploaded, or the specified entity tag may not match the part's entity "
            "tag.",
            400,
            {{"ETag", etag}, {"PartNumber", std::to_string(number)}, {"UploadId", upload_.id}});
      }
      PAWL_TRY_VOID(check_checksum(input, *found->second));
      chosen.push_back(found->second);
    }
    for (size_t i = 0; i + 1 < chosen.size(); ++i) {
      if (chosen[i]->content.size < kPartBytesMin) return too_small(*chosen[i]);
    }
    return chosen;
  }

 private:
  static aws::ApiError too_small(const Part& part) {
    return error("EntityTooSmall", "Your proposed upload is smaller than the minimum allowed size",
                 400,
                 {{"ETag", part.md5},
                  {"MinSizeAllowed", std::to_string(kPartBytesMin)},
                  {"PartNumber", std::to_string(part.number)},
                  {"ProposedSize", std::to_string(part.content.size)}});
  }

  ApiResult<void> check_checksum(const Input& input, const Part& part) const {
    const std::string number = std::to_string(part.number);
    for (const std::string_view name : {"CRC32", "CRC32C", "CRC64NVME", "SHA1", "SHA256"}) {
      const std::string given = input.text(member_of(name));
      if (given.empty()) continue;
      if (name != upload_.checksum.algorithm && !upload_.checksum_asked) continue;
      if (name != upload_.checksum.algorithm || given != part.checksum) {
        return error("BadDigest",
                     "The " + aws::lower_ascii(name) + " you specified for part " + number +
                         " did not match what we received.",
                     400);
      }
    }
    if (upload_.checksum_asked && upload_.checksum.is_composite &&
        !input.has(member_of(upload_.checksum.algorithm))) {
      const std::string algorithm = aws::lower_ascii(upload_.checksum.algorithm);
      return invalid_request("The upload was created using a " + algorithm +
                             " checksum. The complete request must include the checksum for each "
                             "part. It was missing for part " +
                             number + " in the request.");
    }
    return {};
  }

  const Upload& upload_;
  std::map<uint32_t, const Part*> uploaded_;
};

/// The checksum of the whole, from those of the parts.
Checksum put_together(const Upload& upload, const std::vector<const Part*>& parts) {
  Checksum checksum = upload.checksum;
  const auto algorithm = checksum_algorithm_named(checksum.algorithm);
  if (!algorithm || parts.empty()) return checksum;
  std::string whole;
  Digester composite(*algorithm);
  for (const Part* part : parts) {
    const std::string raw = base::base64_decode(part->checksum).value_or("");
    if (checksum.is_composite) {
      composite.update(raw);
    } else {
      whole = whole.empty() ? raw : combine_crc(*algorithm, whole, raw, part->content.size);
    }
  }
  checksum.value = checksum.is_composite ? base::base64_encode(composite.finish()) + "-" +
                                               std::to_string(parts.size())
                                         : base::base64_encode(whole);
  return checksum;
}

/// What the request says of the whole: its size, its checksum and the checksum's type.
ApiResult<void> check_whole(const Request& request, const Upload& upload,
                            const ObjectVersion& made) {
  const Input input(request.input);
  const auto claimed_size = input.integer("MpuObjectSize");
  if (claimed_size && static_cast<uint64_t>(*claimed_size) != made.size) {
    return invalid_request("The provided 'x-amz-mp-object-size' header value " +
                           std::to_string(*claimed_size) +
                           " does not match what was computed: " + std::to_string(made.size));
  }
  const std::string given = header_or_member(request, header_of(upload.checksum.algorithm),
                                             member_of(upload.checksum.algorithm));
  if (given.empty() || given == made.checksum.value) return {};
  // A composite may be given without the count of its parts.
  if (made.checksum.is_composite && made.checksum.value.starts_with(given + "-")) return {};
  return error("BadDigest",
               "The " + aws::lower_ascii(upload.checksum.algorithm) +
                   " you specified did not match the calculated checksum.",
               400);
}

ApiResult<void> check_type(const Input& input, const Upload& upload) {
  const std::string type = input.text("ChecksumType");
  const std::string_view own = upload.checksum.is_composite ? "COMPOSITE" : "FULL_OBJECT";
  if (type.empty() || type == own) return {};
  return invalid_request("The upload was created using the " + std::string(own) +
                         " checksum mode. The complete request must use the same checksum mode.");
}

std::string location_of(const Request& request, const Upload& upload) {
  const std::string host =
      request.host.empty() ? "s3." + request.region + ".amazonaws.com" : request.host;
  return "http://" + host + "/" + upload.bucket + "/" + aws::uri_encode(upload.key, "/");
}

/// Nothing may have come between the look at the parts and the commit; what is not listed goes.
ApiResult<void> take_upload(Storage& storage, const Upload& upload, const std::vector<Part>& seen,
                            const ObjectVersion& made, store::Batch& batch,
                            std::vector<Content>& dropped) {
  const MetadataStore& metadata = storage.metadata();
  if (!PAWL_TRY(metadata.upload(upload.bucket, upload.key, upload.id))) {
    return no_such_upload(upload.id);
  }
  const auto now = PAWL_TRY(metadata.parts(upload, 0, SIZE_MAX));
  const bool same = now.size() == seen.size() && std::equal(now.begin(), now.end(), seen.begin(),
                                                            [](const Part& a, const Part& b) {
                                                              return a.content.id == b.content.id;
                                                            });
  if (!same) {
    return error("OperationAborted",
                 "A conflicting conditional operation is currently in progress against this "
                 "resource. Please try again.",
                 409);
  }
  for (const Part& part : seen) {
    const bool is_used =
        std::any_of(made.pieces.begin(), made.pieces.end(),
                    [&](const Piece& piece) { return piece.content.id == part.content.id; });
    if (!is_used) storage.drop(batch, part.content, dropped);
  }
  metadata.erase_parts(batch, upload);
  metadata.erase(batch, upload);
  return {};
}

/// "ConditionalRequestConflict": the object was written or deleted while it was uploaded.
ApiResult<void> check_conflict(Storage& storage, const Conditions& conditions,
                               const Upload& upload) {
  if (conditions.if_match.empty()) return {};
  const auto latest = PAWL_TRY(storage.metadata().latest(upload.bucket, upload.key));
  PAWL_TRY_VOID(check_write(conditions, latest ? &*latest : nullptr, upload.key));
  if (latest->sequence < upload.sequence) return {};
  return error("ConditionalRequestConflict",
               "The conditional request cannot succeed due to a conflicting operation against this "
               "resource.",
               409, {{"Condition", "If-Match"}, {"Key", upload.key}});
}

ObjectVersion make_version(const Upload& upload, const std::vector<const Part*>& parts) {
  ObjectVersion made;
  made.bucket = upload.bucket;
  made.key = upload.key;
  made.account = upload.account;
  made.attributes = upload.attributes;
  std::string digests;
  for (const Part* part : parts) {
    digests += raw_of_hex(part->md5);
    made.size += part->content.size;
    made.pieces.push_back(
        {part->content, part->number, upload.checksum_asked ? part->checksum : ""});
  }
  const std::string md5 = base::hex_encode(base::digest(base::DigestAlgorithm::Md5, digests));
  made.etag = etag_of(md5, made.attributes.encryption) + "-" + std::to_string(parts.size());
  made.checksum = put_together(upload, parts);
  return made;
}

}  // namespace

ActionResult complete_upload(Storage& storage, const Request& request) {
  const Input input(request.input);
  const Bucket bucket = PAWL_TRY(open_bucket(storage, request, Access::Write));
  const std::string id = input.text("UploadId");
  const auto upload = PAWL_TRY(storage.metadata().upload(bucket.name, input.text("Key"), id));
  if (!upload) return no_such_upload(id);
  const Conditions conditions = read_conditions(request, "");
  PAWL_TRY_VOID(check_write_form(conditions));
  PAWL_TRY_VOID(check_type(input, *upload));
  const Value* listed = input.find("MultipartUpload");
  const auto items = listed == nullptr ? std::span<const Value>() : Input(*listed).items("Parts");
  if (items.empty()) return malformed_xml();
  const std::vector<Part> parts = PAWL_TRY(storage.metadata().parts(*upload, 0, SIZE_MAX));
  const auto chosen = PAWL_TRY(Selection(*upload, parts).choose(items));
  PAWL_TRY_VOID(check_conflict(storage, conditions, *upload));
  Draft draft;
  draft.version = make_version(*upload, chosen);
  PAWL_TRY_VOID(check_whole(request, *upload, draft.version));
  draft.event = "ObjectCreated:CompleteMultipartUpload";
  draft.origin = origin_of(request);
  std::vector<Content> dropped;
  const ObjectVersion planned = draft.version;
  draft.also = [&](store::Batch& batch) {
    return take_upload(storage, *upload, parts, planned, batch, dropped);
  };
  const ObjectVersion version = PAWL_TRY(storage.put(std::move(draft), conditions));
  storage.discard_after_sync(std::move(dropped));
  ObjectBuilder out;
  out.set("Location", Value(location_of(request, *upload)))
      .set("Bucket", Value(version.bucket))
      .set("Key", Value(version.key))
      .set("ETag", Value(quoted(version.etag)));
  tell_checksum(version.checksum, out);
  tell_encryption(version.attributes.encryption, out);
  if (!version.is_null_version()) out.set("VersionId", Value(version.version_id));
  PAWL_TRY_VOID(tell_expiration(storage, version, out));
  return std::move(out).build();
}

}  // namespace pawl::s3
