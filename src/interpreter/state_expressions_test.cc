// SPDX-License-Identifier: Apache-2.0
// Each expression of a state at each event of an execution: "POINTER text = value", "! error" or
// "? why it is pending".
#include <gtest/gtest.h>

#include "interpreter/execution_test_fixture.h"
#include "interpreter/history_follower.h"
#include "interpreter/state_expressions.h"
#include "json/write.h"

namespace pawl::interpreter {
namespace {

using Rows = std::vector<std::string>;

constexpr const char* kTask =
    R"("Type":"Task","Resource":"arn:aws:lambda:us-east-1:000000000000:function:f")";

std::string text_of(const StateExpression& row) {
  std::string text = row.pointer;
  if (!row.text.empty()) text += " " + row.text;
  if (row.value) text += " = " + json::write(*row.value);
  if (row.error)
    text += " ! " + row.error->error.value_or("") + ": " + row.error->cause.value_or("");
  if (!row.pending.empty()) text += " ? " + row.pending;
  if (row.is_random) text += row.is_recorded ? " (recorded)" : " (random)";
  if (!row.note.empty()) text += " (" + row.note + ")";
  return text;
}

/// The rows of the line `frame` after event `until`.
Rows rows_at(const TestExecution& execution, int64_t until, FrameId line = kRootFrame) {
  ExecutionState state = make_execution(execution.state().info, execution.state().input);
  HistoryFollower follower(execution.program(), state);
  for (const HistoryEvent& event : execution.history()) {
    if (event.id <= until) follower.follow(event);
  }
  Rows rows;
  const Frame* frame = state.find(line);
  if (frame == nullptr) return {"no line " + std::to_string(line)};
  const int64_t next_event = state.next_event_id;
  for (const StateExpression& row : evaluate_state(
           {execution.program(), state, *frame, follower.visit(line)}, [] { return true; }))
    rows.push_back(text_of(row));
  EXPECT_EQ(state.next_event_id, next_event);
  return rows;
}

int64_t find(const TestExecution& execution, HistoryEventType type, size_t n = 1) {
  for (const HistoryEvent& event : execution.history()) {
    if (event.type == type && --n == 0) return event.id;
  }
  ADD_FAILURE() << "no " << history_event_type_name(type);
  return 1;
}

TestExecution run(const std::string& definition, std::string input = "{}") {
  TestExecution execution(definition, std::move(input));
  execution.start();
  return execution;
}

TEST(StateExpressions, TheDataFlowOfAJsonPathTask) {
  TestExecution execution =
      run(std::string(R"json({"StartAt":"T","States":{"T":{)json") + kTask +
              R"json(,"InputPath":"$.in","TimeoutSecondsPath":"$.t","Parameters":{"n.$":"$.n",
      "deep":[{"s.$":"States.Format('{}-{}', $.n, $$.State.Name)"}],"fixed":1},
      "ResultSelector":{"r.$":"$.Payload"},"Assign":{"v.$":"$.Payload"},"ResultPath":"$.out","OutputPath":"$.out",
      "Retry":[{"ErrorEquals":["E"],"MaxAttempts":2}],"Catch":[{"ErrorEquals":["States.ALL"],"ResultPath":"$.e",
      "Next":"T"}],"End":true}}})json",
          R"({"in":{"n":7,"t":"30"}})");
  const Rows before = {
      R"(/InputPath $.in = {"n":7,"t":"30"})",
      "/TimeoutSecondsPath $.t = 30",
      "/Parameters/n.$ $.n = 7",
      R"(/Parameters/deep/0/s.$ States.Format('{}-{}', $.n, $$.State.Name) = "7-T")",
      "/ResultSelector/r.$ $.Payload ? the task has not answered yet",
      "/Assign/v.$ $.Payload ? the task has not answered yet",
      "/ResultPath $.out ? the task has not answered yet",
      "/OutputPath $.out ? the task has not answered yet",
      R"(/Retry/0 = {"attempts":0,"maxAttempts":2})",
      R"(/Catch/0 = {"next":"T"})",
      "/Catch/0/ResultPath $.e ? nothing has failed"};
  EXPECT_EQ(rows_at(execution, 2), before);
  EXPECT_EQ(rows_at(execution, 3), before);
  execution.succeed_task(0, R"({"Payload":"p"})");
  Rows after = before;
  after[4] = R"(/ResultSelector/r.$ $.Payload = "p")";
  after[5] = R"(/Assign/v.$ $.Payload = "p")";
  after[6] = R"(/ResultPath $.out = {"in":{"n":7,"t":"30"},"out":{"r":"p"}})";
  after[7] = R"(/OutputPath $.out = {"r":"p"})";
  EXPECT_EQ(rows_at(execution, find(execution, HistoryEventType::LambdaFunctionSucceeded)), after);
  EXPECT_EQ(rows_at(execution, find(execution, HistoryEventType::TaskStateExited)), after);
}

TEST(StateExpressions, ErrorsStandWhereTheyHappenAndOthersAreEvaluated) {
  const TestExecution execution = run(
      R"json({"StartAt":"A","States":{"A":{"Type":"Pass","Parameters":{"a.$":"$.no","b.$":"$.yes",
      "c.$":"States.ArrayGetItem($.yes, 0)","d.$":"$$.no"},"ResultPath":"$.x.y","End":true}}})json",
      R"({"yes":1})");
  EXPECT_EQ(
      rows_at(execution, 2),
      Rows({"/Parameters/a.$ $.no ! States.Runtime: The JSONPath '$.no' specified for the field "
            "'a.$' could not be found in the input '{\"yes\":1}'",
            "/Parameters/b.$ $.yes = 1",
            "/Parameters/c.$ States.ArrayGetItem($.yes, 0) ! States.IntrinsicFailure: "
            "States.ArrayGetItem: the first argument must be an array",
            "/Parameters/d.$ $$.no ! States.Runtime: The JSONPath '$$.no' specified for the "
            "field 'd.$' could not be found in the input '{\"yes\":1}'",
            "/ResultPath $.x.y ? what it reads could not be evaluated"}));
}

TEST(StateExpressions, ChoiceRulesAndTheirOperands) {
  const TestExecution execution = run(
      R"json({"StartAt":"C","States":{"C":{"Type":"Choice","Choices":[
      {"And":[{"Variable":"$.n","NumericGreaterThan":5},{"Not":{"Variable":"$.s","StringEqualsPath":"$.t"}}],
       "Next":"E","Assign":{"no.$":"$.n"}},
      {"Variable":"$.n","NumericEquals":3,"Next":"E","Assign":{"yes.$":"$.s"}},
      {"Variable":"$.missing","IsNull":true,"Next":"E"}],"Default":"E","Assign":{"d.$":"$.n"}},
      "E":{"Type":"Succeed"}}})json",
      R"({"n":3,"s":"x","t":"x"})");
  EXPECT_EQ(
      rows_at(execution, 2),
      Rows({"/Choices/0 = false", "/Choices/0/And/0 = false", "/Choices/0/And/0/Variable $.n = 3",
            "/Choices/0/And/1 = false", "/Choices/0/And/1/Not = true",
            R"(/Choices/0/And/1/Not/Variable $.s = "x")",
            R"(/Choices/0/And/1/Not/StringEqualsPath $.t = "x")",
            "/Choices/0/Assign/no.$ $.n ? this rule is not chosen", "/Choices/1 = true (chosen)",
            "/Choices/1/Variable $.n = 3", R"(/Choices/1/Assign/yes.$ $.s = "x")",
            "/Choices/2 ! States.Runtime: Invalid path '$.missing': The choice state's condition "
            "path references an invalid value. (not reached)",
            "/Choices/2/Variable $.missing ! States.Runtime: Invalid path '$.missing' : No results "
            "for path: $['missing']",
            "/Assign/d.$ $.n ? a rule is chosen: only Default uses it"}));
}

TEST(StateExpressions, JsonataWaitsForWhatItReads) {
  TestExecution execution = run(
      std::string(R"json({"QueryLanguage":"JSONata","StartAt":"A","States":{
      "A":{"Type":"Pass","Assign":{"n":"{% $states.input.n %}"},"Next":"T"},
      "T":{)json") +
          kTask +
          R"json(,"Arguments":{"a":"{% $n + 1 %}","id":"{% $uuid() %}","list":["{% $states.context.State.Name %}"]},
      "TimeoutSeconds":"{% $n * 10 %}","Assign":{"n":"{% $n + $states.result %}","r":"{% $random() %}"},
      "Output":{"now":"{% $states.result + 1 %}","early":"{% $n %}","bad":"{% $number('x') %}"},
      "Catch":[{"ErrorEquals":["States.ALL"],"Output":"{% $states.errorOutput.Error %}","Next":"A"}],"End":true}}})json",
      R"({"n":4})");
  const std::string id = execution.tasks().front().parameters.text();
  EXPECT_EQ(rows_at(execution, 3), Rows({"/Assign/n $states.input.n = 4"}));
  Rows waiting = rows_at(execution, 5);
  ASSERT_EQ(waiting.size(), 11u);
  EXPECT_EQ(waiting[0], "/TimeoutSeconds $n * 10 = 40");
  EXPECT_EQ(waiting[1], "/Arguments/a $n + 1 = 5");
  EXPECT_EQ("/Arguments/id $uuid() = " + id.substr(id.find("\"id\":") + 5, 38) + " (recorded)",
            waiting[2]);
  EXPECT_EQ(waiting[3], R"(/Arguments/list/0 $states.context.State.Name = "T")");
  EXPECT_EQ(waiting[4], "/Assign/n $n + $states.result ? the task has not answered yet");
  EXPECT_TRUE(waiting[5].ends_with(" (random)")) << waiting[5];
  EXPECT_EQ(waiting[6], "/Output/now $states.result + 1 ? the task has not answered yet");
  EXPECT_EQ(waiting[7], "/Output/early $n = 4");
  EXPECT_EQ(waiting[8],
            "/Output/bad $number('x') ! States.QueryEvaluationError: The JSONata expression "
            "'$number('x')' specified for the field 'Output/bad' threw an error during evaluation. "
            "D3030: Unable to cast value to a number: \"x\"");
  EXPECT_EQ(waiting[10], "/Catch/0/Output $states.errorOutput.Error ? nothing has failed");
  execution.succeed_task(0, "2");
  // The output fails: the Catcher sees it.
  const Rows caught = rows_at(execution, find(execution, HistoryEventType::TaskStateExited));
  EXPECT_EQ(caught[4], "/Assign/n $n + $states.result = 6");
  EXPECT_EQ(caught[9], R"(/Catch/0 = {"matches":true,"next":"A"})");
  EXPECT_EQ(caught[10],
            R"(/Catch/0/Output $states.errorOutput.Error = "States.QueryEvaluationError")");
}

TEST(StateExpressions, RetriesAndCatchesOfAJsonPathTask) {
  TestExecution execution =
      run(std::string(R"({"StartAt":"T","States":{"T":{)") + kTask +
          R"(,"ResultPath":"$.r","Retry":[{"ErrorEquals":["Once"],"MaxAttempts":1}],
      "Catch":[{"ErrorEquals":["Not"],"Next":"E"},{"ErrorEquals":["Once"],"ResultPath":"$.e","Assign":
      {"why.$":"$.Cause"},"Next":"E"},{"ErrorEquals":["States.ALL"],"ResultPath":null,"Next":"E"}],"Next":"E"},
      "E":{"Type":"Pass","End":true}}})");
  execution.fail_task(0, "Once", "bad luck");
  EXPECT_EQ(rows_at(execution, find(execution, HistoryEventType::LambdaFunctionFailed)),
            Rows({"/ResultPath $.r ? the attempt has failed; the state will be tried again",
                  R"(/Retry/0 = {"attempts":1,"maxAttempts":1,"matches":true})",
                  R"(/Catch/0 = {"next":"E"})", R"(/Catch/1 = {"next":"E"})",
                  "/Catch/1/ResultPath $.e ? the state will be tried again",
                  "/Catch/1/Assign/why.$ $.Cause ? the state will be tried again",
                  R"(/Catch/2 = {"next":"E"})",
                  "/Catch/2/ResultPath null ? the state will be tried again"}));
  execution.fire_next_timer();
  execution.fail_task(0, "Once", "bad luck");
  EXPECT_EQ(rows_at(execution, find(execution, HistoryEventType::TaskStateExited)),
            Rows({"/ResultPath $.r ? the state has failed: there is no result",
                  R"(/Retry/0 = {"attempts":1,"maxAttempts":1,"matches":true})",
                  R"(/Catch/0 = {"matches":false,"next":"E"})",
                  R"(/Catch/1 = {"matches":true,"next":"E"})",
                  R"(/Catch/1/ResultPath $.e = {"e":{"Error":"Once","Cause":"bad luck"}})",
                  R"(/Catch/1/Assign/why.$ $.Cause = "bad luck")",
                  R"(/Catch/2 = {"matches":false,"next":"E"})",
                  "/Catch/2/ResultPath null ? another Catcher handles the error"}));
}

TEST(StateExpressions, MapsBranchesAndOuterVariables) {
  TestExecution execution = run(
      R"json({"StartAt":"A","States":{"A":{"Type":"Pass","Assign":{"outer":"o"},"Next":"M"},
      "M":{"Type":"Map","ItemsPath":"$.list","MaxConcurrencyPath":"$.c","ItemSelector":{"i.$":"$$.Map.Item.Index",
        "v.$":"$$.Map.Item.Value","all.$":"$.c"},"ResultSelector":{"first.$":"$[0]"},"ItemProcessor":{"StartAt":"I",
        "States":{"I":{"Type":"Pass","Parameters":{"o.$":"$outer","m.$":"$$.Map.Item.Value"},"Next":"W"},
        "W":{"Type":"Wait","SecondsPath":"$.o","End":true}}},"End":true}}})json",
      R"({"list":["a","b"],"c":1})");
  const Rows map = rows_at(execution, find(execution, HistoryEventType::MapIterationStarted));
  EXPECT_EQ(map, Rows({R"(/ItemsPath $.list = ["a","b"])", "/MaxConcurrencyPath $.c = 1",
                       "/ItemSelector/i.$ $$.Map.Item.Index = 0 (item 0)",
                       R"(/ItemSelector/v.$ $$.Map.Item.Value = "a" (item 0))",
                       "/ItemSelector/all.$ $.c = 1 (item 0)",
                       "/ResultSelector/first.$ $[0] ? its iterations have not ended yet"}));
  EXPECT_EQ(
      rows_at(execution, find(execution, HistoryEventType::PassStateEntered, 2), 1),
      Rows({R"(/Parameters/o.$ $outer = "o")", R"(/Parameters/m.$ $$.Map.Item.Value = "a")"}));
}

TEST(StateExpressions, WaitsFailsAndDistributedMaps) {
  const TestExecution waits = run(
      R"json({"QueryLanguage":"JSONata","StartAt":"W","States":{"W":{"Type":"Wait",
      "Seconds":"{% $states.input.s %}","Output":"{% 1 %}","Next":"F"},"F":{"Type":"Fail",
      "Error":"{% 'E' & $states.input %}","Cause":"{% 5 %}"}}})json",
      R"({"s":"soon"})");
  EXPECT_EQ(
      rows_at(waits, 2),
      Rows({"/Seconds $states.input.s ! States.QueryEvaluationError: The JSONata expression "
            "'$states.input.s' specified for the field 'Seconds' returned an unexpected result "
            "type. Expected 'number', but was 'string' for value: \"soon\"",
            "/Output 1 = 1"}));
  TestExecution fails = run(
      R"json({"QueryLanguage":"JSONata","StartAt":"F","States":{"F":{"Type":"Fail",
      "Error":"{% 'E' & $states.input.x %}","Cause":"{% $states.context.Execution.Name %}"}}})json",
      R"({"x":1})");
  EXPECT_EQ(rows_at(fails, 2), Rows({R"(/Error 'E' & $states.input.x = "E1")",
                                     R"(/Cause $states.context.Execution.Name = "run")"}));
  const TestExecution map = run(
      R"json({"StartAt":"M","States":{"M":{"Type":"Map","ItemReader":{"Resource":"arn:aws:states:::s3:getObject",
      "ReaderConfig":{"InputType":"JSON","MaxItemsPath":"$.max"},"Parameters":{"Bucket.$":"$.b","Key":"k"}},
      "ItemBatcher":{"MaxItemsPerBatchPath":"$.max","BatchInput":{"b.$":"$.b"}},"ItemSelector":{"v.$":"$$.Map.Item.Value"},
      "ToleratedFailurePercentagePath":"$.p","ItemProcessor":{"ProcessorConfig":{"Mode":"DISTRIBUTED",
      "ExecutionType":"STANDARD"},"StartAt":"I","States":{"I":{"Type":"Pass","End":true}}},"End":true}}})json",
      R"({"b":"bucket","max":3,"p":1.5})");
  EXPECT_EQ(rows_at(map, 3),
            Rows({"/ToleratedFailurePercentagePath $.p = 1.5",
                  R"(/ItemReader/Parameters/Bucket.$ $.b = "bucket")",
                  "/ItemReader/ReaderConfig/MaxItemsPath $.max = 3",
                  R"(/ItemBatcher/BatchInput/b.$ $.b = "bucket")",
                  "/ItemBatcher/MaxItemsPerBatchPath $.max = 3",
                  "/ItemSelector/v.$ $$.Map.Item.Value ? the Map Run reads the items"}));
}

TEST(StateExpressions, StopsWhenItIsToldTo) {
  const TestExecution execution = run(
      R"({"StartAt":"A","States":{"A":{"Type":"Pass","InputPath":"$.a","OutputPath":"$.b","End":true}}})",
      R"({"a":{"b":1}})");
  ExecutionState state = make_execution(execution.state().info, execution.state().input);
  HistoryFollower follower(execution.program(), state);
  follower.follow(execution.history()[0]);
  follower.follow(execution.history()[1]);
  int asked = 0;
  const auto rows = evaluate_state({execution.program(), state, *state.find(0), follower.visit(0)},
                                   [&] { return asked++ == 0; });
  ASSERT_EQ(rows.size(), 2u);
  EXPECT_TRUE(rows[0].value);
  EXPECT_EQ(rows[1].pending, "not evaluated: the whole answer would take too long");
}

}  // namespace
}  // namespace pawl::interpreter
