// SPDX-License-Identifier: Apache-2.0
// What Lambda's types share.
#pragma once

#include <string>

#include "services/cloudformation/types/handler_errors.h"
#include "services/cloudformation/types/resource_tags.h"
#include "services/cloudformation/types/resource_type.h"

namespace pawl::cloudformation::lambda {

inline constexpr uint64_t kPollMs = 200;

inline aws::ApiResult<json::Value> call(StackCalls& calls, std::string_view operation,
                                        json::Value input) {
  return calls.call("lambda", operation, std::move(input));
}

/// What is not there is removed.
inline aws::ApiResult<void> remove(StackCalls& calls, std::string_view operation,
                                   json::Value input) {
  PAWL_TRY_VOID(unless(call(calls, operation, std::move(input)), {"ResourceNotFoundException"}));
  return {};
}

/// ListTags, UntagResource, TagResource.
aws::ApiResult<void> update_tags(StackCalls& calls, std::string_view type,
                                 const ResourceRequest& request, const std::string& arn);

/// True when the concurrency of this alias or version is provisioned, or none is asked for.
/// `properties` are the alias's or version's.
aws::ApiResult<bool> provision(StackCalls& calls, const ResourceRequest& request,
                               const std::string& qualifier);

}  // namespace pawl::cloudformation::lambda
