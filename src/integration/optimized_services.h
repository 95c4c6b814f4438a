// SPDX-License-Identifier: Apache-2.0
// The services of optimized integrations as a table: which model stands behind "dynamodb:getItem",
// what its errors are called, and where actions are not simply operations of the model.
#pragma once

#include <string>
#include <string_view>

#include "aws/model/model_catalog.h"
#include "base/error.h"
#include "integration/shape_conversion.h"
#include "json/value.h"

namespace pawl::integration {

struct OptimizedService {
  std::string_view service;       ///< in Resources
  std::string_view model;         ///< the model's folder
  std::string_view error_prefix;  ///< "DynamoDB"
  /// The service in causes, "AmazonDynamoDBv2": the SDK for Java 1. "": called by the SDK for
  /// Java 2.
  std::string_view java_name;

  SdkDialect dialect() const { return java_name.empty() ? SdkDialect::Java2 : SdkDialect::Java1; }
};

/// nullptr if it has none here: lambda, states, apigateway, http.
const OptimizedService* find_optimized_service(std::string_view service);

/// An action of an optimized integration as an operation of the model. Parameters and results of
/// EMR's are not quite those of its API.
struct OptimizedAction {
  std::string_view service;
  std::string_view action;
  std::string_view operation;
  /// "ClusterId>JobFlowIds[]": a parameter that has another name, and is the only item of a list;
  /// several divided by ";".
  std::string_view parameters;
  /// The same for members of the result.
  std::string_view results;
};

/// nullptr if the action is the operation of its own name.
const OptimizedAction* find_optimized_action(std::string_view service, std::string_view action);

/// The operation, by the model of the service. Errors: NotFound.
base::Result<const aws::OperationModel*> find_optimized_operation(const OptimizedService& service,
                                                                  std::string_view action,
                                                                  aws::ModelCatalog& models);

/// Applies OptimizedAction::parameters or results; other members stay.
json::Value rename_members(const json::Value& object, std::string_view renames);

}  // namespace pawl::integration
