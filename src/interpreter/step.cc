// SPDX-License-Identifier: Apache-2.0
// step(): takes the input event in, then lets the Stepper run.
#include "interpreter/step.h"

#include "interpreter/stepper.h"

namespace pawl::interpreter {

ExecutionState make_execution(std::shared_ptr<const ExecutionInfo> info, json::Payload input) {
  ExecutionState state;
  state.info = std::move(info);
  state.input = std::move(input);
  return state;
}

int64_t bytes_of_variables(const Frame& frame) {
  size_t bytes = 0;
  for (const auto& [name, value] : frame.variables) bytes += value.text_bytes();
  return static_cast<int64_t>(bytes);
}

void step(const asl::Program& program, ExecutionState& state, const InputEvent& event,
          StepResult& result) {
  result.clear();
  const bool is_redrive = std::holds_alternative<RedriveRequested>(event.event);
  if ((state.status == ExecutionStatus::Running) == is_redrive) return;
  Stepper stepper(program, state, event.now, event.seed, result);
  std::visit([&](const auto& kind) { stepper.on(kind); }, event.event);
  stepper.run();
  stepper.finish_step();
}

void Stepper::on(const ExecutionStarted&) {
  if (state_.next_event_id != 1) return;  // it has started: a repeated start after a crash
  state_.started_at = now_;
  emit(0, HistoryEventType::ExecutionStarted, ExecutionStartedDetails{state_.input});
  start_execution_timer(1);
  make_ready(make_frame(kNoFrame, 0, state_.info->scope, state_.input, 0));
}

void Stepper::start_execution_timer(uint32_t sequence) {
  // Only the machine itself has TimeoutSeconds; a Distributed Map's child runs without.
  if (!program_.timeout_seconds || state_.info->scope != 0) return;
  state_.timeout_timer = sequence;
  result_.commands.push_back(
      StartTimer{{kNoFrame, sequence}, {now_.ms + *program_.timeout_seconds * 1000}});
}

void Stepper::on(const TaskStarted& event) {
  Frame* frame = waiting_frame(event.task);
  if (frame != nullptr && !frame->task_started) emit_task_started(*frame, event.worker_name);
}

void Stepper::on(const TaskSubmitted& event) {
  Frame* frame = waiting_frame(event.task);
  if (frame == nullptr) return;
  touch(*frame);
  frame->continuation = event.continuation;
  if (frame->task_submitted) return;
  frame->task_submitted = true;
  if (!frame->task_started) emit_task_started(*frame, {});
  emit_next(*frame, HistoryEventType::TaskSubmitted,
            std::make_shared<const TaskDetails>(TaskDetails{frame->state, event.output, {}}));
}

void Stepper::on(const TaskSucceeded& event) {
  Frame* frame = waiting_frame(event.task);
  if (frame != nullptr) task_succeeded(*frame, event.output);
}

void Stepper::on(const TaskFailed& event) {
  Frame* frame = waiting_frame(event.task);
  if (frame != nullptr) task_failed(*frame, event.phase, event.error);
}

void Stepper::on(const TaskHeartbeat& event) {
  Frame* frame = waiting_frame(event.task);
  if (frame != nullptr) restart_heartbeat(*frame);
}

void Stepper::on(const TimerFired& event) {
  const auto [id, sequence] = event.timer;
  if (id == kNoFrame) {
    if (sequence != state_.timeout_timer || sequence == 0) return;
    // The machine's TimeoutSeconds: the event names neither cause nor predecessor (recorded).
    asl::ExecutionError error{.error = std::string(asl::error_name::kTimeout),
                              .cause = std::nullopt};
    state_.error = error;
    emit(0, HistoryEventType::ExecutionTimedOut,
         ErrorDetails{std::make_shared<const asl::ExecutionError>(std::move(error))});
    end_execution(ExecutionStatus::TimedOut);
    return;
  }
  Frame* frame = state_.find(id);
  if (frame == nullptr || sequence == 0) return;
  if (sequence == frame->timeout_timer) {
    frame->timeout_timer = 0;
    task_timed_out(*frame, asl::error_name::kTimeout);
  } else if (sequence == frame->heartbeat_timer) {
    frame->heartbeat_timer = 0;
    task_timed_out(*frame, asl::error_name::kHeartbeatTimeout);
  } else if (sequence == frame->timer) {
    frame->timer = 0;
    touch(*frame);
    if (frame->phase == Phase::RetryTimer) {
      frame->phase = Phase::Execute;
      make_ready(*frame);
    } else if (Outcome<void> left = leave_wait(*frame); !left) {
      fail(*frame, std::move(left).error());
    }
  }
}

void Stepper::on(const MapRunStarted& event) {
  Frame* frame = waiting_frame(event.task);
  if (frame == nullptr || frame->phase != Phase::MapRun) return;
  frame->map_run_arn = event.map_run_arn;
  frame->map_started_event_id = frame->last_event_id;
  frame->map_run_redrives = 0;
  emit_next(*frame, HistoryEventType::MapRunStarted,
            std::make_shared<const MapRunStartedDetails>(MapRunStartedDetails{event.map_run_arn}));
}

void Stepper::on(const MapRunEnded& event) {
  Frame* frame = waiting_frame(event.task);
  if (frame == nullptr || frame->phase != Phase::MapRun) return;
  frame->task = 0;
  if (event.error) {
    emit_next(*frame, HistoryEventType::MapRunFailed,
              ErrorDetails{std::make_shared<const asl::ExecutionError>(*event.error)});
    fail(*frame, {.error = *event.error, .fatal = false});
    return;
  }
  frame->map_run_arn.clear();  // what fails from here on needs another run
  emit_next(*frame, HistoryEventType::MapRunSucceeded, {});
  emit(frame->last_event_id, HistoryEventType::MapStateSucceeded, {});
  leave_with_result(*frame, children_result_selector(state_of(*frame)), event.output);
}

void Stepper::on(const StopRequested& event) {
  state_.error = event.error;
  emit(0, HistoryEventType::ExecutionAborted,
       ErrorDetails{std::make_shared<const asl::ExecutionError>(event.error)});
  end_execution(ExecutionStatus::Aborted);
}

void Stepper::on(const Resumed&) {}  // run() goes on with what is ready

void Stepper::run() {
  while (state_.status == ExecutionStatus::Running && !state_.ready.empty()) {
    if (transitions_ >= state_.info->limits.transitions_per_step_max) {
      result_.commands.push_back(Resume{});
      return;
    }
    Frame* frame = state_.find(state_.ready.front());
    state_.ready.pop_front();
    if (frame == nullptr || frame->halted) continue;  // aborted after it became ready
    const FrameId id = frame->id;
    // A lone frame keeps going without the queue; with others it waits for its turn.
    while (advance(*frame)) {
      if (!state_.ready.empty() || transitions_ >= state_.info->limits.transitions_per_step_max) {
        state_.ready.push_back(id);
        break;
      }
    }
  }
}

void Stepper::finish_step() {
  // Until here callers up the stack may still hold a frame of an execution that has just ended.
  if (state_.status != ExecutionStatus::Running) state_.variable_bytes = 0;
  if (state_.status == ExecutionStatus::Succeeded) state_.frames.clear();
  for (const FrameId id : result_.changed) {
    if (Frame* frame = state_.find(id)) frame->changed = false;
  }
  std::erase_if(result_.changed, [&](FrameId id) { return state_.find(id) == nullptr; });
}

}  // namespace pawl::interpreter
