// SPDX-License-Identifier: Apache-2.0
// Groups of schedules and their tags.
#include <algorithm>
#include <utility>

#include "aws/arn.h"
#include "aws/service/input_members.h"
#include "json/members.h"
#include "json/parse.h"
#include "json/write.h"
#include "services/scheduler/service.h"

namespace pawl::scheduler {
namespace {

using aws::ActionResult;
using aws::ApiResult;
using aws::Output;
using json::ObjectBuilder;
using json::Value;

constexpr size_t kTagsMax = 50;

Value description(const Scope& scope, const Group& group) {
  ObjectBuilder out;
  out.set("Arn", Value(group_arn(scope, group.name)))
      .set("CreationDate", aws::time_value(group.created_ms))
      .set("LastModificationDate", aws::time_value(group.modified_ms))
      .set("Name", Value(group.name))
      .set("State", Value("ACTIVE"));
  return std::move(out).build();
}

std::vector<Value> tags_of(const Group& group) {
  const base::Result<Value> parsed = json::parse(group.tags);
  if (!parsed || !parsed->is_array()) return {};
  return {parsed->items().begin(), parsed->items().end()};
}

/// A tag of the same key is replaced.
ApiResult<std::string> with_tags(std::vector<Value> tags, const Value* added) {
  if (added != nullptr && added->is_array()) {
    for (const Value& tag : added->items()) {
      std::erase_if(tags, [&](const Value& each) {
        return text_member(each, "Key") == text_member(tag, "Key");
      });
      tags.push_back(tag);
    }
  }
  if (tags.size() > kTagsMax)
    return aws::validation_exception("The number of tags exceeds the limit of 50.");
  return json::write(Value::array(std::move(tags)));
}

}  // namespace

ApiResult<Group> SchedulerService::group_of(const Request& request, std::string_view name) const {
  std::optional<Group> group = PAWL_TRY(schedules_.find_group(scope_of(request), name));
  if (!group) return not_found("Schedule group " + std::string(name) + " does not exist.");
  return *std::move(group);
}

ActionResult SchedulerService::create_schedule_group(const Request& request) {
  const std::string name = text_member(request.input, "Name");
  const std::string token = text_member(request.input, "ClientToken");
  const Scope scope = scope_of(request);
  ObjectBuilder out;
  out.set("ScheduleGroupArn", Value(group_arn(scope, name)));
  const Value answer = std::move(out).build();
  const std::lock_guard lock(schedules_.mutex());
  if (const auto existing = PAWL_TRY(schedules_.find_group(scope, name))) {
    if (token.empty() || existing->client_token != token)
      return conflict("Schedule group " + name + " already exists.");
    return Output(answer);
  }
  Group group{.name = name, .client_token = token};
  group.tags = PAWL_TRY(with_tags({}, request.input.find("Tags")));
  group.created_ms = now().ms;
  group.modified_ms = group.created_ms;
  store::Batch batch;
  schedules_.put_group(batch, scope, group);
  request.keep_answer(answer);
  PAWL_TRY_VOID(schedules_.commit(batch));
  return Output(answer);
}

ActionResult SchedulerService::get_schedule_group(const Request& request) {
  return Output(description(scope_of(request),
                            PAWL_TRY(group_of(request, text_member(request.input, "Name")))));
}

/// "Deleting a group also deletes all the schedules associated with it."
ActionResult SchedulerService::delete_schedule_group(const Request& request) {
  const std::string name = text_member(request.input, "Name");
  const Scope scope = scope_of(request);
  if (name == "default")
    return aws::validation_exception("Deleting default schedule group is not allowed.");
  const std::lock_guard lock(schedules_.mutex());
  PAWL_TRY(group_of(request, name));
  store::Batch batch;
  PAWL_TRY_VOID(schedules_.visit(scope, name, "", [&](const std::string&, const Schedule& each) {
    schedules_.erase(batch, each);
    return true;
  }));
  schedules_.erase_group(batch, scope, name);
  request.keep_answer(Value::object());
  PAWL_TRY_VOID(schedules_.commit(batch));
  return Output();
}

ActionResult SchedulerService::list_schedule_groups(const Request& request) {
  const Page page = PAWL_TRY(page_of(request.input));
  const std::string prefix = text_member(request.input, "NamePrefix");
  const Scope scope = scope_of(request);
  std::vector<Value> items;
  std::string last;
  bool has_more = false;
  // Its place is before all that are stored, unless it is one of them since it has tags.
  constexpr std::string_view kDefault = "default";
  const Group first = PAWL_TRY(group_of(request, kDefault));
  if (page.after.empty() && kDefault.starts_with(prefix)) {
    items.push_back(description(scope, first));
    last = std::string(kDefault);
  }
  PAWL_TRY_VOID(schedules_.visit_groups(scope, page.after == kDefault ? "" : page.after,
                                        [&](const std::string& place, const Group& group) {
                                          if (group.name == kDefault ||
                                              !group.name.starts_with(prefix))
                                            return true;
                                          has_more = items.size() == page.items_max;
                                          if (has_more) return false;
                                          items.push_back(description(scope, group));
                                          last = place;
                                          return true;
                                        }));
  ObjectBuilder out;
  if (has_more) out.set("NextToken", Value(token_of(last)));
  out.set("ScheduleGroups", Value::array(std::move(items)));
  return Output(std::move(out).build());
}

/// The model sees to it that the ARN is one of a group.
ApiResult<Group> SchedulerService::tagged_group(const Request& request) const {
  const auto arn = aws::Arn::parse(text_member(request.input, "ResourceArn"));
  const std::string name(arn ? arn->resource_id() : std::string_view());
  if (!arn || arn->account_id != request.account_id() || arn->region != request.region)
    return not_found("Schedule group " + name + " does not exist.");
  return group_of(request, name);
}

ActionResult SchedulerService::tag_resource(const Request& request) {
  const std::lock_guard lock(schedules_.mutex());
  Group group = PAWL_TRY(tagged_group(request));
  group.tags = PAWL_TRY(with_tags(tags_of(group), request.input.find("Tags")));
  store::Batch batch;
  schedules_.put_group(batch, scope_of(request), group);
  request.keep_answer(Value::object());
  PAWL_TRY_VOID(schedules_.commit(batch));
  return Output();
}

ActionResult SchedulerService::untag_resource(const Request& request) {
  const std::lock_guard lock(schedules_.mutex());
  Group group = PAWL_TRY(tagged_group(request));
  std::vector<Value> tags = tags_of(group);
  if (const Value* keys = request.input.find("TagKeys"); keys != nullptr && keys->is_array()) {
    for (const Value& key : keys->items())
      std::erase_if(tags,
                    [&](const Value& tag) { return tag.find("Key") && *tag.find("Key") == key; });
  }
  group.tags = json::write(Value::array(std::move(tags)));
  store::Batch batch;
  schedules_.put_group(batch, scope_of(request), group);
  request.keep_answer(Value::object());
  PAWL_TRY_VOID(schedules_.commit(batch));
  return Output();
}

ActionResult SchedulerService::list_tags_for_resource(const Request& request) {
  const Group group = PAWL_TRY(tagged_group(request));
  ObjectBuilder out;
  out.set("Tags", Value::array(tags_of(group)));
  return Output(std::move(out).build());
}

}  // namespace pawl::scheduler
