// SPDX-License-Identifier: Apache-2.0
// AWS::CloudWatch::Alarm, CompositeAlarm, Dashboard; AWS::CDK::Metadata.
#include "aws/signing/hmac.h"
#include "json/members.h"
#include "services/cloudformation/types/handler_steps.h"

#include "services/cloudformation/types/type_tables.h"

namespace pawl::cloudformation {

using aws::ApiResult;
using json::Value;

namespace {

constexpr std::string_view kService = "cloudwatch";
constexpr size_t kNameMax = 255;
constexpr TagOperations kTags = {kService, "ResourceARN", "Tags", "Key", "Value", "TagKeys"};

using Outcome = ApiResult<Progress>;

struct AlarmKind {
  std::string_view type;
  std::string_view put;
  std::string_view list;        ///< of DescribeAlarms
  std::string_view alarm_type;  ///< its AlarmTypes
};
constexpr AlarmKind kMetricAlarm = {"AWS::CloudWatch::Alarm", "PutMetricAlarm", "MetricAlarms",
                                    "MetricAlarm"};
constexpr AlarmKind kCompositeAlarm = {"AWS::CloudWatch::CompositeAlarm", "PutCompositeAlarm",
                                       "CompositeAlarms", "CompositeAlarm"};

Value names_of(std::string_view name) {
  return Value::object({{"AlarmNames", Value::array({Value(name)})}});
}

Progress alarm_done(const ResourceRequest& request, const std::string& name) {
  return Progress::done(
      name, Value::object({{"Arn", Value(arn_of(request, "cloudwatch", "alarm:" + name))}}));
}

ApiResult<void> put_alarm(StackCalls& calls, const AlarmKind& kind, const std::string& name,
                          const Value& properties) {
  PAWL_TRY_VOID(calls.call(
      kService, kind.put,
      calls.shape(kService, kind.put, properties).with_member("AlarmName", Value(name))));
  return {};
}

Outcome create_alarm(StackCalls& calls, const ResourceRequest& request, const AlarmKind& kind) {
  PAWL_TRY_VOID(refuse_properties(kind.type, request.properties,
                                  {"EvaluationCriteria", "EvaluationInterval"}));
  const std::string name = name_of(request, "AlarmName", kNameMax);
  // The operation overwrites what another has made.
  if (!request.is_repeated && json::has_member(request.properties, "AlarmName")) {
    const Value found = PAWL_TRY(calls.call(
        kService, "DescribeAlarms",
        names_of(name).with_member("AlarmTypes", Value::array({Value(kind.alarm_type)}))));
    if (!json::items_member(found, kind.list).empty()) return already_exists(kind.type, name);
  }
  PAWL_TRY_VOID(put_alarm(calls, kind, name, with_tags(kind.type, request)));
  return alarm_done(request, name);
}

Outcome update_alarm(StackCalls& calls, const ResourceRequest& request, const AlarmKind& kind) {
  const std::string& name = request.physical_id;
  PAWL_TRY_VOID(refuse_properties(kind.type, request.properties,
                                  {"EvaluationCriteria", "EvaluationInterval"}));
  PAWL_TRY_VOID(put_alarm(calls, kind, name, without(request.properties, {"Tags"})));
  PAWL_TRY_VOID(change_tags(calls, kind.type, request, kTags,
                            arn_of(request, "cloudwatch", "alarm:" + name)));
  return alarm_done(request, name);
}

Outcome create_metric_alarm(StackCalls& calls, const ResourceRequest& request) {
  return create_alarm(calls, request, kMetricAlarm);
}
Outcome update_metric_alarm(StackCalls& calls, const ResourceRequest& request) {
  return update_alarm(calls, request, kMetricAlarm);
}
Outcome create_composite_alarm(StackCalls& calls, const ResourceRequest& request) {
  return create_alarm(calls, request, kCompositeAlarm);
}
Outcome update_composite_alarm(StackCalls& calls, const ResourceRequest& request) {
  return update_alarm(calls, request, kCompositeAlarm);
}

Outcome remove_alarm(StackCalls& calls, const ResourceRequest& request) {
  PAWL_TRY_VOID(call_unless_absent(calls, kService, "DeleteAlarms", names_of(request.physical_id)));
  return Progress::done(request.physical_id);
}

// AWS::CloudWatch::Dashboard

Outcome put_dashboard(StackCalls& calls, const ResourceRequest& request) {
  std::string name = request.physical_id;
  if (name.empty()) {
    name = name_of(request, "DashboardName", kNameMax);
    if (!request.is_repeated && json::has_member(request.properties, "DashboardName")) {
      const Value there = PAWL_TRY(call_unless_absent(
          calls, kService, "GetDashboard", Value::object({{"DashboardName", Value(name)}})));
      if (!there.is_null()) return already_exists("AWS::CloudWatch::Dashboard", name);
    }
  }
  const Value body = Value(document_text(property(request.properties, "DashboardBody")));
  PAWL_TRY_VOID(
      calls.call(kService, "PutDashboard",
                 Value::object({{"DashboardName", Value(name)}, {"DashboardBody", body}})));
  return Progress::done(name);
}

Outcome remove_dashboard(StackCalls& calls, const ResourceRequest& request) {
  PAWL_TRY_VOID(call_unless_absent(
      calls, kService, "DeleteDashboards",
      Value::object({{"DashboardNames", Value::array({Value(request.physical_id)})}})));
  return Progress::done(request.physical_id);
}

// AWS::CDK::Metadata: what the CDK tells AWS of itself; a type that does nothing, there as here.

Outcome keep_metadata(StackCalls& /*calls*/, const ResourceRequest& request) {
  if (!request.physical_id.empty()) return Progress::done(request.physical_id);
  std::string id = aws::sha256_hex(request.token).substr(0, 32);
  for (const size_t at : {8, 13, 18, 23}) id.insert(at, "-");
  return Progress::done(id);
}

}  // namespace

std::span<const ResourceType> monitoring_types() {
  static constexpr ResourceType kTypes[] = {
      {"AWS::CloudWatch::Alarm", create_metric_alarm, update_metric_alarm, remove_alarm},
      {"AWS::CloudWatch::CompositeAlarm", create_composite_alarm, update_composite_alarm,
       remove_alarm},
      {"AWS::CloudWatch::Dashboard", put_dashboard, put_dashboard, remove_dashboard},
      {"AWS::CDK::Metadata", keep_metadata, keep_metadata, keep_metadata},
  };
  return kTypes;
}

}  // namespace pawl::cloudformation
