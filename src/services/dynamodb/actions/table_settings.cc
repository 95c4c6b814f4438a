// SPDX-License-Identifier: Apache-2.0
// API of tags, time to live, point-in-time recovery, limits and endpoints.
#include <utility>

#include "json/members.h"
#include "services/dynamodb/background.h"
#include "services/dynamodb/errors.h"
#include "services/dynamodb/item_key.h"
#include "services/dynamodb/resource_arn.h"
#include "services/dynamodb/schema_input.h"
#include "services/dynamodb/service.h"
#include "services/dynamodb/table_description.h"
#include "services/dynamodb/write_request.h"

namespace pawl::dynamodb {
namespace {

using aws::ActionResult;
using aws::ApiResult;
using json::ObjectBuilder;
using json::Value;

constexpr size_t kTagsAtOnce = 10;

Value backups(const TableSchema& schema, int64_t now) {
  ObjectBuilder recovery;
  recovery.set("PointInTimeRecoveryStatus",
               Value(schema.has_point_in_time_recovery ? "ENABLED" : "DISABLED"));
  if (schema.has_point_in_time_recovery) {
    recovery.set("RecoveryPeriodInDays", Value(schema.recovery_days));
    recovery.set("EarliestRestorableDateTime", timestamp(schema.recovery_since_ms));
    recovery.set("LatestRestorableDateTime", timestamp(now));
  }
  ObjectBuilder description;
  description.set("ContinuousBackupsStatus", Value("ENABLED"));
  description.set("PointInTimeRecoveryDescription", std::move(recovery).build());
  ObjectBuilder out;
  out.set("ContinuousBackupsDescription", std::move(description).build());
  return std::move(out).build();
}

/// "Requested resource not found: Table not found: NAME", as TableNotFoundException.
ApiResult<std::shared_ptr<Table>> find_backed_up(const Database& database,
                                                 const aws::Request& request) {
  const std::string name = text_member(request.input, "TableName");
  auto table = database.find(PAWL_TRY(parse_table_name(request, name)));
  if (!table) return aws::ApiError("TableNotFoundException", "Table not found: " + name);
  return table;
}

}  // namespace

ActionResult DynamoDbService::tag_resource(const Request& request) {
  const auto table =
      PAWL_TRY(find_resource(db(), request, text_member(request.input, "ResourceArn")));
  const Value& tags = *request.input.find("Tags");
  if (tags.size() == 0) return invalid("Atleast one Tag needs to be provided as Input.");
  PAWL_TRY_VOID(db().change(
      *table, [&](TableSchema& schema, store::Batch&) { return add_tags(tags, schema.tags); }));
  return aws::Output();
}

ActionResult DynamoDbService::untag_resource(const Request& request) {
  const auto table =
      PAWL_TRY(find_resource(db(), request, text_member(request.input, "ResourceArn")));
  const Value& keys = *request.input.find("TagKeys");
  if (keys.size() == 0) return invalid("Atleast one Tag Key needs to be provided as Input.");
  PAWL_TRY_VOID(db().change(*table, [&](TableSchema& schema, store::Batch&) -> ApiResult<void> {
    for (const Value& key : keys.items()) schema.tags.erase(std::string(key.as_string()));
    return {};
  }));
  return aws::Output();
}

ActionResult DynamoDbService::list_tags(const Request& request) {
  const auto table =
      PAWL_TRY(find_resource(db(), request, text_member(request.input, "ResourceArn")));
  const auto schema = table->schema();
  std::vector<Value> tags;
  ObjectBuilder out;
  for (auto at = schema->tags.upper_bound(text_member(request.input, "NextToken"));
       at != schema->tags.end(); ++at) {
    if (tags.size() == kTagsAtOnce) {
      out.set("NextToken", Value(std::prev(at)->first));
      break;
    }
    ObjectBuilder tag;
    tag.set("Key", Value(at->first)).set("Value", Value(at->second));
    tags.push_back(std::move(tag).build());
  }
  out.set("Tags", Value::array(std::move(tags)));
  return aws::Output(std::move(out).build());
}

ActionResult DynamoDbService::update_time_to_live(const Request& request) {
  const auto table =
      PAWL_TRY(find_named_table(db(), request, text_member(request.input, "TableName")));
  const Value& specification = *request.input.find("TimeToLiveSpecification");
  const bool is_enabled = flag_member(specification, "Enabled");
  const std::string attribute = text_member(specification, "AttributeName");
  PAWL_TRY_VOID(
      db().change(*table, [&](TableSchema& schema, store::Batch& batch) -> ApiResult<void> {
        const std::string& current = schema.time_to_live_attribute;
        if (!is_enabled && current.empty()) return invalid("TimeToLive is already disabled");
        if (!current.empty() && current != attribute) {
          return invalid(
              "TimeToLive is active on a different AttributeName: current AttributeName is " +
              current);
        }
        if (is_enabled && !current.empty()) return invalid("TimeToLive is already enabled");
        schema.time_to_live_attribute = is_enabled ? attribute : "";
        batch.erase_range(db().items(),
                          store::Range::prefix(index_prefix(schema.number, kExpiryIndex)));
        return {};
      }));
  if (is_enabled) background_->fill(table, kExpiryIndex);
  ObjectBuilder out;
  out.set("TimeToLiveSpecification", specification);
  return aws::Output(std::move(out).build());
}

ActionResult DynamoDbService::describe_time_to_live(const Request& request) {
  const auto table =
      PAWL_TRY(find_named_table(db(), request, text_member(request.input, "TableName")));
  const auto schema = table->schema();
  const std::string& attribute = schema->time_to_live_attribute;
  ObjectBuilder description;
  description.set("TimeToLiveStatus", Value(attribute.empty() ? "DISABLED" : "ENABLED"));
  if (!attribute.empty()) description.set("AttributeName", Value(attribute));
  ObjectBuilder out;
  out.set("TimeToLiveDescription", std::move(description).build());
  return aws::Output(std::move(out).build());
}

ActionResult DynamoDbService::update_continuous_backups(const Request& request) {
  const auto table = PAWL_TRY(find_backed_up(db(), request));
  const Value& specification = *request.input.find("PointInTimeRecoverySpecification");
  const bool is_enabled = flag_member(specification, "PointInTimeRecoveryEnabled");
  const std::optional<int64_t> days = find_integer(specification, "RecoveryPeriodInDays");
  if (!is_enabled && days) {
    return invalid(
        "Invalid Request: Cannot specify RecoveryPeriodInDays when disabling point-in-time "
        "recovery.");
  }
  const int64_t now = db().now_ms();
  PAWL_TRY_VOID(db().change(*table, [&](TableSchema& schema, store::Batch&) -> ApiResult<void> {
    if (is_enabled && !schema.has_point_in_time_recovery) schema.recovery_since_ms = now;
    schema.has_point_in_time_recovery = is_enabled;
    schema.recovery_days = days.value_or(schema.recovery_days);
    return {};
  }));
  return aws::Output(backups(*table->schema(), now));
}

ActionResult DynamoDbService::describe_continuous_backups(const Request& request) {
  const auto table = PAWL_TRY(find_backed_up(db(), request));
  return aws::Output(backups(*table->schema(), db().now_ms()));
}

// API DescribeLimits: the quotas of a new account.
ActionResult DynamoDbService::describe_limits(const Request& /*request*/) {
  ObjectBuilder out;
  out.set("AccountMaxReadCapacityUnits", Value(80'000));
  out.set("AccountMaxWriteCapacityUnits", Value(80'000));
  out.set("TableMaxReadCapacityUnits", Value(40'000));
  out.set("TableMaxWriteCapacityUnits", Value(40'000));
  return aws::Output(std::move(out).build());
}

ActionResult DynamoDbService::describe_endpoints(const Request& request) {
  ObjectBuilder endpoint;
  endpoint.set(
      "Address",
      Value(request.host.empty() ? "dynamodb." + request.region + ".amazonaws.com" : request.host));
  endpoint.set("CachePeriodInMinutes", Value(1440));
  ObjectBuilder out;
  out.set("Endpoints", Value::array({std::move(endpoint).build()}));
  return aws::Output(std::move(out).build());
}

}  // namespace pawl::dynamodb
