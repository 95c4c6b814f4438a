// SPDX-License-Identifier: Apache-2.0
// Executions of tasks: one of a task at a time, the others wait for it.
#include <algorithm>
#include <utility>
#include <vector>

#include "json/value.h"
#include "services/datasync/members.h"
#include "services/datasync/service.h"

namespace pawl::datasync {

using aws::ActionResult;
using aws::Request;
using json::ObjectBuilder;
using json::Value;

namespace {

constexpr size_t kQueuedMax = 50;  ///< "AWS DataSync quotas": executions of a task that wait
constexpr size_t kKeptMax = 500;   ///< executions of a task, the newest

bool has_ended(const std::string& status) { return status == "SUCCESS" || status == "ERROR"; }

TransferOptions options_of(const Value& execution) {
  TransferOptions options;
  const Value* given = execution.find("Options");
  if (given == nullptr) return options;
  const std::string verify = text_member(*given, "VerifyMode");
  options.copies_all = text_member(*given, "TransferMode") == "ALL";
  options.overwrites = text_member(*given, "OverwriteMode") != "NEVER";
  options.removes_deleted = text_member(*given, "PreserveDeletedFiles") == "REMOVE";
  options.verifies_all = verify == "POINT_IN_TIME_CONSISTENT";
  options.verifies_copied = verify != "NONE";
  return options;
}

/// What a restart left behind counts on.
TransferProgress progress_of(const Value& execution) {
  TransferProgress progress;
  progress.files_transferred = integer_member(execution, "FilesTransferred");
  progress.bytes_transferred = integer_member(execution, "BytesTransferred");
  progress.files_deleted = integer_member(execution, "FilesDeleted");
  if (const Value* launched = execution.find("LaunchTime"))
    progress.launched_ms = static_cast<int64_t>(launched->as_double() * 1000);
  return progress;
}

Value result_of(const TransferProgress& progress) {
  ObjectBuilder result;
  const bool is_error = progress.status == "ERROR";
  const auto phase = [&](const char* name, int64_t ms, bool is_reached) {
    const std::string title(name);
    if (is_reached) result.set(title + "Duration", Value(ms));
    result.set(title + "Status", Value(!is_reached ? "PENDING" : is_error ? "ERROR" : "SUCCESS"));
  };
  const bool ended = progress.has_ended();
  phase("Prepare", progress.prepare_ms,
        ended || progress.status == "TRANSFERRING" || progress.status == "VERIFYING");
  phase("Transfer", progress.transfer_ms, ended || progress.status == "VERIFYING");
  phase("Verify", progress.verify_ms, ended);
  if (ended) result.set("TotalDuration", Value(progress.ended_ms - progress.launched_ms));
  if (!progress.error_code.empty()) {
    result.set("ErrorCode", Value(progress.error_code))
        .set("ErrorDetail", Value(progress.error_detail));
  }
  return std::move(result).build();
}

Value with_progress(const Value& execution, const TransferProgress& progress) {
  ObjectBuilder out;
  for (const json::Member& member : execution.members()) out.set(member.name(), member.value);
  const auto seconds = [](int64_t ms) { return Value(static_cast<double>(ms) / 1000); };
  ObjectBuilder failed;
  failed.set("Prepare", Value(0))
      .set("Transfer", Value(progress.files_failed_transfer))
      .set("Verify", Value(progress.files_failed_verify))
      .set("Delete", Value(progress.files_failed_delete));
  out.set("Status", Value(progress.status))
      .set("LaunchTime", seconds(progress.launched_ms))
      .set("EstimatedFilesToTransfer", Value(progress.files_to_transfer))
      .set("EstimatedBytesToTransfer", Value(progress.bytes_to_transfer))
      .set("EstimatedFilesToDelete", Value(progress.files_to_delete))
      .set("FilesTransferred", Value(progress.files_transferred))
      .set("BytesTransferred", Value(progress.bytes_transferred))
      .set("BytesWritten", Value(progress.bytes_transferred))
      .set("BytesCompressed", Value(progress.bytes_transferred))
      .set("FilesDeleted", Value(progress.files_deleted))
      .set("FilesSkipped", Value(progress.files_skipped))
      .set("FilesVerified", Value(progress.files_verified))
      .set("FilesFailed", std::move(failed).build())
      .set("Result", result_of(progress));
  if (progress.has_ended()) out.set("EndTime", seconds(progress.ended_ms));
  return std::move(out).build();
}

}  // namespace

// API StartTaskExecution.
ActionResult DataSyncService::start_task_execution(const Request& request) {
  const std::string arn = text_member(request.input, "TaskArn");
  PAWL_TRY(find(request, kTask, arn));
  for (const char* name : {"ManifestConfig", "TaskReportConfig"}) {
    const Value* value = request.input.find(name);
    if (value != nullptr && value->size() > 0)
      return invalid_request(std::string(name) + " is not supported by this server.");
  }
  return aws::Output(PAWL_TRY(
      start_execution(owner_of(request), record_name(arn, kTask), request.input, request.received,
                      [&](const Value& output) { request.keep_answer(output); })));
}

aws::ApiResult<Value> DataSyncService::start_execution(
    const records::Owner& owner, const std::string& task_id, const Value& input,
    base::Timestamp now, const std::function<void(const Value& output)>& keep) {
  const std::lock_guard lock(mutex_);
  const auto task = records_.get(owner, kTask, task_id);
  if (!task) return as_api_error(task.error());
  if (!*task) return invalid_request("Task " + task_id + " is not found.");
  const auto executions = records_.list(owner, kExecution, task_id + "/");
  if (!executions) return as_api_error(executions.error());
  const auto open = std::count_if(executions->begin(), executions->end(), [](const auto& each) {
    return !has_ended(text_member(each.value, "Status"));
  });
  ObjectBuilder options;
  for (const Value* each : {(*task)->find("Options"), input.find("OverrideOptions")}) {
    if (each == nullptr) continue;
    for (const json::Member& member : each->members()) options.set(member.name(), member.value);
  }
  const Value merged = std::move(options).build();
  if (open > 0 && text_member(merged, "TaskQueueing") == "DISABLED") {
    return invalid_request("Task " + task_id +
                           " is running and its executions are not to be queued.");
  }
  if (static_cast<size_t>(open) > kQueuedMax)
    return invalid_request("Task " + task_id + " has too many executions that wait.");
  const std::string id = new_id("exec");
  const std::string arn = arn_of(owner, "task/" + task_id + "/execution/" + id);
  ObjectBuilder execution;
  execution.set("TaskExecutionArn", Value(arn))
      .set("Status", Value(open > 0 ? "QUEUED" : "LAUNCHING"))
      .set("Options", merged)
      .set("StartTime", Value(static_cast<double>(now.ms) / 1000))
      .set("TaskMode", Value(text_member(**task, "TaskMode")));
  for (const char* name : {"Includes", "Excludes"}) {
    const Value* given = input.find(name);
    if (given == nullptr) given = (*task)->find(name);
    if (given != nullptr) execution.set(name, *given);
  }
  copy_members(input, {"Tags"}, execution);
  const Value out = Value::object().with_member("TaskExecutionArn", Value(arn));
  keep(out);
  const std::string name = task_id + "/" + id;
  if (const auto put = records_.put(owner, kExecution, name, std::move(execution).build()); !put)
    return as_api_error(put.error());
  if (executions->size() >= kKeptMax) {
    if (const auto done = forget_old(owner, task_id); !done) return as_api_error(done.error());
  }
  if (open == 0) launch(owner, name);
  return out;
}

/// The oldest that have ended, until there is room.
base::Result<void> DataSyncService::forget_old(const records::Owner& owner,
                                               const std::string& task_id) {
  auto executions = PAWL_TRY(records_.list(owner, kExecution, task_id + "/"));
  std::erase_if(executions,
                [](const auto& each) { return !has_ended(text_member(each.value, "Status")); });
  const auto started = [](const auto& each) {
    const Value* time = each.value.find("StartTime");
    return time == nullptr ? 0.0 : time->as_double();
  };
  std::sort(executions.begin(), executions.end(),
            [&](const auto& a, const auto& b) { return started(a) < started(b); });
  store::Batch batch;
  for (size_t i = 0; i + kKeptMax < executions.size() + 1; ++i)
    records_.erase(batch, owner, kExecution, executions[i].name);
  return records_.commit(batch);
}

void DataSyncService::launch(const records::Owner& owner, const std::string& name) {
  const std::string task_id = name.substr(0, name.find('/'));
  const auto execution = records_.get(owner, kExecution, name);
  const auto task = records_.get(owner, kTask, task_id);
  if (!execution || !*execution) return;
  TransferProgress progress = progress_of(**execution);
  const auto end_with = [&](std::string why) {
    progress.status = "ERROR";
    progress.error_code = "LocationNotFound";
    progress.error_detail = std::move(why);
    progress.launched_ms = progress.ended_ms = options_.loop.now().ms;
    observe(owner, name, progress);
  };
  if (!task || !*task) return end_with("the task is gone");
  auto source = place_of(owner, text_member(**task, "SourceLocationArn"));
  auto destination = place_of(owner, text_member(**task, "DestinationLocationArn"));
  if (!source) return end_with(source.error().message);
  if (!destination) return end_with(destination.error().message);
  auto transfer = std::make_shared<Transfer>(
      options_.loop, *std::move(source), *std::move(destination), options_of(**execution),
      PathFilter((*execution)->find("Includes"), (*execution)->find("Excludes")), progress,
      [this, owner, name](const TransferProgress& now) {
        const std::lock_guard lock(mutex_);
        observe(owner, name, now);
      });
  transfers_[{owner, name}] = transfer;
  options_.loop.post([transfer] { transfer->start(); });
}

void DataSyncService::observe(const records::Owner& owner, const std::string& name,
                              const TransferProgress& progress) {
  const auto execution = records_.get(owner, kExecution, name);
  if (execution && *execution) {
    const auto put = records_.put(owner, kExecution, name, with_progress(**execution, progress));
    (void)put;  // the store's failure ends the process; what is lost is a number
  }
  if (!progress.has_ended()) return;
  transfers_.erase({owner, name});
  launch_next(owner, name.substr(0, name.find('/')));
}

void DataSyncService::launch_next(const records::Owner& owner, const std::string& task_id) {
  const auto executions = records_.list(owner, kExecution, task_id + "/");
  if (!executions) return;
  const records::RecordTable::Record* next = nullptr;
  for (const auto& execution : *executions) {
    const std::string status = text_member(execution.value, "Status");
    if (has_ended(status)) continue;
    if (status != "QUEUED") return;  // one runs
    if (next == nullptr ||
        execution.value.find("StartTime")->as_double() < next->value.find("StartTime")->as_double())
      next = &execution;
  }
  if (next != nullptr) launch(owner, next->name);
}

// API DescribeTaskExecution.
ActionResult DataSyncService::describe_task_execution(const Request& request) {
  return aws::Output(
      PAWL_TRY(find(request, kExecution, text_member(request.input, "TaskExecutionArn"))));
}

// API ListTaskExecutions.
ActionResult DataSyncService::list_task_executions(const Request& request) {
  const std::string task = text_member(request.input, "TaskArn");
  std::string prefix;
  if (!task.empty()) {
    PAWL_TRY(find(request, kTask, task));
    prefix = record_name(task, kTask) + "/";
  }
  return list(request, kExecution, "TaskExecutions", prefix, [](const Value& execution) {
    ObjectBuilder out;
    copy_members(execution, {"TaskExecutionArn", "Status", "TaskMode"}, out);
    return std::move(out).build();
  });
}

// API CancelTaskExecution: what is being copied is finished, then it ends with ERROR.
ActionResult DataSyncService::cancel_task_execution(const Request& request) {
  const std::string arn = text_member(request.input, "TaskExecutionArn");
  const std::string name = record_name(arn, kExecution);
  const std::lock_guard lock(mutex_);
  const Value execution = PAWL_TRY(find(request, kExecution, arn));
  if (has_ended(text_member(execution, "Status")))
    return invalid_request("Task execution " + arn + " has already ended.");
  const auto running = transfers_.find({owner_of(request), name});
  if (running != transfers_.end()) {
    options_.loop.post([transfer = running->second] { transfer->cancel(); });
    return aws::Output();
  }
  TransferProgress progress = progress_of(execution);
  progress.status = "ERROR";
  progress.error_code = "Cancelled";
  progress.error_detail = "The task execution was cancelled.";
  progress.launched_ms = progress.ended_ms = request.received.ms;
  observe(owner_of(request), name, progress);
  return aws::Output();
}

// API UpdateTaskExecution: only the bandwidth may change, of which there is no limit here.
ActionResult DataSyncService::update_task_execution(const Request& request) {
  const std::string arn = text_member(request.input, "TaskExecutionArn");
  const std::lock_guard lock(mutex_);
  const Value execution = PAWL_TRY(find(request, kExecution, arn));
  ObjectBuilder options;
  for (const Value* each : {execution.find("Options"), request.input.find("Options")}) {
    for (const json::Member& member : each->members()) options.set(member.name(), member.value);
  }
  const auto put = records_.put(owner_of(request), kExecution, record_name(arn, kExecution),
                                execution.with_member("Options", std::move(options).build()));
  if (!put) return as_api_error(put.error());
  return aws::Output();
}

}  // namespace pawl::datasync
