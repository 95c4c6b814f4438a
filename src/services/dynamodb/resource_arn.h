// SPDX-License-Identifier: Apache-2.0
// ARNs in requests, and the table that a ResourceArn names.
#pragma once

#include <memory>
#include <string>

#include "aws/api_error.h"
#include "aws/arn.h"
#include "aws/service/request.h"
#include "services/dynamodb/database.h"

namespace pawl::dynamodb {

/// A resource of the caller's account in the region that was asked.
/// Errors: AccessDeniedException of another account's, ValidationException of another region's.
aws::ApiResult<void> check_owner(const aws::Request& request, const aws::Arn& arn);

/// Errors: those, ValidationException of what is no table's ARN, ResourceNotFoundException.
aws::ApiResult<std::shared_ptr<Table>> find_resource(const Database& database,
                                                     const aws::Request& request,
                                                     const std::string& arn);

}  // namespace pawl::dynamodb
