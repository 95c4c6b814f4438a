// SPDX-License-Identifier: Apache-2.0
// ASL "Task State": schedules the task; tasks.cc takes its answers.
#include <utility>

#include "interpreter/stepper.h"
#include "interpreter/task_token.h"

namespace pawl::interpreter {
namespace {

std::optional<std::string> role_arn_of(const json::Value& credentials) {
  const json::Value* role = credentials.find("RoleArn");
  if (role == nullptr || !role->is_string()) return std::nullopt;
  return std::string(role->as_string());
}

HistoryEventType scheduled_event(asl::ResourceKind kind) {
  switch (kind) {
    case asl::ResourceKind::LambdaFunction: return HistoryEventType::LambdaFunctionScheduled;
    case asl::ResourceKind::Activity: return HistoryEventType::ActivityScheduled;
    default: return HistoryEventType::TaskScheduled;
  }
}

}  // namespace

Outcome<void> Stepper::execute_task(Frame& frame, const asl::TaskState& task) {
  const asl::ResourceKind kind = task.resource.kind;
  if (kind == asl::ResourceKind::Other) {
    return tl::unexpected(in_state(
        frame,
        runtime_failure("The resource provided " + task.resource.arn + " is not recognized.")));
  }
  const bool has_token = task.resource.pattern == asl::IntegrationPattern::WaitForTaskToken ||
                         kind == asl::ResourceKind::Activity;
  if (has_token) {  // $$.Task.Token, before Parameters may ask for it
    const TaskId task_id{frame.id, frame.next_sequence};
    frame.task_token = make_task_token({state_.info->execution_id, task_id}, random_);
  }

  const json::Payload input = PAWL_TRY(apply_path(frame, state_of(frame).input_path, frame.input));
  inspect_flow(frame, &Inspection::after_input_path, input);
  const auto timeout =
      PAWL_TRY(evaluate_integer(frame, task.timeout_seconds, "TimeoutSecondsPath", input));
  const auto heartbeat =
      PAWL_TRY(evaluate_integer(frame, task.heartbeat_seconds, "HeartbeatSecondsPath", input));
  json::Payload parameters = PAWL_TRY(apply_template(frame, task.parameters, input));
  inspect_flow(frame, &Inspection::after_parameters, parameters);
  parameters = PAWL_TRY(evaluate_field(frame, task.arguments, std::move(parameters), {}));
  if (result_.inspection != nullptr && task.arguments)
    result_.inspection->after_arguments = parameters;
  std::optional<std::string> role;
  if (task.credentials) {
    const json::Payload credentials = PAWL_TRY(apply_template(frame, task.credentials, input));
    role = role_arn_of(credentials.value());
  } else if (task.jsonata_credentials) {
    role = role_arn_of(PAWL_TRY(evaluate_expressions(frame, *task.jsonata_credentials, {})));
  }

  if (kind == asl::ResourceKind::LambdaFunction || kind == asl::ResourceKind::Activity) {
    emit_next(frame, scheduled_event(kind),
              std::make_shared<const ScheduledDetails>(
                  ScheduledDetails{task.resource.arn, parameters, timeout, heartbeat, role}));
  } else {
    emit_next(frame, scheduled_event(kind),
              std::make_shared<const TaskScheduledDetails>(TaskScheduledDetails{
                  frame.state, state_.info->region, parameters.value(), timeout, heartbeat, role}));
  }
  if (state_.status != ExecutionStatus::Running) return {};

  frame.phase = Phase::Task;
  frame.task_started = frame.task_submitted = false;
  frame.continuation.clear();
  frame.task = frame.next_sequence++;
  result_.commands.push_back(ScheduleTask{.task = {frame.id, frame.task},
                                          .state = frame.state,
                                          .parameters = std::move(parameters),
                                          .task_token = frame.task_token,
                                          .credentials_role_arn = std::move(role),
                                          .timeout_seconds = timeout});
  if (timeout) start_timer(frame, frame.timeout_timer, {now_.ms + *timeout * 1000});
  frame.heartbeat_seconds = heartbeat.value_or(0);
  if (heartbeat) start_timer(frame, frame.heartbeat_timer, {now_.ms + *heartbeat * 1000});
  return {};
}

}  // namespace pawl::interpreter
