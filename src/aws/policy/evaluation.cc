// SPDX-License-Identifier: Apache-2.0
// IAM User Guide, "How AWS enforcement code logic evaluates requests to allow or deny access".
#include "aws/policy/evaluation.h"

#include <algorithm>
#include <set>

#include "aws/arn.h"
#include "aws/policy/condition_match.h"

namespace pawl::aws {
namespace {

/// How a statement's principals name the caller.
enum class Naming {
  None,
  Account,  ///< only its account: that may say by identity policies who
  Caller,
};

/// "123456789012", or the account of "arn:aws:iam::123456789012:root"; "" if it is neither.
std::string account_principal(std::string_view value) {
  if (value.size() == 12 &&
      std::all_of(value.begin(), value.end(), [](char c) { return c >= '0' && c <= '9'; }))
    return std::string(value);
  const auto arn = Arn::parse(value);
  return arn && arn->service == "iam" && arn->resource == "root" ? arn->account_id : "";
}

Naming naming_of(const PolicyPrincipal& principal, const PolicyCaller& caller) {
  if (principal.type == "Service")
    return !caller.service.empty() && principal.value == caller.service ? Naming::Caller
                                                                        : Naming::None;
  if (principal.type == "Federated")
    return !caller.federated.empty() && principal.value == caller.federated ? Naming::Caller
                                                                            : Naming::None;
  if (principal.type != "AWS") return Naming::None;
  if (principal.value == "*") return Naming::Caller;
  if (!caller.service.empty()) return Naming::None;
  if (principal.value == caller.arn ||
      (!caller.role_arn.empty() && principal.value == caller.role_arn))
    return Naming::Caller;
  const std::string account = account_principal(principal.value);
  if (account.empty() || account != caller.account_id) return Naming::None;
  return account_principal(caller.arn) == account ? Naming::Caller : Naming::Account;
}

Naming naming_of(const PolicyStatement& statement, const PolicyCaller& caller) {
  Naming best = Naming::None;
  for (const PolicyPrincipal& each : statement.principals)
    best = std::max(best, naming_of(each, caller));
  if (!statement.is_not_principal) return best;
  return best == Naming::None ? Naming::Caller : Naming::None;
}

class Evaluation {
 public:
  Evaluation(const PolicySet& policies, const RequestContext& request)
      : policies_(policies), request_(request) {}

  Decision decide() {
    const Part identity = look_at(policies_.identity, false);
    const Part resource = look_at(policies_.resource, true);
    const Part boundary = policies_.boundary ? look_at(*policies_.boundary, false) : Part();
    const Part session = policies_.session ? look_at(*policies_.session, false) : Part();
    // "By default, all requests are implicitly denied … an explicit deny overrides any allow."
    for (const auto& [part, source] : {std::pair(&identity, PolicySource::Identity),
                                       std::pair(&resource, PolicySource::Resource),
                                       std::pair(&boundary, PolicySource::Boundary),
                                       std::pair(&session, PolicySource::Session)}) {
      if (!part->denying.empty()) return finish(Verdict::ExplicitDeny, source, part->denying);
    }
    if (policies_.needs_resource_policy && resource.naming == Naming::None)
      return finish(Verdict::ImplicitDeny, PolicySource::Resource, {});
    // "If a resource-based policy … names the principal itself, no identity policy, boundary or
    // session policy is needed" inside one account.
    if (!is_across_accounts() && resource.naming == Naming::Caller)
      return finish(Verdict::Allowed, PolicySource::Resource, resource.allowing);
    if (identity.allowing.empty()) return finish(Verdict::ImplicitDeny, PolicySource::Identity, {});
    if (policies_.boundary && boundary.allowing.empty())
      return finish(Verdict::ImplicitDeny, PolicySource::Boundary, {});
    if (policies_.session && session.allowing.empty())
      return finish(Verdict::ImplicitDeny, PolicySource::Session, {});
    if (is_across_accounts() && resource.naming == Naming::None)
      return finish(Verdict::ImplicitDeny, PolicySource::Resource, {});
    return finish(Verdict::Allowed, PolicySource::Identity, identity.allowing);
  }

 private:
  /// What policies of one kind say.
  struct Part {
    std::vector<MatchedStatement> allowing = {};
    std::vector<MatchedStatement> denying = {};
    Naming naming = Naming::None;  ///< the nearest of those that allow
  };

  bool is_across_accounts() const {
    return !policies_.resource_account.empty() &&
           policies_.resource_account != request_.principal.account_id;
  }

  Part look_at(const std::vector<NamedPolicy>& policies, bool has_principals) {
    Part part;
    for (const NamedPolicy& policy : policies) {
      for (const PolicyStatement& statement : policy.document->statements()) {
        const Naming naming =
            has_principals ? naming_of(statement, request_.principal) : Naming::Caller;
        if (naming == Naming::None || !applies(*policy.document, statement)) continue;
        const bool allows = statement.effect == PolicyEffect::Allow;
        (allows ? part.allowing : part.denying).push_back({&policy, &statement});
        if (allows) part.naming = std::max(part.naming, naming);
      }
    }
    return part;
  }

  bool applies(const PolicyDocument& document, const PolicyStatement& statement) {
    const PolicyContext* variables = document.has_variables() ? &request_.conditions : nullptr;
    const bool is_action =
        std::any_of(statement.actions.begin(), statement.actions.end(),
                    [&](const std::string& each) { return action_matches(each, request_.action); });
    if (is_action == statement.is_not_action) return false;
    if (!statement.resources.empty() &&
        is_resource(statement, variables) == statement.is_not_resource)
      return false;
    bool holds = true;
    for (const PolicyCondition& condition : statement.conditions) {
      if (condition.test != ConditionTest::Null && !request_.conditions.contains(condition.key))
        missing_.insert(condition.key);
      holds = holds && condition_holds(condition, request_.conditions, variables);
    }
    return holds;
  }

  bool is_resource(const PolicyStatement& statement, const PolicyContext* variables) const {
    return std::any_of(statement.resources.begin(), statement.resources.end(),
                       [&](const std::string& each) {
                         if (each == "*") return true;
                         const auto pattern = PolicyPattern::make(each, variables);
                         return pattern && pattern->matches(request_.resource);
                       });
  }

  Decision finish(Verdict verdict, PolicySource source, std::vector<MatchedStatement> matched) {
    Decision decision;
    decision.verdict = verdict;
    decision.denied_by = source;
    decision.matched = std::move(matched);
    decision.missing_context.assign(missing_.begin(), missing_.end());
    return decision;
  }

  const PolicySet& policies_;
  const RequestContext& request_;
  std::set<std::string> missing_;
};

}  // namespace

std::string_view verdict_name(Verdict verdict) {
  switch (verdict) {
    case Verdict::Allowed: return "allowed";
    case Verdict::ImplicitDeny: return "implicitDeny";
    case Verdict::ExplicitDeny: return "explicitDeny";
  }
  return "implicitDeny";
}

bool action_matches(std::string_view pattern, std::string_view action) {
  if (pattern == "*") return true;
  return PolicyPattern::make(pattern, nullptr)->matches(action, true);
}

Decision evaluate(const PolicySet& policies, const RequestContext& request) {
  return Evaluation(policies, request).decide();
}

}  // namespace pawl::aws
