// SPDX-License-Identifier: Apache-2.0
#include "services/iam/entity.h"

#include <algorithm>
#include <array>

#include "aws/arn.h"
#include "services/iam/identifiers.h"

namespace pawl::iam {

using aws::ApiResult;
using aws::Request;
using json::ObjectBuilder;
using json::Value;

namespace {

constexpr std::array kNames = {
    KindNames{Kind::User, "user", "User", "UserName", "UserId", "AIDA"},
    KindNames{Kind::Group, "group", "Group", "GroupName", "GroupId", "AGPA"},
    KindNames{Kind::Role, "role", "Role", "RoleName", "RoleId", "AROA"},
};

constexpr size_t kTagsMax = 50;

bool is_name_character(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
         std::string_view("+=,.@_-").find(c) != std::string_view::npos;
}

}  // namespace

const KindNames& names_of(Kind kind) {
  const auto found = std::find_if(kNames.begin(), kNames.end(),
                                  [kind](const KindNames& each) { return each.kind == kind; });
  return found == kNames.end() ? kNames.front() : *found;
}

std::string entity_arn(const Request& request, std::string_view type, std::string_view path,
                       std::string_view name) {
  std::string arn = "arn:" + std::string(aws::partition_of(request.region)) + ":iam::";
  arn.append(request.account_id()).append(":").append(type).append(path).append(name);
  return arn;
}

ApiResult<Entity> find_entity(IamService& service, const Request& request, Kind kind,
                              std::string_view name) {
  auto record = PAWL_TRY(service.store().find(request.account_id(), kind, name));
  if (!record) {
    return no_such_entity("The " + std::string(names_of(kind).word) + " with name " +
                          std::string(name) + " cannot be found.");
  }
  return Entity{.account = request.account_id(), .kind = kind, .record = *std::move(record)};
}

ApiResult<Entity> named_entity(IamService& service, const Request& request, Kind kind) {
  return find_entity(service, request, kind,
                     text_member(request.input, names_of(kind).name_member));
}

ApiResult<Entity> user_or_caller(IamService& service, const Request& request) {
  if (const auto name = find_text(request.input, "UserName"))
    return find_entity(service, request, Kind::User, *name);
  const auto arn = aws::Arn::parse(request.principal.arn);
  if (arn && arn->resource.starts_with("user/")) {
    return find_entity(service, request, Kind::User,
                       arn->resource.substr(arn->resource.rfind('/') + 1));
  }
  return validation_error("Must specify userName when calling with non-User credentials");
}

void put(IamService& service, store::Batch& batch, const Entity& entity) {
  service.store().put(batch, entity.account, entity.kind, entity.name(), entity.record);
}

ApiResult<void> check_name(std::string_view member, std::string_view name) {
  if (std::all_of(name.begin(), name.end(), is_name_character)) return {};
  std::string shown(member);
  shown.front() = static_cast<char>(shown.front() - 'A' + 'a');
  return validation_error("The specified value for " + shown +
                          " is invalid. It must contain only alphanumeric characters and/or the "
                          "following: +=,.@_-");
}

ApiResult<std::string> path_member(const Value& input, std::string_view member) {
  std::string path = find_text(input, member).value_or("/");
  const bool is_printable =
      std::all_of(path.begin(), path.end(), [](char c) { return c >= 0x21 && c <= 0x7e; });
  if (!path.starts_with('/') || !path.ends_with('/') || !is_printable ||
      path.find("//") != std::string::npos) {
    return validation_error(
        "The specified value for path is invalid. It must begin and end with / "
        "and contain only alphanumeric characters and/or / characters.");
  }
  return path;
}

ApiResult<Value> tags_member(const Value& input) {
  return changed_tags(Value::array(), array_member(input, "Tags"));
}

/// Keys differ in more than case; the newest value counts.
ApiResult<Value> changed_tags(const Value& tags, const Value& more) {
  std::vector<Value> changed(tags.items().begin(), tags.items().end());
  std::vector<std::string> given;
  for (const Value& tag : more.items()) {
    const std::string key = text_member(tag, "Key");
    const std::string lower = lower_case(key);
    if (std::find(given.begin(), given.end(), lower) != given.end()) {
      return invalid_input(
          "Duplicate tag keys found. Please note that Tag keys are case "
          "insensitive.");
    }
    given.push_back(lower);
    if (lower.starts_with("aws:")) {
      return invalid_input("Tag keys starting with 'aws:' are reserved for internal use.");
    }
    const auto there = std::find_if(changed.begin(), changed.end(), [&](const Value& each) {
      return lower_case(text_member(each, "Key")) == lower;
    });
    if (there != changed.end()) {
      *there = tag;
    } else {
      changed.push_back(tag);
    }
  }
  if (changed.size() > kTagsMax)
    return limit_exceeded("The number of tags has reached the maximum limit.");
  return Value::array(std::move(changed));
}

aws::ActionResult list_entities(IamService& service, const Request& request, Kind kind,
                                std::string_view list,
                                const std::function<Value(const Value&)>& shown) {
  Page page = PAWL_TRY(Page::of(request.input));
  const std::string prefix = find_text(request.input, "PathPrefix").value_or("/");
  std::vector<Value> items;
  PAWL_TRY_VOID(service.store().visit(request.account_id(), kind, page.from(),
                                      [&](std::string_view key, const Value& record) {
                                        if (!text_member(record, "Path").starts_with(prefix))
                                          return true;
                                        if (!page.take(key)) return false;
                                        items.push_back(shown(record));
                                        return true;
                                      }));
  return aws::Output(page.finish(list, std::move(items)));
}

Value shown_boundary(const std::string& arn) {
  return std::move(ObjectBuilder()
                       .set("PermissionsBoundaryType", Value("Policy"))
                       .set("PermissionsBoundaryArn", Value(arn)))
      .build();
}

namespace {

Value with_whole(Value shown, const Value& record) {
  if (const auto boundary = find_text(record, "Boundary"))
    shown = shown.with_member("PermissionsBoundary", shown_boundary(*boundary));
  const Value* tags = record.find("Tags");
  if (tags != nullptr && tags->size() != 0) shown = shown.with_member("Tags", *tags);
  return shown;
}

}  // namespace

Value shown_user(const Value& record, bool is_whole) {
  Value shown =
      selected(record, {"Path", "UserName", "UserId", "Arn", "CreateDate", "PasswordLastUsed"});
  return is_whole ? with_whole(std::move(shown), record) : shown;
}

Value shown_group(const Value& record) {
  return selected(record, {"Path", "GroupName", "GroupId", "Arn", "CreateDate"});
}

Value shown_role(const Value& record, bool is_whole) {
  Value shown = selected(record, {"Path", "RoleName", "RoleId", "Arn", "CreateDate"});
  shown = shown.with_member("AssumeRolePolicyDocument",
                            Value(url_encoded(text_member(record, "AssumeRolePolicyDocument"))));
  for (const char* member : {"Description", "MaxSessionDuration"}) {
    if (const Value* value = record.find(member)) shown = shown.with_member(member, *value);
  }
  if (!is_whole) return shown;
  const Value* used = record.find("RoleLastUsed");
  shown = shown.with_member("RoleLastUsed", used == nullptr ? Value::object() : *used);
  return with_whole(std::move(shown), record);
}

ApiResult<void> set_boundary(IamService& service, const Request& request, store::Batch& batch,
                             Entity& entity, const std::string& arn) {
  const std::string before = text_member(entity.record, "Boundary");
  if (!arn.empty()) PAWL_TRY(attachable_policy(service, request, arn));
  if (!before.empty()) {
    service.store().unlink(batch, entity.account, Link::PolicyBoundary, before, entity.linked());
    entity.unset("Boundary");
  }
  if (!arn.empty()) {
    service.store().link(batch, entity.account, Link::PolicyBoundary, arn, entity.linked());
    entity.set("Boundary", Value(arn));
  }
  return {};
}

}  // namespace pawl::iam
