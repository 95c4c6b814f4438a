// SPDX-License-Identifier: Apache-2.0
// Auth.UsagePlan of an API: one plan for each API, or one that all share.
#include <algorithm>

#include "base/error.h"
#include "formation/serverless/rest_api.h"

namespace pawl::formation::serverless {
namespace {

constexpr std::string_view kSharedCondition = "SharedUsagePlanCondition";

void combine_policies(SharedUsagePlan& plan, const Node& attributes) {
  const Node deletion = attributes.get("DeletionPolicy");
  if (deletion.truthy() && (!plan.deletion_policy.truthy() || deletion.is("Retain")))
    plan.deletion_policy = deletion;
  const Node replace = attributes.get("UpdateReplacePolicy");
  if (replace.truthy() && (!plan.update_replace_policy.truthy() || replace.is("Retain") ||
                           (replace.is("Snapshot") && plan.update_replace_policy.is("Delete"))))
    plan.update_replace_policy = replace;
}

Outcome<void> combine_condition(Work& work, const Node& condition) {
  SharedUsagePlan& plan = work.usage_plan;
  if (plan.any_without_condition) return {};
  const Node conditions = work.conditions();
  if (condition.is_null()) {
    plan.any_without_condition = true;
    conditions.erase(kSharedCondition);
    return {};
  }
  std::vector<std::string>& known = plan.conditions;
  if (std::find(known.begin(), known.end(), condition.text()) != known.end()) return {};
  if (conditions.is_null())
    return bad_template("Can't have condition without having 'Conditions' section in the template");
  known.push_back(condition.text());
  conditions.set(kSharedCondition, known.size() > 1 ? make_or_condition(known) : condition);
  return {};
}

/// What the shared resources carry: of the attributes of all APIs seen.
Outcome<Node> shared_attributes(Work& work, const SamResource& api) {
  combine_policies(work.usage_plan, api.attributes);
  PAWL_TRY_VOID(combine_condition(work, api.attributes.get("Condition")));
  const SharedUsagePlan& plan = work.usage_plan;
  Node attributes = Node::map();
  if (plan.deletion_policy.truthy()) attributes.set("DeletionPolicy", plan.deletion_policy);
  if (plan.update_replace_policy.truthy())
    attributes.set("UpdateReplacePolicy", plan.update_replace_policy);
  if (!plan.conditions.empty() && !plan.any_without_condition)
    attributes.set("Condition", kSharedCondition);
  return attributes;
}

void push_unique(const Node& list, const Node& item) {
  if (!list.contains(item)) list.push(item);
}

}  // namespace

Outcome<Resources> make_usage_plan(Work& work, const SamResource& api, const Node& auth,
                                   const Made& stage) {
  const Node config = auth.get("UsagePlan");
  if (config.is_null()) return Resources{};
  if (!config.is_map()) return bad_resource(api.id, "'UsagePlan' must be a dictionary");
  if (!only_has(config,
                {"CreateUsagePlan", "Description", "Quota", "Tags", "Throttle", "UsagePlanName"}))
    return bad_resource(api.id, "Invalid property for 'UsagePlan'");
  const Node create = config.get("CreateUsagePlan");
  if (create.is_null())
    return bad_resource(api.id, "'CreateUsagePlan' is a required field for UsagePlan.");
  const bool shared = create.is("SHARED");
  if (!shared && !create.is("PER_API") && !create.is("NONE"))
    return bad_resource(api.id, "'CreateUsagePlan' accepts one of ['SHARED', 'PER_API', 'NONE'].");
  if (create.is("NONE")) return Resources{};
  const SharedUsagePlan own{};
  const SharedUsagePlan& lists = shared ? work.usage_plan : own;
  const std::string prefix = shared ? "Serverless" : api.id;
  const auto attributes = [&]() -> Outcome<Node> {
    return shared ? shared_attributes(work, api) : passed_attributes(api.attributes);
  };
  push_unique(lists.depends_on, api.id);
  push_unique(lists.stages, Node::map({{"ApiId", make_ref(api.id)}, {"Stage", stage->ref()}}));
  push_unique(lists.stage_keys,
              Node::map({{"RestApiId", make_ref(api.id)}, {"StageName", stage->ref()}}));
  Made plan = make(prefix + "UsagePlan", "AWS::ApiGateway::UsagePlan", PAWL_TRY(attributes()),
                   lists.depends_on);
  plan->set("ApiStages", lists.stages);
  for (const char* name : {"UsagePlanName", "Description", "Quota", "Tags", "Throttle"})
    if (config.get(name).truthy()) plan->set(name, config.get(name));
  Made key = make(prefix + "ApiKey", "AWS::ApiGateway::ApiKey", PAWL_TRY(attributes()),
                  Node::list({plan->id}));
  key->set("Enabled", true);
  key->set("StageKeys", lists.stage_keys);
  Made plan_key = make(prefix + "UsagePlanKey", "AWS::ApiGateway::UsagePlanKey",
                       PAWL_TRY(attributes()), Node::list({key->id}));
  plan_key->set("KeyId", key->ref());
  plan_key->set("KeyType", "API_KEY");
  plan_key->set("UsagePlanId", plan->ref());
  return Resources{plan, key, plan_key};
}

}  // namespace pawl::formation::serverless
