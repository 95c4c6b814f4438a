// SPDX-License-Identifier: Apache-2.0
// Tags, by the name of a group (the older way) and by ARN: of groups, destinations, deliveries.
#include <optional>
#include <utility>

#include "aws/arn.h"
#include "json/value.h"
#include "services/logs/api_members.h"
#include "services/logs/logs_service.h"

namespace pawl::logs {
namespace {

using aws::ActionResult;
using aws::Request;
using json::ObjectBuilder;
using json::Value;

constexpr size_t kTagsMax = 50;

aws::ApiError resource_not_found() {
  return {"ResourceNotFoundException", "The specified resource does not exist."};
}

/// The record that an ARN names: its kind is the resource's type.
struct TaggedRecord {
  records::Owner owner;
  std::string kind;
  std::string name;
};

std::optional<TaggedRecord> record_named(const Request& request, const std::string& arn) {
  const std::optional<aws::Arn> parsed = aws::Arn::parse(arn);
  if (!parsed || parsed->service != "logs" || parsed->account_id != request.account_id())
    return std::nullopt;
  return TaggedRecord{{parsed->account_id, parsed->region},
                      std::string(parsed->resource_type()),
                      std::string(parsed->resource_id())};
}

Value tags_value(const LogGroup& group) {
  ObjectBuilder tags;
  for (const auto& [key, value] : group.tags) tags.set(key, Value(value));
  return Value::object().with_member("tags", std::move(tags).build());
}

void add_tags(const Value* tags, LogGroup& group) {
  if (tags == nullptr) return;
  for (const json::Member& tag : tags->members())
    group.tags[std::string(tag.name())] = tag.value.as_string();
}

void remove_tags(const Value* keys, LogGroup& group) {
  if (keys == nullptr) return;
  for (const Value& key : keys->items()) group.tags.erase(std::string(key.as_string()));
}

}  // namespace

// API TagLogGroup.
ActionResult LogsService::tag_log_group(const Request& request) {
  const LogGroup group = PAWL_TRY(find_group(request));
  PAWL_TRY_VOID(change_group(group.name,
                             [&](LogGroup& kept) { add_tags(request.input.find("tags"), kept); }));
  return aws::Output();
}

// API UntagLogGroup.
ActionResult LogsService::untag_log_group(const Request& request) {
  const LogGroup group = PAWL_TRY(find_group(request));
  PAWL_TRY_VOID(change_group(
      group.name, [&](LogGroup& kept) { remove_tags(request.input.find("tags"), kept); }));
  return aws::Output();
}

// API ListTagsLogGroup.
ActionResult LogsService::list_tags_log_group(const Request& request) {
  return aws::Output(tags_value(PAWL_TRY(find_group(request))));
}

// API TagResource.
ActionResult LogsService::tag_resource(const Request& request) {
  const std::string arn = text_member(request.input, "resourceArn");
  const Value* tags = request.input.find("tags");
  if (parse_group_arn(arn)) {
    LogGroup group = PAWL_TRY(find_group(request, arn));
    add_tags(tags, group);
    if (group.tags.size() > kTagsMax) {
      return aws::ApiError("TooManyTagsException", "A resource can have no more than 50 tags.");
    }
    PAWL_TRY_VOID(change_group(group.name, [&](LogGroup& kept) { kept.tags = group.tags; }));
    return aws::Output();
  }
  const auto named = record_named(request, arn);
  if (!named) return resource_not_found();
  const std::lock_guard lock(mutex_);
  const auto record = records_.get(named->owner, named->kind, named->name);
  if (!record) return as_api_error(record.error());
  if (!record->has_value()) return resource_not_found();
  const Value* old = (*record)->find("tags");
  Value merged = old != nullptr ? *old : Value::object();
  for (const json::Member& tag : tags->members())
    merged = merged.with_member(tag.name(), tag.value);
  const auto put = records_.put(named->owner, named->kind, named->name,
                                (*record)->with_member("tags", std::move(merged)));
  if (!put) return as_api_error(put.error());
  return aws::Output();
}

// API UntagResource.
ActionResult LogsService::untag_resource(const Request& request) {
  const std::string arn = text_member(request.input, "resourceArn");
  const Value* keys = request.input.find("tagKeys");
  if (parse_group_arn(arn)) {
    const LogGroup group = PAWL_TRY(find_group(request, arn));
    PAWL_TRY_VOID(change_group(group.name, [&](LogGroup& kept) { remove_tags(keys, kept); }));
    return aws::Output();
  }
  const auto named = record_named(request, arn);
  if (!named) return resource_not_found();
  const std::lock_guard lock(mutex_);
  const auto record = records_.get(named->owner, named->kind, named->name);
  if (!record) return as_api_error(record.error());
  if (!record->has_value()) return resource_not_found();
  const Value* old = (*record)->find("tags");
  if (old == nullptr) return aws::Output();
  Value rest = *old;
  for (const Value& key : keys->items()) rest = rest.without_member(key.as_string());
  const auto put = records_.put(named->owner, named->kind, named->name,
                                (*record)->with_member("tags", std::move(rest)));
  if (!put) return as_api_error(put.error());
  return aws::Output();
}

// API ListTagsForResource.
ActionResult LogsService::list_tags_for_resource(const Request& request) {
  const std::string arn = text_member(request.input, "resourceArn");
  if (parse_group_arn(arn)) return aws::Output(tags_value(PAWL_TRY(find_group(request, arn))));
  const auto named = record_named(request, arn);
  if (!named) return resource_not_found();
  const auto record = records_.get(named->owner, named->kind, named->name);
  if (!record) return as_api_error(record.error());
  if (!record->has_value()) return resource_not_found();
  const Value* tags = (*record)->find("tags");
  return aws::Output(
      Value::object().with_member("tags", tags != nullptr ? *tags : Value::object()));
}

}  // namespace pawl::logs
