// SPDX-License-Identifier: Apache-2.0
#include "services/cloudformation/own_types/nested_stack.h"

#include <utility>
#include <vector>

#include "json/members.h"
#include "services/cloudformation/operations/failure_text.h"

namespace pawl::cloudformation {
namespace {

using aws::ApiError;
using aws::ApiResult;
using json::ObjectBuilder;
using json::Value;

constexpr uint64_t kPollMs = 150;
constexpr size_t kNameLengthMax = 128;

ApiError failure(std::string message) { return {std::string(kPlainFailure), std::move(message)}; }

StackKey key_of(const ResourceRequest& request, const std::string& id) {
  return {{request.environment.account_id, request.environment.region},
          id.substr(id.rfind('/') + 1)};
}

std::string text_of(const Value& value) {
  if (value.is_string()) return std::string(value.as_string());
  if (value.is_number()) return value.number_text();
  if (value.is_boolean()) return value.as_boolean() ? "true" : "false";
  if (!value.is_array()) return {};
  std::string text;
  for (const Value& item : value.items()) text += (text.empty() ? "" : ",") + text_of(item);
  return text;
}

Value parameters_of(const Value& properties) {
  std::vector<Value> parameters;
  const Value given = json::object_member(properties, "Parameters");
  for (const auto& member : given.members()) {
    ObjectBuilder parameter;
    parameter.set("ParameterKey", member.key).set("ParameterValue", Value(text_of(member.value)));
    parameters.push_back(std::move(parameter).build());
  }
  return Value::array(std::move(parameters));
}

Value tags_of(const Value& properties, const NamedTexts& stack_tags) {
  ObjectBuilder tags;
  for (const auto& [key, value] : stack_tags) {
    if (!key.starts_with("aws:")) tags.set(key, Value(value));
  }
  for (const Value& tag : json::items_member(properties, "Tags")) {
    tags.set(json::text_member(tag, "Key"), Value(json::text_member(tag, "Value")));
  }
  std::vector<Value> out;
  const Value all = std::move(tags).build();
  for (const auto& member : all.members()) {
    ObjectBuilder tag;
    tag.set("Key", member.key).set("Value", member.value);
    out.push_back(std::move(tag).build());
  }
  return Value::array(std::move(out));
}

ObjectBuilder input_of(const ResourceRequest& request, const std::string& stack) {
  ObjectBuilder input = nested_stack_input(request.properties, request.stack_tags);
  input.set("StackName", Value(stack)).set("ClientRequestToken", Value(request.token));
  return input;
}

Value attributes_of(const StackRecord& stack) {
  ObjectBuilder outputs;
  for (const OutputRecord& output : stack.outputs) outputs.set(output.key, Value(output.value));
  ObjectBuilder attributes;
  attributes.set("Outputs", std::move(outputs).build());
  return std::move(attributes).build();
}

Value memory_of_begun() {
  ObjectBuilder memory;
  memory.set("Begun", Value(true));
  return std::move(memory).build();
}

}  // namespace

ObjectBuilder nested_stack_input(const Value& properties, const NamedTexts& stack_tags) {
  ObjectBuilder input;
  input.set("TemplateURL", Value(json::text_member(properties, "TemplateURL")))
      .set("Parameters", parameters_of(properties))
      .set("Tags", tags_of(properties, stack_tags))
      // Whoever let the parent do it lets the child.
      .set("Capabilities",
           json::texts_value({"CAPABILITY_IAM", "CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND"}));
  const Value* const topics = json::member_of(properties, "NotificationARNs");
  if (topics != nullptr) input.set("NotificationARNs", *topics);
  return input;
}

ApiResult<StackRecord> NestedStackHandler::child(const ResourceRequest& request,
                                                 const std::string& id) const {
  auto stack = PAWL_TRY(store_.stack(key_of(request, id)));
  if (!stack) return failure("Stack [" + id + "] does not exist");
  return *std::move(stack);
}

ApiResult<void> NestedStackHandler::name_parent(const ResourceRequest& request,
                                                const std::string& id) const {
  const StackKey key = key_of(request, id);
  const std::lock_guard lock(store_.mutex());
  auto stack = PAWL_TRY(store_.stack(key));
  const auto parent = PAWL_TRY(store_.stack(key_of(request, request.environment.stack_id)));
  if (!stack || !parent) return {};
  stack->parent_id = parent->id;
  stack->root_id = parent->root_id.empty() ? parent->id : parent->root_id;
  store::Batch batch;
  store_.put_stack(batch, key, *stack);
  return store_.commit(batch);
}

std::string NestedStackHandler::failure_of(const ResourceRequest& request,
                                           const StackRecord& child) const {
  if (!child.reason.empty()) return child.reason;
  constexpr size_t kEventsRead = 200;
  const auto events = store_.events(key_of(request, child.id), "", kEventsRead);
  if (!events) return {};
  for (const auto& event : *events) {
    const EventRecord& record = event.record;
    if (record.physical_id == child.id && record.status.ends_with("ROLLBACK_IN_PROGRESS")) {
      return record.reason;
    }
  }
  return {};
}

ApiResult<Progress> NestedStackHandler::create(StackCalls& calls,
                                               const ResourceRequest& request) const {
  if (request.physical_id.empty()) {
    ObjectBuilder input = input_of(request, request.generated_name(kNameLengthMax));
    const int64_t minutes = json::integer_member(request.properties, "TimeoutInMinutes");
    if (minutes > 0) input.set("TimeoutInMinutes", Value(minutes));
    const auto answer = calls.call("cloudformation", "CreateStack", std::move(input).build());
    if (!answer) return failure(answer.error().message.value_or(answer.error().code));
    const std::string id = json::text_member(*answer, "StackId");
    PAWL_TRY_VOID(name_parent(request, id));
    return Progress::again(kPollMs, id);
  }
  const StackRecord stack = PAWL_TRY(child(request, request.physical_id));
  if (stack.is_in_progress()) return Progress::again(kPollMs, request.physical_id);
  if (stack.status == "CREATE_COMPLETE") {
    return Progress::done(request.physical_id, attributes_of(stack));
  }
  return failure("Embedded stack " + stack.id +
                 " was not successfully created: " + failure_of(request, stack));
}

ApiResult<Progress> NestedStackHandler::update(StackCalls& calls,
                                               const ResourceRequest& request) const {
  const std::string& id = request.physical_id;
  if (!json::flag_member(request.memory, "Begun")) {
    // What an update that was cancelled has begun there ends first.
    if (PAWL_TRY(child(request, id)).is_in_progress()) return Progress::again(kPollMs, id);
    const auto answer = calls.call("cloudformation", "UpdateStack", input_of(request, id).build());
    if (answer) return Progress::again(kPollMs, id, memory_of_begun());
    const std::string message = answer.error().message.value_or(answer.error().code);
    if (message != "No updates are to be performed.") return failure(message);
    return Progress::done(id, attributes_of(PAWL_TRY(child(request, id))));
  }
  const StackRecord stack = PAWL_TRY(child(request, id));
  if (stack.is_in_progress()) return Progress::again(kPollMs, id, request.memory);
  if (stack.status == "UPDATE_COMPLETE") return Progress::done(id, attributes_of(stack));
  return failure("Embedded stack " + stack.id + " was not successfully updated. Currently in " +
                 stack.status + " with reason: " + failure_of(request, stack));
}

ApiResult<Progress> NestedStackHandler::remove(StackCalls& calls,
                                               const ResourceRequest& request) const {
  const std::string& id = request.physical_id;
  const auto found = PAWL_TRY(store_.stack(key_of(request, id)));
  if (!found || found->is_deleted()) return Progress::done(id);
  if (!json::flag_member(request.memory, "Begun")) {
    const bool may_begin = !found->is_in_progress() || found->status == "CREATE_IN_PROGRESS";
    if (!may_begin) return Progress::again(kPollMs, id);
    ObjectBuilder input;
    input.set("StackName", Value(id)).set("ClientRequestToken", Value(request.token));
    const auto answer = calls.call("cloudformation", "DeleteStack", std::move(input).build());
    if (!answer) return failure(answer.error().message.value_or(answer.error().code));
    return Progress::again(kPollMs, id, memory_of_begun());
  }
  if (found->is_in_progress()) return Progress::again(kPollMs, id, request.memory);
  return failure("Embedded stack " + id + " was not successfully deleted: " + found->reason);
}

}  // namespace pawl::cloudformation
