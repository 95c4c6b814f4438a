// SPDX-License-Identifier: Apache-2.0
// PolicyDocument: a policy in IAM's language (IAM User Guide, "IAM JSON policy reference" and
// "Grammar of the IAM JSON policy language"), read and checked. What it means: evaluation.h.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "json/value.h"

namespace pawl::aws {

/// Where a policy stands decides what may be in it and in which words AWS refuses it.
enum class PolicyKind {
  Identity,  ///< managed policies, permissions boundaries, sessions: no Principal
  Inline,    ///< the same, embedded in a user, group or role: it may lack a Version, or be of 2008
  Trust,     ///< a role's AssumeRolePolicyDocument: no Resource
  Resource,  ///< of buckets, queues, keys …: a Principal
};

enum class PolicyEffect { Allow, Deny };

/// {"AWS": "…"}; `"*"` alone is {"AWS": "*"}.
struct PolicyPrincipal {
  std::string type;  ///< "AWS", "Service", "Federated", "CanonicalUser"
  std::string value;

  friend bool operator==(const PolicyPrincipal&, const PolicyPrincipal&) = default;
};

enum class ConditionTest {
  StringEquals,
  StringEqualsIgnoreCase,
  StringLike,
  NumericEquals,
  NumericLessThan,
  NumericLessThanEquals,
  NumericGreaterThan,
  NumericGreaterThanEquals,
  DateEquals,
  DateLessThan,
  DateLessThanEquals,
  DateGreaterThan,
  DateGreaterThanEquals,
  Bool,
  BinaryEquals,
  IpAddress,
  ArnLike,  ///< and ArnEquals, which is the same
  Null,
};

/// One key under one operator.
struct PolicyCondition {
  enum class Set { None, ForAllValues, ForAnyValue };

  ConditionTest test = ConditionTest::StringEquals;
  bool is_negated = false;  ///< StringNotEquals, NotIpAddress, …
  bool if_exists = false;
  Set set = Set::None;
  std::string key;  ///< in lower case: "aws:sourcearn"
  std::vector<std::string> values;
};

struct PolicyStatement {
  std::string sid;
  PolicyEffect effect = PolicyEffect::Allow;
  bool is_not_action = false;
  std::vector<std::string> actions;  ///< patterns
  bool is_not_resource = false;
  std::vector<std::string> resources;  ///< patterns; empty where a policy has none
  bool is_not_principal = false;
  std::vector<PolicyPrincipal> principals;  ///< empty where a policy has none
  std::vector<PolicyCondition> conditions;
  /// In the text, as SimulatePrincipalPolicy tells them (recorded): behind the brace that opens the
  /// statement and behind the one that ends it, columns from 1.
  base::SourcePosition start = {};
  base::SourcePosition end = {};
};

/// Immutable; keeps no json::Value, so threads may share it.
class PolicyDocument {
 public:
  /// Errors: InvalidSyntax with the message of AWS's MalformedPolicyDocument.
  static base::Result<PolicyDocument> parse(std::string_view text, PolicyKind kind);

  const std::vector<PolicyStatement>& statements() const { return statements_; }
  /// Policy variables are texts like all others in policies of 2008-10-17.
  bool has_variables() const { return has_variables_; }
  /// What the conditions and variables ask for, in the policy's own spelling, sorted, each once.
  std::vector<std::string> context_keys() const;

 private:
  PolicyDocument() = default;

  std::vector<PolicyStatement> statements_;
  std::vector<std::string> condition_keys_;  ///< as written
  bool has_variables_ = false;
};

/// The operator of a condition by its name, with its prefix and suffix; false if there is none of
/// that name. Names differ in case only: AWS takes them.
bool read_condition_operator(std::string_view name, PolicyCondition& condition);

}  // namespace pawl::aws
