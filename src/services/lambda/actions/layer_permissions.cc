// SPDX-License-Identifier: Apache-2.0
// API AddLayerVersionPermission, GetLayerVersionPolicy, RemoveLayerVersionPermission. The policy
// stands in the record of the layer's version.
#include "aws/arn.h"
#include "json/members.h"
#include "json/write.h"
#include "services/lambda/layer.h"
#include "services/lambda/policy.h"
#include "services/lambda/service.h"

namespace pawl::lambda {

using aws::ApiResult;
using json::ObjectBuilder;
using json::Value;

namespace {

constexpr ResourceKind kVersion = ResourceKind::LayerVersion;

std::optional<Value> policy_of(const Value& record) {
  const Value* policy = member_of(record, "policy");
  return policy != nullptr ? std::optional<Value>(*policy) : std::nullopt;
}

LayerReference named_layer(const aws::Request& request) {
  LayerReference layer = parse_layer_reference(text_member(request.input, "LayerName"), request);
  layer.version = static_cast<uint64_t>(integer_member(request.input, "VersionNumber"));
  return layer;
}

Value statement(const Value& input, const LayerReference& layer) {
  ObjectBuilder out;
  out.set("Sid", Value(text_member(input, "StatementId")))
      .set("Effect", Value("Allow"))
      .set("Principal",
           policy_principal(text_member(input, "Principal"), aws::partition_of(layer.scope.region)))
      .set("Action", Value(text_member(input, "Action")))
      .set("Resource", Value(layer.arn()));
  if (const Value* organization = member_of(input, "OrganizationId")) {
    ObjectBuilder equals;
    equals.set("aws:PrincipalOrgID", *organization);
    ObjectBuilder condition;
    condition.set("StringEquals", std::move(equals).build());
    out.set("Condition", std::move(condition).build());
  }
  return std::move(out).build();
}

}  // namespace

ApiResult<Value> LambdaService::require_layer(const LayerReference& layer) const {
  std::optional<Value> record =
      PAWL_TRY(resources_.find(layer.scope, kVersion, layer.name, layer.version));
  if (!record) {
    return resource_not_found("Layer version " + layer.arn() + " does not exist.");
  }
  return *std::move(record);
}

aws::ActionResult LambdaService::add_layer_permission(const Request& request) {
  const Value& input = request.input;
  const LayerReference layer = named_layer(request);
  const std::lock_guard lock(changing_);
  const Value record = PAWL_TRY(require_layer(layer));
  const std::optional<Value> policy = policy_of(record);
  if (policy) {
    PAWL_TRY_VOID(
        check_revision_id(input, text_member(*policy, "RevisionId"), "GetLayerVersionPolicy"));
  }
  std::vector<Value> statements = statements_of(policy);
  PAWL_TRY_VOID(check_new_statement(statements, text_member(input, "StatementId")));
  const Value added = statement(input, layer);
  statements.push_back(added);
  const Value changed = make_policy(std::move(statements));
  store::Batch batch;
  resources_.put(batch, layer.scope, kVersion, layer.name, layer.version,
                 record.with_member("policy", changed));
  PAWL_TRY_VOID(store_.commit(batch));
  ObjectBuilder out;
  out.set("Statement", Value(json::write(added))).set("RevisionId", *changed.find("RevisionId"));
  return aws::Output(std::move(out).build());
}

aws::ActionResult LambdaService::get_layer_policy(const Request& request) {
  const std::optional<Value> policy = policy_of(PAWL_TRY(require_layer(named_layer(request))));
  if (!policy) return resource_not_found("No policy is associated with the given resource.");
  ObjectBuilder out;
  out.set("Policy", Value(policy_document(*policy))).set("RevisionId", *policy->find("RevisionId"));
  return aws::Output(std::move(out).build());
}

aws::ActionResult LambdaService::remove_layer_permission(const Request& request) {
  const Value& input = request.input;
  const LayerReference layer = named_layer(request);
  const std::lock_guard lock(changing_);
  Value record = PAWL_TRY(require_layer(layer));
  const std::optional<Value> policy = policy_of(record);
  if (!policy) return resource_not_found("No policy is associated with the given resource.");
  const std::string id = text_member(input, "StatementId");
  std::vector<Value> statements = statements_of(policy);
  if (!erase_statement(statements, id)) {
    return resource_not_found("Statement " + id + " is not found in resource policy.");
  }
  PAWL_TRY_VOID(
      check_revision_id(input, text_member(*policy, "RevisionId"), "GetLayerVersionPolicy"));
  record = statements.empty() ? record.without_member("policy")
                              : record.with_member("policy", make_policy(std::move(statements)));
  store::Batch batch;
  resources_.put(batch, layer.scope, kVersion, layer.name, layer.version, record);
  PAWL_TRY_VOID(store_.commit(batch));
  return aws::Output();
}

}  // namespace pawl::lambda
