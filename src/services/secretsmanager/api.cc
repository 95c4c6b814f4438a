// SPDX-License-Identifier: Apache-2.0
#include "services/secretsmanager/api.h"

#include <algorithm>

#include "aws/service/input_members.h"
#include "json/members.h"

namespace pawl::secretsmanager {

using aws::ApiError;
using aws::ApiResult;
using json::ObjectBuilder;
using json::Value;

namespace {

constexpr size_t kTagsMax = 50;

bool is_of_a_name(char c) {
  constexpr std::string_view kMore = "-/_+=.@!";
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         kMore.find(c) != std::string_view::npos;
}

bool is_reserved(std::string_view key) {
  return key.size() >= 4 && (key[0] | 0x20) == 'a' && (key[1] | 0x20) == 'w' &&
         (key[2] | 0x20) == 's' && key[3] == ':';
}

}  // namespace

ApiError invalid_request(std::string message) {
  return {"InvalidRequestException", std::move(message)};
}
ApiError invalid_parameter(std::string message) {
  return {"InvalidParameterException", std::move(message)};
}
ApiError not_found(std::string message) {
  return {"ResourceNotFoundException", std::move(message)};
}
ApiError marked_for_deletion() {
  return invalid_request(
      "You can't perform this operation on the secret because it was marked for deletion.");
}

ApiResult<void> check_name(std::string_view name) {
  if (!name.empty() && std::all_of(name.begin(), name.end(), is_of_a_name)) return {};
  return aws::validation_exception(
      "Invalid name. Must be a valid name containing alphanumeric characters, or any of the "
      "following: -/_+=.@!");
}

ApiResult<void> check_token(const aws::Request& request) {
  if (request.http == nullptr || find_text(request.input, "ClientRequestToken")) return {};
  return invalid_request(
      "You must provide a ClientRequestToken value. We recommend a UUID-type value.");
}

ApiResult<Tags> tags_member(const aws::Request& request) {
  Tags tags;
  for (const Value& item : items_member(request.input, "Tags")) {
    std::string key = text_member(item, "Key");
    if (is_reserved(key) && request.principal.via_service.empty())
      return invalid_parameter("Tag keys that start with aws: are reserved for AWS use.");
    if (std::any_of(tags.begin(), tags.end(), [&](const auto& tag) { return tag.first == key; }))
      return invalid_parameter(
          "Duplicate tag keys found. Please note that tag keys are "
          "case insensitive.");
    tags.emplace_back(std::move(key), text_member(item, "Value"));
  }
  if (tags.size() > kTagsMax)
    return ApiError("LimitExceededException", "You can attach at most 50 tags to a secret.");
  return tags;
}

Value tags_value(const Tags& tags) {
  std::vector<Value> list;
  for (const auto& [key, value] : tags) {
    ObjectBuilder tag;
    tag.set("Key", Value(key)).set("Value", Value(value));
    list.push_back(std::move(tag).build());
  }
  return Value::array(std::move(list));
}

ApiResult<void> merge_tags(Tags& tags, const Tags& more) {
  for (const auto& [key, value] : more) {
    const auto found = std::find_if(tags.begin(), tags.end(),
                                    [&key = key](const auto& tag) { return tag.first == key; });
    if (found == tags.end()) {
      tags.emplace_back(key, value);
    } else {
      found->second = value;
    }
  }
  if (tags.size() > kTagsMax)
    return ApiError("LimitExceededException", "You can attach at most 50 tags to a secret.");
  return {};
}

ApiResult<std::optional<SecretValue>> value_member(const Value& input) {
  std::optional<std::string> text = find_text(input, "SecretString");
  std::optional<std::string> bytes = aws::find_blob(input, "SecretBinary");
  if (text && bytes) {
    return invalid_parameter(
        "You can't specify both a binary secret value and a string secret value in the same "
        "secret.");
  }
  if (text) return std::optional(SecretValue{false, *std::move(text)});
  if (bytes) return std::optional(SecretValue{true, *std::move(bytes)});
  return std::optional<SecretValue>();
}

ObjectBuilder named(std::string_view arn, std::string_view name) {
  ObjectBuilder out;
  out.set("ARN", Value(arn)).set("Name", Value(name));
  return out;
}

Value stages_of_versions(const Secret& secret) {
  ObjectBuilder out;
  for (const Version& version : secret.versions)
    if (!version.stages.empty()) out.set(version.id, json::texts_value(version.stages));
  return std::move(out).build();
}

Value replication_status(const Secret& secret) {
  std::vector<Value> list;
  for (const Replica& replica : secret.replicas) {
    ObjectBuilder out;
    out.set("Region", Value(replica.region));
    if (!replica.kms_key.empty()) out.set("KmsKeyId", Value(replica.kms_key));
    out.set("Status", Value("InSync")).set("StatusMessage", Value("Replication succeeded"));
    list.push_back(std::move(out).build());
  }
  return Value::array(std::move(list));
}

void describe(ObjectBuilder& out, const Secret& secret) {
  const auto set_text = [&](std::string_view name, const std::string& text) {
    if (!text.empty()) out.set(name, Value(text));
  };
  const auto set_time = [&](std::string_view name, int64_t ms) {
    if (ms != 0) out.set(name, aws::time_value(ms));
  };
  set_text("Description", secret.description);
  set_text("KmsKeyId", secret.kms_key);
  const Rotation& rotation = secret.rotation;
  if (rotation.is_enabled || !rotation.function_arn.empty()) {
    out.set("RotationEnabled", Value(rotation.is_enabled));
    set_text("RotationLambdaARN", rotation.function_arn);
    ObjectBuilder rules;
    if (rotation.after_days != 0) rules.set("AutomaticallyAfterDays", Value(rotation.after_days));
    if (!rotation.duration.empty()) rules.set("Duration", Value(rotation.duration));
    if (!rotation.schedule.empty()) rules.set("ScheduleExpression", Value(rotation.schedule));
    if (!rules.empty()) out.set("RotationRules", std::move(rules).build());
  }
  set_time("LastRotatedDate", rotation.rotated_ms);
  set_time("LastChangedDate", secret.changed_ms);
  set_time("LastAccessedDate", secret.accessed_ms);
  set_time("DeletedDate", secret.deleted_ms);
  if (rotation.is_enabled) set_time("NextRotationDate", rotation.next_ms);
  if (secret.was_tagged) out.set("Tags", tags_value(secret.tags));
  set_text("OwningService", secret.owning_service);
  set_time("CreatedDate", secret.created_ms);
}

}  // namespace pawl::secretsmanager
