// SPDX-License-Identifier: Apache-2.0
// CreateKey, DescribeKey, ListKeys, UpdateKeyDescription, EnableKey, DisableKey, deletion.
#include <algorithm>

#include "aws/service/input_members.h"
#include "base/bytes.h"
#include "json/members.h"
#include "services/kms/api.h"
#include "services/kms/service.h"
#include "store/sealing/aes_gcm.h"

namespace pawl::kms {

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
constexpr size_t kPageDefault = 100;

/// KeySpec, KeyUsage and Origin of the input, checked against one another.
ApiResult<Key> plan_key(const Request& request) {
  const Value& input = request.input;
  Key key;
  key.spec = text_member(input, "KeySpec");
  const std::string old_spec = text_member(input, "CustomerMasterKeySpec");
  if (!key.spec.empty() && !old_spec.empty()) {
    return aws::validation_exception(
        "You cannot specify KeySpec and CustomerMasterKeySpec in the same request. "
        "CustomerMasterKeySpec is deprecated.");
  }
  if (key.spec.empty()) key.spec = old_spec.empty() ? "SYMMETRIC_DEFAULT" : old_spec;
  const KeySpec* spec = find_key_spec(key.spec);
  if (spec == nullptr) return unsupported("KeySpec " + key.spec + " is not supported by Pawl.");
  key.usage = text_member(input, "KeyUsage");
  if (key.usage.empty() && spec->family != KeyFamily::Symmetric) {
    return aws::validation_exception(
        "You must specify a KeyUsage value for all KMS keys except for symmetric encryption keys.");
  }
  if (key.usage.empty()) key.usage = "ENCRYPT_DECRYPT";
  const std::vector<std::string_view> usages = usages_of(*spec);
  if (std::find(usages.begin(), usages.end(), key.usage) == usages.end()) {
    return aws::validation_exception("KeyUsage " + key.usage + " is not compatible with KeySpec " +
                                     key.spec);
  }
  key.origin = text_member(input, "Origin");
  if (key.origin.empty()) key.origin = "AWS_KMS";
  if (input.find("CustomKeyStoreId") != nullptr) {
    return ApiError("CustomKeyStoreNotFoundException",
                    "Pawl has no custom key stores: " + text_member(input, "CustomKeyStoreId") +
                        " is not found.");
  }
  if (key.origin != "AWS_KMS" && key.origin != "EXTERNAL")
    return unsupported("Origin " + key.origin + " is not supported by Pawl.");
  key.tags = PAWL_TRY(tags_member(input));
  key.policy = text_member(input, "Policy");
  if (key.policy.empty()) {
    key.policy = default_policy(request.account_id());
  } else {
    PAWL_TRY_VOID(check_policy(key.policy));
  }
  key.description = text_member(input, "Description");
  key.is_multi_region = flag_member(input, "MultiRegion");
  const std::string uuid = store::random_uuid();
  key.name = {request.account_id(), request.region, uuid};
  if (key.is_multi_region) {
    key.primary_region = request.region;
    std::string digits = uuid;
    std::erase(digits, '-');
    key.name.id = "mrk-" + digits;
  }
  if (key.origin == "EXTERNAL") key.state = KeyState::PendingImport;
  return key;
}

}  // namespace

void KmsService::create_key(Request request, aws::Reply reply) {
  ApiResult<Key> planned = plan_key(request);
  if (!planned) {
    reply(planned.error());
    return;
  }
  struct Making {
    Request request;
    aws::Reply reply;
    Key key;
  };
  auto making =
      std::make_shared<Making>(Making{std::move(request), std::move(reply), *std::move(planned)});
  making->key.created_ms = now_ms();
  const auto finish = [this, making](ApiResult<void> made) {
    const auto store = [&]() -> ActionResult {
      PAWL_TRY_VOID(std::move(made));
      ObjectBuilder out;
      out.set("KeyMetadata", key_metadata(making->key));
      aws::Output output(std::move(out).build());
      const std::lock_guard lock(mutex_);
      PAWL_TRY_VOID(store_key(making->request, making->key, output.value));
      output.after_sync = true;
      return output;
    };
    making->reply(store());
  };
  Key& key = making->key;
  const KeySpec& spec = *find_key_spec(key.spec);
  if (key.origin == "EXTERNAL") {
    finish({});
  } else if (spec.family == KeyFamily::Symmetric || spec.family == KeyFamily::Hmac) {
    finish(add_material(key, store::random_bytes(static_cast<size_t>(spec.bits) / 8),
                        MaterialOrigin::First));
  } else {
    generate(spec, [this, making, finish](base::Result<AsymmetricKey> made) {
      if (!made) {
        finish(aws::internal_failure(made.error().message));
        return;
      }
      making->key.public_der = made->public_der();
      std::string bytes = made->private_der();
      finish(add_material(making->key, bytes, MaterialOrigin::First));
      store::wipe(bytes);
    });
  }
}

ActionResult KmsService::describe_key(const Request& request) {
  const Key key = PAWL_TRY(find(request, text_member(request.input, "KeyId")));
  ObjectBuilder out;
  out.set("KeyMetadata", key_metadata(key));
  return std::move(out).build();
}

ActionResult KmsService::list_keys(const Request& request) {
  const auto max = static_cast<size_t>(find_integer(request.input, "Limit").value_or(kPageDefault));
  const std::string after = PAWL_TRY(page_start(request.input));
  std::vector<Value> list;
  std::string last;
  bool is_truncated = false;
  PAWL_TRY_VOID(from_store(keys_.visit(request.account_id(), request.region, after, [&](Key&& key) {
    if (key.state == KeyState::PendingDeletion && key.deleted_ms <= now_ms()) return true;
    is_truncated = list.size() == max;
    if (is_truncated) return false;
    ObjectBuilder entry;
    entry.set("KeyId", Value(key.name.id)).set("KeyArn", Value(key.name.arn()));
    list.push_back(std::move(entry).build());
    last = key.name.id;
    return true;
  })));
  ObjectBuilder out;
  out.set("Keys", Value::array(std::move(list)));
  end_page(out, is_truncated, last);
  return std::move(out).build();
}

ActionResult KmsService::update_description(const Request& request) {
  const std::lock_guard lock(mutex_);
  Key key = PAWL_TRY(find_to_change(request));
  PAWL_TRY_VOID(check_not_deleted(key));
  key.description = text_member(request.input, "Description");
  PAWL_TRY_VOID(store_key(request, key, Value::object()));
  return Value::object();
}

ActionResult KmsService::enable_key(const Request& request) {
  const std::lock_guard lock(mutex_);
  Key key = PAWL_TRY(find_to_change(request));
  PAWL_TRY_VOID(check_not_deleted(key));
  if (key.state == KeyState::PendingImport)
    return invalid_state(key.name.arn() + " is pending import.");
  key.state = KeyState::Enabled;
  PAWL_TRY_VOID(store_key(request, key, Value::object()));
  return Value::object();
}

ActionResult KmsService::disable_key(const Request& request) {
  const std::lock_guard lock(mutex_);
  Key key = PAWL_TRY(find_to_change(request));
  PAWL_TRY_VOID(check_not_deleted(key));
  if (key.state == KeyState::PendingImport)
    return invalid_state(key.name.arn() + " is pending import.");
  key.state = KeyState::Disabled;
  PAWL_TRY_VOID(store_key(request, key, Value::object()));
  return Value::object();
}

ActionResult KmsService::schedule_deletion(const Request& request) {
  const int64_t days =
      find_integer(request.input, "PendingWindowInDays").value_or(kWindowDefaultDays);
  const std::lock_guard lock(mutex_);
  Key key = PAWL_TRY(find_to_change(request));
  if (days < kWindowMinDays || days > kWindowDefaultDays) {
    return aws::validation_exception(
        "PendingWindowInDays must be between 7 and 30 (inclusive), or empty.");
  }
  PAWL_TRY_VOID(check_not_deleted(key));
  if (!key.replica_regions.empty() && !key.is_replica()) {
    return invalid_state(key.name.arn() +
                         " has replica keys that are to be deleted before it can be.");
  }
  key.state = KeyState::PendingDeletion;
  key.deleted_ms = now_ms() + days * kDayMs;
  ObjectBuilder out;
  out.set("KeyId", Value(key.name.arn()))
      .set("DeletionDate", aws::time_value(key.deleted_ms))
      .set("KeyState", Value(state_name(key.state)))
      .set("PendingWindowInDays", Value(days));
  Value output = std::move(out).build();
  PAWL_TRY_VOID(store_key(request, key, output));
  options_.loop.post([this, is_there = is_there_] {
    if (*is_there) look_at_what_is_due();
  });
  return output;
}

ActionResult KmsService::cancel_deletion(const Request& request) {
  const std::lock_guard lock(mutex_);
  Key key = PAWL_TRY(find_to_change(request));
  if (key.state != KeyState::PendingDeletion)
    return invalid_state(key.name.arn() + " is not pending deletion.");
  const Material* material = key.current();
  const bool has_material = material != nullptr && !material->sealed.empty();
  key.state = has_material ? KeyState::Disabled : KeyState::PendingImport;
  key.deleted_ms = 0;
  ObjectBuilder out;
  out.set("KeyId", Value(key.name.arn()));
  Value output = std::move(out).build();
  PAWL_TRY_VOID(store_key(request, key, output));
  return output;
}

}  // namespace pawl::kms
