// SPDX-License-Identifier: Apache-2.0
// SimulatePrincipalPolicy, SimulateCustomPolicy, GetContextKeysForPrincipalPolicy,
// GetContextKeysForCustomPolicy: the evaluator that requests meet as well.
#include <algorithm>
#include <array>

#include "aws/arn.h"
#include "services/iam/entity.h"
#include "services/iam/principal_policies.h"

namespace pawl::iam {

using aws::ActionResult;
using aws::ApiResult;
using aws::Request;
using json::ObjectBuilder;
using json::Value;

namespace {

/// Of the entity that PolicySourceArn names.
ApiResult<std::shared_ptr<PrincipalPolicies>> source_policies(IamService& service,
                                                              const Request& request) {
  const std::string text = text_member(request.input, "PolicySourceArn");
  const auto arn = aws::Arn::parse(text);
  if (!arn || arn->service != "iam") return invalid_input("Invalid Entity Arn: " + text);
  const std::string name = arn->resource.substr(arn->resource.rfind('/') + 1);
  for (const Kind kind : {Kind::User, Kind::Group, Kind::Role}) {
    if (arn->resource_type() != names_of(kind).word) continue;
    static_cast<void>(PAWL_TRY(find_entity(service, request, kind, name)));
    return policies_of(service.directory(), request.account_id(), kind, name);
  }
  return invalid_input("Invalid Entity Arn: " + text);
}

ApiResult<void> add_given(const Request& request, std::string_view member,
                          PrincipalPolicies& policies, std::vector<aws::NamedPolicy>& list) {
  size_t number = 0;
  for (const std::string& text : texts_member(request.input, member)) {
    const auto parsed = aws::PolicyDocument::parse(text, aws::PolicyKind::Identity);
    if (!parsed) return invalid_input(parsed.error().message);
    policies.add(list, text, std::string(member) + "." + std::to_string(++number));
  }
  return {};
}

/// What the input says besides the source.
ApiResult<void> add_input(const Request& request, PrincipalPolicies& policies) {
  PAWL_TRY_VOID(add_given(request, "PolicyInputList", policies, policies.set.identity));
  if (!texts_member(request.input, "PermissionsBoundaryPolicyInputList").empty()) {
    policies.set.boundary.emplace();
    PAWL_TRY_VOID(
        add_given(request, "PermissionsBoundaryPolicyInputList", policies, *policies.set.boundary));
  }
  if (const auto text = find_text(request.input, "ResourcePolicy")) {
    auto parsed = aws::PolicyDocument::parse(*text, aws::PolicyKind::Resource);
    if (!parsed) return invalid_input(parsed.error().message);
    policies.documents.push_back(std::make_shared<const aws::PolicyDocument>(*std::move(parsed)));
    policies.set.resource.push_back(
        {policies.documents.back().get(), "ResourcePolicy", "Resource Policy"});
  }
  for (const Value& entry : items_member(request.input, "ContextEntries")) {
    policies.conditions[lower_case(text_member(entry, "ContextKeyName"))] =
        texts_member(entry, "ContextKeyValues");
  }
  return {};
}

Value position(const base::SourcePosition& at) {
  return std::move(ObjectBuilder().set("Line", Value(at.line)).set("Column", Value(at.column)))
      .build();
}

Value matched_list(const aws::Decision& decision) {
  std::vector<Value> matched;
  for (const aws::MatchedStatement& each : decision.matched) {
    matched.push_back(std::move(ObjectBuilder()
                                    .set("SourcePolicyId", Value(each.policy->id))
                                    .set("SourcePolicyType", Value(each.policy->type))
                                    .set("StartPosition", position(each.statement->start))
                                    .set("EndPosition", position(each.statement->end)))
                          .build());
  }
  return Value::array(std::move(matched));
}

Value result_of(const aws::RequestContext& asked, const aws::PolicySet& policies) {
  const aws::Decision decision = aws::evaluate(policies, asked);
  const Value verdict(aws::verdict_name(decision.verdict));
  const Value matched = matched_list(decision);
  const Value missing = texts_value(decision.missing_context);
  ObjectBuilder specific;
  specific.set("EvalResourceName", Value(asked.resource))
      .set("EvalResourceDecision", verdict)
      .set("MatchedStatements", matched)
      .set("MissingContextValues", missing);
  ObjectBuilder result;
  result.set("EvalActionName", Value(asked.action))
      .set("EvalResourceName", Value(asked.resource))
      .set("EvalDecision", verdict)
      .set("MatchedStatements", matched)
      .set("MissingContextValues", missing)
      .set("OrganizationsDecisionDetail",
           std::move(ObjectBuilder().set("AllowedByOrganizations", Value(true))).build())
      .set("EvalDecisionDetails", Value::object());
  if (policies.boundary) {
    const bool is_allowed = decision.verdict == aws::Verdict::Allowed ||
                            decision.denied_by != aws::PolicySource::Boundary;
    result.set(
        "PermissionsBoundaryDecisionDetail",
        std::move(ObjectBuilder().set("AllowedByPermissionsBoundary", Value(is_allowed))).build());
  }
  if (asked.resource != "*")
    result.set("ResourceSpecificResults", Value::array({std::move(specific).build()}));
  return std::move(result).build();
}

ActionResult simulate(const Request& request, const PrincipalPolicies& policies,
                      const std::string& caller_arn) {
  Page page = PAWL_TRY(Page::of(request.input));
  std::vector<std::string> resources = texts_member(request.input, "ResourceArns");
  if (resources.empty()) resources.emplace_back("*");
  aws::RequestContext asked;
  asked.principal = {.account_id = request.account_id(), .arn = caller_arn};
  asked.conditions = policies.conditions;
  std::vector<Value> results;
  for (const std::string& action : texts_member(request.input, "ActionNames")) {
    if (action.find(':') == std::string::npos)
      return invalid_input("Invalid input: Action " + action + " is not a valid action.");
    for (const std::string& resource : resources) {
      asked.action = action;
      asked.resource = resource;
      results.push_back(result_of(asked, policies.set));
    }
  }
  std::vector<Value> shown = page.cut(results);
  return aws::Output(page.finish("EvaluationResults", std::move(shown)));
}

ActionResult simulate_principal(IamService& service, const Request& request) {
  const auto policies = PAWL_TRY(source_policies(service, request));
  PAWL_TRY_VOID(add_input(request, *policies));
  return simulate(request, *policies,
                  find_text(request.input, "CallerArn")
                      .value_or(text_member(request.input, "PolicySourceArn")));
}

ActionResult simulate_custom(IamService&, const Request& request) {
  PrincipalPolicies policies;
  PAWL_TRY_VOID(add_input(request, policies));
  return simulate(request, policies,
                  find_text(request.input, "CallerArn").value_or(request.principal.arn));
}

ActionResult context_keys(const PrincipalPolicies& policies) {
  std::vector<std::string> keys;
  for (const auto& document : policies.documents) {
    for (std::string& key : document->context_keys()) keys.push_back(std::move(key));
  }
  std::sort(keys.begin(), keys.end());
  keys.erase(std::unique(keys.begin(), keys.end()), keys.end());
  return output_of("ContextKeyNames", texts_value(keys));
}

ActionResult get_custom_keys(IamService&, const Request& request) {
  PrincipalPolicies policies;
  PAWL_TRY_VOID(add_input(request, policies));
  return context_keys(policies);
}

ActionResult get_principal_keys(IamService& service, const Request& request) {
  const auto policies = PAWL_TRY(source_policies(service, request));
  PAWL_TRY_VOID(add_input(request, *policies));
  return context_keys(*policies);
}

}  // namespace

std::span<const Operation> simulation_operations() {
  static constexpr std::array kOperations = {
      Operation{"SimulatePrincipalPolicy", simulate_principal},
      Operation{"SimulateCustomPolicy", simulate_custom},
      Operation{"GetContextKeysForCustomPolicy", get_custom_keys},
      Operation{"GetContextKeysForPrincipalPolicy", get_principal_keys},
  };
  return kOperations;
}

}  // namespace pawl::iam
