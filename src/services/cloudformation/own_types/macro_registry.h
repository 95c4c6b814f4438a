// SPDX-License-Identifier: Apache-2.0
// Macros of an account: the names that AWS::CloudFormation::Macro gives to Lambda functions.
#pragma once

#include <optional>
#include <string>

#include "aws/api_error.h"
#include "records/record_table.h"
#include "services/cloudformation/state/stack_store.h"

namespace pawl::cloudformation {

/// The function's name or ARN; nullopt: there is no such macro.
aws::ApiResult<std::optional<std::string>> find_macro(const StackStore& store,
                                                      const records::Owner& owner,
                                                      const std::string& name);
aws::ApiResult<void> put_macro(const StackStore& store, const records::Owner& owner,
                               const std::string& name, const std::string& function);
aws::ApiResult<void> erase_macro(const StackStore& store, const records::Owner& owner,
                                 const std::string& name);

}  // namespace pawl::cloudformation
