// SPDX-License-Identifier: Apache-2.0
// The errors of this API in its words, and the parts that several answers have.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "aws/api_error.h"
#include "aws/service/request.h"
#include "json/value.h"
#include "services/kms/key.h"
#include "services/kms/key_spec.h"

namespace pawl::kms {

aws::ApiError not_found(std::string message);
aws::ApiError invalid_state(std::string message);
aws::ApiError unsupported(std::string message);
/// "KEY-ARN origin is AWS_KMS which is not valid for this operation."
aws::ApiError wrong_origin(const Key& key);
aws::ApiError invalid_ciphertext();
aws::ApiError incorrect_key();

/// Errors: DisabledException, KMSInvalidStateException.
aws::ApiResult<void> check_enabled(const Key& key);
/// Errors: KMSInvalidStateException for a key that is to be deleted.
aws::ApiResult<void> check_not_deleted(const Key& key);
/// Errors: InvalidKeyUsageException "KEY-ARN key usage is X which is not valid for OPERATION."
aws::ApiResult<void> check_usage(const Key& key, std::string_view usage,
                                 std::string_view operation);
/// Errors: InvalidKeyUsageException "Algorithm A is incompatible with key spec S."
aws::ApiResult<void> check_algorithm(const Key& key, std::string_view algorithm);
/// Errors: DryRunOperationException if DryRun is set: the last check of an action.
aws::ApiResult<void> check_dry_run(const aws::Request& request);

/// Of a list of Tag. Errors: TagException for aws: keys and duplicates.
aws::ApiResult<Tags> tags_member(const json::Value& input);
json::Value tags_value(const Tags& tags);
/// Errors: MalformedPolicyDocumentException.
aws::ApiResult<void> check_policy(const std::string& policy);
/// What a key has that was made without a policy.
std::string default_policy(const std::string& account);

/// KeyMetadata of DescribeKey.
json::Value key_metadata(const Key& key);

/// Where a page begins. Errors: InvalidMarkerException.
aws::ApiResult<std::string> page_start(const json::Value& input);
/// Truncated and, if there is more, NextMarker.
void end_page(json::ObjectBuilder& out, bool is_truncated, std::string_view last);

}  // namespace pawl::kms
