// SPDX-License-Identifier: Apache-2.0
// Bucket policies: what S3 demands of their text, and what they allow to other accounts. A bucket's
// own account may everything: IAM is not looked at.
#pragma once

#include <string_view>

#include "aws/api_error.h"

namespace pawl::s3 {

/// Errors: MalformedPolicy.
aws::ApiResult<void> check_policy(std::string_view text, std::string_view bucket);

/// An Allow that fits and no Deny; statements with conditions allow nothing and deny nothing.
/// `action`: "s3:GetObject"; `resource`: an ARN.
bool policy_allows(std::string_view policy, std::string_view account, std::string_view action,
                   std::string_view resource);

/// Whether it allows anything to everybody.
bool is_public_policy(std::string_view policy);

}  // namespace pawl::s3
