// SPDX-License-Identifier: Apache-2.0
// API CreateApiDestination, UpdateApiDestination, DeleteApiDestination, DescribeApiDestination,
// ListApiDestinations.
#include <utility>

#include "services/events/api_input.h"
#include "services/events/service.h"

namespace pawl::events {

using aws::ActionResult;
using aws::ApiResult;
using json::ObjectBuilder;
using json::Value;

namespace {

constexpr int64_t kRateDefault = 300;

std::string key_of(const aws::Request& request) {
  return scope_of(request).key().text(text_member(request.input, "Name")).take();
}

aws::ApiError no_destination(const char* doing, const std::string& name) {
  return not_found("Failed to " + std::string(doing) +
                   " the api-destination(s). An api-destination '" + name + "' does not exist.");
}

aws::ApiError no_connection(const std::string& arn) {
  return not_found("Connection '" + arn + "' does not exist.");
}

Value state_answer(const Value& shown) {
  return selected(shown,
                  {"ApiDestinationArn", "ApiDestinationState", "CreationTime", "LastModifiedTime"});
}

}  // namespace

Value EventsService::shown_destination(const Value& record) const {
  const auto connection = connections_->find_arn(text_member(record, "ConnectionArn"));
  const bool is_active =
      connection && *connection && text_member(**connection, "ConnectionState") == "AUTHORIZED";
  return record.with_member("ApiDestinationState", Value(is_active ? "ACTIVE" : "INACTIVE"));
}

ActionResult EventsService::create_api_destination(const aws::Request& request) {
  const Value& input = request.input;
  const std::string name = text_member(input, "Name");
  const std::lock_guard lock(mutex_);
  if (PAWL_TRY(destinations_.find(key_of(request))))
    return already_exists("An api-destination '" + name + "' already exists.");
  const std::string connection = text_member(input, "ConnectionArn");
  if (!PAWL_TRY(connections_->find_arn(connection))) return no_connection(connection);
  const Value now = time_value(options_.loop.now());
  ObjectBuilder record;
  record.set("ApiDestinationArn",
             Value(scope_of(request).arn("api-destination/" + name + "/" + make_id())));
  copy_members(input, {"Name", "Description", "ConnectionArn", "InvocationEndpoint", "HttpMethod"},
               record);
  record
      .set("InvocationRateLimitPerSecond",
           Value(integer_member(input, "InvocationRateLimitPerSecond", kRateDefault)))
      .set("CreationTime", now)
      .set("LastModifiedTime", now);
  const Value made = std::move(record).build();
  const Value output = state_answer(shown_destination(made));
  store::Batch batch;
  destinations_.put(batch, key_of(request), made);
  request.keep_answer(output);
  PAWL_TRY_VOID(commit(batch));
  return aws::Output(output);
}

ActionResult EventsService::update_api_destination(const aws::Request& request) {
  const Value& input = request.input;
  const std::lock_guard lock(mutex_);
  std::optional<Value> record = PAWL_TRY(destinations_.find(key_of(request)));
  if (!record) return no_destination("update", text_member(input, "Name"));
  const std::string connection = text_member(input, "ConnectionArn");
  if (!connection.empty() && !PAWL_TRY(connections_->find_arn(connection)))
    return no_connection(connection);
  for (const char* member : {"Description", "ConnectionArn", "InvocationEndpoint", "HttpMethod",
                             "InvocationRateLimitPerSecond"})
    if (const Value* given = input.find(member)) record = record->with_member(member, *given);
  record = record->with_member("LastModifiedTime", time_value(options_.loop.now()));
  const Value output = state_answer(shown_destination(*record));
  store::Batch batch;
  destinations_.put(batch, key_of(request), *record);
  request.keep_answer(output);
  PAWL_TRY_VOID(commit(batch));
  return aws::Output(output);
}

ActionResult EventsService::delete_api_destination(const aws::Request& request) {
  const std::lock_guard lock(mutex_);
  if (!PAWL_TRY(destinations_.find(key_of(request))))
    return no_destination("delete", text_member(request.input, "Name"));
  store::Batch batch;
  destinations_.erase(batch, key_of(request));
  request.keep_answer(Value::object());
  PAWL_TRY_VOID(commit(batch));
  return aws::Output();
}

ActionResult EventsService::describe_api_destination(const aws::Request& request) {
  const std::optional<Value> record = PAWL_TRY(destinations_.find(key_of(request)));
  if (!record) return no_destination("describe", text_member(request.input, "Name"));
  return aws::Output(shown_destination(*record));
}

ActionResult EventsService::list_api_destinations(const aws::Request& request) {
  const Value& input = request.input;
  const std::string connection = text_member(input, "ConnectionArn");
  const std::string prefix = scope_of(request).key().raw(text_member(input, "NamePrefix")).take();
  const RecordStore::Page page = PAWL_TRY(destinations_.list(
      prefix, PAWL_TRY(page_start(input)), page_limit(input), [&](const Value& record) {
        return connection.empty() || text_member(record, "ConnectionArn") == connection;
      }));
  std::vector<Value> items;
  for (const Value& record : page.items)
    items.push_back(shown_destination(record).without_member("Description"));
  ObjectBuilder out;
  out.set("ApiDestinations", Value::array(std::move(items)));
  if (!page.next.empty()) out.set("NextToken", Value(page_token(page.next)));
  return aws::Output(std::move(out).build());
}

}  // namespace pawl::events
