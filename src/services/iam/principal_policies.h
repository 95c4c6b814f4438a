// SPDX-License-Identifier: Apache-2.0
// What decides about one user, group or role: its policies, compiled, and what conditions can ask
// of it.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "aws/policy/evaluation.h"
#include "services/iam/service.h"

namespace pawl::iam {

/// Immutable once it is made; threads share it.
struct PrincipalPolicies {
  aws::PolicySet set = {};             ///< identity policies and the boundary
  aws::PolicyContext conditions = {};  ///< "aws:username", "aws:principaltag/team", …
  std::vector<std::shared_ptr<const aws::PolicyDocument>> documents = {};  ///< keeps them

  /// Adds to `list`. A policy that does not parse, which no action keeps, denies nothing and allows
  /// nothing.
  void add(std::vector<aws::NamedPolicy>& list, const std::string& document, const std::string& id);
};

/// Of an entity that may not be there: then there are no policies. With those of a user's groups.
aws::ApiResult<std::shared_ptr<PrincipalPolicies>> policies_of(Directory& directory,
                                                               const std::string& account,
                                                               Kind kind, const std::string& name);

}  // namespace pawl::iam
