// SPDX-License-Identifier: Apache-2.0
// CreateSecret, UpdateSecret, DescribeSecret, DeleteSecret, RestoreSecret, tags.
#include <algorithm>

#include "aws/service/input_members.h"
#include "json/members.h"
#include "services/secretsmanager/api.h"
#include "services/secretsmanager/service.h"
#include "store/sealing/aes_gcm.h"

namespace pawl::secretsmanager {

using aws::ActionResult;
using aws::ApiError;
using aws::ApiResult;
using aws::from_store;
using aws::Request;
using json::ObjectBuilder;
using json::Value;

namespace {

constexpr int64_t kDayMs = 86'400'000;
constexpr int64_t kWindowDefaultDays = 30;
constexpr int64_t kWindowMinDays = 7;

std::string random_suffix() {
  constexpr std::string_view kCharacters =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
  std::string suffix;
  while (suffix.size() < 6) {
    const auto drawn = static_cast<unsigned char>(store::random_bytes(1)[0]);
    if (drawn < 248) suffix += kCharacters[drawn % kCharacters.size()];
  }
  return suffix;
}

/// The key's name as it is kept: the account's own key is none.
std::string kms_key_member(const Value& input) {
  std::string key = text_member(input, "KmsKeyId");
  return key.ends_with("alias/aws/secretsmanager") ? "" : key;
}

/// "events" for a secret called "events!connection/…" that EventBridge makes.
std::string owner_of(const Request& request, std::string_view name) {
  const std::string& service = request.principal.service;
  const size_t mark = name.find('!');
  if (service.empty() || mark == std::string_view::npos) return "";
  return service.substr(0, service.find('.'));
}

}  // namespace

void SecretsManagerService::create_secret(Request request, aws::Reply reply) {
  std::string key = kms_key_member(request.input);
  const bool has_value = request.input.find("SecretString") != nullptr ||
                         request.input.find("SecretBinary") != nullptr;
  with_data_key(std::move(request), std::move(reply), has_value ? key : "",
                &SecretsManagerService::create_secret_now);
}

ActionResult SecretsManagerService::create_secret_now(const Request& request,
                                                      const DataKey* data_key) {
  const Value& input = request.input;
  Secret secret;
  secret.name = {request.account_id(), request.region, text_member(input, "Name")};
  PAWL_TRY_VOID(check_name(secret.name.name));
  PAWL_TRY_VOID(check_token(request));
  const std::optional<SecretValue> value = PAWL_TRY(value_member(input));
  secret.tags = PAWL_TRY(tags_member(request));
  secret.was_tagged = !secret.tags.empty();
  secret.description = text_member(input, "Description");
  secret.kms_key = kms_key_member(input);
  const std::lock_guard lock(mutex_);
  store::Batch batch;
  if (std::optional<Secret> there = PAWL_TRY(from_store(secrets_.find(secret.name)))) {
    if (there->deleted_ms != 0) {
      return invalid_request(
          "You can't create this secret because a secret with this name is "
          "already scheduled for deletion.");
    }
    // API CreateSecret: idempotent for the same token and value.
    const std::string token = text_member(input, "ClientRequestToken");
    if (!value || token.empty() || there->find_version(token) == nullptr) {
      return ApiError("ResourceExistsException", "The operation failed because the secret " +
                                                     secret.name.name + " already exists.");
    }
    const std::string same = PAWL_TRY(add_version(batch, request, *there, *value, {}, data_key));
    return std::move(named(there->arn(), there->name.name).set("VersionId", Value(same))).build();
  }
  secret.suffix = random_suffix();
  secret.created_ms = secret.changed_ms = now_ms();
  secret.owning_service = owner_of(request, secret.name.name);
  ObjectBuilder out = named(secret.arn(), secret.name.name);
  if (value) {
    const std::string version =
        PAWL_TRY(add_version(batch, request, secret, *value, {std::string(kCurrent)}, data_key));
    out.set("VersionId", Value(version));
  }
  PAWL_TRY_VOID(add_replicas(batch, secret, input));
  if (!secret.replicas.empty()) out.set("ReplicationStatus", replication_status(secret));
  secrets_.put(batch, secret);
  Value output = std::move(out).build();
  request.keep_answer(output);
  PAWL_TRY_VOID(commit(batch));
  return output;
}

void SecretsManagerService::update_secret(Request request, aws::Reply reply) {
  const bool has_value = request.input.find("SecretString") != nullptr ||
                         request.input.find("SecretBinary") != nullptr;
  std::string key;
  if (has_value && request.input.find("KmsKeyId") != nullptr) {
    key = kms_key_member(request.input);
  } else if (has_value) {
    if (const auto found = find(request)) key = found->secret.kms_key;
  }
  with_data_key(std::move(request), std::move(reply), key,
                &SecretsManagerService::update_secret_now);
}

ActionResult SecretsManagerService::update_secret_now(const Request& request,
                                                      const DataKey* data_key) {
  const Value& input = request.input;
  const std::lock_guard lock(mutex_);
  Secret secret = PAWL_TRY(find_to_change(request));
  const std::optional<SecretValue> value = PAWL_TRY(value_member(input));
  PAWL_TRY_VOID(check_token(request));
  if (auto description = find_text(input, "Description"))
    secret.description = *std::move(description);
  if (input.find("KmsKeyId") != nullptr) secret.kms_key = kms_key_member(input);
  store::Batch batch;
  ObjectBuilder out = named(secret.arn(), secret.name.name);
  if (value) {
    const std::string version =
        PAWL_TRY(add_version(batch, request, secret, *value, {std::string(kCurrent)}, data_key));
    out.set("VersionId", Value(version));
  }
  secret.changed_ms = now_ms();
  secrets_.put(batch, secret);
  Value output = std::move(out).build();
  request.keep_answer(output);
  PAWL_TRY_VOID(commit(batch));
  return output;
}

ActionResult SecretsManagerService::describe_secret(const Request& request) {
  const Found found = PAWL_TRY(find(request));
  const Secret& secret = found.secret;
  ObjectBuilder out = named(found.arn, secret.name.name);
  describe(out, secret);
  const bool is_labelled =
      std::any_of(secret.versions.begin(), secret.versions.end(),
                  [](const Version& version) { return !version.stages.empty(); });
  if (is_labelled) out.set("VersionIdsToStages", stages_of_versions(secret));
  if (!secret.replicas.empty()) {
    out.set("PrimaryRegion", Value(secret.name.region));
    if (!found.is_replica) out.set("ReplicationStatus", replication_status(secret));
  }
  return std::move(out).build();
}

ActionResult SecretsManagerService::delete_secret(const Request& request) {
  const Value& input = request.input;
  const std::lock_guard lock(mutex_);
  const bool is_forced = flag_member(input, "ForceDeleteWithoutRecovery");
  const std::optional<int64_t> window = find_integer(input, "RecoveryWindowInDays");
  ApiResult<Found> found = find(request);
  if (is_forced && window) {
    return invalid_parameter(
        "You can't use ForceDeleteWithoutRecovery in conjunction with RecoveryWindowInDays.");
  }
  if (window && (*window < kWindowMinDays || *window > kWindowDefaultDays)) {
    return invalid_parameter(
        "The RecoveryWindowInDays value must be between 7 and 30 days (inclusive).");
  }
  const std::string name = text_member(input, "SecretId");
  if (!found && is_forced && found.error().code == "ResourceNotFoundException" &&
      !name.starts_with("arn:")) {
    // API DeleteSecret: a forced deletion of what is not there is no error.
    Secret absent;
    absent.name = {request.account_id(), request.region, name};
    absent.suffix = random_suffix();
    return std::move(named(absent.arn(), name).set("DeletionDate", aws::time_value(now_ms())))
        .build();
  }
  if (!found) return found.error();
  Secret secret = std::move(found->secret);
  if (found->is_replica || !secret.replicas.empty()) {
    return invalid_request("You can't delete secret " + secret.name.name +
                           " that still has replica regions. Remove them from replication first.");
  }
  if (secret.deleted_ms != 0 && !is_forced) return marked_for_deletion();
  if (!secret.owning_service.empty()) PAWL_TRY(find_to_change(request));
  store::Batch batch;
  secret.deleted_ms = now_ms();
  secret.gone_ms = is_forced ? now_ms() : now_ms() + window.value_or(kWindowDefaultDays) * kDayMs;
  if (is_forced) {
    secrets_.erase(batch, secret);
  } else {
    secrets_.put(batch, secret);
  }
  ObjectBuilder out = named(found->arn, secret.name.name);
  out.set("DeletionDate", aws::time_value(secret.gone_ms));
  Value output = std::move(out).build();
  request.keep_answer(output);
  PAWL_TRY_VOID(commit(batch));
  options_.loop.post([this, is_there = is_there_] {
    if (*is_there) look_at_what_is_due();
  });
  return output;
}

ActionResult SecretsManagerService::restore_secret(const Request& request) {
  const std::lock_guard lock(mutex_);
  Found found = PAWL_TRY(find(request));
  found.secret.deleted_ms = found.secret.gone_ms = 0;
  store::Batch batch;
  secrets_.put(batch, found.secret);
  Value output = named(found.arn, found.secret.name.name).build();
  request.keep_answer(output);
  PAWL_TRY_VOID(commit(batch));
  return output;
}

ActionResult SecretsManagerService::tag_resource(const Request& request) {
  const std::lock_guard lock(mutex_);
  Secret secret = PAWL_TRY(find_to_change(request));
  PAWL_TRY_VOID(merge_tags(secret.tags, PAWL_TRY(tags_member(request))));
  secret.was_tagged = true;
  request.keep_answer(Value::object());
  PAWL_TRY_VOID(store_changed(secret));
  return Value::object();
}

ActionResult SecretsManagerService::untag_resource(const Request& request) {
  const std::lock_guard lock(mutex_);
  Secret secret = PAWL_TRY(find_to_change(request));
  for (const std::string& key : texts_member(request.input, "TagKeys"))
    std::erase_if(secret.tags, [&](const auto& tag) { return tag.first == key; });
  request.keep_answer(Value::object());
  PAWL_TRY_VOID(store_changed(secret));
  return Value::object();
}

}  // namespace pawl::secretsmanager
