// SPDX-License-Identifier: Apache-2.0
// Executions as a partition has stored them, looked at event by event.
#include <gtest/gtest.h>

#include <chrono>

#include "asl/compile.h"
#include "console/moment_json.h"
#include "engine/partition_fixture_for_test.h"
#include "json/parse.h"
#include "json/write.h"

namespace pawl::console {
namespace {

using json::Value;

class MomentTest : public engine::PartitionFixture {
 protected:
  engine::ExecutionId start_machine(const std::string& definition, std::string input = "{}") {
    definition_ = definition;
    const asl::Compilation compilation = asl::compile(definition);
    EXPECT_TRUE(compilation.program) << definition;
    return start(revisions_.add(compilation.program), "run", std::move(input));
  }
  Value at(engine::ExecutionId id, int64_t event, MomentView view = {}) {
    auto moment = engine::execution_at(*executions_, revisions_, id, event);
    EXPECT_TRUE(moment) << moment.error().message;
    if (!view.go_on) view.go_on = [] { return true; };
    return json::parse(json::write(moment_as_json(*moment, definition_, view))).value();
  }
  int64_t find(engine::ExecutionId id, const std::string& type, size_t n = 1) {
    const std::vector<std::string> types = event_types(id);
    for (size_t i = 0; i < types.size(); ++i) {
      if (types[i] == type && --n == 0) return static_cast<int64_t>(i) + 1;
    }
    ADD_FAILURE() << "no " << type;
    return 1;
  }
  /// The value at JSON pointer `pointer`, as text.
  static std::string text(const Value& value, std::string_view pointer) {
    const Value* found = &value;
    for (const std::string& token : json::pointer_tokens(pointer)) {
      if (found->is_array()) {
        const size_t index = static_cast<size_t>(std::stoul(token));
        if (index >= found->size()) return "(none)";
        found = &found->items()[index];
      } else {
        found = found->find(token);
      }
      if (found == nullptr) return "(none)";
    }
    return json::write(*found);
  }

  std::string definition_;
};

TEST_F(MomentTest, ALineWithItsDataVariablesAndExpressions) {
  const engine::ExecutionId id = start_machine(
      R"json({"QueryLanguage":"JSONata","StartAt":"A","States":{
      "A":{"Type":"Pass","Assign":{"x":"{% $states.input.n + 1 %}"},"Output":{"a":1},"Next":"P"},
      "P":{"Type":"Parallel","Branches":[{"StartAt":"T","States":{"T":{"Type":"Task",
        "Resource":"arn:aws:lambda:us-east-1:000000000000:function:f","Arguments":{"x":"{% $x %}"},
        "Assign":{"mine":"{% $states.result %}"},"Output":"{% $states.result %}","TimeoutSeconds":60,"Next":"E"},
        "E":{"Type":"Succeed"}}}],"End":true}}})json",
      R"({"n":4})");
  const Value assigned = at(id, 3);
  EXPECT_EQ(text(assigned, "/lines/0/stage"), R"("left")");
  EXPECT_EQ(text(assigned, "/lines/0/input/value"), R"({"n":4})");
  EXPECT_EQ(text(assigned, "/lines/0/output/value"), R"({"a":1})");
  EXPECT_EQ(text(assigned, "/lines/0/variables"), R"({"x":{"value":5}})");
  EXPECT_EQ(text(assigned, "/lines/0/assigned"), R"(["x"])");
  EXPECT_EQ(
      text(assigned, "/lines/0/expressions/0"),
      R"json({"pointer":"/States/A/Assign/x","kind":"jsonata","text":"$states.input.n + 1","language":"JSONata","value":5})json");

  const Value waits = at(id, find(id, "LambdaFunctionScheduled"));
  EXPECT_EQ(text(waits, "/lines/0/stage"), R"("children")");
  EXPECT_EQ(text(waits, "/lines/1/parent"), R"("0")");
  EXPECT_EQ(text(waits, "/lines/1/pointer"), R"("/States/P/Branches/0/States/T")");
  EXPECT_EQ(text(waits, "/lines/1/stage"), R"("task")");
  EXPECT_EQ(text(waits, "/lines/1/waits/0"), R"("its timeout at 2023-11-14T22:14:20.000Z")");
  EXPECT_EQ(text(waits, "/lines/1/arguments/value"), R"({"x":5})");
  EXPECT_EQ(text(waits, "/lines/1/outerVariables"), R"([{"name":"x","line":"0","value":5}])");
  EXPECT_EQ(text(waits, "/lines/1/context/value/State"),
            R"({"Name":"T","EnteredTime":"2023-11-14T22:13:20.000Z","RetryCount":0})");
  EXPECT_EQ(text(waits, "/lines/1/expressions/2/pending"), R"("the task has not answered yet")");

  succeed(dispatcher_.requests.back(), "7");
  const Value left = at(id, find(id, "TaskStateExited"));
  EXPECT_EQ(text(left, "/lines/1/result/value"), "7");
  EXPECT_EQ(text(left, "/lines/1/variables"), R"({"mine":{"value":7}})");
  EXPECT_EQ(text(left, "/lines/1/expressions/2/value"), "7");
  EXPECT_EQ(text(at(id, static_cast<int64_t>(event_types(id).size())), "/lines"), "[]");
  EXPECT_EQ(text(left, "/status"), R"("RUNNING")");
}

TEST_F(MomentTest, TheEndOfAFailedExecutionShowsWhereItFailed) {
  const engine::ExecutionId id = start_machine(
      R"({"StartAt":"A","States":{"A":{"Type":"Choice","Choices":[{"Variable":"$.no","IsNull":true,"Next":"B"}]},
      "B":{"Type":"Succeed"}}})");
  const Value end = at(id, find(id, "ExecutionFailed"));
  EXPECT_EQ(text(end, "/status"), R"("FAILED")");
  EXPECT_EQ(text(end, "/lines/0/stage"), R"("failed")");
  EXPECT_EQ(text(end, "/lines/0/error/error"), R"("States.Runtime")");
  EXPECT_EQ(text(end, "/lines/0/expressions/0/text"),
            R"("{\"Variable\":\"$.no\",\"IsNull\":true}")");
  EXPECT_EQ(text(end, "/lines/0/expressions/0/error/error"), R"("States.Runtime")");
}

TEST_F(MomentTest, LargeValuesAreLeftOutAndRetrievable) {
  const std::string large(100'000, 'x');
  const engine::ExecutionId id = start_machine(
      R"({"StartAt":"A","States":{"A":{"Type":"Pass","InputPath":"$.t","End":true}}})",
      R"({"t":")" + large + R"("})");
  const Value shown = at(id, 2);
  EXPECT_EQ(text(shown, "/lines/0/input"),
            R"({"truncated":true,"bytes":100008,"kind":"object","size":1})");
  EXPECT_EQ(text(shown, "/lines/0/expressions/0/truncated"), "true");
  const Value whole = at(id, 2, {.whole = true});
  const auto value = whole_value(whole, "/lines/0/expressions/0");
  ASSERT_TRUE(value);
  EXPECT_EQ(text(*value, "/value"), "\"" + large + "\"");
  for (const char* wrong : {"", "x", "/lines", "/lines/9", "/lines/x", "/lines/0/state"})
    EXPECT_FALSE(whole_value(whole, wrong)) << wrong;
}

TEST_F(MomentTest, ManyLinesAreShownInPart) {
  std::string items = "[1";
  for (int i = 2; i <= 40; ++i) items += "," + std::to_string(i);
  const engine::ExecutionId id = start_machine(
      R"({"StartAt":"M","States":{"M":{"Type":"Map","ItemProcessor":{"StartAt":"W","States":{
      "W":{"Type":"Wait","SecondsPath":"$","End":true}}},"End":true}}})",
      items + "]");
  const int64_t last = static_cast<int64_t>(event_types(id).size());
  const Value all = at(id, last);
  EXPECT_EQ(all.find("lines")->size(), 41u);
  EXPECT_EQ(text(all, "/lines/3/expressions/0/value"), "3");
  EXPECT_EQ(text(all, "/lines/40/expressions"), "null");
  const Value one = at(id, last, {.line = "40"});
  EXPECT_EQ(text(one, "/lines/40/expressions/0/value"), "40");
  EXPECT_EQ(text(one, "/lines/3/expressions"), "null");
  EXPECT_EQ(text(one, "/lines/40/context/value/Map/Item"), R"({"Index":39,"Value":40})");
}

TEST_F(MomentTest, WhatIsNotThereIsNotFound) {
  const engine::ExecutionId id =
      start_machine(R"({"StartAt":"A","States":{"A":{"Type":"Succeed"}}})");
  for (const auto& [execution, event] :
       {std::pair(id, int64_t{0}), {id, 5}, {id, INT64_MIN}, {id, INT64_MAX}, {id + 1, 1}}) {
    const auto refused = engine::execution_at(*executions_, revisions_, execution, event);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().kind, base::ErrorKind::NotFound);
  }
}

TEST_F(MomentTest, EveryEventOfALoopIsQuickToSee) {
  const engine::ExecutionId id = start_machine(
      R"json({"StartAt":"L","States":{
      "L":{"Type":"Pass","Parameters":{"n.$":"States.MathAdd($.n, 1)"},"Next":"W"},
      "W":{"Type":"Wait","Seconds":1,"Next":"C"},
      "C":{"Type":"Choice","Choices":[{"Variable":"$.n","NumericLessThan":4100,"Next":"L"}],"Default":"E"},
      "E":{"Type":"Succeed"}}})json",
      R"({"n":0})");
  while (status(id) == interpreter::ExecutionStatus::Running) advance_ms(1'000);
  const auto last = static_cast<int64_t>(event_types(id).size());
  EXPECT_GT(last, 24'000);
  const auto begin = std::chrono::steady_clock::now();
  const Value shown = at(id, 20'000);
  const auto took = std::chrono::steady_clock::now() - begin;
  std::printf("event 20,000 of %lld: %.2f ms\n", static_cast<long long>(last),
              std::chrono::duration<double, std::milli>(took).count());
  EXPECT_EQ(text(shown, "/event/id"), "20000");
  // Every event of some hundred around it agrees with the history.
  for (int64_t event = 19'900; event < 20'100; ++event) {
    const Value one = at(id, event);
    EXPECT_EQ(text(one, "/lines/0/lastEvent"), std::to_string(event));
  }
}

}  // namespace
}  // namespace pawl::console
