// SPDX-License-Identifier: Apache-2.0
// The access policy of a topic: the one that AWS gives it, and the statements that AddPermission
// and RemovePermission put in and take out.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "aws/api_error.h"
#include "aws/service/request.h"
#include "services/sns/topic.h"

namespace pawl::sns {

/// Whether `caller`, who is of another account, may do this. Statements with conditions, and those
/// that deny, are not looked at.
bool policy_allows(const Topic& topic, const aws::Principal& caller, std::string_view operation);

std::string default_policy(const TopicName& topic);
/// What was set, or the default.
std::string policy_of(const Topic& topic);

struct Permission {
  std::string label;
  std::vector<std::string> accounts;
  std::vector<std::string> actions;  ///< "Publish"
};

/// The policy with one statement more. Errors: InvalidParameter.
aws::ApiResult<std::string> with_permission(const Topic& topic, const Permission& permission);
/// Without the statement of that Sid, if it is there.
std::string without_permission(const Topic& topic, std::string_view label);

}  // namespace pawl::sns
