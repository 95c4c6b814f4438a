// SPDX-License-Identifier: Apache-2.0
// Redrive (Developer Guide "Redriving executions"): the frames that an unsuccessful execution kept
// go on from their unsuccessful states. The events are as AWS was seen to write them: no state is
// entered again, and what runs again follows the event that had entered its state.
#include "interpreter/redrive.h"

#include <utility>

#include "base/assert.h"
#include "interpreter/stepper.h"

namespace pawl::interpreter {
namespace {

constexpr int64_t kDayMs = 24LL * 60 * 60 * 1000;
constexpr int64_t kRedrivablePeriodMs = 14 * kDayMs;
constexpr int64_t kExecutionTimeMaxMs = 365 * kDayMs;
/// Developer Guide "Redrive eligibility for child workflows in a Map Run".
constexpr uint32_t kMapRunRedrivesMax = 1'000;

/// "Make sure your workflow execution contains less than 24,999 events to accommodate the
/// ExecutionRedriven history event and at least one other history event."
bool history_has_room(int64_t event_count, int64_t history_events_max) {
  return event_count < history_events_max - 1;
}

}  // namespace

std::string_view redrive_status_name(RedriveStatus status) {
  switch (status) {
    case RedriveStatus::Redrivable: return "REDRIVABLE";
    case RedriveStatus::NotRedrivable: return "NOT_REDRIVABLE";
    case RedriveStatus::RedrivableByMapRun: return "REDRIVABLE_BY_MAP_RUN";
  }
  PAWL_ASSERT(false);
  return {};
}

// API DescribeExecution "redriveStatusReason"; the full stops of the documentation are not there in
// AWS's answers (recorded).
RedriveJudgement judge_redrive(const RedriveFacts& facts, base::Timestamp now) {
  const auto no = [](std::string_view reason) {
    return RedriveJudgement{RedriveStatus::NotRedrivable, reason};
  };
  if (facts.machine_is_deleting) return no("State machine is in DELETING status");
  if (facts.status == ExecutionStatus::Running) {
    return no("Execution is RUNNING and cannot be redriven");
  }
  if (facts.status == ExecutionStatus::Succeeded) {
    return no("Execution is SUCCEEDED and cannot be redriven");
  }
  if (!history_has_room(facts.event_count, facts.history_events_max)) {
    return no("Execution history event limit exceeded");
  }
  if (now.ms - facts.started_at.ms > kExecutionTimeMaxMs) {
    return no("Execution has exceeded the max execution time");
  }
  if (now.ms - facts.stopped_at.ms > kRedrivablePeriodMs) {
    return no("Execution redrivable period exceeded");
  }
  return {facts.is_map_run_child ? RedriveStatus::RedrivableByMapRun : RedriveStatus::Redrivable,
          {}};
}

void Stepper::on(const RedriveRequested&) {
  Frame* root = state_.find(kRootFrame);
  const int64_t last_event_id = state_.next_event_id - 1;
  if (root == nullptr || !history_has_room(last_event_id, state_.info->limits.history_events_max))
    return;
  // "If the state failed because of a States.DataLimitExceeded error, the Parallel state is rerun,
  // including the branches that were successful"; the same for both kinds of Map.
  const bool from_start = state_.error.error == asl::error_name::kDataLimitExceeded;
  state_.status = ExecutionStatus::Running;
  state_.stopped_at = {};
  state_.output = {};
  state_.error = {};
  ++state_.redrive_count;
  state_.redriven_at = now_;
  for (const auto& [id, frame] : state_.frames) {
    frame->halted = false;
    state_.variable_bytes += bytes_of_variables(*frame);
  }
  const int64_t redriven = emit(last_event_id, HistoryEventType::ExecutionRedriven,
                                ExecutionRedrivenDetails{state_.redrive_count});
  // "the state machine level timeout, if defined, is reset to 0"
  start_execution_timer(static_cast<uint32_t>(1 + state_.redrive_count));
  redrive_frame(*root, redriven, from_start);
}

void Stepper::redrive_frame(Frame& frame, int64_t redriven_event_id, bool from_start) {
  touch(frame);
  if (frame.phase == Phase::Enter) {  // it had not come to its state yet
    make_ready(frame);
    return;
  }
  // "the retry attempt count for these states is reset to 0"
  frame.retries.clear();
  const bool fails_again = state_of(frame).type == asl::StateType::Fail;
  frame.last_event_id = fails_again ? redriven_event_id : frame.entered_event_id;  // recorded
  const bool has_unsuccessful_children = frame.children && frame.children->running > 0;
  if (has_unsuccessful_children && !from_start) {
    for (const FrameId child : children_of(frame.id)) {
      redrive_frame(*state_.find(child), redriven_event_id, false);
    }
    return;
  }
  if (frame.phase == Phase::MapRun && !frame.map_run_arn.empty() && !from_start) {
    redrive_map_run(frame);
    return;
  }
  drop_children(frame);
  frame.map_run_arn.clear();
  frame.task_token.clear();
  frame.continuation.clear();
  frame.phase = Phase::Execute;
  make_ready(frame);
}

void Stepper::redrive_map_run(Frame& frame) {
  if (frame.map_run_redrives >= kMapRunRedrivesMax) {
    fail(frame, in_state(frame, runtime_failure("The Map Run has been redriven " +
                                                std::to_string(kMapRunRedrivesMax) +
                                                " times and cannot be redriven again.")));
    return;
  }
  ++frame.map_run_redrives;
  frame.last_event_id = frame.map_started_event_id;
  frame.task = frame.next_sequence++;
  emit_next(frame, HistoryEventType::MapRunRedriven,
            std::make_shared<const MapRunRedrivenDetails>(
                MapRunRedrivenDetails{frame.map_run_arn, frame.map_run_redrives}));
  result_.commands.push_back(RedriveMapRun{{frame.id, frame.task}, frame.state, frame.map_run_arn});
}

}  // namespace pawl::interpreter
