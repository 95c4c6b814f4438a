// SPDX-License-Identifier: Apache-2.0
// API DetectStackDrift, DetectStackResourceDrift, DescribeStackDriftDetectionStatus,
// DescribeStackResourceDrifts. A detection is over when it is answered.
#include "services/cloudformation/operations/drift.h"

#include <algorithm>
#include <utility>

#include "json/members.h"
#include "services/cloudformation/actions/answers.h"
#include "services/cloudformation/operations/name_list.h"
#include "services/cloudformation/operations/template_values.h"
#include "services/cloudformation/service.h"
#include "services/cloudformation/types/resource_reading.h"

namespace pawl::cloudformation {
namespace {

using aws::ApiError;
using json::ObjectBuilder;
using json::Value;

constexpr size_t kDriftsShown = 100;

Value drift_value(const std::string& stack_id, const DriftRecord& drift) {
  ObjectBuilder out;
  out.set("StackId", Value(stack_id))
      .set("LogicalResourceId", Value(drift.logical_id))
      .set("PhysicalResourceId", Value(drift.physical_id))
      .set("ResourceType", Value(drift.type));
  set_text(out, "ExpectedProperties", drift.expected);
  set_text(out, "ActualProperties", drift.actual);
  if (!drift.differences.empty()) out.set("PropertyDifferences", json_of(drift.differences));
  out.set("StackResourceDriftStatus", Value(drift.status)).set("Timestamp", time_of(drift.time_ms));
  return std::move(out).build();
}

/// A stack that is on its way from one state to another is compared with neither.
aws::ApiResult<void> check_settled(const StackRecord& stack) {
  static constexpr std::string_view kSettled[] = {
      "CREATE_COMPLETE", "UPDATE_COMPLETE",          "UPDATE_ROLLBACK_COMPLETE",
      "IMPORT_COMPLETE", "IMPORT_ROLLBACK_COMPLETE", "UPDATE_ROLLBACK_FAILED"};
  if (std::find(std::begin(kSettled), std::end(kSettled), stack.status) != std::end(kSettled)) {
    return {};
  }
  return validation_error("Drift detection cannot be performed on stack [" + stack.id +
                          "] while stack is in " + stack.status + " state.");
}

}  // namespace

aws::ActionResult CloudFormationService::detect_stack_drift(const Request& request) {
  const Value& input = request.input;
  const FoundStack found = PAWL_TRY(require_stack(request, json::text_member(input, "StackName")));
  PAWL_TRY_VOID(check_settled(found.stack));
  const std::vector<std::string> asked = json::texts_member(input, "LogicalResourceIds");
  const auto resources = PAWL_TRY(store_->resources(found.key));
  for (const std::string& name : asked) {
    const bool is_there = std::any_of(resources.begin(), resources.end(), [&](const auto& each) {
      return each.logical_id == name && each.is_there();
    });
    if (!is_there) {
      return validation_error("Resource " + name + " does not exist for stack " + found.stack.name);
    }
  }
  const formation::Environment environment = environment_of(found.key, found.stack, url_suffix());
  BlockingCalls calls = calls_for(request);
  std::vector<DriftRecord> seen;
  std::vector<std::string> unread;
  for (const ResourceRecord& each : resources) {
    const bool is_asked =
        asked.empty() || std::find(asked.begin(), asked.end(), each.logical_id) != asked.end();
    if (!is_asked || !each.is_there()) continue;
    auto drift = detect_drift(calls, environment, each, now_ms());
    if (!drift) {
      unread.push_back(each.logical_id);
    } else if (*drift) {
      seen.push_back(**std::move(drift));
    }
  }
  DriftDetectionRecord detection{
      .id = draw_uuid(),
      .stack_id = found.stack.id,
      .drifted = std::count_if(seen.begin(), seen.end(),
                               [](const DriftRecord& each) { return each.status != "IN_SYNC"; }),
      .time_ms = now_ms()};
  detection.drift_status = detection.drifted != 0 ? "DRIFTED" : "IN_SYNC";
  if (!unread.empty()) {
    detection.reason = "Failed to detect drift on resources [" + joined(unread) + "]";
  }
  const std::lock_guard lock(store_->mutex());
  auto stack = PAWL_TRY(store_->stack(found.key));
  if (!stack) return validation_error("Stack [" + found.stack.id + "] does not exist");
  store::Batch batch;
  if (asked.empty()) erase_drifts(*store_, batch, found.key);
  for (const DriftRecord& each : seen) put_drift(*store_, batch, found.key, each);
  put_drift_detection(*store_, batch, found.key.owner, detection);
  stack->drift_status = detection.drift_status;
  stack->drift_checked_ms = detection.time_ms;
  store_->put_stack(batch, found.key, *stack);
  const Value answer = object_of({{"StackDriftDetectionId", Value(detection.id)}});
  request.keep_answer(answer);
  PAWL_TRY_VOID(store_->commit(batch));
  return answer;
}

aws::ActionResult CloudFormationService::detect_resource_drift(const Request& request) {
  const Value& input = request.input;
  const std::string name = json::text_member(input, "LogicalResourceId");
  const FoundStack found = PAWL_TRY(require_stack(request, json::text_member(input, "StackName")));
  PAWL_TRY_VOID(check_settled(found.stack));
  const auto resource = PAWL_TRY(store_->resource(found.key, name));
  if (!resource || !resource->is_there()) {
    return validation_error("Resource " + name + " does not exist for stack " + found.stack.name);
  }
  BlockingCalls calls = calls_for(request);
  const auto drift = PAWL_TRY(detect_drift(
      calls, environment_of(found.key, found.stack, url_suffix()), *resource, now_ms()));
  if (!drift) {
    return validation_error("Drift detection is not supported for resource type " + resource->type);
  }
  store::Batch batch;
  put_drift(*store_, batch, found.key, *drift);
  const Value answer = object_of({{"StackResourceDrift", drift_value(found.stack.id, *drift)}});
  request.keep_answer(answer);
  PAWL_TRY_VOID(store_->commit(batch));
  return answer;
}

aws::ActionResult CloudFormationService::describe_drift_detection(const Request& request) {
  const std::string id = json::text_member(request.input, "StackDriftDetectionId");
  const auto detection = PAWL_TRY(drift_detection(*store_, owner_of(request), id));
  if (!detection) {
    return validation_error("Drift detection with id [" + id + "] does not exist");
  }
  const bool is_whole = detection->reason.empty();
  ObjectBuilder out;
  out.set("StackId", Value(detection->stack_id))
      .set("StackDriftDetectionId", Value(detection->id))
      .set("StackDriftStatus", Value(detection->drift_status))
      .set("DetectionStatus", Value(is_whole ? "DETECTION_COMPLETE" : "DETECTION_FAILED"));
  set_text(out, "DetectionStatusReason", detection->reason);
  out.set("DriftedStackResourceCount", Value(detection->drifted))
      .set("Timestamp", time_of(detection->time_ms));
  return std::move(out).build();
}

aws::ActionResult CloudFormationService::describe_resource_drifts(const Request& request) {
  const Value& input = request.input;
  const FoundStack found = PAWL_TRY(require_stack(request, json::text_member(input, "StackName")));
  const std::vector<std::string> filters =
      json::texts_member(input, "StackResourceDriftStatusFilters");
  std::vector<DriftRecord> shown;
  for (DriftRecord& each : PAWL_TRY(drifts(*store_, found.key))) {
    const bool is_asked =
        filters.empty() || std::find(filters.begin(), filters.end(), each.status) != filters.end();
    if (is_asked) shown.push_back(std::move(each));
  }
  const Page page = PAWL_TRY(page_of(input, shown.size(), kDriftsShown));
  std::vector<Value> values;
  for (size_t i = page.begin; i < page.end; ++i) {
    values.push_back(drift_value(found.stack.id, shown[i]));
  }
  ObjectBuilder out;
  out.set("StackResourceDrifts", Value::array(std::move(values)));
  set_text(out, "NextToken", page.next);
  return std::move(out).build();
}

}  // namespace pawl::cloudformation
