// SPDX-License-Identifier: Apache-2.0
// API DescribeStackResource, DescribeStackResources, ListStackResources, DescribeStackEvents.
#include <algorithm>
#include <utility>

#include "json/members.h"
#include "services/cloudformation/actions/answers.h"
#include "services/cloudformation/service.h"
#include "services/cloudformation/state/drift_records.h"

namespace pawl::cloudformation {
namespace {

using json::ObjectBuilder;
using json::Value;

constexpr size_t kResourcesShown = 100;
constexpr size_t kEventsShown = 100;

using Drifts = std::vector<DriftRecord>;

Value drift_information(const ResourceRecord& record, const Drifts& drifts) {
  ObjectBuilder out;
  const auto found = std::find_if(drifts.begin(), drifts.end(), [&](const DriftRecord& each) {
    return each.logical_id == record.logical_id && each.physical_id == record.now.id;
  });
  const bool is_checked = found != drifts.end();
  out.set("StackResourceDriftStatus", Value(is_checked ? found->status : "NOT_CHECKED"));
  if (is_checked) out.set("LastCheckTimestamp", time_of(found->time_ms));
  return std::move(out).build();
}

void set_common(ObjectBuilder& out, const ResourceRecord& record, const Drifts& drifts) {
  const std::string& id = record.now.id.empty() ? record.next.id : record.now.id;
  out.set("LogicalResourceId", Value(record.logical_id));
  set_text(out, "PhysicalResourceId", id);
  out.set("ResourceType", Value(record.type));
  out.set("ResourceStatus", Value(record.status));
  set_text(out, "ResourceStatusReason", record.reason);
  out.set("DriftInformation", drift_information(record, drifts));
}

Value resource_value(const StackRecord& stack, const ResourceRecord& record, const Drifts& drifts) {
  ObjectBuilder out;
  out.set("StackName", Value(stack.name)).set("StackId", Value(stack.id));
  set_common(out, record, drifts);
  out.set("Timestamp", time_of(record.updated_ms));
  return std::move(out).build();
}

Value event_value(const StackRecord& stack, const EventRecord& event) {
  ObjectBuilder out;
  out.set("StackId", Value(stack.id))
      .set("EventId", Value(event.id))
      .set("StackName", Value(stack.name));
  set_text(out, "OperationId", event.operation_id);
  out.set("LogicalResourceId", Value(event.logical_id))
      .set("PhysicalResourceId", Value(event.physical_id))
      .set("ResourceType", Value(event.type))
      .set("Timestamp", time_of(event.time_ms))
      .set("ResourceStatus", Value(event.status));
  set_text(out, "ResourceStatusReason", event.reason);
  set_text(out, "ResourceProperties", event.properties);
  set_text(out, "ClientRequestToken", event.token);
  set_text(out, "DetailedStatus", event.detailed_status);
  return std::move(out).build();
}

}  // namespace

aws::ActionResult CloudFormationService::describe_resource(const Request& request) {
  const std::string name = json::text_member(request.input, "StackName");
  const std::string logical_id = json::text_member(request.input, "LogicalResourceId");
  const FoundStack found = PAWL_TRY(require_stack(request, name, "Stack '%' does not exist"));
  const auto record = PAWL_TRY(store_->resource(found.key, logical_id));
  if (!record || record->status.empty()) {
    return validation_error("Resource " + logical_id + " does not exist for stack " + name);
  }
  ObjectBuilder out;
  out.set("StackName", Value(found.stack.name)).set("StackId", Value(found.stack.id));
  set_common(out, *record, PAWL_TRY(drifts(*store_, found.key)));
  out.set("LastUpdatedTimestamp", time_of(record->updated_ms));
  out.set("Metadata", Value(record->now.metadata.empty() ? "{}" : record->now.metadata));
  return object_of({{"StackResourceDetail", std::move(out).build()}});
}

aws::ActionResult CloudFormationService::describe_resources(const Request& request) {
  const std::string name = json::text_member(request.input, "StackName");
  const std::string physical_id = json::text_member(request.input, "PhysicalResourceId");
  const std::string logical_id = json::text_member(request.input, "LogicalResourceId");
  std::vector<Value> shown;
  const auto show = [&](const StackRecord& stack, const std::vector<ResourceRecord>& records,
                        const Drifts& checked) {
    for (const ResourceRecord& record : records) {
      if (record.status.empty()) continue;
      if (!logical_id.empty() && record.logical_id != logical_id) continue;
      if (shown.size() < kResourcesShown) shown.push_back(resource_value(stack, record, checked));
    }
  };
  if (!name.empty()) {
    if (!physical_id.empty()) {
      return validation_error("PhysicalResourceId and StackName cannot both be specified");
    }
    const FoundStack found =
        PAWL_TRY(require_stack(request, name, "Stack with id % does not exist"));
    show(found.stack, PAWL_TRY(store_->resources(found.key)), PAWL_TRY(drifts(*store_, found.key)));
  } else if (!physical_id.empty()) {
    for (const StackRecord& stack : PAWL_TRY(store_->stacks(owner_of(request)))) {
      if (stack.is_deleted()) continue;
      const StackKey key{owner_of(request), stack.uuid};
      const auto records = PAWL_TRY(store_->resources(key));
      if (std::none_of(records.begin(), records.end(), [&](const ResourceRecord& record) {
            return record.is_there() && record.now.id == physical_id;
          })) {
        continue;
      }
      show(stack, records, PAWL_TRY(drifts(*store_, key)));
    }
    if (shown.empty()) return validation_error("Stack for " + physical_id + " does not exist");
  } else {
    return validation_error("Either PhysicalResourceId or StackName must be specified");
  }
  return object_of({{"StackResources", Value::array(std::move(shown))}});
}

aws::ActionResult CloudFormationService::list_resources(const Request& request) {
  const FoundStack found = PAWL_TRY(require_stack(
      request, json::text_member(request.input, "StackName"), "Stack with id % does not exist"));
  auto records = PAWL_TRY(store_->resources(found.key));
  std::erase_if(records, [](const ResourceRecord& record) { return record.status.empty(); });
  const Page page = PAWL_TRY(page_of(request.input, records.size(), kResourcesShown));
  const Drifts checked = PAWL_TRY(drifts(*store_, found.key));
  std::vector<Value> shown;
  for (size_t i = page.begin; i < page.end; ++i) {
    ObjectBuilder out;
    set_common(out, records[i], checked);
    out.set("LastUpdatedTimestamp", time_of(records[i].updated_ms));
    shown.push_back(std::move(out).build());
  }
  ObjectBuilder out;
  out.set("StackResourceSummaries", Value::array(std::move(shown)));
  set_text(out, "NextToken", page.next);
  return std::move(out).build();
}

aws::ActionResult CloudFormationService::describe_stack_events(const Request& request) {
  const std::string name = json::text_member(request.input, "StackName");
  if (name.empty()) return validation_error("StackName is a required parameter.");
  const FoundStack found = PAWL_TRY(require_stack(request, name));
  const std::string after = json::text_member(request.input, "NextToken");
  auto events = PAWL_TRY(store_->events(found.key, after, kEventsShown + 1));
  ObjectBuilder out;
  if (events.size() > kEventsShown) {
    events.pop_back();
    out.set("NextToken", Value(events.back().name));
  }
  std::vector<Value> shown;
  for (const auto& event : events) shown.push_back(event_value(found.stack, event.record));
  out.set("StackEvents", Value::array(std::move(shown)));
  return std::move(out).build();
}

}  // namespace pawl::cloudformation
