// SPDX-License-Identifier: Apache-2.0
#include "engine/replay_lines.h"

#include <algorithm>

#include "base/time.h"

namespace pawl::engine {
namespace {

using interpreter::Frame;
using interpreter::HistoryEvent;
using interpreter::HistoryEventType;
using interpreter::Phase;
using Type = HistoryEventType;

constexpr const char* kBetween = "between states";
constexpr const char* kChildren = "runs its branches or iterations";
constexpr const char* kEnded = "has ended";

const char* phase_text(const Frame& frame) {
  if (frame.halted) return "halted: its Parallel or Map has failed";
  switch (frame.phase) {
    case Phase::Enter: return "is about to enter the state";
    case Phase::Execute: return "runs the state";
    case Phase::Task: return "waits for a task";
    case Phase::WaitTimer: return "waits for a time";
    case Phase::RetryTimer: return "waits to try again";
    case Phase::Children: return kChildren;
    case Phase::MapRun: return "waits for a Map Run";
  }
  return "";
}

/// What a line does after an event that is none of those below.
const char* phase_after(Type type) {
  switch (type) {
    case Type::TaskScheduled:
    case Type::TaskStarted:
    case Type::TaskSubmitted:
    case Type::LambdaFunctionScheduled:
    case Type::LambdaFunctionStarted:
    case Type::ActivityScheduled:
    case Type::ActivityStarted: return "waits for a task";
    case Type::TaskSucceeded:
    case Type::LambdaFunctionSucceeded:
    case Type::ActivitySucceeded:
    case Type::MapStateSucceeded:
    case Type::ParallelStateSucceeded: return "has a result";
    case Type::MapRunStarted:
    case Type::MapRunRedriven: return "waits for a Map Run";
    default: return "has failed in its state";
  }
}

class Lines {
 public:
  explicit Lines(const Replay& replay) : replay_(replay) {
    std::vector<const Frame*> frames;
    for (const auto& [id, frame] : replay.state.frames) frames.push_back(frame.get());
    std::sort(frames.begin(), frames.end(),
              [](const Frame* a, const Frame* b) { return a->id < b->id; });
    for (const Frame* frame : frames) add(*frame);
  }

  void move_on(const HistoryEvent& event) {
    switch (event.type) {
      case Type::ExecutionStarted: return;
      case Type::ExecutionSucceeded:
      case Type::ExecutionFailed:
      case Type::ExecutionAborted:
      case Type::ExecutionTimedOut: return lines_.clear();
      case Type::MapIterationStarted: return begin_iteration(event);
      case Type::MapStateSucceeded:
      case Type::ParallelStateSucceeded: return join(event);
      default: break;
    }
    if (const auto* entered = std::get_if<interpreter::StateEnteredDetails>(&event.details))
      return enter(event, *entered);
    ReplayLine* line = find(event.previous_event_id);
    if (line == nullptr) return;
    line->last_event = event.id;
    if (const auto* exited = std::get_if<interpreter::StateExitedDetails>(&event.details))
      return exit(*line, *exited);
    if (event.type == Type::MapStateStarted || event.type == Type::ParallelStateStarted)
      line->phase = kChildren;
    else if (event.type == Type::MapIterationSucceeded || event.type == Type::MapIterationFailed ||
             event.type == Type::MapIterationAborted)
      line->phase = kEnded;
    else
      line->phase = phase_after(event.type);
    line->waits.clear();
  }

  std::vector<ReplayLine> take() && {
    std::erase_if(lines_, [](const ReplayLine& line) { return line.phase == kEnded; });
    return std::move(lines_);
  }

 private:
  std::string state_name(asl::StateIndex state) const {
    const auto& states = replay_.revision->program->states;
    return state < states.size() ? std::string(states[state].name) : "";
  }

  void add(const Frame& frame) {
    ReplayLine line;
    line.name = std::to_string(frame.id);
    if (frame.parent != interpreter::kNoFrame) line.parent = std::to_string(frame.parent);
    line.index = frame.index;
    line.state = state_name(frame.state);
    line.phase = phase_text(frame);
    line.input = frame.input.text();
    line.variables = frame.variables;
    line.retries = frame.retries;
    line.last_event = frame.last_event_id;
    for (const StoredTimer& timer : replay_.timers) {
      if (timer.timer.frame != frame.id) continue;
      const char* what = timer.timer.sequence == frame.timeout_timer     ? "its timeout at "
                         : timer.timer.sequence == frame.heartbeat_timer ? "a heartbeat until "
                                                                         : "until ";
      line.waits.push_back(what + base::format_iso8601(timer.due));
    }
    if (!frame.task_token.empty() && frame.task != 0) line.waits.push_back("an answer by token");
    lines_.push_back(std::move(line));
  }

  /// The line whose last event that is; rather a leaf than what waits for branches.
  ReplayLine* find(int64_t last_event) {
    ReplayLine* found = nullptr;
    for (ReplayLine& line : lines_) {
      if (line.last_event == last_event && (found == nullptr || line.phase != kChildren))
        found = &line;
    }
    return found;
  }
  ReplayLine* find_named(const std::string& name) {
    for (ReplayLine& line : lines_) {
      if (line.name == name) return &line;
    }
    return nullptr;
  }

  ReplayLine& begin(const std::string& parent, uint32_t index) {
    ReplayLine line;
    line.name = "+" + std::to_string(++begun_);
    line.parent = parent;
    line.index = index;
    line.phase = kBetween;
    lines_.push_back(std::move(line));
    return lines_.back();
  }

  void begin_iteration(const HistoryEvent& event) {
    const auto* details = std::get_if<interpreter::MapIterationDetails>(&event.details);
    if (details == nullptr) return;
    // Iterations may begin late: then their Map is known by its state.
    const std::string state = state_name(details->state);
    std::string parent;
    for (const ReplayLine& line : lines_) {
      if (line.phase == kChildren && line.state == state &&
          (parent.empty() || line.last_event == event.previous_event_id))
        parent = line.name;
    }
    ReplayLine& line = begin(parent, static_cast<uint32_t>(details->index));
    line.last_event = event.id;
  }

  void enter(const HistoryEvent& event, const interpreter::StateEnteredDetails& details) {
    const std::string state = state_name(details.state);
    ReplayLine* line = nullptr;
    std::string parent;
    uint32_t siblings = 0;
    for (ReplayLine& each : lines_) {
      if (each.last_event != event.previous_event_id) continue;
      if (each.phase == kChildren) parent = each.name;
      // Branches that have not begun stand at one event; their first states tell them apart.
      else if (line == nullptr || each.state == state)
        line = &each;
    }
    for (const ReplayLine& each : lines_) siblings += each.parent == parent && !parent.empty();
    if (line == nullptr) line = &begin(parent, siblings);
    line->state = state;
    line->input = details.input.text();
    line->phase = "runs the state";
    line->retries.clear();
    line->waits.clear();
    line->last_event = event.id;
  }

  static void exit(ReplayLine& line, const interpreter::StateExitedDetails& details) {
    line.input = details.output.text();
    line.phase = kBetween;
    line.retries.clear();
    line.waits.clear();
    if (details.assigned == nullptr) return;
    for (const auto& [name, value] : *details.assigned) {
      const auto known = std::find_if(line.variables.begin(), line.variables.end(),
                                      [&](const auto& each) { return each.first == name; });
      if (known == line.variables.end())
        line.variables.emplace_back(name, value);
      else
        known->second = value;
    }
  }

  /// The branches of the last one that ended are gone, and their parent goes on.
  void join(const HistoryEvent& event) {
    const ReplayLine* last = find(event.previous_event_id);
    // A Map without items has no branch.
    const std::string name =
        last == nullptr ? "" : (last->parent.empty() ? last->name : last->parent);
    ReplayLine* parent = find_named(name);
    if (parent == nullptr) return;
    parent->last_event = event.id;
    parent->phase = phase_after(event.type);
    std::erase_if(lines_, [&](const ReplayLine& line) { return line.parent == name; });
  }

  const Replay& replay_;
  std::vector<ReplayLine> lines_;
  size_t begun_ = 0;
};

}  // namespace

std::vector<ReplayLine> lines_of(const Replay& replay) {
  Lines lines(replay);
  for (const HistoryEvent& event : replay.events_after) lines.move_on(event);
  return std::move(lines).take();
}

}  // namespace pawl::engine
