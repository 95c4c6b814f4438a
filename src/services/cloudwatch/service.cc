// SPDX-License-Identifier: Apache-2.0
#include "services/cloudwatch/service.h"

#include <algorithm>
#include <utility>

#include "aws/arn.h"
#include "json/value.h"
#include "services/cloudwatch/members.h"

namespace pawl::cloudwatch {

using json::Value;

records::Owner owner_of(const aws::Request& request) {
  return {request.account_id(), request.region};
}

Dimensions dimensions_of(const Value& object) {
  Dimensions dimensions;
  for (const Value& each : items_member(object, "Dimensions"))
    dimensions.emplace_back(text_member(each, "Name"), text_member(each, "Value"));
  std::sort(dimensions.begin(), dimensions.end());
  return dimensions;
}

std::string alarm_arn(const records::Owner& owner, std::string_view name) {
  return "arn:" + std::string(aws::partition_of(owner.region)) + ":cloudwatch:" + owner.region +
         ":" + owner.account + ":alarm:" + std::string(name);
}

base::Result<std::unique_ptr<CloudWatchService>> CloudWatchService::open(Options options) {
  const records::RecordTable records =
      PAWL_TRY(records::RecordTable::open(options.store, "cloudwatch/records"));
  return std::unique_ptr<CloudWatchService>(
      new CloudWatchService(options, records, PAWL_TRY(MetricStore::open(options.store, records))));
}

void CloudWatchService::bind(aws::ActionTable& table) {
  table.on_write("PutMetricData", &CloudWatchService::put_metric_data);
  table.on("GetMetricStatistics", &CloudWatchService::get_metric_statistics);
  table.on("GetMetricData", &CloudWatchService::get_metric_data);
  table.on("ListMetrics", &CloudWatchService::list_metrics);
  table.on_write("PutMetricAlarm", &CloudWatchService::put_metric_alarm);
  table.on_write("PutCompositeAlarm", &CloudWatchService::put_composite_alarm);
  table.on("DescribeAlarms", &CloudWatchService::describe_alarms);
  table.on("DescribeAlarmsForMetric", &CloudWatchService::describe_alarms_for_metric);
  table.on("DescribeAlarmHistory", &CloudWatchService::describe_alarm_history);
  table.on_write("DeleteAlarms", &CloudWatchService::delete_alarms);
  table.on_write("SetAlarmState", &CloudWatchService::set_alarm_state);
  table.on_write("EnableAlarmActions", &CloudWatchService::enable_alarm_actions);
  table.on_write("DisableAlarmActions", &CloudWatchService::disable_alarm_actions);
  table.on_write("PutDashboard", &CloudWatchService::put_dashboard);
  table.on("GetDashboard", &CloudWatchService::get_dashboard);
  table.on("ListDashboards", &CloudWatchService::list_dashboards);
  table.on_write("DeleteDashboards", &CloudWatchService::delete_dashboards);
  table.on_write("TagResource", &CloudWatchService::tag_resource);
  table.on_write("UntagResource", &CloudWatchService::untag_resource);
  table.on("ListTagsForResource", &CloudWatchService::list_tags_for_resource);
}

}  // namespace pawl::cloudwatch
