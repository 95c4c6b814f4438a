// SPDX-License-Identifier: Apache-2.0
// LogsService: CloudWatch Logs (API reference AmazonCloudWatchLogs 2014-03-28): groups, streams,
// events, filters that act, queries, exports, and the records of deliveries.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "aws/service/action_table.h"
#include "aws/service/caller.h"
#include "aws/service/request.h"
#include "aws/service/service_loop.h"
#include "records/record_table.h"
#include "services/logs/forwarder.h"
#include "services/logs/log_store.h"

namespace pawl::logs {

/// Actions may run on any thread at once. They read the store, so they may wait for the disk; what
/// reads whole groups (StartQuery, DeleteLogStream) runs on the loop's workers. Sequence tokens and
/// storedBytes, which AWS no longer keeps up, are 0 or left out.
class LogsService final : public aws::Service {
 public:
  /// All must outlive the service; `logs` lies in `store`.
  static base::Result<std::unique_ptr<LogsService>> open(store::Store& store, LogStore& logs,
                                                         aws::ServiceLoop& loop,
                                                         aws::Caller& caller);

  void bind(aws::ActionTable& table) override;
  /// Begins again what a restart has interrupted: exports.
  void run();

 private:
  /// A query that has run; the newest 1,000 are kept, in memory.
  struct QueryRun {
    records::Owner owner;
    std::string id;
    std::string group;
    std::string text;  ///< as DescribeQueries shows it
    std::string status;
    std::string output;  ///< GetQueryResults' output as JSON text
    base::Timestamp created;
    int64_t duration_ms = 0;
  };

  LogsService(LogStore& logs, records::RecordTable records, aws::ServiceLoop& loop,
              aws::Caller& caller)
      : store_(logs),
        records_(records),
        loop_(loop),
        caller_(caller),
        forwarder_(logs, records, loop, caller) {}

  void bind_groups(aws::ActionTable& table);
  void bind_filters(aws::ActionTable& table);
  void bind_deliveries(aws::ActionTable& table);
  void bind_queries(aws::ActionTable& table);

  // actions/groups.cc
  aws::ActionResult create_log_group(const aws::Request& request);
  aws::ActionResult delete_log_group(const aws::Request& request);
  aws::ActionResult describe_log_groups(const aws::Request& request);
  aws::ActionResult list_log_groups(const aws::Request& request);
  aws::ActionResult put_retention_policy(const aws::Request& request);
  aws::ActionResult delete_retention_policy(const aws::Request& request);
  aws::ActionResult associate_kms_key(const aws::Request& request);
  aws::ActionResult disassociate_kms_key(const aws::Request& request);
  aws::ActionResult put_deletion_protection(const aws::Request& request);
  // actions/tags.cc
  aws::ActionResult tag_log_group(const aws::Request& request);
  aws::ActionResult untag_log_group(const aws::Request& request);
  aws::ActionResult list_tags_log_group(const aws::Request& request);
  aws::ActionResult tag_resource(const aws::Request& request);
  aws::ActionResult untag_resource(const aws::Request& request);
  aws::ActionResult list_tags_for_resource(const aws::Request& request);
  // actions/streams.cc
  aws::ActionResult create_log_stream(const aws::Request& request);
  void delete_log_stream(aws::Request request, aws::Reply reply);
  aws::ActionResult describe_log_streams(const aws::Request& request);
  // actions/events.cc
  aws::ActionResult put_log_events(const aws::Request& request);
  aws::ActionResult get_log_events(const aws::Request& request);
  aws::ActionResult filter_log_events(const aws::Request& request);
  // actions/filters.cc
  aws::ActionResult put_metric_filter(const aws::Request& request);
  aws::ActionResult describe_metric_filters(const aws::Request& request);
  aws::ActionResult delete_metric_filter(const aws::Request& request);
  aws::ActionResult test_metric_filter(const aws::Request& request);
  void put_subscription_filter(aws::Request request, aws::Reply reply);
  aws::ActionResult store_subscription_filter(const aws::Request& request);
  aws::ActionResult describe_subscription_filters(const aws::Request& request);
  aws::ActionResult delete_subscription_filter(const aws::Request& request);
  // actions/policies.cc
  aws::ActionResult put_resource_policy(const aws::Request& request);
  aws::ActionResult describe_resource_policies(const aws::Request& request);
  aws::ActionResult delete_resource_policy(const aws::Request& request);
  aws::ActionResult put_destination(const aws::Request& request);
  aws::ActionResult put_destination_policy(const aws::Request& request);
  aws::ActionResult describe_destinations(const aws::Request& request);
  aws::ActionResult delete_destination(const aws::Request& request);
  // actions/deliveries.cc
  aws::ActionResult put_delivery_source(const aws::Request& request);
  aws::ActionResult get_delivery_source(const aws::Request& request);
  aws::ActionResult describe_delivery_sources(const aws::Request& request);
  aws::ActionResult delete_delivery_source(const aws::Request& request);
  aws::ActionResult put_delivery_destination(const aws::Request& request);
  aws::ActionResult get_delivery_destination(const aws::Request& request);
  aws::ActionResult describe_delivery_destinations(const aws::Request& request);
  aws::ActionResult delete_delivery_destination(const aws::Request& request);
  aws::ActionResult put_delivery_destination_policy(const aws::Request& request);
  aws::ActionResult get_delivery_destination_policy(const aws::Request& request);
  aws::ActionResult delete_delivery_destination_policy(const aws::Request& request);
  aws::ActionResult create_delivery(const aws::Request& request);
  aws::ActionResult get_delivery(const aws::Request& request);
  aws::ActionResult describe_deliveries(const aws::Request& request);
  aws::ActionResult update_delivery_configuration(const aws::Request& request);
  aws::ActionResult delete_delivery(const aws::Request& request);
  // actions/queries.cc
  void start_query(aws::Request request, aws::Reply reply);
  struct QueryPlan;
  aws::ApiResult<QueryPlan> plan_query(const aws::Request& request) const;
  aws::ActionResult run_query(const QueryPlan& plan);
  aws::ActionResult get_query_results(const aws::Request& request);
  aws::ActionResult describe_queries(const aws::Request& request);
  aws::ActionResult stop_query(const aws::Request& request);
  aws::ActionResult get_log_record(const aws::Request& request);
  aws::ActionResult put_query_definition(const aws::Request& request);
  aws::ActionResult describe_query_definitions(const aws::Request& request);
  aws::ActionResult delete_query_definition(const aws::Request& request);
  // actions/exports.cc
  aws::ActionResult create_export_task(const aws::Request& request);
  aws::ActionResult describe_export_tasks(const aws::Request& request);
  aws::ActionResult cancel_export_task(const aws::Request& request);
  struct ExportRun;
  void run_export(const records::Owner& owner, const std::string& task_id, const json::Value& task);
  void read_for_export(const std::shared_ptr<ExportRun>& run);
  void put_next_object(const std::shared_ptr<ExportRun>& run);
  void end_export(const records::Owner& owner, const std::string& task_id, std::string_view code,
                  std::string_view message);

  /// logGroupName, or logGroupIdentifier, a name or an ARN. ResourceNotFoundException if there is
  /// no such group.
  aws::ApiResult<LogGroup> find_group(const aws::Request& request) const;
  aws::ApiResult<LogGroup> find_group(const aws::Request& request,
                                      const std::string& identifier) const;
  aws::ApiResult<void> change_group(const GroupName& name,
                                    const std::function<void(LogGroup& group)>& change);
  /// A page of records under the output's member `list`, by nextToken and `limit_member`.
  aws::ActionResult list_records(const aws::Request& request, std::string_view kind,
                                 std::string_view list, std::string_view prefix,
                                 std::string_view limit_member) const;
  std::string new_id();

  LogStore& store_;
  records::RecordTable records_;
  aws::ServiceLoop& loop_;
  aws::Caller& caller_;
  Forwarder forwarder_;
  std::mutex mutex_;  ///< one change of records at a time
  std::mutex queries_mutex_;
  std::deque<QueryRun> queries_;  ///< newest last; guarded by queries_mutex_
};

}  // namespace pawl::logs
