// SPDX-License-Identifier: Apache-2.0
// One condition of a policy against what is known of a request (IAM User Guide, "IAM JSON policy
// elements: Condition operators").
#pragma once

#include "aws/policy/policy_document.h"
#include "aws/policy/policy_pattern.h"

namespace pawl::aws {

/// `variables` is null where policy variables are text.
bool condition_holds(const PolicyCondition& condition, const PolicyContext& context,
                     const PolicyContext* variables);

/// "10.0.0.0/8" or one address, IPv4 or IPv6.
bool address_is_in(std::string_view address, std::string_view block);

}  // namespace pawl::aws
