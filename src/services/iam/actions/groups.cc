// SPDX-License-Identifier: Apache-2.0
// CreateGroup, GetGroup, ListGroups, UpdateGroup, DeleteGroup, AddUserToGroup, RemoveUserFromGroup,
// ListGroupsForUser.
#include <algorithm>
#include <array>

#include "services/iam/entity.h"
#include "services/iam/identifiers.h"

namespace pawl::iam {

using aws::ActionResult;
using aws::Request;
using json::ObjectBuilder;
using json::Value;

namespace {

constexpr size_t kGroupsPerUser = 10;

ActionResult create_group(IamService& service, const Request& request) {
  const std::string name = text_member(request.input, "GroupName");
  const std::string path = PAWL_TRY(path_member(request.input));
  if (PAWL_TRY(service.store().find(request.account_id(), Kind::Group, name)))
    return already_exists("Group with name " + name + " already exists.");
  ObjectBuilder record;
  record.set("Path", Value(path))
      .set("GroupName", Value(name))
      .set("GroupId", Value(random_id("AGPA")))
      .set("Arn", Value(entity_arn(request, "group", path, name)))
      .set("CreateDate", seconds_value(request.received));
  const Entity group{
      .account = request.account_id(), .kind = Kind::Group, .record = std::move(record).build()};
  store::Batch batch;
  put(service, batch, group);
  return service.commit(request, batch, output_of("Group", shown_group(group.record)));
}

ActionResult get_group(IamService& service, const Request& request) {
  const Entity group = PAWL_TRY(named_entity(service, request, Kind::Group));
  Page page = PAWL_TRY(Page::of(request.input));
  std::vector<std::string> names;
  PAWL_TRY_VOID(service.store().visit_links(
      group.account, Link::GroupMember, group.name(),
      [&](std::string_view key, const Linked& user) {
        if (!page.take(key)) return false;
        names.push_back(user.name);
        return true;
      },
      page.from()));
  std::vector<Value> users;
  for (const std::string& name : names) {
    const auto record = PAWL_TRY(service.store().find(group.account, Kind::User, name));
    if (record) users.push_back(shown_user(*record, false));
  }
  return aws::Output(
      page.finish("Users", std::move(users)).with_member("Group", shown_group(group.record)));
}

ActionResult list_groups(IamService& service, const Request& request) {
  return list_entities(service, request, Kind::Group, "Groups", shown_group);
}

aws::ApiResult<std::vector<Linked>> members_of(IamService& service, const Entity& group) {
  std::vector<Linked> users;
  PAWL_TRY_VOID(service.store().visit_links(group.account, Link::GroupMember, group.name(),
                                            [&](std::string_view, const Linked& user) {
                                              users.push_back(user);
                                              return true;
                                            }));
  return users;
}

Value without_text(const Value& record, std::string_view member, const std::string& text) {
  std::vector<std::string> texts = texts_member(record, member);
  std::erase(texts, text);
  return record.with_member(member, texts_value(texts));
}

aws::ApiResult<void> rename_group(IamService& service, const Request& request, store::Batch& batch,
                                  const Entity& before, const Entity& after) {
  const IamStore& store = service.store();
  for (const Linked& member : PAWL_TRY(members_of(service, before))) {
    Entity user = PAWL_TRY(find_entity(service, request, Kind::User, member.name));
    std::vector<std::string> groups = texts_member(user.record, "Groups");
    std::replace(groups.begin(), groups.end(), before.name(), after.name());
    user.set("Groups", texts_value(groups));
    put(service, batch, user);
    store.unlink(batch, before.account, Link::GroupMember, before.name(), member);
    store.link(batch, before.account, Link::GroupMember, after.name(), member);
  }
  for (const std::string& arn : texts_member(before.record, "Attached")) {
    store.unlink(batch, before.account, Link::PolicyAttachment, arn, before.linked());
    store.link(batch, before.account, Link::PolicyAttachment, arn, after.linked());
  }
  return {};
}

ActionResult update_group(IamService& service, const Request& request) {
  const Entity before = PAWL_TRY(named_entity(service, request, Kind::Group));
  Entity after = before;
  if (const auto name = find_text(request.input, "NewGroupName")) {
    PAWL_TRY_VOID(check_name("NewGroupName", *name));
    if (lower_case(*name) != lower_case(before.name()) &&
        PAWL_TRY(service.store().find(request.account_id(), Kind::Group, *name)))
      return already_exists("Group with name " + *name + " already exists.");
    after.set("GroupName", Value(*name));
  }
  if (find_text(request.input, "NewPath"))
    after.set("Path", Value(PAWL_TRY(path_member(request.input, "NewPath"))));
  after.set("Arn",
            Value(entity_arn(request, "group", text_member(after.record, "Path"), after.name())));
  store::Batch batch;
  service.store().erase(batch, before.account, Kind::Group, before.name());
  if (before.name() != after.name())
    PAWL_TRY_VOID(rename_group(service, request, batch, before, after));
  put(service, batch, after);
  return service.commit(request, batch);
}

ActionResult delete_group(IamService& service, const Request& request) {
  const Entity group = PAWL_TRY(named_entity(service, request, Kind::Group));
  if (!PAWL_TRY(members_of(service, group)).empty())
    return delete_conflict("Cannot delete entity, must remove users from group first.");
  if (!texts_member(group.record, "Attached").empty())
    return delete_conflict("Cannot delete entity, must detach all policies first.");
  const Value* inline_policies = group.record.find("Inline");
  if (inline_policies != nullptr && inline_policies->size() != 0)
    return delete_conflict("Cannot delete entity, must delete policies first.");
  store::Batch batch;
  service.store().erase(batch, group.account, Kind::Group, group.name());
  return service.commit(request, batch);
}

/// API AddUserToGroup: a member stays one.
ActionResult add_user(IamService& service, const Request& request) {
  const Entity group = PAWL_TRY(named_entity(service, request, Kind::Group));
  Entity user = PAWL_TRY(named_entity(service, request, Kind::User));
  std::vector<std::string> groups = texts_member(user.record, "Groups");
  if (std::find(groups.begin(), groups.end(), group.name()) != groups.end()) return aws::Output();
  if (groups.size() >= kGroupsPerUser) {
    return limit_exceeded("Cannot exceed quota for GroupsPerUser: " +
                          std::to_string(kGroupsPerUser));
  }
  groups.push_back(group.name());
  user.set("Groups", texts_value(groups));
  store::Batch batch;
  put(service, batch, user);
  service.store().link(batch, group.account, Link::GroupMember, group.name(), user.linked());
  return service.commit(request, batch);
}

ActionResult remove_user(IamService& service, const Request& request) {
  const Entity group = PAWL_TRY(named_entity(service, request, Kind::Group));
  Entity user = PAWL_TRY(named_entity(service, request, Kind::User));
  user.record = without_text(user.record, "Groups", group.name());
  store::Batch batch;
  put(service, batch, user);
  service.store().unlink(batch, group.account, Link::GroupMember, group.name(), user.linked());
  return service.commit(request, batch);
}

ActionResult list_groups_for_user(IamService& service, const Request& request) {
  const Entity user = PAWL_TRY(named_entity(service, request, Kind::User));
  Page page = PAWL_TRY(Page::of(request.input));
  std::vector<Value> groups;
  for (const std::string& name : texts_member(user.record, "Groups")) {
    const auto record = PAWL_TRY(service.store().find(user.account, Kind::Group, name));
    if (record) groups.push_back(shown_group(*record));
  }
  std::vector<Value> shown = page.cut(groups);
  return aws::Output(page.finish("Groups", std::move(shown)));
}

}  // namespace

std::span<const Operation> group_operations() {
  static constexpr std::array kOperations = {
      Operation{"CreateGroup", create_group, true},
      Operation{"GetGroup", get_group},
      Operation{"ListGroups", list_groups},
      Operation{"UpdateGroup", update_group, true},
      Operation{"DeleteGroup", delete_group, true},
      Operation{"AddUserToGroup", add_user, true},
      Operation{"RemoveUserFromGroup", remove_user, true},
      Operation{"ListGroupsForUser", list_groups_for_user},
  };
  return kOperations;
}

}  // namespace pawl::iam
