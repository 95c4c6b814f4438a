// SPDX-License-Identifier: Apache-2.0
// CredentialSource: the keys with which this process signs its own calls to other servers.
#pragma once

#include "aws/api_error.h"
#include "aws/signing/sign.h"

namespace pawl::aws {

/// Thread-safe; must not wait for the network.
class CredentialSource {
 public:
  virtual ~CredentialSource() = default;
  /// Asked before each call, so that keys may be exchanged while the process runs. Errors:
  /// SdkClientException with status 0 if there are none.
  virtual ApiResult<Credentials> credentials() = 0;
};

}  // namespace pawl::aws
