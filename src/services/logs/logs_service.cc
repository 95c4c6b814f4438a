// SPDX-License-Identifier: Apache-2.0
// Groups and streams. Events: log_events.cc.
#include "services/logs/logs_service.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "json/value.h"
#include "services/logs/api_members.h"

namespace pawl::logs {
namespace {

using aws::ActionResult;
using aws::Request;
using json::ObjectBuilder;
using json::Value;

constexpr size_t kPageDefault = 50;
constexpr size_t kStreamsMax = 100'000;  ///< of a group that one answer looks at

/// Names make the order, so the last one given is where the next page begins.
aws::ApiResult<std::string> page_start(const Value& input) {
  const std::string token = text_member(input, "nextToken");
  std::optional<std::string> name = base::base64_decode(token);
  if (!name) return invalid_parameter("The specified nextToken is invalid.");
  return *std::move(name);
}

size_t page_size(const Value& input) {
  return static_cast<size_t>(integer_member(input, "limit").value_or(kPageDefault));
}

Value describe(const LogGroup& group) {
  ObjectBuilder out;
  out.set("logGroupName", Value(group.name.name)).set("creationTime", Value(group.created_at.ms));
  if (group.retention_days) out.set("retentionInDays", Value(*group.retention_days));
  out.set("metricFilterCount", Value(0)).set("arn", Value(group_arn(group.name) + ":*"));
  return std::move(out).build();
}

/// The first or last event of each stream, as far as `query` looks.
aws::ApiResult<std::map<std::string, LogEvent>> outermost_events(const LogStore& store,
                                                                 const GroupName& group,
                                                                 bool newest) {
  std::set<std::string, std::less<>> seen;
  LogQuery query;
  query.newest_first = newest;
  query.events_max = kStreamsMax;
  query.bytes_max = SIZE_MAX;
  query.wanted = [&](std::string_view stream, std::string_view) {
    return seen.emplace(stream).second;
  };
  const base::Result<LogPage> page = store.read(group, query);
  if (!page) return as_api_error(page.error());
  std::map<std::string, LogEvent> events;
  for (const LogEvent& event : page->events) events.emplace(event.stream, event);
  return events;
}

}  // namespace

void LogsService::bind(aws::ActionTable& table) {
  table.on("CreateLogGroup", &LogsService::create_log_group);
  table.on("DeleteLogGroup", &LogsService::delete_log_group);
  table.on("DescribeLogGroups", &LogsService::describe_log_groups);
  table.on("PutRetentionPolicy", &LogsService::put_retention_policy);
  table.on("DeleteRetentionPolicy", &LogsService::delete_retention_policy);
  table.on("CreateLogStream", &LogsService::create_log_stream);
  table.on("DescribeLogStreams", &LogsService::describe_log_streams);
  table.on("PutLogEvents", &LogsService::put_log_events);
  table.on("GetLogEvents", &LogsService::get_log_events);
  table.on("FilterLogEvents", &LogsService::filter_log_events);
}

aws::ApiResult<LogGroup> LogsService::find_group(const Request& request) const {
  GroupName name{request.account_id(), request.region, text_member(request.input, "logGroupName")};
  if (const std::string identifier = text_member(request.input, "logGroupIdentifier");
      !identifier.empty()) {
    if (!name.name.empty())
      return invalid_parameter("LogGroup name and LogGroup identifier are mutually exclusive.");
    name = parse_group_arn(identifier).value_or(GroupName{name.account, name.region, identifier});
  }
  std::optional<LogGroup> group = store_.find_group(name);
  if (!group) return group_not_found();
  return *std::move(group);
}

// API CreateLogGroup.
ActionResult LogsService::create_log_group(const Request& request) {
  const base::Result<bool> created = store_.create_group(
      {request.account_id(), request.region, text_member(request.input, "logGroupName")},
      request.received);
  if (!created) return as_api_error(created.error());
  if (!*created) {
    return aws::ApiError("ResourceAlreadyExistsException",
                         "The specified log group already exists");
  }
  return aws::Output();
}

// API DeleteLogGroup.
ActionResult LogsService::delete_log_group(const Request& request) {
  const LogGroup group = PAWL_TRY(find_group(request));
  if (const auto deleted = store_.delete_group(group.name); !deleted)
    return as_api_error(deleted.error());
  return aws::Output();
}

// API DescribeLogGroups.
ActionResult LogsService::describe_log_groups(const Request& request) {
  const std::string prefix = text_member(request.input, "logGroupNamePrefix");
  const std::string pattern = text_member(request.input, "logGroupNamePattern");
  if (!prefix.empty() && !pattern.empty()) {
    return invalid_parameter(
        "LogGroup name prefix and LogGroup name pattern are mutually exclusive parameters.");
  }
  const std::string start = PAWL_TRY(page_start(request.input));
  const size_t limit = page_size(request.input);
  std::vector<Value> page;
  std::string last;
  ObjectBuilder out;
  for (const LogGroup& group : store_.groups(request.account_id(), request.region)) {
    const std::string& name = group.name.name;
    if (name <= start || !name.starts_with(prefix) || name.find(pattern) == std::string::npos)
      continue;
    if (page.size() == limit) {
      out.set("nextToken", Value(base::base64_encode(last)));
      break;
    }
    page.push_back(describe(group));
    last = name;
  }
  out.set("logGroups", Value::array(std::move(page)));
  return aws::Output(std::move(out).build());
}

// API PutRetentionPolicy.
ActionResult LogsService::put_retention_policy(const Request& request) {
  constexpr int64_t kDays[] = {1,   3,   5,   7,   14,   30,   60,   90,   120,  150,  180,
                               365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653};
  const LogGroup group = PAWL_TRY(find_group(request));
  const int64_t days = integer_member(request.input, "retentionInDays").value_or(0);
  if (std::find(std::begin(kDays), std::end(kDays), days) == std::end(kDays)) {
    return invalid_parameter("1 validation error detected: Value '" + std::to_string(days) +
                             "' at 'retentionInDays' failed to satisfy constraint: Member must "
                             "satisfy enum value set");
  }
  if (const auto set = store_.set_retention(group.name, days); !set)
    return as_api_error(set.error());
  return aws::Output();
}

// API DeleteRetentionPolicy.
ActionResult LogsService::delete_retention_policy(const Request& request) {
  const LogGroup group = PAWL_TRY(find_group(request));
  if (const auto set = store_.set_retention(group.name, std::nullopt); !set)
    return as_api_error(set.error());
  return aws::Output();
}

// API CreateLogStream.
ActionResult LogsService::create_log_stream(const Request& request) {
  const LogGroup group = PAWL_TRY(find_group(request));
  const base::Result<bool> created = store_.create_stream(
      group.name, text_member(request.input, "logStreamName"), request.received);
  if (!created) return as_api_error(created.error());
  if (!*created) {
    return aws::ApiError("ResourceAlreadyExistsException",
                         "The specified log stream already exists");
  }
  return aws::Output();
}

// API DescribeLogStreams.
ActionResult LogsService::describe_log_streams(const Request& request) {
  const LogGroup group = PAWL_TRY(find_group(request));
  const std::string prefix = text_member(request.input, "logStreamNamePrefix");
  const bool by_time = text_member(request.input, "orderBy") == "LastEventTime";
  if (by_time && !prefix.empty())
    return invalid_parameter("Cannot order by LastEventTime with a logStreamNamePrefix.");
  const std::string start = PAWL_TRY(page_start(request.input));
  base::Result<std::vector<LogStream>> streams =
      store_.streams(group.name, prefix, "", kStreamsMax);
  if (!streams) return as_api_error(streams.error());
  const auto first = PAWL_TRY(outermost_events(store_, group.name, false));
  const auto last = PAWL_TRY(outermost_events(store_, group.name, true));
  if (by_time) {
    const auto time_of = [&](const LogStream& stream) {
      const auto event = last.find(stream.name);
      return event == last.end() ? INT64_MIN : event->second.position.timestamp_ms;
    };
    std::stable_sort(streams->begin(), streams->end(),
                     [&](const auto& a, const auto& b) { return time_of(a) < time_of(b); });
  }
  if (flag_member(request.input, "descending", false))
    std::reverse(streams->begin(), streams->end());
  auto stream = streams->begin();
  if (!start.empty()) {
    stream = std::find_if(streams->begin(), streams->end(),
                          [&](const LogStream& one) { return one.name == start; });
    if (stream != streams->end()) ++stream;
  }
  std::vector<Value> page;
  const size_t limit = page_size(request.input);
  for (; stream != streams->end() && page.size() < limit; ++stream) {
    ObjectBuilder out;
    out.set("logStreamName", Value(stream->name)).set("creationTime", Value(stream->created_at.ms));
    if (const auto event = first.find(stream->name); event != first.end())
      out.set("firstEventTimestamp", Value(event->second.position.timestamp_ms));
    if (const auto event = last.find(stream->name); event != last.end()) {
      out.set("lastEventTimestamp", Value(event->second.position.timestamp_ms))
          .set("lastIngestionTime", Value(event->second.ingested_at.ms));
    }
    out.set("arn", Value(group_arn(group.name) + ":log-stream:" + stream->name));
    out.set("storedBytes", Value(0));  // on AWS too, since 2019
    page.push_back(std::move(out).build());
  }
  ObjectBuilder out;
  if (stream != streams->end())
    out.set("nextToken", Value(base::base64_encode(std::prev(stream)->name)));
  out.set("logStreams", Value::array(std::move(page)));
  return aws::Output(std::move(out).build());
}

}  // namespace pawl::logs
