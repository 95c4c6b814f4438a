// SPDX-License-Identifier: Apache-2.0
// AWS::IAM::Role, User, Group, UserToGroupAddition, InstanceProfile, AccessKey.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/AWS_IAM.html
#include <array>

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

constexpr std::string_view kRoleType = "AWS::IAM::Role";
constexpr std::string_view kUserType = "AWS::IAM::User";
constexpr std::string_view kProfileType = "AWS::IAM::InstanceProfile";
constexpr size_t kNameLengthMax = 64;
constexpr size_t kLongNameLengthMax = 128;
constexpr int64_t kSessionSecondsDefault = 3'600;

Value named(std::string_view member, const ResourceRequest& request) {
  return Value::object({{member, Value(request.physical_id)}});
}

/// PutRolePermissionsBoundary or DeleteRolePermissionsBoundary, by what the template says.
ApiResult<void> update_boundary(StackCalls& calls, const iam::Entity& entity,
                                const ResourceRequest& request) {
  if (!differs(request, "PermissionsBoundary")) return {};
  const std::string boundary = json::text_member(request.properties, "PermissionsBoundary");
  const Value input = named(entity.name_member, request);
  const std::string operation = std::string(entity.kind) + "PermissionsBoundary";
  if (boundary.empty()) return iam::remove(calls, "Delete" + operation, input);
  PAWL_TRY_VOID(iam::call(calls, "Put" + operation,
                          input.with_member("PermissionsBoundary", Value(boundary))));
  return {};
}

std::string trust_policy(const ResourceRequest& request) {
  const Value* document = json::member_of(request.properties, "AssumeRolePolicyDocument");
  return document == nullptr ? "" : policy_text(request.environment, *document);
}

ApiResult<Progress> made_role(StackCalls& calls, const ResourceRequest& request) {
  const Value answer = PAWL_TRY(iam::call(calls, "GetRole", named("RoleName", request)));
  const Value role = json::object_member(answer, "Role");
  return Progress::done(request.physical_id,
                        Value::object({{"Arn", Value(json::text_member(role, "Arn"))},
                                       {"RoleId", Value(json::text_member(role, "RoleId"))}}));
}

// In two steps, so that a role whose policies fail is known, and removed.
ApiResult<Progress> create_role(StackCalls& calls, const ResourceRequest& request) {
  if (request.physical_id.empty()) {
    const std::string name = name_of(request, "RoleName", kNameLengthMax);
    json::ObjectBuilder input;
    json::copy_members(request.properties,
                       {"Path", "Description", "MaxSessionDuration", "PermissionsBoundary"}, input);
    input.set("RoleName", Value(name))
        .set("AssumeRolePolicyDocument", Value(trust_policy(request)));
    const Tags tags = desired_tags(kRoleType, request);
    if (!tags.empty()) input.set("Tags", tag_list(tags));
    PAWL_TRY_VOID(iam::create(calls, "CreateRole", std::move(input).build(), request));
    return Progress::again(0, name);
  }
  PAWL_TRY_VOID(iam::update_policies(calls, iam::kRole, request));
  return made_role(calls, request);
}

ApiResult<Progress> update_role(StackCalls& calls, const ResourceRequest& request) {
  if (any_differs(request, {"Description", "MaxSessionDuration"})) {
    PAWL_TRY_VOID(iam::call(
        calls, "UpdateRole",
        named("RoleName", request)
            .with_member("Description", Value(json::text_member(request.properties, "Description")))
            .with_member("MaxSessionDuration",
                         Value(json::integer_member(request.properties, "MaxSessionDuration",
                                                    kSessionSecondsDefault)))));
  }
  if (differs(request, "AssumeRolePolicyDocument")) {
    PAWL_TRY_VOID(iam::call(
        calls, "UpdateAssumeRolePolicy",
        named("RoleName", request).with_member("PolicyDocument", Value(trust_policy(request)))));
  }
  PAWL_TRY_VOID(update_boundary(calls, iam::kRole, request));
  PAWL_TRY_VOID(iam::update_policies(calls, iam::kRole, request));
  PAWL_TRY_VOID(iam::update_tags(calls, kRoleType, "Role", "RoleName", request));
  return made_role(calls, request);
}

ApiResult<Progress> remove_role(StackCalls& calls, const ResourceRequest& request) {
  PAWL_TRY_VOID(iam::remove_policies(calls, iam::kRole, request));
  PAWL_TRY_VOID(iam::remove(calls, "DeleteRole", named("RoleName", request)));
  return Progress::done(request.physical_id);
}

ApiResult<void> update_groups(StackCalls& calls, const ResourceRequest& request) {
  const std::vector<std::string> groups = json::texts_member(request.properties, "Groups");
  const std::vector<std::string> before = json::texts_member(request.previous, "Groups");
  const auto membership = [&](const std::string& group) {
    return Value::object({{"GroupName", Value(group)}, {"UserName", Value(request.physical_id)}});
  };
  for (const std::string& group : iam::missing_from(before, groups))
    PAWL_TRY_VOID(iam::remove(calls, "RemoveUserFromGroup", membership(group)));
  for (const std::string& group : iam::missing_from(groups, before))
    PAWL_TRY_VOID(iam::call(calls, "AddUserToGroup", membership(group)));
  return {};
}

ApiResult<void> update_login(StackCalls& calls, const ResourceRequest& request) {
  if (!differs(request, "LoginProfile")) return {};
  const Value* profile = json::member_of(request.properties, "LoginProfile");
  const Value name = named("UserName", request);
  if (profile == nullptr) return iam::remove(calls, "DeleteLoginProfile", name);
  json::ObjectBuilder input;
  input.set("UserName", Value(request.physical_id));
  json::copy_members(*profile, {"Password", "PasswordResetRequired"}, input);
  const Value built = std::move(input).build();
  auto created = iam::call(calls, "CreateLoginProfile", built);
  if (failed_with(created, {"EntityAlreadyExists", "EntityAlreadyExistsException"}))
    created = iam::call(calls, "UpdateLoginProfile", built);
  PAWL_TRY_VOID(std::move(created));
  return {};
}

ApiResult<Progress> made_user(StackCalls& calls, const ResourceRequest& request) {
  const Value answer = PAWL_TRY(iam::call(calls, "GetUser", named("UserName", request)));
  const Value user = json::object_member(answer, "User");
  return Progress::done(request.physical_id,
                        Value::object({{"Arn", Value(json::text_member(user, "Arn"))}}));
}

ApiResult<Progress> create_user(StackCalls& calls, const ResourceRequest& request) {
  if (request.physical_id.empty()) {
    const std::string name = name_of(request, "UserName", kNameLengthMax);
    json::ObjectBuilder input;
    json::copy_members(request.properties, {"Path", "PermissionsBoundary"}, input);
    input.set("UserName", Value(name));
    const Tags tags = desired_tags(kUserType, request);
    if (!tags.empty()) input.set("Tags", tag_list(tags));
    PAWL_TRY_VOID(iam::create(calls, "CreateUser", std::move(input).build(), request));
    return Progress::again(0, name);
  }
  PAWL_TRY_VOID(update_groups(calls, request));
  PAWL_TRY_VOID(update_login(calls, request));
  PAWL_TRY_VOID(iam::update_policies(calls, iam::kUser, request));
  return made_user(calls, request);
}

ApiResult<void> update_path(StackCalls& calls, const iam::Entity& entity,
                            const ResourceRequest& request) {
  if (!differs(request, "Path")) return {};
  const std::string path = json::text_member(request.properties, "Path");
  PAWL_TRY_VOID(iam::call(
      calls, "Update" + std::string(entity.kind),
      named(entity.name_member, request).with_member("NewPath", Value(path.empty() ? "/" : path))));
  return {};
}

ApiResult<Progress> update_user(StackCalls& calls, const ResourceRequest& request) {
  PAWL_TRY_VOID(update_path(calls, iam::kUser, request));
  PAWL_TRY_VOID(update_boundary(calls, iam::kUser, request));
  PAWL_TRY_VOID(update_groups(calls, request));
  PAWL_TRY_VOID(update_login(calls, request));
  PAWL_TRY_VOID(iam::update_policies(calls, iam::kUser, request));
  PAWL_TRY_VOID(iam::update_tags(calls, kUserType, "User", "UserName", request));
  return made_user(calls, request);
}

ApiResult<Progress> remove_user(StackCalls& calls, const ResourceRequest& request) {
  for (const std::string& group : json::texts_member(request.properties, "Groups")) {
    PAWL_TRY_VOID(iam::remove(calls, "RemoveUserFromGroup",
                              named("UserName", request).with_member("GroupName", Value(group))));
  }
  if (json::has_member(request.properties, "LoginProfile"))
    PAWL_TRY_VOID(iam::remove(calls, "DeleteLoginProfile", named("UserName", request)));
  PAWL_TRY_VOID(iam::remove_policies(calls, iam::kUser, request));
  PAWL_TRY_VOID(iam::remove(calls, "DeleteUser", named("UserName", request)));
  return Progress::done(request.physical_id);
}

ApiResult<Progress> made_group(StackCalls& calls, const ResourceRequest& request) {
  const Value answer = PAWL_TRY(iam::call(calls, "GetGroup", named("GroupName", request)));
  const Value group = json::object_member(answer, "Group");
  return Progress::done(request.physical_id,
                        Value::object({{"Arn", Value(json::text_member(group, "Arn"))}}));
}

ApiResult<Progress> create_group(StackCalls& calls, const ResourceRequest& request) {
  if (request.physical_id.empty()) {
    const std::string name = name_of(request, "GroupName", kLongNameLengthMax);
    json::ObjectBuilder input;
    json::copy_members(request.properties, {"Path"}, input);
    input.set("GroupName", Value(name));
    PAWL_TRY_VOID(iam::create(calls, "CreateGroup", std::move(input).build(), request));
    return Progress::again(0, name);
  }
  PAWL_TRY_VOID(iam::update_policies(calls, iam::kGroup, request));
  return made_group(calls, request);
}

ApiResult<Progress> update_group(StackCalls& calls, const ResourceRequest& request) {
  PAWL_TRY_VOID(update_path(calls, iam::kGroup, request));
  PAWL_TRY_VOID(iam::update_policies(calls, iam::kGroup, request));
  return made_group(calls, request);
}

ApiResult<Progress> remove_group(StackCalls& calls, const ResourceRequest& request) {
  PAWL_TRY_VOID(iam::remove_policies(calls, iam::kGroup, request));
  PAWL_TRY_VOID(iam::remove(calls, "DeleteGroup", named("GroupName", request)));
  return Progress::done(request.physical_id);
}

Value membership(const Value& properties, const std::string& user) {
  return Value::object({{"GroupName", Value(json::text_member(properties, "GroupName"))},
                        {"UserName", Value(user)}});
}

ApiResult<Progress> put_addition(StackCalls& calls, const ResourceRequest& request) {
  const std::vector<std::string> users = json::texts_member(request.properties, "Users");
  std::vector<std::string> gone = json::texts_member(request.previous, "Users");
  if (!differs(request, "GroupName")) gone = iam::missing_from(gone, users);
  for (const std::string& user : users)
    PAWL_TRY_VOID(iam::call(calls, "AddUserToGroup", membership(request.properties, user)));
  for (const std::string& user : gone)
    PAWL_TRY_VOID(iam::remove(calls, "RemoveUserFromGroup", membership(request.previous, user)));
  const std::string id = request.physical_id.empty() ? request.generated_name(kLongNameLengthMax)
                                                     : request.physical_id;
  return Progress::done(id, Value::object({{"Id", Value(id)}}));
}

ApiResult<Progress> remove_addition(StackCalls& calls, const ResourceRequest& request) {
  for (const std::string& user : json::texts_member(request.properties, "Users"))
    PAWL_TRY_VOID(iam::remove(calls, "RemoveUserFromGroup", membership(request.properties, user)));
  return Progress::done(request.physical_id);
}

ApiResult<void> update_profile_roles(StackCalls& calls, const ResourceRequest& request) {
  const std::vector<std::string> roles = json::texts_member(request.properties, "Roles");
  const std::vector<std::string> before = json::texts_member(request.previous, "Roles");
  const Value profile = named("InstanceProfileName", request);
  for (const std::string& role : iam::missing_from(before, roles)) {
    PAWL_TRY_VOID(iam::remove(calls, "RemoveRoleFromInstanceProfile",
                              profile.with_member("RoleName", Value(role))));
  }
  for (const std::string& role : iam::missing_from(roles, before)) {
    auto added =
        iam::call(calls, "AddRoleToInstanceProfile", profile.with_member("RoleName", Value(role)));
    // A profile has one role: when the call is repeated, it is there.
    if (request.is_repeated && failed_with(added, {"LimitExceeded", "LimitExceededException"}))
      continue;
    PAWL_TRY_VOID(std::move(added));
  }
  return {};
}

ApiResult<Progress> made_profile(StackCalls& calls, const ResourceRequest& request) {
  const Value answer =
      PAWL_TRY(iam::call(calls, "GetInstanceProfile", named("InstanceProfileName", request)));
  const Value profile = json::object_member(answer, "InstanceProfile");
  return Progress::done(request.physical_id,
                        Value::object({{"Arn", Value(json::text_member(profile, "Arn"))}}));
}

ApiResult<Progress> create_profile(StackCalls& calls, const ResourceRequest& request) {
  if (request.physical_id.empty()) {
    const std::string name = name_of(request, "InstanceProfileName", kLongNameLengthMax);
    json::ObjectBuilder input;
    json::copy_members(request.properties, {"Path"}, input);
    input.set("InstanceProfileName", Value(name));
    PAWL_TRY_VOID(iam::create(calls, "CreateInstanceProfile", std::move(input).build(), request));
    return Progress::again(0, name);
  }
  PAWL_TRY_VOID(update_profile_roles(calls, request));
  return made_profile(calls, request);
}

ApiResult<Progress> update_profile(StackCalls& calls, const ResourceRequest& request) {
  PAWL_TRY_VOID(update_profile_roles(calls, request));
  return made_profile(calls, request);
}

ApiResult<Progress> remove_profile(StackCalls& calls, const ResourceRequest& request) {
  const Value profile = named("InstanceProfileName", request);
  for (const std::string& role : json::texts_member(request.properties, "Roles")) {
    PAWL_TRY_VOID(iam::remove(calls, "RemoveRoleFromInstanceProfile",
                              profile.with_member("RoleName", Value(role))));
  }
  PAWL_TRY_VOID(iam::remove(calls, "DeleteInstanceProfile", profile));
  return Progress::done(request.physical_id);
}

Value access_key_input(const ResourceRequest& request) {
  return Value::object({{"UserName", Value(json::text_member(request.properties, "UserName"))},
                        {"AccessKeyId", Value(request.physical_id)}});
}

ApiResult<Progress> create_access_key(StackCalls& calls, const ResourceRequest& request) {
  const Value answer = PAWL_TRY(
      iam::call(calls, "CreateAccessKey", json::selected(request.properties, {"UserName"})));
  const Value key = json::object_member(answer, "AccessKey");
  ResourceRequest made = request;
  made.physical_id = json::text_member(key, "AccessKeyId");
  const std::string status = json::text_member(request.properties, "Status");
  if (status == "Inactive") {
    PAWL_TRY_VOID(iam::call(calls, "UpdateAccessKey",
                            access_key_input(made).with_member("Status", Value(status))));
  }
  return Progress::done(
      made.physical_id,
      Value::object({{"Id", Value(made.physical_id)},
                     {"SecretAccessKey", Value(json::text_member(key, "SecretAccessKey"))}}));
}

ApiResult<Progress> update_access_key(StackCalls& calls, const ResourceRequest& request) {
  const std::string status = json::text_member(request.properties, "Status");
  PAWL_TRY_VOID(iam::call(
      calls, "UpdateAccessKey",
      access_key_input(request).with_member("Status", Value(status.empty() ? "Active" : status))));
  return Progress::done(request.physical_id, request.attributes);
}

ApiResult<Progress> remove_access_key(StackCalls& calls, const ResourceRequest& request) {
  PAWL_TRY_VOID(iam::remove(calls, "DeleteAccessKey", access_key_input(request)));
  return Progress::done(request.physical_id);
}

}  // namespace

std::span<const ResourceType> iam_types() {
  static constexpr ResourceType kTypes[] = {
      {kRoleType, create_role, update_role, remove_role},
      {kUserType, create_user, update_user, remove_user},
      {"AWS::IAM::Group", create_group, update_group, remove_group},
      {"AWS::IAM::UserToGroupAddition", put_addition, put_addition, remove_addition},
      {kProfileType, create_profile, update_profile, remove_profile},
      {"AWS::IAM::AccessKey", create_access_key, update_access_key, remove_access_key},
  };
  return kTypes;
}

}  // namespace pawl::cloudformation
