// SPDX-License-Identifier: Apache-2.0
// What other services ask of KMS: whether a key is there and may encrypt.
#pragma once

#include <functional>
#include <string>

#include "aws/service/caller.h"

namespace pawl::aws {

/// Gives the ARN of the key that `key_id` (an id, ARN, alias or alias ARN) names, after KMS has
/// made a data key with it that nobody sees. Errors: KMS's own, "DisabledException" and its like.
/// `receiver` runs once, on the thread of the services' loop. Thread-safe.
void check_kms_key(Caller& caller, const Principal& principal, const std::string& region,
                   const std::string& key_id,
                   std::function<void(ApiResult<std::string> arn)> receiver);

}  // namespace pawl::aws
