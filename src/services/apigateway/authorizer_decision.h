// SPDX-License-Identifier: Apache-2.0
// AuthorizerDecision: what a Lambda authorizer's result means (Developer Guide "Output from an API
// Gateway Lambda authorizer", "Simple responses"). The policies of authorizers know no conditions
// worth evaluating: those of `execute-api` are kept by IAM.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/time.h"
#include "services/apigateway/gateway_exchange.h"

namespace pawl::apigateway {

struct AuthorizerDecision {
  bool is_allowed = false;
  TextMap variables = {};           ///< $context.authorizer.*
  std::string context_json = "{}";  ///< the context as it came, an object
  std::string usage_key = {};       ///< usageIdentifierKey
};

/// {"isAuthorized", "context"}; nullopt if it is none.
std::optional<AuthorizerDecision> read_simple_decision(std::string_view result);
/// {"principalId", "policyDocument", "context"}, for the method or route `arn`.
std::optional<AuthorizerDecision> read_policy_decision(std::string_view result,
                                                       std::string_view arn);

/// The function of an authorizer's or integration's URI: what stands between "/functions/" and
/// "/invocations", an ARN of a function itself; "" if it names none. Stage variables are filled in.
std::string function_of_uri(std::string_view uri, const TextMap& stage_variables);
/// "${stageVariables.name}" in any text.
std::string with_stage_variables(std::string_view text, const TextMap& stage_variables);

}  // namespace pawl::apigateway
