// SPDX-License-Identifier: Apache-2.0
#include "services/iam/iam_authorizer.h"

#include "aws/arn.h"
#include "services/iam/entity.h"
#include "services/iam/request_access.h"

namespace pawl::iam {

using aws::ApiError;
using aws::ApiResult;
using aws::Decision;
using aws::PolicySource;
using aws::Principal;
using aws::Request;

namespace {

constexpr size_t kKnownMax = 5'000;

bool is_all_powerful(const Principal& principal) {
  return !principal.service.empty() || principal.arn.ends_with(":root");
}

/// What a root may do, whose sessions may have policies.
std::shared_ptr<const PrincipalPolicies> everything() {
  static const std::shared_ptr<const PrincipalPolicies> kPolicies = [] {
    auto policies = std::make_shared<PrincipalPolicies>();
    policies->add(
        policies->set.identity,
        R"({"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}})",
        "root");
    return policies;
  }();
  return kPolicies;
}

/// IAM User Guide, "Troubleshoot access denied error messages".
std::string reason(const Decision& decision, const std::string& action) {
  const bool is_explicit = decision.verdict == aws::Verdict::ExplicitDeny;
  std::string_view kind = "identity-based policy";
  std::string_view article = "an ";
  switch (decision.denied_by) {
    case PolicySource::Identity: break;
    case PolicySource::Boundary:
      kind = "permissions boundary";
      article = "a ";
      break;
    case PolicySource::Session:
      kind = "session policy";
      article = "a ";
      break;
    case PolicySource::Resource:
      kind = "resource-based policy";
      article = "a ";
      break;
  }
  if (is_explicit) return " with an explicit deny in " + std::string(article) + std::string(kind);
  return " because no " + std::string(kind) + " allows the " + action + " action";
}

/// Services write the names of their actions each in a way of its own.
std::string shown_action(const std::string& action) {
  if (action.starts_with("sqs:")) return lower_case(action);
  if (action.starts_with("sns:")) return "SNS:" + action.substr(4);
  return action;
}

std::string denial(const Principal& principal, const Access& access, const Decision& decision) {
  const std::string action = shown_action(access.action);
  std::string message = "User: " + principal.arn + " is not authorized to perform: " + action;
  const bool is_s3 = action.starts_with("s3:");
  if (access.resource != "*")
    message += " on resource: " + (is_s3 ? "\"" + access.resource + "\"" : access.resource);
  return message + reason(decision, action);
}

ApiError denied(const Request& request, const Access& access, const Decision& decision) {
  const std::string& action = access.action;
  std::string message = denial(request.principal, access, decision);
  if (action.starts_with("ec2:")) {
    return {"UnauthorizedOperation", "You are not authorized to perform this operation. " + message,
            403};
  }
  if (action.starts_with("sns:")) return {"AuthorizationErrorException", message, 403};
  switch (request.operation->service->metadata().protocol) {
    case aws::Protocol::Query:
    case aws::Protocol::Ec2:
    case aws::Protocol::RestXml: return {"AccessDenied", message, 403};
    case aws::Protocol::RestJson: {
      ApiError error = aws::access_denied(message);
      error.status = 403;
      return error;
    }
    default: return aws::access_denied(message);
  }
}

}  // namespace

ApiResult<std::shared_ptr<const PrincipalPolicies>> IamAuthorizer::policies_of_arn(
    const std::string& arn) {
  {
    const std::lock_guard lock(mutex_);
    const uint64_t generation = directory_->generation;
    if (generation != generation_ || known_.size() > kKnownMax) {
      known_.clear();
      generation_ = generation;
    }
    if (const auto found = known_.find(arn); found != known_.end()) return found->second;
  }
  const uint64_t before = directory_->generation;
  const auto parsed = aws::Arn::parse(arn);
  std::shared_ptr<const PrincipalPolicies> policies = std::make_shared<PrincipalPolicies>();
  if (parsed) {
    const std::string name = parsed->resource.substr(parsed->resource.rfind('/') + 1);
    const Kind kind = parsed->resource.starts_with("user/") ? Kind::User : Kind::Role;
    policies = PAWL_TRY(policies_of(*directory_, parsed->account_id, kind, name));
  }
  const std::lock_guard lock(mutex_);
  if (generation_ == before) known_.emplace(arn, policies);
  return policies;
}

ApiResult<IamAuthorizer::Caller> IamAuthorizer::find_caller(const Principal& principal,
                                                            std::string_view region,
                                                            base::Timestamp now) {
  Caller caller;
  caller.base_arn = principal.arn;
  const auto identity = PAWL_TRY(identities_.find_key(principal.access_key_id));
  const auto arn = aws::Arn::parse(principal.arn);
  if (identity && identity->session && identity->session->arn == principal.arn) {
    caller.base_arn = identity->session->base_arn;
    if (identity->session->policies) {
      auto session = std::make_shared<PrincipalPolicies>();
      for (const std::string& text : *identity->session->policies) {
        std::string document = text;
        if (text.starts_with("arn:")) {
          const auto policy =
              PAWL_TRY(find_policy(*directory_, identity->session->account_id, text));
          document = policy ? policy->document : "";
        }
        session->add(session->set.identity, document, "session");
      }
      caller.session = std::move(session);
    }
  } else if (arn && arn->resource.starts_with("assumed-role/")) {
    // A workflow's: role and session stand in the ARN, the path does not.
    const std::string rest = arn->resource.substr(13);
    caller.base_arn = "arn:" + arn->partition + ":iam::" + arn->account_id + ":role/" +
                      rest.substr(0, rest.find('/'));
  }
  caller.policies = caller.base_arn.ends_with(":root") ? everything()
                                                       : PAWL_TRY(policies_of_arn(caller.base_arn));
  aws::RequestContext& context = caller.context;
  context.principal = {.account_id = principal.account_id, .arn = principal.arn};
  if (caller.base_arn.find(":role/") != std::string::npos)
    context.principal.role_arn = caller.base_arn;
  if (caller.policies) context.conditions = caller.policies->conditions;
  if (identity && identity->session) {
    for (const auto& [name, value] : identity->session->tags)
      context.conditions["aws:principaltag/" + lower_case(name)] = {value};
  }
  context.conditions["aws:principalarn"] = {caller.base_arn};
  context.conditions["aws:principalaccount"] = {principal.account_id};
  context.conditions["aws:principaltype"] = {
      principal.arn.find(":assumed-role/") != std::string::npos ? "AssumedRole" : "User"};
  context.conditions["aws:userid"] = {principal.user_id};
  context.conditions["aws:requestedregion"] = {std::string(region)};
  context.conditions["aws:currenttime"] = {base::format_iso8601(now)};
  context.conditions["aws:epochtime"] = {std::to_string(now.ms / 1000)};
  context.conditions["aws:viaawsservice"] = {"false"};
  context.conditions["aws:principalisawsservice"] = {"false"};
  return caller;
}

aws::PolicySet IamAuthorizer::set_of(const Caller& caller) {
  aws::PolicySet set;
  if (caller.policies) set = caller.policies->set;
  if (caller.session) set.session = caller.session->set.identity;
  return set;
}

namespace {

/// What looks at the role's trust policy when it is given one, and what it says.
struct RoleTaker {
  std::string_view signing_name;
  std::string_view operation;
  const char* member;
  const char* service;
  const char* code;
  const char* message;
};

constexpr const char* kStatesCannot =
    "Neither the global service principal states.amazonaws.com, nor the regional one is authorized "
    "to assume the provided role.";
constexpr const char* kLambdaCannot =
    "The role defined for the function cannot be assumed by Lambda.";

constexpr RoleTaker kRoleTakers[] = {
    {"states", "CreateStateMachine", "roleArn", "states", "AccessDeniedException", kStatesCannot},
    {"states", "UpdateStateMachine", "roleArn", "states", "AccessDeniedException", kStatesCannot},
    {"lambda", "CreateFunction", "Role", "lambda", "InvalidParameterValueException", kLambdaCannot},
    {"lambda", "UpdateFunctionConfiguration", "Role", "lambda", "InvalidParameterValueException",
     kLambdaCannot},
};

bool trusts(const aws::AssumableRole& role, const std::string& service) {
  const auto trust = aws::PolicyDocument::parse(role.trust_policy, aws::PolicyKind::Trust);
  if (!trust) return false;
  aws::PolicySet set;
  set.resource = {{&*trust, "", ""}};
  set.needs_resource_policy = true;
  aws::RequestContext context;
  context.action = "sts:AssumeRole";
  context.resource = role.arn;
  context.principal.service = service;
  return aws::evaluate(set, context).verdict == aws::Verdict::Allowed;
}

}  // namespace

ApiResult<void> IamAuthorizer::check_trust(const Request& request) {
  const std::string& service = request.operation->service->metadata().signing_name;
  for (const RoleTaker& taker : kRoleTakers) {
    if (taker.signing_name != service || taker.operation != request.operation->name) continue;
    const auto arn = find_text(request.input, taker.member);
    if (!arn || !aws::Arn::parse(*arn)) return {};  // the service says what is wrong with it
    const auto role = PAWL_TRY(identities_.find_role(*arn));
    const std::string name(taker.service);
    if (role && (trusts(*role, name + ".amazonaws.com") ||
                 trusts(*role, name + "." + request.region + ".amazonaws.com")))
      return {};
    return ApiError(taker.code, taker.message, 400);
  }
  return {};
}

ApiResult<void> IamAuthorizer::authorize(const Request& request) {
  PAWL_TRY_VOID(check_access(request));
  return check_trust(request);
}

ApiResult<void> IamAuthorizer::check_access(const Request& request) {
  if (is_all_powerful(request.principal)) return {};
  if (request.operation->anonymous) return {};
  // "No permissions are required for users to perform this operation."
  if (request.operation->name == "GetCallerIdentity" ||
      request.operation->name == "GetSessionToken")
    return {};
  // A role's trust policy may be enough: authorize_assumption() decides.
  if (request.operation->name == "AssumeRole") return {};
  Caller caller = PAWL_TRY(find_caller(request.principal, request.region, request.received));
  const aws::PolicySet set = set_of(caller);
  for (const Access& access : needed_access(request)) {
    caller.context.action = access.action;
    caller.context.resource = access.resource;
    if (!access.passed_to.empty())
      caller.context.conditions["iam:passedtoservice"] = {access.passed_to};
    const Decision decision = aws::evaluate(set, caller.context);
    if (decision.verdict != aws::Verdict::Allowed) return denied(request, access, decision);
  }
  return {};
}

ApiResult<void> IamAuthorizer::authorize_action(const Principal& principal,
                                                const std::string& region,
                                                const std::string& action,
                                                const std::string& resource, base::Timestamp now) {
  if (is_all_powerful(principal)) return {};
  Caller caller = PAWL_TRY(find_caller(principal, region, now));
  caller.context.action = action;
  caller.context.resource = resource;
  const Decision decision = aws::evaluate(set_of(caller), caller.context);
  if (decision.verdict == aws::Verdict::Allowed) return {};
  ApiError error = aws::access_denied(denial(principal, {action, resource}, decision));
  error.status = action.starts_with("lambda:") ? 403 : 400;  // as their protocols have it
  return error;
}

ApiResult<void> IamAuthorizer::authorize_assumption(const Principal& principal,
                                                    const aws::AssumableRole& role,
                                                    const std::string& action,
                                                    const std::string& federated) {
  const auto trust = aws::PolicyDocument::parse(role.trust_policy, aws::PolicyKind::Trust);
  if (!trust) return aws::internal_failure(trust.error().message);
  const auto arn = aws::Arn::parse(role.arn);
  Caller caller = PAWL_TRY(find_caller(principal, "us-east-1", {}));
  aws::PolicySet set = set_of(caller);
  set.resource = {{&*trust, "", ""}};
  set.resource_account = arn ? arn->account_id : "";
  set.needs_resource_policy = true;
  caller.context.action = action;
  caller.context.resource = role.arn;
  if (!principal.service.empty()) caller.context.principal.service = principal.service;
  if (!federated.empty()) {
    caller.context.principal = {.account_id = set.resource_account, .federated = federated};
  }
  const Decision decision = aws::evaluate(set, caller.context);
  if (decision.verdict == aws::Verdict::Allowed) return {};
  return ApiError("AccessDenied",
                  "User: " + principal.arn + " is not authorized to perform: " + action +
                      " on resource: " + role.arn,
                  403);
}

}  // namespace pawl::iam
