// SPDX-License-Identifier: Apache-2.0
// The policy of a posted form (S3 API Reference, "Creating a POST policy"): when it ends and what
// its fields may be.
#pragma once

#include <string_view>

#include "aws/api_error.h"
#include "base/time.h"
#include "services/s3/records.h"

namespace pawl::s3 {

/// `fields`: names in lower case, "bucket" among them. Errors: InvalidPolicyDocument, AccessDenied,
/// EntityTooLarge, EntityTooSmall.
aws::ApiResult<void> check_post_policy(std::string_view policy_base64, const Pairs& fields,
                                       uint64_t file_bytes, base::Timestamp now);

}  // namespace pawl::s3
