// SPDX-License-Identifier: Apache-2.0
// CreateUser, GetUser, ListUsers, UpdateUser, DeleteUser, PutUserPermissionsBoundary,
// DeleteUserPermissionsBoundary.
#include <array>

#include "services/iam/entity.h"
#include "services/iam/identifiers.h"

namespace pawl::iam {

using aws::ActionResult;
using aws::Request;
using json::ObjectBuilder;
using json::Value;

namespace {

ActionResult create_user(IamService& service, const Request& request) {
  const std::string name = text_member(request.input, "UserName");
  const std::string path = PAWL_TRY(path_member(request.input));
  Value tags = PAWL_TRY(tags_member(request.input));
  if (PAWL_TRY(service.store().find(request.account_id(), Kind::User, name)))
    return already_exists("User with name " + name + " already exists.");
  ObjectBuilder record;
  record.set("Path", Value(path))
      .set("UserName", Value(name))
      .set("UserId", Value(random_id("AIDA")))
      .set("Arn", Value(entity_arn(request, "user", path, name)))
      .set("CreateDate", seconds_value(request.received))
      .set("Tags", std::move(tags));
  Entity user{
      .account = request.account_id(), .kind = Kind::User, .record = std::move(record).build()};
  store::Batch batch;
  if (const auto boundary = find_text(request.input, "PermissionsBoundary"))
    PAWL_TRY_VOID(set_boundary(service, request, batch, user, *boundary));
  put(service, batch, user);
  return service.commit(request, batch, output_of("User", shown_user(user.record, true)));
}

/// Without a name whoever asks: the root has no name (recorded).
ActionResult get_user(IamService& service, const Request& request) {
  const bool is_root = request.principal.arn.ends_with(":root");
  if (!find_text(request.input, "UserName") && is_root) {
    ObjectBuilder root;
    root.set("UserId", Value(request.account_id()))
        .set("Arn", Value(request.principal.arn))
        .set("CreateDate", Value(int64_t{0}));
    return output_of("User", std::move(root).build());
  }
  const Entity user = PAWL_TRY(user_or_caller(service, request));
  return output_of("User", shown_user(user.record, true));
}

ActionResult list_users(IamService& service, const Request& request) {
  return list_entities(service, request, Kind::User, "Users",
                       [](const Value& record) { return shown_user(record, false); });
}

/// What says the user's name elsewhere gets the new one.
aws::ApiResult<void> rename_links(IamService& service, store::Batch& batch, const Entity& before,
                                  const Entity& after) {
  const IamStore& store = service.store();
  const auto move = [&](Link link, const std::string& what) {
    store.unlink(batch, before.account, link, what, before.linked());
    store.link(batch, before.account, link, what, after.linked());
  };
  for (const std::string& arn : texts_member(before.record, "Attached"))
    move(Link::PolicyAttachment, arn);
  for (const std::string& group : texts_member(before.record, "Groups"))
    move(Link::GroupMember, group);
  if (const auto boundary = find_text(before.record, "Boundary"))
    move(Link::PolicyBoundary, *boundary);
  for (const std::string& id : texts_member(before.record, "Keys")) {
    const auto key = PAWL_TRY(store.find_key(id));
    if (key) store.put_key(batch, id, key->with_member("UserName", Value(after.name())));
  }
  return {};
}

ActionResult update_user(IamService& service, const Request& request) {
  const Entity before = PAWL_TRY(named_entity(service, request, Kind::User));
  Entity after = before;
  if (const auto name = find_text(request.input, "NewUserName")) {
    PAWL_TRY_VOID(check_name("NewUserName", *name));
    if (lower_case(*name) != lower_case(before.name()) &&
        PAWL_TRY(service.store().find(request.account_id(), Kind::User, *name)))
      return already_exists("User with name " + *name + " already exists.");
    after.set("UserName", Value(*name));
  }
  if (find_text(request.input, "NewPath"))
    after.set("Path", Value(PAWL_TRY(path_member(request.input, "NewPath"))));
  after.set("Arn",
            Value(entity_arn(request, "user", text_member(after.record, "Path"), after.name())));
  store::Batch batch;
  service.store().erase(batch, request.account_id(), Kind::User, before.name());
  if (before.name() != after.name()) PAWL_TRY_VOID(rename_links(service, batch, before, after));
  put(service, batch, after);
  return service.commit(request, batch);
}

struct Leftover {
  std::string_view member;
  std::string_view message;
};

/// API DeleteUser: "you must delete the items attached to the user manually, or the deletion
/// fails."
ActionResult delete_user(IamService& service, const Request& request) {
  constexpr std::array kLeftovers = {
      Leftover{"Attached", "Cannot delete entity, must detach all policies first."},
      Leftover{"Inline", "Cannot delete entity, must delete policies first."},
      Leftover{"Groups", "Cannot delete entity, must remove users from group first."},
      Leftover{"Keys", "Cannot delete entity, must delete access keys first."},
      Leftover{"Login", "Cannot delete entity, must delete login profile first."},
      Leftover{"MfaDevices", "Cannot delete entity, must delete MFA device first."},
      Leftover{"Certificates", "Cannot delete entity, must delete signing certificates first."},
      Leftover{"SshKeys", "Cannot delete entity, must remove referenced objects first."},
      Leftover{"ServiceCredentials", "Cannot delete entity, must remove referenced objects first."},
  };
  const Entity user = PAWL_TRY(named_entity(service, request, Kind::User));
  for (const Leftover& each : kLeftovers) {
    const Value* left = user.record.find(each.member);
    if (left != nullptr && left->size() != 0) return delete_conflict(std::string(each.message));
  }
  store::Batch batch;
  if (const auto boundary = find_text(user.record, "Boundary"))
    service.store().unlink(batch, user.account, Link::PolicyBoundary, *boundary, user.linked());
  service.store().erase(batch, user.account, Kind::User, user.name());
  return service.commit(request, batch);
}

ActionResult put_user_boundary(IamService& service, const Request& request) {
  Entity user = PAWL_TRY(named_entity(service, request, Kind::User));
  store::Batch batch;
  PAWL_TRY_VOID(set_boundary(service, request, batch, user,
                             text_member(request.input, "PermissionsBoundary")));
  put(service, batch, user);
  return service.commit(request, batch);
}

ActionResult delete_user_boundary(IamService& service, const Request& request) {
  Entity user = PAWL_TRY(named_entity(service, request, Kind::User));
  if (!find_text(user.record, "Boundary")) {
    return no_such_entity("The permissions boundary of user with name " + user.name() +
                          " cannot be found.");
  }
  store::Batch batch;
  PAWL_TRY_VOID(set_boundary(service, request, batch, user, ""));
  put(service, batch, user);
  return service.commit(request, batch);
}

}  // namespace

std::span<const Operation> user_operations() {
  static constexpr std::array kOperations = {
      Operation{"CreateUser", create_user, true},
      Operation{"GetUser", get_user},
      Operation{"ListUsers", list_users},
      Operation{"UpdateUser", update_user, true},
      Operation{"DeleteUser", delete_user, true},
      Operation{"PutUserPermissionsBoundary", put_user_boundary, true},
      Operation{"DeleteUserPermissionsBoundary", delete_user_boundary, true},
  };
  return kOperations;
}

}  // namespace pawl::iam
