// SPDX-License-Identifier: Apache-2.0
// The configurations of machines and activities: logging, tracing, encryption. Checked as AWS
// checks them and completed with their defaults, so that what is stored is what is shown.
#pragma once

#include "aws/api_error.h"
#include "json/value.h"

namespace pawl::states {

/// {"level","includeExecutionData"} and the destinations that were given. `given` may be null: OFF.
/// Errors: InvalidLoggingConfiguration.
aws::ApiResult<json::Value> complete_logging_configuration(const json::Value* given);

/// {"enabled"}.
json::Value complete_tracing_configuration(const json::Value* given);

/// {"type"}; with a customer managed key also "kmsKeyId" and "kmsDataKeyReusePeriodSeconds" (300).
/// Errors: InvalidEncryptionConfiguration.
aws::ApiResult<json::Value> complete_encryption_configuration(const json::Value* given);

/// InvalidArn unless it is the ARN of an IAM role.
aws::ApiResult<void> check_role_arn(std::string_view arn);

}  // namespace pawl::states
