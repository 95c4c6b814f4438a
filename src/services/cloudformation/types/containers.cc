// SPDX-License-Identifier: Apache-2.0
// AWS::ECS::Cluster, TaskDefinition, ClusterCapacityProviderAssociations; AWS::ECR::Repository,
// RegistryPolicy, RegistryScanningConfiguration.
#include <algorithm>

#include "json/members.h"
#include "services/cloudformation/types/handler_steps.h"

#include "services/cloudformation/types/type_tables.h"

namespace pawl::cloudformation {

using aws::ApiError;
using aws::ApiResult;
using json::Value;

namespace {

constexpr std::string_view kEcs = "ecs";
constexpr std::string_view kEcr = "ecr";
constexpr size_t kNameMax = 255;
constexpr TagOperations kEcsTags = {kEcs, "resourceArn", "tags", "key", "value", "tagKeys"};
constexpr TagOperations kEcrTags = {kEcr, "resourceArn", "tags", "Key", "Value", "tagKeys"};

constexpr std::string_view kCluster = "AWS::ECS::Cluster";
constexpr std::string_view kDefinition = "AWS::ECS::TaskDefinition";
constexpr std::string_view kRepository = "AWS::ECR::Repository";

using Outcome = ApiResult<Progress>;

// AWS::ECS::Cluster

Value cluster_properties(const Value& properties) {
  return renamed(properties, {{"ClusterSettings", "settings"}});
}

Progress cluster_done(const ResourceRequest& request, const std::string& name) {
  return Progress::done(name,
                        Value::object({{"Arn", Value(arn_of(request, "ecs", "cluster/" + name))}}));
}

Outcome create_cluster(StackCalls& calls, const ResourceRequest& request) {
  const std::string name = name_of(request, "ClusterName", kNameMax);
  PAWL_TRY_VOID(calls.call(
      kEcs, "CreateCluster",
      calls.shape(kEcs, "CreateCluster", cluster_properties(with_tags(kCluster, request)))
          .with_member("clusterName", Value(name))));
  return cluster_done(request, name);
}

Outcome update_cluster(StackCalls& calls, const ResourceRequest& request) {
  const std::string& name = request.physical_id;
  if (any_differs(request, {"ClusterSettings", "Configuration", "ServiceConnectDefaults"})) {
    PAWL_TRY_VOID(
        calls.call(kEcs, "UpdateCluster",
                   calls.shape(kEcs, "UpdateCluster", cluster_properties(request.properties))
                       .with_member("cluster", Value(name))));
  }
  if (any_differs(request, {"CapacityProviders", "DefaultCapacityProviderStrategy"})) {
    Value input = Value::object({{"cluster", Value(name)},
                                 {"capacityProviders", Value::array()},
                                 {"defaultCapacityProviderStrategy", Value::array()}});
    PAWL_TRY_VOID(calls.call(
        kEcs, "PutClusterCapacityProviders",
        merged(std::move(input),
               without(calls.shape(kEcs, "PutClusterCapacityProviders", request.properties),
                       {"cluster"}))));
  }
  PAWL_TRY_VOID(
      change_tags(calls, kCluster, request, kEcsTags, arn_of(request, "ecs", "cluster/" + name)));
  return cluster_done(request, name);
}

Outcome remove_cluster(StackCalls& calls, const ResourceRequest& request) {
  PAWL_TRY_VOID(call_unless_absent(calls, kEcs, "DeleteCluster",
                                   Value::object({{"cluster", Value(request.physical_id)}})));
  return Progress::done(request.physical_id);
}

// AWS::ECS::ClusterCapacityProviderAssociations

Outcome put_providers(StackCalls& calls, const ResourceRequest& request) {
  const Value none = Value::object({{"capacityProviders", Value::array()}});
  PAWL_TRY_VOID(calls.call(
      kEcs, "PutClusterCapacityProviders",
      merged(none, calls.shape(kEcs, "PutClusterCapacityProviders", request.properties))));
  return Progress::done(scalar_text(request.properties, "Cluster"));
}

Outcome remove_providers(StackCalls& calls, const ResourceRequest& request) {
  PAWL_TRY_VOID(
      call_unless_absent(calls, kEcs, "PutClusterCapacityProviders",
                         Value::object({{"cluster", Value(request.physical_id)},
                                        {"capacityProviders", Value::array()},
                                        {"defaultCapacityProviderStrategy", Value::array()}})));
  return Progress::done(request.physical_id);
}

// AWS::ECS::TaskDefinition: all but its tags is a new revision, which is a replacement.

Outcome create_definition(StackCalls& calls, const ResourceRequest& request) {
  PAWL_TRY_VOID(refuse_properties(kDefinition, request.properties, {"InferenceAccelerators"}));
  std::string family = scalar_text(request.properties, "Family");
  if (family.empty()) {
    family = request.generated_name(kNameMax);
    std::erase(family, '-');
  }
  const Value made = PAWL_TRY(
      calls.call(kEcs, "RegisterTaskDefinition",
                 calls.shape(kEcs, "RegisterTaskDefinition", with_tags(kDefinition, request))
                     .with_member("family", Value(family))));
  const std::string arn =
      json::text_member(json::object_member(made, "taskDefinition"), "taskDefinitionArn");
  return Progress::done(arn, Value::object({{"TaskDefinitionArn", Value(arn)}}));
}

Outcome update_definition(StackCalls& calls, const ResourceRequest& request) {
  PAWL_TRY_VOID(change_tags(calls, kDefinition, request, kEcsTags, request.physical_id));
  return Progress::done(request.physical_id,
                        Value::object({{"TaskDefinitionArn", Value(request.physical_id)}}));
}

Outcome remove_definition(StackCalls& calls, const ResourceRequest& request) {
  PAWL_TRY_VOID(
      call_unless_absent(calls, kEcs, "DeregisterTaskDefinition",
                         Value::object({{"taskDefinition", Value(request.physical_id)}})));
  return Progress::done(request.physical_id);
}

// AWS::ECR::Repository

Value in_repository(std::string_view name) {
  return Value::object({{"repositoryName", Value(name)}});
}

/// Names of repositories are small letters.
std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return text;
}

ApiResult<void> put_repository_policies(StackCalls& calls, const ResourceRequest& request,
                                        const std::string& name) {
  const Value policy = property(request.properties, "RepositoryPolicyText");
  if (!policy.is_null() && any_differs(request, {"RepositoryPolicyText"})) {
    PAWL_TRY_VOID(calls.call(kEcr, "SetRepositoryPolicy",
                             in_repository(name).with_member(
                                 "policyText", Value(policy_text(request.environment, policy)))));
  } else if (policy.is_null() && json::has_member(request.previous, "RepositoryPolicyText")) {
    PAWL_TRY_VOID(call_unless_absent(calls, kEcr, "DeleteRepositoryPolicy", in_repository(name)));
  }
  const Value rules =
      property(property(request.properties, "LifecyclePolicy"), "LifecyclePolicyText");
  if (!rules.is_null() && any_differs(request, {"LifecyclePolicy"})) {
    PAWL_TRY_VOID(calls.call(
        kEcr, "PutLifecyclePolicy",
        in_repository(name).with_member("lifecyclePolicyText", Value(document_text(rules)))));
  } else if (rules.is_null() && json::has_member(request.previous, "LifecyclePolicy")) {
    PAWL_TRY_VOID(call_unless_absent(calls, kEcr, "DeleteLifecyclePolicy", in_repository(name)));
  }
  return {};
}

ApiResult<Progress> repository_done(StackCalls& calls, const std::string& name) {
  const Value described =
      PAWL_TRY(calls.call(kEcr, "DescribeRepositories",
                          Value::object({{"repositoryNames", Value::array({Value(name)})}})));
  Value repository;
  for (const Value& each : json::items_member(described, "repositories")) repository = each;
  return Progress::done(
      name,
      Value::object({{"Arn", Value(json::text_member(repository, "repositoryArn"))},
                     {"RepositoryUri", Value(json::text_member(repository, "repositoryUri"))}}));
}

Outcome create_repository(StackCalls& calls, const ResourceRequest& request) {
  if (goes_on(request)) {
    PAWL_TRY_VOID(put_repository_policies(calls, request, request.physical_id));
    return repository_done(calls, request.physical_id);
  }
  const std::string own = scalar_text(request.properties, "RepositoryName");
  const std::string name = own.empty() ? lower(request.generated_name(kNameMax)) : own;
  PAWL_TRY_VOID(
      call_to_create(calls, request, kEcr, "CreateRepository",
                     merged(calls.shape(kEcr, "CreateRepository", with_tags(kRepository, request)),
                            in_repository(name))));
  return made(name);
}

Outcome update_repository(StackCalls& calls, const ResourceRequest& request) {
  const std::string& name = request.physical_id;
  if (any_differs(request, {"ImageTagMutability", "ImageTagMutabilityExclusionFilters"})) {
    Value input = calls.shape(kEcr, "PutImageTagMutability", request.properties);
    if (json::text_member(input, "imageTagMutability").empty())
      input = input.with_member("imageTagMutability", Value("MUTABLE"));
    PAWL_TRY_VOID(
        calls.call(kEcr, "PutImageTagMutability", merged(std::move(input), in_repository(name))));
  }
  if (any_differs(request, {"ImageScanningConfiguration"})) {
    const Value scanning = property(request.properties, "ImageScanningConfiguration");
    PAWL_TRY_VOID(
        calls.call(kEcr, "PutImageScanningConfiguration",
                   in_repository(name).with_member(
                       "imageScanningConfiguration",
                       Value::object({{"scanOnPush", Value(is_true(scanning, "ScanOnPush"))}}))));
  }
  PAWL_TRY_VOID(put_repository_policies(calls, request, name));
  PAWL_TRY_VOID(change_tags(calls, kRepository, request, kEcrTags,
                            arn_of(request, "ecr", "repository/" + name)));
  return repository_done(calls, name);
}

Outcome remove_repository(StackCalls& calls, const ResourceRequest& request) {
  const bool is_emptied = is_true(request.properties, "EmptyOnDelete");
  PAWL_TRY_VOID(call_unless_absent(
      calls, kEcr, "DeleteRepository",
      in_repository(request.physical_id).with_member("force", Value(is_emptied))));
  return Progress::done(request.physical_id);
}

// AWS::ECR::RegistryPolicy, RegistryScanningConfiguration: one of an account and region each

Progress registry_done(const ResourceRequest& request) {
  const std::string& account = request.environment.account_id;
  return Progress::done(account, Value::object({{"RegistryId", Value(account)}}));
}

Outcome put_registry_policy(StackCalls& calls, const ResourceRequest& request) {
  const Value text =
      Value(policy_text(request.environment, property(request.properties, "PolicyText")));
  PAWL_TRY_VOID(calls.call(kEcr, "PutRegistryPolicy", Value::object({{"policyText", text}})));
  return registry_done(request);
}

Outcome remove_registry_policy(StackCalls& calls, const ResourceRequest& request) {
  PAWL_TRY_VOID(call_unless_absent(calls, kEcr, "DeleteRegistryPolicy", Value::object()));
  return registry_done(request);
}

Outcome put_scanning(StackCalls& calls, const ResourceRequest& request) {
  PAWL_TRY_VOID(
      calls.call(kEcr, "PutRegistryScanningConfiguration",
                 calls.shape(kEcr, "PutRegistryScanningConfiguration", request.properties)));
  return registry_done(request);
}

Outcome remove_scanning(StackCalls& calls, const ResourceRequest& request) {
  PAWL_TRY_VOID(
      calls.call(kEcr, "PutRegistryScanningConfiguration",
                 Value::object({{"scanType", Value("BASIC")}, {"rules", Value::array()}})));
  return registry_done(request);
}

}  // namespace

std::span<const ResourceType> container_types() {
  static constexpr ResourceType kTypes[] = {
      {"AWS::ECS::Cluster", create_cluster, update_cluster, remove_cluster},
      {"AWS::ECS::ClusterCapacityProviderAssociations", put_providers, put_providers,
       remove_providers},
      {"AWS::ECS::TaskDefinition", create_definition, update_definition, remove_definition},
      {"AWS::ECR::Repository", create_repository, update_repository, remove_repository},
      {"AWS::ECR::RegistryPolicy", put_registry_policy, put_registry_policy,
       remove_registry_policy},
      {"AWS::ECR::RegistryScanningConfiguration", put_scanning, put_scanning, remove_scanning},
  };
  return kTypes;
}

}  // namespace pawl::cloudformation
