// SPDX-License-Identifier: Apache-2.0
// What other services ask of KMS: whether a key is there and may be used by whoever calls them.
#pragma once

#include <functional>
#include <string>

#include "aws/service/caller.h"

namespace pawl::aws {

enum class KeyUse { Encrypt, Decrypt };

struct KeyQuestion {
  std::string service;  ///< who asks: "s3.amazonaws.com"
  Principal principal;  ///< for whom
  std::string region;
  std::string key_id;  ///< an id, ARN, alias or alias ARN
  KeyUse use = KeyUse::Encrypt;
};

/// Gives the key's ARN once KMS has let the principal make, or open, a data key with it that nobody
/// sees. A key that AWS manages is used by the service itself, as its policy has it on AWS. Errors:
/// KMS's own, "DisabledException" and its like. `receiver` runs once, on the thread of the
/// services' loop. Thread-safe.
void check_kms_key(Caller& caller, KeyQuestion question,
                   std::function<void(ApiResult<std::string> arn)> receiver);

}  // namespace pawl::aws
