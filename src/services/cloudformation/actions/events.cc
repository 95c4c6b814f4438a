// SPDX-License-Identifier: Apache-2.0
// API DescribeEvents, ListHookResults, DescribeAccountLimits; what is told to others of events: SNS
// topics and EventBridge.
#include <utility>

#include "json/members.h"
#include "json/write.h"
#include "services/cloudformation/actions/answers.h"
#include "services/cloudformation/service.h"

namespace pawl::cloudformation {
namespace {

using json::ObjectBuilder;
using json::Value;

constexpr size_t kEventsShown = 100;

bool is_failure(const EventRecord& event) { return event.status.ends_with("_FAILED"); }

Value operation_event(const StackRecord& stack, const EventRecord& event) {
  ObjectBuilder out;
  out.set("EventId", Value(event.id)).set("StackId", Value(stack.id));
  set_text(out, "OperationId", event.operation_id);
  const bool is_own = event.physical_id == stack.id;
  out.set("EventType", Value(is_failure(event) && !is_own ? "PROVISIONING_ERROR"
                             : is_own                     ? "STACK_EVENT"
                                                          : "PROGRESS_EVENT"))
      .set("LogicalResourceId", Value(event.logical_id))
      .set("PhysicalResourceId", Value(event.physical_id))
      .set("ResourceType", Value(event.type))
      .set("Timestamp", time_of(event.time_ms))
      .set("ResourceStatus", Value(event.status));
  set_text(out, "ResourceStatusReason", event.reason);
  set_text(out, "ResourceProperties", event.properties);
  set_text(out, "ClientRequestToken", event.token);
  return std::move(out).build();
}

Value status_details(const EventRecord& event) {
  return object_of({{"status", Value(event.status)}, {"status-reason", Value(event.reason)}});
}

/// User Guide, "CloudFormation events" of EventBridge.
Value bus_entry(const StackRecord& stack, const EventRecord& event) {
  const bool is_own = event.physical_id == stack.id;
  ObjectBuilder detail;
  detail.set("stack-id", Value(stack.id));
  if (!is_own) {
    detail.set("logical-resource-id", Value(event.logical_id))
        .set("physical-resource-id", Value(event.physical_id))
        .set("resource-type", Value(event.type));
  }
  detail.set("status-details", status_details(event))
      .set("client-request-token", Value(event.token));
  ObjectBuilder entry;
  entry.set("Source", Value("aws.cloudformation"))
      .set("DetailType", Value(is_own ? "CloudFormation Stack Status Change"
                                      : "CloudFormation Resource Status Change"))
      .set("Resources", json::texts_value({stack.id}))
      .set("Detail", Value(json::write(std::move(detail).build())));
  return std::move(entry).build();
}

/// What e-mail and queues get: lines of NAME='value'.
std::string notification_text(const StackKey& key, const StackRecord& stack,
                              const EventRecord& event) {
  std::string text;
  const auto line = [&text](std::string_view name, const std::string& value) {
    text += std::string(name) + "='" + value + "'\n";
  };
  line("StackId", stack.id);
  line("Timestamp", base::format_iso8601({event.time_ms}));
  line("EventId", event.id);
  line("LogicalResourceId", event.logical_id);
  line("Namespace", key.owner.account);
  line("PhysicalResourceId", event.physical_id);
  line("ResourceProperties", event.properties.empty() ? "null" : event.properties);
  line("ResourceStatus", event.status);
  line("ResourceStatusReason", event.reason);
  line("ResourceType", event.type);
  line("StackName", stack.name);
  line("ClientRequestToken", event.token.empty() ? "null" : event.token);
  return text;
}

}  // namespace

void CloudFormationService::announce(const StackKey& key, const StackRecord& stack,
                                     const EventRecord& event) {
  const auto nobody = [](const aws::ApiResult<Value>&) {};
  const aws::Principal self =
      aws::service_principal(key.owner.account, "cloudformation.amazonaws.com");
  // Nobody waits for it: what is refused is lost, as on AWS.
  options_.caller.call(
      {.service = "events",
       .operation = "PutEvents",
       .input = object_of({{"Entries", Value::array(std::vector<Value>{bus_entry(stack, event)})}}),
       .region = key.owner.region,
       .principal = self},
      nobody);
  for (const std::string& topic : stack.current.notification_arns) {
    options_.caller.call(
        {.service = "sns",
         .operation = "Publish",
         .input = object_of({{"TopicArn", Value(topic)},
                             {"Subject", Value("AWS CloudFormation Notification")},
                             {"Message", Value(notification_text(key, stack, event))}}),
         .region = key.owner.region,
         .principal = self},
        nobody);
  }
}

void CloudFormationService::add_event(store::Batch& batch, const StackKey& key,
                                      const StackRecord& stack, const EventRecord& event) {
  store_->add_event(batch, key, event);
  announce(key, stack, event);
}

aws::ActionResult CloudFormationService::describe_events(const Request& request) {
  const Value& input = request.input;
  const std::string name = json::text_member(input, "StackName");
  const std::string change_set = json::text_member(input, "ChangeSetName");
  if (!change_set.empty()) {
    // A change set that cannot be made is refused, or says why by its status: it has no events.
    PAWL_TRY_VOID(require_change_set(request, name, change_set));
    return object_of({{"OperationEvents", Value::array()}});
  }
  if (name.empty()) return validation_error("StackName is a required parameter.");
  const FoundStack found = PAWL_TRY(require_stack(request, name));
  const std::string operation = json::text_member(input, "OperationId");
  const bool only_failed = json::flag_member(json::object_member(input, "Filters"), "FailedEvents");
  std::string after = json::text_member(input, "NextToken");
  std::vector<Value> shown;
  ObjectBuilder out;
  while (true) {
    const auto events = PAWL_TRY(store_->events(found.key, after, kEventsShown));
    for (const auto& event : events) {
      after = event.name;
      if (!operation.empty() && event.record.operation_id != operation) continue;
      if (only_failed && !is_failure(event.record)) continue;
      shown.push_back(operation_event(found.stack, event.record));
    }
    if (events.size() < kEventsShown) break;
    if (!shown.empty()) {
      out.set("NextToken", Value(after));
      break;
    }
  }
  out.set("OperationEvents", Value::array(std::move(shown)));
  return std::move(out).build();
}

aws::ActionResult CloudFormationService::list_hook_results(const Request& request) {
  // Without hooks there are no results of any.
  ObjectBuilder out;
  json::copy_members(request.input, {"TargetType", "TargetId"}, out);
  out.set("HookResults", Value::array());
  return std::move(out).build();
}

aws::ActionResult CloudFormationService::describe_limits(const Request&) {
  constexpr int kStacks = 2'000;
  constexpr int kOutputs = 200;
  return object_of(
      {{"AccountLimits",
        Value::array(std::vector<Value>{
            object_of({{"Name", Value("StackLimit")}, {"Value", Value(kStacks)}}),
            object_of({{"Name", Value("StackOutputsLimit")}, {"Value", Value(kOutputs)}})})}});
}

}  // namespace pawl::cloudformation
