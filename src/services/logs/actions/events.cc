// SPDX-License-Identifier: Apache-2.0
// PutLogEvents, GetLogEvents, FilterLogEvents.
#include <algorithm>
#include <utility>
#include <vector>

#include "json/value.h"
#include "services/logs/api_members.h"
#include "services/logs/filter_pattern.h"
#include "services/logs/logs_service.h"

namespace pawl::logs {
namespace {

using aws::ActionResult;
using aws::Request;
using json::ObjectBuilder;
using json::Value;

constexpr int64_t kMsPerDay = 86'400'000;
/// API PutLogEvents: bounds of a call, in which each event counts 26 bytes more.
constexpr size_t kEventOverhead = 26;
constexpr size_t kEventBytesMax = 262'144;
constexpr size_t kBatchBytesMax = 1'048'576;
constexpr size_t kEventsDefault = 10'000;

/// Which of the events, in order of time, are taken: [first, end).
struct Accepted {
  size_t first = 0;
  size_t end = 0;
  Value rejected;  ///< rejectedLogEventsInfo; null if all are taken
};

/// "None of the events can be more than 2 hours in the future … older than 14 days or older than
/// the retention period".
Accepted accept(const std::vector<LogLine>& lines, base::Timestamp now,
                std::optional<int64_t> retention_days) {
  constexpr int64_t kFutureMs = 7'200'000;
  constexpr int64_t kPastDays = 14;
  const auto first_from = [&](int64_t ms) {
    return static_cast<size_t>(
        std::find_if(lines.begin(), lines.end(),
                     [&](const LogLine& line) { return line.timestamp.ms >= ms; }) -
        lines.begin());
  };
  Accepted accepted;
  ObjectBuilder rejected;
  accepted.end = first_from(now.ms + kFutureMs + 1);
  if (accepted.end < lines.size())
    rejected.set("tooNewLogEventStartIndex", Value(static_cast<int64_t>(accepted.end)));
  accepted.first = first_from(now.ms - kPastDays * kMsPerDay);
  if (accepted.first > 0)
    rejected.set("tooOldLogEventEndIndex", Value(static_cast<int64_t>(accepted.first)));
  if (retention_days) {
    const size_t young = first_from(now.ms - *retention_days * kMsPerDay);
    if (young > accepted.first)
      rejected.set("expiredLogEventEndIndex", Value(static_cast<int64_t>(young)));
    accepted.first = std::max(accepted.first, young);
  }
  accepted.first = std::min(accepted.first, accepted.end);
  if (!rejected.empty()) accepted.rejected = std::move(rejected).build();
  return accepted;
}

aws::ApiResult<std::vector<LogLine>> read_lines(const Value& events) {
  std::vector<LogLine> lines;
  size_t bytes = 0;
  for (const Value& event : events.items()) {
    LogLine line{{integer_member(event, "timestamp")}, text_member(event, "message")};
    const size_t event_bytes = line.message.size() + kEventOverhead;
    if (event_bytes > kEventBytesMax) {
      return invalid_parameter("Log event too large: " + std::to_string(event_bytes) +
                               " bytes exceeds limit of " + std::to_string(kEventBytesMax));
    }
    bytes += event_bytes;
    if (!lines.empty() && line.timestamp < lines.back().timestamp) {
      return invalid_parameter(
          "Log events in a single PutLogEvents request must be in chronological order.");
    }
    lines.push_back(std::move(line));
  }
  if (bytes > kBatchBytesMax) {
    return invalid_parameter("Upload too large: " + std::to_string(bytes) +
                             " bytes exceeds limit of " + std::to_string(kBatchBytesMax));
  }
  if (!lines.empty() && lines.back().timestamp.ms - lines.front().timestamp.ms > kMsPerDay) {
    return invalid_parameter(
        "The batch of log events in a single PutLogEvents request cannot span more than 24 hours.");
  }
  return lines;
}

/// startTime, endTime and limit of a query.
LogQuery query_of(const Value& input) {
  LogQuery query;
  if (const auto start = find_integer(input, "startTime")) query.start = {*start};
  if (const auto end = find_integer(input, "endTime")) query.end = {*end};
  query.events_max = static_cast<size_t>(integer_member(input, "limit", kEventsDefault));
  return query;
}

Value describe(const LogEvent& event) {
  ObjectBuilder out;
  out.set("timestamp", Value(event.position.timestamp_ms))
      .set("message", Value(event.message))
      .set("ingestionTime", Value(event.ingested_at.ms));
  return std::move(out).build();
}

}  // namespace

// API PutLogEvents. Sequence tokens are not looked at, as AWS does since 2023.
ActionResult LogsService::put_log_events(const Request& request) {
  const LogGroup group = PAWL_TRY(find_group(request));
  const std::string stream = text_member(request.input, "logStreamName");
  const base::Result<bool> has_stream = store_.has_stream(group.name, stream);
  if (!has_stream) return as_api_error(has_stream.error());
  if (!*has_stream) return stream_not_found();
  const Value* events = request.input.find("logEvents");
  if (events == nullptr || !events->is_array()) return aws::Output();
  const std::vector<LogLine> lines = PAWL_TRY(read_lines(*events));
  const Accepted accepted = accept(lines, request.received, group.retention_days);
  const std::span<const LogLine> taken =
      std::span(lines).subspan(accepted.first, accepted.end - accepted.first);
  const Value out = accepted.rejected.is_null()
                        ? Value::object()
                        : Value::object().with_member("rejectedLogEventsInfo", accepted.rejected);
  if (!taken.empty()) request.keep_answer(out);
  if (const auto put = store_.append_and_commit(group.name, stream, taken, request.received); !put)
    return as_api_error(put.error());
  return aws::Output(out);
}

// API GetLogEvents: without a token the newest events, or the oldest with startFromHead; "f/…" goes
// on behind an event, "b/…" before it. At the end the token stays the same.
ActionResult LogsService::get_log_events(const Request& request) {
  const LogGroup group = PAWL_TRY(find_group(request));
  const std::string stream = text_member(request.input, "logStreamName");
  const base::Result<bool> has_stream = store_.has_stream(group.name, stream);
  if (!has_stream) return as_api_error(has_stream.error());
  if (!*has_stream) return stream_not_found();
  LogQuery query = query_of(request.input);
  query.wanted = [&](std::string_view of, std::string_view) { return of == stream; };
  query.newest_first = !flag_member(request.input, "startFromHead", false);
  const std::string token = text_member(request.input, "nextToken");
  std::optional<LogPosition> from;
  if (!token.empty()) {
    from = parse_event_id(std::string_view(token).substr(std::min<size_t>(2, token.size())));
    if (!from || !(token.starts_with("f/") || token.starts_with("b/")))
      return invalid_parameter("The specified nextToken is invalid.");
    query.newest_first = token.starts_with("b/");
    (query.newest_first ? query.before : query.after) = from;
  }
  base::Result<LogPage> page = store_.read(group.name, query);
  if (!page) return as_api_error(page.error());
  if (query.newest_first) std::reverse(page->events.begin(), page->events.end());
  std::vector<Value> events;
  for (const LogEvent& event : page->events) events.push_back(describe(event));
  // An empty stretch is passed over, too; where there is nothing at all, both tokens stay.
  const LogPosition here = from.value_or(LogPosition{query.start ? query.start->ms : 0, 0});
  LogPosition front = page->events.empty() ? here : page->events.front().position;
  LogPosition back = page->events.empty() ? here : page->events.back().position;
  if (page->stopped_at) (query.newest_first ? front : back) = *page->stopped_at;
  ObjectBuilder out;
  out.set("events", Value::array(std::move(events)))
      .set("nextForwardToken", Value("f/" + event_id(back)))
      .set("nextBackwardToken", Value("b/" + event_id(front)));
  return aws::Output(std::move(out).build());
}

// API FilterLogEvents: all streams of the group, or some, by time. A page may be empty and not the
// last.
ActionResult LogsService::filter_log_events(const Request& request) {
  const LogGroup group = PAWL_TRY(find_group(request));
  base::Result<FilterPattern> pattern =
      FilterPattern::parse(text_member(request.input, "filterPattern"));
  if (!pattern) return invalid_parameter(pattern.error().message);
  const std::string prefix = text_member(request.input, "logStreamNamePrefix");
  const Value* names = request.input.find("logStreamNames");
  if (names != nullptr && !prefix.empty()) {
    return invalid_parameter(
        "logStreamNamePrefix and logStreamNames are mutually exclusive parameters.");
  }
  LogQuery query = query_of(request.input);
  // "endTime: events with a timestamp later than this time are not returned".
  if (query.end) query.end->ms += 1;
  query.wanted = [&](std::string_view stream, std::string_view message) {
    if (!stream.starts_with(prefix)) return false;
    if (names != nullptr) {
      const std::span<const Value> wanted = names->items();
      const bool is_named = std::any_of(wanted.begin(), wanted.end(), [&](const Value& name) {
        return name.as_string() == stream;
      });
      if (!is_named) return false;
    }
    return pattern->matches(message);
  };
  if (const std::string token = text_member(request.input, "nextToken"); !token.empty()) {
    query.after = parse_event_id(token);
    if (!query.after) return invalid_parameter("The specified nextToken is invalid.");
  }
  const base::Result<LogPage> page = store_.read(group.name, query);
  if (!page) return as_api_error(page.error());
  std::vector<Value> events;
  for (const LogEvent& event : page->events) {
    events.push_back(describe(event)
                         .with_member("logStreamName", Value(event.stream))
                         .with_member("eventId", Value(event_id(event.position))));
  }
  ObjectBuilder out;
  out.set("events", Value::array(std::move(events))).set("searchedLogStreams", Value::array());
  if (page->stopped_at) out.set("nextToken", Value(event_id(*page->stopped_at)));
  return aws::Output(std::move(out).build());
}

}  // namespace pawl::logs
