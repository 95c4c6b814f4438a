// SPDX-License-Identifier: Apache-2.0
// What every container of Batch and ECS is told of this server: where it is, and as whom to call.
#pragma once

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "jobs/scope.h"

namespace pawl::jobs {

using Variables = std::vector<std::pair<std::string, std::string>>;

/// AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN of a session of the role; empty
/// if there is no such role. Thread-safe.
using RoleCredentials = std::function<Variables(const std::string& role_arn)>;

inline Variables container_environment(const Scope& scope, const std::string& endpoint_url,
                                       const std::string& role_arn,
                                       const RoleCredentials& credentials) {
  Variables variables = {{"AWS_DEFAULT_REGION", scope.region},
                         {"AWS_REGION", scope.region},
                         {"AWS_ENDPOINT_URL", endpoint_url}};
  Variables keys;
  if (credentials && !role_arn.empty()) keys = credentials(role_arn);
  if (keys.empty()) {
    // An access key of twelve digits chooses the account, where any credentials will do.
    keys = {{"AWS_ACCESS_KEY_ID", scope.account}, {"AWS_SECRET_ACCESS_KEY", "container"}};
  }
  variables.insert(variables.end(), keys.begin(), keys.end());
  return variables;
}

}  // namespace pawl::jobs
