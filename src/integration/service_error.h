// SPDX-License-Identifier: Apache-2.0
// ServiceError: what a called service answers instead of a result, and the two dialects in which
// Step Functions hands it to a workflow (recorded): optimized integrations speak as the Java SDK 1,
// aws-sdk integrations as the Java SDK 2.
#pragma once

#include <string>
#include <string_view>

#include <tl/expected.hpp>

#include "asl/execution_error.h"

namespace pawl::integration {

/// `code` is the API's ("ResourceNotFoundException", "StateMachineDoesNotExist"); `message` the
/// API's text.
struct ServiceError {
  std::string code;
  std::string message;
  int http_status = 400;
};

template <typename T>
using ServiceResult = tl::expected<T, ServiceError>;

/// error "Lambda.ResourceNotFoundException", cause "MESSAGE (Service: AWSLambda; Status Code: 404;
/// Error Code: ResourceNotFoundException; Request ID: ID; Proxy: null)". `prefix` is "Lambda",
/// `service` "AWSLambda".
asl::ExecutionError optimized_error(std::string_view prefix, std::string_view service,
                                    const ServiceError& error, std::string_view request_id);

/// error "Sfn.InvalidTokenException", cause "MESSAGE (Service: Sfn, Status Code: 400, Request ID:
/// ID) (SDK Attempt Count: 1)".
asl::ExecutionError sdk_error(std::string_view prefix, const ServiceError& error,
                              std::string_view request_id);

/// The error of a required parameter that is null or absent: "1 validation error detected: Value
/// null at 'functionName' …".
ServiceError missing_parameter(std::string_view member);

}  // namespace pawl::integration
