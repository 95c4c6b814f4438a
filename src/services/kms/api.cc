// SPDX-License-Identifier: Apache-2.0
#include "services/kms/api.h"

#include <algorithm>

#include "aws/service/input_members.h"
#include "base/bytes.h"
#include "json/members.h"
#include "json/parse.h"

namespace pawl::kms {

using aws::ApiError;
using aws::ApiResult;
using json::ObjectBuilder;
using json::Value;

namespace {

constexpr size_t kTagsMax = 50;

bool is_reserved(std::string_view key) {
  return key.size() >= 4 && (key[0] | 0x20) == 'a' && (key[1] | 0x20) == 'w' &&
         (key[2] | 0x20) == 's' && key[3] == ':';
}

Value place(const KeyName& key, const std::string& region) {
  KeyName there = key;
  there.region = region;
  ObjectBuilder out;
  out.set("Arn", Value(there.arn())).set("Region", Value(region));
  return std::move(out).build();
}

Value multi_region_configuration(const Key& key) {
  ObjectBuilder out;
  out.set("MultiRegionKeyType", Value(key.is_replica() ? "REPLICA" : "PRIMARY"));
  out.set("PrimaryKey", place(key.name, key.primary_region));
  std::vector<Value> replicas;
  for (const std::string& region : key.replica_regions) replicas.push_back(place(key.name, region));
  out.set("ReplicaKeys", Value::array(std::move(replicas)));
  return std::move(out).build();
}

}  // namespace

ApiError not_found(std::string message) { return {"NotFoundException", std::move(message)}; }
ApiError invalid_state(std::string message) {
  return {"KMSInvalidStateException", std::move(message)};
}
ApiError unsupported(std::string message) {
  return {"UnsupportedOperationException", std::move(message)};
}
ApiError wrong_origin(const Key& key) {
  return unsupported(key.name.arn() + " origin is " + key.origin +
                     " which is not valid for this operation.");
}
ApiError invalid_ciphertext() { return {"InvalidCiphertextException", std::nullopt}; }
ApiError incorrect_key() {
  return {"IncorrectKeyException",
          "The key ID in the request does not identify a CMK that can perform this operation."};
}

ApiResult<void> check_not_deleted(const Key& key) {
  if (key.state == KeyState::PendingDeletion)
    return invalid_state(key.name.arn() + " is pending deletion.");
  return {};
}

ApiResult<void> check_enabled(const Key& key) {
  PAWL_TRY_VOID(check_not_deleted(key));
  if (key.state == KeyState::PendingImport)
    return invalid_state(key.name.arn() + " is pending import.");
  if (key.state == KeyState::Disabled)
    return ApiError("DisabledException", key.name.arn() + " is disabled.");
  return {};
}

ApiResult<void> check_usage(const Key& key, std::string_view usage, std::string_view operation) {
  if (key.usage == usage) return {};
  return ApiError("InvalidKeyUsageException", key.name.arn() + " key usage is " + key.usage +
                                                  " which is not valid for " +
                                                  std::string(operation) + ".");
}

ApiResult<void> check_algorithm(const Key& key, std::string_view algorithm) {
  const KeySpec* spec = find_key_spec(key.spec);
  if (spec != nullptr) {
    const std::vector<std::string> those = algorithms_of(*spec, key.usage);
    if (std::find(those.begin(), those.end(), algorithm) != those.end()) return {};
  }
  return ApiError(
      "InvalidKeyUsageException",
      "Algorithm " + std::string(algorithm) + " is incompatible with key spec " + key.spec + ".");
}

ApiResult<void> check_dry_run(const aws::Request& request) {
  if (!flag_member(request.input, "DryRun")) return {};
  return ApiError("DryRunOperationException",
                  "The request would have succeeded, but the DryRun option is set.");
}

ApiResult<Tags> tags_member(const Value& input) {
  Tags tags;
  for (const Value& item : items_member(input, "Tags")) {
    std::string key = text_member(item, "TagKey");
    if (is_reserved(key)) return ApiError("TagException", "Tags beginning with aws: are reserved");
    if (std::any_of(tags.begin(), tags.end(), [&](const auto& tag) { return tag.first == key; }))
      return ApiError("TagException", "Duplicate tag keys");
    tags.emplace_back(std::move(key), text_member(item, "TagValue"));
  }
  if (tags.size() > kTagsMax) return ApiError("TagException", "Too many tags");
  return tags;
}

Value tags_value(const Tags& tags) {
  std::vector<Value> list;
  for (const auto& [key, value] : tags) {
    ObjectBuilder tag;
    tag.set("TagKey", Value(key)).set("TagValue", Value(value));
    list.push_back(std::move(tag).build());
  }
  return Value::array(std::move(list));
}

ApiResult<void> check_policy(const std::string& policy) {
  const auto parsed = json::parse(policy);
  if (!parsed || !parsed->is_object() || parsed->find("Statement") == nullptr)
    return ApiError("MalformedPolicyDocumentException", std::nullopt);
  return {};
}

std::string default_policy(const std::string& account) {
  return R"({
  "Version" : "2012-10-17",
  "Id" : "key-default-1",
  "Statement" : [ {
    "Sid" : "Enable IAM User Permissions",
    "Effect" : "Allow",
    "Principal" : {
      "AWS" : "arn:aws:iam::)" +
         account + R"(:root"
    },
    "Action" : "kms:*",
    "Resource" : "*"
  } ]
})";
}

Value key_metadata(const Key& key) {
  ObjectBuilder out;
  out.set("AWSAccountId", Value(key.name.account))
      .set("KeyId", Value(key.name.id))
      .set("Arn", Value(key.name.arn()))
      .set("CreationDate", aws::time_value(key.created_ms))
      .set("Enabled", Value(key.state == KeyState::Enabled))
      .set("Description", Value(key.description))
      .set("KeyUsage", Value(key.usage))
      .set("KeyState", Value(state_name(key.state)));
  if (key.state == KeyState::PendingDeletion)
    out.set("DeletionDate", aws::time_value(key.deleted_ms));
  out.set("Origin", Value(key.origin))
      .set("KeyManager", Value(key.aws_service.empty() ? "CUSTOMER" : "AWS"))
      .set("CustomerMasterKeySpec", Value(key.spec))
      .set("KeySpec", Value(key.spec));
  const KeySpec* spec = find_key_spec(key.spec);
  const Material* material = key.current();
  const bool has_material = material != nullptr && !material->sealed.empty();
  if (key.origin == "EXTERNAL" && has_material) {
    out.set("ExpirationModel", Value(material->expires_ms != 0 ? "KEY_MATERIAL_EXPIRES"
                                                               : "KEY_MATERIAL_DOES_NOT_EXPIRE"));
    if (material->expires_ms != 0) out.set("ValidTo", aws::time_value(material->expires_ms));
  }
  if (spec != nullptr) {
    const char* const member = key.usage == "ENCRYPT_DECRYPT" ? "EncryptionAlgorithms"
                               : key.usage == "SIGN_VERIFY"   ? "SigningAlgorithms"
                               : key.usage == "KEY_AGREEMENT" ? "KeyAgreementAlgorithms"
                                                              : "MacAlgorithms";
    out.set(member, json::texts_value(algorithms_of(*spec, key.usage)));
  }
  out.set("MultiRegion", Value(key.is_multi_region));
  if (key.is_multi_region) out.set("MultiRegionConfiguration", multi_region_configuration(key));
  if (has_material && key.spec == "SYMMETRIC_DEFAULT")
    out.set("CurrentKeyMaterialId", Value(material->id));
  return std::move(out).build();
}

ApiResult<std::string> page_start(const Value& input) {
  std::optional<std::string> start = base::base64_decode(text_member(input, "Marker"));
  if (!start) return ApiError("InvalidMarkerException", std::nullopt);
  return *std::move(start);
}

void end_page(ObjectBuilder& out, bool is_truncated, std::string_view last) {
  if (is_truncated) out.set("NextMarker", Value(base::base64_encode(last)));
  out.set("Truncated", Value(is_truncated));
}

}  // namespace pawl::kms
