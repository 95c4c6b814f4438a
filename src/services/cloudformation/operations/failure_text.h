// SPDX-License-Identifier: Apache-2.0
// What an event says of a handler's error.
#pragma once

#include <string>
#include <string_view>

#include "aws/api_error.h"

namespace pawl::cloudformation {

/// The code of errors whose message is the event's whole reason: CloudFormation's own resources.
inline constexpr std::string_view kPlainFailure = "StackFailure";

/// `Resource handler returned message: "Queue exists (Service: SQS, Status Code: 400)"
/// (RequestToken: …, HandlerErrorCode: AlreadyExists)`
std::string event_reason(const aws::ApiError& error, std::string_view type, std::string_view token);

}  // namespace pawl::cloudformation
