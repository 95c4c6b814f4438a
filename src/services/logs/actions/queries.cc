// SPDX-License-Identifier: Apache-2.0
// Logs Insights: StartQuery answers when the query has run; its results are asked for afterwards.
#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "json/parse.h"
#include "json/value.h"
#include "json/write.h"
#include "services/logs/api_members.h"
#include "services/logs/insights/query.h"
#include "services/logs/logs_service.h"

namespace pawl::logs {

using aws::ActionResult;
using aws::Request;
using json::ObjectBuilder;
using json::Value;

/// One query, to be run on a worker.
struct LogsService::QueryPlan {
  records::Owner owner;
  std::vector<GroupName> groups = {};
  std::string text;
  int64_t start_s = 0;
  int64_t end_s = 0;
  size_t rows_max = 0;
  InsightsQuery query = {};
  base::Timestamp received;
};

namespace {

constexpr std::string_view kDefinition = "query-definition";
constexpr size_t kRowsMax = 10'000;
constexpr size_t kQueriesMax = 1'000;      ///< kept, in memory
constexpr size_t kScannedMax = 5'000'000;  ///< events of one query
constexpr size_t kOutputMax = size_t{16} << 20;

records::Owner owner_of(const Request& request) { return {request.account_id(), request.region}; }

aws::ApiError malformed(const base::Error& error) {
  aws::ApiError refusal("MalformedQueryException", error.message);
  ObjectBuilder location;
  location.set("startCharOffset", Value(std::max(0, error.position.column - 1)))
      .set("endCharOffset", Value(std::max(0, error.position.column - 1)));
  ObjectBuilder compile_error;
  compile_error.set("location", std::move(location).build()).set("message", Value(error.message));
  refusal.members =
      Value::object().with_member("queryCompileError", std::move(compile_error).build());
  return refusal;
}

aws::ApiError no_query() {
  return {"ResourceNotFoundException", "The specified query does not exist."};
}

/// @ptr: where an event is. Opaque to clients.
std::string pointer_to(const GroupName& group, LogPosition position) {
  return base::base64_encode(event_id(position) + group.name);
}

/// The events of one group, newest first, page by page.
class Source {
 public:
  Source(const LogStore& store, GroupName group, LogQuery query)
      : store_(store), group_(std::move(group)), query_(std::move(query)) {}

  /// Null: no more.
  base::Result<const LogEvent*> front() {
    while (next_ >= page_.events.size()) {
      if (is_last_) return nullptr;
      page_ = PAWL_TRY(store_.read(group_, query_));
      next_ = 0;
      is_last_ = !page_.stopped_at;
      if (page_.stopped_at) query_.before = page_.stopped_at;
    }
    return &page_.events[next_];
  }
  void pop() { ++next_; }
  const GroupName& group() const { return group_; }

 private:
  const LogStore& store_;
  GroupName group_;
  LogQuery query_;
  LogPage page_;
  size_t next_ = 0;
  bool is_last_ = false;
};

struct Scan {
  size_t events = 0;
  size_t bytes = 0;
};

/// Feeds the events of all groups in the order of time until the run has enough.
base::Result<Scan> scan(const LogStore& store, const std::vector<GroupName>& groups,
                        const LogQuery& query, InsightsRun& run) {
  std::vector<Source> sources;
  for (const GroupName& group : groups) sources.emplace_back(store, group, query);
  Scan done;
  while (done.events < kScannedMax) {
    Source* newest = nullptr;
    const LogEvent* event = nullptr;
    for (Source& source : sources) {
      const LogEvent* front = PAWL_TRY(source.front());
      if (front != nullptr && (event == nullptr || event->position < front->position)) {
        newest = &source;
        event = front;
      }
    }
    if (event == nullptr) break;
    ++done.events;
    done.bytes += event->message.size();
    InsightsRow row =
        insights_row(event->message, static_cast<double>(event->position.timestamp_ms),
                     static_cast<double>(event->ingested_at.ms), event->stream,
                     newest->group().account + ":" + newest->group().name,
                     pointer_to(newest->group(), event->position));
    newest->pop();
    if (!run.add(std::move(row))) break;
  }
  return done;
}

Value result_rows(InsightsRun& run) {
  std::vector<Value> rows;
  size_t bytes = 0;
  for (const auto& fields : run.finish()) {
    std::vector<Value> row;
    for (const auto& [field, value] : fields) {
      bytes += field.size() + value.size();
      ObjectBuilder one;
      one.set("field", Value(field)).set("value", Value(value));
      row.push_back(std::move(one).build());
    }
    if (bytes > kOutputMax) break;
    rows.push_back(Value::array(std::move(row)));
  }
  return Value::array(std::move(rows));
}

}  // namespace

// API StartQuery.
aws::ApiResult<LogsService::QueryPlan> LogsService::plan_query(const Request& request) const {
  const Value& input = request.input;
  const std::string language = text_member(input, "queryLanguage");
  if (!language.empty() && language != "CWLI") {
    return aws::ApiError("MalformedQueryException",
                         "Queries in " + language + " are not supported: use CWLI.");
  }
  std::vector<std::string> names;
  if (std::string name = text_member(input, "logGroupName"); !name.empty()) names.push_back(name);
  size_t ways = names.size();
  for (const char* member : {"logGroupNames", "logGroupIdentifiers"}) {
    const Value* list = input.find(member);
    if (list == nullptr) continue;
    ++ways;
    for (const Value& name : list->items()) names.emplace_back(name.as_string());
  }
  if (ways != 1) {
    return invalid_parameter(
        "Exactly one of logGroupName, logGroupNames or logGroupIdentifiers is required.");
  }
  QueryPlan plan{.owner = owner_of(request),
                 .text = text_member(input, "queryString"),
                 .start_s = integer_member(input, "startTime"),
                 .end_s = integer_member(input, "endTime"),
                 .rows_max = static_cast<size_t>(
                     find_integer(input, "limit").value_or(static_cast<int64_t>(kRowsMax))),
                 .received = request.received};
  if (plan.end_s < plan.start_s)
    return invalid_parameter("End time should not be before start time.");
  for (const std::string& name : names)
    plan.groups.push_back(PAWL_TRY(find_group(request, name)).name);
  base::Result<InsightsQuery> query = InsightsQuery::parse(plan.text);
  if (!query) return malformed(query.error());
  plan.query = *std::move(query);
  return plan;
}

void LogsService::start_query(Request request, aws::Reply reply) {
  aws::ApiResult<QueryPlan> plan = plan_query(request);
  if (!plan) return reply(std::move(plan).error());
  auto waiting =
      std::make_shared<std::pair<QueryPlan, aws::Reply>>(*std::move(plan), std::move(reply));
  loop_.work([this, waiting] { waiting->second(run_query(waiting->first)); });
}

ActionResult LogsService::run_query(const QueryPlan& plan) {
  LogQuery query;
  query.newest_first = true;
  query.start = base::Timestamp{plan.start_s * 1000};
  query.end = base::Timestamp{plan.end_s * 1000 + 1000};
  query.events_max = 1'000;
  InsightsRun run(plan.query, plan.rows_max);
  const base::Result<Scan> done = scan(store_, plan.groups, query, run);
  if (!done) return as_api_error(done.error());
  const bool is_whole = !run.is_overflown() && done->events < kScannedMax;
  const auto number = [](size_t value) { return Value(static_cast<double>(value)); };
  ObjectBuilder statistics;
  statistics.set("recordsMatched", number(run.matched()))
      .set("recordsScanned", number(done->events))
      .set("estimatedRecordsSkipped", number(0))
      .set("bytesScanned", number(done->bytes))
      .set("estimatedBytesSkipped", number(0))
      .set("logGroupsScanned", number(plan.groups.size()));
  ObjectBuilder output;
  output.set("queryLanguage", Value("CWLI"))
      .set("results", result_rows(run))
      .set("statistics", std::move(statistics).build())
      .set("status", Value(is_whole ? "Complete" : "Timeout"));
  const std::string& group = plan.groups.front().name;
  QueryRun kept{.owner = plan.owner,
                .id = new_id(),
                .group = group,
                .text = "SOURCE \"" + group + "\" START=" + std::to_string(plan.start_s) +
                        "000 END=" + std::to_string(plan.end_s) + "999 | " + plan.text,
                .status = is_whole ? "Complete" : "Timeout",
                .output = json::write(std::move(output).build()),
                .created = plan.received,
                .duration_ms = loop_.now().ms - plan.received.ms};
  const std::string id = kept.id;
  const std::lock_guard lock(queries_mutex_);
  queries_.push_back(std::move(kept));
  size_t bytes = 0;
  for (const QueryRun& each : queries_) bytes += each.output.size();
  while (queries_.size() > 1 && (queries_.size() > kQueriesMax || bytes > 4 * kOutputMax)) {
    bytes -= queries_.front().output.size();
    queries_.pop_front();
  }
  return aws::Output(Value::object().with_member("queryId", Value(id)));
}

// API GetQueryResults.
ActionResult LogsService::get_query_results(const Request& request) {
  const std::string id = text_member(request.input, "queryId");
  std::string output;
  {
    const std::lock_guard lock(queries_mutex_);
    for (const QueryRun& run : queries_) {
      if (run.id == id && run.owner == owner_of(request)) output = run.output;
    }
  }
  if (output.empty()) return no_query();
  return aws::Output(json::parse(output).value());
}

// API DescribeQueries: newest first.
ActionResult LogsService::describe_queries(const Request& request) {
  const std::string group = text_member(request.input, "logGroupName");
  const std::string status = text_member(request.input, "status");
  const size_t limit = page_size(request.input, "maxResults");
  std::vector<Value> queries;
  const std::lock_guard lock(queries_mutex_);
  for (auto run = queries_.rbegin(); run != queries_.rend() && queries.size() < limit; ++run) {
    if (run->owner != owner_of(request) || (!group.empty() && run->group != group) ||
        (!status.empty() && run->status != status))
      continue;
    ObjectBuilder query;
    query.set("queryLanguage", Value("CWLI"))
        .set("queryId", Value(run->id))
        .set("queryString", Value(run->text))
        .set("status", Value(run->status))
        .set("createTime", Value(run->created.ms))
        .set("logGroupName", Value(run->group));
    queries.push_back(std::move(query).build());
  }
  return aws::Output(Value::object().with_member("queries", Value::array(std::move(queries))));
}

// API StopQuery: a query that has an id has ended.
ActionResult LogsService::stop_query(const Request& request) {
  const std::string id = text_member(request.input, "queryId");
  const std::lock_guard lock(queries_mutex_);
  for (const QueryRun& run : queries_) {
    if (run.id == id && run.owner == owner_of(request)) {
      return invalid_parameter("Query ID " + id +
                               " is not running: a query that has ended cannot be stopped.");
    }
  }
  return no_query();
}

// API GetLogRecord: the event that @ptr leads to, with its fields.
ActionResult LogsService::get_log_record(const Request& request) {
  const auto pointer = base::base64_decode(text_member(request.input, "logRecordPointer"));
  constexpr size_t kIdBytes = 56;
  if (!pointer || pointer->size() <= kIdBytes)
    return invalid_parameter("The specified logRecordPointer is invalid.");
  const auto position = parse_event_id(std::string_view(*pointer).substr(0, kIdBytes));
  if (!position) return invalid_parameter("The specified logRecordPointer is invalid.");
  const LogGroup group = PAWL_TRY(find_group(request, pointer->substr(kIdBytes)));
  LogQuery query;
  query.start = base::Timestamp{position->timestamp_ms};
  query.end = base::Timestamp{position->timestamp_ms + 1};
  if (position->sequence > 0)
    query.after = LogPosition{position->timestamp_ms, position->sequence - 1};
  query.events_max = 1;
  const auto page = store_.read(group.name, query);
  if (!page) return as_api_error(page.error());
  if (page->events.empty() || page->events.front().position != *position)
    return aws::ApiError("ResourceNotFoundException", "The specified log record does not exist.");
  const LogEvent& event = page->events.front();
  ObjectBuilder record;
  for (const auto& [name, value] :
       insights_row(event.message, static_cast<double>(event.position.timestamp_ms),
                    static_cast<double>(event.ingested_at.ms), event.stream,
                    group.name.account + ":" + group.name.name,
                    text_member(request.input, "logRecordPointer"))) {
    const auto* time = std::get_if<InsightsTime>(&value);
    record.set(name, Value(time != nullptr ? std::to_string(static_cast<int64_t>(time->ms))
                                           : text_of(value)));
  }
  return aws::Output(Value::object().with_member("logRecord", std::move(record).build()));
}

// API PutQueryDefinition.
ActionResult LogsService::put_query_definition(const Request& request) {
  const Value& input = request.input;
  std::string id = text_member(input, "queryDefinitionId");
  const std::lock_guard lock(mutex_);
  if (!id.empty()) {
    const auto old = records_.get(owner_of(request), kDefinition, id);
    if (!old) return as_api_error(old.error());
    if (!*old) {
      return aws::ApiError("ResourceNotFoundException",
                           "The specified query definition does not exist.");
    }
  } else {
    id = new_id();
  }
  ObjectBuilder definition;
  copy_members(input, {"name", "queryString", "logGroupNames", "parameters"}, definition);
  definition.set("queryDefinitionId", Value(id))
      .set("queryLanguage", Value("CWLI"))
      .set("lastModified", Value(request.received.ms));
  const Value out = Value::object().with_member("queryDefinitionId", Value(id));
  request.keep_answer(out);
  const auto put = records_.put(owner_of(request), kDefinition, id, std::move(definition).build());
  if (!put) return as_api_error(put.error());
  return aws::Output(out);
}

// API DescribeQueryDefinitions.
ActionResult LogsService::describe_query_definitions(const Request& request) {
  const std::string prefix = text_member(request.input, "queryDefinitionNamePrefix");
  if (prefix.empty())
    return list_records(request, kDefinition, "queryDefinitions", "", "maxResults");
  const auto definitions = records_.list(owner_of(request), kDefinition);
  if (!definitions) return as_api_error(definitions.error());
  std::vector<Value> found;
  for (const auto& definition : *definitions) {
    if (text_member(definition.value, "name").starts_with(prefix))
      found.push_back(definition.value);
  }
  return aws::Output(
      Value::object().with_member("queryDefinitions", Value::array(std::move(found))));
}

// API DeleteQueryDefinition.
ActionResult LogsService::delete_query_definition(const Request& request) {
  const std::string id = text_member(request.input, "queryDefinitionId");
  const std::lock_guard lock(mutex_);
  const auto old = records_.get(owner_of(request), kDefinition, id);
  if (!old) return as_api_error(old.error());
  if (!*old) {
    return aws::ApiError("ResourceNotFoundException",
                         "The specified query definition does not exist.");
  }
  if (const auto erased = records_.erase(owner_of(request), kDefinition, id); !erased)
    return as_api_error(erased.error());
  return aws::Output(Value::object().with_member("success", Value(true)));
}

}  // namespace pawl::logs
