// SPDX-License-Identifier: Apache-2.0
// AWS::IAM::Policy, RolePolicy, UserPolicy, GroupPolicy, ManagedPolicy; OIDCProvider, SAMLProvider,
// ServiceLinkedRole.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/AWS_IAM.html
#include <algorithm>
#include <array>

#include "base/time.h"
#include "json/members.h"
#include "services/cloudformation/types/handler_errors.h"
#include "services/cloudformation/types/iam_entities.h"
#include "services/cloudformation/types/policy_text.h"
#include "services/cloudformation/types/request_properties.h"
#include "services/cloudformation/types/resource_tags.h"
#include "services/cloudformation/types/type_tables.h"

namespace pawl::cloudformation {
namespace {

using aws::ApiResult;
using json::Value;

constexpr std::string_view kOidcType = "AWS::IAM::OIDCProvider";
constexpr std::string_view kSamlType = "AWS::IAM::SAMLProvider";
constexpr size_t kNameLengthMax = 128;
constexpr size_t kPolicyVersionsMax = 5;
constexpr double kMsPerSecond = 1'000.0;
constexpr uint64_t kDeletionPollMs = 1'000;

std::string document_of(const ResourceRequest& request) {
  const Value* document = json::member_of(request.properties, "PolicyDocument");
  return document == nullptr ? "" : policy_text(request.environment, *document);
}

ApiResult<Progress> put_policy(StackCalls& calls, const ResourceRequest& request) {
  const std::string name = json::text_member(request.properties, "PolicyName");
  const std::string name_before = json::text_member(request.previous, "PolicyName");
  bool has_entity = false;
  for (const iam::Entity& entity : iam::kEntities) {
    const std::vector<std::string> after = json::texts_member(request.properties, entity.list);
    has_entity = has_entity || !after.empty();
    for (const std::string& each : after)
      PAWL_TRY_VOID(iam::put_policy(calls, entity, each, name, document_of(request)));
  }
  if (!has_entity) {
    return aws::ApiError("InvalidRequest",
                         "At least one of [Groups,Roles,Users] must be non-empty.");
  }
  for (const iam::Entity& entity : iam::kEntities) {
    std::vector<std::string> gone = json::texts_member(request.previous, entity.list);
    if (name == name_before)
      gone = iam::missing_from(gone, json::texts_member(request.properties, entity.list));
    for (const std::string& each : gone)
      PAWL_TRY_VOID(iam::delete_policy(calls, entity, each, name_before));
  }
  const std::string id =
      request.physical_id.empty() ? request.generated_name(kNameLengthMax) : request.physical_id;
  return Progress::done(id, Value::object({{"Id", Value(id)}}));
}

ApiResult<Progress> remove_policy(StackCalls& calls, const ResourceRequest& request) {
  const std::string name = json::text_member(request.properties, "PolicyName");
  for (const iam::Entity& entity : iam::kEntities) {
    for (const std::string& each : json::texts_member(request.properties, entity.list))
      PAWL_TRY_VOID(iam::delete_policy(calls, entity, each, name));
  }
  return Progress::done(request.physical_id);
}

template <const iam::Entity& entity>
ApiResult<Progress> put_entity_policy(StackCalls& calls, const ResourceRequest& request) {
  const std::string name = json::text_member(request.properties, entity.name_member);
  const std::string policy = json::text_member(request.properties, "PolicyName");
  PAWL_TRY_VOID(iam::put_policy(calls, entity, name, policy, document_of(request)));
  return Progress::done(policy + "|" + name);
}

template <const iam::Entity& entity>
ApiResult<Progress> remove_entity_policy(StackCalls& calls, const ResourceRequest& request) {
  PAWL_TRY_VOID(iam::delete_policy(calls, entity,
                                   json::text_member(request.properties, entity.name_member),
                                   json::text_member(request.properties, "PolicyName")));
  return Progress::done(request.physical_id);
}

Value with_arn(const ResourceRequest& request) {
  return Value::object({{"PolicyArn", Value(request.physical_id)}});
}

ApiResult<void> update_attachments(StackCalls& calls, const ResourceRequest& request) {
  for (const iam::Entity& entity : iam::kEntities) {
    const std::vector<std::string> after = json::texts_member(request.properties, entity.list);
    const std::vector<std::string> before = json::texts_member(request.previous, entity.list);
    for (const std::string& each : iam::missing_from(before, after))
      PAWL_TRY_VOID(iam::detach_policy(calls, entity, each, request.physical_id));
    for (const std::string& each : iam::missing_from(after, before))
      PAWL_TRY_VOID(iam::attach_policy(calls, entity, each, request.physical_id));
  }
  return {};
}

ApiResult<Progress> made_managed(StackCalls& calls, const ResourceRequest& request) {
  const Value answer = PAWL_TRY(iam::call(calls, "GetPolicy", with_arn(request)));
  const Value policy = json::object_member(answer, "Policy");
  json::ObjectBuilder attributes;
  attributes.set("PolicyArn", Value(request.physical_id));
  json::copy_members(policy,
                     {"PolicyId", "DefaultVersionId", "AttachmentCount", "IsAttachable",
                      "PermissionsBoundaryUsageCount"},
                     attributes);
  for (const std::string_view date : {"CreateDate", "UpdateDate"}) {
    if (const auto seconds = json::find_number(policy, date)) {
      const auto ms = static_cast<int64_t>(*seconds * kMsPerSecond);
      attributes.set(date, Value(base::format_iso8601(base::Timestamp{ms})));
    }
  }
  return Progress::done(request.physical_id, std::move(attributes).build());
}

std::string managed_policy_arn(const ResourceRequest& request, const std::string& name) {
  const std::string path = json::text_member(request.properties, "Path");
  return "arn:" + request.environment.partition + ":iam::" + request.environment.account_id +
         ":policy" + (path.empty() ? "/" : path) + name;
}

ApiResult<Progress> create_managed(StackCalls& calls, const ResourceRequest& request) {
  if (request.physical_id.empty()) {
    const std::string name = name_of(request, "ManagedPolicyName", kNameLengthMax);
    json::ObjectBuilder input;
    input.set("PolicyName", Value(name)).set("PolicyDocument", Value(document_of(request)));
    json::copy_members(request.properties, {"Path", "Description"}, input);
    const std::optional<Value> created =
        PAWL_TRY(iam::create(calls, "CreatePolicy", std::move(input).build(), request));
    if (!created) return Progress::again(0, managed_policy_arn(request, name));
    return Progress::again(0, text_at(*created, "Policy.Arn"));
  }
  PAWL_TRY_VOID(update_attachments(calls, request));
  return made_managed(calls, request);
}

/// The versions that are not in force, the oldest last.
ApiResult<std::vector<std::string>> old_versions(StackCalls& calls,
                                                 const ResourceRequest& request) {
  const Value answer = PAWL_TRY(iam::call(calls, "ListPolicyVersions", with_arn(request)));
  std::vector<std::string> versions;
  for (const Value& each : json::items_member(answer, "Versions")) {
    if (!json::flag_member(each, "IsDefaultVersion"))
      versions.push_back(json::text_member(each, "VersionId"));
  }
  const auto number = [](const std::string& version) {
    return std::pair(version.size(), version);  // "v10" comes after "v9"
  };
  std::sort(versions.begin(), versions.end(),
            [&](const std::string& a, const std::string& b) { return number(a) > number(b); });
  return versions;
}

ApiResult<void> delete_version(StackCalls& calls, const ResourceRequest& request,
                               const std::string& version) {
  return iam::remove(calls, "DeletePolicyVersion",
                     with_arn(request).with_member("VersionId", Value(version)));
}

ApiResult<Progress> update_managed(StackCalls& calls, const ResourceRequest& request) {
  if (differs(request, "PolicyDocument")) {
    const std::vector<std::string> versions = PAWL_TRY(old_versions(calls, request));
    if (versions.size() + 1 >= kPolicyVersionsMax)
      PAWL_TRY_VOID(delete_version(calls, request, versions.back()));
    PAWL_TRY_VOID(iam::call(calls, "CreatePolicyVersion",
                            with_arn(request)
                                .with_member("PolicyDocument", Value(document_of(request)))
                                .with_member("SetAsDefault", Value(true))));
  }
  PAWL_TRY_VOID(update_attachments(calls, request));
  return made_managed(calls, request);
}

ApiResult<Progress> remove_managed(StackCalls& calls, const ResourceRequest& request) {
  for (const iam::Entity& entity : iam::kEntities) {
    for (const std::string& each : json::texts_member(request.properties, entity.list))
      PAWL_TRY_VOID(iam::detach_policy(calls, entity, each, request.physical_id));
  }
  const auto found = unless(iam::call(calls, "GetPolicy", with_arn(request)),
                            {"NoSuchEntity", "NoSuchEntityException"});
  if (!found) return found.error();
  if (found->is_null()) return Progress::done(request.physical_id);
  for (const std::string& version : PAWL_TRY(old_versions(calls, request)))
    PAWL_TRY_VOID(delete_version(calls, request, version));
  PAWL_TRY_VOID(iam::remove(calls, "DeletePolicy", with_arn(request)));
  return Progress::done(request.physical_id);
}

Progress made_provider(const std::string& arn) {
  return Progress::done(arn, Value::object({{"Arn", Value(arn)}}));
}

Value oidc_arn(const ResourceRequest& request) {
  return Value::object({{"OpenIDConnectProviderArn", Value(request.physical_id)}});
}

ApiResult<Progress> create_oidc(StackCalls& calls, const ResourceRequest& request) {
  json::ObjectBuilder input;
  const std::string url = json::text_member(request.properties, "Url");
  input.set("Url", Value(url));
  if (const Value* ids = json::member_of(request.properties, "ClientIdList"))
    input.set("ClientIDList", *ids);
  json::copy_members(request.properties, {"ThumbprintList"}, input);
  const Tags tags = desired_tags(kOidcType, request);
  if (!tags.empty()) input.set("Tags", tag_list(tags));
  const std::optional<Value> created = PAWL_TRY(
      iam::create(calls, "CreateOpenIDConnectProvider", std::move(input).build(), request));
  if (created) return made_provider(json::text_member(*created, "OpenIDConnectProviderArn"));
  const size_t scheme = url.find("://");
  return made_provider("arn:" + request.environment.partition +
                       ":iam::" + request.environment.account_id + ":oidc-provider/" +
                       (scheme == std::string::npos ? url : url.substr(scheme + 3)));
}

ApiResult<Progress> update_oidc(StackCalls& calls, const ResourceRequest& request) {
  const Value arn = oidc_arn(request);
  const std::vector<std::string> ids = json::texts_member(request.properties, "ClientIdList");
  const std::vector<std::string> before = json::texts_member(request.previous, "ClientIdList");
  for (const std::string& id : iam::missing_from(before, ids)) {
    PAWL_TRY_VOID(iam::remove(calls, "RemoveClientIDFromOpenIDConnectProvider",
                              arn.with_member("ClientID", Value(id))));
  }
  for (const std::string& id : iam::missing_from(ids, before)) {
    PAWL_TRY_VOID(iam::call(calls, "AddClientIDToOpenIDConnectProvider",
                            arn.with_member("ClientID", Value(id))));
  }
  if (differs(request, "ThumbprintList")) {
    PAWL_TRY_VOID(
        iam::call(calls, "UpdateOpenIDConnectProviderThumbprint",
                  arn.with_member("ThumbprintList",
                                  json::array_member(request.properties, "ThumbprintList"))));
  }
  PAWL_TRY_VOID(iam::update_tags(calls, kOidcType, "OpenIDConnectProvider",
                                 "OpenIDConnectProviderArn", request));
  return made_provider(request.physical_id);
}

ApiResult<Progress> remove_oidc(StackCalls& calls, const ResourceRequest& request) {
  PAWL_TRY_VOID(iam::remove(calls, "DeleteOpenIDConnectProvider", oidc_arn(request)));
  return Progress::done(request.physical_id);
}

ApiResult<void> check_saml(const ResourceRequest& request) {
  return refuse_properties(
      kSamlType, request.properties,
      {"AssertionEncryptionMode", "AddPrivateKey", "RemovePrivateKey", "PrivateKeyList"});
}

ApiResult<Progress> create_saml(StackCalls& calls, const ResourceRequest& request) {
  PAWL_TRY_VOID(check_saml(request));
  const std::string name = name_of(request, "Name", kNameLengthMax);
  json::ObjectBuilder input;
  input.set("Name", Value(name))
      .set("SAMLMetadataDocument",
           Value(json::text_member(request.properties, "SamlMetadataDocument")));
  const Tags tags = desired_tags(kSamlType, request);
  if (!tags.empty()) input.set("Tags", tag_list(tags));
  const std::optional<Value> created =
      PAWL_TRY(iam::create(calls, "CreateSAMLProvider", std::move(input).build(), request));
  if (created) return made_provider(json::text_member(*created, "SAMLProviderArn"));
  return made_provider("arn:" + request.environment.partition +
                       ":iam::" + request.environment.account_id + ":saml-provider/" + name);
}

ApiResult<Progress> update_saml(StackCalls& calls, const ResourceRequest& request) {
  PAWL_TRY_VOID(check_saml(request));
  if (differs(request, "SamlMetadataDocument")) {
    PAWL_TRY_VOID(iam::call(
        calls, "UpdateSAMLProvider",
        Value::object({{"SAMLProviderArn", Value(request.physical_id)},
                       {"SAMLMetadataDocument",
                        Value(json::text_member(request.properties, "SamlMetadataDocument"))}})));
  }
  PAWL_TRY_VOID(iam::update_tags(calls, kSamlType, "SAMLProvider", "SAMLProviderArn", request));
  return made_provider(request.physical_id);
}

ApiResult<Progress> remove_saml(StackCalls& calls, const ResourceRequest& request) {
  PAWL_TRY_VOID(iam::remove(calls, "DeleteSAMLProvider",
                            Value::object({{"SAMLProviderArn", Value(request.physical_id)}})));
  return Progress::done(request.physical_id);
}

Progress made_linked_role(const std::string& name) {
  return Progress::done(name, Value::object({{"RoleName", Value(name)}}));
}

ApiResult<Progress> create_linked_role(StackCalls& calls, const ResourceRequest& request) {
  json::ObjectBuilder input;
  json::copy_members(request.properties, {"Description", "CustomSuffix"}, input);
  input.set("AWSServiceName",
            Value(service_principal(request.environment,
                                    json::text_member(request.properties, "AWSServiceName"))));
  const Value created =
      PAWL_TRY(iam::call(calls, "CreateServiceLinkedRole", std::move(input).build()));
  return made_linked_role(text_at(created, "Role.RoleName"));
}

ApiResult<Progress> update_linked_role(StackCalls& calls, const ResourceRequest& request) {
  PAWL_TRY_VOID(iam::call(
      calls, "UpdateRole",
      Value::object(
          {{"RoleName", Value(request.physical_id)},
           {"Description", Value(json::text_member(request.properties, "Description"))}})));
  return made_linked_role(request.physical_id);
}

ApiResult<Progress> remove_linked_role(StackCalls& calls, const ResourceRequest& request) {
  std::string task = json::text_member(request.memory, "Task");
  if (task.empty()) {
    const Value started =
        PAWL_TRY(unless(iam::call(calls, "DeleteServiceLinkedRole",
                                  Value::object({{"RoleName", Value(request.physical_id)}})),
                        {"NoSuchEntity", "NoSuchEntityException"}));
    task = json::text_member(started, "DeletionTaskId");
    if (task.empty()) return Progress::done(request.physical_id);
  }
  const Value state = PAWL_TRY(iam::call(calls, "GetServiceLinkedRoleDeletionStatus",
                                         Value::object({{"DeletionTaskId", Value(task)}})));
  const std::string status = json::text_member(state, "Status");
  if (status == "SUCCEEDED") return Progress::done(request.physical_id);
  if (status == "FAILED")
    return aws::ApiError("GeneralServiceException", text_at(state, "Reason.Reason"));
  return Progress::again(kDeletionPollMs, request.physical_id,
                         Value::object({{"Task", Value(task)}}));
}

}  // namespace

std::span<const ResourceType> iam_policy_types() {
  static constexpr ResourceType kTypes[] = {
      {"AWS::IAM::Policy", put_policy, put_policy, remove_policy},
      {"AWS::IAM::RolePolicy", put_entity_policy<iam::kRole>, put_entity_policy<iam::kRole>,
       remove_entity_policy<iam::kRole>},
      {"AWS::IAM::UserPolicy", put_entity_policy<iam::kUser>, put_entity_policy<iam::kUser>,
       remove_entity_policy<iam::kUser>},
      {"AWS::IAM::GroupPolicy", put_entity_policy<iam::kGroup>, put_entity_policy<iam::kGroup>,
       remove_entity_policy<iam::kGroup>},
      {"AWS::IAM::ManagedPolicy", create_managed, update_managed, remove_managed},
      {kOidcType, create_oidc, update_oidc, remove_oidc},
      {kSamlType, create_saml, update_saml, remove_saml},
      {"AWS::IAM::ServiceLinkedRole", create_linked_role, update_linked_role, remove_linked_role},
  };
  return kTypes;
}

}  // namespace pawl::cloudformation
