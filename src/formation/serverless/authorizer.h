// SPDX-License-Identifier: Apache-2.0
// Authorizers of REST and HTTP APIs, as the security definitions of their API documents.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "formation/serverless/sam_resource.h"

namespace pawl::formation::serverless {

struct Authorizer {
  Node name;
  Node security;  ///< what stands in the document
  Node scopes = {};
  Node function_arn = {};
  /// Of REST: DisableFunctionDefaultPermissions; of HTTP: not EnableFunctionDefaultPermissions.
  bool without_permission = false;
};

using Authorizers = std::vector<Authorizer>;

/// Auth.Authorizers of an AWS::Serverless::Api; with AWS_IAM if it is the default.
Outcome<Authorizers> rest_authorizers(const Work& work, const std::string& api_id,
                                      const Node& config, const Node& default_authorizer);
/// Auth.Authorizers of an AWS::Serverless::HttpApi.
Outcome<Authorizers> http_authorizers(const Work& work, const std::string& api_id,
                                      const Node& config, bool with_iam);

/// The authorizer of that name or nullptr.
const Authorizer* find_authorizer(const Authorizers& authorizers, const Node& name);
/// Its scopes or [].
Node scopes_of(const Authorizers& authorizers, const Node& name);

}  // namespace pawl::formation::serverless
