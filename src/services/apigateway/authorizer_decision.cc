// SPDX-License-Identifier: Apache-2.0
#include "services/apigateway/authorizer_decision.h"

#include <vector>

#include "aws/arn.h"
#include "json/members.h"
#include "json/parse.h"
#include "json/write.h"
#include "text/wildcard.h"

namespace pawl::apigateway {
namespace {

using json::Value;

std::vector<std::string> one_or_many(const Value& object, std::string_view member) {
  const Value* found = object.find(member);
  if (found != nullptr && found->is_string()) return {std::string(found->as_string())};
  return texts_member(object, member);
}

bool covers(const Value& statement, std::string_view arn) {
  bool is_action = false;
  for (const std::string& action : one_or_many(statement, "Action")) {
    is_action = is_action || text::matches_wildcard(aws::lower_ascii(action), "execute-api:invoke",
                                                    {.question_mark = true});
  }
  if (!is_action) return false;
  for (const std::string& resource : one_or_many(statement, "Resource")) {
    if (text::matches_wildcard(resource, arn, {.question_mark = true})) return true;
  }
  return false;
}

bool allows(const Value& policy, std::string_view arn) {
  const Value* statements = policy.find("Statement");
  if (statements == nullptr) return false;
  const std::vector<Value> single{*statements};
  bool is_allowed = false;
  for (const Value& statement :
       statements->is_array() ? statements->items() : std::span<const Value>(single)) {
    if (!covers(statement, arn)) continue;
    const std::string effect = text_member(statement, "Effect");
    if (effect == "Deny") return false;
    is_allowed = is_allowed || effect == "Allow";
  }
  return is_allowed;
}

/// Values of a context are strings, numbers and booleans; in variables they are texts.
void read_context(const Value& result, AuthorizerDecision& decision) {
  const Value context = object_member(result, "context");
  decision.context_json = json::write(context);
  for (const json::Member& each : context.members()) {
    decision.variables[std::string(each.name())] =
        each.value.is_string() ? std::string(each.value.as_string()) : json::write(each.value);
  }
}

}  // namespace

std::optional<AuthorizerDecision> read_simple_decision(std::string_view result) {
  const base::Result<Value> parsed = json::parse(result);
  if (!parsed || !parsed->is_object()) return std::nullopt;
  const Value* is_authorized = parsed->find("isAuthorized");
  if (is_authorized == nullptr || !is_authorized->is_boolean()) return std::nullopt;
  AuthorizerDecision decision;
  decision.is_allowed = is_authorized->as_boolean();
  read_context(*parsed, decision);
  return decision;
}

std::optional<AuthorizerDecision> read_policy_decision(std::string_view result,
                                                       std::string_view arn) {
  const base::Result<Value> parsed = json::parse(result);
  if (!parsed || !parsed->is_object()) return std::nullopt;
  const Value* policy = parsed->find("policyDocument");
  if (policy == nullptr || !policy->is_object()) return std::nullopt;
  AuthorizerDecision decision;
  decision.is_allowed = allows(*policy, arn);
  read_context(*parsed, decision);
  decision.variables["principalId"] = text_member(*parsed, "principalId");
  decision.usage_key = text_member(*parsed, "usageIdentifierKey");
  return decision;
}

std::string with_stage_variables(std::string_view text, const TextMap& stage_variables) {
  constexpr std::string_view kMark = "${stageVariables.";
  std::string out;
  while (true) {
    const size_t begin = text.find(kMark);
    const size_t end =
        begin == std::string_view::npos ? begin : text.find('}', begin + kMark.size());
    if (end == std::string_view::npos) return out.append(text);
    out.append(text.substr(0, begin));
    const size_t name = begin + kMark.size();
    const auto found = stage_variables.find(text.substr(name, end - name));
    if (found != stage_variables.end()) out += found->second;
    text.remove_prefix(end + 1);
  }
}

std::string function_of_uri(std::string_view uri, const TextMap& stage_variables) {
  const std::string text = with_stage_variables(uri, stage_variables);
  constexpr std::string_view kBegin = "/functions/";
  constexpr std::string_view kEnd = "/invocations";
  const size_t begin = text.find(kBegin);
  if (begin == std::string::npos) {
    const std::optional<aws::Arn> arn = aws::Arn::parse(text);
    return arn && arn->service == "lambda" ? text : "";
  }
  const size_t from = begin + kBegin.size();
  const size_t end = text.find(kEnd, from);
  return text.substr(from, end == std::string::npos ? end : end - from);
}

}  // namespace pawl::apigateway
