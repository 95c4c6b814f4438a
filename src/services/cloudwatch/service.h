// SPDX-License-Identifier: Apache-2.0
// CloudWatchService: CloudWatch (API 2010-08-01) in Query, JSON and CBOR: metrics, alarms that are
// evaluated and act, composite alarms, dashboards, tags.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "aws/service/action_table.h"
#include "aws/service/caller.h"
#include "aws/service/request.h"
#include "aws/service/service_loop.h"
#include "records/record_table.h"
#include "services/cloudwatch/metric_math.h"
#include "services/cloudwatch/metric_store.h"

namespace pawl::cloudwatch {

// The records' kinds. An alarm's record is what DescribeAlarms shows, with "type" (MetricAlarm,
// CompositeAlarm) and Tags; history is ALARM, a zero byte, a time.
inline constexpr std::string_view kAlarm = "alarm";
inline constexpr std::string_view kHistory = "alarm-history";
inline constexpr std::string_view kDashboard = "dashboard";

/// Actions may run on any thread at once; alarms are evaluated on the loop, every ten seconds while
/// there are any.
class CloudWatchService final : public aws::Service {
 public:
  /// All must outlive the service.
  struct Options {
    store::Store& store;
    aws::ServiceLoop& loop;
    aws::Caller& caller;
  };
  static base::Result<std::unique_ptr<CloudWatchService>> open(Options options);

  void bind(aws::ActionTable& table) override;
  /// Evaluates alarms and lets old data go from now on.
  void run();

 private:
  CloudWatchService(Options options, records::RecordTable records,
                    std::unique_ptr<MetricStore> metrics)
      : options_(options), records_(records), metrics_(std::move(metrics)) {}

  // metrics.cc
  aws::ActionResult put_metric_data(const aws::Request& request);
  aws::ActionResult get_metric_statistics(const aws::Request& request);
  aws::ActionResult list_metrics(const aws::Request& request);
  // metric_data.cc
  aws::ActionResult get_metric_data(const aws::Request& request);
  struct Queries;
  aws::ApiResult<MathValue> evaluate_query(Queries& queries, const std::string& id) const;
  aws::ApiResult<TimeSeries> read_stat(const records::Owner& owner, const json::Value& stat,
                                       int64_t start_ms, int64_t end_ms) const;
  // alarms.cc
  aws::ActionResult put_metric_alarm(const aws::Request& request);
  aws::ActionResult put_composite_alarm(const aws::Request& request);
  aws::ActionResult store_alarm(const aws::Request& request, std::string_view type,
                                json::ObjectBuilder alarm);
  aws::ActionResult describe_alarms(const aws::Request& request);
  aws::ActionResult describe_alarms_for_metric(const aws::Request& request);
  aws::ActionResult describe_alarm_history(const aws::Request& request);
  aws::ActionResult delete_alarms(const aws::Request& request);
  aws::ActionResult set_alarm_state(const aws::Request& request);
  aws::ActionResult enable_alarm_actions(const aws::Request& request);
  aws::ActionResult disable_alarm_actions(const aws::Request& request);
  aws::ActionResult set_actions_enabled(const aws::Request& request, bool enabled);
  // evaluation.cc
  void look_at_alarms();
  void plan_next_look();
  void evaluate(const records::Owner& owner, const json::Value& alarm);
  void evaluate_composite(const records::Owner& owner, const json::Value& alarm);
  /// Stores the new state with its history, acts, looks at the composite alarms. With mutex_ held.
  void change_state(const records::Owner& owner, const json::Value& alarm, std::string_view state,
                    std::string_view reason, std::string_view reason_data);
  void act(const records::Owner& owner, const json::Value& alarm, const std::string& old_state);
  void add_history(store::Batch& batch, const records::Owner& owner, const json::Value& alarm,
                   std::string_view kind, std::string_view summary, std::string_view data);
  void expire();
  // dashboards.cc
  aws::ActionResult put_dashboard(const aws::Request& request);
  aws::ActionResult get_dashboard(const aws::Request& request);
  aws::ActionResult list_dashboards(const aws::Request& request);
  aws::ActionResult delete_dashboards(const aws::Request& request);
  aws::ActionResult tag_resource(const aws::Request& request);
  aws::ActionResult untag_resource(const aws::Request& request);
  aws::ActionResult list_tags_for_resource(const aws::Request& request);
  aws::ActionResult change_tags(const aws::Request& request, const json::Value* added,
                                const json::Value* removed);

  Options options_;
  records::RecordTable records_;
  std::unique_ptr<MetricStore> metrics_;
  std::mutex mutex_;         ///< one change of records at a time
  bool is_running_ = false;  ///< guarded by mutex_, as all below
  bool is_look_planned_ = false;
  uint64_t history_count_ = 0;  ///< tells events of one millisecond apart
};

records::Owner owner_of(const aws::Request& request);
Dimensions dimensions_of(const json::Value& object);
std::string alarm_arn(const records::Owner& owner, std::string_view name);

}  // namespace pawl::cloudwatch
