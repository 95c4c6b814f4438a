// SPDX-License-Identifier: Apache-2.0
// Rotation of key material. What was encrypted under an older material is decrypted by it.
#include "aws/service/input_members.h"
#include "json/members.h"
#include "services/kms/api.h"
#include "services/kms/service.h"
#include "store/sealing/aes_gcm.h"

namespace pawl::kms {

using aws::ActionResult;
using aws::ApiError;
using aws::ApiResult;
using aws::Request;
using json::ObjectBuilder;
using json::Value;

namespace {

constexpr int64_t kDayMs = 86'400'000;
constexpr int64_t kPeriodDefaultDays = 365;
constexpr size_t kPageDefault = 100;
/// Developer Guide, "Perform on-demand key rotation": "10 times".
constexpr int kOnDemandMax = 10;

/// Only a symmetric encryption key has more than one material.
ApiResult<void> check_rotates(const Key& key) {
  if (key.spec == "SYMMETRIC_DEFAULT") return {};
  return ApiError("UnsupportedOperationException", std::nullopt);
}

/// RotationsListEntry.
Value rotation_entry(const Key& key, const Material& material) {
  ObjectBuilder entry;
  entry.set("KeyId", Value(key.name.arn())).set("KeyMaterialId", Value(material.id));
  if (!material.description.empty())
    entry.set("KeyMaterialDescription", Value(material.description));
  const bool is_pending = key.find_material(material.id) == nullptr;
  const bool is_current = !is_pending && material.id == key.current()->id;
  entry.set("KeyMaterialState", Value(is_pending   ? "PENDING_ROTATION"
                                      : is_current ? "CURRENT"
                                                   : "NON_CURRENT"));
  if (material.origin != MaterialOrigin::First) {
    entry.set("RotationDate", aws::time_value(material.created_ms));
    entry.set("RotationType",
              Value(material.origin == MaterialOrigin::OnDemand ? "ON_DEMAND" : "AUTOMATIC"));
  }
  if (key.origin == "EXTERNAL") {
    entry.set("ImportState", Value(material.sealed.empty() ? "PENDING_IMPORT" : "IMPORTED"));
    entry.set("ExpirationModel", Value(material.expires_ms != 0 ? "KEY_MATERIAL_EXPIRES"
                                                                : "KEY_MATERIAL_DOES_NOT_EXPIRE"));
    if (material.expires_ms != 0) entry.set("ValidTo", aws::time_value(material.expires_ms));
  }
  return std::move(entry).build();
}

}  // namespace

ActionResult KmsService::enable_rotation(const Request& request) {
  const std::lock_guard lock(mutex_);
  Key key = PAWL_TRY(find_to_change(request));
  PAWL_TRY_VOID(check_rotates(key));
  PAWL_TRY_VOID(check_enabled(key));
  if (key.origin != "AWS_KMS" || key.is_replica()) return wrong_origin(key);
  const int64_t days =
      find_integer(request.input, "RotationPeriodInDays").value_or(kPeriodDefaultDays);
  const Material* material = key.current();
  key.rotates = true;
  key.rotation_days = days;
  key.next_rotation_ms =
      (material != nullptr ? material->created_ms : key.created_ms) + days * kDayMs;
  if (key.next_rotation_ms <= now_ms()) key.next_rotation_ms = now_ms() + days * kDayMs;
  PAWL_TRY_VOID(store_key(request, key, Value::object()));
  return Value::object();
}

ActionResult KmsService::disable_rotation(const Request& request) {
  const std::lock_guard lock(mutex_);
  Key key = PAWL_TRY(find_to_change(request));
  PAWL_TRY_VOID(check_rotates(key));
  PAWL_TRY_VOID(check_enabled(key));
  if (key.origin != "AWS_KMS" || key.is_replica()) return wrong_origin(key);
  key.rotates = false;
  PAWL_TRY_VOID(store_key(request, key, Value::object()));
  return Value::object();
}

ActionResult KmsService::rotation_status(const Request& request) {
  const Key key = PAWL_TRY(find(request, text_member(request.input, "KeyId")));
  if (key.state == KeyState::PendingImport)
    return invalid_state(key.name.arn() + " is pending import.");
  // Of keys that cannot rotate it is always false (GetKeyRotationStatus).
  const bool rotates = key.rotates && key.state != KeyState::PendingDeletion;
  ObjectBuilder out;
  out.set("KeyRotationEnabled", Value(rotates)).set("KeyId", Value(key.name.arn()));
  if (rotates) {
    out.set("RotationPeriodInDays", Value(key.rotation_days))
        .set("NextRotationDate", aws::time_value(key.next_rotation_ms));
  }
  return std::move(out).build();
}

ActionResult KmsService::rotate_on_demand(const Request& request) {
  const std::lock_guard lock(mutex_);
  Key key = PAWL_TRY(find_to_change(request));
  PAWL_TRY_VOID(check_rotates(key));
  PAWL_TRY_VOID(check_enabled(key));
  if (key.is_replica()) return wrong_origin(key);
  if (key.origin == "EXTERNAL" && key.pending.empty()) {
    return invalid_state(
        "No available key material pending rotation for the key: " + key.name.arn() + ".");
  }
  int rotations = 0;
  for (const Material& material : key.materials)
    if (material.origin == MaterialOrigin::OnDemand) ++rotations;
  if (rotations >= kOnDemandMax) {
    return ApiError("LimitExceededException",
                    "The on-demand rotations limit has been reached for "
                    "the given keyId. No more on-demand rotations can be "
                    "performed for this key: " +
                        key.name.arn());
  }
  if (key.pending.empty()) {
    PAWL_TRY_VOID(
        add_material(key, store::random_bytes(store::kAesKeyBytes), MaterialOrigin::OnDemand));
  } else {
    Material imported = std::move(key.pending.front());
    imported.origin = MaterialOrigin::OnDemand;
    imported.created_ms = now_ms();
    key.materials.push_back(std::move(imported));
    key.pending.clear();
  }
  ObjectBuilder out;
  out.set("KeyId", Value(key.name.arn()));
  Value output = std::move(out).build();
  PAWL_TRY_VOID(store_key(request, key, output));
  return output;
}

ActionResult KmsService::list_rotations(const Request& request) {
  const Value& input = request.input;
  const Key key = PAWL_TRY(find(request, text_member(input, "KeyId")));
  PAWL_TRY_VOID(check_rotates(key));
  const bool wants_all = text_member(input, "IncludeKeyMaterial") == "ALL_KEY_MATERIAL";
  const auto max = static_cast<size_t>(find_integer(input, "Limit").value_or(kPageDefault));
  const std::string after = PAWL_TRY(page_start(input));
  std::vector<Value> list;
  std::string last;
  bool is_on_page = after.empty();
  bool is_truncated = false;
  std::vector<Material> materials = key.materials;
  if (wants_all) materials.insert(materials.end(), key.pending.begin(), key.pending.end());
  for (const Material& material : materials) {
    const bool is_shown = is_on_page && (wants_all || material.origin != MaterialOrigin::First);
    if (material.id == after) is_on_page = true;
    if (!is_shown) continue;
    is_truncated = list.size() == max;
    if (is_truncated) break;
    list.push_back(rotation_entry(key, material));
    last = material.id;
  }
  ObjectBuilder out;
  out.set("Rotations", Value::array(std::move(list)));
  end_page(out, is_truncated, last);
  return std::move(out).build();
}

}  // namespace pawl::kms
