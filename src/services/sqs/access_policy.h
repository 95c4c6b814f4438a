// SPDX-License-Identifier: Apache-2.0
// A queue's access policy as far as it says who of another account may do what: statements that
// allow, by principal and action. Conditions and Deny are not looked at (docs/differences.md).
#pragma once

#include <string>
#include <string_view>

#include "aws/service/request.h"

namespace pawl::sqs {

/// `action` is "sqs:SendMessage"; case does not matter. False for a policy that is no policy.
bool policy_allows(std::string_view policy, const aws::Principal& principal,
                   std::string_view action);

}  // namespace pawl::sqs
