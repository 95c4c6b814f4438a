// SPDX-License-Identifier: Apache-2.0
#include "services/kms/service.h"

#include <algorithm>
#include <array>
#include <utility>

#include "aws/arn.h"
#include "aws/service/input_members.h"
#include "base/bytes.h"
#include "json/members.h"
#include "services/kms/api.h"
#include "store/sealing/aes_gcm.h"

namespace pawl::kms {

using aws::ApiError;
using aws::ApiResult;
using aws::from_store;
using json::Value;

namespace {

constexpr int64_t kDayMs = 86'400'000;
constexpr size_t kMaterialIdBytes = 32;
constexpr std::string_view kManagedPrefix = "alias/aws/";

/// Services for which AWS makes a key when it is needed (Developer Guide, "AWS managed keys").
constexpr std::array<std::string_view, 24> kManagedBy = {
    "acm",        "backup",    "cloud9",
    "codecommit", "dynamodb",  "ebs",
    "ecr",        "efs",       "elasticfilesystem",
    "es",         "events",    "fsx",
    "glue",       "kinesis",   "kinesisvideo",
    "lambda",     "lightsail", "rds",
    "redshift",   "s3",        "secretsmanager",
    "sns",        "sqs",       "ssm"};

/// What AWS says that its key protects.
std::string data_of(std::string_view service) {
  if (service == "s3") return "S3 objects";
  if (service == "dynamodb") return "DynamoDB data";
  return std::string(service) + " data";
}

bool is_hex(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
  });
}

bool is_key_id(std::string_view id) {
  if (id.starts_with("mrk-")) return id.size() == 36 && is_hex(id.substr(4));
  if (id.size() != 36) return false;
  for (const size_t dash : {8U, 13U, 18U, 23U})
    if (id[dash] != '-') return false;
  std::string digits(id);
  std::erase(digits, '-');
  return digits.size() == 32 && is_hex(digits);
}

}  // namespace

base::Result<std::unique_ptr<KmsService>> KmsService::open(Options options) {
  KeyStore keys = PAWL_TRY(KeyStore::open(options.store, options.master_key));
  return std::unique_ptr<KmsService>(new KmsService(std::move(options), std::move(keys)));
}

KmsService::~KmsService() {
  *is_there_ = false;
  if (timer_ != 0) options_.loop.cancel(timer_);
}

void KmsService::bind(aws::ActionTable& table) {
  using S = KmsService;
  table.on_write("CancelKeyDeletion", &S::cancel_deletion);
  table.on_write("CreateAlias", &S::create_alias);
  table.on_write("CreateGrant", &S::create_grant);
  table.on_async("CreateKey", &S::create_key);
  table.on("Decrypt", &S::decrypt);
  table.on_write("DeleteAlias", &S::delete_alias);
  table.on_write("DeleteImportedKeyMaterial", &S::delete_imported);
  table.on("DeriveSharedSecret", &S::derive_shared_secret);
  // What may make or rotate a key, or gives what only a key that is there can open, waits for it.
  table.on_write("DescribeKey", &S::describe_key);
  table.on_write("DisableKey", &S::disable_key);
  table.on_write("DisableKeyRotation", &S::disable_rotation);
  table.on_write("EnableKey", &S::enable_key);
  table.on_write("EnableKeyRotation", &S::enable_rotation);
  table.on_write("Encrypt", &S::encrypt);
  table.on_write("GenerateDataKey", &S::generate_data_key);
  table.on_async("GenerateDataKeyPair", &S::generate_pair);
  table.on_async("GenerateDataKeyPairWithoutPlaintext", &S::generate_pair);
  table.on_write("GenerateDataKeyWithoutPlaintext", &S::generate_data_key);
  table.on("GenerateMac", &S::generate_mac);
  table.on("GenerateRandom", &S::generate_random);
  table.on("GetKeyPolicy", &S::get_policy);
  table.on("GetKeyRotationStatus", &S::rotation_status);
  table.on_async("GetParametersForImport", &S::parameters_for_import);
  table.on("GetPublicKey", &S::get_public_key);
  table.on_write("ImportKeyMaterial", &S::import_material);
  table.on("ListAliases", &S::list_aliases);
  table.on("ListGrants", &S::list_grants);
  table.on("ListKeyPolicies", &S::list_policies);
  table.on("ListKeyRotations", &S::list_rotations);
  table.on("ListKeys", &S::list_keys);
  table.on("ListResourceTags", &S::list_tags);
  table.on("ListRetirableGrants", &S::list_retirable);
  table.on_write("PutKeyPolicy", &S::put_policy);
  table.on_write("ReEncrypt", &S::re_encrypt);
  table.on_write("ReplicateKey", &S::replicate_key);
  table.on_write("RetireGrant", &S::retire_grant);
  table.on_write("RevokeGrant", &S::revoke_grant);
  table.on_write("RotateKeyOnDemand", &S::rotate_on_demand);
  table.on_write("ScheduleKeyDeletion", &S::schedule_deletion);
  table.on("Sign", &S::sign);
  table.on_write("TagResource", &S::tag_resource);
  table.on_write("UntagResource", &S::untag_resource);
  table.on_write("UpdateAlias", &S::update_alias);
  table.on_write("UpdateKeyDescription", &S::update_description);
  table.on_write("UpdatePrimaryRegion", &S::update_primary_region);
  table.on("Verify", &S::verify);
  table.on("VerifyMac", &S::verify_mac);
}

ApiResult<Key> KmsService::find_locked(const Request& request, const std::string& id) {
  KeyName name{request.account_id(), request.region, id};
  if (id.starts_with("arn:")) {
    const std::optional<aws::Arn> arn = aws::Arn::parse(id);
    if (!arn || arn->service != "kms") return not_found("Invalid arn " + id);
    if (arn->region != request.region) return not_found("Invalid arn " + arn->region);
    if (arn->account_id != request.account_id()) {
      const std::string action = "kms:" + request.operation->name;
      return aws::access_denied("User: " + request.principal.arn +
                                " is not authorized to perform: " + action + " on resource: " + id +
                                " because no resource-based policy allows the " + action +
                                " action");
    }
    name.id = arn->resource.starts_with("key/") ? arn->resource.substr(4) : arn->resource;
  }
  if (name.id.starts_with("alias/")) {
    const std::string alias_name = name.id;
    const auto alias =
        PAWL_TRY(from_store(keys_.find_alias(name.account, name.region, alias_name)));
    if (!alias) return aws_managed_locked(request, alias_name);
    name.id = alias->key_id;
  } else if (!is_key_id(name.id)) {
    return not_found("Invalid keyId '" + name.id + "'");
  }
  std::optional<Key> key = PAWL_TRY(from_store(keys_.find(name)));
  if (!key || !PAWL_TRY(settle_locked(*key)))
    return not_found("Key '" + name.arn() + "' does not exist");
  return *std::move(key);
}

ApiResult<Key> KmsService::find(const Request& request, const std::string& id) {
  const std::lock_guard lock(mutex_);
  return find_locked(request, id);
}

ApiResult<Key> KmsService::find_usable(const Request& request, const std::string& id,
                                       std::string_view usage) {
  Key key = PAWL_TRY(find(request, id));
  PAWL_TRY_VOID(check_enabled(key));
  PAWL_TRY_VOID(check_usage(key, usage, request.operation->name));
  return key;
}

ApiResult<Key> KmsService::find_to_change(const Request& request) {
  Key key = PAWL_TRY(find_locked(request, text_member(request.input, "KeyId")));
  if (!key.aws_service.empty()) {
    return aws::access_denied("User: " + request.principal.arn +
                              " is not authorized to perform: kms:" + request.operation->name +
                              " on resource: " + key.name.arn() +
                              " because it is a key that AWS manages");
  }
  return key;
}

ApiResult<Key> KmsService::aws_managed_locked(const Request& request, const std::string& alias) {
  const std::string_view service =
      std::string_view(alias).substr(std::min(kManagedPrefix.size(), alias.size()));
  if (!alias.starts_with(kManagedPrefix) ||
      std::find(kManagedBy.begin(), kManagedBy.end(), service) == kManagedBy.end()) {
    return not_found("Alias arn:" + std::string(aws::partition_of(request.region)) + ":kms:" +
                     request.region + ":" + request.account_id() + ":" + alias + " is not found.");
  }
  Key key;
  key.name = {request.account_id(), request.region, store::random_uuid()};
  key.aws_service = service;
  key.description =
      "Default key that protects my " + data_of(service) + " when no other key is defined";
  key.spec = "SYMMETRIC_DEFAULT";
  key.usage = "ENCRYPT_DECRYPT";
  key.origin = "AWS_KMS";
  key.created_ms = now_ms();
  key.policy = default_policy(request.account_id());
  // Developer Guide: "KMS automatically rotates AWS managed keys every year."
  key.rotates = true;
  key.rotation_days = 365;
  key.next_rotation_ms = now_ms() + key.rotation_days * kDayMs;
  PAWL_TRY_VOID(add_material(key, store::random_bytes(store::kAesKeyBytes), MaterialOrigin::First));
  store::Batch batch;
  keys_.put(batch, key);
  keys_.put_alias(batch, key.name.account, key.name.region,
                  {alias, key.name.id, now_ms(), now_ms()});
  PAWL_TRY_VOID(commit(batch));
  return key;
}

ApiResult<bool> KmsService::settle_locked(Key& key) {
  const int64_t now = now_ms();
  store::Batch batch;
  if (key.state == KeyState::PendingDeletion && key.deleted_ms <= now) {
    PAWL_TRY_VOID(erase_locked(batch, key));
    PAWL_TRY_VOID(commit(batch));
    return false;
  }
  bool has_changed = false;
  if (!key.materials.empty()) {
    Material& material = key.materials.back();
    if (material.expires_ms != 0 && material.expires_ms <= now && !material.sealed.empty()) {
      material.sealed.clear();
      if (key.state != KeyState::PendingDeletion) key.state = KeyState::PendingImport;
      has_changed = true;
    }
  }
  if (key.rotates && key.next_rotation_ms <= now && key.state == KeyState::Enabled &&
      !key.is_replica()) {
    PAWL_TRY_VOID(
        add_material(key, store::random_bytes(store::kAesKeyBytes), MaterialOrigin::Automatic));
    key.next_rotation_ms = now + key.rotation_days * kDayMs;
    has_changed = true;
  }
  if (!has_changed) return true;
  PAWL_TRY_VOID(put_with_replicas(batch, key));
  PAWL_TRY_VOID(commit(batch));
  return true;
}

ApiResult<void> KmsService::add_material(Key& key, std::string_view bytes, MaterialOrigin origin) {
  Material material;
  material.id = base::hex_encode(store::random_bytes(kMaterialIdBytes));
  material.sealed = PAWL_TRY(from_store(keys_.seal(key.name.id, material.id, bytes)));
  material.created_ms = now_ms();
  material.origin = origin;
  key.materials.push_back(std::move(material));
  return {};
}

ApiResult<std::string> KmsService::material_bytes(const Key& key, const Material& material) const {
  if (material.sealed.empty()) return invalid_state(key.name.arn() + " is pending import.");
  return from_store(keys_.unseal(key.name.id, material));
}

ApiResult<AsymmetricKey> KmsService::private_key(const Key& key) const {
  const Material* material = key.current();
  const KeySpec* spec = find_key_spec(key.spec);
  if (material == nullptr || spec == nullptr)
    return invalid_state(key.name.arn() + " is pending import.");
  std::string bytes = PAWL_TRY(material_bytes(key, *material));
  auto made = AsymmetricKey::from_private(bytes, *spec);
  store::wipe(bytes);
  return from_store(std::move(made));
}

void KmsService::generate(const KeySpec& spec,
                          std::function<void(base::Result<AsymmetricKey>)> then) {
  if (spec.family != KeyFamily::Rsa) {
    then(AsymmetricKey::generate(spec));
    return;
  }
  options_.loop.work(
      [&spec, then = std::move(then), &loop = options_.loop, is_there = is_there_]() mutable {
        auto made = std::make_shared<base::Result<AsymmetricKey>>(AsymmetricKey::generate(spec));
        loop.post([made, then = std::move(then), is_there = std::move(is_there)] {
          if (*is_there) then(std::move(*made));
        });
      });
}

ApiResult<void> KmsService::put_with_replicas(store::Batch& batch, const Key& key) {
  keys_.put(batch, key);
  for (const std::string& region : key.replica_regions) {
    KeyName name = key.name;
    name.region = region;
    std::optional<Key> replica = PAWL_TRY(from_store(keys_.find(name)));
    if (!replica) continue;
    replica->materials = key.materials;
    replica->rotates = key.rotates;
    replica->rotation_days = key.rotation_days;
    replica->next_rotation_ms = key.next_rotation_ms;
    replica->replica_regions = key.replica_regions;
    replica->primary_region = key.primary_region;
    keys_.put(batch, *replica);
  }
  return {};
}

/// A primary knows its replicas no longer than they are there.
ApiResult<void> KmsService::erase_locked(store::Batch& batch, const Key& key) {
  PAWL_TRY_VOID(from_store(keys_.erase(batch, key.name)));
  if (!key.is_replica()) return {};
  KeyName name = key.name;
  name.region = key.primary_region;
  std::optional<Key> primary = PAWL_TRY(from_store(keys_.find(name)));
  if (!primary) return {};
  std::erase(primary->replica_regions, key.name.region);
  return put_with_replicas(batch, *primary);
}

ApiResult<void> KmsService::commit(const store::Batch& batch) const {
  return from_store(keys_.commit(batch));
}

ApiResult<void> KmsService::store_key(const Request& request, const Key& key, const Value& output) {
  store::Batch batch;
  PAWL_TRY_VOID(put_with_replicas(batch, key));
  request.keep_answer(output);
  return commit(batch);
}

void KmsService::run() {
  is_running_ = true;
  options_.loop.post([this, is_there = is_there_] {
    if (*is_there) look_at_what_is_due();
  });
}

/// On the loop's thread. Keys whose time has come go, and a timer is set for the next.
void KmsService::look_at_what_is_due() {
  if (!is_running_) return;
  const std::lock_guard lock(mutex_);
  const int64_t now = now_ms();
  int64_t next_ms = 0;
  std::vector<KeyStore::Due> due;
  const auto visited = keys_.visit_due([&](const KeyStore::Due& each) {
    if (each.at_ms > now) {
      next_ms = each.at_ms;
      return false;
    }
    due.push_back(each);
    return true;
  });
  if (!visited) return;
  for (const KeyStore::Due& each : due) {
    store::Batch batch;
    keys_.forget_due(batch, each);
    auto key = keys_.find(each.name);
    if (key && *key && (*key)->state == KeyState::PendingDeletion && (*key)->deleted_ms <= now)
      static_cast<void>(erase_locked(batch, **key));
    static_cast<void>(commit(batch));
  }
  if (timer_ != 0) options_.loop.cancel(timer_);
  timer_ = 0;
  if (next_ms == 0) return;
  timer_ = options_.loop.run_at({next_ms}, [this, is_there = is_there_] {
    if (!*is_there) return;
    timer_ = 0;
    look_at_what_is_due();
  });
}

}  // namespace pawl::kms
