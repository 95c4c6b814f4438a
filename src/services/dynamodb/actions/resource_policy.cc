// SPDX-License-Identifier: Apache-2.0
// API PutResourcePolicy, GetResourcePolicy, DeleteResourcePolicy: kept, not enforced.
#include <utility>

#include "json/members.h"
#include "json/parse.h"
#include "services/dynamodb/errors.h"
#include "services/dynamodb/resource_arn.h"
#include "services/dynamodb/service.h"
#include "services/dynamodb/table_description.h"

namespace pawl::dynamodb {
namespace {

using aws::ActionResult;
using aws::ApiResult;
using json::ObjectBuilder;
using json::Value;

constexpr size_t kPolicyBytesMax = 20 * 1024;
constexpr std::string_view kNoPolicy = "NO_POLICY";

aws::ApiError policy_not_found(const std::string& what) {
  return {"PolicyNotFoundException",
          "Resource-based policy not found for the provided ResourceArn: " + what};
}

/// ExpectedRevisionId must be the current one, or NO_POLICY if there is none.
ApiResult<void> check_revision(const Value& input, const TableSchema& schema) {
  const std::string expected = text_member(input, "ExpectedRevisionId");
  if (expected.empty()) return {};
  if (expected == kNoPolicy && !schema.policy.empty()) {
    return policy_not_found("Requested policy update expecting none to be present for table " +
                            schema.name + ", but a policy exists with revision id " +
                            schema.policy_revision + ".");
  }
  if (expected != kNoPolicy && expected != schema.policy_revision) {
    return policy_not_found("Requested update for policy with revision id " + expected +
                            ", but the policy associated to target table " + schema.name +
                            " has revision id " + schema.policy_revision + ".");
  }
  return {};
}

ActionResult revision(const std::string& id) {
  ObjectBuilder out;
  out.set("RevisionId", Value(id));
  return aws::Output(std::move(out).build());
}

}  // namespace

ActionResult DynamoDbService::put_resource_policy(const Request& request) {
  const auto table =
      PAWL_TRY(find_resource(db(), request, text_member(request.input, "ResourceArn")));
  const std::string policy = text_member(request.input, "Policy");
  if (policy.size() > kPolicyBytesMax)
    return invalid_parameter("Maximum policy size of 20480 bytes exceeded");
  if (!json::validate(policy))
    return invalid_parameter("Invalid policy document: This policy contains invalid Json");
  const std::string id = new_uuid();
  PAWL_TRY_VOID(db().change(*table, [&](TableSchema& schema, store::Batch&) -> ApiResult<void> {
    if (const auto fits = check_revision(request.input, schema); !fits) return fits;
    schema.policy = policy;
    schema.policy_revision = id;
    return {};
  }));
  return revision(id);
}

ActionResult DynamoDbService::get_resource_policy(const Request& request) {
  const std::string arn = text_member(request.input, "ResourceArn");
  const auto schema = PAWL_TRY(find_resource(db(), request, arn))->schema();
  if (schema->policy.empty()) return policy_not_found(arn);
  ObjectBuilder out;
  out.set("Policy", Value(schema->policy)).set("RevisionId", Value(schema->policy_revision));
  return aws::Output(std::move(out).build());
}

ActionResult DynamoDbService::delete_resource_policy(const Request& request) {
  const auto table =
      PAWL_TRY(find_resource(db(), request, text_member(request.input, "ResourceArn")));
  std::string id;
  PAWL_TRY_VOID(db().change(*table, [&](TableSchema& schema, store::Batch&) -> ApiResult<void> {
    if (const auto fits = check_revision(request.input, schema); !fits) return fits;
    id = schema.policy_revision;
    schema.policy.clear();
    schema.policy_revision.clear();
    return {};
  }));
  return id.empty() ? ActionResult(aws::Output()) : revision(id);
}

}  // namespace pawl::dynamodb
