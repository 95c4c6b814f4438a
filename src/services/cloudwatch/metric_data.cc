// SPDX-License-Identifier: Apache-2.0
// GetMetricData: metrics and expressions over them, by id.
#include <algorithm>
#include <set>
#include <utility>

#include "json/value.h"
#include "services/cloudwatch/members.h"
#include "services/cloudwatch/service.h"

namespace pawl::cloudwatch {

using aws::ActionResult;
using aws::Request;
using json::ObjectBuilder;
using json::Value;

/// The queries of one request, with what has been computed.
struct CloudWatchService::Queries {
  records::Owner owner;
  std::span<const Value> given;
  int64_t start_ms = 0;
  int64_t end_ms = 0;
  std::map<std::string, MathValue> done = {};
  std::set<std::string> under_way = {};  ///< a circle is refused

  const Value* find(const std::string& id) const {
    for (const Value& query : given) {
      if (text_member(query, "Id") == id) return &query;
    }
    return nullptr;
  }
  int64_t period_ms(const Value& query) const {
    if (const auto period = find_integer(query, "Period")) return *period * 1'000;
    for (const Value& each : given) {
      if (const Value* stat = each.find("MetricStat"))
        return integer_member(*stat, "Period", 60) * 1'000;
    }
    return 60'000;
  }
};

namespace {

constexpr size_t kQueriesMax = 500;
constexpr int64_t kDatapointsMax = 100'800;  ///< API GetMetricData, of one query

aws::ApiError validation_error(std::string message) {
  return aws::validation_exception(std::move(message));
}

/// Ids that are one query's each, a metric or an expression, and not too many datapoints.
template <typename Queries>
aws::ApiResult<void> check_queries(const Queries& queries) {
  std::set<std::string> ids;
  for (const Value& query : queries.given) {
    const std::string id = text_member(query, "Id");
    const Value* of = query.find("MetricStat");
    const int64_t period =
        std::max<int64_t>(1'000, of != nullptr ? integer_member(*of, "Period", 60) * 1'000
                                               : queries.period_ms(query));
    if ((queries.end_ms - queries.start_ms) / period > kDatapointsMax) {
      return validation_error(
          "You have requested more datapoints than the limit of 100,800. You may reduce the "
          "datapoints requested by increasing Period, or decreasing the time range.");
    }
    if (!ids.insert(id).second)
      return validation_error(
          "The values for parameter id in parameter MetricDataQueries are not "
          "unique.");
    if ((query.find("MetricStat") != nullptr) == (query.find("Expression") != nullptr)) {
      return validation_error(
          "The parameters MetricDataQueries.member.Expression and "
          "MetricDataQueries.member.MetricStat are mutually exclusive and one "
          "is required.");
    }
  }
  return {};
}

}  // namespace

aws::ApiResult<TimeSeries> CloudWatchService::read_stat(const records::Owner& owner,
                                                        const Value& stat, int64_t start_ms,
                                                        int64_t end_ms) const {
  const Value* metric = stat.find("Metric");
  const std::string name = text_member(stat, "Stat");
  if (metric == nullptr || !is_statistic(name))
    return validation_error("The value " + name + " for parameter Stat is not supported.");
  const int64_t period = integer_member(stat, "Period", 60) * 1'000;
  if (period <= 0) return validation_error("Period must be positive.");
  const auto series = metrics_->read({owner, text_member(*metric, "Namespace"),
                                      text_member(*metric, "MetricName"), dimensions_of(*metric)},
                                     start_ms - start_ms % period, end_ms, period);
  if (!series) return as_api_error(series.error());
  const std::string unit = text_member(stat, "Unit");
  std::map<int64_t, Aggregate> together;  // of all units, unless one is named
  for (const auto& [key, aggregate] : *series) {
    if (unit.empty() || unit == key.second) together[key.first].add(aggregate);
  }
  TimeSeries out;
  for (const auto& [time, aggregate] : together) {
    if (const auto value = aggregate.statistic(name)) out[time] = *value;
  }
  return out;
}

aws::ApiResult<MathValue> CloudWatchService::evaluate_query(Queries& queries,
                                                            const std::string& id) const {
  if (const auto done = queries.done.find(id); done != queries.done.end()) return done->second;
  const Value* query = queries.find(id);
  if (query == nullptr)
    return validation_error("Error in expression: there is no query with the id '" + id + "'");
  if (!queries.under_way.insert(id).second)
    return validation_error("Error in expression: '" + id + "' refers to itself");
  MathValue value;
  if (const Value* stat = query->find("MetricStat")) {
    value = PAWL_TRY(read_stat(queries.owner, *stat, queries.start_ms, queries.end_ms));
  } else {
    std::optional<aws::ApiError> failure;
    MathScope scope;
    scope.period_ms = std::max<int64_t>(1'000, queries.period_ms(*query));
    scope.start_ms = queries.start_ms - queries.start_ms % scope.period_ms;
    scope.end_ms = queries.end_ms;
    scope.find = [&](const std::string& name) -> base::Result<MathValue> {
      auto found = evaluate_query(queries, name);
      if (found) return *std::move(found);
      failure = found.error();
      return base::Error(base::ErrorKind::NotFound, name);
    };
    if (text_member(*query, "Expression").find("METRICS(") != std::string::npos) {
      for (const Value& each : queries.given) {
        const Value* other = each.find("MetricStat");
        if (other == nullptr) continue;
        scope.metrics.push_back(
            PAWL_TRY(read_stat(queries.owner, *other, queries.start_ms, queries.end_ms)));
      }
    }
    base::Result<MathValue> result = evaluate_math(text_member(*query, "Expression"), scope);
    if (!result) return failure ? *failure : validation_error(result.error().message);
    value = *std::move(result);
    if (const auto* number = std::get_if<double>(&value)) {
      TimeSeries constant;
      for (int64_t time = scope.start_ms; time < scope.end_ms && constant.size() < 100'000;
           time += scope.period_ms)
        constant[time] = *number;
      value = std::move(constant);
    }
  }
  queries.under_way.erase(id);
  queries.done[id] = value;
  return value;
}

ActionResult CloudWatchService::get_metric_data(const Request& request) {
  const Value& input = request.input;
  Queries queries{.owner = owner_of(request),
                  .given = items_member(input, "MetricDataQueries"),
                  .start_ms = time_member(input, "StartTime").value_or(0),
                  .end_ms = time_member(input, "EndTime").value_or(0)};
  if (queries.start_ms >= queries.end_ms)
    return validation_error("The parameter EndTime must be greater than StartTime.");
  if (queries.given.size() > kQueriesMax)
    return validation_error(
        "The collection MetricDataQueries must not have a size greater than "
        "500.");
  PAWL_TRY_VOID(check_queries(queries));
  const bool is_ascending = text_member(input, "ScanBy") == "TimestampAscending";
  std::vector<Value> results;
  for (const Value& query : queries.given) {
    if (!flag_member(query, "ReturnData", true)) continue;
    const std::string id = text_member(query, "Id");
    const MathValue value = PAWL_TRY(evaluate_query(queries, id));
    const Value* stat = query.find("MetricStat");
    std::string label = text_member(query, "Label");
    if (label.empty())
      label = stat != nullptr ? text_member(*stat->find("Metric"), "MetricName") : id;
    std::vector<TimeSeries> all;
    if (const auto* list = std::get_if<std::vector<TimeSeries>>(&value)) {
      all = *list;
    } else {
      all.push_back(std::get<TimeSeries>(value));
    }
    for (const TimeSeries& series : all) {
      std::vector<Value> times;
      std::vector<Value> values;
      for (const auto& [time, each] : series) {
        times.push_back(seconds(time));
        values.emplace_back(each);
      }
      if (!is_ascending) {
        std::reverse(times.begin(), times.end());
        std::reverse(values.begin(), values.end());
      }
      ObjectBuilder result;
      result.set("Id", Value(id))
          .set("Label", Value(label))
          .set("Timestamps", Value::array(std::move(times)))
          .set("Values", Value::array(std::move(values)))
          .set("StatusCode", Value("Complete"));
      results.push_back(std::move(result).build());
    }
  }
  ObjectBuilder out;
  out.set("MetricDataResults", Value::array(std::move(results))).set("Messages", Value::array());
  return aws::Output(std::move(out).build());
}

}  // namespace pawl::cloudwatch
