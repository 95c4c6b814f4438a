// SPDX-License-Identifier: Apache-2.0
// The errors of DynamoDB, in its words.
#pragma once

#include <string>
#include <string_view>

#include "aws/api_error.h"
#include "base/error.h"

namespace pawl::dynamodb {

/// ValidationException.
aws::ApiError invalid(std::string message);
/// ValidationException "One or more parameter values were invalid: ...".
aws::ApiError invalid_parameter(std::string_view message);
/// "Requested resource not found", what data operations say of tables.
aws::ApiError resource_not_found();
/// "Requested resource not found: Table: NAME not found", what table operations say.
aws::ApiError table_not_found(std::string_view name);
aws::ApiError key_does_not_match();
/// Of the store: ours, 500.
aws::ApiError storage_failure(const base::Error& error);

}  // namespace pawl::dynamodb
