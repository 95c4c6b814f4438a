// SPDX-License-Identifier: Apache-2.0
// Metric filters and subscription filters. What they do: forwarder.h.
#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

#include "aws/arn.h"
#include "json/parse.h"
#include "json/value.h"
#include "json/write.h"
#include "services/logs/api_members.h"
#include "services/logs/logs_service.h"

namespace pawl::logs {
namespace {

using aws::ActionResult;
using aws::Request;
using json::ObjectBuilder;
using json::Value;

// "CloudWatch Logs quotas".
constexpr size_t kMetricFiltersMax = 100;
constexpr size_t kSubscriptionFiltersMax = 2;

aws::ApiError limit_exceeded() { return {"LimitExceededException", "Resource limit exceeded."}; }

std::string record_name(const GroupName& group, const std::string& filter) {
  return group.name + '\0' + filter;
}

/// What a test message that cannot be delivered is called, by the kind of the destination.
aws::ApiError undeliverable(std::string_view service) {
  if (service == "lambda") {
    return invalid_parameter(
        "Could not execute the lambda function. Make sure you have given CloudWatch Logs "
        "permission to execute your function.");
  }
  const std::string kind = service == "kinesis" ? "Kinesis" : "Firehose";
  return invalid_parameter("Could not deliver test message to specified " + kind +
                           " stream. Check if the given " + kind + " stream is in ACTIVE state. ");
}

/// The call that shows whether a destination takes messages.
aws::Call probe_of(const Request& request, const aws::Arn& arn, const std::string& text) {
  aws::Call call;
  call.service = arn.service;
  call.region = request.region;
  call.principal = request.principal;
  const std::string name(arn.resource_id());
  if (arn.service == "lambda") {
    call.operation = "GetPolicy";
    call.input = Value::object().with_member("FunctionName", Value(text));
  } else if (arn.service == "kinesis") {
    call.operation = "DescribeStreamSummary";
    call.input = Value::object().with_member("StreamName", Value(name));
  } else {
    call.operation = "DescribeDeliveryStream";
    call.input = Value::object().with_member("DeliveryStreamName", Value(name));
  }
  return call;
}

/// Lambda's policy must let in the service: "logs.amazonaws.com", with a region or without.
bool lets_in(const std::string& service, const Value& answer) {
  if (service != "lambda") return true;
  const std::string policy = text_member(answer, "Policy");
  return policy.find("\"logs.") != std::string::npos;  // the beginning of a principal
}

}  // namespace

// API PutMetricFilter.
ActionResult LogsService::put_metric_filter(const Request& request) {
  const LogGroup group = PAWL_TRY(find_group(request));
  const base::Result<FilterPattern> pattern =
      FilterPattern::parse(text_member(request.input, "filterPattern"));
  if (!pattern) return invalid_parameter(pattern.error().message);
  const records::Owner owner{group.name.account, group.name.region};
  const std::string name = record_name(group.name, text_member(request.input, "filterName"));
  const std::lock_guard lock(mutex_);
  const auto filters = records_.list(owner, kMetricFilters, group.name.name + '\0');
  if (!filters) return as_api_error(filters.error());
  const bool is_there = std::any_of(filters->begin(), filters->end(),
                                    [&](const auto& filter) { return filter.name == name; });
  if (!is_there && filters->size() >= kMetricFiltersMax) return limit_exceeded();
  ObjectBuilder filter;
  copy_members(request.input,
               {"filterName", "filterPattern", "metricTransformations", "fieldSelectionCriteria",
                "emitSystemFieldDimensions"},
               filter);
  filter.set("creationTime", Value(request.received.ms))
      .set("logGroupName", Value(group.name.name))
      .set("applyOnTransformedLogs",
           Value(flag_member(request.input, "applyOnTransformedLogs", false)));
  const auto put = records_.put(owner, kMetricFilters, name, std::move(filter).build());
  if (!put) return as_api_error(put.error());
  forwarder_.forget(group.name);
  return aws::Output();
}

// API DescribeMetricFilters: of one group or of all, by name, of one metric.
ActionResult LogsService::describe_metric_filters(const Request& request) {
  const Value& input = request.input;
  const std::string metric = text_member(input, "metricName");
  const std::string name_space = text_member(input, "metricNamespace");
  const std::string prefix = text_member(input, "filterNamePrefix");
  std::string group;
  if (input.find("logGroupName") != nullptr) group = PAWL_TRY(find_group(request)).name.name + '\0';
  const std::string start = PAWL_TRY(page_start(input));
  const size_t limit = page_size(input);
  const auto filters =
      records_.list({request.account_id(), request.region}, kMetricFilters, group, start);
  if (!filters) return as_api_error(filters.error());
  std::vector<Value> page;
  std::string last;
  ObjectBuilder out;
  for (const auto& filter : *filters) {
    const Value* transformations = filter.value.find("metricTransformations");
    const auto is_wanted = [&](const Value& to) {
      return (metric.empty() || text_member(to, "metricName") == metric) &&
             (name_space.empty() || text_member(to, "metricNamespace") == name_space);
    };
    if (!text_member(filter.value, "filterName").starts_with(prefix) ||
        transformations == nullptr ||
        std::none_of(transformations->items().begin(), transformations->items().end(), is_wanted))
      continue;
    if (page.size() == limit) {
      out.set("nextToken", Value(page_token(last)));
      break;
    }
    page.push_back(filter.value);
    last = filter.name;
  }
  out.set("metricFilters", Value::array(std::move(page)));
  return aws::Output(std::move(out).build());
}

// API DeleteMetricFilter.
ActionResult LogsService::delete_metric_filter(const Request& request) {
  const LogGroup group = PAWL_TRY(find_group(request));
  const records::Owner owner{group.name.account, group.name.region};
  const std::string name = record_name(group.name, text_member(request.input, "filterName"));
  const std::lock_guard lock(mutex_);
  const auto filter = records_.get(owner, kMetricFilters, name);
  if (!filter) return as_api_error(filter.error());
  if (!filter->has_value()) {
    return aws::ApiError("ResourceNotFoundException",
                         "The specified metric filter does not exist.");
  }
  if (const auto erased = records_.erase(owner, kMetricFilters, name); !erased)
    return as_api_error(erased.error());
  forwarder_.forget(group.name);
  return aws::Output();
}

// API TestMetricFilter.
ActionResult LogsService::test_metric_filter(const Request& request) {
  const base::Result<FilterPattern> pattern =
      FilterPattern::parse(text_member(request.input, "filterPattern"));
  if (!pattern) return invalid_parameter(pattern.error().message);
  std::vector<Value> matches;
  int64_t number = 0;
  for (const Value& message : request.input.find("logEventMessages")->items()) {
    ++number;
    if (!pattern->matches(message.as_string())) continue;
    ObjectBuilder values;
    for (const auto& [selector, value] : pattern->extracted(message.as_string()))
      values.set(selector, Value(value));
    ObjectBuilder match;
    match.set("eventNumber", Value(number))
        .set("eventMessage", message)
        .set("extractedValues", std::move(values).build());
    matches.push_back(std::move(match).build());
  }
  return aws::Output(Value::object().with_member("matches", Value::array(std::move(matches))));
}

// API PutSubscriptionFilter: AWS sends a test message first; we look whether the destination is
// there and, of a function, whether its policy lets the service in.
void LogsService::put_subscription_filter(Request request, aws::Reply reply) {
  const std::string destination = text_member(request.input, "destinationArn");
  const std::optional<aws::Arn> arn = aws::Arn::parse(destination);
  const bool has_role = request.input.find("roleArn") != nullptr;
  if (auto group = find_group(request); !group) return reply(std::move(group).error());
  if (!arn || (arn->service != "lambda" && arn->service != "kinesis" &&
               arn->service != "firehose" && arn->service != "logs"))
    return reply(invalid_parameter("destinationArn is not the ARN of a destination."));
  if (arn->service == "logs") {
    return reply(invalid_parameter(
        "Destinations of other accounts are records here: name the stream or the function."));
  }
  if (arn->service == "lambda" && has_role) {
    return reply(invalid_parameter("destinationArn for vendor lambda cannot be used with roleArn"));
  }
  if (arn->service != "lambda" && !has_role) {
    return reply(invalid_parameter("destinationArn for vendor " + arn->service +
                                   " cannot be used without roleArn"));
  }
  aws::Call probe = probe_of(request, *arn, destination);
  // The request waits as text: its tree belongs to this thread.
  struct Waiting {
    Request request;
    std::string input;
    aws::Reply reply;
  };
  std::string input = json::write(request.input);
  request.input = Value();
  request.http = nullptr;
  auto waiting =
      std::make_shared<Waiting>(Waiting{std::move(request), std::move(input), std::move(reply)});
  caller_.call(std::move(probe),
               [this, waiting, service = arn->service](aws::ApiResult<Value> answer) {
                 if (!answer || !lets_in(service, *answer))
                   return waiting->reply(undeliverable(service));
                 waiting->request.input = json::parse(waiting->input).value();
                 ActionResult stored = store_subscription_filter(waiting->request);
                 if (stored) stored->after_sync = true;
                 waiting->reply(std::move(stored));
               });
}

ActionResult LogsService::store_subscription_filter(const Request& request) {
  const LogGroup group = PAWL_TRY(find_group(request));
  const base::Result<FilterPattern> pattern =
      FilterPattern::parse(text_member(request.input, "filterPattern"));
  if (!pattern) return invalid_parameter(pattern.error().message);
  const records::Owner owner{group.name.account, group.name.region};
  const std::string name = record_name(group.name, text_member(request.input, "filterName"));
  const std::lock_guard lock(mutex_);
  const auto filters = records_.list(owner, kSubscriptionFilters, group.name.name + '\0');
  if (!filters) return as_api_error(filters.error());
  const bool is_there = std::any_of(filters->begin(), filters->end(),
                                    [&](const auto& filter) { return filter.name == name; });
  if (!is_there && filters->size() >= kSubscriptionFiltersMax) return limit_exceeded();
  ObjectBuilder filter;
  copy_members(request.input,
               {"filterName", "filterPattern", "destinationArn", "roleArn",
                "fieldSelectionCriteria", "emitSystemFields"},
               filter);
  const std::string distribution = text_member(request.input, "distribution");
  filter.set("logGroupName", Value(group.name.name))
      .set("distribution", Value(distribution.empty() ? "ByLogStream" : distribution))
      .set("applyOnTransformedLogs",
           Value(flag_member(request.input, "applyOnTransformedLogs", false)))
      .set("creationTime", Value(request.received.ms));
  const auto put = records_.put(owner, kSubscriptionFilters, name, std::move(filter).build());
  if (!put) return as_api_error(put.error());
  forwarder_.forget(group.name);
  return aws::Output();
}

// API DescribeSubscriptionFilters.
ActionResult LogsService::describe_subscription_filters(const Request& request) {
  const LogGroup group = PAWL_TRY(find_group(request));
  return list_records(request, kSubscriptionFilters, "subscriptionFilters",
                      group.name.name + '\0' + text_member(request.input, "filterNamePrefix"),
                      "limit");
}

// API DeleteSubscriptionFilter.
ActionResult LogsService::delete_subscription_filter(const Request& request) {
  const LogGroup group = PAWL_TRY(find_group(request));
  const records::Owner owner{group.name.account, group.name.region};
  const std::string name = record_name(group.name, text_member(request.input, "filterName"));
  const std::lock_guard lock(mutex_);
  const auto filter = records_.get(owner, kSubscriptionFilters, name);
  if (!filter) return as_api_error(filter.error());
  if (!filter->has_value()) {
    return aws::ApiError("ResourceNotFoundException",
                         "The specified subscription filter does not exist.");
  }
  if (const auto erased = records_.erase(owner, kSubscriptionFilters, name); !erased)
    return as_api_error(erased.error());
  forwarder_.forget(group.name);
  return aws::Output();
}

}  // namespace pawl::logs
