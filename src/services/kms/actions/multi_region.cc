// SPDX-License-Identifier: Apache-2.0
// Multi-region keys: replicas have the id and the materials of their primary.
#include <algorithm>

#include "aws/service/input_members.h"
#include "json/members.h"
#include "services/kms/api.h"
#include "services/kms/service.h"

namespace pawl::kms {

using aws::ActionResult;
using aws::ApiError;
using aws::from_store;
using aws::Request;
using json::ObjectBuilder;
using json::Value;

ActionResult KmsService::replicate_key(const Request& request) {
  const Value& input = request.input;
  const std::string region = text_member(input, "ReplicaRegion");
  const std::lock_guard lock(mutex_);
  Key key = PAWL_TRY(find_to_change(request));
  if (!key.is_multi_region || key.is_replica())
    return unsupported(key.name.arn() + " is not a multi-Region primary key.");
  PAWL_TRY_VOID(check_enabled(key));
  Key replica = key;
  replica.name.region = region;
  const bool is_there =
      region == key.name.region || PAWL_TRY(from_store(keys_.find(replica.name))).has_value();
  if (is_there) {
    return ApiError("AlreadyExistsException",
                    "A multi-Region key with this id exists in region " + region + ".");
  }
  key.replica_regions.push_back(region);
  std::sort(key.replica_regions.begin(), key.replica_regions.end());
  replica.replica_regions = key.replica_regions;
  replica.created_ms = now_ms();
  replica.description = text_member(input, "Description");
  replica.tags = PAWL_TRY(tags_member(input));
  replica.policy = text_member(input, "Policy");
  if (replica.policy.empty()) {
    replica.policy = default_policy(request.account_id());
  } else {
    PAWL_TRY_VOID(check_policy(replica.policy));
  }
  ObjectBuilder out;
  out.set("ReplicaKeyMetadata", key_metadata(replica))
      .set("ReplicaPolicy", Value(replica.policy))
      .set("ReplicaTags", tags_value(replica.tags));
  Value output = std::move(out).build();
  store::Batch batch;
  PAWL_TRY_VOID(put_with_replicas(batch, key));
  keys_.put(batch, replica);
  request.keep_answer(output);
  PAWL_TRY_VOID(commit(batch));
  return output;
}

ActionResult KmsService::update_primary_region(const Request& request) {
  const std::string region = text_member(request.input, "PrimaryRegion");
  const std::lock_guard lock(mutex_);
  Key key = PAWL_TRY(find_to_change(request));
  if (!key.is_multi_region || key.is_replica())
    return unsupported(key.name.arn() + " is not a multi-Region primary key.");
  PAWL_TRY_VOID(check_enabled(key));
  const auto place = std::find(key.replica_regions.begin(), key.replica_regions.end(), region);
  if (place == key.replica_regions.end())
    return not_found("There is no replica of " + key.name.arn() + " in region " + region + ".");
  KeyName there = key.name;
  there.region = region;
  std::optional<Key> replica = PAWL_TRY(from_store(keys_.find(there)));
  if (!replica) return not_found("Key '" + there.arn() + "' does not exist");
  // The regions change places; every replica learns of it from the new primary.
  *place = key.name.region;
  std::sort(key.replica_regions.begin(), key.replica_regions.end());
  replica->primary_region = region;
  replica->replica_regions = key.replica_regions;
  store::Batch batch;
  PAWL_TRY_VOID(put_with_replicas(batch, *replica));
  request.keep_answer(Value::object());
  PAWL_TRY_VOID(commit(batch));
  return Value::object();
}

}  // namespace pawl::kms
