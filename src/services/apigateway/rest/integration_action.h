// SPDX-License-Identifier: Apache-2.0
// AWS integrations of REST APIs that are no Lambda functions: the ARN that names a service's
// operation, and what a rendered request means as a call ("arn:aws:apigateway:REGION:states:action/
// StartExecution", API PutIntegration "uri").
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "aws/api_error.h"
#include "aws/http_message.h"
#include "aws/service/caller.h"
#include "services/apigateway/record_store.h"

namespace pawl::apigateway {

struct IntegrationUri {
  std::string region;
  std::string service;   ///< "states", "sqs", "lambda"; without a subdomain
  bool is_path = false;  ///< else an action
  std::string rest;      ///< "StartExecution"; "000000000000/queue"
};

/// nullopt if it is none of "arn:PARTITION:apigateway:REGION:[SUBDOMAIN.]SERVICE:path|action/REST".
std::optional<IntegrationUri> parse_integration_uri(std::string_view uri);

/// The call that a request to the service would be: JSON, a form, query parameters.
/// BadRequestException if it is none that is known.
aws::ApiResult<aws::Call> integration_call(const IntegrationUri& uri, const Scope& scope,
                                           const aws::HttpRequest& request,
                                           const std::string& own_url);

/// The service's answer as JSON.
aws::HttpResponse integration_answer(const IntegrationUri& uri, const std::string& operation,
                                     const aws::ApiResult<json::Value>& answer);

}  // namespace pawl::apigateway
