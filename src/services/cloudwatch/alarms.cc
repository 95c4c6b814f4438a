// SPDX-License-Identifier: Apache-2.0
// Alarms as records; what they do by themselves: evaluation.cc.
#include <algorithm>
#include <utility>

#include "base/bytes.h"
#include "json/parse.h"
#include "json/value.h"
#include "services/cloudwatch/alarm_rule.h"
#include "services/cloudwatch/members.h"
#include "services/cloudwatch/service.h"

namespace pawl::cloudwatch {

using aws::ActionResult;
using aws::Request;
using json::ObjectBuilder;
using json::Value;

namespace {

constexpr size_t kPage = 100;

/// Operators that compare with an anomaly detector's band, which there is not.
bool is_band_operator(const std::string& name) {
  return name.find("Lower") != std::string::npos || name.find("Upper") != std::string::npos;
}

bool is_one_of(const Value& input, std::string_view list, std::string_view text) {
  const auto items = items_member(input, list);
  return items.empty() || std::any_of(items.begin(), items.end(),
                                      [&](const Value& each) { return each.as_string() == text; });
}

}  // namespace

// API PutMetricAlarm: of one metric, or of an expression.
ActionResult CloudWatchService::put_metric_alarm(const Request& request) {
  const Value& input = request.input;
  const bool has_metrics = !items_member(input, "Metrics").empty();
  const std::string op = text_member(input, "ComparisonOperator");
  if (input.find("EvaluationCriteria") != nullptr)
    return invalid_value("Alarms on PromQL queries are not supported by this server.");
  if (input.find("ThresholdMetricId") != nullptr || is_band_operator(op))
    return invalid_value("Alarms on anomaly detection bands are not supported by this server.");
  if (has_metrics == (input.find("MetricName") != nullptr)) {
    return invalid_combination(
        "Exactly one of MetricName and Metrics must be specified for an alarm.");
  }
  if (op.empty() || input.find("Threshold") == nullptr ||
      input.find("EvaluationPeriods") == nullptr) {
    return aws::ApiError("MissingRequiredParameterException",
                         "ComparisonOperator, EvaluationPeriods and Threshold are required.");
  }
  const int64_t periods = integer_member(input, "EvaluationPeriods", 1);
  constexpr int64_t kPeriodsMax = 10'080;  // minutes of seven days
  if (periods < 1 || periods > kPeriodsMax)
    return invalid_combination("Metrics cannot be checked across more than seven days.");
  if (integer_member(input, "DatapointsToAlarm", periods) > periods)
    return invalid_value("DatapointsToAlarm must not be greater than EvaluationPeriods.");
  const std::string extended = text_member(input, "ExtendedStatistic");
  const std::string statistic = text_member(input, "Statistic");
  if (!has_metrics) {
    if (statistic.empty() == extended.empty()) {
      return invalid_combination(
          "Exactly one of Statistic and ExtendedStatistic must be specified.");
    }
    if (!extended.empty() && !is_statistic(extended))
      return invalid_value("The value " + extended +
                           " for parameter ExtendedStatistic is not "
                           "supported.");
    const int64_t period = integer_member(input, "Period");
    if (period != 10 && period != 20 && period != 30 && (period <= 0 || period % 60 != 0))
      return invalid_value("Period must be 10, 20, 30 or any multiple of 60.");
    if (period * periods > int64_t{7} * 86'400)
      return invalid_combination("Metrics cannot be checked across more than seven days.");
  }
  const std::string missing = text_member(input, "TreatMissingData");
  for (const char* known : {"", "breaching", "notBreaching", "ignore", "missing"}) {
    if (missing != known) continue;
    ObjectBuilder alarm;
    copy_members(
        input,
        {"MetricName", "Namespace", "Statistic", "ExtendedStatistic", "Dimensions", "Period",
         "Unit", "EvaluationPeriods", "DatapointsToAlarm", "Threshold", "ComparisonOperator",
         "TreatMissingData", "EvaluateLowSampleCountPercentile", "Metrics"},
        alarm);
    return store_alarm(request, "MetricAlarm", std::move(alarm));
  }
  return invalid_value("The value " + missing +
                       " is not supported for TreatMissingData parameter. "
                       "Supported values are [breaching, notBreaching, ignore, missing].");
}

// API PutCompositeAlarm.
ActionResult CloudWatchService::put_composite_alarm(const Request& request) {
  const auto rule = AlarmRule::parse(text_member(request.input, "AlarmRule"));
  if (!rule) return aws::validation_exception(rule.error().message);
  const std::string name = text_member(request.input, "AlarmName");
  for (const std::string& child : rule->alarms()) {
    if (child == name) return aws::validation_exception("An alarm must not depend on itself.");
    const auto found = records_.get(owner_of(request), kAlarm, child);
    if (!found) return as_api_error(found.error());
    if (!*found) {
      return aws::validation_exception("Could not save the composite alarm as alarms [" + child +
                                       "] in the alarm rule do not exist");
    }
  }
  ObjectBuilder alarm;
  copy_members(request.input,
               {"AlarmRule", "ActionsSuppressor", "ActionsSuppressorWaitPeriod",
                "ActionsSuppressorExtensionPeriod"},
               alarm);
  return store_alarm(request, "CompositeAlarm", std::move(alarm));
}

ActionResult CloudWatchService::store_alarm(const Request& request, std::string_view type,
                                            ObjectBuilder alarm) {
  const Value& input = request.input;
  const std::string name = text_member(input, "AlarmName");
  const records::Owner owner = owner_of(request);
  const std::lock_guard lock(mutex_);
  const auto old = records_.get(owner, kAlarm, name);
  if (!old) return as_api_error(old.error());
  const Value now = seconds(request.received.ms);
  alarm.set("AlarmName", Value(name))
      .set("AlarmArn", Value(alarm_arn(owner, name)))
      .set("type", Value(type))
      .set("AlarmConfigurationUpdatedTimestamp", now)
      .set("ActionsEnabled", Value(flag_member(input, "ActionsEnabled", true)));
  copy_members(input, {"AlarmDescription"}, alarm);
  for (const char* list : {"OKActions", "AlarmActions", "InsufficientDataActions"}) {
    const Value* given = input.find(list);
    alarm.set(list, given != nullptr ? *given : Value::array());
  }
  if (*old) {
    copy_members(**old,
                 {"StateValue", "StateReason", "StateReasonData", "StateUpdatedTimestamp",
                  "StateTransitionedTimestamp", "Tags"},
                 alarm);
  } else {
    alarm.set("StateValue", Value("INSUFFICIENT_DATA"))
        .set("StateReason", Value("Unchecked: Initial alarm creation"))
        .set("StateUpdatedTimestamp", now)
        .set("StateTransitionedTimestamp", now);
    copy_members(input, {"Tags"}, alarm);
  }
  const Value built = std::move(alarm).build();
  store::Batch batch;
  records_.put(batch, owner, kAlarm, name, built);
  add_history(batch, owner, built, "ConfigurationUpdate",
              "Alarm \"" + name + "\" " + (*old ? "updated" : "created"), "{}");
  request.keep_answer(Value::object());
  if (const auto done = records_.commit(batch); !done) return as_api_error(done.error());
  plan_next_look();
  return aws::Output();
}

// API DescribeAlarms.
ActionResult CloudWatchService::describe_alarms(const Request& request) {
  const Value& input = request.input;
  const auto start = base::base64_decode(text_member(input, "NextToken"));
  if (!start) return aws::ApiError("InvalidNextToken", "The next token is not valid");
  const auto limit =
      static_cast<size_t>(find_integer(input, "MaxRecords").value_or(static_cast<int64_t>(kPage)));
  const auto types = items_member(input, "AlarmTypes");
  const std::string state = text_member(input, "StateValue");
  const std::string action = text_member(input, "ActionPrefix");
  const auto found =
      records_.list(owner_of(request), kAlarm, text_member(input, "AlarmNamePrefix"), *start);
  if (!found) return as_api_error(found.error());
  std::vector<Value> metric;
  std::vector<Value> composite;
  std::string last;
  ObjectBuilder out;
  for (const auto& record : *found) {
    const Value& alarm = record.value;
    const std::string type = text_member(alarm, "type");
    // "If you omit this parameter, only metric alarms are returned".
    const bool is_type = types.empty()
                             ? type == "MetricAlarm" || !items_member(input, "AlarmNames").empty()
                             : is_one_of(input, "AlarmTypes", type);
    const auto actions = items_member(alarm, "AlarmActions");
    const bool acts =
        action.empty() || std::any_of(actions.begin(), actions.end(), [&](const Value& each) {
          return each.as_string().starts_with(action);
        });
    if (!is_type || !acts || !is_one_of(input, "AlarmNames", record.name) ||
        (!state.empty() && text_member(alarm, "StateValue") != state))
      continue;
    if (metric.size() + composite.size() == limit) {
      out.set("NextToken", Value(base::base64_encode(last)));
      break;
    }
    last = record.name;
    (type == "MetricAlarm" ? metric : composite).push_back(alarm);
  }
  out.set("CompositeAlarms", Value::array(std::move(composite)))
      .set("MetricAlarms", Value::array(std::move(metric)));
  return aws::Output(std::move(out).build());
}

// API DescribeAlarmsForMetric.
ActionResult CloudWatchService::describe_alarms_for_metric(const Request& request) {
  const auto found = records_.list(owner_of(request), kAlarm);
  if (!found) return as_api_error(found.error());
  std::vector<Value> alarms;
  for (const auto& record : *found) {
    const Value& alarm = record.value;
    const bool is_same = [&] {
      for (const char* name :
           {"MetricName", "Namespace", "Statistic", "ExtendedStatistic", "Unit"}) {
        const std::string wanted = text_member(request.input, name);
        if (!wanted.empty() && wanted != text_member(alarm, name)) return false;
      }
      const auto period = find_integer(request.input, "Period");
      return (!period || period == find_integer(alarm, "Period")) &&
             dimensions_of(request.input) == dimensions_of(alarm);
    }();
    if (is_same) alarms.push_back(alarm);
  }
  return aws::Output(Value::object().with_member("MetricAlarms", Value::array(std::move(alarms))));
}

// API DescribeAlarmHistory: newest first.
ActionResult CloudWatchService::describe_alarm_history(const Request& request) {
  const Value& input = request.input;
  const std::string name = text_member(input, "AlarmName");
  const std::string kind = text_member(input, "HistoryItemType");
  const auto limit =
      static_cast<size_t>(find_integer(input, "MaxRecords").value_or(static_cast<int64_t>(kPage)));
  const auto found = records_.list(owner_of(request), kHistory, name.empty() ? "" : name + '\0');
  if (!found) return as_api_error(found.error());
  const int64_t from = time_member(input, "StartDate").value_or(0);
  const int64_t to = time_member(input, "EndDate").value_or(INT64_MAX);
  std::vector<Value> items;
  for (const auto& record : *found) {
    const int64_t time = time_member(record.value, "Timestamp").value_or(0);
    if ((!kind.empty() && text_member(record.value, "HistoryItemType") != kind) || time < from ||
        time > to)
      continue;
    items.push_back(record.value);
  }
  const bool is_ascending = text_member(input, "ScanBy") == "TimestampAscending";
  std::stable_sort(items.begin(), items.end(), [&](const Value& a, const Value& b) {
    const auto first = time_member(is_ascending ? a : b, "Timestamp");
    return first < time_member(is_ascending ? b : a, "Timestamp");
  });
  if (items.size() > limit) items.resize(limit);
  return aws::Output(
      Value::object().with_member("AlarmHistoryItems", Value::array(std::move(items))));
}

// API DeleteAlarms: all of them or none; the history stays as long as others'.
ActionResult CloudWatchService::delete_alarms(const Request& request) {
  store::Batch batch;
  const std::lock_guard lock(mutex_);
  for (const Value& each : items_member(request.input, "AlarmNames")) {
    const std::string name(each.as_string());
    const auto alarm = records_.get(owner_of(request), kAlarm, name);
    if (!alarm) return as_api_error(alarm.error());
    if (!*alarm) continue;  // AWS deletes what is there
    records_.erase(batch, owner_of(request), kAlarm, name);
  }
  if (const auto done = records_.commit(batch); !done) return as_api_error(done.error());
  return aws::Output();
}

// API SetAlarmState: until the alarm is evaluated again.
ActionResult CloudWatchService::set_alarm_state(const Request& request) {
  const Value& input = request.input;
  const std::string data = text_member(input, "StateReasonData");
  if (!data.empty() && !json::parse(data)) {
    return aws::ApiError("InvalidFormatFault", "StateReasonData was not in valid JSON format");
  }
  const std::lock_guard lock(mutex_);
  const auto alarm = records_.get(owner_of(request), kAlarm, text_member(input, "AlarmName"));
  if (!alarm) return as_api_error(alarm.error());
  if (!*alarm) return aws::ApiError("ResourceNotFound", "Alarm does not exist", 404);
  request.keep_answer(Value::object());
  change_state(owner_of(request), **alarm, text_member(input, "StateValue"),
               text_member(input, "StateReason"), data);
  return aws::Output();
}

// API EnableAlarmActions, DisableAlarmActions.
ActionResult CloudWatchService::enable_alarm_actions(const Request& request) {
  return set_actions_enabled(request, true);
}
ActionResult CloudWatchService::disable_alarm_actions(const Request& request) {
  return set_actions_enabled(request, false);
}

ActionResult CloudWatchService::set_actions_enabled(const Request& request, bool enabled) {
  store::Batch batch;
  const std::lock_guard lock(mutex_);
  for (const Value& each : items_member(request.input, "AlarmNames")) {
    const std::string name(each.as_string());
    const auto alarm = records_.get(owner_of(request), kAlarm, name);
    if (!alarm) return as_api_error(alarm.error());
    if (*alarm) {
      records_.put(batch, owner_of(request), kAlarm, name,
                   (*alarm)->with_member("ActionsEnabled", Value(enabled)));
    }
  }
  if (const auto done = records_.commit(batch); !done) return as_api_error(done.error());
  return aws::Output();
}

}  // namespace pawl::cloudwatch
