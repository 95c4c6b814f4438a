// SPDX-License-Identifier: Apache-2.0
// API PutRule, DeleteRule, DescribeRule, EnableRule, DisableRule, ListRules,
// ListRuleNamesByTarget, TestEventPattern.
#include <algorithm>
#include <utility>

#include "aws/event/event_pattern.h"
#include "aws/event/schedule_expression.h"
#include "json/parse.h"
#include "services/events/api_input.h"
#include "services/events/service.h"

namespace pawl::events {

using aws::ActionResult;
using aws::ApiError;
using aws::ApiResult;
using json::ObjectBuilder;
using json::Value;

namespace {

ApiResult<void> check_pattern(const std::string& text) {
  const auto pattern = aws::EventPattern::compile(text);
  if (!pattern) return ApiError("InvalidEventPatternException", pattern.error().message);
  return {};
}

/// API PutRule.
ApiResult<void> check_rule(const Value& input, const BusName& bus) {
  const std::string schedule = text_member(input, "ScheduleExpression");
  const std::string pattern = text_member(input, "EventPattern");
  if (schedule.empty() && pattern.empty())
    return aws::validation_exception(
        "Parameter(s) EventPattern or ScheduleExpression must be specified.");
  if (!schedule.empty()) {
    if (!bus.is_default())
      return aws::validation_exception(
          "ScheduleExpression is supported only on the default event bus.");
    if (!aws::ScheduleExpression::parse(schedule))
      return aws::validation_exception("Parameter ScheduleExpression is not valid.");
  }
  return pattern.empty() ? ApiResult<void>() : check_pattern(pattern);
}

/// Rules that a service of AWS made are changed by that service, or by force.
ApiResult<void> check_managed(const Value& rule, const aws::Request& request) {
  const std::string owner = text_member(rule, "ManagedBy");
  if (owner.empty() || owner == request.principal.service || flag_member(request.input, "Force"))
    return {};
  return ApiError("ManagedRuleException", "Rule " + text_member(rule, "Name") + " is managed by " +
                                              owner + " and can be changed by it only.");
}

Value shown_rule(const Value& record) {
  return selected(record, {"Name", "Arn", "EventPattern", "ScheduleExpression", "State",
                           "Description", "RoleArn", "ManagedBy", "EventBusName"});
}

}  // namespace

ActionResult EventsService::put_rule(const aws::Request& request) {
  const Value& input = request.input;
  const std::lock_guard lock(mutex_);
  const RuleName name = PAWL_TRY(rule_member(request, "Name"));
  PAWL_TRY_VOID(check_rule(input, name.bus));
  const std::optional<Value> before = PAWL_TRY(rules_.find(name.key().view()));
  if (before) PAWL_TRY_VOID(check_managed(*before, request));
  ObjectBuilder record;
  record.set("Name", Value(name.name))
      .set("Arn", Value(name.arn()))
      .set("EventBusName", Value(name.bus.name))
      .set("State", Value(input.find("State") != nullptr ? text_member(input, "State") : "ENABLED"))
      .set("CreatedBy", Value(request.account_id()));
  copy_members(input, {"Description", "RoleArn"}, record);
  // An empty text is as good as none.
  for (const char* member : {"EventPattern", "ScheduleExpression"})
    if (!text_member(input, member).empty()) record.set(member, Value(text_member(input, member)));
  if (!request.principal.service.empty()) record.set("ManagedBy", Value(request.principal.service));
  // API PutRule: tags of an update are ignored; its targets stay.
  if (before) {
    copy_members(*before, {"Targets", "Tags", "ManagedBy"}, record);
  } else {
    copy_members(input, {"Tags"}, record);
  }
  ObjectBuilder answer;
  answer.set("RuleArn", Value(name.arn()));
  const Value output = std::move(answer).build();
  request.keep_answer(output);
  PAWL_TRY_VOID(store_rule(name, before.value_or(Value::object()), std::move(record).build()));
  return aws::Output(output);
}

ActionResult EventsService::delete_rule(const aws::Request& request) {
  const std::lock_guard lock(mutex_);
  const RuleName name = PAWL_TRY(rule_member(request, "Name"));
  const std::optional<Value> record = PAWL_TRY(rules_.find(name.key().view()));
  if (!record) return aws::Output();
  PAWL_TRY_VOID(check_managed(*record, request));
  const Value* targets = record->find("Targets");
  if (targets != nullptr && targets->size() != 0)
    return aws::validation_exception("Rule can't be deleted since it has targets.");
  store::Batch batch;
  rules_.erase(batch, name.key().view());
  if (record->find("NextTime") != nullptr)
    schedules_->erase(batch, {name, {integer_member(*record, "NextTime")}});
  request.keep_answer(Value::object());
  PAWL_TRY_VOID(commit(batch));
  book_->forget(name.bus);
  return aws::Output();
}

ActionResult EventsService::describe_rule(const aws::Request& request) {
  const RuleName name = PAWL_TRY(rule_member(request, "Name"));
  const Value record = PAWL_TRY(find_rule(name));
  return aws::Output(
      shown_rule(record).with_member("CreatedBy", Value(text_member(record, "CreatedBy"))));
}

ApiResult<void> EventsService::set_rule_state(const aws::Request& request, std::string_view state) {
  const std::lock_guard lock(mutex_);
  const RuleName name = PAWL_TRY(rule_member(request, "Name"));
  const Value record = PAWL_TRY(find_rule(name));
  PAWL_TRY_VOID(check_managed(record, request));
  request.keep_answer(Value::object());
  if (text_member(record, "State") == state) return {};
  return store_rule(name, record, record.with_member("State", Value(state)));
}

ActionResult EventsService::enable_rule(const aws::Request& request) {
  PAWL_TRY_VOID(set_rule_state(request, "ENABLED"));
  return aws::Output();
}

ActionResult EventsService::disable_rule(const aws::Request& request) {
  PAWL_TRY_VOID(set_rule_state(request, "DISABLED"));
  return aws::Output();
}

ActionResult EventsService::list_rules(const aws::Request& request) {
  const Value& input = request.input;
  const BusName bus = bus_member(request);
  PAWL_TRY(find_bus(bus));
  const std::string prefix = bus.key().raw(text_member(input, "NamePrefix")).take();
  const RecordStore::Page page =
      PAWL_TRY(rules_.list(prefix, PAWL_TRY(page_start(input)), page_limit(input)));
  std::vector<Value> rules;
  for (const Value& record : page.items) rules.push_back(shown_rule(record));
  ObjectBuilder out;
  out.set("Rules", Value::array(std::move(rules)));
  if (!page.next.empty()) out.set("NextToken", Value(page_token(page.next)));
  return aws::Output(std::move(out).build());
}

ActionResult EventsService::list_rule_names_by_target(const aws::Request& request) {
  const Value& input = request.input;
  const BusName bus = bus_member(request);
  PAWL_TRY(find_bus(bus));
  const std::string wanted = text_member(input, "TargetArn");
  const auto has_target = [&wanted](const Value& record) {
    const Value* targets = record.find("Targets");
    return targets != nullptr &&
           std::any_of(targets->items().begin(), targets->items().end(),
                       [&](const Value& each) { return text_member(each, "Arn") == wanted; });
  };
  const RecordStore::Page page = PAWL_TRY(
      rules_.list(bus.key().view(), PAWL_TRY(page_start(input)), page_limit(input), has_target));
  std::vector<Value> names;
  for (const Value& record : page.items) names.emplace_back(text_member(record, "Name"));
  ObjectBuilder out;
  out.set("RuleNames", Value::array(std::move(names)));
  if (!page.next.empty()) out.set("NextToken", Value(page_token(page.next)));
  return aws::Output(std::move(out).build());
}

ActionResult EventsService::test_event_pattern(const aws::Request& request) {
  const auto event = json::parse(text_member(request.input, "Event"));
  // API TestEventPattern: "the following fields are mandatory"; of resources that is not so
  // (recorded).
  bool is_event = event && event->is_object();
  for (const char* member : {"id", "source", "detail-type", "account", "region", "time"})
    is_event = is_event && event->find(member) != nullptr;
  if (!is_event) return aws::validation_exception("Parameter Event is not valid.");
  const auto pattern = aws::EventPattern::compile(text_member(request.input, "EventPattern"));
  if (!pattern) return ApiError("InvalidEventPatternException", pattern.error().message);
  ObjectBuilder out;
  out.set("Result", Value(pattern->matches(*event)));
  return aws::Output(std::move(out).build());
}

}  // namespace pawl::events
