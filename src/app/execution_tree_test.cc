// SPDX-License-Identifier: Apache-2.0
// Runs real machines in memory and looks at the tree that their events build.
#include "app/execution_tree.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

#include "app/tree_lines.h"
#include "asl/compile.h"
#include "engine/local_engine.h"
#include "engine/virtual_clock.h"

namespace pawl::app {
namespace {

class CountingEntropy final : public engine::Entropy {
 public:
  uint64_t next() override { return ++count_; }

 private:
  uint64_t count_ = 0;
};

/// Fails every task at once.
class FailingDispatcher final : public engine::TaskDispatcher {
 public:
  void dispatch(engine::TaskRequest request, engine::TaskSink& sink) override {
    sink.post(request.execution,
              interpreter::TaskFailed{.phase = interpreter::TaskFailed::Phase::Run,
                                      .task = request.command.task,
                                      .error = {.error = "Bad", .cause = "because"}});
  }
  void cancel(engine::ExecutionId, interpreter::TaskId) override {}
};

/// Feeds the tree and keeps every picture of it.
class Recorder final : public engine::ExecutionObserver {
 public:
  explicit Recorder(std::shared_ptr<const asl::Program> program) : tree(std::move(program)) {}

  void on_step(engine::ExecutionId, const asl::Program&, const interpreter::ExecutionState& state,
               std::span<const interpreter::HistoryEvent> events) override {
    tree.apply(events, state);
    for (const std::string& line : lines()) pictures.insert(line);
  }
  std::vector<std::string> lines() const {
    return tree_lines(tree, {.palette = {}, .columns = 80, .spinner = 0, .now = tree.latest_at()});
  }

  ExecutionTree tree;
  std::set<std::string> pictures;
};

struct Ran {
  std::vector<std::string> lines;  ///< at the end
  std::set<std::string> pictures;  ///< every line there ever was
  std::vector<std::string> failed_path;
};

Ran run(const std::string& definition, const std::string& input = "{}") {
  const asl::Compilation compilation = asl::compile(definition);
  EXPECT_TRUE(compilation.program)
      << (compilation.diagnostics.empty() ? "" : compilation.diagnostics[0].message);
  engine::VirtualClock clock(base::Timestamp{1'000});
  CountingEntropy entropy;
  FailingDispatcher dispatcher;
  Recorder recorder(compilation.program);
  engine::LocalEngine engine({.clock = clock,
                              .entropy = entropy,
                              .dispatcher = dispatcher,
                              .observer = &recorder,
                              .virtual_clock = &clock,
                              .keep_history = false});
  engine.start(compilation.program, {}, *json::Payload::from_text(input));
  engine.run_until_idle();
  return {recorder.lines(), recorder.pictures, recorder.tree.failed_path()};
}

constexpr const char* kTask =
    R"("Type": "Task", "Resource": "arn:aws:lambda:us-east-1:123456789012:function:f")";

TEST(ExecutionTree, LoopsCountVisits) {
  const Ran ran = run(R"json({"StartAt": "A", "States": {
    "A": {"Type": "Pass", "Parameters": {"n.$": "States.MathAdd($.n, 1)"}, "Next": "B"},
    "B": {"Type": "Choice", "Choices": [{"Variable": "$.n", "NumericLessThan": 5, "Next": "A"}], "Default": "C"},
    "C": {"Type": "Succeed"}}})json",
                      R"({"n": 0})");
  EXPECT_EQ(ran.lines,
            (std::vector<std::string>{"✔ A  Pass       ×5", "✔ B  Choice     ×5", "✔ C  Succeed"}));
}

TEST(ExecutionTree, BranchesRetriesAndCatch) {
  const Ran ran = run(std::string(R"({"StartAt": "Both", "States": {
    "Both": {"Type": "Parallel", "Next": "After", "Branches": [
      {"StartAt": "Wait", "States": {"Wait": {"Type": "Wait", "Seconds": 3, "End": true}}},
      {"StartAt": "Try", "States": {"Try": {)") +
                      kTask + R"(, "End": true,
          "Retry": [{"ErrorEquals": ["Bad"], "IntervalSeconds": 1, "MaxAttempts": 1}],
          "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "Mend"}]},
        "Mend": {"Type": "Pass", "End": true}}}]},
    "After": {"Type": "Pass", "End": true}}})");
  EXPECT_EQ(ran.lines,
            (std::vector<std::string>{
                "✔ Both   Parallel  3.0 s", "├ branch 1", "│  ✔ Wait  Wait  3.0 s", "├ branch 2",
                "│  ⚠ Try   Task  1.0 s  ↻ 1 retry  caught", "│  ✔ Mend  Pass", "✔ After  Pass"}));
  EXPECT_TRUE(ran.pictures.contains("│  ↻ Try  Task  0 ms  ↻ 1 retry"));
}

TEST(ExecutionTree, MapShowsABarAndWhatRuns) {
  const Ran ran = run(R"({"StartAt": "Each", "States": {
    "Each": {"Type": "Map", "ItemsPath": "$", "MaxConcurrency": 2, "End": true,
      "ItemProcessor": {"StartAt": "One", "States": {"One": {"Type": "Wait", "SecondsPath": "$", "End": true}}}}}})",
                      "[1, 2, 3, 4]");
  EXPECT_EQ(ran.lines, (std::vector<std::string>{"✔ Each  Map  ████████████████████ 4/4  6.0 s"}));
  EXPECT_TRUE(ran.pictures.contains("⠋ Each  Map  █████░░░░░░░░░░░░░░░ 1/4  1.0 s"));
  EXPECT_TRUE(ran.pictures.contains("├ #2    ⠋ One  Wait  0 ms"));
}

TEST(ExecutionTree, FailureNamesItsPlace) {
  const Ran ran = run(std::string(R"({"StartAt": "Each", "States": {
    "Each": {"Type": "Map", "ItemsPath": "$", "End": true,
      "ItemProcessor": {"StartAt": "Choose", "States": {
        "Choose": {"Type": "Choice", "Default": "Rest",
                   "Choices": [{"Variable": "$", "NumericEquals": 2, "Next": "Work"}]},
        "Rest": {"Type": "Wait", "Seconds": 60, "End": true},
        "Work": {)") + kTask +
                          R"(, "End": true}}}}}})",
                      "[1, 2]");
  EXPECT_EQ(ran.failed_path, (std::vector<std::string>{"Each", "Work"}));
  EXPECT_EQ(ran.lines.front().substr(0, 13), "✘ Each  Map");
  EXPECT_TRUE(ran.lines[1].starts_with("├ #0    ■ Rest")) << ran.lines[1];
  EXPECT_TRUE(ran.lines[2].starts_with("├ #1    ✘ Work")) << ran.lines[2];
}

TEST(ExecutionTree, RetriedParallelStartsAfresh) {
  const Ran ran = run(std::string(R"({"StartAt": "Outer", "States": {
    "Outer": {"Type": "Parallel", "End": true,
      "Retry": [{"ErrorEquals": ["States.ALL"], "MaxAttempts": 2}],
      "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "Out"}],
      "Branches": [{"StartAt": "Inner", "States": {"Inner": {"Type": "Parallel", "End": true,
        "Branches": [{"StartAt": "Work", "States": {"Work": {)") +
                      kTask + R"(, "End": true}}}]}}}]},
    "Out": {"Type": "Succeed"}}})");
  ASSERT_EQ(ran.lines.size(), 6U);
  EXPECT_EQ(ran.lines[0], "⚠ Outer  Parallel  3.0 s  ↻ 2 retries  caught");
  EXPECT_EQ(ran.lines[2], "│  ✘ Inner  Parallel");
  EXPECT_EQ(ran.lines[4], "│  │  ✘ Work  Task");
  EXPECT_EQ(ran.lines[5], "✔ Out    Succeed");
}

TEST(TreeLines, FitTheTerminal) {
  const asl::Compilation compilation = asl::compile(
      R"({"StartAt": "A state with quite a long name that goes on and on", "States": {
          "A state with quite a long name that goes on and on": {"Type": "Wait", "Seconds": 5, "End": true}}})");
  ExecutionTree tree(compilation.program);
  interpreter::ExecutionState state;
  tree.apply(
      std::vector<interpreter::HistoryEvent>{
          {.id = 1,
           .previous_event_id = 0,
           .timestamp = {},
           .type = interpreter::HistoryEventType::WaitStateEntered,
           .details = interpreter::StateEnteredDetails{0, {}}}},
      state);
  for (size_t columns : {20, 30, 60}) {
    for (const std::string& line : tree_lines(
             tree, {.palette = make_palette(true), .columns = columns, .spinner = 0, .now = {}})) {
      EXPECT_LE(display_width(printable(line)), columns) << line;
    }
  }
}

}  // namespace
}  // namespace pawl::app
