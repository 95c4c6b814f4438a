// SPDX-License-Identifier: Apache-2.0
// RotateSecret, CancelRotateSecret; and what is due by itself: rotations and the end of deleted
// secrets.
#include <algorithm>
#include <array>

#include "aws/arn.h"
#include "aws/service/input_members.h"
#include "base/bytes.h"
#include "json/members.h"
#include "json/write.h"
#include "services/secretsmanager/api.h"
#include "services/secretsmanager/rotation_schedule.h"
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

constexpr const char* kService = "secretsmanager.amazonaws.com";
/// User Guide, "Rotation function": the steps that it is called with.
constexpr std::array<const char*, 4> kSteps = {"createSecret", "setSecret", "testSecret",
                                               "finishSecret"};
constexpr int64_t kRetryMs = 3'600'000;

aws::Call invoke(const Secret& secret, const std::string& version_id, const char* step) {
  ObjectBuilder event;
  event.set("Step", Value(step))
      .set("SecretId", Value(secret.arn()))
      .set("ClientRequestToken", Value(version_id))
      .set("RotationToken", Value(version_id));
  ObjectBuilder input;
  input.set("FunctionName", Value(secret.rotation.function_arn))
      .set("InvocationType", Value("RequestResponse"))
      .set("Payload", aws::blob_value(json::write(std::move(event).build())));
  return {.service = "lambda",
          .operation = "Invoke",
          .input = std::move(input).build(),
          .region = secret.name.region,
          .principal = aws::service_principal(secret.name.account, kService)};
}

/// RotationRules of the input laid over what is there.
ApiResult<void> set_rules(Rotation& rotation, const Value& input) {
  const Value* rules = input.find("RotationRules");
  if (rules == nullptr) return {};
  const auto days = find_integer(*rules, "AutomaticallyAfterDays");
  const std::string schedule = text_member(*rules, "ScheduleExpression");
  if (days && !schedule.empty()) {
    return invalid_parameter(
        "You can't specify both AutomaticallyAfterDays and ScheduleExpression in RotationRules.");
  }
  rotation.after_days = days.value_or(0);
  rotation.schedule = schedule;
  rotation.duration = text_member(*rules, "Duration");
  return {};
}

}  // namespace

void SecretsManagerService::rotate_secret(Request request, aws::Reply reply) {
  const ApiResult<Found> found = find(request);
  std::string function = text_member(request.input, "RotationLambdaARN");
  if (found && function.empty()) function = found->secret.rotation.function_arn;
  const auto answer = [this](const Request& asked, aws::Reply& to) {
    ActionResult result = begin_rotation(asked);
    if (result) result->after_sync = true;
    to(std::move(result));
  };
  if (!found || function.empty()) {
    answer(request, reply);
    return;
  }
  // A function that is not there is told at once; what it does, later.
  ObjectBuilder input;
  input.set("FunctionName", Value(function));
  aws::Call call{.service = "lambda",
                 .operation = "GetFunctionConfiguration",
                 .input = std::move(input).build(),
                 .region = request.region,
                 .principal = request.principal};
  struct Waiting {
    Request request;
    aws::Reply reply;
  };
  auto waiting = std::make_shared<Waiting>(Waiting{std::move(request), std::move(reply)});
  options_.caller.call(std::move(call), [waiting, answer, is_there = is_there_](
                                            const ApiResult<Value>& configuration) {
    if (!*is_there) return;
    if (configuration) {
      answer(waiting->request, waiting->reply);
      return;
    }
    waiting->reply(aws::access_denied(
        "Secrets Manager cannot invoke the specified Lambda function. Ensure that the function "
        "policy grants access to the principal secretsmanager.amazonaws.com."));
  });
}

ActionResult SecretsManagerService::begin_rotation(const Request& request) {
  const Value& input = request.input;
  const std::lock_guard lock(mutex_);
  Secret secret = PAWL_TRY(find_to_change(request));
  PAWL_TRY_VOID(check_token(request));
  Rotation& rotation = secret.rotation;
  if (const std::string arn = text_member(input, "RotationLambdaARN"); !arn.empty())
    rotation.function_arn = arn;
  if (rotation.function_arn.empty())
    return invalid_request("No Lambda rotation function ARN is associated with this secret.");
  PAWL_TRY_VOID(set_rules(rotation, input));
  const Version* pending = secret.at_stage(kPending);
  if (!rotation.under_way.empty() || (pending != nullptr && !pending->has_stage(kCurrent))) {
    return invalid_request(
        "A previous rotation isn't complete. That rotation will be reattempted.");
  }
  rotation.is_enabled = true;
  rotation.next_ms = PAWL_TRY(next_rotation_ms(rotation, now_ms()));
  ObjectBuilder out = named(secret.arn(), secret.name.name);
  std::string token = text_member(input, "ClientRequestToken");
  if (token.empty()) token = store::random_uuid();
  const bool is_immediate = flag_member(input, "RotateImmediately", true);
  if (is_immediate) {
    if (secret.find_version(token) == nullptr) {
      secret.versions.push_back(
          {.id = token, .created_ms = now_ms(), .stages = {}, .has_value = false});
    }
    secret.move_stage(kPending, token);
    rotation.under_way = token;
    out.set("VersionId", Value(token));
    rotating_.insert(secret.arn());
  }
  Value output = std::move(out).build();
  request.keep_answer(output);
  PAWL_TRY_VOID(store_changed(secret));
  options_.loop.post([this, is_there = is_there_, is_immediate, name = secret.name, token] {
    if (!*is_there) return;
    if (is_immediate) rotate_step(name, token, 0);
    look_at_what_is_due();
  });
  return output;
}

ActionResult SecretsManagerService::cancel_rotation(const Request& request) {
  const std::lock_guard lock(mutex_);
  Secret secret = PAWL_TRY(find_to_change(request));
  if (secret.rotation.function_arn.empty())
    return invalid_request("No Lambda rotation function ARN is associated with this secret.");
  ObjectBuilder out = named(secret.arn(), secret.name.name);
  if (!secret.rotation.under_way.empty()) out.set("VersionId", Value(secret.rotation.under_way));
  secret.rotation.is_enabled = false;
  secret.rotation.next_ms = 0;
  secret.rotation.under_way.clear();
  Value output = std::move(out).build();
  request.keep_answer(output);
  PAWL_TRY_VOID(store_changed(secret));
  return output;
}

void SecretsManagerService::rotate_step(const SecretName& name, const std::string& version_id,
                                        size_t step) {
  const auto found = secrets_.find(name);
  if (!found || !*found) return;
  const Secret& secret = **found;
  // Cancelled, or deleted, meanwhile.
  if (secret.rotation.under_way != version_id || secret.deleted_ms != 0) {
    const std::lock_guard lock(mutex_);
    rotating_.erase(secret.arn());
    return;
  }
  options_.caller.call(
      invoke(secret, version_id, kSteps[step]),
      [this, is_there = is_there_, name, version_id, step](const ApiResult<Value>& answer) {
        if (!*is_there) return;
        const bool has_failed = !answer || answer->find("FunctionError") != nullptr;
        if (has_failed || step + 1 == kSteps.size()) {
          rotation_ended(name, version_id, !has_failed);
        } else {
          rotate_step(name, version_id, step + 1);
        }
      });
}

void SecretsManagerService::rotation_ended(const SecretName& name, const std::string& version_id,
                                           bool has_succeeded) {
  {
    const std::lock_guard lock(mutex_);
    const auto found = secrets_.find(name);
    if (!found || !*found) return;
    Secret secret = **found;
    rotating_.erase(secret.arn());
    if (secret.rotation.under_way != version_id) return;
    secret.rotation.under_way.clear();
    Version* version = secret.find_version(version_id);
    if (has_succeeded && version != nullptr && version->has_stage(kCurrent)) {
      version->remove_stage(kPending);
      secret.rotation.rotated_ms = now_ms();
    } else if (version != nullptr && !version->has_value) {
      // Nothing was put: the next attempt begins anew.
      std::erase_if(secret.versions, [&](const Version& each) { return each.id == version_id; });
    }
    if (!has_succeeded && secret.rotation.is_enabled)
      secret.rotation.next_ms = std::min(secret.rotation.next_ms, now_ms() + kRetryMs);
    static_cast<void>(store_changed(secret));
  }
  look_at_what_is_due();
}

void SecretsManagerService::run() {
  is_running_ = true;
  options_.loop.post([this, is_there = is_there_] {
    if (*is_there) look_at_what_is_due();
  });
}

/// On the loop's thread.
void SecretsManagerService::look_at_what_is_due() {
  if (!is_running_) return;
  const int64_t now = now_ms();
  std::vector<SecretStore::Due> due;
  int64_t next_ms = 0;
  const auto visited = secrets_.visit_due([&](const SecretStore::Due& each) {
    if (each.at_ms > now) {
      next_ms = each.at_ms;
      return false;
    }
    due.push_back(each);
    return true;
  });
  if (!visited) return;
  for (const SecretStore::Due& each : due) end_or_rotate(each);
  if (timer_ != 0) options_.loop.cancel(timer_);
  timer_ = 0;
  if (next_ms == 0) return;
  timer_ = options_.loop.run_at({next_ms}, [this, is_there = is_there_] {
    if (!*is_there) return;
    timer_ = 0;
    look_at_what_is_due();
  });
}

void SecretsManagerService::end_or_rotate(const SecretStore::Due& due) {
  const std::lock_guard lock(mutex_);
  auto found = secrets_.find(due.name);
  if (!found) return;
  store::Batch batch;
  if (!*found) {
    secrets_.forget_due(batch, due);
    static_cast<void>(commit(batch));
    return;
  }
  Secret secret = **std::move(found);
  Rotation& rotation = secret.rotation;
  // A rotation of this process goes on by itself; its entry is for a process that comes after.
  if (rotating_.contains(secret.arn())) return;
  secrets_.forget_due(batch, due);
  const int64_t now = now_ms();
  std::string begun;
  if (secret.deleted_ms != 0) {
    if (secret.gone_ms <= now) secrets_.erase(batch, secret);
  } else if (!rotation.under_way.empty()) {
    begun = rotation.under_way;
  } else if (rotation.is_enabled && rotation.next_ms != 0 && rotation.next_ms <= now) {
    const ApiResult<int64_t> next = next_rotation_ms(rotation, now);
    rotation.next_ms = next ? *next : 0;
    const Version* pending = secret.at_stage(kPending);
    begun =
        pending != nullptr && !pending->has_stage(kCurrent) ? pending->id : store::random_uuid();
    if (secret.find_version(begun) == nullptr)
      secret.versions.push_back({.id = begun, .created_ms = now, .stages = {}, .has_value = false});
    secret.move_stage(kPending, begun);
    rotation.under_way = begun;
    secrets_.put(batch, secret);
  }
  if (!begun.empty()) {
    // Stands again under the same key that was just forgotten: the last word counts.
    secrets_.put(batch, secret);
    rotating_.insert(secret.arn());
    options_.loop.post([this, is_there = is_there_, name = secret.name, begun] {
      if (*is_there) rotate_step(name, begun, 0);
    });
  }
  static_cast<void>(commit(batch));
}

}  // namespace pawl::secretsmanager
