// SPDX-License-Identifier: Apache-2.0
// PutUserPolicy, GetUserPolicy, DeleteUserPolicy, ListUserPolicies, and the same of groups and
// roles.
#include <array>

#include "services/iam/entity.h"
#include "services/iam/identifiers.h"

namespace pawl::iam {

using aws::ActionResult;
using aws::Request;
using json::ObjectBuilder;
using json::Value;

namespace {

/// IAM quotas, "IAM and AWS STS character limits": of all inline policies of one entity together.
constexpr size_t size_max(Kind kind) {
  if (kind == Kind::User) return 2'048;
  return kind == Kind::Group ? 5'120 : 10'240;
}

Value inline_policies(const Entity& entity) {
  const Value* policies = entity.record.find("Inline");
  return policies == nullptr ? Value::object() : *policies;
}

bool is_protected(const Entity& entity) {
  return text_member(entity.record, "Path").starts_with("/aws-service-role/");
}

template <Kind kKind>
ActionResult put_policy(IamService& service, const Request& request) {
  const std::string name = text_member(request.input, "PolicyName");
  Entity entity = PAWL_TRY(named_entity(service, request, kKind));
  if (is_protected(entity)) {
    return aws::ApiError("UnmodifiableEntityException",
                         "Cannot perform the operation on the protected role '" + entity.name() +
                             "' - this role is only modifiable by AWS");
  }
  const std::string document = text_member(request.input, "PolicyDocument");
  PAWL_TRY_VOID(check_policy(document, aws::PolicyKind::Inline));
  const Value policies = inline_policies(entity).with_member(name, Value(document));
  size_t size = 0;
  for (const json::Member& each : policies.members()) size += counted_size(each.value.as_string());
  if (size > size_max(kKind)) {
    return limit_exceeded("Maximum policy size of " + std::to_string(size_max(kKind)) +
                          " bytes exceeded for " + std::string(names_of(kKind).word) + " " +
                          entity.name());
  }
  entity.set("Inline", policies);
  store::Batch batch;
  put(service, batch, entity);
  return service.commit(request, batch);
}

aws::ApiError no_policy(Kind kind, const std::string& name) {
  return no_such_entity("The " + std::string(names_of(kind).word) + " policy with name " + name +
                        " cannot be found.");
}

template <Kind kKind>
ActionResult get_policy(IamService& service, const Request& request) {
  const Entity entity = PAWL_TRY(named_entity(service, request, kKind));
  const std::string name = text_member(request.input, "PolicyName");
  const Value policies = inline_policies(entity);
  const Value* document = policies.find(name);
  if (document == nullptr) return no_policy(kKind, name);
  return aws::Output(
      std::move(ObjectBuilder()
                    .set(names_of(kKind).name_member, Value(entity.name()))
                    .set("PolicyName", Value(name))
                    .set("PolicyDocument", Value(url_encoded(document->as_string()))))
          .build());
}

template <Kind kKind>
ActionResult delete_policy(IamService& service, const Request& request) {
  Entity entity = PAWL_TRY(named_entity(service, request, kKind));
  const std::string name = text_member(request.input, "PolicyName");
  const Value policies = inline_policies(entity);
  if (policies.find(name) == nullptr) return no_policy(kKind, name);
  entity.set("Inline", policies.without_member(name));
  store::Batch batch;
  put(service, batch, entity);
  return service.commit(request, batch);
}

template <Kind kKind>
ActionResult list_policies(IamService& service, const Request& request) {
  const Entity entity = PAWL_TRY(named_entity(service, request, kKind));
  Page page = PAWL_TRY(Page::of(request.input));
  std::vector<Value> names;
  const Value policies = inline_policies(entity);
  for (const json::Member& each : policies.members()) names.push_back(each.key);
  std::vector<Value> shown = page.cut(names);
  return aws::Output(page.finish("PolicyNames", std::move(shown)));
}

}  // namespace

std::span<const Operation> inline_policy_operations() {
  static constexpr std::array kOperations = {
      Operation{"PutUserPolicy", put_policy<Kind::User>, true},
      Operation{"PutGroupPolicy", put_policy<Kind::Group>, true},
      Operation{"PutRolePolicy", put_policy<Kind::Role>, true},
      Operation{"GetUserPolicy", get_policy<Kind::User>},
      Operation{"GetGroupPolicy", get_policy<Kind::Group>},
      Operation{"GetRolePolicy", get_policy<Kind::Role>},
      Operation{"DeleteUserPolicy", delete_policy<Kind::User>, true},
      Operation{"DeleteGroupPolicy", delete_policy<Kind::Group>, true},
      Operation{"DeleteRolePolicy", delete_policy<Kind::Role>, true},
      Operation{"ListUserPolicies", list_policies<Kind::User>},
      Operation{"ListGroupPolicies", list_policies<Kind::Group>},
      Operation{"ListRolePolicies", list_policies<Kind::Role>},
  };
  return kOperations;
}

}  // namespace pawl::iam
