// SPDX-License-Identifier: Apache-2.0
// What handlers of resource types say and hear when something goes wrong.
// https://docs.aws.amazon.com/cloudformation-cli/latest/userguide/resource-type-test-contract-errors.html
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>

#include "aws/api_error.h"
#include "json/value.h"

namespace pawl::cloudformation {

/// True if `result` is an error of one of these codes.
bool failed_with(const aws::ApiResult<json::Value>& result,
                 std::initializer_list<std::string_view> codes);

/// `result`, but for these errors, which are null: what is to be removed is not there.
aws::ApiResult<json::Value> unless(aws::ApiResult<json::Value> result,
                                   std::initializer_list<std::string_view> codes);

/// "Resource of type 'AWS::SQS::Queue' with identifier 'q' already exists."
aws::ApiError already_exists(std::string_view type, std::string_view identifier);

/// What a template asks for and Pawl cannot do, by its name.
aws::ApiError not_served(std::string_view type, std::string_view property);

/// Refuses the first of these properties ("A" or "A.B") that is there.
aws::ApiResult<void> refuse_properties(std::string_view type, const json::Value& properties,
                                       std::initializer_list<std::string_view> names);

}  // namespace pawl::cloudformation
