// SPDX-License-Identifier: Apache-2.0
// PutMetricData, GetMetricStatistics, ListMetrics.
#include <algorithm>
#include <cmath>
#include <utility>

#include "base/bytes.h"
#include "json/value.h"
#include "services/cloudwatch/members.h"
#include "services/cloudwatch/service.h"

namespace pawl::cloudwatch {

using aws::ActionResult;
using aws::Request;
using json::ObjectBuilder;
using json::Value;

namespace {

// API PutMetricData.
constexpr size_t kDataMax = 1'000;
constexpr size_t kValuesMax = 150;
constexpr int64_t kPastMs = int64_t{14} * 24 * 3'600'000;
constexpr int64_t kFutureMs = int64_t{2} * 3'600'000;
/// API GetMetricStatistics.
constexpr int64_t kDatapointsMax = 1'440;

/// Doubles come as numbers, NaN and the infinities as texts; "-2^360 to 2^360".
aws::ApiResult<double> value_of(const Value& value, const std::string& name) {
  const double number = value.is_number() ? value.as_double() : std::nan("");
  constexpr double kMost = 2.348542582773833e+108;
  if (!(std::fabs(number) <= kMost)) {
    const std::string shown = value.is_string()   ? std::string(value.as_string())
                              : value.is_number() ? value.number_text()
                                                  : "null";
    return invalid_value("The value " + shown + " for parameter " + name + " is invalid.");
  }
  return number;
}

aws::ApiResult<Aggregate> aggregate_of(const Value& datum, const std::string& name) {
  const Value* value = datum.find("Value");
  const Value* set = datum.find("StatisticValues");
  const auto values = items_member(datum, "Values");
  const auto counts = items_member(datum, "Counts");
  const auto exclusive = [&](const char* a, const char* b) {
    return invalid_combination("The parameters " + name + a + " and " + name + b +
                               " are mutually exclusive and you have specified both.");
  };
  if (value != nullptr && set != nullptr) return exclusive("Value", "StatisticValues");
  if (value != nullptr && !values.empty()) return exclusive("Value", "Values");
  if (set != nullptr && !values.empty()) return exclusive("StatisticValues", "Values");
  Aggregate aggregate;
  if (value != nullptr) {
    aggregate.add(PAWL_TRY(value_of(*value, name + "Value")), 1);
    return aggregate;
  }
  if (set != nullptr) {
    const auto number = [&](const char* member) -> aws::ApiResult<double> {
      const Value* found = set->find(member);
      return value_of(found == nullptr ? Value() : *found, name + "StatisticValues." + member);
    };
    aggregate.count = PAWL_TRY(number("SampleCount"));
    aggregate.sum = PAWL_TRY(number("Sum"));
    aggregate.least = PAWL_TRY(number("Minimum"));
    aggregate.most = PAWL_TRY(number("Maximum"));
    aggregate.has_values = false;
    if (aggregate.least > aggregate.most) {
      return invalid_value("The parameter " + name +
                           "StatisticValues.Minimum must not be more than its Maximum.");
    }
    return aggregate;
  }
  if (values.empty()) {
    return aws::ApiError("MissingRequiredParameterException",
                         "The parameter " + name + "Value is required.");
  }
  if (!counts.empty() && counts.size() != values.size()) {
    return invalid_value("Parameters " + name + "Values and " + name +
                         "Counts must be of the same size.");
  }
  if (values.size() > kValuesMax) {
    return invalid_value("The collection " + name + "Values must not have a size greater than " +
                         std::to_string(kValuesMax) + ".");
  }
  for (size_t i = 0; i < values.size(); ++i) {
    const double number =
        PAWL_TRY(value_of(values[i], name + "Values.member." + std::to_string(i + 1)));
    const double times =
        counts.empty()
            ? 1
            : PAWL_TRY(value_of(counts[i], name + "Counts.member." + std::to_string(i + 1)));
    if (times > 0) aggregate.add(number, times);
  }
  return aggregate;
}

bool has_dimensions(const Dimensions& dimensions, const Value& input) {
  const auto wanted = items_member(input, "Dimensions");
  return std::all_of(wanted.begin(), wanted.end(), [&](const Value& filter) {
    const Value* value = filter.find("Value");
    return std::any_of(dimensions.begin(), dimensions.end(), [&](const auto& each) {
      return each.first == text_member(filter, "Name") &&
             (value == nullptr || each.second == value->as_string());
    });
  });
}

}  // namespace

ActionResult CloudWatchService::put_metric_data(const Request& request) {
  const std::string name_space = text_member(request.input, "Namespace");
  if (name_space.starts_with("AWS/") && request.principal.service.empty())
    return invalid_value("The value AWS/ for parameter Namespace is invalid.");
  std::vector<Datum> data;
  const auto given = items_member(request.input, "MetricData");
  if (given.size() > kDataMax) {
    return invalid_value("The collection MetricData must not have a size greater than 1000.");
  }
  if (given.empty()) {
    return aws::ApiError("MissingRequiredParameterException",
                         "The parameter MetricData is required.");
  }
  for (size_t i = 0; i < given.size(); ++i) {
    const Value& each = given[i];
    const std::string name = "MetricData.member." + std::to_string(i + 1) + ".";
    Datum datum{
        {owner_of(request), name_space, text_member(each, "MetricName"), dimensions_of(each)},
        request.received,
        text_member(each, "Unit"),
        PAWL_TRY(aggregate_of(each, name)),
        integer_member(each, "StorageResolution", 60) == 1};
    if (datum.unit.empty()) datum.unit = "None";
    if (const auto time = time_member(each, "Timestamp")) datum.time = {*time};
    if (datum.time.ms < request.received.ms - kPastMs) {
      return invalid_value("The parameter " + name +
                           "Timestamp must specify a time no more than two weeks in the past.");
    }
    if (datum.time.ms > request.received.ms + kFutureMs) {
      return invalid_value("The parameter " + name +
                           "Timestamp must specify a time no more than two hours in the future.");
    }
    data.push_back(std::move(datum));
  }
  request.keep_answer(Value::object());
  if (const auto put = metrics_->put(data, request.received); !put)
    return as_api_error(put.error());
  return aws::Output();
}

ActionResult CloudWatchService::get_metric_statistics(const Request& request) {
  const Value& input = request.input;
  constexpr int64_t kMinuteMs = 60'000;
  const int64_t period = integer_member(input, "Period", 60) * 1'000;
  const bool is_high = period == 1'000 || period == 5'000 || period == 10'000 || period == 30'000;
  if (period % kMinuteMs != 0 && !is_high) {
    return invalid_value("The parameter Period must be 1, 5, 10, 30, or a multiple of 60.");
  }
  int64_t start = time_member(input, "StartTime").value_or(0);
  const int64_t end = time_member(input, "EndTime").value_or(0);
  if (start >= end) {
    return invalid_combination("The parameter StartTime must be less than the parameter EndTime.");
  }
  start -= start % (is_high ? period : kMinuteMs);
  const int64_t datapoints = (end - start + period - 1) / period;
  if (datapoints > kDatapointsMax) {
    return invalid_combination(
        "You have requested up to " + std::to_string(datapoints) +
        " datapoints, which exceeds the limit of 1,440. You may reduce the datapoints requested "
        "by increasing Period, or decreasing the time range.");
  }
  const auto plain = items_member(input, "Statistics");
  const auto extended = items_member(input, "ExtendedStatistics");
  if (plain.empty() && extended.empty()) {
    return aws::ApiError("MissingRequiredParameterException",
                         "At least one of the parameters must be specified: Statistics, "
                         "ExtendedStatistics.");
  }
  for (const Value& name : extended) {
    if (!is_statistic(name.as_string())) {
      return invalid_value("The value " + std::string(name.as_string()) +
                           " for parameter ExtendedStatistics is not supported.");
    }
  }
  const std::string metric_name = text_member(input, "MetricName");
  const auto series = metrics_->read(
      {owner_of(request), text_member(input, "Namespace"), metric_name, dimensions_of(input)},
      start, end, period);
  if (!series) return as_api_error(series.error());
  const std::string unit = text_member(input, "Unit");
  std::vector<Value> points;
  for (const auto& [key, aggregate] : *series) {
    if (!unit.empty() && unit != key.second) continue;
    ObjectBuilder point;
    point.set("Timestamp", seconds(key.first));
    for (const Value& name : plain) {
      if (const auto value = aggregate.statistic(name.as_string()))
        point.set(name.as_string(), Value(*value));
    }
    ObjectBuilder others;
    for (const Value& name : extended) {
      if (const auto value = aggregate.statistic(name.as_string()))
        others.set(name.as_string(), Value(*value));
    }
    if (!others.empty()) point.set("ExtendedStatistics", std::move(others).build());
    point.set("Unit", Value(key.second));
    points.push_back(std::move(point).build());
  }
  ObjectBuilder out;
  out.set("Label", Value(metric_name)).set("Datapoints", Value::array(std::move(points)));
  return aws::Output(std::move(out).build());
}

// API ListMetrics: 500 a page, of those with data in the last two weeks.
ActionResult CloudWatchService::list_metrics(const Request& request) {
  const Value& input = request.input;
  constexpr size_t kPage = 500;
  constexpr int64_t kRecentMs = int64_t{4} * 3'600'000;  // "past three hours", by whole hours
  const auto after = base::base64_decode(text_member(input, "NextToken"));
  if (!after) return invalid_value("The parameter NextToken is invalid.");
  const auto found = metrics_->list(owner_of(request), text_member(input, "Namespace"), *after);
  if (!found) return as_api_error(found.error());
  const std::string name = text_member(input, "MetricName");
  const bool only_recent = input.find("RecentlyActive") != nullptr;
  const int64_t since = request.received.ms - (only_recent ? kRecentMs : kPastMs);
  std::vector<Value> page;
  std::string last;
  ObjectBuilder out;
  for (const MetricStore::Listed& each : *found) {
    const MetricName& metric = each.metric;
    if ((!name.empty() && metric.name != name) || !has_dimensions(metric.dimensions, input) ||
        each.last_put_ms < since)
      continue;
    if (page.size() == kPage) {
      out.set("NextToken", Value(base::base64_encode(last)));
      break;
    }
    std::vector<Value> dimensions;
    for (const auto& [dimension, value] : metric.dimensions) {
      ObjectBuilder one;
      one.set("Name", Value(dimension)).set("Value", Value(value));
      dimensions.push_back(std::move(one).build());
    }
    ObjectBuilder one;
    one.set("Namespace", Value(metric.name_space))
        .set("MetricName", Value(metric.name))
        .set("Dimensions", Value::array(std::move(dimensions)));
    page.push_back(std::move(one).build());
    last = each.token;
  }
  out.set("Metrics", Value::array(std::move(page)));
  return aws::Output(std::move(out).build());
}

}  // namespace pawl::cloudwatch
