// SPDX-License-Identifier: Apache-2.0
// The errors of this API, and the parts that several answers have.
#pragma once

#include <string>

#include "aws/api_error.h"
#include "aws/service/request.h"
#include "json/value.h"
#include "services/ssm/parameter.h"

namespace pawl::ssm {

aws::ApiError parameter_not_found();
/// What KMS refused, as Systems Manager says it.
aws::ApiError invalid_key(const aws::ApiError& of_kms, const std::string& request_id);
/// For whom KMS is asked: with the key that AWS manages the service itself uses it.
aws::Principal key_user(const std::string& key_id, const aws::Principal& caller);
/// The policies of a version: [{"PolicyText", "PolicyType", "PolicyStatus"}].
json::Value policies_value(const Version& version);
/// What DescribeParameters and GetParameterHistory have in common.
void describe(json::ObjectBuilder& out, const Parameter& parameter, const Version& version);

/// Where the page begins. Errors: InvalidNextToken.
aws::ApiResult<std::string> page_start(const json::Value& input);
json::Value page_token(const std::string& last);

/// One of ParameterFilters, or of the older Filters.
struct Filter {
  std::string key;     ///< "Name", "Type", "tag:team", …
  std::string option;  ///< "Equals", "BeginsWith", "Contains", "Recursive", "OneLevel"
  std::vector<std::string> values;
};
/// Errors: InvalidFilterKey, InvalidFilterOption, InvalidFilterValue.
aws::ApiResult<std::vector<Filter>> filters_member(const json::Value& input, bool by_path);
bool passes(const Filter& filter, const Parameter& parameter, const Version& version);

}  // namespace pawl::ssm
