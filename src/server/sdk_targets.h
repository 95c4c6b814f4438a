// SPDX-License-Identifier: Apache-2.0
// Scheduler's universal targets, "arn:aws:scheduler:::aws-sdk:SERVICE:ACTION": any operation that a
// model has, named as the AWS SDK for Java 2 does (Scheduler User Guide "Universal targets").
#pragma once

#include "aws/api_error.h"
#include "aws/model/model_catalog.h"
#include "aws/service/caller.h"

namespace pawl::server {

/// The call with the model's names of its service, its operation and the members of its input.
/// Thread-safe. Errors: ValidationException if no model has it, or the input does not fit.
aws::ApiResult<aws::Call> resolve_sdk_target(aws::ModelCatalog& models, aws::Call call);

}  // namespace pawl::server
