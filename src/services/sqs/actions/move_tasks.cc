// SPDX-License-Identifier: Apache-2.0
// StartMessageMoveTask, ListMessageMoveTasks, CancelMessageMoveTask.
#include "base/bytes.h"
#include "json/parse.h"
#include "json/write.h"
#include "services/sqs/errors.h"
#include "services/sqs/input.h"
#include "services/sqs/sqs_service.h"

namespace pawl::sqs {
namespace {

using aws::ApiResult;
using json::Value;

constexpr int64_t kPerSecondMax = 500;

/// As AWS's: base64 of JSON that names the task and its queue.
std::string task_handle(const MoveTask& task) {
  return base::base64_encode(json::write(
      Value::object({{"taskId", Value(task.id)}, {"sourceArn", Value(task.source_arn)}})));
}

struct TaskName {
  QueueName source;
  std::string id;
};

ApiResult<TaskName> parse_handle(const std::string& handle) {
  const auto parsed = json::parse(base::base64_decode(handle).value_or(""));
  const auto invalid = invalid_parameter("Value for parameter TaskHandle is invalid.");
  if (!parsed) return invalid;
  const auto id = find_text(*parsed, "taskId");
  const auto source = parse_queue_arn(text_member(*parsed, "sourceArn"));
  if (!id || !source) return invalid;
  return TaskName{*source, *id};
}

ApiResult<QueueName> queue_of_arn(const aws::Request& request, std::string_view parameter,
                                  const std::string& arn) {
  const std::optional<QueueName> name = parse_queue_arn(arn);
  if (!name) {
    return invalid_parameter("You must use this format to specify the " + std::string(parameter) +
                             ": arn:<partition>:<service>:<region>:<account-id>:<resource-id>");
  }
  if (name->account != request.account_id() || name->region != request.region) {
    return no_such_resource(parameter);
  }
  return *name;
}

Value write_task(const MoveTask& task) {
  json::ObjectBuilder out;
  if (task.status == MoveTask::Status::Running) out.set("TaskHandle", Value(task_handle(task)));
  out.set("Status", Value(status_name(task.status)));
  out.set("SourceArn", Value(task.source_arn));
  if (!task.destination_arn.empty()) out.set("DestinationArn", Value(task.destination_arn));
  if (task.per_second_max != 0) {
    out.set("MaxNumberOfMessagesPerSecond", Value(static_cast<int64_t>(task.per_second_max)));
  }
  out.set("ApproximateNumberOfMessagesMoved", Value(static_cast<int64_t>(task.moved)));
  out.set("ApproximateNumberOfMessagesToMove", Value(static_cast<int64_t>(task.to_move)));
  if (!task.failure.empty()) out.set("FailureReason", Value(task.failure));
  out.set("StartedTimestamp", Value(task.started_ms));
  return std::move(out).build();
}

}  // namespace

aws::ActionResult SqsService::start_message_move_task(const Request& request) {
  Broker::MoveRequest move;
  move.source = PAWL_TRY(
      queue_of_arn(request, "SourceArn", PAWL_TRY(required_text(request.input, "SourceArn"))));
  if (const auto destination = find_text(request.input, "DestinationArn")) {
    move.destination = PAWL_TRY(queue_of_arn(request, "DestinationArn", *destination));
  }
  if (const auto rate = find_integer(request.input, "MaxNumberOfMessagesPerSecond")) {
    if (*rate < 1 || *rate > kPerSecondMax) {
      return invalid_parameter(std::to_string(*rate), "MaxNumberOfMessagesPerSecond",
                               "Must be >= 1 and <= 500, if provided.");
    }
    move.per_second_max = static_cast<uint32_t>(*rate);
  }
  const MoveTask task = PAWL_TRY(broker_->start_move_task(move));
  return Value::object({{"TaskHandle", Value(task_handle(task))}});
}

aws::ActionResult SqsService::list_message_move_tasks(const Request& request) {
  const QueueName source = PAWL_TRY(
      queue_of_arn(request, "SourceArn", PAWL_TRY(required_text(request.input, "SourceArn"))));
  const int64_t max = PAWL_TRY(number_between(request.input, "MaxResults", 1, 10, 1));
  const auto tasks = PAWL_TRY(broker_->move_tasks(source, static_cast<size_t>(max)));
  std::vector<Value> results;
  for (const MoveTask& task : tasks) results.push_back(write_task(task));
  return Value::object({{"Results", Value::array(std::move(results))}});
}

aws::ActionResult SqsService::cancel_message_move_task(const Request& request) {
  const TaskName task =
      PAWL_TRY(parse_handle(PAWL_TRY(required_text(request.input, "TaskHandle"))));
  const uint64_t moved = PAWL_TRY(broker_->cancel_move_task(task.source, task.id));
  return Value::object({{"ApproximateNumberOfMessagesMoved", Value(static_cast<int64_t>(moved))}});
}

}  // namespace pawl::sqs
