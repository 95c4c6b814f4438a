// SPDX-License-Identifier: Apache-2.0
// PutSecretValue, GetSecretValue, UpdateSecretVersionStage, ListSecretVersionIds.
#include <algorithm>

#include "aws/service/input_members.h"
#include "base/bytes.h"
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
constexpr size_t kVersionsPage = 100;

/// The version that VersionId and VersionStage name. Errors: ResourceNotFoundException.
ApiResult<Version> wanted_version(const Secret& secret, const std::string& id,
                                  const std::string& stage) {
  constexpr std::string_view kNone = "Secrets Manager can't find the specified secret value for ";
  if (!id.empty()) {
    const Version* version = secret.find_version(id);
    if (version == nullptr || !version->has_value)
      return not_found(std::string(kNone) + "VersionId: " + id);
    if (!stage.empty() && !version->has_stage(stage)) {
      return invalid_request(
          "You provided a VersionStage that is not associated to the provided VersionId.");
    }
    return *version;
  }
  const std::string label = stage.empty() ? std::string(kCurrent) : stage;
  const auto found = std::find_if(secret.versions.begin(), secret.versions.end(),
                                  [&](const Version& version) { return version.has_stage(label); });
  if (found == secret.versions.end() || !found->has_value)
    return not_found(std::string(kNone) + "staging label: " + label);
  return *found;
}

void add_value(ObjectBuilder& out, const Version& version, const SecretValue& value) {
  out.set("VersionId", Value(version.id));
  if (value.is_binary) {
    out.set("SecretBinary", aws::blob_value(value.bytes));
  } else {
    out.set("SecretString", Value(value.bytes));
  }
  if (!version.stages.empty()) out.set("VersionStages", json::texts_value(version.stages));
  out.set("CreatedDate", aws::time_value(version.created_ms));
}

}  // namespace

void SecretsManagerService::put_secret_value(Request request, aws::Reply reply) {
  std::string key;
  if (const auto found = find(request)) key = found->secret.kms_key;
  with_data_key(std::move(request), std::move(reply), key,
                &SecretsManagerService::put_secret_value_now);
}

ActionResult SecretsManagerService::put_secret_value_now(const Request& request,
                                                         const DataKey* data_key) {
  const std::lock_guard lock(mutex_);
  Secret secret = PAWL_TRY(find_to_change(request));
  const std::optional<SecretValue> value = PAWL_TRY(value_member(request.input));
  if (!value) return invalid_request("You must provide either SecretString or SecretBinary.");
  PAWL_TRY_VOID(check_token(request));
  std::vector<std::string> stages = texts_member(request.input, "VersionStages");
  if (stages.empty()) stages.emplace_back(kCurrent);
  // API PutSecretValue: "If this is the first version, AWSCURRENT is attached to it."
  const bool is_first = std::none_of(secret.versions.begin(), secret.versions.end(),
                                     [](const Version& each) { return each.has_value; });
  if (is_first && std::find(stages.begin(), stages.end(), kCurrent) == stages.end() &&
      secret.rotation.under_way.empty())
    stages.emplace_back(kCurrent);
  store::Batch batch;
  const std::string id = PAWL_TRY(add_version(batch, request, secret, *value, stages, data_key));
  secrets_.put(batch, secret);
  ObjectBuilder out = named(secret.arn(), secret.name.name);
  out.set("VersionId", Value(id))
      .set("VersionStages", json::texts_value(secret.find_version(id)->stages));
  Value output = std::move(out).build();
  request.keep_answer(output);
  PAWL_TRY_VOID(commit(batch));
  return output;
}

void SecretsManagerService::get_secret_value(Request request, aws::Reply reply) {
  const ApiResult<Found> found = find(request);
  if (!found) {
    reply(found.error());
    return;
  }
  auto answer = std::make_shared<aws::Reply>(std::move(reply));
  read_value(request.principal, *found, text_member(request.input, "VersionId"),
             text_member(request.input, "VersionStage"),
             [answer, arn = found->arn, name = found->secret.name.name](ApiResult<ReadValue> read) {
               if (!read) {
                 (*answer)(std::move(read).error());
                 return;
               }
               ObjectBuilder out = named(arn, name);
               add_value(out, read->version, read->value);
               store::wipe(read->value.bytes);
               (*answer)(std::move(out).build());
             });
}

void SecretsManagerService::read_value(const aws::Principal& principal, const Found& found,
                                       const std::string& id, const std::string& stage,
                                       const ValueReceiver& receiver) {
  const Secret& secret = found.secret;
  if (secret.deleted_ms != 0) {
    receiver(marked_for_deletion());
    return;
  }
  ApiResult<Version> version = wanted_version(secret, id, stage);
  if (!version) {
    receiver(version.error());
    return;
  }
  const auto sealed = from_store(secrets_.find_value(secret, version->id));
  if (!sealed || !*sealed) {
    receiver(sealed ? not_found() : sealed.error());
    return;
  }
  const auto give = [this, secret, version = *version, sealed = **sealed,
                     receiver](std::string_view data_key) {
    ApiResult<SecretValue> value =
        from_store(secrets_.unseal(secret, version.id, sealed, data_key));
    if (!value) {
      receiver(value.error());
      return;
    }
    note_access(secret.name, version.id);
    receiver(ReadValue{version, *std::move(value)});
  };
  if ((*sealed)->encrypted_data_key.empty()) {
    give("");
    return;
  }
  ObjectBuilder input;
  input.set("CiphertextBlob", aws::blob_value((*sealed)->encrypted_data_key))
      .set("KeyId", Value(version->kms_key));
  aws::Call call{.service = "kms",
                 .operation = "Decrypt",
                 .input = std::move(input).build(),
                 .region = secret.name.region,
                 .principal = principal};
  options_.caller.call(
      std::move(call), [give, receiver, is_there = is_there_](ApiResult<Value> decrypted) {
        if (!*is_there) return;
        if (!decrypted) {
          receiver(ApiError("DecryptionFailure",
                            "Secrets Manager can't decrypt the protected secret "
                            "text using the provided KMS key. " +
                                decrypted.error().message.value_or(decrypted.error().code)));
          return;
        }
        std::string key = aws::find_blob(*decrypted, "Plaintext").value_or("");
        give(key);
        store::wipe(key);
      });
}

/// LastAccessedDate is a day's: one write a day and version.
void SecretsManagerService::note_access(const SecretName& name, const std::string& version_id) {
  const int64_t day_ms = now_ms() / kDayMs * kDayMs;
  const std::lock_guard lock(mutex_);
  const auto found = secrets_.find(name);
  if (!found || !*found) return;
  Secret secret = **found;
  Version* version = secret.find_version(version_id);
  if (version == nullptr || (version->accessed_ms == day_ms && secret.accessed_ms == day_ms))
    return;
  version->accessed_ms = secret.accessed_ms = day_ms;
  store::Batch batch;
  secrets_.put(batch, secret);
  // A store that fails says so at the next change; the value has been read all the same.
  static_cast<void>(commit(batch));
}

struct SecretsManagerService::BatchRead {
  Request request;
  aws::Reply reply;
  std::vector<std::string> ids;
  size_t next = 0;
  std::string next_token;
  std::vector<Value> values;
  std::vector<Value> errors;
};

void SecretsManagerService::read_next(std::shared_ptr<BatchRead> batch) {
  const auto refused = [batch](const std::string& id, const ApiError& error) {
    ObjectBuilder out;
    out.set("SecretId", Value(id)).set("ErrorCode", Value(error.code));
    out.set("Message", Value(error.message.value_or("")));
    batch->errors.push_back(std::move(out).build());
  };
  while (batch->next < batch->ids.size()) {
    const std::string id = batch->ids[batch->next++];
    const ApiResult<Found> found = find(batch->request, id);
    if (!found) {
      refused(id, found.error());
      continue;
    }
    // Most answers come at once: only those that do not go on from here.
    struct Progress {
      bool is_inside = true;
      bool has_come = false;
    };
    const auto progress = std::make_shared<Progress>();
    read_value(batch->request.principal, *found, "", "",
               [this, batch, refused, id, progress, arn = found->arn,
                name = found->secret.name.name](ApiResult<ReadValue> read) {
                 if (read) {
                   ObjectBuilder out = named(arn, name);
                   add_value(out, read->version, read->value);
                   batch->values.push_back(std::move(out).build());
                 } else {
                   refused(id, read.error());
                 }
                 progress->has_come = true;
                 if (!progress->is_inside) read_next(batch);
               });
    progress->is_inside = false;
    if (!progress->has_come) return;
  }
  ObjectBuilder out;
  out.set("SecretValues", Value::array(std::move(batch->values)));
  if (!batch->next_token.empty()) out.set("NextToken", Value(batch->next_token));
  out.set("Errors", Value::array(std::move(batch->errors)));
  batch->reply(std::move(out).build());
}

void SecretsManagerService::batch_get(Request request, aws::Reply reply) {
  std::vector<std::string> ids = texts_member(request.input, "SecretIdList");
  const bool has_filters = request.input.find("Filters") != nullptr;
  if (ids.empty() == !has_filters) {
    reply(invalid_parameter("You must provide either SecretIdList or Filters, but not both."));
    return;
  }
  std::string next_token;
  if (has_filters) {
    // The same choice and pages as ListSecrets makes.
    const ActionResult listed = list_secrets(request);
    if (!listed) {
      reply(listed.error());
      return;
    }
    for (const Value& each : items_member(listed->value, "SecretList"))
      ids.push_back(text_member(each, "ARN"));
    next_token = text_member(listed->value, "NextToken");
  }
  auto batch = std::make_shared<BatchRead>(BatchRead{
      std::move(request), std::move(reply), std::move(ids), 0, std::move(next_token), {}, {}});
  read_next(std::move(batch));
}

ActionResult SecretsManagerService::update_version_stage(const Request& request) {
  const Value& input = request.input;
  const std::lock_guard lock(mutex_);
  Secret secret = PAWL_TRY(find_to_change(request));
  const std::string stage = text_member(input, "VersionStage");
  const std::string from = text_member(input, "RemoveFromVersionId");
  const std::string to = text_member(input, "MoveToVersionId");
  const Version* holder = secret.at_stage(stage);
  for (const std::string* id : {&from, &to}) {
    if (!id->empty() && secret.find_version(*id) == nullptr) {
      return not_found("Secrets Manager can't find the specified secret value for VersionId: " +
                       *id);
    }
  }
  if (to.empty() && from.empty()) {
    return invalid_parameter(
        "You must provide a value for at least one of MoveToVersionId and RemoveFromVersionId.");
  }
  if (to.empty() && stage == kCurrent) {
    return invalid_parameter(
        "You can only move staging label AWSCURRENT to a different secret "
        "version. It can't be completely removed.");
  }
  if (holder != nullptr && holder->id != to && holder->id != from) {
    return invalid_parameter("The parameter RemoveFromVersionId can't be " +
                             std::string(from.empty() ? "empty" : "another version") +
                             ". Staging label " + stage + " is currently attached to version " +
                             holder->id +
                             ", so you must explicitly reference that version in "
                             "RemoveFromVersionId.");
  }
  if (holder == nullptr && !from.empty()) {
    return invalid_parameter("The parameter RemoveFromVersionId must be empty. Staging label " +
                             stage + " is not attached to any version.");
  }
  if (to.empty()) {
    secret.find_version(from)->remove_stage(stage);
  } else {
    secret.move_stage(stage, to);
  }
  Value output = named(secret.arn(), secret.name.name).build();
  request.keep_answer(output);
  PAWL_TRY_VOID(store_changed(secret));
  return output;
}

ActionResult SecretsManagerService::list_versions(const Request& request) {
  const Value& input = request.input;
  const Found found = PAWL_TRY(find(request));
  const bool with_unlabelled = flag_member(input, "IncludeDeprecated");
  const auto max = static_cast<size_t>(find_integer(input, "MaxResults").value_or(kVersionsPage));
  const std::optional<std::string> after = base::base64_decode(text_member(input, "NextToken"));
  if (!after) return ApiError("InvalidNextTokenException", "The specified NextToken is invalid.");
  std::vector<Value> list;
  std::string last;
  std::string next;
  bool is_on_page = after->empty();
  for (const Version& version : found.secret.versions) {
    const bool is_shown = is_on_page && (with_unlabelled || !version.stages.empty());
    if (version.id == *after) is_on_page = true;
    if (!is_shown) continue;
    if (list.size() == max) {
      next = last;
      break;
    }
    last = version.id;
    ObjectBuilder out;
    out.set("VersionId", Value(version.id));
    if (!version.stages.empty()) out.set("VersionStages", json::texts_value(version.stages));
    if (version.accessed_ms != 0) out.set("LastAccessedDate", aws::time_value(version.accessed_ms));
    out.set("CreatedDate", aws::time_value(version.created_ms));
    const std::string key = version.kms_key.empty() ? "DefaultEncryptionKey" : version.kms_key;
    out.set("KmsKeyIds", json::texts_value({key}));
    list.push_back(std::move(out).build());
  }
  ObjectBuilder out = named(found.arn, found.secret.name.name);
  out.set("Versions", Value::array(std::move(list)));
  if (!next.empty()) out.set("NextToken", Value(base::base64_encode(next)));
  return std::move(out).build();
}

}  // namespace pawl::secretsmanager
