// SPDX-License-Identifier: Apache-2.0
// What types of both of API Gateway's APIs share: OpenAPI documents, ARNs, tags.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "services/cloudformation/types/handler_steps.h"

namespace pawl::cloudformation {

inline constexpr TagOperations kRestTags = {"apigateway", "resourceArn", "tags", "", "", "tagKeys"};
inline constexpr TagOperations kHttpTags = {"apigatewayv2", "ResourceArn", "Tags", "", "",
                                            "TagKeys"};

/// "arn:aws:apigateway:us-east-1::/restapis/ID": these ARNs name no account.
std::string rest_arn(const ResourceRequest& request, std::string_view resource);

/// Of a creation that is repeated: the id of what the operation lists with CloudFormation's tags;
/// "" if there is none.
aws::ApiResult<std::string> rest_made_before(StackCalls& calls, const ResourceRequest& request,
                                             std::string_view operation);

/// Where logs go, without the ":*" that an AWS::Logs::LogGroup's Arn ends with.
std::string log_group_arn(std::string arn);

/// An API's definition, JSON or YAML.
struct OpenApiText {
  std::string text;
  std::string base64() const;
};
bool has_openapi(const ResourceRequest& request);
/// Body, or the object that BodyS3Location names; nullopt if neither is given.
aws::ApiResult<std::optional<OpenApiText>> openapi_of(StackCalls& calls,
                                                      const ResourceRequest& request);

}  // namespace pawl::cloudformation
