// SPDX-License-Identifier: Apache-2.0
// The errors of SQS's API in AWS's words (recorded where a recording exists), for JSON; how they
// look in the Query protocol is said by dress_error.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "aws/api_error.h"
#include "aws/service/request.h"
#include "base/error.h"

namespace pawl::sqs {

aws::ApiError missing_parameter(std::string_view name);
aws::ApiError invalid_parameter(std::string message);
/// "Value V for parameter P is invalid. Reason: R"
aws::ApiError invalid_parameter(std::string_view value, std::string_view parameter,
                                std::string_view reason);
aws::ApiError unknown_attribute(std::string_view name);
/// "Invalid value for the parameter P.", with " Reason: R" if there is one.
aws::ApiError invalid_attribute_value(std::string_view name, std::string_view reason = "");
aws::ApiError no_such_queue();
aws::ApiError invalid_receipt_handle(std::string_view handle);
/// Of StartMessageMoveTask and its like; "SourceArn".
aws::ApiError no_such_resource(std::string_view parameter);
/// A failure of the store.
aws::ApiError internal(const base::Error& error);

/// True if the request came in the Query protocol.
bool is_query(const aws::Request& request);
/// What answers to the Query protocol say otherwise than those to JSON.
void dress_for_query(const aws::OperationModel& operation, aws::ApiError& error);

}  // namespace pawl::sqs
