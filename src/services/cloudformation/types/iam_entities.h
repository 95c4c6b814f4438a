// SPDX-License-Identifier: Apache-2.0
// What IAM's types share: roles, users and groups, and the policies on them.
#pragma once

#include <string>
#include <string_view>

#include "services/cloudformation/types/resource_type.h"

namespace pawl::cloudformation::iam {

/// A kind of what policies are put on.
struct Entity {
  std::string_view kind;         ///< "Role": in the names of operations
  std::string_view name_member;  ///< "RoleName"
  std::string_view list;         ///< "Roles": the property that names some
};

inline constexpr Entity kRole = {"Role", "RoleName", "Roles"};
inline constexpr Entity kUser = {"User", "UserName", "Users"};
inline constexpr Entity kGroup = {"Group", "GroupName", "Groups"};
inline constexpr Entity kEntities[] = {kRole, kUser, kGroup};

aws::ApiResult<json::Value> call(StackCalls& calls, std::string_view operation, json::Value input);
/// The same; nothing to remove is success.
aws::ApiResult<void> remove(StackCalls& calls, std::string_view operation, json::Value input);
/// The same; what is there already is taken for one's own if the request is repeated. nullopt then.
aws::ApiResult<std::optional<json::Value>> create(StackCalls& calls, std::string_view operation,
                                                  json::Value input,
                                                  const ResourceRequest& request);

/// "PutRolePolicy" and the like.
aws::ApiResult<void> put_policy(StackCalls& calls, const Entity& entity, std::string_view name,
                                std::string_view policy, const std::string& document);
aws::ApiResult<void> delete_policy(StackCalls& calls, const Entity& entity, std::string_view name,
                                   std::string_view policy);
aws::ApiResult<void> attach_policy(StackCalls& calls, const Entity& entity, std::string_view name,
                                   std::string_view arn);
aws::ApiResult<void> detach_policy(StackCalls& calls, const Entity& entity, std::string_view name,
                                   std::string_view arn);

/// Policies and ManagedPolicyArns of the resource as its properties have them; `previous` gone.
aws::ApiResult<void> update_policies(StackCalls& calls, const Entity& entity,
                                     const ResourceRequest& request);
aws::ApiResult<void> remove_policies(StackCalls& calls, const Entity& entity,
                                     const ResourceRequest& request);

/// The tags of a role, user or the like: "ListRoleTags", "TagRole", "UntagRole".
aws::ApiResult<void> update_tags(StackCalls& calls, std::string_view type, std::string_view kind,
                                 std::string_view name_member, const ResourceRequest& request);

/// Those of `before` that are not in `after`.
std::vector<std::string> missing_from(const std::vector<std::string>& before,
                                      const std::vector<std::string>& after);

}  // namespace pawl::cloudformation::iam
