// SPDX-License-Identifier: Apache-2.0
#include "services/iam/principal_policies.h"

#include <utility>

#include "services/iam/entity.h"

namespace pawl::iam {

using aws::ApiResult;
using json::Value;

namespace {

constexpr const char* kPolicyType = "IAM Policy";  // recorded: SimulatePrincipalPolicy

ApiResult<void> add_record(Directory& directory, const std::string& account, const Value& record,
                           PrincipalPolicies& policies) {
  for (const std::string& arn : texts_member(record, "Attached")) {
    const auto policy = PAWL_TRY(find_policy(directory, account, arn));
    if (policy) policies.add(policies.set.identity, policy->document, policy->name);
  }
  if (const Value* inline_policies = record.find("Inline")) {
    for (const json::Member& each : inline_policies->members()) {
      policies.add(policies.set.identity, std::string(each.value.as_string()),
                   std::string(each.name()));
    }
  }
  return {};
}

}  // namespace

void PrincipalPolicies::add(std::vector<aws::NamedPolicy>& list, const std::string& document,
                            const std::string& id) {
  auto parsed = aws::PolicyDocument::parse(document, aws::PolicyKind::Inline);
  if (!parsed) return;
  documents.push_back(std::make_shared<const aws::PolicyDocument>(*std::move(parsed)));
  list.push_back({documents.back().get(), id, kPolicyType});
}

ApiResult<std::shared_ptr<PrincipalPolicies>> policies_of(Directory& directory,
                                                          const std::string& account, Kind kind,
                                                          const std::string& name) {
  auto policies = std::make_shared<PrincipalPolicies>();
  const auto record = PAWL_TRY(directory.store.find(account, kind, name));
  if (!record) return policies;
  PAWL_TRY_VOID(add_record(directory, account, *record, *policies));
  if (kind == Kind::User) {
    policies->conditions["aws:username"] = {text_member(*record, "UserName")};
    for (const std::string& group : texts_member(*record, "Groups")) {
      const auto found = PAWL_TRY(directory.store.find(account, Kind::Group, group));
      if (found) PAWL_TRY_VOID(add_record(directory, account, *found, *policies));
    }
  }
  for (const Value& tag : items_member(*record, "Tags")) {
    policies->conditions["aws:principaltag/" + lower_case(text_member(tag, "Key"))] = {
        text_member(tag, "Value")};
  }
  if (const auto boundary = find_text(*record, "Boundary")) {
    policies->set.boundary.emplace();
    const auto policy = PAWL_TRY(find_policy(directory, account, *boundary));
    if (policy) policies->add(*policies->set.boundary, policy->document, policy->name);
  }
  return policies;
}

}  // namespace pawl::iam
