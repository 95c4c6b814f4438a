// SPDX-License-Identifier: Apache-2.0
// FunctionReference: which function, version or alias a request means by FunctionName and
// Qualifier, and the errors of this API that name it.
#pragma once

#include <string>
#include <string_view>

#include "aws/api_error.h"
#include "aws/service/request.h"

namespace pawl::lambda {

inline constexpr std::string_view kLatest = "$LATEST";

struct FunctionKey {
  std::string account;
  std::string region;
  std::string name;

  std::string arn() const;
  /// With ":qualifier" unless that is empty.
  std::string arn(std::string_view qualifier) const;
  friend auto operator<=>(const FunctionKey&, const FunctionKey&) = default;
};

struct FunctionReference {
  FunctionKey key;
  std::string qualifier;  ///< version number, alias or $LATEST; empty: not given

  /// As the request names it.
  std::string arn() const { return key.arn(qualifier); }
  std::string_view qualifier_or_latest() const {
    return qualifier.empty() ? kLatest : std::string_view(qualifier);
  }
};

/// Reads NAME, ACCOUNT:function:NAME, a whole ARN, each with or without ":QUALIFIER"; `text` has
/// passed the model's pattern. What it leaves open is the caller's account and region.
FunctionReference parse_function_reference(std::string_view text, const aws::Request& request);

/// Errors: ResourceNotFoundException for another region's function, AccessDeniedException for
/// another account's.
aws::ApiResult<void> check_reachable(const FunctionReference& found, const aws::Request& request);

/// Members FunctionName and Qualifier of the input. Errors: InvalidParameterValueException if both
/// name a qualifier and not the same, and those of check_reachable.
aws::ApiResult<FunctionReference> function_reference(const aws::Request& request);

bool is_version_number(std::string_view qualifier);

/// 404 ResourceNotFoundException of the sender, as all errors below with the member Type "User".
aws::ApiError resource_not_found(std::string message);
aws::ApiError function_not_found(const std::string& arn);
aws::ApiError invalid_parameter(std::string message);
aws::ApiError resource_conflict(std::string message);
aws::ApiError precondition_failed(std::string message);
/// Our own failure.
aws::ApiError service_exception(std::string message);

}  // namespace pawl::lambda
