// SPDX-License-Identifier: Apache-2.0
// evaluate(): whether policies let a request pass (IAM User Guide, "Policy evaluation logic").
// Pure; who has which policies is services/iam's, what a request asks for is authorizer.h's.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "aws/policy/policy_document.h"
#include "aws/policy/policy_pattern.h"

namespace pawl::aws {

/// Who asks, as policies with principals name it.
struct PolicyCaller {
  std::string account_id = {};
  std::string arn = {};        ///< of the user, the role's session, the root
  std::string role_arn = {};   ///< of the role whose session it is; "" else
  std::string service = {};    ///< "lambda.amazonaws.com" when a service asks for itself; "" else
  std::string federated = {};  ///< of the identity provider; "" else
};

struct RequestContext {
  std::string action;    ///< "s3:GetObject"
  std::string resource;  ///< an ARN; "*" if the action is not about one
  PolicyCaller principal = {};
  PolicyContext conditions = {};  ///< keys in lower case
};

/// A policy and what SimulatePrincipalPolicy calls it. The document outlives the evaluation.
struct NamedPolicy {
  const PolicyDocument* document = nullptr;
  std::string id = {};
  std::string type = {};  ///< "IAM Policy"
};

struct PolicySet {
  std::vector<NamedPolicy> identity = {};
  std::optional<std::vector<NamedPolicy>> boundary = {};  ///< set: it must allow as well
  std::optional<std::vector<NamedPolicy>> session = {};   ///< set: it must allow as well
  std::vector<NamedPolicy> resource = {};
  std::string resource_account = {};  ///< whose the resource is; "": the caller's
  /// Trust policies: without their word nothing is allowed, whatever identity policies say.
  bool needs_resource_policy = false;
};

enum class Verdict { Allowed, ImplicitDeny, ExplicitDeny };
/// "allowed", "implicitDeny", "explicitDeny".
std::string_view verdict_name(Verdict verdict);

/// Which policies did not let a request pass.
enum class PolicySource { Identity, Boundary, Session, Resource };

struct MatchedStatement {
  const NamedPolicy* policy = nullptr;
  const PolicyStatement* statement = nullptr;
};

struct Decision {
  Verdict verdict = Verdict::ImplicitDeny;
  PolicySource denied_by = PolicySource::Identity;  ///< unless it is allowed
  /// Those that decided: the denying ones, else the allowing ones.
  std::vector<MatchedStatement> matched = {};
  /// Keys of conditions that were looked for and not there, sorted, each once.
  std::vector<std::string> missing_context = {};
};

/// An explicit deny anywhere first; then what must allow. Inside one account a resource's policy
/// that names the caller is enough; across accounts both sides must allow. Thread-safe.
Decision evaluate(const PolicySet& policies, const RequestContext& request);

/// Whether a policy's action pattern is for that action, whatever the case.
bool action_matches(std::string_view pattern, std::string_view action);

}  // namespace pawl::aws
