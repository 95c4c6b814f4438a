// SPDX-License-Identifier: Apache-2.0
// Passwords of users, which open no console here: kept as hashes, held to the account's policy.
#pragma once

#include <string>

#include "services/iam/service.h"

namespace pawl::iam {

/// Errors: PasswordPolicyViolation.
aws::ApiResult<void> check_password(IamService& service, const aws::Request& request,
                                    const std::string& password);
std::string password_hash(const std::string& account, const std::string& password);

}  // namespace pawl::iam
