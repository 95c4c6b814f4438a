// SPDX-License-Identifier: Apache-2.0
// When a secret is to be rotated next (User Guide, "Schedule expressions").
#pragma once

#include <cstdint>

#include "aws/api_error.h"
#include "services/secretsmanager/secret.h"

namespace pawl::secretsmanager {

/// By the rules, the first time after `now_ms`; 0 if they say nothing. Errors:
/// InvalidParameterException for an expression that is none.
aws::ApiResult<int64_t> next_rotation_ms(const Rotation& rotation, int64_t now_ms);

}  // namespace pawl::secretsmanager
