// SPDX-License-Identifier: Apache-2.0
// The property groups of AWS::S3::Bucket, and the operations that put and delete each.
#pragma once

#include "services/cloudformation/types/resource_type.h"

namespace pawl::cloudformation::s3 {

/// Puts what differs between the bucket and the template, and deletes what the template dropped, in
/// an order in which no group waits for another. `is_new`: the bucket got its ACL when it was made.
aws::ApiResult<void> update_configurations(StackCalls& calls, const ResourceRequest& request,
                                           bool is_new);

/// "public-read" of "PublicRead"; "" if there is none or it is the default.
std::string canned_acl(const json::Value& properties);

}  // namespace pawl::cloudformation::s3
