// SPDX-License-Identifier: Apache-2.0
// What becomes of a task that is out: started, succeeded, failed, timed out, alive.
#include <utility>

#include "interpreter/stepper.h"

namespace pawl::interpreter {
namespace {

using asl::ResourceKind;

HistoryEventType started_event(ResourceKind kind) {
  switch (kind) {
    case ResourceKind::LambdaFunction: return HistoryEventType::LambdaFunctionStarted;
    case ResourceKind::Activity: return HistoryEventType::ActivityStarted;
    default: return HistoryEventType::TaskStarted;
  }
}

HistoryEventType succeeded_event(ResourceKind kind) {
  switch (kind) {
    case ResourceKind::LambdaFunction: return HistoryEventType::LambdaFunctionSucceeded;
    case ResourceKind::Activity: return HistoryEventType::ActivitySucceeded;
    default: return HistoryEventType::TaskSucceeded;
  }
}

HistoryEventType timed_out_event(ResourceKind kind) {
  switch (kind) {
    case ResourceKind::LambdaFunction: return HistoryEventType::LambdaFunctionTimedOut;
    case ResourceKind::Activity: return HistoryEventType::ActivityTimedOut;
    default: return HistoryEventType::TaskTimedOut;
  }
}

HistoryEventType failed_event(ResourceKind kind, TaskFailed::Phase phase) {
  if (kind == ResourceKind::LambdaFunction) {
    switch (phase) {
      case TaskFailed::Phase::Schedule: return HistoryEventType::LambdaFunctionScheduleFailed;
      case TaskFailed::Phase::Start: return HistoryEventType::LambdaFunctionStartFailed;
      default: return HistoryEventType::LambdaFunctionFailed;
    }
  }
  if (kind == ResourceKind::Activity) {
    return phase == TaskFailed::Phase::Schedule ? HistoryEventType::ActivityScheduleFailed
                                                : HistoryEventType::ActivityFailed;
  }
  switch (phase) {
    case TaskFailed::Phase::Start: return HistoryEventType::TaskStartFailed;
    case TaskFailed::Phase::Submit: return HistoryEventType::TaskSubmitFailed;
    default: return HistoryEventType::TaskFailed;
  }
}

bool is_integration(ResourceKind kind) {
  return kind == ResourceKind::Integration || kind == ResourceKind::AwsSdk;
}

HistoryEventDetails output_details(const Frame& frame, ResourceKind kind,
                                   const json::Payload& output) {
  if (is_integration(kind))
    return std::make_shared<const TaskDetails>(TaskDetails{frame.state, output, {}});
  return OutputDetails{output};
}

HistoryEventDetails error_details(const Frame& frame, ResourceKind kind,
                                  const asl::ExecutionError& error) {
  if (is_integration(kind))
    return std::make_shared<const TaskDetails>(TaskDetails{frame.state, std::nullopt, error});
  return ErrorDetails{std::make_shared<const asl::ExecutionError>(error)};
}

}  // namespace

Frame* Stepper::waiting_frame(TaskId task) {
  Frame* frame = task.sequence == 0 ? nullptr : state_.find(task.frame);
  return frame != nullptr && frame->task == task.sequence ? frame : nullptr;
}

void Stepper::emit_task_started(Frame& frame, const std::string& worker_name) {
  const ResourceKind kind = std::get<asl::TaskState>(state_of(frame).detail).resource.kind;
  frame.task_started = true;
  HistoryEventDetails details;
  if (kind == ResourceKind::Activity) {
    details = std::make_shared<const ActivityStartedDetails>(ActivityStartedDetails{worker_name});
  } else if (is_integration(kind)) {
    details = std::make_shared<const TaskDetails>(TaskDetails{frame.state, std::nullopt, {}});
  }
  emit_next(frame, started_event(kind), std::move(details));
}

void Stepper::task_succeeded(Frame& frame, json::Payload output) {
  const auto& task = std::get<asl::TaskState>(state_of(frame).detail);
  const ResourceKind kind = task.resource.kind;
  if (output.text_bytes() > state_.info->limits.payload_bytes_max) {
    // The text names the function's ARN or the integration's service (recorded).
    const std::string& named =
        kind == ResourceKind::LambdaFunction || kind == ResourceKind::Activity
            ? task.resource.arn
            : task.resource.service;
    task_failed(frame, TaskFailed::Phase::Run,
                {.error = std::string(asl::error_name::kDataLimitExceeded),
                 .cause = "The state/task '" + named +
                          "' returned a result with a size exceeding the maximum number of bytes "
                          "service limit."});
    return;
  }
  if (!frame.task_started) emit_task_started(frame, {});
  frame.task = 0;
  cancel_waits(frame);
  emit_next(frame, succeeded_event(kind), output_details(frame, kind, output));
  if (result_.inspection != nullptr) result_.inspection->result = output;
  if (state_.status == ExecutionStatus::Running)
    leave_with_result(frame, task.result_selector, std::move(output));
}

void Stepper::task_failed(Frame& frame, TaskFailed::Phase phase, asl::ExecutionError error) {
  const ResourceKind kind = std::get<asl::TaskState>(state_of(frame).detail).resource.kind;
  if (phase == TaskFailed::Phase::Run && !frame.task_started) emit_task_started(frame, {});
  frame.task = 0;
  emit_next(frame, failed_event(kind, phase), error_details(frame, kind, error));
  fail(frame, {.error = std::move(error), .fatal = false});
}

void Stepper::task_timed_out(Frame& frame, std::string_view error_name) {
  const ResourceKind kind = std::get<asl::TaskState>(state_of(frame).detail).resource.kind;
  asl::ExecutionError error{.error = std::string(error_name), .cause = std::nullopt};
  emit_next(frame, timed_out_event(kind), error_details(frame, kind, error));
  fail(frame, {.error = std::move(error), .fatal = false});
}

void Stepper::restart_heartbeat(Frame& frame) {
  if (frame.heartbeat_seconds == 0) return;
  touch(frame);
  cancel_timer(frame, frame.heartbeat_timer);
  start_timer(frame, frame.heartbeat_timer, {now_.ms + frame.heartbeat_seconds * 1000});
}

}  // namespace pawl::interpreter
