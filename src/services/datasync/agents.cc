// SPDX-License-Identifier: Apache-2.0
// Agents, which are records: nothing has to be activated. Tags of everything.
#include <array>
#include <utility>
#include <vector>

#include "aws/arn.h"
#include "json/value.h"
#include "services/datasync/members.h"
#include "services/datasync/service.h"

namespace pawl::datasync {

using aws::ActionResult;
using aws::Request;
using json::ObjectBuilder;
using json::Value;

// API CreateAgent.
ActionResult DataSyncService::create_agent(const Request& request) {
  const std::string id = new_id("agent");
  const std::string arn = arn_of(owner_of(request), "agent/" + id);
  ObjectBuilder agent;
  agent.set("AgentArn", Value(arn)).set("Name", Value(text_member(request.input, "AgentName")));
  copy_members(request.input, {"Tags"}, agent);
  const double now = static_cast<double>(request.received.ms) / 1000;
  agent.set("Status", Value("ONLINE"))
      .set("CreationTime", Value(now))
      .set("LastConnectionTime", Value(now))
      .set("EndpointType",
           Value(request.input.find("VpcEndpointId") == nullptr ? "PUBLIC" : "PRIVATE_LINK"));
  const Value out = Value::object().with_member("AgentArn", Value(arn));
  request.keep_answer(out);
  if (const auto put = records_.put(owner_of(request), kAgent, id, std::move(agent).build()); !put)
    return as_api_error(put.error());
  return aws::Output(out);
}

// API DescribeAgent.
ActionResult DataSyncService::describe_agent(const Request& request) {
  return aws::Output(PAWL_TRY(find(request, kAgent, text_member(request.input, "AgentArn"))));
}

// API UpdateAgent.
ActionResult DataSyncService::update_agent(const Request& request) {
  const std::string arn = text_member(request.input, "AgentArn");
  const std::lock_guard lock(mutex_);
  const Value agent = PAWL_TRY(find(request, kAgent, arn));
  const auto put =
      records_.put(owner_of(request), kAgent, record_name(arn, kAgent),
                   agent.with_member("Name", Value(text_member(request.input, "Name"))));
  if (!put) return as_api_error(put.error());
  return aws::Output();
}

// API DeleteAgent.
ActionResult DataSyncService::delete_agent(const Request& request) {
  const std::string arn = text_member(request.input, "AgentArn");
  const std::lock_guard lock(mutex_);
  PAWL_TRY(find(request, kAgent, arn));
  if (const auto erased = records_.erase(owner_of(request), kAgent, record_name(arn, kAgent));
      !erased)
    return as_api_error(erased.error());
  return aws::Output();
}

// API ListAgents.
ActionResult DataSyncService::list_agents(const Request& request) {
  return list(request, kAgent, "Agents", "", [](const Value& agent) {
    ObjectBuilder out;
    copy_members(agent, {"AgentArn", "Name", "Status"}, out);
    return std::move(out).build();
  });
}

namespace {

/// An ARN tells its kind by itself.
std::string_view kind_of(const std::string& arn) {
  for (const std::string_view kind : {kAgent, kLocation, kTask, kExecution}) {
    if (!record_name(arn, kind).empty()) return kind;
  }
  return kTask;
}

Value merged_tags(const Value* old, const Value* added, const Value* removed) {
  std::vector<Value> tags;
  const auto put = [&](const Value& tag) {
    const std::string key = text_member(tag, "Key");
    std::erase_if(tags, [&](const Value& each) { return text_member(each, "Key") == key; });
    tags.push_back(tag);
  };
  for (const Value* list : {old, added}) {
    if (list == nullptr) continue;
    for (const Value& tag : list->items()) put(tag);
  }
  if (removed != nullptr) {
    for (const Value& key : removed->items()) {
      std::erase_if(tags,
                    [&](const Value& each) { return text_member(each, "Key") == key.as_string(); });
    }
  }
  return Value::array(std::move(tags));
}

}  // namespace

// API TagResource.
ActionResult DataSyncService::tag_resource(const Request& request) {
  const std::string arn = text_member(request.input, "ResourceArn");
  const std::string_view kind = kind_of(arn);
  const std::lock_guard lock(mutex_);
  const Value record = PAWL_TRY(find(request, kind, arn));
  const auto put = records_.put(
      owner_of(request), kind, record_name(arn, kind),
      record.with_member("Tags",
                         merged_tags(record.find("Tags"), request.input.find("Tags"), nullptr)));
  if (!put) return as_api_error(put.error());
  return aws::Output();
}

// API UntagResource.
ActionResult DataSyncService::untag_resource(const Request& request) {
  const std::string arn = text_member(request.input, "ResourceArn");
  const std::string_view kind = kind_of(arn);
  const std::lock_guard lock(mutex_);
  const Value record = PAWL_TRY(find(request, kind, arn));
  const auto put = records_.put(
      owner_of(request), kind, record_name(arn, kind),
      record.with_member("Tags",
                         merged_tags(record.find("Tags"), nullptr, request.input.find("Keys"))));
  if (!put) return as_api_error(put.error());
  return aws::Output();
}

// API ListTagsForResource.
ActionResult DataSyncService::list_tags_for_resource(const Request& request) {
  const std::string arn = text_member(request.input, "ResourceArn");
  const Value record = PAWL_TRY(find(request, kind_of(arn), arn));
  const Value* tags = record.find("Tags");
  return aws::Output(Value::object().with_member("Tags", tags != nullptr ? *tags : Value::array()));
}

}  // namespace pawl::datasync
