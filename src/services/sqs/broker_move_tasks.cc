// SPDX-License-Identifier: Apache-2.0
// Message move tasks (API StartMessageMoveTask): dead letters go back to where they came from, or
// to another queue, a few at a time. A task's record is written with what it moves, so a restart
// goes on where it was.
#include <algorithm>

#include "services/sqs/broker.h"
#include "services/sqs/errors.h"

namespace pawl::sqs {
namespace {

using aws::ApiError;
using aws::ApiResult;

constexpr size_t kTasksKept = 10;  ///< API ListMessageMoveTasks
constexpr size_t kMovedAtOnce = 100;
constexpr int64_t kTickMs = 100;

/// How many messages in one tick, and how long a tick is.
struct Pace {
  size_t messages;
  int64_t tick_ms;
};
Pace pace_of(const MoveTask& task) {
  if (task.per_second_max == 0) return {kMovedAtOnce, 0};
  const size_t ticks = 1000 / kTickMs;
  if (task.per_second_max < ticks) return {1, 1000 / task.per_second_max};
  return {task.per_second_max / ticks, kTickMs};
}

}  // namespace

MoveTask* Broker::find_task(uint64_t source, const std::string& id) {
  const auto tasks = move_tasks_.find(source);
  if (tasks == move_tasks_.end()) return nullptr;
  const auto found = std::find_if(tasks->second.begin(), tasks->second.end(),
                                  [&](const MoveTask& task) { return task.id == id; });
  return found == tasks->second.end() ? nullptr : &*found;
}

ApiResult<MoveTask> Broker::start_move_task(const MoveRequest& request) {
  const std::lock_guard lock(mutex_);
  if (find(request.source) == nullptr) return no_such_resource("SourceArn");
  Queue* source = PAWL_TRY(loaded(request.source));
  const std::string arn = source->arn();
  const bool is_target = std::any_of(queues_.begin(), queues_.end(), [&](const auto& entry) {
    const auto& redrive = entry.second->settings.redrive;
    return redrive && redrive->dead_letter_arn == arn;
  });
  if (!is_target) {
    return invalid_parameter("Source queue must be configured as a Dead Letter Queue.");
  }
  if (request.destination) {
    const Queue* destination = find(*request.destination);
    if (destination == nullptr) return no_such_resource("DestinationArn");
    if (destination == source) {
      return invalid_parameter("Source queue arn and destination queue arn are identical.");
    }
    if (destination->is_fifo() != source->is_fifo()) {
      return invalid_parameter("Source and destination queues must be of the same type.");
    }
  }
  std::vector<MoveTask>& tasks = move_tasks_[source->record.number];
  if (std::any_of(tasks.begin(), tasks.end(),
                  [](const MoveTask& task) { return task.status == MoveTask::Status::Running; })) {
    return ApiError("UnsupportedOperation",
                    "There is already a task running. Only one active task is allowed for a source "
                    "queue arn at a given time.");
  }
  MoveTask task;
  task.id = base::make_uuid(random_);
  task.source = source->record.number;
  task.source_arn = arn;
  if (request.destination) task.destination_arn = queue_arn(*request.destination);
  task.per_second_max = request.per_second_max;
  task.to_move = source->counters().messages;
  task.started_ms = now_ms();
  store::Batch batch;
  catalog_.put(batch, task);
  if (tasks.size() >= kTasksKept) {
    catalog_.erase(batch, tasks.front());
    tasks.erase(tasks.begin());
  }
  tasks.push_back(task);
  PAWL_TRY_VOID(commit(batch));
  schedule_move(task.source, task.id, now_ms());
  return task;
}

ApiResult<std::vector<MoveTask>> Broker::move_tasks(const QueueName& source, size_t max) {
  const std::lock_guard lock(mutex_);
  const Queue* queue = find(source);
  if (queue == nullptr) return no_such_resource("SourceArn");
  const auto found = move_tasks_.find(queue->record.number);
  std::vector<MoveTask> tasks;
  if (found != move_tasks_.end()) tasks.assign(found->second.rbegin(), found->second.rend());
  if (tasks.size() > max) tasks.resize(max);
  return tasks;
}

ApiResult<uint64_t> Broker::cancel_move_task(const QueueName& source, const std::string& id) {
  const std::lock_guard lock(mutex_);
  const Queue* queue = find(source);
  if (queue == nullptr) return no_such_resource("SourceArn");
  MoveTask* task = find_task(queue->record.number, id);
  if (task == nullptr) {
    return ApiError("ResourceNotFoundException", "Task does not exist.");
  }
  if (task->status != MoveTask::Status::Running) {
    return ApiError("UnsupportedOperation", "Only active tasks can be cancelled.");
  }
  task->status = MoveTask::Status::Cancelled;
  store::Batch batch;
  catalog_.put(batch, *task);
  PAWL_TRY_VOID(commit(batch));
  return task->moved;
}

void Broker::schedule_move(uint64_t source, const std::string& id, int64_t at_ms) {
  loop_.run_at({at_ms}, [weak = weak_from_this(), source, id] {
    if (const auto broker = weak.lock()) broker->move_some(source, id);
  });
}

void Broker::move_some(uint64_t source, const std::string& id) {
  Deliveries deliveries;
  const std::lock_guard lock(mutex_);
  MoveTask* task = find_task(source, id);
  const auto queue = by_number_.find(source);
  if (task == nullptr || queue == by_number_.end()) return;
  if (task->status != MoveTask::Status::Running) return;
  const Pace pace = pace_of(*task);
  const auto more = move_batch(*task, *queue->second, pace.messages, deliveries);
  if (more && *more) schedule_move(source, id, now_ms() + pace.tick_ms);
}

/// True if there may be more to move.
ApiResult<bool> Broker::move_batch(MoveTask& task, Queue& source, size_t max,
                                   Deliveries& deliveries) {
  const int64_t now = now_ms();
  if (auto result = source.load(now); !result) return internal(result.error());
  auto states = source.index().receivable(now, max);
  if (!states) return internal(states.error());
  std::vector<Position> positions;
  for (const MessageState& state : *states) positions.push_back(state.position);
  auto messages = source.store.read(positions);
  if (!messages) return internal(messages.error());
  store::Batch batch;
  std::vector<Queue*> touched;
  for (size_t i = 0; i < states->size() && task.status == MoveTask::Status::Running; ++i) {
    if (!(*messages)[i]) continue;
    Message& message = *(*messages)[i];
    const auto name = parse_queue_arn(task.destination_arn.empty() ? message.dead_letter_source
                                                                   : task.destination_arn);
    Queue* target = name ? find(*name) : nullptr;
    if (target == nullptr || target == &source || !target->load(now)) {
      task.status = MoveTask::Status::Failed;
      task.failure = task.destination_arn.empty() && message.dead_letter_source.empty()
                         ? "CouldNotDetermineMessageSource"
                         : "AWS.SimpleQueueService.NonExistentQueue";
      break;
    }
    // Developer Guide, "dead-letter queue redrive": a new message with a new id.
    message.id = base::make_uuid(random_);
    message.sent_ms = now;
    message.dead_letter_source.clear();
    message.received_elsewhere = 0;
    message.first_received_ms = 0;
    source.remove(batch, (*states)[i], now);
    target->add(batch, message, now, now);
    ++task.moved;
    if (std::find(touched.begin(), touched.end(), target) == touched.end()) {
      touched.push_back(target);
    }
  }
  const bool is_done = states->empty() || task.moved >= task.to_move;
  if (is_done && task.status == MoveTask::Status::Running) {
    task.status = MoveTask::Status::Completed;
  }
  catalog_.put(batch, task);
  source.seal(batch, now);
  for (Queue* target : touched) target->seal(batch, now);
  PAWL_TRY_VOID(commit(batch));
  for (Queue* target : touched) wake(*target, deliveries);
  return task.status == MoveTask::Status::Running;
}

}  // namespace pawl::sqs
