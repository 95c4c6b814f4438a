// SPDX-License-Identifier: Apache-2.0
#include "services/cloudformation/types/handler_steps.h"

#include <algorithm>

#include "json/members.h"
#include "json/write.h"

namespace pawl::cloudformation {

using aws::ApiError;
using aws::ApiResult;
using json::ObjectBuilder;
using json::Value;

namespace {

constexpr int kNotFound = 404;
constexpr int kConflict = 409;

}  // namespace

std::string scalar_text(const Value& object, std::string_view name) {
  const Value* found = json::member_of(object, name);
  if (found == nullptr) return {};
  if (found->is_string()) return std::string(found->as_string());
  if (found->is_number()) return found->number_text();
  if (found->is_boolean()) return found->as_boolean() ? "true" : "false";
  return {};
}

bool is_true(const Value& object, std::string_view name, bool otherwise) {
  const std::string text = scalar_text(object, name);
  return text.empty() ? otherwise : text == "true" || text == "True";
}

std::string document_text(const Value& document) {
  return document.is_string() ? std::string(document.as_string()) : json::write(document);
}

Value without(const Value& properties, std::initializer_list<std::string_view> names) {
  Value out = properties;
  for (const std::string_view name : names) {
    if (out.find(name) != nullptr) out = out.without_member(name);
  }
  return out;
}

Value renamed(Value properties,
              std::initializer_list<std::pair<std::string_view, std::string_view>> names) {
  for (const auto& [from, to] : names) {
    const Value* found = properties.find(from);
    if (found == nullptr) continue;
    const Value kept = *found;
    properties = properties.without_member(from).with_member(to, kept);
  }
  return properties;
}

Value with_documents(Value properties, std::initializer_list<std::string_view> names) {
  for (const std::string_view name : names) {
    const Value document = property(properties, name);
    if (!document.is_null())
      properties = properties.with_member(name, Value(document_text(document)));
  }
  return properties;
}

Value property(const Value& properties, std::string_view name) {
  const Value* found = json::member_of(properties, name);
  return found == nullptr ? Value() : *found;
}

bool is_absent(const ApiError& error) {
  const std::string_view code = error.code;
  for (const std::string_view word : {"NotFound", "DoesNotExist", "NoSuch", "NotExist"}) {
    if (code.find(word) != std::string_view::npos) return true;
  }
  return error.status == kNotFound;
}

bool is_conflict(const ApiError& error) {
  const std::string_view code = error.code;
  for (const std::string_view word : {"AlreadyExist", "Conflict", "Duplicate"}) {
    if (code.find(word) != std::string_view::npos) return true;
  }
  // Batch has one code for all that is wrong.
  return error.status == kConflict ||
         error.message.value_or("").find("already exists") != std::string::npos;
}

ApiResult<Value> call_unless_absent(StackCalls& calls, std::string_view service,
                                    std::string_view operation, Value input) {
  ApiResult<Value> answer = calls.call(service, operation, std::move(input));
  if (!answer && is_absent(answer.error())) return Value();
  return answer;
}

ApiResult<Value> call_to_create(StackCalls& calls, const ResourceRequest& request,
                                std::string_view service, std::string_view operation, Value input) {
  ApiResult<Value> answer = calls.call(service, operation, std::move(input));
  if (!answer && request.is_repeated && is_conflict(answer.error())) return Value();
  return answer;
}

Value with_tags(std::string_view type, const ResourceRequest& request) {
  const Tags tags = desired_tags(type, request);
  return tags.empty() ? without(request.properties, {"Tags"})
                      : request.properties.with_member("Tags", tag_list(tags));
}

TagChange own_tag_change(std::string_view type, const ResourceRequest& request) {
  ResourceRequest before = request;
  before.properties = request.previous;
  before.stack_tags = request.previous_stack_tags;
  const Tags desired = desired_tags(type, request);
  TagChange change = tag_change(desired_tags(type, before), desired);
  // Whatever was there: what is to be there is set. System tags come with creation.
  change.set = tag_change({}, desired).set;
  return change;
}

namespace {

ApiResult<void> put_tags(StackCalls& calls, const TagOperations& operations, std::string_view arn,
                         const Tags& tags) {
  if (tags.empty()) return {};
  const Value given =
      operations.key.empty() ? tag_map(tags) : tag_list(tags, operations.key, operations.value);
  PAWL_TRY_VOID(calls.call(
      operations.service, operations.tag,
      Value::object({{operations.arn_member, Value(arn)}, {operations.tags_member, given}})));
  return {};
}

}  // namespace

ApiResult<void> set_tags(StackCalls& calls, std::string_view type, const ResourceRequest& request,
                         const TagOperations& operations, std::string_view arn) {
  return put_tags(calls, operations, arn, desired_tags(type, request));
}

ApiResult<void> change_tags(StackCalls& calls, std::string_view type,
                            const ResourceRequest& request, const TagOperations& operations,
                            std::string_view arn) {
  const TagChange change = own_tag_change(type, request);
  if (!change.removed.empty()) {
    PAWL_TRY_VOID(
        calls.call(operations.service, operations.untag,
                   Value::object({{operations.arn_member, Value(arn)},
                                  {operations.keys_member, json::texts_value(change.removed)}})));
  }
  return put_tags(calls, operations, arn, change.set);
}

Value own_item(const ResourceRequest& request, const Value& answer, std::string_view list,
               std::string_view tags) {
  for (const Value& each : json::items_member(answer, list)) {
    const Value given = json::object_member(each, tags);
    if (json::text_member(given, "aws:cloudformation:stack-id") == request.environment.stack_id &&
        json::text_member(given, "aws:cloudformation:logical-id") == request.logical_id)
      return each;
  }
  return {};
}

Progress made(std::string id) { return Progress::again(0, std::move(id), Value(true)); }

std::string arn_of(const ResourceRequest& request, std::string_view service,
                   std::string_view resource) {
  const formation::Environment& at = request.environment;
  return "arn:" + at.partition + ":" + std::string(service) + ":" + at.region + ":" +
         at.account_id + ":" + std::string(resource);
}

Value merged(Value object, const Value& more) {
  for (const json::Member& each : more.members())
    object = object.with_member(each.name(), each.value);
  return object;
}

}  // namespace pawl::cloudformation
