// SPDX-License-Identifier: Apache-2.0
// AssumedRoles: temporary credentials of roles, kept until shortly before they expire (STS
// AssumeRole). Not who asks STS for them.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "aws/api_error.h"
#include "aws/signing/sign.h"
#include "base/time.h"
#include "json/value.h"

namespace pawl::aws {

/// Used by one thread.
class AssumedRoles {
 public:
  using Receiver = std::function<void(ApiResult<Credentials>)>;
  /// Calls AssumeRole and gives its output.
  using Assume = std::function<void(std::function<void(ApiResult<json::Value>)>)>;

  /// At once if they are known; else after `assume`, which several calls share. Failures are not
  /// kept. The object must outlive the answer.
  void get(const std::string& role_arn, base::Timestamp now, const Assume& assume,
           Receiver receiver);

 private:
  struct Role {
    Credentials credentials;
    base::Timestamp expires = {};
    std::vector<Receiver> waiting;
  };
  void take(const std::string& role_arn, const ApiResult<json::Value>& output);
  void make_room();

  std::map<std::string, Role> roles_;
};

}  // namespace pawl::aws
