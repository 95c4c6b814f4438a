// SPDX-License-Identifier: Apache-2.0
#include "engine/replay_lines.h"

#include <algorithm>

#include "base/time.h"
#include "interpreter/history_follower.h"
#include "interpreter/line_stage.h"

namespace pawl::engine {
namespace {

using interpreter::Frame;
using interpreter::Visit;

ReplayLine line_of(const Replay& replay, const Frame& frame, const Visit& visit) {
  const asl::Program& program = *replay.revision->program;
  ReplayLine line;
  line.name = std::to_string(frame.id);
  if (frame.parent != interpreter::kNoFrame) line.parent = std::to_string(frame.parent);
  line.index = frame.index;
  line.state = frame.state < program.states.size() ? program.states[frame.state].name : "";
  line.phase = visit.left ? "between states"
                          : interpreter::stage_of(program, replay.state, frame, visit).text;
  line.input = (visit.left ? visit.output : frame.input).text();
  line.variables = interpreter::variables_after(frame, visit);
  line.retries = frame.retries;
  line.last_event = frame.last_event_id;
  for (const StoredTimer& timer : replay.timers) {
    const uint32_t sequence = timer.timer.sequence;
    if (timer.timer.frame != frame.id || sequence == 0) continue;
    const char* what = sequence == frame.timeout_timer     ? "its timeout at "
                       : sequence == frame.heartbeat_timer ? "a heartbeat until "
                       : sequence == frame.timer           ? "until "
                                                           : nullptr;
    if (what != nullptr) line.waits.push_back(what + base::format_iso8601(timer.due));
  }
  if (!frame.task_token.empty() && frame.task != 0) line.waits.emplace_back("an answer by token");
  return line;
}

}  // namespace

std::vector<ReplayLine> lines_of(Replay& replay) {
  interpreter::HistoryFollower follower(*replay.revision->program, replay.state);
  for (const interpreter::HistoryEvent& event : replay.events_after) follower.follow(event);
  std::vector<const Frame*> frames;
  for (const auto& [id, frame] : replay.state.frames) frames.push_back(frame.get());
  std::sort(frames.begin(), frames.end(),
            [](const Frame* a, const Frame* b) { return a->id < b->id; });
  std::vector<ReplayLine> lines;
  for (const Frame* frame : frames)
    lines.push_back(line_of(replay, *frame, follower.visit(frame->id)));
  return lines;
}

}  // namespace pawl::engine
