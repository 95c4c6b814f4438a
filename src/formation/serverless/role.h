// SPDX-License-Identifier: Apache-2.0
// Policies of functions and state machines: policy templates, managed policies by name, statements;
// and the role that carries them.
#pragma once

#include <string>
#include <vector>

#include "formation/serverless/sam_resource.h"

namespace pawl::formation::serverless {

/// Puts the statements of policy templates in the place of their names in `Policies`.
Outcome<void> expand_policy_templates(const SamResource& resource);

/// What a role is made of, besides the resource's own Policies.
struct RoleParts {
  Node assume_role_policy;
  std::vector<Node> managed_arns = {};
  std::vector<Node> policies = {};  ///< {PolicyName, PolicyDocument}
  Node path = {};
  Node permissions_boundary = {};
  Node tags = {};
};

/// ID + "Role" with the parts and `policies` (as the property Policies).
Outcome<Made> make_role(const Work& work, const SamResource& resource, const Node& policies,
                        RoleParts parts);

}  // namespace pawl::formation::serverless
