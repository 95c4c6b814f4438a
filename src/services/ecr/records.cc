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
  if (!record || !record->is_object() || number_of(*record, "v") != kFormat) {
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

std::string text_of(const Value& object, std::string_view member) {
  const Value* value = object.is_object() ? object.find(member) : nullptr;
  return value != nullptr && value->is_string() ? std::string(value->as_string()) : std::string();
}

int64_t number_of(const Value& object, std::string_view member, int64_t otherwise) {
  const Value* value = object.is_object() ? object.find(member) : nullptr;
  int64_t number = 0;
  return value != nullptr && value->is_number() && value->to_int64(number) ? number : otherwise;
}

std::vector<std::string> texts_of(const Value& object, std::string_view member) {
  std::vector<std::string> out;
  const Value* list = object.is_object() ? object.find(member) : nullptr;
  if (list == nullptr || !list->is_array()) return out;
  for (const Value& each : list->items()) {
    if (each.is_string()) out.emplace_back(each.as_string());
  }
  return out;
}

Value array_of(const std::vector<std::string>& texts) {
  std::vector<Value> out;
  for (const std::string& each : texts) out.emplace_back(each);
  return Value::array(std::move(out));
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
  out.created_at = {number_of(record, "createdAt")};
  out.tag_mutability = text_of(record, "mutability");
  out.exclusion_filters = text_of(record, "exclusionFilters");
  const Value* scans = record.find("scanOnPush");
  out.scans_on_push = scans != nullptr && scans->is_boolean() && scans->as_boolean();
  out.encryption = text_of(record, "encryption");
  out.policy = text_of(record, "policy");
  out.lifecycle_policy = text_of(record, "lifecyclePolicy");
  out.lifecycle_run_at = {number_of(record, "lifecycleRunAt")};
  out.preview_policy = text_of(record, "previewPolicy");
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
      .set("tags", array_of(image.tags))
      .set("blobs", array_of(image.blobs))
      .set("manifests", array_of(image.manifests));
  return json::write(std::move(out).build());
}

aws::ApiResult<Image> decode_image(std::string_view text) {
  const Value record = PAWL_TRY(decode(text));
  Image out;
  out.digest = text_of(record, "digest");
  out.media_type = text_of(record, "mediaType");
  out.config_media_type = text_of(record, "configMediaType");
  out.artifact_type = text_of(record, "artifactType");
  out.subject = text_of(record, "subject");
  out.bytes = static_cast<uint64_t>(number_of(record, "bytes"));
  out.pushed_at = {number_of(record, "pushedAt")};
  if (const int64_t pulled = number_of(record, "pulledAt", -1); pulled >= 0) {
    out.pulled_at = base::Timestamp{pulled};
  }
  out.tags = texts_of(record, "tags");
  out.blobs = texts_of(record, "blobs");
  out.manifests = texts_of(record, "manifests");
  return out;
}

}  // namespace pawl::ecr
