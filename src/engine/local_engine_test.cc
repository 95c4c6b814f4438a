// SPDX-License-Identifier: Apache-2.0
#include "engine/local_engine.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <thread>

#include "engine/program_builder_for_test.h"
#include "engine/system_ports.h"

namespace pawl::engine {
namespace {

using interpreter::ExecutionStatus;
using interpreter::HistoryEventType;

constexpr int64_t kStartMs = 1'700'000'000'000;
constexpr int64_t kYearSeconds = 365 * 24 * 3600;

class LocalEngineTest : public testing::Test {
 protected:
  LocalEngineTest() { make_engine(/*virtual_time=*/true); }

  void make_engine(bool virtual_time) {
    engine_ = std::make_unique<LocalEngine>(
        LocalEngine::Options{.clock = virtual_time ? static_cast<Clock&>(clock_) : system_clock_,
                             .entropy = entropy_,
                             .dispatcher = dispatcher_,
                             .virtual_clock = virtual_time ? &clock_ : nullptr});
  }

  ExecutionId start(std::shared_ptr<const asl::Program> program, std::string input = "{}") {
    return engine_->start(std::move(program), test_info(), text_payload(std::move(input)));
  }
  ExecutionStatus status(ExecutionId id) { return engine_->state(id)->status; }
  size_t count(ExecutionId id, HistoryEventType type) {
    const auto& history = engine_->history(id);
    return static_cast<size_t>(std::count_if(
        history.begin(), history.end(), [&](const auto& event) { return event.type == type; }));
  }
  bool ended(ExecutionId id) { return status(id) != ExecutionStatus::Running; }

  VirtualClock clock_{{kStartMs}};
  SystemClock system_clock_;
  CountingEntropy entropy_;
  ScriptedDispatcher dispatcher_;
  std::unique_ptr<LocalEngine> engine_;
};

TEST_F(LocalEngineTest, WaitOfAYearEndsAtOnceInVirtualTime) {
  const ExecutionId id = start(ProgramBuilder().scope().wait_seconds(kYearSeconds).build());
  EXPECT_TRUE(engine_->run_until([&] { return ended(id); }));
  EXPECT_EQ(status(id), ExecutionStatus::Succeeded);
  EXPECT_EQ(engine_->state(id)->stopped_at.ms, kStartMs + kYearSeconds * 1000);
  EXPECT_EQ(clock_.now().ms, kStartMs + kYearSeconds * 1000);
}

TEST_F(LocalEngineTest, ExecutionsEndInTheOrderOfTheirTimers) {
  const ExecutionId late = start(ProgramBuilder().scope().wait_seconds(20).build());
  const ExecutionId early = start(ProgramBuilder().scope().wait_seconds(10).build());
  EXPECT_TRUE(engine_->run_until([&] { return ended(early); }));
  EXPECT_EQ(status(late), ExecutionStatus::Running);
  engine_->run_until_idle();
  EXPECT_EQ(status(late), ExecutionStatus::Succeeded);
}

TEST_F(LocalEngineTest, MachineTimeoutIsExactAndStopsTheTask) {
  const ExecutionId id =
      start(ProgramBuilder()
                .scope()
                .task("call", std::nullopt, asl::IntegrationPattern::WaitForTaskToken)
                .timeout_seconds(60)
                .build());
  dispatcher_.on_dispatch = [](TaskRequest& request, TaskSink& sink) {
    sink.post(request.execution,
              interpreter::TaskSubmitted{request.command.task, text_payload("{}")});
  };
  engine_->run_until_idle();
  EXPECT_EQ(status(id), ExecutionStatus::TimedOut);
  EXPECT_EQ(engine_->state(id)->stopped_at.ms, kStartMs + 60'000);
  EXPECT_EQ(dispatcher_.cancelled.size(), 1u);
}

TEST_F(LocalEngineTest, AnswerFromInsideDispatch) {
  dispatcher_.on_dispatch = [](TaskRequest& request, TaskSink& sink) {
    sink.post(request.execution,
              interpreter::TaskSucceeded{request.command.task, text_payload("{ \"a\": 1 }")});
  };
  const ExecutionId id = start(ProgramBuilder().scope().task("call", 5).wait_seconds(100).build());
  EXPECT_TRUE(engine_->run_until([&] { return ended(id); }));
  EXPECT_EQ(engine_->state(id)->output.text(), "{ \"a\": 1 }");
  // The task's own time-out was cancelled: nothing moved the clock but the Wait.
  EXPECT_EQ(clock_.now().ms, kStartMs + 100'000);
}

TEST_F(LocalEngineTest, AnswersFromManyThreads) {
  constexpr int kExecutions = 200;
  std::vector<std::thread> threads;
  const auto program = ProgramBuilder().scope().task("call").build();
  std::vector<ExecutionId> ids;
  for (int i = 0; i < kExecutions; ++i) ids.push_back(start(program));
  EXPECT_TRUE(engine_->run_until([&] { return dispatcher_.requests.size() == kExecutions; }));
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([this, t] {
      for (size_t i = static_cast<size_t>(t); i < kExecutions; i += 4) {
        const TaskRequest& request = dispatcher_.requests[i];
        engine_->post(request.execution,
                      interpreter::TaskSucceeded{request.command.task, text_payload("[1]")});
      }
    });
  }
  EXPECT_TRUE(engine_->run_until(
      [&] { return std::all_of(ids.begin(), ids.end(), [&](auto id) { return ended(id); }); }));
  for (std::thread& thread : threads) thread.join();
  for (const ExecutionId id : ids) EXPECT_EQ(engine_->state(id)->output.text(), "[1]");
}

TEST_F(LocalEngineTest, RealTimeSleepsUntilAnAnswerComes) {
  make_engine(/*virtual_time=*/false);
  const ExecutionId id = start(ProgramBuilder().scope().task("call", 3600).build());
  std::thread worker;
  dispatcher_.on_dispatch = [&](TaskRequest& request, TaskSink& sink) {
    worker = std::thread([&sink, execution = request.execution, task = request.command.task] {
      sink.post(execution, interpreter::TaskSucceeded{task, text_payload("2")});
    });
  };
  EXPECT_TRUE(engine_->run_until([&] { return ended(id); }));
  worker.join();
  EXPECT_EQ(engine_->state(id)->output.text(), "2");
}

TEST_F(LocalEngineTest, WakeLetsRunUntilLookAgain) {
  make_engine(/*virtual_time=*/false);
  start(ProgramBuilder().scope().task("call").build());
  std::atomic<bool> interrupted{false};
  std::thread other;
  dispatcher_.on_dispatch = [&](TaskRequest&, TaskSink&) {
    other = std::thread([&] {
      interrupted = true;
      engine_->wake();
    });
  };
  EXPECT_TRUE(engine_->run_until([&] { return interrupted.load(); }));
  other.join();
}

TEST_F(LocalEngineTest, NothingLeftToHappen) {
  const ExecutionId id = start(ProgramBuilder().scope().pass().build());
  EXPECT_FALSE(engine_->run_until([] { return false; }));
  EXPECT_EQ(status(id), ExecutionStatus::Succeeded);
}

TEST_F(LocalEngineTest, StopCancelsTaskAndTimers) {
  const ExecutionId id = start(ProgramBuilder().scope().task("call", 50).build());
  EXPECT_TRUE(engine_->run_until([&] { return !dispatcher_.requests.empty(); }));
  engine_->stop(id, {.error = "Stopped", .cause = std::nullopt});
  engine_->run_until_idle();
  EXPECT_EQ(status(id), ExecutionStatus::Aborted);
  EXPECT_EQ(dispatcher_.cancelled.size(), 1u);
  EXPECT_EQ(clock_.now().ms, kStartMs);
  // A late answer changes nothing.
  engine_->post(
      id, interpreter::TaskSucceeded{dispatcher_.requests[0].command.task, text_payload("1")});
  engine_->run_until_idle();
  EXPECT_EQ(status(id), ExecutionStatus::Aborted);
}

TEST_F(LocalEngineTest, StartAndForgetFromEndedCallback) {
  const auto program = ProgramBuilder().scope().wait_seconds(1).build();
  ExecutionId second = 0;
  const ExecutionId first =
      engine_->start(program, test_info(), text_payload("1"), [&](ExecutionId id) {
        EXPECT_EQ(engine_->state(id)->status, ExecutionStatus::Succeeded);
        second = engine_->start(program, test_info(), text_payload("2"));
        engine_->forget(id);
      });
  engine_->run_until_idle();
  EXPECT_EQ(engine_->state(first), nullptr);
  EXPECT_EQ(engine_->state(second)->output.text(), "2");
  EXPECT_EQ(engine_->execution_count(), 1u);
}

class DistributedMapTest : public LocalEngineTest {
 protected:
  /// Answers item N with N * 10, or fails if `fails(N)`.
  void answer_all() {
    while (!dispatcher_.requests.empty()) {
      const TaskRequest request = std::move(dispatcher_.requests.front());
      dispatcher_.requests.pop_front();
      const int64_t item = static_cast<int64_t>(request.command.parameters.value().as_double());
      if (fails && fails(item)) {
        engine_->post(request.execution,
                      interpreter::TaskFailed{interpreter::TaskFailed::Phase::Run,
                                              request.command.task,
                                              {.error = "Broken", .cause = std::to_string(item)}});
      } else {
        engine_->post(request.execution,
                      interpreter::TaskSucceeded{request.command.task,
                                                 text_payload(std::to_string(item * 10))});
      }
    }
  }
  static std::shared_ptr<const asl::Program> program(
      std::function<void(asl::MapState&)> edit = {}) {
    return ProgramBuilder()
        .scope()
        .distributed_map(1, std::move(edit))
        .scope()
        .task("call")
        .build();
  }
  std::function<bool(int64_t)> fails;
};

TEST_F(DistributedMapTest, ResultsComeInItemOrder) {
  const ExecutionId id = start(program(), "[3, 1, 2]");
  EXPECT_TRUE(engine_->run_until([&] { return dispatcher_.requests.size() == 3; }));
  std::reverse(dispatcher_.requests.begin(), dispatcher_.requests.end());
  answer_all();
  EXPECT_TRUE(engine_->run_until([&] { return ended(id); }));
  EXPECT_EQ(engine_->state(id)->output.text(), "[30,10,20]");
  EXPECT_EQ(engine_->execution_count(), 1u);
  const std::vector<HistoryEventType> expected = {
      HistoryEventType::ExecutionStarted, HistoryEventType::MapStateEntered,
      HistoryEventType::MapStateStarted,  HistoryEventType::MapRunStarted,
      HistoryEventType::MapRunSucceeded,  HistoryEventType::MapStateSucceeded,
      HistoryEventType::MapStateExited,   HistoryEventType::ExecutionSucceeded};
  std::vector<HistoryEventType> types;
  for (const auto& event : engine_->history(id)) types.push_back(event.type);
  EXPECT_EQ(types, expected);
}

TEST_F(DistributedMapTest, MaxConcurrencyIsKept) {
  const ExecutionId id =
      start(program([](asl::MapState& map) { map.max_concurrency.literal = 2; }), "[1,2,3,4,5]");
  size_t most = 0;
  while (!ended(id)) {
    engine_->run_until([&] {
      return ended(id) || dispatcher_.requests.size() == 2 || engine_->map_runs(id).empty() ||
             engine_->map_runs(id)[0].items_succeeded == 4;
    });
    if (!engine_->map_runs(id).empty())
      most = std::max(most, engine_->map_runs(id)[0].children_running);
    engine_->run_until([&] { return ended(id) || !dispatcher_.requests.empty(); });
    answer_all();
  }
  EXPECT_EQ(most, 2u);
  EXPECT_EQ(engine_->state(id)->output.text(), "[10,20,30,40,50]");
}

TEST_F(DistributedMapTest, NoItemsGiveAnEmptyArray) {
  const ExecutionId id = start(program(), "[]");
  engine_->run_until_idle();
  EXPECT_EQ(engine_->state(id)->output.text(), "[]");
  EXPECT_EQ(count(id, HistoryEventType::MapRunSucceeded), 1u);
}

TEST_F(DistributedMapTest, FirstFailureFailsTheRunAndStopsTheOthers) {
  fails = [](int64_t item) { return item == 2; };
  const ExecutionId id = start(program(), "[1,2,3]");
  EXPECT_TRUE(engine_->run_until([&] { return dispatcher_.requests.size() == 3; }));
  std::swap(dispatcher_.requests[0], dispatcher_.requests[1]);
  dispatcher_.requests.resize(1);
  answer_all();
  engine_->run_until_idle();
  EXPECT_EQ(status(id), ExecutionStatus::Failed);
  EXPECT_EQ(engine_->state(id)->error.error, "States.ExceedToleratedFailureThreshold");
  EXPECT_EQ(engine_->state(id)->error.cause,
            "The specified tolerated failure threshold was exceeded");
  EXPECT_EQ(count(id, HistoryEventType::MapRunFailed), 1u);
  EXPECT_EQ(dispatcher_.cancelled.size(), 2u);
  EXPECT_EQ(engine_->execution_count(), 1u);
}

TEST_F(DistributedMapTest, ToleratedFailuresLeaveTheirDescription) {
  fails = [](int64_t item) { return item == 2; };
  const ExecutionId id =
      start(program([](asl::MapState& map) { map.tolerated_failure_percentage.literal = 34; }),
            "[1,2,3]");
  EXPECT_TRUE(engine_->run_until([&] { return dispatcher_.requests.size() == 3; }));
  answer_all();
  engine_->run_until_idle();
  ASSERT_EQ(status(id), ExecutionStatus::Succeeded);
  const json::Value& output = engine_->state(id)->output.value();
  ASSERT_EQ(output.size(), 3u);
  const json::Value& failed = output.items()[1];
  EXPECT_EQ(failed.find("Error")->as_string(), "Broken");
  EXPECT_EQ(failed.find("Cause")->as_string(), "2");
  EXPECT_EQ(failed.find("Status")->as_string(), "FAILED");
  EXPECT_EQ(failed.find("Input")->as_string(), "2");
}

TEST_F(DistributedMapTest, ToleratedCountIsABound) {
  fails = [](int64_t item) { return item <= 2; };
  const auto tolerant =
      program([](asl::MapState& map) { map.tolerated_failure_count.literal = 1; });
  const ExecutionId id = start(tolerant, "[1,2,3]");
  EXPECT_TRUE(engine_->run_until([&] { return dispatcher_.requests.size() == 3; }));
  answer_all();
  engine_->run_until_idle();
  EXPECT_EQ(status(id), ExecutionStatus::Failed);
}

TEST_F(DistributedMapTest, ArnsAreNamedAfterMachineAndLabel) {
  const ExecutionId id = start(program([](asl::MapState& map) { map.label = "Files"; }), "[1]");
  EXPECT_TRUE(engine_->run_until([&] { return !dispatcher_.requests.empty(); }));
  const interpreter::ExecutionInfo& child = *dispatcher_.requests[0].info;
  EXPECT_EQ(child.state_machine_arn,
            "arn:aws:states:us-east-1:000000000000:stateMachine:machine/Files");
  EXPECT_EQ(child.execution_arn, "arn:aws:states:us-east-1:000000000000:execution:machine/Files:" +
                                     child.execution_name);
  EXPECT_EQ(child.map_item_index, 0);
  EXPECT_TRUE(engine_->map_runs(id)[0].map_run_arn.starts_with(
      "arn:aws:states:us-east-1:000000000000:mapRun:machine/Files:"));
}

TEST_F(DistributedMapTest, StoppingTheParentStopsTheChildren) {
  const ExecutionId id = start(program(), "[1,2,3,4]");
  EXPECT_TRUE(engine_->run_until([&] { return dispatcher_.requests.size() == 4; }));
  engine_->stop(id, {});
  engine_->run_until_idle();
  EXPECT_EQ(status(id), ExecutionStatus::Aborted);
  EXPECT_EQ(dispatcher_.cancelled.size(), 4u);
  EXPECT_EQ(engine_->execution_count(), 1u);
}

TEST_F(DistributedMapTest, SiblingThatFailsInTheSameStepCancelsTheRun) {
  const auto both = ProgramBuilder()
                        .scope()
                        .parallel({1, 2})
                        .scope()
                        .distributed_map(3)
                        .scope()
                        .fail("Sibling")
                        .scope()
                        .task("call")
                        .build();
  const ExecutionId id = start(both, "[1,2]");
  engine_->run_until_idle();
  EXPECT_EQ(status(id), ExecutionStatus::Failed);
  EXPECT_EQ(engine_->state(id)->error.error, "Sibling");
  EXPECT_TRUE(dispatcher_.requests.empty());
  EXPECT_EQ(engine_->execution_count(), 1u);
}

TEST_F(DistributedMapTest, BatchesKeepBothLimits) {
  const auto batched = program([](asl::MapState& map) {
    map.item_batcher.emplace();
    map.item_batcher->max_items_per_batch.literal = 3;
    map.item_batcher->max_input_bytes_per_batch.literal = 22;  // {"Items":[…]} leaves ten bytes
  });
  const ExecutionId id = start(batched, R"([1,2,3,4,"long text",5])");
  std::vector<std::string> inputs;
  EXPECT_TRUE(engine_->run_until([&] { return dispatcher_.requests.size() == 4; }));
  for (const TaskRequest& request : dispatcher_.requests)
    inputs.push_back(request.command.parameters.text());
  EXPECT_EQ(inputs, (std::vector<std::string>{R"({"Items":[1,2,3]})", R"({"Items":[4]})",
                                              R"({"Items":["long text"]})", R"({"Items":[5]})"}));
  EXPECT_EQ(engine_->map_runs(id)[0].items_total, 6u);
  for (const TaskRequest& request : dispatcher_.requests) {
    engine_->post(request.execution,
                  interpreter::TaskSucceeded{request.command.task, text_payload("1")});
  }
  engine_->run_until_idle();
  EXPECT_EQ(engine_->state(id)->output.text(), "[1,1,1,1]");
}

TEST_F(DistributedMapTest, ItemReaderIsRefusedByName) {
  const ExecutionId id = start(program([](asl::MapState& map) {
                                 map.item_reader.emplace();
                                 map.item_reader->resource.arn = "arn:aws:states:::s3:getObject";
                               }),
                               "[]");
  engine_->run_until_idle();
  EXPECT_EQ(status(id), ExecutionStatus::Failed);
  EXPECT_EQ(engine_->state(id)->error.error, "States.ItemReaderFailed");
  EXPECT_EQ(count(id, HistoryEventType::MapRunStarted), 1u);
  EXPECT_EQ(count(id, HistoryEventType::MapRunFailed), 1u);
}

TEST_F(DistributedMapTest, ThousandsOfChildrenThatWait) {
  const auto waits =
      ProgramBuilder().scope().distributed_map(1).scope().wait_seconds(kYearSeconds).build();
  std::string items = "[0";
  for (int i = 1; i < 12'000; ++i) items += ",0";
  const ExecutionId id = start(waits, items + "]");
  engine_->run_until_idle();
  EXPECT_EQ(status(id), ExecutionStatus::Succeeded);
  // 10,000 at once, then the other 2,000.
  EXPECT_EQ(clock_.now().ms, kStartMs + 2 * kYearSeconds * 1000);
}

}  // namespace
}  // namespace pawl::engine
