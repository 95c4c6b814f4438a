// SPDX-License-Identifier: Apache-2.0
// AWS::SecretsManager::Secret, ResourcePolicy, RotationSchedule, SecretTargetAttachment.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/AWS_SecretsManager.html
#include <algorithm>
#include <array>

#include "json/members.h"
#include "json/parse.h"
#include "json/write.h"
#include "services/cloudformation/types/handler_errors.h"
#include "services/cloudformation/types/policy_text.h"
#include "services/cloudformation/types/request_properties.h"
#include "services/cloudformation/types/resource_tags.h"
#include "services/cloudformation/types/type_tables.h"

namespace pawl::cloudformation {
namespace {

using aws::ApiResult;
using json::Value;

constexpr std::string_view kSecret = "AWS::SecretsManager::Secret";
constexpr std::string_view kRotation = "AWS::SecretsManager::RotationSchedule";
constexpr std::string_view kAttachment = "AWS::SecretsManager::SecretTargetAttachment";
constexpr size_t kNameLengthMax = 400;

ApiResult<Value> call(StackCalls& calls, std::string_view operation, Value input) {
  return calls.call("secretsmanager", operation, std::move(input));
}

ApiResult<void> remove(StackCalls& calls, std::string_view operation, Value input) {
  PAWL_TRY_VOID(unless(call(calls, operation, std::move(input)), {"ResourceNotFoundException"}));
  return {};
}

Value secret_id(const std::string& arn) { return Value::object({{"SecretId", Value(arn)}}); }

Progress made(const std::string& id) {
  return Progress::done(id, Value::object({{"Id", Value(id)}}));
}

/// GenerateSecretString: a password, alone or in a template's object.
ApiResult<std::string> generated_secret(StackCalls& calls, const Value& wanted) {
  const Value input = calls.shape("secretsmanager", "GetRandomPassword", wanted);
  const Value answer = PAWL_TRY(call(calls, "GetRandomPassword", input));
  const std::string password = json::text_member(answer, "RandomPassword");
  const std::string text = json::text_member(wanted, "SecretStringTemplate");
  const std::string key = json::text_member(wanted, "GenerateStringKey");
  if (text.empty() && key.empty()) return password;
  const auto parsed = json::parse(text);
  if (key.empty() || !parsed || !parsed->is_object()) {
    return aws::ApiError("InvalidRequest",
                         "You must specify both SecretStringTemplate, a JSON object, and "
                         "GenerateStringKey.");
  }
  return json::write(parsed->with_member(key, Value(password)));
}

/// nullopt: the secret has no value.
ApiResult<std::optional<std::string>> secret_string(StackCalls& calls,
                                                    const ResourceRequest& request) {
  const Value* generate = json::member_of(request.properties, "GenerateSecretString");
  if (json::has_member(request.properties, "SecretString")) {
    if (generate != nullptr) {
      return aws::ApiError("InvalidRequest",
                           "You can't specify both GenerateSecretString and SecretString");
    }
    return std::optional(json::text_member(request.properties, "SecretString"));
  }
  if (generate == nullptr) return std::optional<std::string>();
  return std::optional(PAWL_TRY(generated_secret(calls, *generate)));
}

ApiResult<void> check_secret(const ResourceRequest& request) {
  return refuse_properties(kSecret, request.properties, {"Type"});
}

ApiResult<Progress> create_secret(StackCalls& calls, const ResourceRequest& request) {
  PAWL_TRY_VOID(check_secret(request));
  std::string name = json::text_member(request.properties, "Name");
  if (name.empty()) name = generated_identifier(request, kNameLengthMax);
  if (request.is_repeated) {
    // Another call would make another password: what is there is one's own.
    const auto found = call(calls, "DescribeSecret", secret_id(name));
    if (found) return made(json::text_member(*found, "ARN"));
  }
  json::ObjectBuilder input;
  input.set("Name", Value(name)).set("ClientRequestToken", Value(client_token(request)));
  json::copy_members(request.properties, {"Description", "KmsKeyId"}, input);
  if (const auto text = PAWL_TRY(secret_string(calls, request)))
    input.set("SecretString", Value(*text));
  if (const Value* regions = json::member_of(request.properties, "ReplicaRegions"))
    input.set("AddReplicaRegions", *regions);
  const Tags tags = desired_tags(kSecret, request);
  if (!tags.empty()) input.set("Tags", tag_list(tags));
  const Value created = PAWL_TRY(call(calls, "CreateSecret", std::move(input).build()));
  return made(json::text_member(created, "ARN"));
}

std::vector<std::string> regions_of(const Value& properties) {
  std::vector<std::string> regions;
  for (const Value& each : json::items_member(properties, "ReplicaRegions"))
    regions.push_back(json::text_member(each, "Region"));
  return regions;
}

ApiResult<void> update_replicas(StackCalls& calls, const ResourceRequest& request) {
  if (!differs(request, "ReplicaRegions")) return {};
  const std::vector<std::string> before = regions_of(request.previous);
  const std::vector<std::string> after = regions_of(request.properties);
  const auto has = [](const std::vector<std::string>& list, const std::string& region) {
    return std::find(list.begin(), list.end(), region) != list.end();
  };
  std::vector<std::string> gone;
  for (const std::string& region : before) {
    if (!has(after, region)) gone.push_back(region);
  }
  std::vector<Value> added;
  for (const Value& each : json::items_member(request.properties, "ReplicaRegions")) {
    if (!has(before, json::text_member(each, "Region"))) added.push_back(each);
  }
  const Value id = secret_id(request.physical_id);
  if (!gone.empty()) {
    PAWL_TRY_VOID(call(calls, "RemoveRegionsFromReplication",
                       id.with_member("RemoveReplicaRegions", json::texts_value(gone))));
  }
  if (!added.empty()) {
    PAWL_TRY_VOID(call(calls, "ReplicateSecretToRegions",
                       id.with_member("AddReplicaRegions", Value::array(std::move(added)))));
  }
  return {};
}

ApiResult<void> update_tags(StackCalls& calls, const ResourceRequest& request) {
  const Value id = secret_id(request.physical_id);
  const Value present = PAWL_TRY(call(calls, "DescribeSecret", id));
  const TagChange change =
      tag_change(read_tags(present.find("Tags")), desired_tags(kSecret, request));
  if (!change.removed.empty()) {
    PAWL_TRY_VOID(
        call(calls, "UntagResource", id.with_member("TagKeys", json::texts_value(change.removed))));
  }
  if (!change.set.empty())
    PAWL_TRY_VOID(call(calls, "TagResource", id.with_member("Tags", tag_list(change.set))));
  return {};
}

ApiResult<Progress> update_secret(StackCalls& calls, const ResourceRequest& request) {
  PAWL_TRY_VOID(check_secret(request));
  Value input = secret_id(request.physical_id);
  if (differs(request, "Description")) {
    input = input.with_member("Description",
                              Value(json::text_member(request.properties, "Description")));
  }
  if (differs(request, "KmsKeyId")) {
    const std::string key = json::text_member(request.properties, "KmsKeyId");
    input = input.with_member("KmsKeyId", Value(key.empty() ? "alias/aws/secretsmanager" : key));
  }
  if (any_differs(request, {"SecretString", "GenerateSecretString"})) {
    if (const auto text = PAWL_TRY(secret_string(calls, request))) {
      input = input.with_member("SecretString", Value(*text))
                  .with_member("ClientRequestToken", Value(client_token(request)));
    }
  }
  if (input.size() > 1) {
    auto updated = call(calls, "UpdateSecret", input);
    // The version that this operation's token made is there.
    const bool is_own = request.is_repeated && failed_with(updated, {"ResourceExistsException"});
    if (!is_own) PAWL_TRY_VOID(std::move(updated));
  }
  PAWL_TRY_VOID(update_replicas(calls, request));
  PAWL_TRY_VOID(update_tags(calls, request));
  return made(request.physical_id);
}

ApiResult<Progress> remove_secret(StackCalls& calls, const ResourceRequest& request) {
  const std::vector<std::string> regions = regions_of(request.properties);
  const Value id = secret_id(request.physical_id);
  if (!regions.empty()) {
    PAWL_TRY_VOID(unless(call(calls, "RemoveRegionsFromReplication",
                              id.with_member("RemoveReplicaRegions", json::texts_value(regions))),
                         {"ResourceNotFoundException", "InvalidParameterException"}));
  }
  PAWL_TRY_VOID(
      remove(calls, "DeleteSecret", id.with_member("ForceDeleteWithoutRecovery", Value(true))));
  return Progress::done(request.physical_id);
}

ApiResult<Progress> put_policy(StackCalls& calls, const ResourceRequest& request) {
  const std::string secret = json::text_member(request.properties, "SecretId");
  const Value* document = json::member_of(request.properties, "ResourcePolicy");
  Value input = secret_id(secret).with_member(
      "ResourcePolicy",
      Value(document == nullptr ? "" : policy_text(request.environment, *document)));
  if (const Value* block = json::member_of(request.properties, "BlockPublicPolicy"))
    input = input.with_member("BlockPublicPolicy", *block);
  PAWL_TRY_VOID(call(calls, "PutResourcePolicy", input));
  return made(secret);
}

ApiResult<Progress> remove_policy(StackCalls& calls, const ResourceRequest& request) {
  PAWL_TRY_VOID(remove(calls, "DeleteResourcePolicy",
                       secret_id(json::text_member(request.properties, "SecretId"))));
  return Progress::done(request.physical_id);
}

ApiResult<Progress> put_rotation(StackCalls& calls, const ResourceRequest& request) {
  PAWL_TRY_VOID(refuse_properties(
      kRotation, request.properties,
      {"HostedRotationLambda", "ExternalSecretRotationMetadata", "ExternalSecretRotationRoleArn"}));
  const std::string secret = json::text_member(request.properties, "SecretId");
  json::ObjectBuilder input;
  input.set("SecretId", Value(secret)).set("ClientRequestToken", Value(client_token(request)));
  if (const Value* function = json::member_of(request.properties, "RotationLambdaARN"))
    input.set("RotationLambdaARN", *function);
  json::copy_members(request.properties, {"RotationRules"}, input);
  if (const Value* at_once = json::member_of(request.properties, "RotateImmediatelyOnUpdate"))
    input.set("RotateImmediately", *at_once);
  PAWL_TRY_VOID(call(calls, "RotateSecret", std::move(input).build()));
  return made(secret);
}

ApiResult<Progress> remove_rotation(StackCalls& calls, const ResourceRequest& request) {
  PAWL_TRY_VOID(unless(call(calls, "CancelRotateSecret",
                            secret_id(json::text_member(request.properties, "SecretId"))),
                       {"ResourceNotFoundException", "InvalidRequestException"}));
  return Progress::done(request.physical_id);
}

/// How a target is described, and what of it the secret gets: "host" is the endpoint's address.
struct Target {
  std::string_view type;
  std::string_view service;
  std::string_view operation;
  std::string_view id_member;
  std::string_view list;
  std::string_view host;
  std::string_view port;
  std::string_view engine;     ///< a member, or
  std::string_view engine_is;  ///< the word itself
  std::string_view name_member;
};

constexpr std::array<Target, 4> kTargets = {{
    {"AWS::RDS::DBInstance", "rds", "DescribeDBInstances", "DBInstanceIdentifier", "DBInstances",
     "Endpoint.Address", "Endpoint.Port", "Engine", "", "DBName"},
    {"AWS::RDS::DBCluster", "rds", "DescribeDBClusters", "DBClusterIdentifier", "DBClusters",
     "Endpoint", "Port", "Engine", "", "DatabaseName"},
    {"AWS::Redshift::Cluster", "redshift", "DescribeClusters", "ClusterIdentifier", "Clusters",
     "Endpoint.Address", "Endpoint.Port", "", "redshift", "DBName"},
    {"AWS::DocDB::DBCluster", "docdb", "DescribeDBClusters", "DBClusterIdentifier", "DBClusters",
     "Endpoint", "Port", "", "mongo", ""},
}};

/// The members that tell where the target is, in the secret's object; lower camel case of its id.
Value with_target(const Value& secret, const Target& target, const std::string& id,
                  const Value& described) {
  Value merged = secret;
  const std::string engine = target.engine.empty() ? std::string(target.engine_is)
                                                   : json::text_member(described, target.engine);
  merged = merged.with_member("engine", Value(engine));
  if (const Value* host = value_at(described, target.host))
    merged = merged.with_member("host", *host);
  if (const Value* port = value_at(described, target.port))
    merged = merged.with_member("port", *port);
  if (const Value* name = value_at(described, target.name_member);
      !target.name_member.empty() && name != nullptr)
    merged = merged.with_member("dbname", *name);
  const std::string_view id_name =
      target.id_member == "DBInstanceIdentifier" ? "dbInstanceIdentifier" : "dbClusterIdentifier";
  return merged.with_member(id_name, Value(id));
}

ApiResult<Progress> put_attachment(StackCalls& calls, const ResourceRequest& request) {
  const std::string type = json::text_member(request.properties, "TargetType");
  const std::string id = json::text_member(request.properties, "TargetId");
  const std::string secret = json::text_member(request.properties, "SecretId");
  const auto* const target = std::find_if(kTargets.begin(), kTargets.end(),
                                          [&](const Target& each) { return each.type == type; });
  if (target == kTargets.end()) {
    return aws::ApiError("InvalidRequest",
                         std::string(kAttachment) + " does not know the target type " + type);
  }
  const Value answer = PAWL_TRY(calls.call(target->service, target->operation,
                                           Value::object({{target->id_member, Value(id)}})));
  const auto found = json::items_member(answer, target->list);
  if (found.empty()) return aws::ApiError("NotFound", "There is no " + type + " " + id);
  const Value present = PAWL_TRY(call(calls, "GetSecretValue", secret_id(secret)));
  const auto parsed = json::parse(json::text_member(present, "SecretString"));
  if (!parsed || !parsed->is_object())
    return aws::ApiError("InvalidRequest", "The secret's value is not a JSON object");
  PAWL_TRY_VOID(call(
      calls, "UpdateSecret",
      secret_id(secret).with_member(
          "SecretString", Value(json::write(with_target(*parsed, *target, id, found.front()))))));
  return made(secret);
}

ApiResult<Progress> remove_attachment(StackCalls&, const ResourceRequest& request) {
  return Progress::done(request.physical_id);
}

}  // namespace

std::span<const ResourceType> secretsmanager_types() {
  static constexpr ResourceType kTypes[] = {
      {kSecret, create_secret, update_secret, remove_secret},
      {"AWS::SecretsManager::ResourcePolicy", put_policy, put_policy, remove_policy},
      {kRotation, put_rotation, put_rotation, remove_rotation},
      {kAttachment, put_attachment, put_attachment, remove_attachment},
  };
  return kTypes;
}

}  // namespace pawl::cloudformation
