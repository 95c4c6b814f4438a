// SPDX-License-Identifier: Apache-2.0
// Instance profiles: what carries a role to a virtual machine.
#pragma once

#include <vector>

#include "services/iam/entity.h"

namespace pawl::iam {

/// Records of the profiles that hold the role.
aws::ApiResult<std::vector<json::Value>> profiles_of(IamService& service, const Entity& role);
/// With its role whole.
aws::ApiResult<json::Value> shown_profile(IamService& service, const std::string& account,
                                          const json::Value& record, bool has_tags);

}  // namespace pawl::iam
