// SPDX-License-Identifier: Apache-2.0
// CreateLogStream, DeleteLogStream, DescribeLogStreams.
#include <algorithm>
#include <map>
#include <set>
#include <utility>
#include <vector>

#include "json/value.h"
#include "services/logs/api_members.h"
#include "services/logs/logs_service.h"

namespace pawl::logs {
namespace {

using aws::ActionResult;
using aws::Request;
using json::ObjectBuilder;
using json::Value;

constexpr size_t kStreamsMax = 100'000;  ///< of a group that one answer looks at

/// The first or last event of each of the streams that begin with `prefix`, as far as a query
/// looks. Ends when all `streams` of them have been seen.
aws::ApiResult<std::map<std::string, LogEvent>> outermost_events(const LogStore& store,
                                                                 const GroupName& group,
                                                                 const std::string& prefix,
                                                                 size_t streams, bool newest) {
  std::set<std::string, std::less<>> seen;
  LogQuery query;
  query.newest_first = newest;
  query.events_max = streams;
  query.bytes_max = SIZE_MAX;
  query.wanted = [&](std::string_view stream, std::string_view) {
    return stream.starts_with(prefix) && seen.emplace(stream).second;
  };
  const base::Result<LogPage> page = store.read(group, query);
  if (!page) return as_api_error(page.error());
  std::map<std::string, LogEvent> events;
  for (const LogEvent& event : page->events) events.emplace(event.stream, event);
  return events;
}

}  // namespace

// API CreateLogStream.
ActionResult LogsService::create_log_stream(const Request& request) {
  const LogGroup group = PAWL_TRY(find_group(request));
  const std::string stream = text_member(request.input, "logStreamName");
  if (const auto exists = store_.has_stream(group.name, stream); exists && !*exists)
    request.keep_answer(Value::object());
  const base::Result<bool> created = store_.create_stream(group.name, stream, request.received);
  if (!created) return as_api_error(created.error());
  if (!*created) {
    return aws::ApiError("ResourceAlreadyExistsException",
                         "The specified log stream already exists");
  }
  return aws::Output();
}

// API DeleteLogStream: looks at every event of the group, so a worker does it.
void LogsService::delete_log_stream(Request request, aws::Reply reply) {
  aws::ApiResult<LogGroup> group = find_group(request);
  if (!group) return reply(std::move(group).error());
  const std::string stream = text_member(request.input, "logStreamName");
  auto waiting = std::make_shared<aws::Reply>(std::move(reply));
  loop_.work([this, name = group->name, stream, waiting] {
    const base::Result<bool> deleted = store_.delete_stream(name, stream);
    if (!deleted) return (*waiting)(as_api_error(deleted.error()));
    if (!*deleted) return (*waiting)(stream_not_found());
    aws::Output output;
    output.after_sync = true;
    (*waiting)(std::move(output));
  });
}

// API DescribeLogStreams.
ActionResult LogsService::describe_log_streams(const Request& request) {
  if (request.input.find("logGroupName") != nullptr &&
      request.input.find("logGroupIdentifier") != nullptr) {
    return aws::ApiError("ValidationException",
                         "LogGroup name and LogGroup ARN are mutually exclusive parameters.");
  }
  const LogGroup group = PAWL_TRY(find_group(request));
  const std::string prefix = text_member(request.input, "logStreamNamePrefix");
  const bool by_time = text_member(request.input, "orderBy") == "LastEventTime";
  if (by_time && !prefix.empty())
    return invalid_parameter("Cannot order by LastEventTime with a logStreamNamePrefix.");
  const std::string start = PAWL_TRY(page_start(request.input));
  base::Result<std::vector<LogStream>> streams =
      store_.streams(group.name, prefix, "", kStreamsMax);
  if (!streams) return as_api_error(streams.error());
  const auto first = PAWL_TRY(outermost_events(store_, group.name, prefix, streams->size(), false));
  const auto last = PAWL_TRY(outermost_events(store_, group.name, prefix, streams->size(), true));
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
  if (stream != streams->end()) out.set("nextToken", Value(page_token(std::prev(stream)->name)));
  out.set("logStreams", Value::array(std::move(page)));
  return aws::Output(std::move(out).build());
}

}  // namespace pawl::logs
