// SPDX-License-Identifier: Apache-2.0
// Resource policies of functions and layer versions: statements with ids, under a RevisionId. Kept
// and shown, not enforced: there is one account.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "aws/api_error.h"
#include "json/value.h"

namespace pawl::lambda {

/// "*", {"AWS": …} for accounts and ARNs, or {"Service": …}.
json::Value policy_principal(const std::string& text, std::string_view partition);

std::vector<json::Value> statements_of(const std::optional<json::Value>& policy);
/// {"RevisionId": a new one, "Statement"}.
json::Value make_policy(std::vector<json::Value> statements);
/// The text of API GetPolicy.
std::string policy_document(const json::Value& policy);
/// Errors: ResourceConflictException if there is a statement of this id.
aws::ApiResult<void> check_new_statement(const std::vector<json::Value>& statements,
                                         const std::string& id);
/// False if there is none of this id.
bool erase_statement(std::vector<json::Value>& statements, const std::string& id);

}  // namespace pawl::lambda
