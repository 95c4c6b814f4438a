// SPDX-License-Identifier: Apache-2.0
// Replicas: records in other regions that stand for the original, whose values are read.
#include <algorithm>

#include "aws/service/input_members.h"
#include "json/members.h"
#include "services/secretsmanager/api.h"
#include "services/secretsmanager/service.h"

namespace pawl::secretsmanager {

using aws::ActionResult;
using aws::ApiResult;
using aws::from_store;
using aws::Request;
using json::ObjectBuilder;
using json::Value;

ApiResult<void> SecretsManagerService::add_replicas(store::Batch& batch, Secret& secret,
                                                    const Value& input) {
  const bool overwrites = flag_member(input, "ForceOverwriteReplicaSecret");
  for (const Value& each : items_member(input, "AddReplicaRegions")) {
    const std::string region = text_member(each, "Region");
    if (region == secret.name.region || region.empty())
      return invalid_parameter("Invalid replica region.");
    Secret replica;
    replica.name = secret.name;
    replica.name.region = region;
    const auto there = PAWL_TRY(from_store(secrets_.find(replica.name)));
    const bool is_ours = there && there->primary_region == secret.name.region;
    if (there && !is_ours && !overwrites) {
      return invalid_request("A secret with this name already exists in region " + region + ".");
    }
    replica.suffix = secret.suffix;
    replica.created_ms = replica.changed_ms = now_ms();
    replica.primary_region = secret.name.region;
    if (there && !is_ours) secrets_.erase(batch, *there);
    secrets_.put(batch, replica);
    if (!is_ours) secret.replicas.push_back({region, text_member(each, "KmsKeyId")});
  }
  return {};
}

ActionResult SecretsManagerService::replicate(const Request& request) {
  const std::lock_guard lock(mutex_);
  Secret secret = PAWL_TRY(find_to_change(request));
  store::Batch batch;
  PAWL_TRY_VOID(add_replicas(batch, secret, request.input));
  secrets_.put(batch, secret);
  ObjectBuilder out;
  out.set("ARN", Value(secret.arn())).set("ReplicationStatus", replication_status(secret));
  Value output = std::move(out).build();
  request.keep_answer(output);
  PAWL_TRY_VOID(commit(batch));
  return output;
}

ActionResult SecretsManagerService::remove_regions(const Request& request) {
  const std::lock_guard lock(mutex_);
  Secret secret = PAWL_TRY(find_to_change(request));
  store::Batch batch;
  for (const std::string& region : texts_member(request.input, "RemoveReplicaRegions")) {
    const size_t gone = std::erase_if(
        secret.replicas, [&](const Replica& replica) { return replica.region == region; });
    if (gone == 0)
      return invalid_parameter("The secret is not replicated to region " + region + ".");
    Secret replica;
    replica.name = secret.name;
    replica.name.region = region;
    secrets_.erase(batch, replica);
  }
  secrets_.put(batch, secret);
  ObjectBuilder out;
  out.set("ARN", Value(secret.arn())).set("ReplicationStatus", replication_status(secret));
  Value output = std::move(out).build();
  request.keep_answer(output);
  PAWL_TRY_VOID(commit(batch));
  return output;
}

ActionResult SecretsManagerService::stop_replication(const Request& request) {
  const std::lock_guard lock(mutex_);
  Found found = PAWL_TRY(find(request));
  if (!found.is_replica) return invalid_request("Operation is only permitted on a replica secret.");
  Secret& original = found.secret;
  Secret own = original;
  own.name.region = request.region;
  own.primary_region.clear();
  own.replicas.clear();
  own.rotation = {};
  std::erase_if(original.replicas,
                [&](const Replica& replica) { return replica.region == request.region; });
  store::Batch batch;
  PAWL_TRY_VOID(from_store(secrets_.copy_values(batch, original, own)));
  secrets_.put(batch, own);
  secrets_.put(batch, original);
  ObjectBuilder out;
  out.set("ARN", Value(own.arn()));
  Value output = std::move(out).build();
  request.keep_answer(output);
  PAWL_TRY_VOID(commit(batch));
  return output;
}

}  // namespace pawl::secretsmanager
