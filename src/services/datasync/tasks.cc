// SPDX-License-Identifier: Apache-2.0
// Tasks: which location goes where, how, and when by itself.
#include <algorithm>
#include <utility>
#include <vector>

#include "aws/event/schedule_expression.h"
#include "json/value.h"
#include "services/datasync/members.h"
#include "services/datasync/service.h"

namespace pawl::datasync {

using aws::ActionResult;
using aws::Request;
using json::ObjectBuilder;
using json::Value;

namespace {

/// API Options: what is there if nothing is said.
Value with_defaults(const Value* given) {
  ObjectBuilder options;
  const std::pair<const char*, const char*> defaults[] = {
      {"VerifyMode", "POINT_IN_TIME_CONSISTENT"},
      {"OverwriteMode", "ALWAYS"},
      {"Atime", "BEST_EFFORT"},
      {"Mtime", "PRESERVE"},
      {"Uid", "INT_VALUE"},
      {"Gid", "INT_VALUE"},
      {"PreserveDeletedFiles", "PRESERVE"},
      {"PreserveDevices", "NONE"},
      {"PosixPermissions", "PRESERVE"},
      {"TaskQueueing", "ENABLED"},
      {"LogLevel", "OFF"},
      {"TransferMode", "CHANGED"},
      {"SecurityDescriptorCopyFlags", "NONE"},
      {"ObjectTags", "PRESERVE"}};
  for (const auto& [name, value] : defaults) options.set(name, Value(value));
  options.set("BytesPerSecond", Value(-1));
  if (given != nullptr) {
    for (const json::Member& member : given->members()) options.set(member.name(), member.value);
  }
  return std::move(options).build();
}

/// What there is not here must not seem to work.
std::optional<aws::ApiError> unsupported(const Value& input) {
  for (const char* name : {"ManifestConfig", "TaskReportConfig"}) {
    const Value* value = input.find(name);
    if (value != nullptr && value->size() > 0)
      return invalid_request(std::string(name) + " is not supported by this server.");
  }
  const Value* options = input.find("Options");
  if (options != nullptr && text_member(*options, "TransferMode") == "ALL" &&
      text_member(*options, "PreserveDeletedFiles") == "REMOVE") {
    return invalid_request(
        "PreserveDeletedFiles REMOVE needs TransferMode CHANGED: with ALL the destination is not "
        "looked at.");
  }
  return std::nullopt;
}

std::optional<aws::ScheduleExpression> expression_of(const Value& task) {
  const Value* schedule = task.find("Schedule");
  if (schedule == nullptr || text_member(*schedule, "Status") == "DISABLED") return std::nullopt;
  auto parsed = aws::ScheduleExpression::parse(text_member(*schedule, "ScheduleExpression"), "UTC",
                                               aws::ScheduleExpression::Dialect::Scheduler);
  if (!parsed) return std::nullopt;
  return *std::move(parsed);
}

std::optional<aws::ApiError> wrong_schedule(const Value& input) {
  const Value* schedule = input.find("Schedule");
  if (schedule == nullptr) return std::nullopt;
  const std::string text = text_member(*schedule, "ScheduleExpression");
  if (text.empty()) return std::nullopt;  // UpdateTask: no schedule any more
  if (aws::ScheduleExpression::parse(text, "UTC", aws::ScheduleExpression::Dialect::Scheduler))
    return std::nullopt;
  return invalid_request("Invalid schedule expression: " + text);
}

Value task_members(const Value& input, ObjectBuilder task) {
  copy_members(input, {"Name", "CloudWatchLogGroupArn", "Excludes", "Includes", "Schedule", "Tags"},
               task);
  const Value* schedule = input.find("Schedule");
  Value built = std::move(task).build();
  if (schedule != nullptr && text_member(*schedule, "ScheduleExpression").empty())
    built = built.without_member("Schedule");
  return built;
}

}  // namespace

// API CreateTask.
ActionResult DataSyncService::create_task(const Request& request) {
  const Value& input = request.input;
  if (auto error = unsupported(input)) return *std::move(error);
  if (auto error = wrong_schedule(input)) return *std::move(error);
  const std::string source = text_member(input, "SourceLocationArn");
  const std::string destination = text_member(input, "DestinationLocationArn");
  const std::lock_guard lock(mutex_);
  const Value from = PAWL_TRY(find(request, kLocation, source));
  const Value to = PAWL_TRY(find(request, kLocation, destination));
  if (text_member(from, "LocationUri") == text_member(to, "LocationUri"))
    return invalid_request("The source and destination locations must not be the same.");
  const std::string id = new_id("task");
  const std::string arn = arn_of(owner_of(request), "task/" + id);
  const std::string mode = text_member(input, "TaskMode");
  ObjectBuilder task;
  task.set("TaskArn", Value(arn))
      .set("SourceLocationArn", Value(source))
      .set("DestinationLocationArn", Value(destination))
      .set("Options", with_defaults(input.find("Options")))
      .set("CreationTime", Value(static_cast<double>(request.received.ms) / 1000))
      .set("TaskMode", Value(mode.empty() ? "BASIC" : mode));
  const Value built = task_members(input, std::move(task));
  const Value out = Value::object().with_member("TaskArn", Value(arn));
  request.keep_answer(out);
  if (const auto put = records_.put(owner_of(request), kTask, id, built); !put)
    return as_api_error(put.error());
  schedule(owner_of(request), id, built);
  return aws::Output(out);
}

// API DescribeTask: its status is that of its executions.
ActionResult DataSyncService::describe_task(const Request& request) {
  const std::string arn = text_member(request.input, "TaskArn");
  Value task = PAWL_TRY(find(request, kTask, arn));
  const auto executions =
      records_.list(owner_of(request), kExecution, record_name(arn, kTask) + "/");
  if (!executions) return as_api_error(executions.error());
  std::string status = "AVAILABLE";
  for (const auto& execution : *executions) {
    const std::string of = text_member(execution.value, "Status");
    if (of == "SUCCESS" || of == "ERROR") continue;
    if (of == "QUEUED") {
      if (status == "AVAILABLE") status = "QUEUED";
      continue;
    }
    status = "RUNNING";
    task = task.with_member("CurrentTaskExecutionArn",
                            Value(text_member(execution.value, "TaskExecutionArn")));
  }
  return aws::Output(task.with_member("Status", Value(status)));
}

// API UpdateTask.
ActionResult DataSyncService::update_task(const Request& request) {
  const Value& input = request.input;
  if (auto error = unsupported(input)) return *std::move(error);
  if (auto error = wrong_schedule(input)) return *std::move(error);
  const std::string arn = text_member(input, "TaskArn");
  const std::string id = record_name(arn, kTask);
  const std::lock_guard lock(mutex_);
  const Value old = PAWL_TRY(find(request, kTask, arn));
  ObjectBuilder task;
  for (const json::Member& member : old.members()) task.set(member.name(), member.value);
  if (const Value* given = input.find("Options")) {
    ObjectBuilder options;
    for (const Value* each : {old.find("Options"), given}) {
      for (const json::Member& member : each->members()) options.set(member.name(), member.value);
    }
    task.set("Options", std::move(options).build());
  }
  const Value built = task_members(input, std::move(task));
  if (const auto put = records_.put(owner_of(request), kTask, id, built); !put)
    return as_api_error(put.error());
  schedule(owner_of(request), id, built);
  return aws::Output();
}

// API DeleteTask: with its executions; not while one runs.
ActionResult DataSyncService::delete_task(const Request& request) {
  const std::string arn = text_member(request.input, "TaskArn");
  const std::string id = record_name(arn, kTask);
  const std::lock_guard lock(mutex_);
  PAWL_TRY(find(request, kTask, arn));
  const auto executions = records_.list(owner_of(request), kExecution, id + "/");
  if (!executions) return as_api_error(executions.error());
  for (const auto& execution : *executions) {
    const std::string status = text_member(execution.value, "Status");
    if (status != "SUCCESS" && status != "ERROR")
      return invalid_request("Task " + arn + " has an execution that has not ended.");
  }
  store::Batch batch;
  records_.erase(batch, owner_of(request), kTask, id);
  records_.erase_all(batch, owner_of(request), kExecution, id + "/");
  if (const auto erased = records_.commit(batch); !erased) return as_api_error(erased.error());
  schedule(owner_of(request), id, Value::object());
  return aws::Output();
}

// API ListTasks: filtered by LocationId.
ActionResult DataSyncService::list_tasks(const Request& request) {
  const Value* filters = request.input.find("Filters");
  const auto passes = [&](const Value& task) {
    if (filters == nullptr) return true;
    const auto all = filters->items();
    return std::all_of(all.begin(), all.end(), [&](const Value& filter) {
      if (text_member(filter, "Name") != "LocationId") return true;
      const Value* values = filter.find("Values");
      return std::any_of(values->items().begin(), values->items().end(), [&](const Value& wanted) {
        return text_member(task, "SourceLocationArn") == wanted.as_string() ||
               text_member(task, "DestinationLocationArn") == wanted.as_string();
      });
    });
  };
  return list(request, kTask, "Tasks", "", [&](const Value& task) {
    if (!passes(task)) return Value();
    ObjectBuilder out;
    copy_members(task, {"TaskArn", "Name", "TaskMode"}, out);
    out.set("Status", Value("AVAILABLE"));
    return std::move(out).build();
  });
}

void DataSyncService::schedule(const records::Owner& owner, const std::string& task_id,
                               const Value& task) {
  const auto key = std::pair(owner, task_id);
  if (const auto timer = timers_.find(key); timer != timers_.end()) {
    options_.loop.cancel(timer->second);
    timers_.erase(timer);
  }
  const std::optional<aws::ScheduleExpression> expression = expression_of(task);
  if (!expression) return;
  const Value* created = task.find("CreationTime");
  const base::Timestamp start{
      created == nullptr ? 0 : static_cast<int64_t>(created->as_double() * 1000)};
  const std::optional<base::Timestamp> next = expression->next_after(options_.loop.now(), start);
  if (!next) return;
  timers_[key] = options_.loop.run_at(*next, [this, owner, task_id] {
    const auto started =
        start_execution(owner, task_id, Value::object(), options_.loop.now(), [](const Value&) {});
    (void)started;  // a queue that is full, a task that has gone: the next time it is tried again
    const std::lock_guard lock(mutex_);
    const auto kept = records_.get(owner, kTask, task_id);
    if (kept && *kept) schedule(owner, task_id, **kept);
  });
}

}  // namespace pawl::datasync
