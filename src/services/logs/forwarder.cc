// SPDX-License-Identifier: Apache-2.0
#include "services/logs/forwarder.h"

#include <algorithm>
#include <utility>

#include "aws/arn.h"
#include "base/bytes.h"
#include "json/parse.h"
#include "json/write.h"
#include "services/logs/api_members.h"
#include "services/logs/gzip.h"
#include "text/number.h"

namespace pawl::logs {
namespace {

using json::ObjectBuilder;
using json::Value;

constexpr size_t kGroupsMax = 10'000;
constexpr int kAttempts = 3;
constexpr int64_t kRetryMs = 1'000;

aws::Call call_of(const GroupName& group, std::string service, std::string operation, Value input) {
  aws::Call call;
  call.service = std::move(service);
  call.operation = std::move(operation);
  call.input = std::move(input);
  call.region = group.region;
  call.principal = aws::service_principal(group.account, "logs.amazonaws.com");
  return call;
}

/// "function:NAME", "stream/NAME", "deliverystream/NAME": what stands behind the kind.
std::string resource_name(std::string_view arn) {
  const std::optional<aws::Arn> parsed = aws::Arn::parse(arn);
  return parsed ? std::string(parsed->resource_id()) : std::string();
}

}  // namespace

void Forwarder::begin() {
  logs_.observe([this](const GroupName& group, const std::string& stream,
                       std::span<const LogLine> lines,
                       uint64_t first_sequence) { see(group, stream, lines, first_sequence); });
}

void Forwarder::forget(const GroupName& group) {
  const std::lock_guard lock(mutex_);
  filters_.erase(group);
}

base::Result<Forwarder::Filters> Forwarder::read_filters(const GroupName& group) const {
  const records::Owner owner{group.account, group.region};
  const std::string prefix = group.name + '\0';
  Filters filters;
  for (const auto& record : PAWL_TRY(records_.list(owner, kMetricFilters, prefix))) {
    const Value* transformations = record.value.find("metricTransformations");
    if (transformations == nullptr || transformations->size() == 0) continue;
    const Value& to = transformations->items()[0];
    MetricFilter filter{
        .pattern = PAWL_TRY(FilterPattern::parse(text_member(record.value, "filterPattern"))),
        .name_space = text_member(to, "metricNamespace"),
        .metric = text_member(to, "metricName"),
        .value = text_member(to, "metricValue"),
        .unit = text_member(to, "unit")};
    if (const Value* number = to.find("defaultValue")) filter.default_value = number->as_double();
    if (const Value* dimensions = to.find("dimensions")) {
      for (const json::Member& each : dimensions->members())
        filter.dimensions[std::string(each.name())] = each.value.as_string();
    }
    filters.metrics.push_back(std::move(filter));
  }
  for (const auto& record : PAWL_TRY(records_.list(owner, kSubscriptionFilters, prefix))) {
    filters.subscriptions.push_back(
        {.pattern = PAWL_TRY(FilterPattern::parse(text_member(record.value, "filterPattern"))),
         .name = text_member(record.value, "filterName"),
         .destination_arn = text_member(record.value, "destinationArn"),
         .role_arn = text_member(record.value, "roleArn")});
  }
  return filters;
}

std::shared_ptr<const Forwarder::Filters> Forwarder::filters_of(const GroupName& group) {
  const std::lock_guard lock(mutex_);
  if (const auto found = filters_.find(group); found != filters_.end()) return found->second;
  if (filters_.size() >= kGroupsMax) filters_.clear();
  base::Result<Filters> filters = read_filters(group);
  // Null: without filters, or they cannot be read; most groups.
  auto kept = filters && !filters->empty() ? std::make_shared<const Filters>(*std::move(filters))
                                           : std::shared_ptr<const Filters>();
  filters_.emplace(group, kept);
  return kept;
}

void Forwarder::see(const GroupName& group, const std::string& stream,
                    std::span<const LogLine> lines, uint64_t first_sequence) {
  std::shared_ptr<const Filters> filters = filters_of(group);
  if (!filters) return;
  Batch batch{group, stream, {lines.begin(), lines.end()}, first_sequence};
  loop_.post(
      [this, filters = std::move(filters), batch = std::move(batch)] { forward(*filters, batch); });
}

void Forwarder::forward(const Filters& filters, const Batch& batch) {
  for (const MetricFilter& filter : filters.metrics) emit(filter, batch);
  for (const SubscriptionFilter& filter : filters.subscriptions) deliver(filter, batch);
}

/// API PutMetricFilter: one datum for each event that matches; defaultValue if none does.
void Forwarder::emit(const MetricFilter& filter, const Batch& batch) {
  std::vector<Value> data;
  const auto add = [&](base::Timestamp time, double value, std::vector<Value> dimensions) {
    ObjectBuilder datum;
    datum.set("MetricName", Value(filter.metric))
        .set("Timestamp", Value(static_cast<double>(time.ms) / 1000))
        .set("Value", Value(value));
    if (!filter.unit.empty()) datum.set("Unit", Value(filter.unit));
    if (!dimensions.empty()) datum.set("Dimensions", Value::array(std::move(dimensions)));
    data.push_back(std::move(datum).build());
  };
  for (const LogLine& line : batch.lines) {
    if (!filter.pattern.matches(line.message)) continue;
    const std::optional<std::string> text =
        filter.value.starts_with('$') ? filter.pattern.value_of(filter.value, line.message)
                                      : std::optional<std::string>(filter.value);
    const std::optional<double> value = text ? text::parse_double(*text) : std::nullopt;
    if (!value) continue;
    std::vector<Value> dimensions;
    for (const auto& [name, selector] : filter.dimensions) {
      // "If a dimension's selector finds nothing, the metric goes out without it".
      if (auto found = filter.pattern.value_of(selector, line.message)) {
        ObjectBuilder dimension;
        dimension.set("Name", Value(name)).set("Value", Value(*found));
        dimensions.push_back(std::move(dimension).build());
      }
    }
    add(line.timestamp, *value, std::move(dimensions));
  }
  if (data.empty() && filter.default_value)
    add(batch.lines.front().timestamp, *filter.default_value, {});
  constexpr size_t kDataMax = 1'000;  // API PutMetricData
  for (size_t first = 0; first < data.size(); first += kDataMax) {
    const size_t end = std::min(data.size(), first + kDataMax);
    ObjectBuilder input;
    input.set("Namespace", Value(filter.name_space))
        .set("MetricData", Value::array_of(std::span(data).subspan(first, end - first)));
    send(call_of(batch.group, "cloudwatch", "PutMetricData", std::move(input).build()), 1);
  }
}

/// "Using CloudWatch Logs subscription filters": the batch as JSON, gzipped, in base64.
void Forwarder::deliver(const SubscriptionFilter& filter, const Batch& batch) {
  std::vector<Value> events;
  uint64_t sequence = batch.first_sequence;
  for (const LogLine& line : batch.lines) {
    const LogPosition position{line.timestamp.ms, sequence++};
    if (!filter.pattern.matches(line.message)) continue;
    ObjectBuilder event;
    event.set("id", Value(event_id(position)))
        .set("timestamp", Value(line.timestamp.ms))
        .set("message", Value(line.message));
    events.push_back(std::move(event).build());
  }
  if (events.empty()) return;
  ObjectBuilder message;
  message.set("messageType", Value("DATA_MESSAGE"))
      .set("owner", Value(batch.group.account))
      .set("logGroup", Value(batch.group.name))
      .set("logStream", Value(batch.stream))
      .set("subscriptionFilters", Value::array({Value(filter.name)}))
      .set("logEvents", Value::array(std::move(events)));
  const std::string packed = gzip(json::write(std::move(message).build()));
  const std::string base64 = base::base64_encode(packed);
  const std::optional<aws::Arn> arn = aws::Arn::parse(filter.destination_arn);
  ObjectBuilder input;
  std::string operation = "PutRecord";
  if (arn && arn->service == "lambda") {
    const Value event =
        Value::object().with_member("awslogs", Value::object().with_member("data", Value(base64)));
    operation = "Invoke";
    input.set("FunctionName", Value(filter.destination_arn))
        .set("InvocationType", Value("Event"))
        .set("Payload", Value(base::base64_encode(json::write(event))));
  } else if (arn && arn->service == "kinesis") {
    input.set("StreamName", Value(resource_name(filter.destination_arn)))
        .set("Data", Value(base64))
        .set("PartitionKey", Value(batch.stream.substr(0, 256)));
  } else {
    input.set("DeliveryStreamName", Value(resource_name(filter.destination_arn)))
        .set("Record", Value::object().with_member("Data", Value(base64)));
  }
  aws::Call call = call_of(batch.group, arn ? arn->service : "firehose", std::move(operation),
                           std::move(input).build());
  call.role_arn = filter.role_arn;
  send(std::move(call), 1);
}

/// What fails on the way is tried again; a refusal is not.
void Forwarder::send(aws::Call call, int attempt) {
  // The input goes with the call: what is to be sent again is kept as text.
  aws::Call again = call;
  again.input = Value();
  std::string input = json::write(call.input);
  caller_.call(std::move(call), [this, again = std::move(again), input = std::move(input),
                                 attempt](aws::ApiResult<Value> result) mutable {
    const bool is_passing =
        !result && (result.error().status == 0 || result.error().status == 429 ||
                    result.error().status >= 500);
    if (!is_passing || result.error().status == 501 || attempt >= kAttempts) return;
    loop_.run_at({loop_.now().ms + kRetryMs * attempt},
                 [this, again = std::move(again), input = std::move(input), attempt]() mutable {
                   again.input = json::parse(input).value();
                   send(std::move(again), attempt + 1);
                 });
  });
}

}  // namespace pawl::logs
