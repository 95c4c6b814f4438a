// SPDX-License-Identifier: Apache-2.0
// CreateInstanceProfile, GetInstanceProfile, ListInstanceProfiles, ListInstanceProfilesForRole,
// DeleteInstanceProfile, AddRoleToInstanceProfile, RemoveRoleFromInstanceProfile.
#include "services/iam/instance_profile.h"

#include <array>

#include "services/iam/identifiers.h"

namespace pawl::iam {

using aws::ActionResult;
using aws::ApiResult;
using aws::Request;
using json::ObjectBuilder;
using json::Value;

ApiResult<std::vector<Value>> profiles_of(IamService& service, const Entity& role) {
  std::vector<Value> found;
  PAWL_TRY_VOID(service.store().visit(role.account, Kind::InstanceProfile, "",
                                      [&](std::string_view, const Value& record) {
                                        if (text_member(record, "Role") == role.name())
                                          found.push_back(record);
                                        return true;
                                      }));
  return found;
}

ApiResult<Value> shown_profile(IamService& service, const std::string& account, const Value& record,
                               bool has_tags) {
  Value shown =
      selected(record, {"Path", "InstanceProfileName", "InstanceProfileId", "Arn", "CreateDate"});
  std::vector<Value> roles;
  if (const auto name = find_text(record, "Role")) {
    const auto role = PAWL_TRY(service.store().find(account, Kind::Role, *name));
    if (role) roles.push_back(shown_role(*role, false));
  }
  shown = shown.with_member("Roles", Value::array(std::move(roles)));
  const Value* tags = record.find("Tags");
  if (has_tags && tags != nullptr && tags->size() != 0) shown = shown.with_member("Tags", *tags);
  return shown;
}

namespace {

ApiResult<Value> find_profile(IamService& service, const Request& request) {
  const std::string name = text_member(request.input, "InstanceProfileName");
  auto record = PAWL_TRY(service.store().find(request.account_id(), Kind::InstanceProfile, name));
  if (!record) return no_such_entity("Instance Profile " + name + " cannot be found.");
  return *std::move(record);
}

ActionResult create_profile(IamService& service, const Request& request) {
  const std::string name = text_member(request.input, "InstanceProfileName");
  const std::string path = PAWL_TRY(path_member(request.input));
  Value tags = PAWL_TRY(tags_member(request.input));
  if (PAWL_TRY(service.store().find(request.account_id(), Kind::InstanceProfile, name)))
    return already_exists("Instance Profile " + name + " already exists.");
  ObjectBuilder builder;
  builder.set("Path", Value(path))
      .set("InstanceProfileName", Value(name))
      .set("InstanceProfileId", Value(random_id("AIPA")))
      .set("Arn", Value(entity_arn(request, "instance-profile", path, name)))
      .set("CreateDate", seconds_value(request.received))
      .set("Tags", std::move(tags));
  const Value record = std::move(builder).build();
  store::Batch batch;
  service.store().put(batch, request.account_id(), Kind::InstanceProfile, name, record);
  return service.commit(
      request, batch,
      output_of("InstanceProfile",
                PAWL_TRY(shown_profile(service, request.account_id(), record, true))));
}

ActionResult get_profile(IamService& service, const Request& request) {
  const Value record = PAWL_TRY(find_profile(service, request));
  return output_of("InstanceProfile",
                   PAWL_TRY(shown_profile(service, request.account_id(), record, true)));
}

ActionResult list_profiles(IamService& service, const Request& request) {
  Page page = PAWL_TRY(Page::of(request.input));
  const std::string prefix = find_text(request.input, "PathPrefix").value_or("/");
  std::vector<Value> records;
  PAWL_TRY_VOID(service.store().visit(request.account_id(), Kind::InstanceProfile, page.from(),
                                      [&](std::string_view key, const Value& record) {
                                        if (!text_member(record, "Path").starts_with(prefix))
                                          return true;
                                        if (!page.take(key)) return false;
                                        records.push_back(record);
                                        return true;
                                      }));
  for (Value& record : records)
    record = PAWL_TRY(shown_profile(service, request.account_id(), record, false));
  return aws::Output(page.finish("InstanceProfiles", std::move(records)));
}

ActionResult list_profiles_for_role(IamService& service, const Request& request) {
  const Entity role = PAWL_TRY(named_entity(service, request, Kind::Role));
  Page page = PAWL_TRY(Page::of(request.input));
  std::vector<Value> records = page.cut(PAWL_TRY(profiles_of(service, role)));
  for (Value& record : records)
    record = PAWL_TRY(shown_profile(service, role.account, record, false));
  return aws::Output(page.finish("InstanceProfiles", std::move(records)));
}

ActionResult delete_profile(IamService& service, const Request& request) {
  const Value record = PAWL_TRY(find_profile(service, request));
  if (find_text(record, "Role"))
    return delete_conflict("Cannot delete entity, must remove roles from instance profile first.");
  store::Batch batch;
  service.store().erase(batch, request.account_id(), Kind::InstanceProfile,
                        text_member(record, "InstanceProfileName"));
  return service.commit(request, batch);
}

/// "An instance profile can contain only one role, and this quota cannot be increased."
ActionResult add_role(IamService& service, const Request& request) {
  const Value record = PAWL_TRY(find_profile(service, request));
  const Entity role = PAWL_TRY(named_entity(service, request, Kind::Role));
  if (find_text(record, "Role"))
    return limit_exceeded("Cannot exceed quota for InstanceSessionsPerInstanceProfile: 1");
  store::Batch batch;
  service.store().put(batch, request.account_id(), Kind::InstanceProfile,
                      text_member(record, "InstanceProfileName"),
                      record.with_member("Role", Value(role.name())));
  return service.commit(request, batch);
}

ActionResult remove_role(IamService& service, const Request& request) {
  const Value record = PAWL_TRY(find_profile(service, request));
  const std::string name = text_member(request.input, "RoleName");
  if (lower_case(text_member(record, "Role")) != lower_case(name))
    return no_such_entity("The role with name " + name + " cannot be found.");
  store::Batch batch;
  service.store().put(batch, request.account_id(), Kind::InstanceProfile,
                      text_member(record, "InstanceProfileName"), record.without_member("Role"));
  return service.commit(request, batch);
}

}  // namespace

std::span<const Operation> instance_profile_operations() {
  static constexpr std::array kOperations = {
      Operation{"CreateInstanceProfile", create_profile, true},
      Operation{"GetInstanceProfile", get_profile},
      Operation{"ListInstanceProfiles", list_profiles},
      Operation{"ListInstanceProfilesForRole", list_profiles_for_role},
      Operation{"DeleteInstanceProfile", delete_profile, true},
      Operation{"AddRoleToInstanceProfile", add_role, true},
      Operation{"RemoveRoleFromInstanceProfile", remove_role, true},
  };
  return kOperations;
}

}  // namespace pawl::iam
