// SPDX-License-Identifier: Apache-2.0
#include "services/ecr/records.h"

#include "json/parse.h"
#include "json/write.h"
#include "services/ecr/errors.h"

namespace pawl::ecr {
namespace {

using json::ObjectBuilder;
using json::Value;

constexpr int64_t kFormat = 1;

aws::ApiResult<Value> decode(std::string_view text) {
  const base::Result<Value> record = json::parse(text);
  if (!record || !record->is_object() || integer_member(*record, "v") != kFormat) {
    return server_exception("a stored record has a format that is not known");
  }
  return *record;
}

}  // namespace

std::string RepositoryName::arn() const {
  return "arn:aws:ecr:" + region + ":" + account + ":repository/" + name;
}

std::string RepositoryName::uri() const {
  return account + ".dkr.ecr." + region + ".amazonaws.com/" + name;
}

std::string encode(const Repository& repository) {
  ObjectBuilder tags;
  for (const auto& [key, value] : repository.tags) tags.set(key, Value(value));
  ObjectBuilder out;
  out.set("v", Value(kFormat))
      .set("createdAt", Value(repository.created_at.ms))
      .set("mutability", Value(repository.tag_mutability))
      .set("exclusionFilters", Value(repository.exclusion_filters))
      .set("scanOnPush", Value(repository.scans_on_push))
      .set("encryption", Value(repository.encryption))
      .set("policy", Value(repository.policy))
      .set("lifecyclePolicy", Value(repository.lifecycle_policy))
      .set("lifecycleRunAt", Value(repository.lifecycle_run_at.ms))
      .set("previewPolicy", Value(repository.preview_policy))
      .set("tags", std::move(tags).build());
  return json::write(std::move(out).build());
}

aws::ApiResult<Repository> decode_repository(std::string_view text) {
  const Value record = PAWL_TRY(decode(text));
  Repository out;
  out.created_at = {integer_member(record, "createdAt")};
  out.tag_mutability = text_member(record, "mutability");
  out.exclusion_filters = text_member(record, "exclusionFilters");
  out.scans_on_push = flag_member(record, "scanOnPush");
  out.encryption = text_member(record, "encryption");
  out.policy = text_member(record, "policy");
  out.lifecycle_policy = text_member(record, "lifecyclePolicy");
  out.lifecycle_run_at = {integer_member(record, "lifecycleRunAt")};
  out.preview_policy = text_member(record, "previewPolicy");
  if (const Value* tags = record.find("tags"); tags != nullptr && tags->is_object()) {
    for (const json::Member& each : tags->members()) {
      if (each.value.is_string()) out.tags.emplace(each.name(), each.value.as_string());
    }
  }
  return out;
}

std::string encode(const Image& image) {
  ObjectBuilder out;
  out.set("v", Value(kFormat))
      .set("digest", Value(image.digest))
      .set("mediaType", Value(image.media_type))
      .set("configMediaType", Value(image.config_media_type))
      .set("artifactType", Value(image.artifact_type))
      .set("subject", Value(image.subject))
      .set("bytes", Value(static_cast<int64_t>(image.bytes)))
      .set("pushedAt", Value(image.pushed_at.ms))
      .set("pulledAt", Value(image.pulled_at ? image.pulled_at->ms : int64_t{-1}))
      .set("tags", json::texts_value(image.tags))
      .set("blobs", json::texts_value(image.blobs))
      .set("manifests", json::texts_value(image.manifests));
  return json::write(std::move(out).build());
}

aws::ApiResult<Image> decode_image(std::string_view text) {
  const Value record = PAWL_TRY(decode(text));
  Image out;
  out.digest = text_member(record, "digest");
  out.media_type = text_member(record, "mediaType");
  out.config_media_type = text_member(record, "configMediaType");
  out.artifact_type = text_member(record, "artifactType");
  out.subject = text_member(record, "subject");
  out.bytes = static_cast<uint64_t>(integer_member(record, "bytes"));
  out.pushed_at = {integer_member(record, "pushedAt")};
  if (const int64_t pulled = integer_member(record, "pulledAt", -1); pulled >= 0) {
    out.pulled_at = base::Timestamp{pulled};
  }
  out.tags = texts_member(record, "tags");
  out.blobs = texts_member(record, "blobs");
  out.manifests = texts_member(record, "manifests");
  return out;
}

}  // namespace pawl::ecr
