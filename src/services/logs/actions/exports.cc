// SPDX-License-Identifier: Apache-2.0
// Export tasks: the events of a group to objects in a bucket, gzipped, through the Caller. After a
// restart a task begins again and writes the same objects.
#include <map>
#include <memory>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "json/value.h"
#include "services/logs/api_members.h"
#include "services/logs/gzip.h"
#include "services/logs/logs_service.h"

namespace pawl::logs {

using aws::ActionResult;
using aws::Request;
using json::ObjectBuilder;
using json::Value;

/// An export under way: one step reads a page, writes its objects one after the other, goes on.
struct LogsService::ExportRun {
  records::Owner owner;
  std::string task_id;
  GroupName group;
  std::string bucket;
  std::string prefix;
  LogQuery query;
  bool is_last = false;
  std::map<std::string, size_t> parts = {};  ///< of each stream, written so far
  std::vector<std::pair<std::string, std::string>> objects = {};  ///< key and bytes, last first
};

namespace {

constexpr std::string_view kExport = "export-task";
constexpr size_t kPageBytes = size_t{8} << 20;

aws::ApiError no_task() {
  return {"ResourceNotFoundException", "The specified export task does not exist."};
}

std::string status_code(const Value& task) {
  const Value* status = task.find("status");
  return status == nullptr ? "" : text_member(*status, "code");
}

Value status_of(std::string_view code, std::string_view message) {
  return Value::object().with_member("code", Value(code)).with_member("message", Value(message));
}

/// Slashes of a stream's name would be folders.
std::string as_folder(std::string name) {
  for (char& c : name) {
    if (c == '/') c = '-';
  }
  return name;
}

std::string part_name(size_t part) {
  std::string digits = std::to_string(part);
  return std::string(digits.size() < 6 ? 6 - digits.size() : 0, '0') + digits + ".gz";
}

}  // namespace

// API CreateExportTask: one at a time in an account and region.
ActionResult LogsService::create_export_task(const Request& request) {
  const Value& input = request.input;
  const LogGroup group = PAWL_TRY(find_group(request));
  const int64_t from = integer_member(input, "from");
  const int64_t to = integer_member(input, "to");
  if (from > to)
    return invalid_parameter("The specified time range is invalid: from is behind to.");
  const records::Owner owner{request.account_id(), request.region};
  const std::lock_guard lock(mutex_);
  const auto tasks = records_.list(owner, kExport);
  if (!tasks) return as_api_error(tasks.error());
  for (const auto& task : *tasks) {
    if (status_code(task.value) == "RUNNING")
      return aws::ApiError("LimitExceededException", "Resource limit exceeded.");
  }
  const std::string id = new_id();
  ObjectBuilder task;
  copy_members(input,
               {"taskName", "logGroupName", "logStreamNamePrefix", "from", "to", "destination"},
               task);
  const std::string prefix = text_member(input, "destinationPrefix");
  task.set("taskId", Value(id))
      .set("destinationPrefix", Value(prefix.empty() ? "exportedlogs" : prefix))
      .set("status", status_of("RUNNING", ""))
      .set("executionInfo",
           Value::object().with_member("creationTime", Value(request.received.ms)));
  const Value built = std::move(task).build();
  const Value out = Value::object().with_member("taskId", Value(id));
  request.keep_answer(out);
  if (const auto put = records_.put(owner, kExport, id, built); !put)
    return as_api_error(put.error());
  run_export(owner, id, built);
  return aws::Output(out);
}

void LogsService::run() {
  const auto visited = records_.visit_all(
      kExport, [this](const records::Owner& owner, const std::string& id, const Value& task) {
        if (status_code(task) == "RUNNING") run_export(owner, id, task);
        return true;
      });
  (void)visited;  // what cannot be read now cannot be read when it is described
}

void LogsService::run_export(const records::Owner& owner, const std::string& task_id,
                             const Value& task) {
  auto run = std::make_shared<ExportRun>();
  run->owner = owner;
  run->task_id = task_id;
  run->group = {owner.account, owner.region, text_member(task, "logGroupName")};
  run->bucket = text_member(task, "destination");
  run->prefix = text_member(task, "destinationPrefix");
  const std::string streams = text_member(task, "logStreamNamePrefix");
  run->query.start = base::Timestamp{integer_member(task, "from")};
  run->query.end = base::Timestamp{integer_member(task, "to")};
  run->query.bytes_max = kPageBytes;
  run->query.wanted = [streams](std::string_view stream, std::string_view) {
    return stream.starts_with(streams);
  };
  run->objects.emplace_back(run->prefix + "/aws-logs-write-test", "Permission Check Successful");
  loop_.post([this, run] { put_next_object(run); });
}

/// On a worker.
void LogsService::read_for_export(const std::shared_ptr<ExportRun>& run) {
  const base::Result<LogPage> page = store_.read(run->group, run->query);
  if (!page) return end_export(run->owner, run->task_id, "FAILED", page.error().message);
  std::map<std::string, std::string> texts;
  for (const LogEvent& event : page->events) {
    texts[event.stream] +=
        base::format_iso8601({event.position.timestamp_ms}) + " " + event.message + "\n";
  }
  for (const auto& [stream, text] : texts) {
    run->objects.emplace_back(run->prefix + "/" + run->task_id + "/" + as_folder(stream) + "/" +
                                  part_name(run->parts[stream]++),
                              gzip(text));
  }
  run->query.after = page->stopped_at;
  run->is_last = !page->stopped_at;
  loop_.post([this, run] { put_next_object(run); });
}

void LogsService::put_next_object(const std::shared_ptr<ExportRun>& run) {
  if (run->objects.empty()) {
    if (run->is_last)
      return end_export(run->owner, run->task_id, "COMPLETED", "Completed successfully");
    return loop_.work([this, run] { read_for_export(run); });
  }
  {
    const std::lock_guard lock(mutex_);
    const auto task = records_.get(run->owner, kExport, run->task_id);
    if (!task || !*task || status_code(**task) != "RUNNING") return;  // cancelled
  }
  const auto [key, bytes] = std::move(run->objects.back());
  run->objects.pop_back();
  aws::Call call;
  call.service = "s3";
  call.operation = "PutObject";
  call.region = run->owner.region;
  call.principal = aws::service_principal(run->owner.account, "logs.amazonaws.com");
  ObjectBuilder input;
  input.set("Bucket", Value(run->bucket))
      .set("Key", Value(key))
      .set("Body", Value(base::base64_encode(bytes)));
  call.input = std::move(input).build();
  caller_.call(std::move(call), [this, run](aws::ApiResult<Value> result) {
    if (!result) {
      return end_export(run->owner, run->task_id, "FAILED",
                        result.error().code + ": " + result.error().message.value_or(""));
    }
    put_next_object(run);
  });
}

void LogsService::end_export(const records::Owner& owner, const std::string& task_id,
                             std::string_view code, std::string_view message) {
  const std::lock_guard lock(mutex_);
  const auto task = records_.get(owner, kExport, task_id);
  if (!task || !*task || status_code(**task) != "RUNNING") return;
  const Value* info = (*task)->find("executionInfo");
  const Value ended = (info == nullptr ? Value::object() : *info)
                          .with_member("completionTime", Value(loop_.now().ms));
  const auto put = records_.put(
      owner, kExport, task_id,
      (*task)->with_member("status", status_of(code, message)).with_member("executionInfo", ended));
  (void)put;  // the store tells it to everybody; the task begins again after a restart
}

// API DescribeExportTasks.
ActionResult LogsService::describe_export_tasks(const Request& request) {
  const std::string id = text_member(request.input, "taskId");
  const std::string code = text_member(request.input, "statusCode");
  const std::string start = PAWL_TRY(page_start(request.input));
  const size_t limit = page_size(request.input);
  const auto tasks = records_.list({request.account_id(), request.region}, kExport, id, start);
  if (!tasks) return as_api_error(tasks.error());
  std::vector<Value> found;
  std::string last;
  ObjectBuilder out;
  for (const auto& task : *tasks) {
    if (!code.empty() && status_code(task.value) != code) continue;
    if (found.size() == limit) {
      out.set("nextToken", Value(page_token(last)));
      break;
    }
    found.push_back(task.value);
    last = task.name;
  }
  out.set("exportTasks", Value::array(std::move(found)));
  return aws::Output(std::move(out).build());
}

// API CancelExportTask.
ActionResult LogsService::cancel_export_task(const Request& request) {
  const std::string id = text_member(request.input, "taskId");
  const records::Owner owner{request.account_id(), request.region};
  {
    const std::lock_guard lock(mutex_);
    const auto task = records_.get(owner, kExport, id);
    if (!task) return as_api_error(task.error());
    if (!*task) return no_task();
    if (status_code(**task) != "RUNNING") {
      return aws::ApiError("InvalidOperationException",
                           "The specified export task has already finished");
    }
  }
  end_export(owner, id, "CANCELLED", "Cancelled by user");
  return aws::Output();
}

}  // namespace pawl::logs
