// SPDX-License-Identifier: Apache-2.0
// What a request needs to be allowed: IAM's names for operations and the ARNs of what they are
// about (Service Authorization Reference).
#pragma once

#include <string>
#include <vector>

#include "aws/service/request.h"

namespace pawl::iam {

struct Access {
  std::string action = {};     ///< "s3:GetObject"
  std::string resource = {};   ///< an ARN, or "*"
  std::string passed_to = {};  ///< of iam:PassRole: "states.amazonaws.com"
};

/// One or more, with iam:PassRole for each role that it hands to the service; all of them must be
/// allowed. What no table knows is "signingname:Operation" on the
/// first ARN of the input, or on "*".
std::vector<Access> needed_access(const aws::Request& request);

}  // namespace pawl::iam
