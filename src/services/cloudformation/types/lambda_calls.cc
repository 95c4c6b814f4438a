// SPDX-License-Identifier: Apache-2.0
#include "services/cloudformation/types/lambda_calls.h"

#include "json/members.h"
#include "services/cloudformation/types/request_properties.h"

namespace pawl::cloudformation::lambda {

using aws::ApiResult;
using json::Value;

ApiResult<void> update_tags(StackCalls& calls, std::string_view type,
                            const ResourceRequest& request, const std::string& arn) {
  const Value resource = Value::object({{"Resource", Value(arn)}});
  const Value present = PAWL_TRY(call(calls, "ListTags", resource));
  const TagChange change = tag_change(read_tags(present.find("Tags")), desired_tags(type, request));
  if (!change.removed.empty()) {
    PAWL_TRY_VOID(call(calls, "UntagResource",
                       resource.with_member("TagKeys", json::texts_value(change.removed))));
  }
  if (!change.set.empty())
    PAWL_TRY_VOID(call(calls, "TagResource", resource.with_member("Tags", tag_map(change.set))));
  return {};
}

ApiResult<bool> provision(StackCalls& calls, const ResourceRequest& request,
                          const std::string& qualifier) {
  constexpr std::string_view kPath = "ProvisionedConcurrencyConfig.ProvisionedConcurrentExecutions";
  const Value target =
      Value::object({{"FunctionName", Value(json::text_member(request.properties, "FunctionName"))},
                     {"Qualifier", Value(qualifier)}});
  const Value* wanted = value_at(request.properties, kPath);
  if (wanted == nullptr) {
    if (value_at(request.previous, kPath) != nullptr) {
      PAWL_TRY_VOID(
          unless(call(calls, "DeleteProvisionedConcurrencyConfig", target),
                 {"ResourceNotFoundException", "ProvisionedConcurrencyConfigNotFoundException"}));
    }
    return true;
  }
  const auto present = unless(call(calls, "GetProvisionedConcurrencyConfig", target),
                              {"ProvisionedConcurrencyConfigNotFoundException"});
  if (!present) return present.error();
  const bool is_asked_for =
      !present->is_null() &&
      json::find_integer(*present, "RequestedProvisionedConcurrentExecutions") ==
          json::find_integer(
              json::object_member(request.properties, "ProvisionedConcurrencyConfig"),
              "ProvisionedConcurrentExecutions");
  if (!is_asked_for) {
    PAWL_TRY_VOID(call(calls, "PutProvisionedConcurrencyConfig",
                       target.with_member("ProvisionedConcurrentExecutions", *wanted)));
    return false;
  }
  if (json::text_member(*present, "Status") == "FAILED")
    return aws::ApiError("NotStabilized", json::text_member(*present, "StatusReason"));
  return json::text_member(*present, "Status") == "READY";
}

}  // namespace pawl::cloudformation::lambda
