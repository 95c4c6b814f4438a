// SPDX-License-Identifier: Apache-2.0
// AWS::Scheduler::Schedule, ScheduleGroup; AWS::Pipes::Pipe.
#include "base/time.h"
#include "json/members.h"
#include "services/cloudformation/types/handler_steps.h"

#include "services/cloudformation/types/type_tables.h"

namespace pawl::cloudformation {

using aws::ApiError;
using aws::ApiResult;
using json::Value;

namespace {

constexpr std::string_view kScheduler = "scheduler";
constexpr std::string_view kPipes = "pipes";
constexpr size_t kNameMax = 64;
constexpr uint64_t kLookAgainMs = 250;
constexpr TagOperations kGroupTags = {kScheduler, "ResourceArn", "Tags", "Key", "Value", "TagKeys"};
constexpr TagOperations kPipeTags = {kPipes, "resourceArn", "tags", "", "", "tagKeys"};

constexpr std::string_view kGroup = "AWS::Scheduler::ScheduleGroup";
constexpr std::string_view kPipe = "AWS::Pipes::Pipe";

using Outcome = ApiResult<Progress>;

Value named(std::string_view name) { return Value::object({{"Name", Value(name)}}); }

/// A moment of an answer as attributes have it.
Value moment(const Value& answer, std::string_view member) {
  const double seconds = json::find_number(answer, member).value_or(0);
  return Value(base::format_iso8601({static_cast<int64_t>(seconds * 1000.0)}));
}

std::string group_of(const Value& properties) {
  const std::string given = scalar_text(properties, "GroupName");
  return given.empty() ? "default" : given;
}

/// Moments are texts in templates and seconds in operations.
ApiResult<Value> with_moments(Value input) {
  for (const std::string_view name : {"StartDate", "EndDate"}) {
    const std::string text = json::text_member(input, name);
    if (text.empty()) continue;
    const auto date = base::parse_iso8601(text);
    if (!date) return ApiError("ValidationException", std::string(name) + " is no date: " + text);
    input = input.with_member(name, Value(static_cast<double>(date->ms) / 1000.0));
  }
  return input;
}

ApiResult<Value> schedule_input(StackCalls& calls, std::string_view operation,
                                const ResourceRequest& request, const std::string& name) {
  return with_moments(merged(
      calls.shape(kScheduler, operation, request.properties),
      Value::object({{"Name", Value(name)}, {"GroupName", Value(group_of(request.properties))}})));
}

Progress schedule_done(const ResourceRequest& request, const std::string& name) {
  const std::string resource = "schedule/" + group_of(request.properties) + "/" + name;
  return Progress::done(name,
                        Value::object({{"Arn", Value(arn_of(request, "scheduler", resource))}}));
}

Outcome create_schedule(StackCalls& calls, const ResourceRequest& request) {
  const std::string name = name_of(request, "Name", kNameMax);
  PAWL_TRY_VOID(call_to_create(calls, request, kScheduler, "CreateSchedule",
                               PAWL_TRY(schedule_input(calls, "CreateSchedule", request, name))));
  return schedule_done(request, name);
}

Outcome update_schedule(StackCalls& calls, const ResourceRequest& request) {
  const std::string& name = request.physical_id;
  PAWL_TRY_VOID(calls.call(kScheduler, "UpdateSchedule",
                           PAWL_TRY(schedule_input(calls, "UpdateSchedule", request, name))));
  return schedule_done(request, name);
}

Outcome remove_schedule(StackCalls& calls, const ResourceRequest& request) {
  PAWL_TRY_VOID(call_unless_absent(
      calls, kScheduler, "DeleteSchedule",
      named(request.physical_id).with_member("GroupName", Value(group_of(request.properties)))));
  return Progress::done(request.physical_id);
}

/// The schema does not say so: a schedule does not move to another group.
bool replaces_schedule(const Value& previous, const Value& next) {
  return group_of(previous) != group_of(next);
}

ApiResult<Value> group_attributes(StackCalls& calls, const std::string& name) {
  const Value group = PAWL_TRY(calls.call(kScheduler, "GetScheduleGroup", named(name)));
  return Value::object({{"Arn", Value(json::text_member(group, "Arn"))},
                        {"State", Value(json::text_member(group, "State"))},
                        {"CreationDate", moment(group, "CreationDate")},
                        {"LastModificationDate", moment(group, "LastModificationDate")}});
}

Outcome create_group(StackCalls& calls, const ResourceRequest& request) {
  const std::string name = name_of(request, "Name", kNameMax);
  PAWL_TRY_VOID(call_to_create(
      calls, request, kScheduler, "CreateScheduleGroup",
      merged(calls.shape(kScheduler, "CreateScheduleGroup", with_tags(kGroup, request)),
             named(name))));
  return Progress::done(name, PAWL_TRY(group_attributes(calls, name)));
}

Outcome update_group(StackCalls& calls, const ResourceRequest& request) {
  const std::string& name = request.physical_id;
  PAWL_TRY_VOID(change_tags(calls, kGroup, request, kGroupTags,
                            arn_of(request, "scheduler", "schedule-group/" + name)));
  return Progress::done(name, PAWL_TRY(group_attributes(calls, name)));
}

/// It is gone when its schedules are.
Outcome remove_group(StackCalls& calls, const ResourceRequest& request) {
  const std::string& name = request.physical_id;
  if (request.memory.is_null())
    PAWL_TRY_VOID(call_unless_absent(calls, kScheduler, "DeleteScheduleGroup", named(name)));
  const Value left =
      PAWL_TRY(call_unless_absent(calls, kScheduler, "GetScheduleGroup", named(name)));
  if (!left.is_null()) return Progress::again(kLookAgainMs, name, Value(true));
  return Progress::done(name);
}

// AWS::Pipes::Pipe: ready when it is what it should be

Outcome wait_for_pipe(StackCalls& calls, const std::string& name) {
  const Value pipe = PAWL_TRY(calls.call(kPipes, "DescribePipe", named(name)));
  const std::string state = json::text_member(pipe, "CurrentState");
  if (state.ends_with("ING") && state != "RUNNING")
    return Progress::again(kLookAgainMs, name, Value(true));
  if (state.ends_with("_FAILED"))
    return ApiError("NotStabilized", json::text_member(pipe, "StateReason"));
  return Progress::done(
      name, Value::object({{"Arn", Value(json::text_member(pipe, "Arn"))},
                           {"CurrentState", Value(state)},
                           {"StateReason", Value(json::text_member(pipe, "StateReason"))},
                           {"CreationTime", moment(pipe, "CreationTime")},
                           {"LastModifiedTime", moment(pipe, "LastModifiedTime")}}));
}

Outcome create_pipe(StackCalls& calls, const ResourceRequest& request) {
  if (goes_on(request)) return wait_for_pipe(calls, request.physical_id);
  const std::string name = name_of(request, "Name", kNameMax);
  PAWL_TRY_VOID(call_to_create(
      calls, request, kPipes, "CreatePipe",
      merged(calls.shape(kPipes, "CreatePipe", with_tags(kPipe, request)), named(name))));
  return made(name);
}

Outcome update_pipe(StackCalls& calls, const ResourceRequest& request) {
  const std::string& name = request.physical_id;
  if (request.memory.is_null()) {
    Value input = calls.shape(kPipes, "UpdatePipe", request.properties);
    // What is no longer asked for goes back to what it was without.
    for (const std::string_view text : {"Description", "Enrichment"}) {
      if (json::has_member(request.previous, text) && !json::has_member(request.properties, text))
        input = input.with_member(text, Value(""));
    }
    if (!json::has_member(request.properties, "DesiredState"))
      input = input.with_member("DesiredState", Value("RUNNING"));
    PAWL_TRY_VOID(calls.call(kPipes, "UpdatePipe", merged(std::move(input), named(name))));
    PAWL_TRY_VOID(
        change_tags(calls, kPipe, request, kPipeTags, arn_of(request, "pipes", "pipe/" + name)));
  }
  return wait_for_pipe(calls, name);
}

Outcome remove_pipe(StackCalls& calls, const ResourceRequest& request) {
  const std::string& name = request.physical_id;
  if (request.memory.is_null())
    PAWL_TRY_VOID(call_unless_absent(calls, kPipes, "DeletePipe", named(name)));
  const Value left = PAWL_TRY(call_unless_absent(calls, kPipes, "DescribePipe", named(name)));
  if (left.is_null()) return Progress::done(name);
  if (json::text_member(left, "CurrentState") == "DELETE_FAILED")
    return ApiError("NotStabilized", json::text_member(left, "StateReason"));
  return Progress::again(kLookAgainMs, name, Value(true));
}

}  // namespace

std::span<const ResourceType> scheduling_types() {
  static constexpr ResourceType kTypes[] = {
      {"AWS::Scheduler::Schedule", create_schedule, update_schedule, remove_schedule,
       replaces_schedule},
      {"AWS::Scheduler::ScheduleGroup", create_group, update_group, remove_group},
      {"AWS::Pipes::Pipe", create_pipe, update_pipe, remove_pipe},
  };
  return kTypes;
}

}  // namespace pawl::cloudformation
