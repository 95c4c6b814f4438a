// SPDX-License-Identifier: Apache-2.0
// Alarms by themselves: every ten seconds each is compared with the periods that have ended; what
// changes is told to the actions (SNS topics, Lambda functions).
#include <algorithm>
#include <cmath>
#include <utility>

#include "aws/arn.h"
#include "base/bytes.h"
#include "json/value.h"
#include "json/write.h"
#include "services/cloudwatch/alarm_rule.h"
#include "services/cloudwatch/members.h"
#include "services/cloudwatch/service.h"
#include "text/number.h"

namespace pawl::cloudwatch {

using json::ObjectBuilder;
using json::Value;

namespace {

constexpr int64_t kLookMs = 10'000;
constexpr int64_t kExpireMs = 3'600'000;
constexpr size_t kHistoryMax = 100;  ///< of an alarm

bool is_breached(const std::string& op, double value, double threshold) {
  if (op == "GreaterThanOrEqualToThreshold") return value >= threshold;
  if (op == "GreaterThanThreshold") return value > threshold;
  if (op == "LessThanThreshold") return value < threshold;
  return value <= threshold;
}

std::string operator_text(const std::string& op) {
  if (op == "GreaterThanOrEqualToThreshold") return "greater than or equal to";
  if (op == "GreaterThanThreshold") return "greater than";
  return op == "LessThanThreshold" ? "less than" : "less than or equal to";
}

/// "2026-11-27T16:05:42.123+0000", as the service prints times.
std::string time_text(int64_t ms) {
  std::string text = base::format_iso8601({ms});
  if (text.ends_with('Z')) text.pop_back();
  return text + "+0000";
}

/// The last periods of an alarm, newest first; nullopt: no datum.
struct Window {
  std::vector<std::optional<double>> values;
};

struct Verdict {
  std::string state;
  std::string reason;
};

/// "Configuring how CloudWatch alarms treat missing data".
std::optional<Verdict> judge(const Value& alarm, const Window& window) {
  const std::string op = text_member(alarm, "ComparisonOperator");
  const std::string missing = text_member(alarm, "TreatMissingData");
  const double threshold = find_number(alarm, "Threshold").value_or(0);
  const auto periods = static_cast<size_t>(window.values.size());
  const auto needed = static_cast<size_t>(
      find_integer(alarm, "DatapointsToAlarm").value_or(static_cast<int64_t>(periods)));
  size_t breaching = 0;
  size_t present = 0;
  std::string shown;
  for (const auto& value : window.values) {
    if (value) {
      ++present;
      shown += (shown.empty() ? "" : ", ") + text::java_number(*value);
    }
    const bool counts = value ? is_breached(op, *value, threshold) : missing == "breaching";
    if (counts) ++breaching;
  }
  const std::string against = "was " + std::string() + operator_text(op) + " the threshold (" +
                              text::java_number(threshold) + ")";
  const std::string of = std::to_string(breaching) + " out of the last " + std::to_string(periods) +
                         " datapoints [" + shown + "] ";
  const bool treats_missing = missing == "breaching" || missing == "notBreaching";
  if (present == 0 && !treats_missing) {
    if (missing == "ignore") return std::nullopt;
    return Verdict{"INSUFFICIENT_DATA",
                   "Insufficient Data: " + std::to_string(periods) + " datapoints were unknown."};
  }
  if (breaching >= needed) return Verdict{"ALARM", "Threshold Crossed: " + of + against + "."};
  return Verdict{"OK", "Threshold Crossed: " + std::to_string(present) + " datapoints [" + shown +
                           "] were not " + operator_text(op) + " the threshold (" +
                           text::java_number(threshold) + ")."};
}

}  // namespace

void CloudWatchService::run() {
  {
    const std::lock_guard lock(mutex_);
    is_running_ = true;
    plan_next_look();
  }
  options_.loop.run_at({options_.loop.now().ms + kExpireMs}, [this] { expire(); });
}

void CloudWatchService::expire() {
  options_.loop.work([this] {
    const auto expired = metrics_->expire(options_.loop.now());
    (void)expired;  // the next hour tries again
  });
  options_.loop.run_at({options_.loop.now().ms + kExpireMs}, [this] { expire(); });
}

/// With mutex_ held.
void CloudWatchService::plan_next_look() {
  if (is_look_planned_ || !is_running_) return;
  is_look_planned_ = true;
  options_.loop.run_at({options_.loop.now().ms + kLookMs}, [this] { look_at_alarms(); });
}

void CloudWatchService::look_at_alarms() {
  const std::lock_guard lock(mutex_);
  is_look_planned_ = false;
  std::vector<std::pair<records::Owner, Value>> alarms;
  const auto read =
      records_.visit_all(kAlarm, [&](const records::Owner& owner, const std::string&, Value alarm) {
        alarms.emplace_back(owner, std::move(alarm));
        return true;
      });
  (void)read;                  // what cannot be read is not evaluated; DescribeAlarms tells it
  if (alarms.empty()) return;  // PutMetricAlarm begins again
  for (const auto& [owner, alarm] : alarms) {
    if (text_member(alarm, "type") == "MetricAlarm") evaluate(owner, alarm);
  }
  plan_next_look();
}

void CloudWatchService::evaluate(const records::Owner& owner, const Value& alarm) {
  const auto periods = integer_member(alarm, "EvaluationPeriods", 1);
  TimeSeries series;
  int64_t period_ms = integer_member(alarm, "Period", 60) * 1'000;
  const auto metrics = items_member(alarm, "Metrics");
  std::string returned;
  for (const Value& metric : metrics) {
    if (flag_member(metric, "ReturnData", true)) returned = text_member(metric, "Id");
    if (const Value* stat = metric.find("MetricStat"))
      period_ms = integer_member(*stat, "Period", 60) * 1'000;
  }
  const int64_t end = options_.loop.now().ms / period_ms * period_ms;
  const int64_t start = end - periods * period_ms;
  if (metrics.empty()) {
    ObjectBuilder stat;
    std::string statistic = text_member(alarm, "Statistic");
    if (statistic.empty()) statistic = text_member(alarm, "ExtendedStatistic");
    stat.set("Metric", alarm).set("Stat", Value(statistic)).set("Period", Value(period_ms / 1'000));
    copy_members(alarm, {"Unit"}, stat);
    const auto read = read_stat(owner, std::move(stat).build(), start, end);
    if (!read) return;
    series = *read;
  } else {
    aws::Request request;
    request.principal.account_id = owner.account;
    request.region = owner.region;
    ObjectBuilder input;
    input.set("MetricDataQueries", *alarm.find("Metrics"))
        .set("StartTime", seconds(start))
        .set("EndTime", seconds(end))
        .set("ScanBy", Value("TimestampAscending"));
    request.input = std::move(input).build();
    const aws::ActionResult data = get_metric_data(request);
    if (!data) return;
    for (const Value& result : items_member(data->value, "MetricDataResults")) {
      if (text_member(result, "Id") != returned) continue;
      const auto times = items_member(result, "Timestamps");
      const auto values = items_member(result, "Values");
      for (size_t i = 0; i < times.size(); ++i)
        series[static_cast<int64_t>(times[i].as_double() * 1'000)] = values[i].as_double();
    }
  }
  Window window;
  for (int64_t time = end - period_ms; time >= start; time -= period_ms) {
    const auto found = series.find(time);
    window.values.push_back(found == series.end() ? std::nullopt
                                                  : std::optional<double>(found->second));
  }
  const std::optional<Verdict> verdict = judge(alarm, window);
  if (verdict && verdict->state != text_member(alarm, "StateValue"))
    change_state(owner, alarm, verdict->state, verdict->reason, "");
}

void CloudWatchService::evaluate_composite(const records::Owner& owner, const Value& alarm) {
  const auto rule = AlarmRule::parse(text_member(alarm, "AlarmRule"));
  if (!rule) return;
  const bool holds = rule->holds([&](const std::string& name) {
    const auto child = records_.get(owner, kAlarm, name);
    return child && *child ? text_member(**child, "StateValue") : std::string();
  });
  const std::string state = holds ? "ALARM" : "OK";
  if (state == text_member(alarm, "StateValue")) return;
  change_state(owner, alarm, state,
               alarm_arn(owner, text_member(alarm, "AlarmName")) + " transitioned to " + state +
                   " as its rule is " + (holds ? "true" : "false"),
               "");
}

void CloudWatchService::change_state(const records::Owner& owner, const Value& alarm,
                                     std::string_view state, std::string_view reason,
                                     std::string_view reason_data) {
  const std::string name = text_member(alarm, "AlarmName");
  const std::string old_state = text_member(alarm, "StateValue");
  const int64_t now = options_.loop.now().ms;
  Value changed = alarm.with_member("StateValue", Value(state))
                      .with_member("StateReason", Value(reason))
                      .with_member("StateUpdatedTimestamp", seconds(now));
  changed = reason_data.empty() ? changed.without_member("StateReasonData")
                                : changed.with_member("StateReasonData", Value(reason_data));
  const bool is_new = old_state != state;
  if (is_new) changed = changed.with_member("StateTransitionedTimestamp", seconds(now));
  store::Batch batch;
  records_.put(batch, owner, kAlarm, name, changed);
  if (is_new) {
    ObjectBuilder data;
    data.set("version", Value("1.0"))
        .set("oldState", Value::object().with_member("stateValue", Value(old_state)))
        .set("newState", Value::object()
                             .with_member("stateValue", Value(state))
                             .with_member("stateReason", Value(reason)));
    add_history(batch, owner, changed, "StateUpdate",
                "Alarm updated from " + old_state + " to " + std::string(state),
                json::write(std::move(data).build()));
  }
  const auto done = records_.commit(batch);
  if (!done || !is_new) return;
  act(owner, changed, old_state);
  const auto alarms = records_.list(owner, kAlarm);
  if (!alarms) return;
  for (const auto& other : *alarms) {
    if (text_member(other.value, "type") == "CompositeAlarm" && other.name != name)
      evaluate_composite(owner, other.value);
  }
}

void CloudWatchService::add_history(store::Batch& batch, const records::Owner& owner,
                                    const Value& alarm, std::string_view kind,
                                    std::string_view summary, std::string_view data) {
  const std::string name = text_member(alarm, "AlarmName");
  const int64_t now = options_.loop.now().ms;
  ObjectBuilder item;
  item.set("AlarmName", Value(name))
      .set("AlarmType", Value(text_member(alarm, "type")))
      .set("Timestamp", seconds(now))
      .set("HistoryItemType", Value(kind))
      .set("HistorySummary", Value(summary))
      .set("HistoryData", Value(data));
  const std::string prefix = name + '\0';
  records_.put(batch, owner, kHistory,
               prefix + std::to_string(now) + "-" + std::to_string(1'000'000 + history_count_++),
               std::move(item).build());
  const auto items = records_.list(owner, kHistory, prefix);
  if (!items) return;
  for (size_t i = 0; i + kHistoryMax < items->size() + 1; ++i)
    records_.erase(batch, owner, kHistory, (*items)[i].name);
}

/// The message is that of "Notifying users on alarm changes".
void CloudWatchService::act(const records::Owner& owner, const Value& alarm,
                            const std::string& old_state) {
  if (!flag_member(alarm, "ActionsEnabled", true)) return;
  const std::string state = text_member(alarm, "StateValue");
  const std::string name = text_member(alarm, "AlarmName");
  const char* list = state == "ALARM" ? "AlarmActions"
                     : state == "OK"  ? "OKActions"
                                      : "InsufficientDataActions";
  ObjectBuilder trigger;
  for (const char* member : {"MetricName", "Namespace", "Statistic", "ExtendedStatistic", "Unit",
                             "Dimensions", "Period", "EvaluationPeriods", "DatapointsToAlarm",
                             "ComparisonOperator", "Threshold", "TreatMissingData", "Metrics"}) {
    copy_members(alarm, {member}, trigger);
  }
  ObjectBuilder message;
  message.set("AlarmName", Value(name))
      .set("AlarmDescription",
           alarm.find("AlarmDescription") != nullptr ? *alarm.find("AlarmDescription") : Value())
      .set("AWSAccountId", Value(owner.account))
      .set("AlarmConfigurationUpdatedTimestamp",
           Value(time_text(time_member(alarm, "AlarmConfigurationUpdatedTimestamp").value_or(0))))
      .set("NewStateValue", Value(state))
      .set("NewStateReason", Value(text_member(alarm, "StateReason")))
      .set("StateChangeTime", Value(time_text(options_.loop.now().ms)))
      .set("Region", Value(owner.region))
      .set("AlarmArn", Value(text_member(alarm, "AlarmArn")))
      .set("OldStateValue", Value(old_state))
      .set("OKActions", *alarm.find("OKActions"))
      .set("AlarmActions", *alarm.find("AlarmActions"))
      .set("InsufficientDataActions", *alarm.find("InsufficientDataActions"));
  const bool is_metric = text_member(alarm, "type") == "MetricAlarm";
  if (is_metric) {
    message.set("Trigger", std::move(trigger).build());
  } else {
    message.set("AlarmRule", Value(text_member(alarm, "AlarmRule")));
  }
  const std::string text = json::write(std::move(message).build());
  for (const Value& action : items_member(alarm, list)) {
    const std::string arn_text(action.as_string());
    const std::optional<aws::Arn> arn = aws::Arn::parse(arn_text);
    if (!arn) continue;
    aws::Call call;
    call.region = owner.region;
    call.principal = aws::service_principal(owner.account, "cloudwatch.amazonaws.com");
    ObjectBuilder input;
    if (arn->service == "sns") {
      call.service = "sns";
      call.operation = "Publish";
      input.set("TopicArn", Value(arn_text))
          .set("Subject", Value(state + ": \"" + name.substr(0, 60) + "\" in " + owner.region))
          .set("Message", Value(text));
    } else if (arn->service == "lambda") {
      call.service = "lambda";
      call.operation = "Invoke";
      ObjectBuilder event;
      event.set("source", Value("aws.cloudwatch"))
          .set("alarmArn", Value(text_member(alarm, "AlarmArn")))
          .set("accountId", Value(owner.account))
          .set("time", Value(time_text(options_.loop.now().ms)))
          .set("region", Value(owner.region));
      ObjectBuilder now;
      now.set("value", Value(state)).set("reason", Value(text_member(alarm, "StateReason")));
      ObjectBuilder data;
      data.set("alarmName", Value(name))
          .set("state", std::move(now).build())
          .set("previousState", Value::object().with_member("value", Value(old_state)));
      event.set("alarmData", std::move(data).build());
      input.set("FunctionName", Value(arn_text))
          .set("InvocationType", Value("Event"))
          .set("Payload", Value(base::base64_encode(json::write(std::move(event).build()))));
    } else {
      store::Batch batch;
      add_history(batch, owner, alarm, "Action",
                  "Failed to execute action " + arn_text + ": this server knows SNS and Lambda",
                  "{}");
      const auto told = records_.commit(batch);
      (void)told;
      continue;
    }
    call.input = std::move(input).build();
    // The history of the action is written when it has an answer: outside of this call's lock.
    options_.caller.call(
        std::move(call), [this, owner, name, arn_text](aws::ApiResult<Value> result) {
          const std::string summary =
              result ? "Successfully executed action " + arn_text
                     : "Failed to execute action " + arn_text + ": " + result.error().code;
          options_.loop.post([this, owner, name, summary] {
            const std::lock_guard lock(mutex_);
            const auto kept = records_.get(owner, kAlarm, name);
            if (!kept || !*kept) return;
            store::Batch batch;
            add_history(batch, owner, **kept, "Action", summary, "{}");
            const auto told = records_.commit(batch);
            (void)told;
          });
        });
  }
}

}  // namespace pawl::cloudwatch
