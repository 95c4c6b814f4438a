// SPDX-License-Identifier: Apache-2.0
// The errors of the Step Functions API in AWS's words: one function each, so that a text stands
// once. Recorded where a recording is known; the others follow the same pattern.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "asl/diagnostic.h"
#include "aws/api_error.h"
#include "base/error.h"

namespace pawl::states {

/// "Invalid Arn: 'Invalid ARN prefix: x'". `reason` is what stands in the quotes.
aws::ApiError invalid_arn(std::string_view reason);
/// "Invalid Role Arn: 'x'", code InvalidArn.
aws::ApiError invalid_role_arn(std::string_view arn);
aws::ApiError invalid_name(std::string_view name);
aws::ApiError invalid_token();
aws::ApiError invalid_definition(const std::vector<asl::Diagnostic>& diagnostics);
aws::ApiError invalid_logging_configuration(std::string_view reason);
aws::ApiError invalid_encryption_configuration(std::string_view reason);

aws::ApiError state_machine_does_not_exist(std::string_view arn);
aws::ApiError state_machine_already_exists(std::string_view arn);
aws::ApiError state_machine_deleting(std::string_view arn);
aws::ApiError state_machine_limit_exceeded(size_t limit);
aws::ApiError activity_does_not_exist(std::string_view arn);
aws::ApiError activity_already_exists(std::string_view arn);
aws::ApiError activity_limit_exceeded(size_t limit);

/// ResourceNotFound of aliases: "Request references a resource that does not exist."
aws::ApiError referenced_resource_not_found();
/// ResourceNotFound of tags, with the member resourceName.
aws::ApiError resource_not_found(std::string_view arn);
aws::ApiError too_many_tags(std::string_view arn);
aws::ApiError conflict(std::string message);
aws::ApiError service_quota_exceeded(std::string message);
/// ValidationException with its member `reason`, a word of ValidationExceptionReason.
aws::ApiError validation_with_reason(std::string message, std::string_view reason);
/// An ARN of a Distributed Map state where that operation takes none.
aws::ApiError labeled_arn_not_supported(std::string_view arn);

/// What the client gets when the store fails; the store's words are in it.
aws::ApiError store_failed(const base::Error& error);

}  // namespace pawl::states
