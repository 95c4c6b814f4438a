// SPDX-License-Identifier: Apache-2.0
#include "services/secretsmanager/service.h"

#include <utility>

#include "aws/arn.h"
#include "aws/service/input_members.h"
#include "base/bytes.h"
#include "json/members.h"
#include "services/secretsmanager/api.h"
#include "store/sealing/aes_gcm.h"

namespace pawl::secretsmanager {

using aws::ApiError;
using aws::ApiResult;
using aws::from_store;
using json::ObjectBuilder;
using json::Value;

namespace {

constexpr size_t kSuffixBytes = 6;
constexpr size_t kStagesMax = 20;

/// What is asked for by ARN: the name and, if the ARN is whole, the six characters behind it.
struct Wanted {
  SecretName name;
  std::string suffix;
};

ApiError denied(const aws::Request& request, const std::string& resource) {
  const std::string action = "secretsmanager:" + request.operation->name;
  return aws::access_denied("User: " + request.principal.arn + " is not authorized to perform: " +
                            action + " on resource: " + resource +
                            " because no resource-based policy allows the " + action + " action");
}

/// The part of an ARN behind "secret:", once as a whole name, once as name and suffix.
std::vector<Wanted> readings(const aws::Arn& arn, std::string_view rest) {
  std::vector<Wanted> found;
  if (rest.size() > kSuffixBytes + 1 && rest[rest.size() - kSuffixBytes - 1] == '-') {
    found.push_back(
        {{arn.account_id, arn.region, std::string(rest.substr(0, rest.size() - kSuffixBytes - 1))},
         std::string(rest.substr(rest.size() - kSuffixBytes))});
  }
  found.push_back({{arn.account_id, arn.region, std::string(rest)}, ""});
  return found;
}

}  // namespace

base::Result<std::unique_ptr<SecretsManagerService>> SecretsManagerService::open(Options options) {
  SecretStore secrets = PAWL_TRY(SecretStore::open(options.store, options.master_key));
  return std::unique_ptr<SecretsManagerService>(
      new SecretsManagerService(options, std::move(secrets)));
}

SecretsManagerService::~SecretsManagerService() {
  *is_there_ = false;
  if (timer_ != 0) options_.loop.cancel(timer_);
}

void SecretsManagerService::bind(aws::ActionTable& table) {
  using S = SecretsManagerService;
  table.on_async("BatchGetSecretValue", &S::batch_get);
  table.on_write("CancelRotateSecret", &S::cancel_rotation);
  table.on_async("CreateSecret", &S::create_secret);
  table.on_write("DeleteResourcePolicy", &S::delete_resource_policy);
  table.on_write("DeleteSecret", &S::delete_secret);
  table.on("DescribeSecret", &S::describe_secret);
  table.on("GetRandomPassword", &S::get_random_password);
  table.on("GetResourcePolicy", &S::get_resource_policy);
  table.on_async("GetSecretValue", &S::get_secret_value);
  table.on("ListSecretVersionIds", &S::list_versions);
  table.on("ListSecrets", &S::list_secrets);
  table.on_write("PutResourcePolicy", &S::put_resource_policy);
  table.on_async("PutSecretValue", &S::put_secret_value);
  table.on_write("RemoveRegionsFromReplication", &S::remove_regions);
  table.on_write("ReplicateSecretToRegions", &S::replicate);
  table.on_write("RestoreSecret", &S::restore_secret);
  table.on_async("RotateSecret", &S::rotate_secret);
  table.on_write("StopReplicationToReplica", &S::stop_replication);
  table.on_write("TagResource", &S::tag_resource);
  table.on_write("UntagResource", &S::untag_resource);
  table.on_async("UpdateSecret", &S::update_secret);
  table.on_write("UpdateSecretVersionStage", &S::update_version_stage);
  table.on("ValidateResourcePolicy", &S::validate_resource_policy);
}

ApiResult<SecretsManagerService::Found> SecretsManagerService::find(const Request& request) const {
  return find(request, text_member(request.input, "SecretId"));
}

ApiResult<SecretsManagerService::Found> SecretsManagerService::find(
    const Request& request, const std::string& secret_id) const {
  std::vector<Wanted> wanted;
  if (secret_id.starts_with("arn:")) {
    const std::optional<aws::Arn> arn = aws::Arn::parse(secret_id);
    if (!arn || !arn->resource.starts_with("secret:")) return not_found();
    const std::string_view rest = std::string_view(arn->resource).substr(7);
    PAWL_TRY_VOID(check_name(rest));
    if (arn->account_id != request.account_id()) return denied(request, secret_id);
    if (arn->region != request.region) return not_found();
    wanted = readings(*arn, rest);
  } else {
    PAWL_TRY_VOID(check_name(secret_id));
    wanted.push_back({{request.account_id(), request.region, secret_id}, ""});
  }
  for (const Wanted& each : wanted) {
    std::optional<Secret> secret = PAWL_TRY(from_store(secrets_.find(each.name)));
    if (!secret || (!each.suffix.empty() && secret->suffix != each.suffix)) continue;
    Found found{*std::move(secret), "", false};
    found.arn = found.secret.arn();
    if (found.secret.primary_region.empty()) return found;
    SecretName original = each.name;
    original.region = found.secret.primary_region;
    secret = PAWL_TRY(from_store(secrets_.find(original)));
    if (!secret) continue;
    found.secret = *std::move(secret);
    found.is_replica = true;
    return found;
  }
  return not_found();
}

ApiResult<Secret> SecretsManagerService::find_to_change(const Request& request) const {
  Found found = PAWL_TRY(find(request));
  if (found.secret.deleted_ms != 0) return marked_for_deletion();
  if (found.is_replica) {
    return invalid_request(
        "Operation not permitted on a replica secret. Call must be made in "
        "primary secret's region.");
  }
  const std::string& owner = found.secret.owning_service;
  if (!owner.empty() && !request.principal.service.starts_with(owner + "."))
    return invalid_request("You can't modify a secret that is managed by " + owner + ".");
  return std::move(found.secret);
}

void SecretsManagerService::with_data_key(Request request, aws::Reply reply,
                                          const std::string& kms_key, Write write) {
  const auto answer = [this, write](const Request& asked, aws::Reply& to, const DataKey* data_key) {
    ActionResult result = (this->*write)(asked, data_key);
    if (result) result->after_sync = true;
    to(std::move(result));
  };
  if (kms_key.empty()) {
    answer(request, reply, nullptr);
    return;
  }
  ObjectBuilder input;
  input.set("KeyId", Value(kms_key)).set("KeySpec", Value("AES_256"));
  aws::Call call{.service = "kms",
                 .operation = "GenerateDataKey",
                 .input = std::move(input).build(),
                 .region = request.region,
                 .principal = request.principal};
  struct Waiting {
    Request request;
    aws::Reply reply;
  };
  auto waiting = std::make_shared<Waiting>(Waiting{std::move(request), std::move(reply)});
  options_.caller.call(std::move(call), [waiting, answer, is_there = is_there_,
                                         kms_key](ApiResult<Value> made) {
    if (!*is_there) return;
    if (!made) {
      waiting->reply(ApiError("EncryptionFailure",
                              "Secrets Manager can't encrypt the protected secret text using the "
                              "provided KMS key. " +
                                  made.error().message.value_or(made.error().code)));
      return;
    }
    DataKey key{text_member(*made, "KeyId"), aws::find_blob(*made, "Plaintext").value_or(""),
                aws::find_blob(*made, "CiphertextBlob").value_or("")};
    if (key.plaintext.size() != store::kAesKeyBytes || key.encrypted.empty()) {
      waiting->reply(aws::internal_failure("KMS gave no data key"));
    } else {
      answer(waiting->request, waiting->reply, &key);
    }
    store::wipe(key.plaintext);
  });
}

ApiResult<std::string> SecretsManagerService::add_version(store::Batch& batch,
                                                          const Request& request, Secret& secret,
                                                          const SecretValue& value,
                                                          const std::vector<std::string>& stages,
                                                          const DataKey* data_key) {
  if (stages.size() > kStagesMax)
    return ApiError("LimitExceededException", "You can attach at most 20 labels to a version.");
  std::string token = text_member(request.input, "ClientRequestToken");
  if (token.empty()) token = store::random_uuid();
  Version* version = secret.find_version(token);
  if (version == nullptr) {
    secret.versions.push_back({.id = token, .created_ms = now_ms(), .stages = {}});
    version = &secret.versions.back();
  } else if (version->has_value) {
    const auto there = PAWL_TRY(from_store(secrets_.find_value(secret, token)));
    // What KMS would have to decrypt cannot be compared here: the token alone says it is the same.
    if (there && there->encrypted_data_key.empty() &&
        PAWL_TRY(from_store(secrets_.unseal(secret, token, *there, ""))) != value) {
      return ApiError("ResourceExistsException",
                      "You can't use ClientRequestToken " + token +
                          " because that value is already in use for a version of secret " +
                          secret.arn());
    }
    return token;
  }
  version->has_value = true;
  version->kms_key = data_key != nullptr ? data_key->key_arn : "";
  PAWL_TRY_VOID(from_store(secrets_.put_value(batch, secret, token, value, data_key)));
  for (const std::string& stage : stages) secret.move_stage(stage, token);
  for (const std::string& gone : secret.prune()) secrets_.erase_value(batch, secret, gone);
  secret.changed_ms = now_ms();
  return token;
}

ApiResult<void> SecretsManagerService::commit(const store::Batch& batch) const {
  return from_store(secrets_.commit(batch));
}

ApiResult<void> SecretsManagerService::store_changed(Secret& secret) {
  secret.changed_ms = now_ms();
  store::Batch batch;
  secrets_.put(batch, secret);
  return commit(batch);
}

}  // namespace pawl::secretsmanager
