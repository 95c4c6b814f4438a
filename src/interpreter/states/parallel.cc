// SPDX-License-Identifier: Apache-2.0
// ASL "Parallel State": starts the branches; flow.cc joins them.
#include <utility>

#include "interpreter/stepper.h"

namespace pawl::interpreter {

Outcome<void> Stepper::execute_parallel(Frame& frame, const asl::ParallelState& parallel) {
  json::Payload input = PAWL_TRY(apply_path(frame, state_of(frame).input_path, frame.input));
  input = PAWL_TRY(apply_template(frame, parallel.parameters, std::move(input)));
  input = PAWL_TRY(evaluate_field(frame, parallel.arguments, std::move(input), {}));
  emit_next(frame, HistoryEventType::ParallelStateStarted, {});
  if (state_.status != ExecutionStatus::Running) return {};
  if (result_.inspection != nullptr) {
    frame.phase = Phase::MapRun;
    frame.task = frame.next_sequence++;
    return {};
  }
  frame.phase = Phase::Children;
  frame.children = std::make_unique<Children>();
  note(frame, FramePart::Children);
  Children& children = *frame.children;
  children.total = children.next = children.running =
      static_cast<uint32_t>(parallel.branches.size());
  children.results.resize(parallel.branches.size());
  for (uint32_t i = 0; i < children.total; ++i) {
    make_ready(make_frame(frame.id, i, parallel.branches[i], input, frame.last_event_id));
  }
  return {};
}

}  // namespace pawl::interpreter
