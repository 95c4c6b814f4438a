// SPDX-License-Identifier: Apache-2.0
// First-class integrations of HTTP APIs: an operation of an AWS service, its parameters mapped from
// the request (Developer Guide "Integration subtype reference").
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "aws/api_error.h"
#include "aws/http_message.h"
#include "aws/service/caller.h"
#include "services/apigateway/gateway_exchange.h"

namespace pawl::apigateway {

struct FirstClassParameter {
  enum class Kind { Text, Integer, Json, Texts, Time, Bytes };
  std::string_view name;
  bool is_required = false;
  Kind kind = Kind::Text;
};

struct FirstClassAction {
  std::string_view subtype;  ///< "StepFunctions-StartExecution"
  std::string_view service;  ///< the model's name
  std::string_view operation;
  std::string_view content_type;
  std::vector<FirstClassParameter> parameters;
};

/// nullptr if there is no such subtype.
const FirstClassAction* find_first_class(std::string_view subtype);

/// Whether parameters of these names will do. BadRequestException naming those that are missing or
/// unknown.
aws::ApiResult<void> check_first_class(const FirstClassAction& action,
                                       const std::vector<std::string>& names);

/// The call with these values. BadRequestException if a value is not of the parameter's type.
aws::ApiResult<aws::Call> first_class_call(const FirstClassAction& action, const Scope& scope,
                                           const TextMap& values);

/// The service's own answer.
aws::HttpResponse first_class_response(const FirstClassAction& action,
                                       const aws::ApiResult<json::Value>& answer);

}  // namespace pawl::apigateway
