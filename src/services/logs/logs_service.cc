// SPDX-License-Identifier: Apache-2.0
// What all actions share: the table, the words of refusals, pages of records.
#include "services/logs/logs_service.h"

#include <random>
#include <utility>
#include <vector>

#include "base/random.h"
#include "json/value.h"
#include "services/logs/api_members.h"

namespace pawl::logs {
namespace {

using aws::Request;
using json::ObjectBuilder;
using json::Value;

constexpr size_t kNameMax = 512;

/// What the framework finds is InvalidParameterException here; of names it says less (recorded).
aws::ApiError refuse(aws::ApiError error, const Value& input) {
  for (const char* name : {"logGroupName", "logStreamName"}) {
    if (text_member(input, name).size() > kNameMax) {
      return invalid_parameter(
          "Invalid LogGroup or LogStream, both must have length less than or equal to 512.");
    }
  }
  return invalid_parameter(error.message.value_or(""));
}

}  // namespace

base::Result<std::unique_ptr<LogsService>> LogsService::open(store::Store& store, LogStore& logs,
                                                             aws::ServiceLoop& loop,
                                                             aws::Caller& caller) {
  const records::RecordTable records = PAWL_TRY(records::RecordTable::open(store, "logs/records"));
  std::unique_ptr<LogsService> service(new LogsService(logs, records, loop, caller));
  service->forwarder_.begin();
  return service;
}

void LogsService::bind(aws::ActionTable& table) {
  table.refuse_by(&refuse);
  bind_groups(table);
  bind_filters(table);
  bind_deliveries(table);
  bind_queries(table);
}

void LogsService::bind_groups(aws::ActionTable& table) {
  table.on_write("CreateLogGroup", &LogsService::create_log_group);
  table.on_write("DeleteLogGroup", &LogsService::delete_log_group);
  table.on("DescribeLogGroups", &LogsService::describe_log_groups);
  table.on("ListLogGroups", &LogsService::list_log_groups);
  table.on_write("PutRetentionPolicy", &LogsService::put_retention_policy);
  table.on_write("DeleteRetentionPolicy", &LogsService::delete_retention_policy);
  table.on_write("AssociateKmsKey", &LogsService::associate_kms_key);
  table.on_write("DisassociateKmsKey", &LogsService::disassociate_kms_key);
  table.on_write("PutLogGroupDeletionProtection", &LogsService::put_deletion_protection);
  table.on_write("TagLogGroup", &LogsService::tag_log_group);
  table.on_write("UntagLogGroup", &LogsService::untag_log_group);
  table.on("ListTagsLogGroup", &LogsService::list_tags_log_group);
  table.on_write("TagResource", &LogsService::tag_resource);
  table.on_write("UntagResource", &LogsService::untag_resource);
  table.on("ListTagsForResource", &LogsService::list_tags_for_resource);
  table.on_write("CreateLogStream", &LogsService::create_log_stream);
  table.on_async("DeleteLogStream", &LogsService::delete_log_stream);
  table.on("DescribeLogStreams", &LogsService::describe_log_streams);
  table.on_write("PutLogEvents", &LogsService::put_log_events);
  table.on("GetLogEvents", &LogsService::get_log_events);
  table.on("FilterLogEvents", &LogsService::filter_log_events);
}

void LogsService::bind_filters(aws::ActionTable& table) {
  table.on_write("PutMetricFilter", &LogsService::put_metric_filter);
  table.on("DescribeMetricFilters", &LogsService::describe_metric_filters);
  table.on_write("DeleteMetricFilter", &LogsService::delete_metric_filter);
  table.on("TestMetricFilter", &LogsService::test_metric_filter);
  table.on_async("PutSubscriptionFilter", &LogsService::put_subscription_filter);
  table.on("DescribeSubscriptionFilters", &LogsService::describe_subscription_filters);
  table.on_write("DeleteSubscriptionFilter", &LogsService::delete_subscription_filter);
  table.on_write("PutResourcePolicy", &LogsService::put_resource_policy);
  table.on("DescribeResourcePolicies", &LogsService::describe_resource_policies);
  table.on_write("DeleteResourcePolicy", &LogsService::delete_resource_policy);
  table.on_write("PutDestination", &LogsService::put_destination);
  table.on_write("PutDestinationPolicy", &LogsService::put_destination_policy);
  table.on("DescribeDestinations", &LogsService::describe_destinations);
  table.on_write("DeleteDestination", &LogsService::delete_destination);
}

void LogsService::bind_deliveries(aws::ActionTable& table) {
  table.on_write("PutDeliverySource", &LogsService::put_delivery_source);
  table.on("GetDeliverySource", &LogsService::get_delivery_source);
  table.on("DescribeDeliverySources", &LogsService::describe_delivery_sources);
  table.on_write("DeleteDeliverySource", &LogsService::delete_delivery_source);
  table.on_write("PutDeliveryDestination", &LogsService::put_delivery_destination);
  table.on("GetDeliveryDestination", &LogsService::get_delivery_destination);
  table.on("DescribeDeliveryDestinations", &LogsService::describe_delivery_destinations);
  table.on_write("DeleteDeliveryDestination", &LogsService::delete_delivery_destination);
  table.on_write("PutDeliveryDestinationPolicy", &LogsService::put_delivery_destination_policy);
  table.on("GetDeliveryDestinationPolicy", &LogsService::get_delivery_destination_policy);
  table.on_write("DeleteDeliveryDestinationPolicy",
                 &LogsService::delete_delivery_destination_policy);
  table.on_write("CreateDelivery", &LogsService::create_delivery);
  table.on("GetDelivery", &LogsService::get_delivery);
  table.on("DescribeDeliveries", &LogsService::describe_deliveries);
  table.on_write("UpdateDeliveryConfiguration", &LogsService::update_delivery_configuration);
  table.on_write("DeleteDelivery", &LogsService::delete_delivery);
}

void LogsService::bind_queries(aws::ActionTable& table) {
  table.on_async("StartQuery", &LogsService::start_query);
  table.on("GetQueryResults", &LogsService::get_query_results);
  table.on("DescribeQueries", &LogsService::describe_queries);
  table.on("StopQuery", &LogsService::stop_query);
  table.on("GetLogRecord", &LogsService::get_log_record);
  table.on_write("PutQueryDefinition", &LogsService::put_query_definition);
  table.on("DescribeQueryDefinitions", &LogsService::describe_query_definitions);
  table.on_write("DeleteQueryDefinition", &LogsService::delete_query_definition);
  table.on_write("CreateExportTask", &LogsService::create_export_task);
  table.on("DescribeExportTasks", &LogsService::describe_export_tasks);
  table.on_write("CancelExportTask", &LogsService::cancel_export_task);
}

aws::ApiResult<LogGroup> LogsService::find_group(const Request& request) const {
  const std::string name = text_member(request.input, "logGroupName");
  const std::string identifier = text_member(request.input, "logGroupIdentifier");
  if (!identifier.empty() && !name.empty())
    return invalid_parameter("LogGroup name and LogGroup identifier are mutually exclusive.");
  return find_group(request, identifier.empty() ? name : identifier);
}

aws::ApiResult<LogGroup> LogsService::find_group(const Request& request,
                                                 const std::string& identifier) const {
  std::optional<LogGroup> group =
      store_.find_group(parse_group_arn(identifier)
                            .value_or(GroupName{request.account_id(), request.region, identifier}));
  if (!group) return group_not_found();
  return *std::move(group);
}

aws::ApiResult<void> LogsService::change_group(const GroupName& name,
                                               const std::function<void(LogGroup& group)>& change) {
  if (const auto changed = store_.change_group(name, change); !changed)
    return as_api_error(changed.error());
  return {};
}

aws::ActionResult LogsService::list_records(const Request& request, std::string_view kind,
                                            std::string_view list, std::string_view prefix,
                                            std::string_view limit_member) const {
  const std::string start = PAWL_TRY(page_start(request.input));
  const size_t limit = page_size(request.input, limit_member);
  const auto found =
      records_.list({request.account_id(), request.region}, kind, prefix, start, limit + 1);
  if (!found) return as_api_error(found.error());
  std::vector<Value> page;
  ObjectBuilder out;
  for (const auto& record : *found) {
    if (page.size() == limit) {
      out.set("nextToken", Value(page_token((*found)[limit - 1].name)));
      break;
    }
    page.push_back(record.value);
  }
  out.set(list, Value::array(std::move(page)));
  return aws::Output(std::move(out).build());
}

std::string LogsService::new_id() {
  std::random_device device;
  base::Random random((uint64_t{device()} << 32) | device());
  return base::make_uuid(random);
}

}  // namespace pawl::logs
