// SPDX-License-Identifier: Apache-2.0
// Laws of step() over two hundred random machines and worlds: a restart after every step and a
// replay of the journal give the same bytes; a history is legal; nothing is left when it ends.
#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "asl/compile.h"
#include "interpreter/history_json.h"
#include "interpreter/state_codec.h"
#include "interpreter/step.h"
#include "json/parse.h"
#include "json/write.h"
#include "random_machine.h"

namespace pawl::laws {
namespace {

using namespace interpreter;

constexpr uint64_t kMachines = 200;
constexpr size_t kEventsMax = 400;

/// What came in, and what stood after each step.
struct Journal {
  std::vector<InputEvent> events;
  std::vector<std::string> states;
  std::string history;
};

/// One execution in a world that answers tasks and fires timers in an order of its own.
class World {
 public:
  World(uint64_t seed, bool restart) : random_(seed ^ 0x5eed), machine_(seed), restart_(restart) {
    const std::string definition = machine_.definition();
    const asl::Compilation compilation = asl::compile(definition);
    EXPECT_TRUE(compilation.program)
        << asl::invalid_definition_message(compilation.diagnostics) << '\n'
        << definition;
    program_ = compilation.program;
    auto info = std::make_shared<ExecutionInfo>();
    info->execution_arn = "arn:aws:states:us-east-1:000000000000:execution:m:e";
    info->state_machine_arn = "arn:aws:states:us-east-1:000000000000:stateMachine:m";
    info->limits.transitions_per_step_max = 1 + random_.next() % 8;  // yields often
    info_ = std::move(info);
    state_ = make_execution(info_, json::Payload::from_text(machine_.input()).value());
  }

  bool usable() const { return program_ != nullptr; }

  Journal run() {
    send(ExecutionStarted{});
    while (state_.status == ExecutionStatus::Running && journal_.events.size() < kEventsMax) {
      if (!happen()) break;
    }
    return journal_;
  }

  Journal replay(const std::vector<InputEvent>& events) {
    for (const InputEvent& event : events) take(event);
    return journal_;
  }

  const ExecutionState& state() const { return state_; }
  bool anything_open() const { return !tasks_.empty() || !timers_.empty() || resume_; }

 private:
  void send(decltype(InputEvent::event) event) {
    take(InputEvent{now_, random_.next(), std::move(event)});
  }

  void take(const InputEvent& event) {
    StepResult result;
    step(*program_, state_, event, result);
    for (const HistoryEvent& each : result.events) {
      check(each);
      journal_.history += json::write(render(each, *program_, *info_)) + "\n";
    }
    for (const Command& command : result.commands) obey(command);
    journal_.events.push_back(event);
    journal_.states.push_back(json::write(encode_state(state_)));
    if (restart_) {
      base::Result<ExecutionState> again =
          decode_state(json::parse(journal_.states.back()).value(), info_);
      ASSERT_TRUE(again) << again.error().message;
      state_ = *std::move(again);
    }
  }

  void check(const HistoryEvent& event) {
    EXPECT_EQ(event.id, ++last_id_);
    EXPECT_LT(event.previous_event_id, event.id);
    EXPECT_GE(event.timestamp, last_time_);
    last_time_ = event.timestamp;
  }

  void obey(const Command& command) {
    if (const auto* task = std::get_if<ScheduleTask>(&command)) tasks_.push_back(task->task);
    if (const auto* task = std::get_if<CancelTask>(&command)) std::erase(tasks_, task->task);
    if (const auto* timer = std::get_if<StartTimer>(&command)) timers_.push_back(*timer);
    if (const auto* timer = std::get_if<CancelTimer>(&command)) {
      std::erase_if(timers_, [&](const StartTimer& each) { return each.timer == timer->timer; });
    }
    if (std::holds_alternative<Resume>(command)) resume_ = true;
  }

  /// One thing that may happen next; false if nothing can.
  bool happen() {
    if (resume_) {
      resume_ = false;
      send(Resumed{});
      return true;
    }
    if (random_.next() % 50 == 0) {
      send(TaskSucceeded{{static_cast<FrameId>(random_.next() % 9), 1'000},
                         json::Payload()});  // of nobody
      return true;
    }
    if (!tasks_.empty() && (timers_.empty() || random_.next() % 3 != 0)) {
      const size_t index = random_.next() % tasks_.size();
      const TaskId task = tasks_[index];
      tasks_.erase(tasks_.begin() + static_cast<std::ptrdiff_t>(index));
      now_.ms += static_cast<int64_t>(random_.next() % 5);
      answer(task);
      return true;
    }
    if (timers_.empty()) return false;
    const auto next =
        std::min_element(timers_.begin(), timers_.end(),
                         [](const StartTimer& a, const StartTimer& b) { return a.due < b.due; });
    const TimerId timer = next->timer;
    now_ = std::max(now_, next->due);
    timers_.erase(next);
    send(TimerFired{timer});
    return true;
  }

  void answer(TaskId task) {
    switch (random_.next() % 5) {
      case 0: return send(TaskFailed{TaskFailed::Phase::Run, task, {"E1", "often"}});
      case 1: return send(TaskFailed{TaskFailed::Phase::Run, task, {"E2", std::nullopt}});
      default:
        return send(TaskSucceeded{task, json::Payload::from_text(R"({ "ok" : true })").value()});
    }
  }

  base::Random random_;
  RandomMachine machine_;
  bool restart_;
  std::shared_ptr<const asl::Program> program_;
  std::shared_ptr<const ExecutionInfo> info_;
  ExecutionState state_;
  base::Timestamp now_{1'700'000'000'000};
  base::Timestamp last_time_;
  int64_t last_id_ = 0;
  std::vector<TaskId> tasks_;
  std::vector<StartTimer> timers_;
  bool resume_ = false;
  Journal journal_;
};

TEST(StepLaws, RestartAndReplayGiveTheSameBytes) {
  for (uint64_t seed = 1; seed <= kMachines; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    World plain(seed, false);
    ASSERT_TRUE(plain.usable());
    const Journal journal = plain.run();
    World restarted(seed, true);
    const Journal with_restarts = restarted.run();
    EXPECT_EQ(with_restarts.states, journal.states);
    EXPECT_EQ(with_restarts.history, journal.history);
    World replayed(seed, false);
    const Journal again = replayed.replay(journal.events);
    EXPECT_EQ(again.states, journal.states);
    EXPECT_EQ(again.history, journal.history);
    if (HasFailure()) return;
  }
}

TEST(StepLaws, EveryExecutionEndsAndLeavesNothingOpen) {
  size_t ended = 0;
  for (uint64_t seed = 1; seed <= kMachines; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    World world(seed, false);
    const Journal journal = world.run();
    if (world.state().status == ExecutionStatus::Running) {
      EXPECT_EQ(journal.events.size(), kEventsMax) << "nothing can happen, but it has not ended";
      continue;
    }
    ++ended;
    EXPECT_FALSE(world.anything_open());
    EXPECT_TRUE(world.state().frames.empty());
    EXPECT_TRUE(world.state().ready.empty());
    if (HasFailure()) return;
  }
  EXPECT_GT(ended, kMachines * 9 / 10);
}

}  // namespace
}  // namespace pawl::laws
