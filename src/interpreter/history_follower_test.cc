// SPDX-License-Identifier: Apache-2.0
// Whatever an execution does: following its history from the start shows the lines that step() left
// behind, after each answer.
#include <gtest/gtest.h>

#include <functional>
#include <map>

#include "interpreter/execution_test_fixture.h"
#include "interpreter/history_follower.h"
#include "json/write.h"

namespace pawl::interpreter {
namespace {

using Lines = std::map<FrameId, std::string>;

/// What both must agree on. A line that has left its state, or was halted, is told by less.
std::string describe(const asl::Program& program, const ExecutionState& state, const Frame& frame,
                     bool with_items) {
  std::string text = program.states[frame.state].name + " of " + std::to_string(frame.parent) +
                     " #" + std::to_string(frame.index) + " input " + frame.input.text() +
                     " entered " + std::to_string(frame.entered_event_id) + " at " +
                     std::to_string(frame.entered_at.ms);
  if (frame.halted) return text + " halted";
  text += " last " + std::to_string(frame.last_event_id);
  for (const auto& [name, value] : frame.variables) text += " $" + name + "=" + json::write(value);
  if (state.status != ExecutionStatus::Running) return text;
  for (const uint32_t retries : frame.retries) text += " retries " + std::to_string(retries);
  if (frame.phase == Phase::RetryTimer) text += " waits to try again";
  if (frame.phase == Phase::Task) text += " task";
  if (frame.children) {
    text += " results " + json::write(json::Value::array(frame.children->results));
    text += " items " + (with_items ? json::write(frame.children->items)
                                    : std::to_string(frame.children->items.size()));
  }
  return text;
}

Lines lines_of(const asl::Program& program, const ExecutionState& state, bool with_items) {
  Lines lines;
  for (const auto& [id, frame] : state.frames)
    lines[id] = describe(program, state, *frame, with_items);
  return lines;
}

class FollowedExecution {
 public:
  explicit FollowedExecution(const char* definition, std::string input = "{}",
                             bool compares_items = true)
      : execution_(definition, input), input_(std::move(input)), compares_items_(compares_items) {
    execution_.start();
    expect_same();
  }

  TestExecution& execution() { return execution_; }
  void then(const std::function<void(TestExecution&)>& happens) {
    happens(execution_);
    expect_same();
  }
  void run_timers() {
    while (execution_.fire_next_timer()) expect_same();
  }

 private:
  void expect_same() {
    ExecutionState state =
        make_execution(execution_.state().info, json::Payload::from_text(input_).value());
    HistoryFollower follower(execution_.program(), state);
    for (const HistoryEvent& event : execution_.history()) follower.follow(event);
    follower.forget_ended();
    EXPECT_EQ(lines_of(execution_.program(), state, compares_items_),
              lines_of(execution_.program(), execution_.state(), compares_items_));
    EXPECT_EQ(state.status, execution_.status());
    EXPECT_EQ(state.next_event_id, execution_.state().next_event_id);
    EXPECT_EQ(state.error.error, execution_.state().error.error);
  }

  TestExecution execution_;
  std::string input_;
  bool compares_items_;
};

constexpr const char* kTask =
    R"("Type":"Task","Resource":"arn:aws:lambda:us-east-1:000000000000:function:f")";

TEST(HistoryFollower, PassesWaitsAndChoicesWithVariables) {
  FollowedExecution followed(R"json({"StartAt":"A","States":{
    "A":{"Type":"Pass","Assign":{"n":1,"m.$":"$.x"},"Next":"C"},
    "C":{"Type":"Choice","Choices":[{"Variable":"$n","NumericLessThan":3,"Assign":{"n.$":"States.MathAdd($n,1)"},
      "Next":"W"}],"Default":"E"},
    "W":{"Type":"Wait","Seconds":1,"Next":"C"},
    "E":{"Type":"Succeed"}}})json",
                             R"({"x":[1]})");
  followed.run_timers();
  EXPECT_EQ(followed.execution().status(), ExecutionStatus::Succeeded);
}

TEST(HistoryFollower, TasksRetriesAndCatches) {
  const std::string definition =
      std::string(R"({"StartAt":"T","States":{"T":{)") + kTask +
      R"(,"TimeoutSeconds":50,"Retry":[{"ErrorEquals":["Other"]},{"ErrorEquals":["Once"],"MaxAttempts":1}],
      "Catch":[{"ErrorEquals":["States.ALL"],"ResultPath":"$.e","Next":"U"}],"Next":"E"},
      "U":{)" +
      kTask + R"(,"ResultPath":"$.u","Next":"E"},"E":{"Type":"Pass","End":true}}})";
  FollowedExecution followed(definition.c_str());
  followed.then([](TestExecution& e) { e.fail_task(0, "Once", "no luck"); });
  followed.then([](TestExecution& e) { e.fire_next_timer(); });
  followed.then([](TestExecution& e) { e.fail_task(0, "Once", "again"); });
  followed.then([](TestExecution& e) { e.succeed_task(0, "7"); });
  EXPECT_EQ(followed.execution().output(), R"({"e":{"Error":"Once","Cause":"again"},"u":7})");
}

TEST(HistoryFollower, BranchesAndIterationsInside) {
  const std::string definition =
      std::string(
          R"({"StartAt":"P","States":{"P":{"Type":"Parallel","Parameters":{"l.$":"$.list"},"Branches":[
        {"StartAt":"B","States":{"B":{"Type":"Pass","Assign":{"v":1},"Next":"T"},"T":{)") +
      kTask + R"(,"End":true}}},
        {"StartAt":"M","States":{"M":{"Type":"Map","ItemsPath":"$.l","MaxConcurrency":2,"ItemSelector":
          {"i.$":"$$.Map.Item.Index","v.$":"$$.Map.Item.Value"},"ItemProcessor":{"StartAt":"I","States":{
            "I":{)" +
      kTask + R"(,"Next":"J"},"J":{"Type":"Pass","End":true}}},"End":true}}},
        {"StartAt":"Q","States":{"Q":{"Type":"Succeed"}}}],"ResultSelector":{"r.$":"$[1]"},
        "Assign":{"all.$":"$"},"Next":"E"},"E":{"Type":"Wait","Seconds":1,"End":true}}})";
  FollowedExecution followed(definition.c_str(), R"({"list":["a","b","c"]})");
  followed.then([](TestExecution& e) { e.succeed_task(2, "20"); });
  followed.then([](TestExecution& e) { e.succeed_task(0, "0"); });
  followed.then([](TestExecution& e) { e.succeed_task(0, "10"); });
  followed.then([](TestExecution& e) { e.succeed_task(0, "30"); });
  followed.run_timers();
  EXPECT_EQ(followed.execution().output(), R"({"r":[10,20,30]})");
}

TEST(HistoryFollower, FailuresInsideAreRetriedCaughtAndPropagated) {
  const std::string definition =
      std::string(
          R"({"StartAt":"M","States":{"M":{"Type":"Map","ItemProcessor":{"StartAt":"P","States":{
      "P":{"Type":"Parallel","Branches":[{"StartAt":"T","States":{"T":{)") +
      kTask +
      R"(,"End":true}}},{"StartAt":"W","States":{"W":{"Type":"Wait","Seconds":90,"End":true}}}],
      "Retry":[{"ErrorEquals":["Soft"]}],"End":true}}},
      "Catch":[{"ErrorEquals":["Hard"],"Next":"C"}],"End":true},
      "C":{"Type":"Fail","Error":"Out","Cause":"of luck"}}})";
  FollowedExecution followed(definition.c_str(), "[1,2]");
  followed.then([](TestExecution& e) { e.fail_task(1, "Soft", "s"); });
  followed.then([](TestExecution& e) { e.fire_next_timer(); });
  followed.then([](TestExecution& e) { e.fail_task(0, "Hard", "h"); });
  EXPECT_EQ(followed.execution().error(), "Out");
}

TEST(HistoryFollower, JsonataFailuresAndRedrives) {
  const std::string definition =
      std::string(R"({"QueryLanguage":"JSONata","StartAt":"P","States":{"P":{"Type":"Parallel",
      "Arguments":{"a":"{% $states.input.n %}"},"Branches":[
      {"StartAt":"T","States":{"T":{)") +
      kTask +
      R"(,"Arguments":"{% $states.input %}","Output":"{% $states.result.x + 1 %}","End":true}}},
      {"StartAt":"Z","States":{"Z":{"Type":"Pass","Assign":{"z":1},"End":true}}}],"End":true}}})";
  FollowedExecution followed(definition.c_str(), R"({"n":5})");
  followed.then([](TestExecution& e) { e.succeed_task(0, R"({"x":"no number"})"); });
  EXPECT_EQ(followed.execution().error(), "States.QueryEvaluationError");
  followed.then([](TestExecution& e) { e.send(RedriveRequested{}); });
  followed.then([](TestExecution& e) { e.succeed_task(0, R"({"x":2})"); });
  EXPECT_EQ(followed.execution().output(), "[3,{\"a\":5}]");
}

TEST(HistoryFollower, DistributedMapsTimeOutsAndStops) {
  const char* definition = R"({"TimeoutSeconds":100,"StartAt":"M","States":{"M":{"Type":"Map",
    "ItemProcessor":{"ProcessorConfig":{"Mode":"DISTRIBUTED","ExecutionType":"STANDARD"},"StartAt":"I",
    "States":{"I":{"Type":"Pass","End":true}}},"Retry":[{"ErrorEquals":["Soft"]}],"Next":"W"},
    "W":{"Type":"Wait","Seconds":1000,"End":true}}})";
  FollowedExecution followed(definition, "[1,2]");
  followed.then([](TestExecution& e) { e.send(MapRunStarted{e.map_runs().back(), "arn:run"}); });
  followed.then([](TestExecution& e) {
    e.send(MapRunEnded{e.map_runs().back(), {}, asl::ExecutionError{"Soft", "s"}});
  });
  followed.then([](TestExecution& e) { e.fire_next_timer(); });
  followed.then([](TestExecution& e) { e.send(MapRunStarted{e.map_runs().back(), "arn:run2"}); });
  followed.then([](TestExecution& e) {
    e.send(MapRunEnded{e.map_runs().back(), json::Payload::from_text("[1]").value(), {}});
  });
  followed.then([](TestExecution& e) { e.fire_next_timer(); });
  EXPECT_EQ(followed.execution().status(), ExecutionStatus::TimedOut);
  FollowedExecution stopped(definition, "[]");
  stopped.then([](TestExecution& e) { e.send(StopRequested{{"Enough", "c"}}); });
}

TEST(HistoryFollower, RandomItemsAreAsManyAsThereWere) {
  FollowedExecution followed(
      R"json({"QueryLanguage":"JSONata","StartAt":"M","States":{"M":{"Type":"Map",
    "Items":"{% [1..($floor($random() * 20) + 1)].{'is': 'an item'} %}","ItemProcessor":{"StartAt":"W","States":{
    "W":{"Type":"Wait","Seconds":1,"Output":"{% $states.context.Map.Item.Index %}","End":true}}},"End":true}}})json",
      "{}", /*compares_items=*/false);
  followed.run_timers();
  EXPECT_EQ(followed.execution().status(), ExecutionStatus::Succeeded);
}

TEST(HistoryFollower, AnyEventsAreTaken) {
  const TestExecution execution(R"({"StartAt":"A","States":{"A":{"Type":"Pass","End":true}}})");
  for (uint8_t type = 0; type <= static_cast<uint8_t>(HistoryEventType::WaitStateExited); ++type) {
    ExecutionState state = make_execution(execution.state().info, {});
    HistoryFollower follower(execution.program(), state);
    HistoryEvent event;
    event.type = static_cast<HistoryEventType>(type);
    for (event.id = 1; event.id < 4; ++event.id) follower.follow(event);
    HistoryEvent entered;
    entered.type = HistoryEventType::PassStateEntered;
    entered.details = StateEnteredDetails{7, {}};
    follower.follow(entered);
  }
}

}  // namespace
}  // namespace pawl::interpreter
