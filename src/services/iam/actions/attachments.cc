// SPDX-License-Identifier: Apache-2.0
// AttachUserPolicy, DetachUserPolicy, ListAttachedUserPolicies, and the same of groups and roles.
#include <algorithm>
#include <array>

#include "services/iam/entity.h"

namespace pawl::iam {

using aws::ActionResult;
using aws::Request;
using json::ObjectBuilder;
using json::Value;

namespace {

/// IAM quotas: "Managed policies attached to an IAM role": 10.
constexpr size_t kAttachedMax = 10;

std::string_view quota_name(Kind kind) {
  if (kind == Kind::Group) return "PoliciesPerGroup";
  return kind == Kind::User ? "PoliciesPerUser" : "PoliciesPerRole";
}

bool is_protected(const Entity& entity) {
  return text_member(entity.record, "Path").starts_with("/aws-service-role/");
}

aws::ApiError protected_role(const Entity& entity) {
  return {"UnmodifiableEntityException", "Cannot perform the operation on the protected role '" +
                                             entity.name() +
                                             "' - this role is only modifiable by AWS"};
}

/// A policy that is attached already stays so.
template <Kind kKind>
ActionResult attach(IamService& service, const Request& request) {
  const std::string arn = text_member(request.input, "PolicyArn");
  PAWL_TRY_VOID(check_policy_arn(arn));
  Entity entity = PAWL_TRY(named_entity(service, request, kKind));
  if (is_protected(entity)) return protected_role(entity);
  const FoundPolicy policy = PAWL_TRY(attachable_policy(service, request, arn));
  if (policy.path.starts_with("/aws-service-role/")) {
    return aws::ApiError("PolicyNotAttachableException",
                         "Cannot attach a Service Role Policy to a Customer Role.");
  }
  std::vector<std::string> attached = texts_member(entity.record, "Attached");
  if (std::find(attached.begin(), attached.end(), arn) != attached.end()) return aws::Output();
  if (attached.size() >= kAttachedMax) {
    return limit_exceeded("Cannot exceed quota for " + std::string(quota_name(kKind)) + ": " +
                          std::to_string(kAttachedMax));
  }
  attached.push_back(arn);
  entity.set("Attached", texts_value(attached));
  store::Batch batch;
  put(service, batch, entity);
  service.store().link(batch, entity.account, Link::PolicyAttachment, arn, entity.linked());
  return service.commit(request, batch);
}

template <Kind kKind>
ActionResult detach(IamService& service, const Request& request) {
  const std::string arn = text_member(request.input, "PolicyArn");
  PAWL_TRY_VOID(check_policy_arn(arn));
  Entity entity = PAWL_TRY(named_entity(service, request, kKind));
  if (is_protected(entity)) return protected_role(entity);
  std::vector<std::string> attached = texts_member(entity.record, "Attached");
  if (std::erase(attached, arn) == 0) return no_such_entity("Policy " + arn + " was not found.");
  entity.set("Attached", texts_value(attached));
  store::Batch batch;
  put(service, batch, entity);
  service.store().unlink(batch, entity.account, Link::PolicyAttachment, arn, entity.linked());
  return service.commit(request, batch);
}

/// The path of a policy by its ARN: "/service-role/".
std::string_view path_in(std::string_view arn) {
  const size_t begin = arn.find('/');
  return begin == std::string_view::npos ? "/" : arn.substr(begin, arn.rfind('/') + 1 - begin);
}

template <Kind kKind>
ActionResult list_attached(IamService& service, const Request& request) {
  const Entity entity = PAWL_TRY(named_entity(service, request, kKind));
  Page page = PAWL_TRY(Page::of(request.input));
  const std::string prefix = find_text(request.input, "PathPrefix").value_or("/");
  std::vector<Value> all;
  for (const std::string& arn : texts_member(entity.record, "Attached")) {
    if (!path_in(arn).starts_with(prefix)) continue;
    all.push_back(std::move(ObjectBuilder()
                                .set("PolicyName", Value(arn.substr(arn.rfind('/') + 1)))
                                .set("PolicyArn", Value(arn)))
                      .build());
  }
  std::vector<Value> shown = page.cut(all);
  return aws::Output(page.finish("AttachedPolicies", std::move(shown)));
}

}  // namespace

std::span<const Operation> attachment_operations() {
  static constexpr std::array kOperations = {
      Operation{"AttachUserPolicy", attach<Kind::User>, true},
      Operation{"AttachGroupPolicy", attach<Kind::Group>, true},
      Operation{"AttachRolePolicy", attach<Kind::Role>, true},
      Operation{"DetachUserPolicy", detach<Kind::User>, true},
      Operation{"DetachGroupPolicy", detach<Kind::Group>, true},
      Operation{"DetachRolePolicy", detach<Kind::Role>, true},
      Operation{"ListAttachedUserPolicies", list_attached<Kind::User>},
      Operation{"ListAttachedGroupPolicies", list_attached<Kind::Group>},
      Operation{"ListAttachedRolePolicies", list_attached<Kind::Role>},
  };
  return kOperations;
}

}  // namespace pawl::iam
