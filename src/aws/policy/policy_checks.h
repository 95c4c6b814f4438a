// SPDX-License-Identifier: Apache-2.0
// What IAM refuses in a policy, in its words and its order of looking: the first mistake found is
// the one it tells.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "aws/policy/policy_document.h"
#include "json/value.h"

namespace pawl::aws {

/// The statements of a policy that is an object: one, or a list.
std::vector<json::Value> policy_statements(const json::Value& policy);

/// What is wrong with a policy of kind Identity or Inline; nullopt: nothing.
std::optional<std::string> identity_policy_fault(const json::Value& policy, PolicyKind kind);
/// The same of policies that have principals.
std::optional<std::string> principal_policy_fault(const json::Value& policy, PolicyKind kind);

/// ISO 8601 as far as IAM takes it, or seconds since 1970. In milliseconds.
std::optional<int64_t> read_policy_date(std::string_view text);

}  // namespace pawl::aws
