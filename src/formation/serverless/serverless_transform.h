// SPDX-License-Identifier: Apache-2.0
// The transform AWS::Serverless-2016-10-31: a template with AWS::Serverless::* resources, Globals
// and implicit APIs becomes one with resources of CloudFormation only. Follows the AWS SAM
// translator (Apache-2.0, release 1.110), whose answers are what CloudFormation gives: logical ids
// included, also those that are made of hashes (deployments, versions, layers, permissions).
//
// Not the other transforms of a template (formation/transforms.h), and nothing is fetched:
// locations in S3 go into the answer as they are. NOTE AWS::Serverless::GraphQLApi, WebSocketApi,
// CapacityProvider and applications of the Serverless Application Repository are refused by name:
// Pawl has no services behind them.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"
#include "json/value.h"

namespace pawl::formation {

/// What the transform knows besides the template.
struct ServerlessContext {
  std::string region = "us-east-1";
  std::string partition = "aws";
  /// An object, parameter name to value (a text, or an array of texts for lists): what the stack
  /// was given. Defaults are taken from the template.
  json::Value parameters = json::Value::object();
  /// The ARN of an AWS managed policy by its name; asked for names that are not in the list of
  /// policies built in. May be empty.
  std::function<std::optional<std::string>(std::string_view name)> managed_policy_arn = {};
  /// Seconds since 1970: in the id of the deployment of an API with AlwaysDeploy.
  int64_t now_seconds = 0;
};

/// True if the template's Transform (a text or an array) names AWS::Serverless-2016-10-31.
bool uses_serverless(const json::Value& template_object);

/// The processed template, without Globals and without this transform's name (others stay). The
/// template is an object as read_template gives it: long forms of the functions only. Errors:
/// InvalidSyntax with AWS's text: "Transform AWS::Serverless-2016-10-31 failed with: Invalid
/// Serverless Application Specification document. Number of errors found: 1. Resource with id [X]
/// is invalid. ...", all mistakes together. Thread-safe; O(template), but for the API editors,
/// which copy a definition for each event.
base::Result<json::Value> expand_serverless(json::Value template_object,
                                            const ServerlessContext& context);

}  // namespace pawl::formation
