// SPDX-License-Identifier: Apache-2.0
// CreateRole, GetRole, ListRoles, UpdateRole, UpdateRoleDescription, UpdateAssumeRolePolicy,
// DeleteRole, PutRolePermissionsBoundary, DeleteRolePermissionsBoundary.
#include <array>

#include "services/iam/entity.h"
#include "services/iam/identifiers.h"
#include "services/iam/instance_profile.h"

namespace pawl::iam {

using aws::ActionResult;
using aws::Request;
using json::ObjectBuilder;
using json::Value;

namespace {

constexpr int64_t kSessionSeconds = 3'600;

bool is_service_linked(const Entity& role) {
  return text_member(role.record, "Path").starts_with("/aws-service-role/");
}

/// Roles that belong to a service are changed by that service only.
aws::ApiResult<Entity> own_role(IamService& service, const Request& request) {
  Entity role = PAWL_TRY(named_entity(service, request, Kind::Role));
  if (is_service_linked(role)) {
    return aws::ApiError("UnmodifiableEntityException",
                         "Cannot perform the operation on the protected role '" + role.name() +
                             "' - this role is only modifiable by AWS");
  }
  return role;
}

ActionResult create_role(IamService& service, const Request& request) {
  const Value& input = request.input;
  const std::string name = text_member(input, "RoleName");
  const std::string path = PAWL_TRY(path_member(input));
  const std::string trust = text_member(input, "AssumeRolePolicyDocument");
  PAWL_TRY_VOID(check_trust_policy(service, request, trust));
  Value tags = PAWL_TRY(tags_member(input));
  if (PAWL_TRY(service.store().find(request.account_id(), Kind::Role, name)))
    return already_exists("Role with name " + name + " already exists.");
  ObjectBuilder record;
  record.set("Path", Value(path))
      .set("RoleName", Value(name))
      .set("RoleId", Value(random_id("AROA")))
      .set("Arn", Value(entity_arn(request, "role", path, name)))
      .set("CreateDate", seconds_value(request.received))
      .set("AssumeRolePolicyDocument", Value(trust))
      .set("MaxSessionDuration",
           Value(integer_member(input, "MaxSessionDuration", kSessionSeconds)))
      .set("Tags", std::move(tags));
  if (const auto description = find_text(input, "Description"))
    record.set("Description", Value(*description));
  Entity role{
      .account = request.account_id(), .kind = Kind::Role, .record = std::move(record).build()};
  store::Batch batch;
  if (const auto boundary = find_text(input, "PermissionsBoundary"))
    PAWL_TRY_VOID(set_boundary(service, request, batch, role, *boundary));
  put(service, batch, role);
  // What CreateRole answers says neither how long sessions last nor the last use (recorded).
  Value shown = shown_role(role.record, true).without_member("RoleLastUsed");
  if (input.find("MaxSessionDuration") == nullptr)
    shown = shown.without_member("MaxSessionDuration");
  return service.commit(request, batch, output_of("Role", std::move(shown)));
}

ActionResult get_role(IamService& service, const Request& request) {
  const Entity role = PAWL_TRY(named_entity(service, request, Kind::Role));
  return output_of("Role", shown_role(role.record, true));
}

ActionResult list_roles(IamService& service, const Request& request) {
  return list_entities(service, request, Kind::Role, "Roles",
                       [](const Value& record) { return shown_role(record, false); });
}

/// Changes what is given; true if something was.
void change(Entity& role, const Value& input) {
  for (const char* member : {"Description", "MaxSessionDuration"}) {
    if (const Value* value = input.find(member)) role.set(member, *value);
  }
}

/// Of a service's role the description may be changed, and nothing else (IAM's guide, "Editing a
/// service-linked role description").
aws::ApiResult<Entity> role_to_change(IamService& service, const Request& request) {
  return has_member(request.input, "MaxSessionDuration")
             ? own_role(service, request)
             : named_entity(service, request, Kind::Role);
}

ActionResult update_role(IamService& service, const Request& request) {
  Entity role = PAWL_TRY(role_to_change(service, request));
  change(role, request.input);
  store::Batch batch;
  put(service, batch, role);
  return service.commit(request, batch);
}

ActionResult update_description(IamService& service, const Request& request) {
  Entity role = PAWL_TRY(role_to_change(service, request));
  change(role, request.input);
  store::Batch batch;
  put(service, batch, role);
  return service.commit(request, batch, output_of("Role", shown_role(role.record, false)));
}

ActionResult update_trust(IamService& service, const Request& request) {
  Entity role = PAWL_TRY(own_role(service, request));
  const std::string trust = text_member(request.input, "PolicyDocument");
  PAWL_TRY_VOID(check_trust_policy(service, request, trust));
  role.set("AssumeRolePolicyDocument", Value(trust));
  store::Batch batch;
  put(service, batch, role);
  return service.commit(request, batch);
}

ActionResult delete_role(IamService& service, const Request& request) {
  const Entity role = PAWL_TRY(own_role(service, request));
  if (!PAWL_TRY(profiles_of(service, role)).empty())
    return delete_conflict("Cannot delete entity, must remove roles from instance profile first.");
  if (!texts_member(role.record, "Attached").empty())
    return delete_conflict("Cannot delete entity, must detach all policies first.");
  const Value* inline_policies = role.record.find("Inline");
  if (inline_policies != nullptr && inline_policies->size() != 0)
    return delete_conflict("Cannot delete entity, must delete policies first.");
  store::Batch batch;
  if (const auto boundary = find_text(role.record, "Boundary"))
    service.store().unlink(batch, role.account, Link::PolicyBoundary, *boundary, role.linked());
  service.store().erase(batch, role.account, Kind::Role, role.name());
  return service.commit(request, batch);
}

ActionResult put_role_boundary(IamService& service, const Request& request) {
  Entity role = PAWL_TRY(own_role(service, request));
  store::Batch batch;
  PAWL_TRY_VOID(set_boundary(service, request, batch, role,
                             text_member(request.input, "PermissionsBoundary")));
  put(service, batch, role);
  return service.commit(request, batch);
}

ActionResult delete_role_boundary(IamService& service, const Request& request) {
  Entity role = PAWL_TRY(own_role(service, request));
  if (!find_text(role.record, "Boundary")) {
    return no_such_entity("The permissions boundary of role with name " + role.name() +
                          " cannot be found.");
  }
  store::Batch batch;
  PAWL_TRY_VOID(set_boundary(service, request, batch, role, ""));
  put(service, batch, role);
  return service.commit(request, batch);
}

}  // namespace

std::span<const Operation> role_operations() {
  static constexpr std::array kOperations = {
      Operation{"CreateRole", create_role, true},
      Operation{"GetRole", get_role},
      Operation{"ListRoles", list_roles},
      Operation{"UpdateRole", update_role, true},
      Operation{"UpdateRoleDescription", update_description, true},
      Operation{"UpdateAssumeRolePolicy", update_trust, true},
      Operation{"DeleteRole", delete_role, true},
      Operation{"PutRolePermissionsBoundary", put_role_boundary, true},
      Operation{"DeleteRolePermissionsBoundary", delete_role_boundary, true},
  };
  return kOperations;
}

}  // namespace pawl::iam
