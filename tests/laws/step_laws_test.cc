// SPDX-License-Identifier: Apache-2.0
// Laws of step() and of what a store keeps, over two hundred random machines and worlds: a restart
// after every step, from one full record or from a chain of them, and a replay of the journal give
// the same bytes; a history is legal and comes back as it was; nothing is left when it ends.
#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "asl/compile.h"
#include "interpreter/history_json.h"
#include "interpreter/step.h"
#include "interpreter/stored/step_record.h"
#include "json/write.h"
#include "random_machine.h"

namespace pawl::laws {
namespace {

using namespace interpreter;

constexpr uint64_t kMachines = 200;
constexpr size_t kEventsMax = 400;
constexpr int kRedrives = 2;

/// What came in, and what stood after each step.
struct Journal {
  std::vector<InputEvent> events;
  std::vector<std::string> states;
  std::string history;
  std::vector<std::string> records;  ///< a Full one, then Delta, each of one to three steps
};

/// Where a step finds the state that the step before it left.
enum class Memory { Kept, FromFullRecord, FromChain };

std::string record_of(const ExecutionState& state, const StepDelta& delta, RecordKind kind) {
  std::string record;
  encode_step_record(state, delta, kind, record);
  return record;
}

/// One execution in a world that answers tasks and fires timers in an order of its own.
class World {
 public:
  World(uint64_t seed, Memory memory)
      : random_(seed ^ 0x5eed), machine_(seed), memory_(memory), record_random_(seed) {
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
    for (int redrives = 0;; ++redrives) {
      while (state_.status == ExecutionStatus::Running && journal_.events.size() < kEventsMax) {
        if (!happen()) return journal_;
      }
      if (state_.status == ExecutionStatus::Running || redrives == kRedrives) return journal_;
      now_.ms += 1;
      send(RedriveRequested{});
    }
  }

  Journal replay(const std::vector<InputEvent>& events) {
    for (const InputEvent& event : events) take(event);
    return journal_;
  }

  const ExecutionState& state() const { return state_; }

  std::string rendered(const std::vector<HistoryEvent>& events) const {
    std::string lines;
    for (const HistoryEvent& event : events) {
      lines += json::write(render(event, *program_, *info_)) + "\n";
    }
    return lines;
  }

  bool anything_open() const { return !tasks_.empty() || !timers_.empty() || resume_; }

 private:
  void send(decltype(InputEvent::event) event) {
    take(InputEvent{now_, random_.next(), std::move(event)});
  }

  void take(const InputEvent& event) {
    StepResult result;
    step(*program_, state_, event, result);
    for (const HistoryEvent& each : result.events) check(each);
    journal_.history += rendered(result.events);
    for (const Command& command : result.commands) obey(command);
    journal_.events.push_back(event);
    StepDelta step_delta;
    StepResult copy = result;
    step_delta.add(copy);
    journal_.states.push_back(record_of(state_, step_delta, RecordKind::Full));
    delta_.add(result);
    const bool write = record_random_.next() % 3 == 0 || state_.status != ExecutionStatus::Running;
    if (write) write_record();
    if (memory_ == Memory::FromFullRecord) restart({journal_.states.back()});
    if (memory_ == Memory::FromChain && write) restart(journal_.records);
  }

  void write_record() {
    const RecordKind kind = journal_.records.empty() ? RecordKind::Full : RecordKind::Delta;
    journal_.records.push_back(record_of(state_, delta_, kind));
    delta_.clear();
  }

  void restart(const std::vector<std::string>& records) {
    ExecutionState again;
    again.info = info_;
    for (const std::string& record : records) {
      const base::Result<void> applied = apply_step_record(record, again);
      ASSERT_TRUE(applied) << applied.error().message;
    }
    const StepDelta nothing;
    ASSERT_EQ(record_of(again, nothing, RecordKind::Full),
              record_of(state_, nothing, RecordKind::Full));
    state_ = std::move(again);
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
  Memory memory_;
  base::Random record_random_;  ///< its own, so that all memories see the same world
  StepDelta delta_;             ///< since the last record
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

void expect_same(const Journal& a, const Journal& b) {
  EXPECT_EQ(a.states, b.states);
  EXPECT_EQ(a.history, b.history);
  EXPECT_EQ(a.records, b.records);
}

TEST(StepLaws, RestartAndReplayGiveTheSameBytes) {
  for (uint64_t seed = 1; seed <= kMachines; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    World plain(seed, Memory::Kept);
    ASSERT_TRUE(plain.usable());
    const Journal journal = plain.run();
    World restarted(seed, Memory::FromFullRecord);
    expect_same(restarted.run(), journal);
    World chained(seed, Memory::FromChain);
    expect_same(chained.run(), journal);
    World replayed(seed, Memory::Kept);
    expect_same(replayed.replay(journal.events), journal);
    if (HasFailure()) return;
  }
}

TEST(StepLaws, TheRecordsGiveTheHistoryBack) {
  for (uint64_t seed = 1; seed <= kMachines; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    World world(seed, Memory::Kept);
    const Journal journal = world.run();
    std::vector<HistoryEvent> events;
    int64_t next = 1;
    for (const std::string& record : journal.records) {
      const base::Result<RecordHeader> header = read_record_header(record);
      ASSERT_TRUE(header) << header.error().message;
      EXPECT_EQ(header->first_event_id, next);
      next = header->next_event_id;
      // In two portions that overlap nowhere.
      const int64_t middle = header->first_event_id + header->event_count / 2;
      ASSERT_TRUE(read_record_events(record, 0, middle, events));
      ASSERT_TRUE(read_record_events(record, middle + 1, INT64_MAX, events));
    }
    EXPECT_EQ(world.rendered(events), journal.history.substr(0, world.rendered(events).size()));
    if (world.state().status != ExecutionStatus::Running) {
      EXPECT_EQ(world.rendered(events), journal.history);
    }
    if (HasFailure()) return;
  }
}

TEST(StepLaws, EveryExecutionEndsAndLeavesNothingOpen) {
  size_t ended = 0;
  for (uint64_t seed = 1; seed <= kMachines; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    World world(seed, Memory::Kept);
    const Journal journal = world.run();
    if (world.state().status == ExecutionStatus::Running) {
      EXPECT_EQ(journal.events.size(), kEventsMax) << "nothing can happen, but it has not ended";
      continue;
    }
    ++ended;
    EXPECT_FALSE(world.anything_open());
    // What did not succeed can be redriven.
    EXPECT_EQ(world.state().frames.empty(), world.state().status == ExecutionStatus::Succeeded);
    EXPECT_TRUE(world.state().ready.empty());
    if (HasFailure()) return;
  }
  EXPECT_GT(ended, kMachines * 9 / 10);
}

}  // namespace
}  // namespace pawl::laws
