// SPDX-License-Identifier: Apache-2.0
// API CreateEventBus, DeleteEventBus, DescribeEventBus, ListEventBuses, UpdateEventBus,
// PutPermission, RemovePermission.
#include <utility>

#include "json/parse.h"
#include "json/write.h"
#include "services/events/api_input.h"
#include "services/events/service.h"

namespace pawl::events {

using aws::ActionResult;
using aws::ApiResult;
using json::ObjectBuilder;
using json::Value;

namespace {

constexpr size_t kPolicyBytesMax = 10'240;

/// A bus that is named but for its name: ARNs are taken where the API takes them.
BusName named_bus(const aws::Request& request) { return bus_member(request, "Name"); }

Value list_of(const Value& record, const char* member) {
  const Value* found = record.find(member);
  return found != nullptr && found->is_array() ? *found : Value::array();
}

/// The bus's policy; an empty one if it has none.
Value policy_of(const Value& bus) {
  const base::Result<Value> parsed = json::parse(text_member(bus, "Policy"));
  if (parsed && parsed->is_object()) return *parsed;
  ObjectBuilder policy;
  policy.set("Version", Value("2012-10-17")).set("Statement", Value::array());
  return std::move(policy).build();
}

Value without_statement(const Value& policy, const std::string& id) {
  std::vector<Value> kept;
  const Value statements = list_of(policy, "Statement");
  for (const Value& statement : statements.items())
    if (text_member(statement, "Sid") != id) kept.push_back(statement);
  return policy.with_member("Statement", Value::array(std::move(kept)));
}

/// API PutPermission: {"Sid", "Effect", "Principal", "Action", "Resource", "Condition"}.
Value statement_of(const Value& input, const BusName& bus) {
  const std::string principal = text_member(input, "Principal");
  ObjectBuilder statement;
  statement.set("Sid", Value(text_member(input, "StatementId"))).set("Effect", Value("Allow"));
  if (principal == "*") {
    statement.set("Principal", Value("*"));
  } else {
    ObjectBuilder account;
    account.set("AWS", Value("arn:aws:iam::" + principal + ":root"));
    statement.set("Principal", std::move(account).build());
  }
  statement.set("Action", Value(text_member(input, "Action"))).set("Resource", Value(bus.arn()));
  if (const Value* given = input.find("Condition")) {
    ObjectBuilder key;
    key.set(text_member(*given, "Key"), Value(text_member(*given, "Value")));
    ObjectBuilder condition;
    condition.set(text_member(*given, "Type"), std::move(key).build());
    statement.set("Condition", std::move(condition).build());
  }
  return std::move(statement).build();
}

Value shown_bus(const Value& record) {
  return selected(record, {"Name", "Arn", "Description", "KmsKeyIdentifier", "DeadLetterConfig",
                           "LogConfig", "Policy", "CreationTime", "LastModifiedTime"});
}

}  // namespace

ActionResult EventsService::create_event_bus(const aws::Request& request) {
  const Value& input = request.input;
  const BusName bus{scope_of(request), text_member(input, "Name")};
  const std::lock_guard lock(mutex_);
  if (bus.is_default() || PAWL_TRY(buses_.find(bus.key().view())))
    return already_exists("Event bus " + bus.name + " already exists.");
  const Value now = time_value(options_.loop.now());
  ObjectBuilder record;
  record.set("Name", Value(bus.name))
      .set("Arn", Value(bus.arn()))
      .set("CreationTime", now)
      .set("LastModifiedTime", now);
  copy_members(input, {"Description", "KmsKeyIdentifier", "DeadLetterConfig", "LogConfig"}, record);
  if (input.find("Tags") != nullptr) record.set("Tags", list_of(input, "Tags"));
  ObjectBuilder answer;
  answer.set("EventBusArn", Value(bus.arn()));
  copy_members(input, {"Description", "KmsKeyIdentifier", "DeadLetterConfig", "LogConfig"}, answer);
  Value output = std::move(answer).build();
  store::Batch batch;
  buses_.put(batch, bus.key().view(), std::move(record).build());
  request.keep_answer(output);
  PAWL_TRY_VOID(commit(batch));
  return aws::Output(std::move(output));
}

ActionResult EventsService::delete_event_bus(const aws::Request& request) {
  const BusName bus = named_bus(request);
  if (bus.is_default()) return aws::validation_exception("Cannot delete event bus default.");
  const std::lock_guard lock(mutex_);
  store::Batch batch;
  buses_.erase(batch, bus.key().view());
  PAWL_TRY_VOID(rules_.visit(bus.key().view(), [&](std::string_view key, const Value& record) {
    rules_.erase(batch, key);
    if (record.find("NextTime") != nullptr)
      schedules_->erase(batch,
                        {{bus, text_member(record, "Name")}, {integer_member(record, "NextTime")}});
    return true;
  }));
  request.keep_answer(Value::object());
  PAWL_TRY_VOID(commit(batch));
  book_->forget(bus);
  return aws::Output();
}

ActionResult EventsService::describe_event_bus(const aws::Request& request) {
  return aws::Output(shown_bus(PAWL_TRY(find_bus(named_bus(request)))));
}

ActionResult EventsService::list_event_buses(const aws::Request& request) {
  const Value& input = request.input;
  const std::string from = PAWL_TRY(page_start(input));
  const std::string name_prefix = text_member(input, "NamePrefix");
  const size_t limit = page_limit(input);
  const Scope scope = scope_of(request);
  RecordStore::Page page = PAWL_TRY(buses_.list(scope.key().raw(name_prefix).view(), from, limit));
  // The default bus has no record until somebody changes it.
  const BusName standard{scope, std::string(kDefaultBus)};
  const std::string key = standard.key().take();
  const bool is_on_page =
      kDefaultBus.starts_with(name_prefix) && from <= key && (page.next.empty() || key < page.next);
  if (is_on_page && !PAWL_TRY(buses_.find(key))) {
    const auto place = std::find_if(page.items.begin(), page.items.end(), [](const Value& each) {
      return text_member(each, "Name") > kDefaultBus;
    });
    page.items.insert(place, PAWL_TRY(find_bus(standard)));
    if (page.items.size() > limit) {
      page.next = BusName{scope, text_member(page.items.back(), "Name")}.key().take();
      page.items.pop_back();
    }
  }
  std::vector<Value> items;
  for (const Value& record : page.items)
    items.push_back(selected(
        record, {"Name", "Arn", "Description", "Policy", "CreationTime", "LastModifiedTime"}));
  ObjectBuilder out;
  out.set("EventBuses", Value::array(std::move(items)));
  if (!page.next.empty()) out.set("NextToken", Value(page_token(page.next)));
  return aws::Output(std::move(out).build());
}

ActionResult EventsService::update_event_bus(const aws::Request& request) {
  const BusName bus = named_bus(request);
  const std::lock_guard lock(mutex_);
  Value record = PAWL_TRY(find_bus(bus));
  for (const char* member : {"Description", "KmsKeyIdentifier", "DeadLetterConfig", "LogConfig"})
    if (const Value* given = request.input.find(member))
      record = record.with_member(member, *given);
  record = record.with_member("LastModifiedTime", time_value(options_.loop.now()));
  const Value output = selected(
      record, {"Arn", "Name", "KmsKeyIdentifier", "Description", "DeadLetterConfig", "LogConfig"});
  store::Batch batch;
  buses_.put(batch, bus.key().view(), record);
  request.keep_answer(output);
  PAWL_TRY_VOID(commit(batch));
  return aws::Output(output);
}

ActionResult EventsService::put_permission(const aws::Request& request) {
  const Value& input = request.input;
  const BusName bus = bus_member(request);
  const std::lock_guard lock(mutex_);
  const Value record = PAWL_TRY(find_bus(bus));
  Value policy;
  if (const Value* given = input.find("Policy")) {
    const base::Result<Value> parsed = json::parse(given->as_string());
    if (!parsed || !parsed->is_object() || parsed->find("Statement") == nullptr)
      return aws::validation_exception("Parameter Policy is not valid.");
    policy = *parsed;
  } else {
    for (const char* member : {"Action", "Principal", "StatementId"})
      if (text_member(input, member).empty())
        return aws::validation_exception("Parameter " + std::string(member) + " is not valid.");
    if (text_member(input, "Action") != "events:PutEvents")
      return aws::validation_exception("Provided value in parameter 'action' is not supported.");
    policy = without_statement(policy_of(record), text_member(input, "StatementId"));
    std::vector<Value> statements(policy.find("Statement")->items().begin(),
                                  policy.find("Statement")->items().end());
    statements.push_back(statement_of(input, bus));
    policy = policy.with_member("Statement", Value::array(std::move(statements)));
  }
  const std::string text = json::write(policy);
  if (text.size() > kPolicyBytesMax)
    return aws::ApiError("PolicyLengthExceededException", "The event bus policy is too long.");
  store::Batch batch;
  buses_.put(batch, bus.key().view(), record.with_member("Policy", Value(text)));
  request.keep_answer(Value::object());
  PAWL_TRY_VOID(commit(batch));
  return aws::Output();
}

ActionResult EventsService::remove_permission(const aws::Request& request) {
  const BusName bus = bus_member(request);
  const std::lock_guard lock(mutex_);
  Value record = PAWL_TRY(find_bus(bus));
  if (flag_member(request.input, "RemoveAllPermissions")) {
    record = record.without_member("Policy");
  } else {
    const Value policy = policy_of(record);
    const Value left = without_statement(policy, text_member(request.input, "StatementId"));
    const size_t count = list_of(left, "Statement").size();
    if (count == list_of(policy, "Statement").size())
      return not_found("Statement with the provided id does not exist.");
    record = count == 0 ? record.without_member("Policy")
                        : record.with_member("Policy", Value(json::write(left)));
  }
  store::Batch batch;
  buses_.put(batch, bus.key().view(), record);
  request.keep_answer(Value::object());
  PAWL_TRY_VOID(commit(batch));
  return aws::Output();
}

}  // namespace pawl::events
