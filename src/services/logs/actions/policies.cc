// SPDX-License-Identifier: Apache-2.0
// Resource policies, and destinations of other accounts' subscriptions with theirs: records.
#include <utility>
#include <vector>

#include "json/parse.h"
#include "json/value.h"
#include "services/logs/api_members.h"
#include "services/logs/logs_service.h"

namespace pawl::logs {
namespace {

using aws::ActionResult;
using aws::Request;
using json::ObjectBuilder;
using json::Value;

constexpr std::string_view kPolicy = "resource-policy";
constexpr std::string_view kDestination = "destination";
constexpr size_t kPoliciesMax = 10;  ///< "CloudWatch Logs quotas": a region's

records::Owner owner_of(const Request& request) { return {request.account_id(), request.region}; }

aws::ApiError no_destination() {
  return {"ResourceNotFoundException", "The specified destination does not exist."};
}

}  // namespace

// API PutResourcePolicy: the account's under a name, or a resource's.
ActionResult LogsService::put_resource_policy(const Request& request) {
  const std::string resource = text_member(request.input, "resourceArn");
  const std::string name = resource.empty() ? text_member(request.input, "policyName") : resource;
  const std::string document = text_member(request.input, "policyDocument");
  if (name.empty() || document.empty())
    return invalid_parameter("policyName and policyDocument are required.");
  if (const auto parsed = json::parse(document); !parsed || !parsed->is_object())
    return invalid_parameter("Invalid policy document.");
  const std::lock_guard lock(mutex_);
  const auto policies = records_.list(owner_of(request), kPolicy);
  if (!policies) return as_api_error(policies.error());
  bool is_there = false;
  for (const auto& policy : *policies) is_there = is_there || policy.name == name;
  if (!is_there && policies->size() >= kPoliciesMax)
    return aws::ApiError("LimitExceededException", "Resource limit exceeded.");
  ObjectBuilder policy;
  copy_members(request.input, {"policyName", "policyDocument", "resourceArn"}, policy);
  policy.set("lastUpdatedTime", Value(request.received.ms))
      .set("policyScope", Value(resource.empty() ? "ACCOUNT" : "RESOURCE"));
  std::string revision;
  if (!resource.empty()) {
    revision = new_id();
    policy.set("revisionId", Value(revision));
  }
  const Value built = std::move(policy).build();
  const auto put = records_.put(owner_of(request), kPolicy, name, built);
  if (!put) return as_api_error(put.error());
  ObjectBuilder out;
  out.set("resourcePolicy", built);
  if (!revision.empty()) out.set("revisionId", Value(revision));
  return aws::Output(std::move(out).build());
}

// API DescribeResourcePolicies.
ActionResult LogsService::describe_resource_policies(const Request& request) {
  return list_records(request, kPolicy, "resourcePolicies",
                      text_member(request.input, "resourceArn"), "limit");
}

// API DeleteResourcePolicy.
ActionResult LogsService::delete_resource_policy(const Request& request) {
  const std::string resource = text_member(request.input, "resourceArn");
  const std::string name = resource.empty() ? text_member(request.input, "policyName") : resource;
  const std::lock_guard lock(mutex_);
  const auto policy = records_.get(owner_of(request), kPolicy, name);
  if (!policy) return as_api_error(policy.error());
  if (!policy->has_value()) {
    return aws::ApiError("ResourceNotFoundException",
                         "Policy with name [" + name + "] does not exist.");
  }
  if (const auto erased = records_.erase(owner_of(request), kPolicy, name); !erased)
    return as_api_error(erased.error());
  return aws::Output();
}

// API PutDestination.
ActionResult LogsService::put_destination(const Request& request) {
  const std::string name = text_member(request.input, "destinationName");
  const std::lock_guard lock(mutex_);
  const auto old = records_.get(owner_of(request), kDestination, name);
  if (!old) return as_api_error(old.error());
  ObjectBuilder destination;
  copy_members(request.input, {"destinationName", "targetArn", "roleArn", "tags"}, destination);
  destination.set("arn",
                  Value(logs_arn(request.account_id(), request.region, "destination:" + name)));
  destination.set("creationTime", Value(request.received.ms));
  if (*old) copy_members(**old, {"accessPolicy", "creationTime"}, destination);
  const Value built = std::move(destination).build();
  if (const auto put = records_.put(owner_of(request), kDestination, name, built); !put)
    return as_api_error(put.error());
  return aws::Output(Value::object().with_member("destination", built));
}

// API PutDestinationPolicy.
ActionResult LogsService::put_destination_policy(const Request& request) {
  const std::string name = text_member(request.input, "destinationName");
  const std::lock_guard lock(mutex_);
  const auto destination = records_.get(owner_of(request), kDestination, name);
  if (!destination) return as_api_error(destination.error());
  if (!*destination) return no_destination();
  const auto put = records_.put(
      owner_of(request), kDestination, name,
      (*destination)
          ->with_member("accessPolicy", Value(text_member(request.input, "accessPolicy"))));
  if (!put) return as_api_error(put.error());
  return aws::Output();
}

// API DescribeDestinations.
ActionResult LogsService::describe_destinations(const Request& request) {
  return list_records(request, kDestination, "destinations",
                      text_member(request.input, "DestinationNamePrefix"), "limit");
}

// API DeleteDestination.
ActionResult LogsService::delete_destination(const Request& request) {
  const std::string name = text_member(request.input, "destinationName");
  const std::lock_guard lock(mutex_);
  const auto destination = records_.get(owner_of(request), kDestination, name);
  if (!destination) return as_api_error(destination.error());
  if (!*destination) return no_destination();
  if (const auto erased = records_.erase(owner_of(request), kDestination, name); !erased)
    return as_api_error(erased.error());
  return aws::Output();
}

}  // namespace pawl::logs
