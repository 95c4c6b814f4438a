// SPDX-License-Identifier: Apache-2.0
// The errors of this API in its words, and the parts that several answers have.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "aws/api_error.h"
#include "aws/service/request.h"
#include "json/value.h"
#include "services/secretsmanager/secret.h"
#include "services/secretsmanager/secret_store.h"

namespace pawl::secretsmanager {

aws::ApiError invalid_request(std::string message);
aws::ApiError invalid_parameter(std::string message);
aws::ApiError not_found(std::string message = "Secrets Manager can't find the specified secret.");
aws::ApiError marked_for_deletion();

/// "You must provide …" errors aside, what a name or SecretId may be made of.
aws::ApiResult<void> check_name(std::string_view name);
/// ClientRequestToken: SDKs make one, whoever speaks HTTP himself must. Calls inside this process
/// are as an SDK's. Errors: InvalidRequestException.
aws::ApiResult<void> check_token(const aws::Request& request);
/// Tags of the input. Errors: InvalidParameterException for aws: keys and for more than 50.
aws::ApiResult<Tags> tags_member(const aws::Request& request);
json::Value tags_value(const Tags& tags);
/// Sets and replaces. Errors: LimitExceededException beyond 50.
aws::ApiResult<void> merge_tags(Tags& tags, const Tags& more);

/// SecretString or SecretBinary; nullopt if neither is there. Errors: both.
aws::ApiResult<std::optional<SecretValue>> value_member(const json::Value& input);

/// ARN and Name, to which answers add.
json::ObjectBuilder named(std::string_view arn, std::string_view name);
/// What DescribeSecret and ListSecrets have in common.
void describe(json::ObjectBuilder& out, const Secret& secret);
json::Value stages_of_versions(const Secret& secret);
json::Value replication_status(const Secret& secret);

}  // namespace pawl::secretsmanager
