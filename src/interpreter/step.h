// SPDX-License-Identifier: Apache-2.0
// step(): the pure function that moves an execution. STANDARD, EXPRESS, TestState, the CLI and the
// simulator are its callers. No clock, no randomness, no I/O.
#pragma once

#include <compare>
#include <cstdint>
#include <vector>

#include "asl/program.h"
#include "interpreter/command.h"
#include "interpreter/execution_state.h"
#include "interpreter/history_event.h"
#include "interpreter/input_event.h"
#include "interpreter/inspection.h"

namespace pawl::interpreter {

/// The parts of a frame that may be large: a store writes them again only when they changed.
enum class FramePart : uint8_t {
  Input,      ///< Frame::input
  Variables,  ///< Frame::variables
  Children,   ///< all of Frame::children, which is new
  Result,     ///< Children::results[index]
};

struct FrameChange {
  FrameId frame = kNoFrame;
  FramePart part = FramePart::Input;
  uint32_t index = 0;  ///< of a Result
  friend auto operator<=>(const FrameChange&, const FrameChange&) = default;
};

/// What one step produced. Reuse it: step() clears but keeps capacity.
struct StepResult {
  std::vector<HistoryEvent> events;  ///< in id order
  std::vector<Command> commands;     ///< in order of issue
  std::vector<FrameId> changed;      ///< frames to store again, each once
  std::vector<FrameId> removed;      ///< frames that are gone
  std::vector<FrameChange> parts;    ///< the large parts of `changed` that changed; may repeat
  /// If set, the root frame's state is run alone and looked into; clear() leaves it.
  Inspection* inspection = nullptr;

  void clear() {
    events.clear();
    commands.clear();
    changed.clear();
    removed.clear();
    parts.clear();
  }
};

/// Moves `state` by one event until it must wait, ends, or has made 256 transitions (then Command
/// Resume). Deterministic: the same program, state and event give the same bytes. An event for
/// something the execution does not wait for (or for an ended execution) changes nothing. Cost
/// follows the change, not the size of execution or history.
void step(const asl::Program& program, ExecutionState& state, const InputEvent& event,
          StepResult& result);

}  // namespace pawl::interpreter
