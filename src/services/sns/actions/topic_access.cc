// SPDX-License-Identifier: Apache-2.0
// AddPermission, RemovePermission; PutDataProtectionPolicy, GetDataProtectionPolicy.
#include <utility>

#include "json/parse.h"
#include "services/sns/service.h"
#include "services/sns/topic_policy.h"

namespace pawl::sns {

using aws::ActionResult;
using aws::Request;
using json::Value;

namespace {

constexpr size_t kDataProtectionPolicyMax = 30'720;

}  // namespace

ActionResult SnsService::add_permission(const Request& request) {
  const std::lock_guard lock(mutex_);
  Topic topic = PAWL_TRY(find_topic(request, "TopicArn"));
  const Permission permission{text_member(request.input, "Label"),
                              texts_member(request.input, "AWSAccountId"),
                              texts_member(request.input, "ActionName")};
  topic.attributes["Policy"] = PAWL_TRY(with_permission(topic, permission));
  store::Batch batch;
  topics_.put(batch, topic);
  PAWL_TRY_VOID(commit(batch));
  return aws::Output();
}

ActionResult SnsService::remove_permission(const Request& request) {
  const std::lock_guard lock(mutex_);
  Topic topic = PAWL_TRY(find_topic(request, "TopicArn"));
  topic.attributes["Policy"] = without_permission(topic, text_member(request.input, "Label"));
  store::Batch batch;
  topics_.put(batch, topic);
  PAWL_TRY_VOID(commit(batch));
  return aws::Output();
}

/// Kept and returned; messages are not looked through (docs/differences.md).
ActionResult SnsService::put_data_protection_policy(const Request& request) {
  const std::lock_guard lock(mutex_);
  Topic topic = PAWL_TRY(find_topic(request, "ResourceArn"));
  const std::string policy = text_member(request.input, "DataProtectionPolicy");
  const auto parsed = json::parse(policy, {.depth_max = 50});
  if (policy.size() > kDataProtectionPolicyMax ||
      (!policy.empty() && (!parsed || !parsed->is_object())))
    return invalid_parameter("DataProtectionPolicy");
  topic.data_protection_policy = policy;
  store::Batch batch;
  topics_.put(batch, topic);
  PAWL_TRY_VOID(commit(batch));
  return aws::Output();
}

ActionResult SnsService::get_data_protection_policy(const Request& request) {
  const Topic topic = PAWL_TRY(find_topic(request, "ResourceArn"));
  json::ObjectBuilder out;
  if (!topic.data_protection_policy.empty())
    out.set("DataProtectionPolicy", Value(topic.data_protection_policy));
  return aws::Output(std::move(out).build());
}

}  // namespace pawl::sns
