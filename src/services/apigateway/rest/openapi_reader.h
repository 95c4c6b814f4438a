// SPDX-License-Identifier: Apache-2.0
// What a Swagger 2.0 or OpenAPI 3.0 definition says of a REST API, as records without ids
// (Developer Guide "Working with API Gateway extensions to OpenAPI").
#pragma once

#include <map>
#include <string>
#include <vector>

#include "aws/api_error.h"
#include "json/value.h"

namespace pawl::apigateway {

struct ReadRestApi {
  json::Value api = json::Value::object();    ///< name, description, version, …
  std::map<std::string, json::Value> models;  ///< by name
  std::map<std::string, json::Value> authorizers;
  std::map<std::string, json::Value> validators;
  std::map<std::string, json::Value> gateway_responses;
  /// Methods by path and verb; "authorizerName" and "validatorName" stand where ids will.
  std::map<std::string, std::map<std::string, json::Value>> paths;
};

/// Errors: BadRequestException "Invalid OpenAPI input." and more than that.
aws::ApiResult<ReadRestApi> read_rest_openapi(const json::Value& openapi);

/// "x-amazon-apigateway-integration" as an integration of the API, and back.
json::Value integration_of_extension(const json::Value& extension);
json::Value extension_of_integration(const json::Value& integration);

}  // namespace pawl::apigateway
