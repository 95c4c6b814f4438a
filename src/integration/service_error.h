// SPDX-License-Identifier: Apache-2.0
// ServiceError: what a called service answers instead of a result, and the two dialects in which
// Step Functions hands it to a workflow (recorded): optimized integrations speak as the Java SDK 1,
// aws-sdk integrations as the Java SDK 2.
#pragma once

#include <string>
#include <string_view>

#include <tl/expected.hpp>

#include "asl/execution_error.h"
#include "aws/api_error.h"
#include "aws/model/service_model.h"
#include "integration/optimized_services.h"

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

/// What a service answered to an aws-sdk integration: "S3.NoSuchKeyException", "The specified key
/// does not exist. (Service: S3, Status Code: 404, Request ID: ID, Extended Request ID: ID)". A
/// code that the model does not know is the service's own: "DynamoDb.DynamoDbException".
asl::ExecutionError sdk_api_error(const aws::ServiceModel& service, const aws::ApiError& error,
                                  std::string_view request_id);

/// The same for an optimized integration: "DynamoDB.AmazonDynamoDBException",
/// "SNS.NotFoundException".
asl::ExecutionError optimized_api_error(const OptimizedService& service,
                                        const aws::ServiceModel& model, const aws::ApiError& error,
                                        std::string_view request_id);

/// The id that a service would have given a call: S3 has ids of its own kind.
std::string request_id_of(const aws::ServiceModel& service, std::string_view uuid);

/// The error of a required parameter that is null or absent: "1 validation error detected: Value
/// null at 'functionName' …".
ServiceError missing_parameter(std::string_view member);

}  // namespace pawl::integration
