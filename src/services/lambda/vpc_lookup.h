// SPDX-License-Identifier: Apache-2.0
// The subnets and security groups of a function's VpcConfig, asked of EC2 wherever that lives.
#pragma once

#include <functional>

#include "aws/service/caller.h"
#include "aws/service/request.h"

namespace pawl::lambda {

/// Goes on with `next` at once if the request names no subnets; else on the loop's thread, with
/// "VpcId" added to its VpcConfig. Refuses in Lambda's words what EC2 does not know.
void with_vpc(aws::Caller& caller, aws::Request request, aws::Reply reply,
              std::function<void(aws::Request, aws::Reply)> next);

}  // namespace pawl::lambda
