// SPDX-License-Identifier: Apache-2.0
// Stack policies: which resources updates must leave alone.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/protect-stack-resources.html
#pragma once

#include <string>
#include <string_view>

#include "aws/api_error.h"

namespace pawl::cloudformation {

/// "" if the policy (JSON; "" for none) lets `action` ("Update:Modify", "Update:Replace",
/// "Update:Delete") be done with the resource; else AWS's words. What no statement allows is
/// denied. Thread-safe.
std::string stack_policy_refusal(const std::string& policy, std::string_view logical_id,
                                 std::string_view type, std::string_view action);

/// Errors: ValidationError for what is no policy.
aws::ApiResult<void> check_stack_policy(const std::string& policy);

}  // namespace pawl::cloudformation
