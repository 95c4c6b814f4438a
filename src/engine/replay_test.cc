// SPDX-License-Identifier: Apache-2.0
// Executions that the partition has stored are run again, and looked at event by event.
#include <gtest/gtest.h>

#include "asl/compile.h"
#include "engine/partition_fixture_for_test.h"
#include "engine/replay_check.h"
#include "engine/replay_lines.h"
#include "json/write.h"

namespace pawl::engine {
namespace {

using interpreter::HistoryEventType;

class ReplayTest : public PartitionFixture {
 protected:
  std::shared_ptr<const MachineRevision> compiled(const std::string& definition) {
    const asl::Compilation compilation = asl::compile(definition);
    EXPECT_TRUE(compilation.program) << definition;
    return revisions_.add(compilation.program);
  }
  Replay replay(ExecutionId id, int64_t until = INT64_MAX) {
    auto replayed = replay_execution(*executions_, revisions_, id, until);
    EXPECT_TRUE(replayed) << replayed.error().message;
    return *std::move(replayed);
  }
  /// All of it came out again.
  void expect_same(ExecutionId id) {
    const Replay whole = replay(id);
    EXPECT_EQ(whole.check.events_compared, static_cast<uint64_t>(whole.last_event));
    EXPECT_TRUE(whole.check.not_derivable.empty());
    EXPECT_TRUE(whole.check.random.empty());
    EXPECT_FALSE(whole.check.first_difference);
    EXPECT_EQ(whole.event.id, whole.last_event);
    for (int64_t until = 1; until < whole.last_event; ++until)
      EXPECT_EQ(replay(id, until).event.id, until);
  }
  std::vector<ReplayLine> lines_at(ExecutionId id, int64_t until = INT64_MAX) {
    Replay replayed = replay(id, until);
    return lines_of(replayed);
  }
  /// "LINE PARENT STATE|PHASE|INPUT|$v=1" for each line at an event.
  std::vector<std::string> lines(ExecutionId id, int64_t until) {
    std::vector<std::string> texts;
    for (const ReplayLine& line : lines_at(id, until)) {
      std::string text = line.name + " " + (line.parent.empty() ? "-" : line.parent) + " " +
                         line.state + "|" + line.phase + "|" + line.input;
      for (const auto& [name, value] : line.variables)
        text += "|$" + name + "=" + json::write(value);
      texts.push_back(std::move(text));
    }
    return texts;
  }
  /// The id of the n-th event of that type.
  int64_t find(ExecutionId id, const std::string& type, size_t n = 1) {
    const std::vector<std::string> types = event_types(id);
    for (size_t i = 0; i < types.size(); ++i) {
      if (types[i] == type && --n == 0) return static_cast<int64_t>(i) + 1;
    }
    ADD_FAILURE() << "no " << type;
    return 1;
  }
  using Lines = std::vector<std::string>;
};

constexpr const char* kVariables = R"({"QueryLanguage":"JSONata","StartAt":"A","States":{
  "A":{"Type":"Pass","Assign":{"x":"{% $states.input.n + 1 %}"},"Output":{"a":1},"Next":"B"},
  "B":{"Type":"Pass","Assign":{"x":"{% $x * 10 %}","y":"why"},"Next":"C"},
  "C":{"Type":"Wait","Seconds":7,"Next":"D"},
  "D":{"Type":"Pass","Output":"{% $x %}","End":true}}})";

TEST_F(ReplayTest, EachEventOfOneRecordShowsStateInputAndVariables) {
  const ExecutionId id = start(compiled(kVariables), "one", R"({"n":4})");
  // Events 1 to 6 are one record: A and B come and go within it.
  EXPECT_EQ(lines(id, 2), Lines({R"(0 - A|runs the state|{"n":4})"}));
  EXPECT_EQ(lines(id, 3), Lines({R"(0 - A|between states|{"a":1}|$x=5)"}));
  EXPECT_EQ(lines(id, 4), Lines({R"(0 - B|runs the state|{"a":1}|$x=5)"}));
  EXPECT_EQ(lines(id, 5), Lines({R"(0 - B|between states|{"a":1}|$x=50|$y="why")"}));
  EXPECT_EQ(lines(id, 6), Lines({R"(0 - C|waits for a time|{"a":1}|$x=50|$y="why")"}));
  EXPECT_EQ(lines_at(id)[0].waits, Lines({"until 2023-11-14T22:13:27.000Z"}));
  advance_ms(7'000);
  EXPECT_EQ(lines(id, 7), Lines({R"(0 - C|between states|{"a":1}|$x=50|$y="why")"}));
  EXPECT_EQ(lines(id, 10), Lines());
  expect_same(id);
}

TEST_F(ReplayTest, BranchesAreLines) {
  const ExecutionId id =
      start(compiled(R"({"StartAt":"P","States":{"P":{"Type":"Parallel","Branches":[
      {"StartAt":"L","States":{"L":{"Type":"Wait","Seconds":1,"End":true}}},
      {"StartAt":"R","States":{"R":{"Type":"Pass","Result":2,"End":true}}}],"Next":"E"},
      "E":{"Type":"Pass","End":true}}})"),
            "one", "1");
  advance_ms(1'000);
  const int64_t right = find(id, "PassStateEntered");
  EXPECT_EQ(lines(id, right), Lines({"0 - P|runs its branches or iterations|1",
                                     "1 0 L|waits for a time|1", "2 0 R|runs the state|1"}));
  EXPECT_EQ(lines(id, find(id, "ParallelStateSucceeded")), Lines({"0 - P|has a result|1"}));
  expect_same(id);
}

TEST_F(ReplayTest, IterationsAreLines) {
  const ExecutionId id = start(
      compiled(R"({"StartAt":"M","States":{"M":{"Type":"Map","MaxConcurrency":1,"ItemProcessor":
      {"StartAt":"I","States":{"I":{"Type":"Pass","End":true}}},"End":true}}})"),
      "one", "[5,6]");
  EXPECT_EQ(lines(id, find(id, "PassStateExited", 2)),
            Lines({"0 - M|runs its branches or iterations|[5,6]", "2 0 I|between states|6"}));
  EXPECT_EQ(lines(id, find(id, "MapStateSucceeded")), Lines({"0 - M|has a result|[5,6]"}));
  expect_same(id);
}

TEST_F(ReplayTest, TasksRetriesTimeoutsAndStopsAreDerived) {
  const auto machine = compiled(R"({"StartAt":"T","States":{
      "T":{"Type":"Task","Resource":"arn:aws:lambda:us-east-1:000000000000:function:f","TimeoutSeconds":9,
        "Retry":[{"ErrorEquals":["Once"],"IntervalSeconds":3}],
        "Catch":[{"ErrorEquals":["States.Timeout"],"Next":"U"}],"End":true},
      "U":{"Type":"Task","Resource":"arn:aws:states:::sqs:sendMessage.waitForTaskToken","Parameters":
        {"QueueUrl":"q","MessageBody":"without the token, which is random"},"End":true}}})");
  const ExecutionId id = start(machine, "one");
  sink_.post(id, interpreter::TaskStarted{dispatcher_.requests.back().command.task, {}});
  sink_.post(id, interpreter::TaskFailed{.task = dispatcher_.requests.back().command.task,
                                         .error = {.error = "Once", .cause = "no luck"}});
  run();
  EXPECT_EQ(lines_at(id)[0].phase, "waits to try again");
  EXPECT_EQ(lines_at(id)[0].retries, std::vector<uint32_t>({1}));
  advance_ms(3'000);
  advance_ms(9'000);  // U is entered
  const interpreter::TaskId task = dispatcher_.requests.back().command.task;
  sink_.post(id, interpreter::TaskSubmitted{task, text_payload(R"({"MessageId":"m"})")});
  run();
  EXPECT_EQ(lines_at(id)[0].waits, Lines({"an answer by token"}));
  StopMessage stop;
  stop.execution = id;
  stop.error = {.error = "Enough", .cause = std::nullopt};
  partition_->post(std::move(stop));
  run();
  EXPECT_EQ(status(id), interpreter::ExecutionStatus::Aborted);
  expect_same(id);
}

TEST_F(ReplayTest, ADistributedMapIsNotDerivableAndSaidSo) {
  const ExecutionId id =
      start(revisions_.add(ProgramBuilder().scope().distributed_map(1).scope().pass().build()),
            "one", "[1,2]");
  const Replay whole = replay(id);
  EXPECT_FALSE(whole.check.first_difference);
  ASSERT_FALSE(whole.check.not_derivable.empty());
  EXPECT_EQ(whole.check.not_derivable[0].why,
            "what a Map Run answered is not in the history of its parent");
}

TEST_F(ReplayTest, RandomNumbersAreNoDifference) {
  const ExecutionId id = start(
      compiled(
          R"json({"StartAt":"A","States":{"A":{"Type":"Pass","Parameters":{"id.$":"States.UUID()"},
      "Next":"W"},"W":{"Type":"Wait","Seconds":1,"End":true}}})json"),
      "one");
  advance_ms(1'000);
  const Replay whole = replay(id);
  EXPECT_EQ(whole.check.random, std::vector<int64_t>({3}));
  EXPECT_FALSE(whole.check.first_difference);
  EXPECT_EQ(whole.check.events_compared, 4u);  // 1, 2; then those after the wait
}

/// Answers a changed definition.
class ChangedRevision final : public RevisionSource {
 public:
  explicit ChangedRevision(std::shared_ptr<const MachineRevision> changed)
      : changed_(std::move(changed)) {}
  base::Result<std::shared_ptr<const MachineRevision>> find_revision(uint64_t) override {
    return changed_;
  }

 private:
  std::shared_ptr<const MachineRevision> changed_;
};

TEST_F(ReplayTest, WhatComesOutOtherwiseIsReported) {
  const std::string definition =
      R"({"StartAt":"A","States":{"A":{"Type":"Pass","Result":1,"Next":"B"},"B":{"Type":"Pass","End":true}}})";
  const ExecutionId id = start(compiled(definition), "one");
  std::string other = definition;
  other.replace(other.find("\"Result\":1"), 10, "\"Result\":2");
  ChangedRevision changed(compiled(other));
  const auto replayed = replay_execution(*executions_, changed, id, INT64_MAX);
  ASSERT_TRUE(replayed);
  ASSERT_TRUE(replayed->check.first_difference);
  EXPECT_EQ(replayed->check.first_difference->stored->id, 3);
  EXPECT_EQ(replayed->check.first_difference->replayed->id, 3);
  EXPECT_EQ(replayed->check.events_compared, 2u);
}

TEST_F(ReplayTest, WhatIsNotThereIsNotFound) {
  const ExecutionId id = start(revisions_.add(ProgramBuilder().scope().pass().build()), "one");
  for (const auto& [execution, until] : {std::pair(id, int64_t{0}), {id, 5}, {id + 1, 1}}) {
    const auto refused = replay_execution(*executions_, revisions_, execution, until);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().kind, base::ErrorKind::NotFound);
  }
}

}  // namespace
}  // namespace pawl::engine
