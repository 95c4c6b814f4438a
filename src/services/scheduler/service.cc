// SPDX-License-Identifier: Apache-2.0
#include "services/scheduler/service.h"

#include <algorithm>
#include <utility>

#include "aws/service/input_members.h"
#include "base/bytes.h"
#include "json/members.h"
#include "json/parse.h"
#include "json/write.h"
#include "services/scheduler/schedule_input.h"

namespace pawl::scheduler {
namespace {

using aws::ActionResult;
using aws::ApiError;
using aws::ApiResult;
using aws::Output;
using json::ObjectBuilder;
using json::Value;

ScheduleName name_of(const aws::Request& request) {
  const std::string group = text_member(request.input, "GroupName");
  return {scope_of(request), group.empty() ? "default" : group, text_member(request.input, "Name")};
}

ApiError no_schedule(const ScheduleName& name) {
  return not_found("Schedule " + name.name + " does not exist.");
}

/// What of the settings makes a rate count anew when it changes.
bool has_same_times(const Value& a, const Value& b) {
  for (const char* member : {"ScheduleExpression", "ScheduleExpressionTimezone", "StartDate"}) {
    const Value* of_a = a.find(member);
    const Value* of_b = b.find(member);
    if ((of_a == nullptr) != (of_b == nullptr)) return false;
    if (of_a != nullptr && !(*of_a == *of_b)) return false;
  }
  return true;
}

Value stored_settings(const Schedule& schedule) {
  base::Result<Value> parsed = json::parse(schedule.settings);
  return parsed ? *std::move(parsed) : Value::object();
}

Value summary(const Schedule& schedule) {
  const Value settings = stored_settings(schedule);
  ObjectBuilder target;
  target.set("Arn", Value(text_member(object_member(settings, "Target"), "Arn")));
  ObjectBuilder out;
  out.set("Arn", Value(schedule.name.arn()))
      .set("CreationDate", aws::time_value(schedule.created_ms))
      .set("GroupName", Value(schedule.name.group))
      .set("LastModificationDate", aws::time_value(schedule.modified_ms))
      .set("Name", Value(schedule.name.name))
      .set("State", Value(text_member(settings, "State")))
      .set("Target", std::move(target).build());
  return std::move(out).build();
}

}  // namespace

Scope scope_of(const aws::Request& request) { return {request.account_id(), request.region}; }

ApiError not_found(std::string message) {
  return {"ResourceNotFoundException", std::move(message), 404};
}

ApiError conflict(std::string message) { return {"ConflictException", std::move(message), 409}; }

ApiResult<Page> page_of(const Value& input) {
  Page page;
  page.items_max =
      static_cast<size_t>(std::clamp<int64_t>(integer_member(input, "MaxResults", 100), 1, 100));
  const std::string token = text_member(input, "NextToken");
  if (token.empty()) return page;
  const auto place = base::base64_decode(token);
  if (!place || place->empty()) return aws::validation_exception("Invalid NextToken provided.");
  page.after = *place;
  return page;
}

std::string token_of(std::string_view place) { return base::base64_encode(place); }

base::Result<std::unique_ptr<SchedulerService>> SchedulerService::open(store::Store& store,
                                                                       Options options) {
  return std::unique_ptr<SchedulerService>(
      new SchedulerService(PAWL_TRY(ScheduleStore::open(store)), std::move(options)));
}

SchedulerService::SchedulerService(ScheduleStore schedules, Options options)
    : options_(std::move(options)),
      schedules_(std::move(schedules)),
      clockwork_(options_, schedules_) {}

void SchedulerService::bind(aws::ActionTable& table) {
  using S = SchedulerService;
  table.on_write("CreateSchedule", &S::create_schedule);
  table.on_write("UpdateSchedule", &S::update_schedule);
  table.on("GetSchedule", &S::get_schedule);
  table.on_write("DeleteSchedule", &S::delete_schedule);
  table.on("ListSchedules", &S::list_schedules);
  table.on_write("CreateScheduleGroup", &S::create_schedule_group);
  table.on("GetScheduleGroup", &S::get_schedule_group);
  table.on_write("DeleteScheduleGroup", &S::delete_schedule_group);
  table.on("ListScheduleGroups", &S::list_schedule_groups);
  table.on_write("TagResource", &S::tag_resource);
  table.on_write("UntagResource", &S::untag_resource);
  table.on("ListTagsForResource", &S::list_tags_for_resource);
}

/// With a lock held: stores the schedule with its next time, in place of what was there.
ActionResult SchedulerService::put(const Request& request, Schedule schedule, const Value& settings,
                                   const std::optional<Schedule>& before) {
  schedule.settings = json::write(settings);
  // Not the clock's time: a millisecond later the start would have passed, and so the first time.
  schedule.due =
      due_from(settings, base::Timestamp{schedule.modified_ms}, schedule.start_ms, schedule.id);
  ObjectBuilder out;
  out.set("ScheduleArn", Value(schedule.name.arn()));
  const Value answer = std::move(out).build();
  store::Batch batch;
  if (before) schedules_.erase_due(batch, *before);
  schedules_.put(batch, schedule);
  request.keep_answer(answer);
  PAWL_TRY_VOID(schedules_.commit(batch));
  if (schedule.due) clockwork_.wake(schedule.due->at);
  return Output(answer);
}

ActionResult SchedulerService::create_schedule(const Request& request) {
  const Value settings = PAWL_TRY(settings_of(request.input, now(), true));
  const ScheduleName name = name_of(request);
  const std::lock_guard lock(schedules_.mutex());
  PAWL_TRY(group_of(request, name.group));
  const std::string token = text_member(request.input, "ClientToken");
  if (const auto existing = PAWL_TRY(schedules_.find(name))) {
    if (token.empty() || existing->client_token != token)
      return conflict("Schedule " + name.name + " already exists.");
    ObjectBuilder out;
    out.set("ScheduleArn", Value(name.arn()));
    return Output(std::move(out).build());
  }
  Schedule schedule;
  schedule.name = name;
  schedule.client_token = token;
  schedule.created_ms = now().ms;
  schedule.modified_ms = schedule.created_ms;
  schedule.id = std::to_string(schedule.created_ms) + "-" + request.request_id;
  // "If you do not provide a StartDate, your schedule starts invoking the target immediately."
  const int64_t start_ms = aws::find_time(settings, "StartDate").value_or(-1);
  schedule.start_ms = start_ms >= 0 ? start_ms : schedule.created_ms;
  return put(request, std::move(schedule), settings, std::nullopt);
}

/// "UpdateSchedule uses all values, including empty values, specified in the request and overrides
/// the existing schedule."
ActionResult SchedulerService::update_schedule(const Request& request) {
  const ScheduleName name = name_of(request);
  const std::lock_guard lock(schedules_.mutex());
  PAWL_TRY(group_of(request, name.group));
  const std::optional<Schedule> before = PAWL_TRY(schedules_.find(name));
  if (!before) return no_schedule(name);
  const Value old = stored_settings(*before);
  const Value settings = PAWL_TRY(settings_of(request.input, now(), false));
  Schedule schedule = *before;
  schedule.modified_ms = now().ms;
  if (!has_same_times(old, settings)) {
    const int64_t start_ms = aws::find_time(settings, "StartDate").value_or(-1);
    schedule.start_ms = start_ms >= 0 ? start_ms : schedule.modified_ms;
  }
  return put(request, std::move(schedule), settings, before);
}

ActionResult SchedulerService::get_schedule(const Request& request) {
  const ScheduleName name = name_of(request);
  PAWL_TRY(group_of(request, name.group));
  const std::optional<Schedule> schedule = PAWL_TRY(schedules_.find(name));
  if (!schedule) return no_schedule(name);
  Value out = stored_settings(*schedule);
  out = out.with_member("Arn", Value(name.arn()))
            .with_member("CreationDate", aws::time_value(schedule->created_ms))
            .with_member("GroupName", Value(name.group))
            .with_member("LastModificationDate", aws::time_value(schedule->modified_ms))
            .with_member("Name", Value(name.name));
  return Output(std::move(out));
}

ActionResult SchedulerService::delete_schedule(const Request& request) {
  const ScheduleName name = name_of(request);
  const std::lock_guard lock(schedules_.mutex());
  PAWL_TRY(group_of(request, name.group));
  const std::optional<Schedule> schedule = PAWL_TRY(schedules_.find(name));
  if (!schedule) return no_schedule(name);
  store::Batch batch;
  schedules_.erase(batch, *schedule);
  request.keep_answer(Value::object());
  PAWL_TRY_VOID(schedules_.commit(batch));
  return Output();
}

ActionResult SchedulerService::list_schedules(const Request& request) {
  const Page page = PAWL_TRY(page_of(request.input));
  const std::string group = text_member(request.input, "GroupName");
  if (!group.empty()) PAWL_TRY(group_of(request, group));
  const std::string prefix = text_member(request.input, "NamePrefix");
  const std::string state = text_member(request.input, "State");
  std::vector<Value> items;
  std::string last;
  bool has_more = false;
  PAWL_TRY_VOID(schedules_.visit(scope_of(request), group, page.after,
                                 [&](const std::string& place, Schedule schedule) {
                                   if (!schedule.name.name.starts_with(prefix)) return true;
                                   Value item = summary(schedule);
                                   if (!state.empty() && text_member(item, "State") != state)
                                     return true;
                                   has_more = items.size() == page.items_max;
                                   if (has_more) return false;
                                   items.push_back(std::move(item));
                                   last = place;
                                   return true;
                                 }));
  ObjectBuilder out;
  if (has_more) out.set("NextToken", Value(token_of(last)));
  out.set("Schedules", Value::array(std::move(items)));
  return Output(std::move(out).build());
}

}  // namespace pawl::scheduler
